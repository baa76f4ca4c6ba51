//! Branch prediction: direction by two-bit counters (gshare, or a tournament of gshare and each branch's own history), branch
//! target buffer, return stack, targets of indirect jumps by history.
//!
//! Left out: wrong-path fetches, and prediction by anything but the address of the branch itself.

use crate::core_model::Branch;
use cmodx_isa::{Class, Flow};

/// The predictor of one hart.
#[derive(Clone)]
pub struct Predictor {
    direction: Vec<u8>,
    /// The other side of a tournament.
    own: Option<OwnHistory>,
    history: u64,
    history_mask: u64,
    targets: Vec<(u64, u64)>,
    /// Targets of indirect jumps by address and history, with the jump's address.
    indirect: Vec<(u64, u64)>,
    returns: Vec<u64>,
    top: usize,
    cost: Branch,
}

/// What a control transfer cost beyond its issue slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// Cycles until the next instruction can issue.
    pub cycles: u64,
    /// True when the prediction was wrong.
    pub mispredicted: bool,
}

impl Redirect {
    /// Nothing.
    pub const NONE: Redirect = Redirect { cycles: 0, mispredicted: false };
}

impl Predictor {
    /// A predictor that has seen nothing.
    pub fn new(model: &Branch) -> Predictor {
        let indirect = if model.indirect_bits > 0 { 1 << model.indirect_bits } else { 0 };
        Predictor {
            direction: vec![1; 1 << model.direction_bits],
            own: (model.local_bits > 0).then(|| OwnHistory::new(model)),
            indirect: vec![(u64::MAX, 0); indirect],
            history: 0,
            history_mask: (1 << model.history_bits) - 1,
            targets: vec![(u64::MAX, 0); model.btb_entries as usize],
            returns: vec![0; model.return_stack as usize],
            top: 0,
            cost: model.clone(),
        }
    }

    /// Becomes what another predictor of the same model is.
    pub fn copy_from(&mut self, other: &Predictor) {
        let Predictor { direction, own, history, targets, indirect, returns, top, .. } = other;
        self.direction.copy_from_slice(direction);
        if let (Some(own), Some(other)) = (&mut self.own, own) {
            own.histories.copy_from_slice(&other.histories);
            own.counters.copy_from_slice(&other.counters);
            own.chooser.copy_from_slice(&other.chooser);
        }
        self.targets.copy_from_slice(targets);
        self.indirect.copy_from_slice(indirect);
        self.returns.copy_from_slice(returns);
        (self.history, self.top) = (*history, *top);
    }

    /// Predicts and learns one control transfer; `next` is the address behind the instruction.
    #[inline(always)]
    pub fn transfer(&mut self, class: Class, pc: u64, next: u64, flow: Flow) -> Redirect {
        match class {
            Class::Branch => self.conditional(pc, next, flow),
            Class::Return => {
                let predicted = self.pop();
                self.indirect(predicted, flow)
            }
            Class::IndirectJump | Class::IndirectCall => {
                let predicted = self.target(pc);
                if class == Class::IndirectCall {
                    self.push(next);
                }
                let redirect = self.indirect(predicted, flow);
                self.learn_target(pc, flow);
                redirect
            }
            Class::Jump | Class::Call => {
                if class == Class::Call {
                    self.push(next);
                }
                self.direct_taken(pc, flow)
            }
            _ => Redirect::NONE,
        }
    }

    #[inline(always)]
    fn conditional(&mut self, pc: u64, next: u64, flow: Flow) -> Redirect {
        let index = ((pc >> 1) ^ self.history) as usize & (self.direction.len() - 1);
        let taken = flow != Flow::Next && flow != Flow::Jump(next);
        let global = train(&mut self.direction[index], 3, taken);
        let predicted = match &mut self.own {
            None => global,
            Some(own) => own.choose(pc, self.history, global, taken),
        };
        self.history = (self.history << 1 | taken as u64) & self.history_mask;
        match (predicted, taken) {
            (true, true) => self.direct_taken(pc, flow),
            (false, false) => Redirect::NONE,
            _ => {
                if taken {
                    self.learn(pc, flow);
                }
                Redirect { cycles: self.cost.mispredict as u64, mispredicted: true }
            }
        }
    }

    #[inline(always)]
    fn direct_taken(&mut self, pc: u64, flow: Flow) -> Redirect {
        let known = self.targets[self.btb_index(pc)].0 == pc;
        self.learn(pc, flow);
        let cycles = if known { self.cost.taken_bubble } else { self.cost.btb_miss };
        Redirect { cycles: cycles as u64, mispredicted: false }
    }

    fn indirect(&mut self, predicted: u64, flow: Flow) -> Redirect {
        if flow == Flow::Jump(predicted) {
            Redirect { cycles: self.cost.taken_bubble as u64, mispredicted: false }
        } else {
            Redirect { cycles: self.cost.mispredict as u64, mispredicted: true }
        }
    }

    /// Where an indirect jump is expected to go.
    fn target(&self, pc: u64) -> u64 {
        let by_history = self.indirect.get(self.indirect_index(pc)).filter(|(tag, _)| *tag == pc);
        let (tag, target) = by_history.copied().unwrap_or(self.targets[self.btb_index(pc)]);
        if tag == pc { target } else { u64::MAX }
    }

    fn learn_target(&mut self, pc: u64, flow: Flow) {
        self.learn(pc, flow);
        let index = self.indirect_index(pc);
        if let (Flow::Jump(target), Some(entry)) = (flow, self.indirect.get_mut(index)) {
            *entry = (pc, target);
            // The way that a program took shows in its indirect jumps more than in its branches.
            self.history = (self.history << 2 ^ target >> 2) & self.history_mask;
        }
    }

    fn indirect_index(&self, pc: u64) -> usize {
        ((pc >> 1) ^ self.history) as usize & self.indirect.len().wrapping_sub(1)
    }

    fn btb_index(&self, pc: u64) -> usize {
        ((pc >> 1) ^ (pc >> 9)) as usize & (self.targets.len() - 1)
    }

    fn learn(&mut self, pc: u64, flow: Flow) {
        if let Flow::Jump(target) = flow {
            let index = self.btb_index(pc);
            self.targets[index] = (pc, target);
        }
    }

    fn push(&mut self, address: u64) {
        self.top = if self.top + 1 == self.returns.len() { 0 } else { self.top + 1 };
        self.returns[self.top] = address;
    }

    fn pop(&mut self) -> u64 {
        let address = self.returns[self.top];
        self.top = self.top.checked_sub(1).unwrap_or(self.returns.len() - 1);
        address
    }
}

/// What each branch did last, what came next, and whether that or the global history is right more often: a tournament with the
/// parts of the Alpha 21264's (Kessler, IEEE Micro 19(2), 1999; UNVERIFIED).
#[derive(Clone)]
struct OwnHistory {
    /// By address.
    histories: Vec<u16>,
    mask: u16,
    /// Three bits each, by a branch's own history.
    counters: Vec<u8>,
    /// By global history.
    chooser: Vec<u8>,
}

impl OwnHistory {
    fn new(model: &Branch) -> OwnHistory {
        OwnHistory {
            histories: vec![0; 1 << model.local_bits],
            mask: (1 << model.local_history_bits) - 1,
            counters: vec![3; 1 << model.local_history_bits],
            chooser: vec![1; 1 << model.direction_bits],
        }
    }

    /// The prediction of the side that has been right more often, the other one saying `global`; learns what happened.
    #[inline(always)]
    fn choose(&mut self, pc: u64, global_history: u64, global: bool, taken: bool) -> bool {
        let history = (pc >> 1) as usize & (self.histories.len() - 1);
        let history = &mut self.histories[history];
        let own = train(&mut self.counters[*history as usize], 7, taken);
        *history = (*history << 1 | taken as u16) & self.mask;
        let chooser = global_history as usize & (self.chooser.len() - 1);
        let chooser = &mut self.chooser[chooser];
        let prefers_global = *chooser >= 2;
        if global != own {
            train(chooser, 3, global == taken);
        }
        if prefers_global { global } else { own }
    }
}

/// What a counter up to `most` says, before it learns what happened.
#[inline(always)]
fn train(counter: &mut u8, most: u8, taken: bool) -> bool {
    let predicted = *counter > most / 2;
    *counter = if taken { (*counter + 1).min(most) } else { counter.saturating_sub(1) };
    predicted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core_model::CoreModel;

    fn predictor() -> Predictor {
        Predictor::new(&CoreModel::built_in("sifive-u74").unwrap().branch)
    }

    #[test]
    fn balanced_calls_and_returns_are_predicted_to_the_depth_of_the_stack() {
        let mut p = predictor();
        for level in 0..12 {
            p.transfer(Class::Call, 0x1000 + level * 8, 0x1004 + level * 8, Flow::Jump(0x2000));
        }
        for level in (0..12).rev() {
            let back = p.transfer(Class::Return, 0x2000, 0x2002, Flow::Jump(0x1004 + level * 8));
            assert!(!back.mispredicted, "level {level}");
        }
        assert!(p.transfer(Class::Return, 0x2000, 0x2002, Flow::Jump(0x9998)).mispredicted);
    }

    /// Mispredictions of the last 100 of 1000 passes over a branch that is not taken every fifth time, between two that nobody can
    /// predict.
    fn every_fifth(model: &Branch) -> usize {
        let mut p = Predictor::new(model);
        let mut noise = 1u64;
        let wrong = |pass| {
            for other in 0..2 {
                noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let flow = if noise >> 63 == 0 { Flow::Next } else { Flow::Jump(0x3000) };
                p.transfer(Class::Branch, 0x2000 + 8 * other, 0x2004 + 8 * other, flow);
            }
            let flow = if pass % 5 == 0 { Flow::Next } else { Flow::Jump(0x1000) };
            p.transfer(Class::Branch, 0x1010, 0x1014, flow).mispredicted
        };
        let wrong: Vec<bool> = (0..1000).map(wrong).collect();
        wrong[900..].iter().filter(|wrong| **wrong).count()
    }

    #[test]
    fn a_branch_with_a_habit_among_noise_is_learned_by_its_own_history_and_only_by_that() {
        let model = CoreModel::built_in("sifive-u74").unwrap().branch;
        assert!(every_fifth(&model) <= 10, "{}", every_fifth(&model));
        let global = Branch { local_bits: 0, ..model };
        assert!(every_fifth(&global) >= 30, "{}", every_fifth(&global));
    }

    #[test]
    fn a_loop_branch_is_learned_and_its_exit_costs_a_mispredict() {
        let mut p = predictor();
        for _ in 0..20 {
            p.transfer(Class::Branch, 0x1010, 0x1014, Flow::Jump(0x1000));
        }
        let taken = p.transfer(Class::Branch, 0x1010, 0x1014, Flow::Jump(0x1000));
        assert_eq!(taken, Redirect { cycles: 0, mispredicted: false });
        let exit = p.transfer(Class::Branch, 0x1010, 0x1014, Flow::Next);
        assert_eq!(exit, Redirect { cycles: 5, mispredicted: true });
    }
}
