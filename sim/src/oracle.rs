//! The judge of the timed world: did each pass through a site end where the scheme promises?
//!
//! It is told what harts executed, which stores reached memory and which interrupts were taken, and keeps a history of the
//! watched text of its own. It shares no code with the fetch path that it judges.
//!
//! A *pass* begins when a hart executes the first instruction of a site and ends when control leaves the site. An interrupt
//! suspends it; it goes on when a hart executes the address that was interrupted: the same one, unless its thread was
//! preempted and moved. A pass is bad when it leaves for an address
//! that is neither the end of the site nor one of its exits. What it does not see: whether a trampoline or ops at a legal exit is
//! still alive, and whether arguments and results are right; the guest checks those itself.

use crate::finding::{FetchedInsn, Finding, FindingKind, Writer};
use crate::ids::{Cycle, HartId};
use crate::memory::Ram;
use cmodx_isa::Size;
use std::ops::Range;

/// A site and where a pass through it may end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteRule {
    /// First byte of its instructions.
    pub start: u64,
    /// First byte behind them: the body.
    pub end: u64,
    /// Where a pass through this site alone may also leave for: a stub of its own.
    pub stub: Option<u64>,
}

/// One executed instruction of the watched text.
#[derive(Clone, Copy, Debug)]
pub struct Executed {
    /// Who executed it.
    pub hart: HartId,
    /// Its address.
    pub pc: u64,
    /// Its bytes as fetched.
    pub bytes: u32,
    /// Their number.
    pub length: u8,
    /// When it issued.
    pub cycle: Cycle,
    /// When its bytes were copied from memory.
    pub copied: Cycle,
    /// Where control went; `pc` itself when it raised an exception.
    pub next: u64,
    /// When this hart last synchronized its fetches.
    pub last_sync: Option<Cycle>,
}

/// A pass that has begun.
#[derive(Clone, Debug)]
struct Pass {
    site: usize,
    /// What was executed, and what memory held at that address then.
    executed: Vec<(Executed, Option<u32>)>,
    interrupted: Vec<Cycle>,
    /// Where it goes on.
    resume: u64,
}

/// How many findings are kept whole; the others are counted.
const KEPT: usize = 16;

/// The judge.
#[derive(Clone, Debug)]
pub struct Oracle {
    sites: Vec<SiteRule>,
    exits: Vec<u64>,
    text: Range<u64>,
    writes: Vec<Writer>,
    passes: Vec<Vec<Pass>>,
    findings: Vec<Finding>,
    bad: u64,
    seen: u64,
    /// A pass may end in an exception.
    traps: bool,
    /// Where a hart is that has found its last call wrong.
    wrong_call: Option<u64>,
    /// Of each hart the last pass that ended well, while somebody may find its call wrong.
    ended: Vec<Option<(Pass, Executed)>>,
}

impl Oracle {
    /// Watches these sites of a machine with `harts` harts; `exits` are the trampolines that a pass may leave for.
    pub fn new(mut sites: Vec<SiteRule>, exits: Vec<u64>, harts: usize) -> Oracle {
        sites.sort_by_key(|s| s.start);
        let text = sites.first().map_or(0, |s| s.start)..sites.last().map_or(0, |s| s.end);
        Oracle {
            sites,
            exits,
            text,
            writes: Vec::new(),
            passes: vec![Vec::new(); harts],
            findings: Vec::new(),
            bad: 0,
            seen: 0,
            traps: false,
            wrong_call: None,
            ended: vec![None; harts],
        }
    }

    /// A hart that executes the instruction at `at` has found, by checks of its own, that the call that it made last was wrong: the
    /// pass through the site becomes a finding, though it ended well. The instruction must be marked as the sites are, and harts
    /// must make one call at a time.
    pub fn hear_of_wrong_calls(&mut self, at: u64) {
        self.wrong_call = Some(at);
    }

    /// Passes may also end in an exception: the scheme puts instructions there that trap, and handles that. What its handler
    /// does with the call is not seen.
    pub fn permit_traps(&mut self) {
        self.traps = true;
    }

    /// From the first watched byte to the last.
    pub fn text(&self) -> Range<u64> {
        self.text.clone()
    }

    /// The first bad passes.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Number of bad passes.
    pub fn bad_passes(&self) -> u64 {
        self.bad
    }

    /// Number of passes that ended.
    pub fn passes(&self) -> u64 {
        self.seen
    }

    /// The watched sites.
    pub fn sites(&self) -> &[SiteRule] {
        &self.sites
    }

    /// A store is about to reach memory; true when it changes a site, or what stands up to 16 bytes in front of it.
    pub fn store(&mut self, hart: HartId, cycle: Cycle, pc: u64, at: u64, size: Size, value: u64) -> bool {
        let watched = at < self.text.end && self.text.start < at + size.bytes();
        if watched {
            self.writes.push(Writer { hart, cycle, pc, at, size: size.bytes() as u8, value });
        }
        let next = self.sites.partition_point(|site| site.end <= at);
        self.sites.get(next).is_some_and(|site| site.start < at + size.bytes() + 16)
    }

    /// The hart takes an interrupt or exception; the instruction at `pc` has not been executed.
    pub fn interrupt(&mut self, hart: HartId, cycle: Cycle, pc: u64) {
        if let Some(pass) = self.passes[hart.index()].last_mut()
            && pass.resume == pc
        {
            pass.interrupted.push(cycle);
        }
    }

    /// A hart executed an instruction of the watched text.
    pub fn executed(&mut self, insn: &Executed, ram: &Ram) {
        if self.wrong_call == Some(insn.pc) {
            if let Some((pass, last)) = self.ended[insn.hart.index()].take() {
                self.report(FindingKind::WrongCall, pass, &last);
            }
            return;
        }
        let passes = &self.passes[insn.hart.index()];
        let resumes = passes.last().is_some_and(|p| p.resume == insn.pc);
        if !resumes {
            let pass = match self.sites.binary_search_by_key(&insn.pc, |s| s.start) {
                Ok(site) => Pass { site, executed: vec![], interrupted: vec![], resume: insn.pc },
                Err(next) => match next.checked_sub(1).filter(|&site| insn.pc < self.sites[site].end) {
                    Some(_) => match self.take_interrupted(insn) {
                        Some(pass) => pass,
                        None => return,
                    },
                    None => return,
                },
            };
            self.passes[insn.hart.index()].push(pass);
        }
        let passes = &mut self.passes[insn.hart.index()];
        let size = if insn.length == 2 { Size::Half } else { Size::Word };
        let memory = ram.read(insn.pc, size).map(|value| value as u32);
        let pass = passes.last_mut().expect("a pass is open");
        pass.executed.push((*insn, memory));
        pass.resume = insn.next;
        let site = &self.sites[pass.site];
        if (site.start..site.end).contains(&insn.next) && insn.next > insn.pc {
            return;
        }
        let pass = self.passes[insn.hart.index()].pop().expect("a pass is open");
        self.seen += 1;
        self.judge(pass, insn);
    }

    /// The pass of a preempted thread that goes on here: of this hart, else of the one with the smallest number.
    fn take_interrupted(&mut self, insn: &Executed) -> Option<Pass> {
        let here = insn.hart.index();
        let others = (0..self.passes.len()).filter(|&hart| hart != here);
        std::iter::once(here).chain(others).find_map(|hart| {
            let waits = |p: &Pass| p.resume == insn.pc && !p.interrupted.is_empty();
            let at = self.passes[hart].iter().rposition(waits)?;
            Some(self.passes[hart].remove(at))
        })
    }

    fn judge(&mut self, pass: Pass, last: &Executed) {
        let site = &self.sites[pass.site];
        let trapped = last.next == last.pc;
        let left = last.next == site.end || site.stub == Some(last.next) || self.exits.contains(&last.next);
        let ended = &mut self.ended[last.hart.index()];
        if left || (trapped && self.traps) {
            *ended = self.wrong_call.map(|_| (pass, *last));
            return;
        }
        *ended = None;
        self.bad += 1;
        let kind = if self.torn(&pass.executed) { FindingKind::TornFetch } else { FindingKind::WrongTarget };
        self.report(kind, pass, last);
    }

    /// Keeps a finding, if it is one of the first.
    fn report(&mut self, kind: FindingKind, pass: Pass, last: &Executed) {
        if self.findings.len() == KEPT {
            return;
        }
        let site = &self.sites[pass.site];
        let fetched = pass.executed.iter().map(|(insn, memory)| self.fetched(insn, *memory)).collect();
        let mut allowed = vec![site.end];
        allowed.extend(site.stub);
        allowed.extend(&self.exits);
        self.findings.push(Finding {
            kind,
            site: site.start,
            hart: last.hart,
            cycle: last.cycle,
            fetched,
            went_to: last.next,
            allowed,
            last_sync: last.last_sync,
            interrupted: pass.interrupted,
        });
    }

    /// An instruction with the history of its bytes.
    fn fetched(&self, insn: &Executed, memory: Option<u32>) -> FetchedInsn {
        let seen = |w: &&Writer| covers(w, insn) && w.cycle < insn.copied;
        let writer = self.writes.iter().rev().find(seen).copied();
        let memory = memory.filter(|held| *held != insn.bytes);
        FetchedInsn {
            pc: insn.pc,
            bytes: insn.bytes,
            length: insn.length,
            cycle: insn.cycle,
            copied: insn.copied,
            writer,
            memory,
        }
    }

    /// True when the instructions of a pass are of different patches: some were fetched as they were before a patch, others
    /// as they were after it, whether or not memory itself held that mixture for a while. Instructions that are patched together
    /// have been stored to equally often, but for a patch that is under way.
    fn torn(&self, pass: &[(Executed, Option<u32>)]) -> bool {
        let stores = |insn: &Executed| {
            let covering = || self.writes.iter().filter(|w| covers(w, insn));
            (covering().count(), covering().filter(|w| w.cycle < insn.copied).count())
        };
        let counts: Vec<(usize, usize)> = pass.iter().map(|(insn, _)| stores(insn)).collect();
        let together = |a: usize, b: usize| a.abs_diff(b) <= 1;
        counts.iter().any(|a| counts.iter().any(|b| together(a.0, b.0) && a.1 != b.1))
    }
}

/// True when a store covers some byte of an instruction.
fn covers(writer: &Writer, insn: &Executed) -> bool {
    writer.at < insn.pc + insn.length as u64 && insn.pc < writer.at + writer.size as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOP: u32 = 0x0000_0013;
    const AUIPC: u32 = 0x0000_0297;
    const JALR: u32 = 0x0002_82e7;
    const SITE: u64 = 0x8000_0000;
    const TRAMPOLINE: u64 = 0x8000_1000;

    /// A machine whose site holds nop+nop, then gets the pair, at cycles 10 and 20.
    fn patched() -> (Oracle, Ram) {
        let mut ram = Ram::new(SITE, 0x100);
        let rule = SiteRule { start: SITE, end: SITE + 8, stub: None };
        let mut oracle = Oracle::new(vec![rule], vec![TRAMPOLINE], 2);
        for (at, old, new, cycle) in [(SITE, NOP, AUIPC, 10), (SITE + 4, NOP, JALR, 20)] {
            ram.write(at, Size::Word, old as u64);
            oracle.store(HartId(1), Cycle(cycle), 0x9000, at, Size::Word, new as u64);
            ram.write(at, Size::Word, new as u64);
        }
        (oracle, ram)
    }

    fn step(hart: u16, pc: u64, bytes: u32, next: u64) -> Executed {
        let (cycle, copied) = (Cycle(40), Cycle(5));
        Executed { hart: HartId(hart), pc, bytes, length: 4, cycle, copied, next, last_sync: None }
    }

    #[test]
    fn a_pass_goes_on_where_its_thread_was_moved_to() {
        let (mut oracle, ram) = patched();
        oracle.executed(&step(0, SITE, NOP, SITE + 4), &ram);
        oracle.interrupt(HartId(0), Cycle(35), SITE + 4);
        // Another thread passes meanwhile, on the hart that was left.
        oracle.executed(&step(0, SITE, NOP, SITE + 4), &ram);
        oracle.executed(&step(0, SITE + 4, NOP, SITE + 8), &ram);
        oracle.executed(&step(1, SITE + 4, JALR, 0x1234), &ram);
        assert_eq!((oracle.passes(), oracle.bad_passes()), (2, 1));
        assert_eq!(oracle.findings()[0].fetched.len(), 2);
        // Nobody is inside any more.
        oracle.executed(&step(1, SITE + 4, JALR, 0x1234), &ram);
        assert_eq!(oracle.passes(), 2);
    }

    #[test]
    fn an_exception_ends_a_pass_badly_unless_the_scheme_has_traps() {
        for permitted in [false, true] {
            let (mut oracle, ram) = patched();
            if permitted {
                oracle.permit_traps();
            }
            oracle.executed(&step(0, SITE, 0x0010_0073, SITE), &ram);
            assert_eq!((oracle.passes(), oracle.bad_passes()), (1, !permitted as u64));
        }
    }

    fn pass(oracle: &mut Oracle, ram: &Ram, insns: [(u32, u64); 2], to: u64) {
        for (i, (bytes, copied)) in insns.into_iter().enumerate() {
            let pc = SITE + 4 * i as u64;
            let next = if i == 0 { pc + 4 } else { to };
            let (cycle, copied) = (Cycle(30 + i as u64), Cycle(copied));
            let insn = Executed { hart: HartId(0), pc, bytes, length: 4, cycle, copied, next, last_sync: None };
            oracle.executed(&insn, ram);
        }
    }

    #[test]
    fn a_pass_to_the_body_or_a_trampoline_is_good() {
        let (mut oracle, ram) = patched();
        pass(&mut oracle, &ram, [(NOP, 5), (NOP, 5)], SITE + 8);
        pass(&mut oracle, &ram, [(AUIPC, 25), (JALR, 25)], TRAMPOLINE);
        pass(&mut oracle, &ram, [(AUIPC, 15), (NOP, 15)], SITE + 8);
        assert_eq!((oracle.passes(), oracle.bad_passes()), (3, 0));
    }

    #[test]
    fn a_pass_may_leave_for_its_own_stub_and_for_no_other() {
        let (oracle, ram) = patched();
        let rule = |stub| SiteRule { start: SITE, end: SITE + 8, stub: Some(stub) };
        for (stub, bad) in [(SITE - 8, 0), (SITE - 16, 1)] {
            let mut oracle = Oracle { sites: vec![rule(stub)], ..oracle.clone() };
            pass(&mut oracle, &ram, [(AUIPC, 25), (JALR, 25)], SITE - 8);
            assert_eq!((oracle.passes(), oracle.bad_passes()), (1, bad));
        }
    }

    #[test]
    fn a_pass_that_ended_well_is_a_finding_once_its_hart_finds_the_call_wrong() {
        const CHECK: u64 = SITE + 0x80;
        let (mut oracle, ram) = patched();
        let check = |hart| step(hart, CHECK, NOP, CHECK + 4);
        oracle.hear_of_wrong_calls(CHECK);
        pass(&mut oracle, &ram, [(NOP, 5), (NOP, 5)], SITE + 8);
        oracle.executed(&check(1), &ram);
        assert!(oracle.findings().is_empty(), "that was another hart's call");
        oracle.executed(&check(0), &ram);
        oracle.executed(&check(0), &ram);
        assert_eq!((oracle.findings().len(), oracle.bad_passes()), (1, 0));
        let finding = &oracle.findings()[0];
        assert_eq!((finding.kind, finding.fetched.len(), finding.went_to), (FindingKind::WrongCall, 2, SITE + 8));
        assert_eq!(finding.fetched[0].memory, Some(AUIPC), "the old bytes were fetched");
        // A pass that is bad anyway is one finding.
        pass(&mut oracle, &ram, [(AUIPC, 25), (JALR, 25)], 0x2a4);
        oracle.executed(&check(0), &ram);
        assert_eq!((oracle.findings().len(), oracle.bad_passes()), (2, 1));
    }

    #[test]
    fn an_old_nop_and_a_new_jalr_are_a_torn_fetch_and_both_writers_are_named() {
        let (mut oracle, ram) = patched();
        pass(&mut oracle, &ram, [(NOP, 5), (JALR, 25)], 0x2a4);
        let finding = &oracle.findings()[0];
        assert_eq!((finding.kind, finding.hart, finding.cycle), (FindingKind::TornFetch, HartId(0), Cycle(31)));
        assert_eq!((finding.fetched[0].writer, finding.fetched[0].memory), (None, Some(AUIPC)));
        assert_eq!(finding.fetched[1].writer.unwrap().cycle, Cycle(20));
        assert_eq!((finding.went_to, &finding.allowed[..]), (0x2a4, &[SITE + 8, TRAMPOLINE][..]));
    }

    #[test]
    fn the_whole_new_pair_that_goes_astray_is_no_torn_fetch() {
        let (mut oracle, ram) = patched();
        pass(&mut oracle, &ram, [(AUIPC, 25), (JALR, 25)], 0x2a4);
        assert_eq!(oracle.findings()[0].kind, FindingKind::WrongTarget);
    }

    #[test]
    fn an_interrupt_inside_a_pass_suspends_it_and_is_named() {
        let (mut oracle, ram) = patched();
        let step = |pc, bytes, next| Executed {
            hart: HartId(0),
            pc,
            bytes,
            length: 4,
            cycle: Cycle(40),
            copied: Cycle(5),
            next,
            last_sync: None,
        };
        oracle.executed(&step(SITE, NOP, SITE + 4), &ram);
        oracle.interrupt(HartId(0), Cycle(41), SITE + 4);
        oracle.executed(&step(SITE, NOP, SITE + 4), &ram);
        oracle.executed(&step(SITE + 4, NOP, SITE + 8), &ram);
        assert_eq!(oracle.passes(), 1, "the handler's own pass ends first");
        oracle.executed(&step(SITE + 4, JALR, 0x10), &ram);
        assert_eq!((oracle.passes(), oracle.bad_passes()), (2, 1));
        assert_eq!(oracle.findings()[0].interrupted, [Cycle(41)]);
    }
}
