//! Platform-level interrupt controller. Source: RISC-V PLIC specification 1.0.0; geometry of QEMU's `virt`: 96 sources,
//! priorities 0-7, two contexts (M, S) for each hart.
//!
//! All sources are level-triggered: the gateway takes a new request only after completion of the last one.

use crate::ids::HartId;
use cmodx_isa::Size;

/// Bytes of address space.
pub const SIZE: u64 = 0x60_0000;
/// Sources, source 0 meaning none.
pub const SOURCES: usize = 96;
const WORDS: usize = SOURCES / 32;
const PRIORITY: u64 = 0;
const PENDING: u64 = 0x1000;
const ENABLE: u64 = 0x2000;
const ENABLE_STRIDE: u64 = 0x80;
const CONTEXT: u64 = 0x20_0000;
const CONTEXT_STRIDE: u64 = 0x1000;
const THRESHOLD: u64 = 0;
const CLAIM: u64 = 4;
const PRIORITY_MASK: u32 = 7;

/// The privilege level that a context interrupts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// mip.MEIP.
    Machine = 0,
    /// mip.SEIP.
    Supervisor = 1,
}

#[derive(Clone, Debug, Default)]
struct Target {
    enabled: [u32; WORDS],
    threshold: u32,
}

/// Gateways, priorities and targets.
#[derive(Clone, Debug)]
pub struct Plic {
    priority: [u32; SOURCES],
    line: [u32; WORDS],
    pending: [u32; WORDS],
    /// Claimed and not completed: the gateway is shut.
    claimed: [u32; WORDS],
    targets: Vec<Target>,
}

/// What an offset names.
enum Register {
    Priority(usize),
    Pending(usize),
    Enable(usize, usize),
    Threshold(usize),
    Claim(usize),
}

impl Plic {
    /// For this many harts: all off.
    pub fn new(harts: usize) -> Plic {
        Plic {
            priority: [0; SOURCES],
            line: [0; WORDS],
            pending: [0; WORDS],
            claimed: [0; WORDS],
            targets: vec![Target::default(); 2 * harts],
        }
    }

    fn locate(&self, offset: u64, size: Size) -> Option<Register> {
        if size != Size::Word || !offset.is_multiple_of(4) {
            return None;
        }
        let register = match offset {
            PRIORITY..PENDING => Register::Priority((offset - PRIORITY) as usize / 4),
            PENDING..ENABLE => Register::Pending((offset - PENDING) as usize / 4),
            ENABLE..CONTEXT => {
                let from = offset - ENABLE;
                Register::Enable((from / ENABLE_STRIDE) as usize, (from % ENABLE_STRIDE) as usize / 4)
            }
            _ => {
                let target = ((offset - CONTEXT) / CONTEXT_STRIDE) as usize;
                match (offset - CONTEXT) % CONTEXT_STRIDE {
                    THRESHOLD => Register::Threshold(target),
                    CLAIM => Register::Claim(target),
                    _ => return None,
                }
            }
        };
        let there = match register {
            Register::Priority(source) => source < SOURCES,
            Register::Pending(word) => word < WORDS,
            Register::Enable(target, word) => target < self.targets.len() && word < WORDS,
            Register::Threshold(target) | Register::Claim(target) => target < self.targets.len(),
        };
        there.then_some(register)
    }

    /// Reads a word; reading claim takes the interrupt. `None` for other sizes and for registers that are not there.
    pub fn read(&mut self, offset: u64, size: Size) -> Option<u64> {
        let value = match self.locate(offset, size)? {
            Register::Priority(source) => self.priority[source],
            Register::Pending(word) => self.pending[word],
            Register::Enable(target, word) => self.targets[target].enabled[word],
            Register::Threshold(target) => self.targets[target].threshold,
            Register::Claim(target) => self.claim(target),
        };
        Some(u64::from(value))
    }

    /// Writes a word; false where [`Plic::read`] gives none.
    pub fn write(&mut self, offset: u64, size: Size, value: u64) -> bool {
        let value = value as u32;
        match self.locate(offset, size) {
            None => return false,
            Some(Register::Priority(0) | Register::Pending(_)) => {}
            Some(Register::Priority(source)) => self.priority[source] = value & PRIORITY_MASK,
            // Source 0 does not exist; its enable bit is hardwired to zero.
            Some(Register::Enable(target, word)) => {
                self.targets[target].enabled[word] = if word == 0 { value & !1 } else { value };
            }
            Some(Register::Threshold(target)) => self.targets[target].threshold = value & PRIORITY_MASK,
            Some(Register::Claim(target)) => self.complete(target, value as usize),
        }
        true
    }

    /// Sets the level of a source's interrupt line.
    pub fn set_line(&mut self, source: usize, high: bool) {
        let (word, bit) = (source / 32, 1 << (source % 32));
        if high {
            self.line[word] |= bit;
        } else {
            self.line[word] &= !bit;
        }
        self.sample(word);
    }

    /// True when this context has an interrupt above its threshold.
    pub fn asserted(&self, hart: HartId, level: Level) -> bool {
        let target = &self.targets[2 * hart.index() + level as usize];
        self.best(target).is_some_and(|(_, priority)| priority > target.threshold)
    }

    /// Lets open gateways forward what their lines ask for.
    fn sample(&mut self, word: usize) {
        self.pending[word] |= self.line[word] & !self.claimed[word];
    }

    /// The enabled pending source of highest priority, the lowest number among equals. Priority 0 never interrupts.
    fn best(&self, target: &Target) -> Option<(usize, u32)> {
        let mut best = None;
        for word in 0..WORDS {
            let mut rest = self.pending[word] & target.enabled[word];
            while rest != 0 {
                let source = 32 * word + rest.trailing_zeros() as usize;
                rest &= rest - 1;
                let priority = self.priority[source];
                if priority > best.map_or(0, |(_, highest)| highest) {
                    best = Some((source, priority));
                }
            }
        }
        best
    }

    /// A claim is not bound by the threshold (specification, "interrupt claim process").
    fn claim(&mut self, target: usize) -> u32 {
        let Some((source, _)) = self.best(&self.targets[target]) else { return 0 };
        let (word, bit) = (source / 32, 1 << (source % 32));
        self.pending[word] &= !bit;
        self.claimed[word] |= bit;
        source as u32
    }

    /// Completion of a source that is not enabled for the target is ignored.
    fn complete(&mut self, target: usize, source: usize) {
        let (word, bit) = (source / 32, 1 << (source % 32));
        if source < SOURCES && self.targets[target].enabled[word] & bit != 0 {
            self.claimed[word] &= !bit;
            self.sample(word);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S0: u64 = 1;

    fn word(plic: &mut Plic, offset: u64, value: u64) {
        assert!(plic.write(offset, Size::Word, value));
    }

    fn claim(plic: &mut Plic) -> Option<u64> {
        plic.read(CONTEXT + S0 * CONTEXT_STRIDE + CLAIM, Size::Word)
    }

    fn with_sources(sources: &[(u64, u64)]) -> Plic {
        let mut plic = Plic::new(1);
        let mut enabled = 0;
        for &(source, priority) in sources {
            word(&mut plic, PRIORITY + 4 * source, priority);
            enabled |= 1 << source;
        }
        word(&mut plic, ENABLE + S0 * ENABLE_STRIDE, enabled);
        plic
    }

    #[test]
    fn claim_gives_the_highest_priority_and_the_lowest_number_among_equals() {
        let mut plic = with_sources(&[(3, 1), (5, 7), (4, 7)]);
        for source in [3, 4, 5] {
            plic.set_line(source, true);
        }
        assert!(plic.asserted(HartId(0), Level::Supervisor) && !plic.asserted(HartId(0), Level::Machine));
        assert_eq!([claim(&mut plic), claim(&mut plic), claim(&mut plic)], [Some(4), Some(5), Some(3)]);
        assert_eq!(claim(&mut plic), Some(0));
    }

    #[test]
    fn a_line_that_stays_high_interrupts_again_only_after_completion() {
        let mut plic = with_sources(&[(10, 1)]);
        plic.set_line(10, true);
        assert_eq!(claim(&mut plic), Some(10));
        assert!(!plic.asserted(HartId(0), Level::Supervisor));
        word(&mut plic, CONTEXT + S0 * CONTEXT_STRIDE + CLAIM, 10);
        assert!(plic.asserted(HartId(0), Level::Supervisor));
        claim(&mut plic);
        plic.set_line(10, false);
        word(&mut plic, CONTEXT + S0 * CONTEXT_STRIDE + CLAIM, 10);
        assert!(!plic.asserted(HartId(0), Level::Supervisor));
    }

    #[test]
    fn the_threshold_masks_equal_priorities_but_does_not_bind_a_claim() {
        let mut plic = with_sources(&[(2, 3)]);
        plic.set_line(2, true);
        word(&mut plic, CONTEXT + S0 * CONTEXT_STRIDE + THRESHOLD, 3);
        assert!(!plic.asserted(HartId(0), Level::Supervisor));
        assert_eq!(claim(&mut plic), Some(2));
    }

    #[test]
    fn priority_zero_never_interrupts_and_completion_needs_the_enable_bit() {
        let mut plic = with_sources(&[(2, 0), (6, 1)]);
        plic.set_line(2, true);
        assert!(!plic.asserted(HartId(0), Level::Supervisor));
        plic.set_line(6, true);
        assert_eq!(claim(&mut plic), Some(6));
        word(&mut plic, CONTEXT + CLAIM, 6);
        assert!(!plic.asserted(HartId(0), Level::Supervisor), "the M context has source 6 not enabled");
    }

    #[test]
    fn offsets_outside_the_geometry_answer_nothing() {
        let mut plic = Plic::new(1);
        assert_eq!(plic.read(4 * SOURCES as u64, Size::Word), None);
        assert_eq!(plic.read(CONTEXT + 2 * CONTEXT_STRIDE, Size::Word), None);
        assert_eq!(plic.read(4, Size::Double), None);
        assert!(!plic.write(ENABLE + 2 * ENABLE_STRIDE, Size::Word, 0));
        assert_eq!(plic.read(PENDING, Size::Word), Some(0));
    }
}
