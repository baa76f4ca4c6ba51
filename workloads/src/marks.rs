//! Places in the guest whose time is taken, and what a change of sites is made of. The guest's side is `guest/marks.rs`: a
//! section of pairs (address, number), so that a mark costs no instruction.

use cmodx_sim::ids::{Cycle, HartId};
use cmodx_sim::loader::Image;
use cmodx_sim::timed::{Absence, Probe};

/// Symbol of the table's first byte.
pub const START: &str = "marks_start";
const END: &str = "marks_end";

/// What stands at a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Something begins.
    Begin(Part),
    /// It ends.
    End(Part),
    /// A caller has found that the call that it made last was wrong.
    WrongCall,
}

/// What a patcher, or a hart that it stops, is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The whole change.
    Change,
    /// The scheme writes sites.
    Apply,
    /// Cache maintenance and fences of the hart itself.
    Cache,
    /// Asking other harts for something, and waiting until they have done it.
    Ask,
    /// Waiting until other harts or threads are somewhere else.
    Wait,
    /// What is done while all other harts stand still.
    StoppedWork,
    /// A hart stands still.
    Stop,
}

impl Mark {
    fn of_number(n: u64) -> Option<Mark> {
        let part = match n / 2 {
            0 => Part::Change,
            1 => Part::Apply,
            2 => Part::Cache,
            3 => Part::Ask,
            4 => Part::Wait,
            5 => Part::StoppedWork,
            6 => Part::Stop,
            7 if n == 14 => return Some(Mark::WrongCall),
            _ => return None,
        };
        Some(if n.is_multiple_of(2) { Mark::Begin(part) } else { Mark::End(part) })
    }
}

/// A hart at a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Who.
    pub hart: HartId,
    /// When.
    pub cycle: Cycle,
    /// What.
    pub mark: Mark,
}

/// The image's marks: addresses and what stands there. `None` when the image has no such table, or one with other numbers.
pub fn table(image: &Image) -> Option<Vec<(u64, Mark)>> {
    let bytes = image.symbol(START)?.addr..image.symbol(END)?.addr;
    bytes.step_by(16).map(|at| Some((image.read_u64(at)?, Mark::of_number(image.read_u64(at + 8)?)?))).collect()
}

/// What probes at the marks have seen. Several marks may stand at one address: in the table's order.
pub fn passed(table: &[(u64, Mark)], probes: &[Probe]) -> Vec<Passed> {
    let mut passed = Vec::new();
    for probe in probes {
        for (_, mark) in table.iter().filter(|(at, _)| *at == probe.at) {
            passed.push(Passed { hart: probe.hart, cycle: probe.cycle, mark: *mark });
        }
    }
    passed
}

/// Cycles of one change by what the patcher was at; what is left is bookkeeping: which sites must change, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// Writing literals and instructions, on whichever hart.
    pub stores: u64,
    /// Cache maintenance and fences of the patcher's hart.
    pub cache: u64,
    /// Interrupts and remote fences: asking, and waiting for the answers.
    pub ipis: u64,
    /// Waiting for other harts or threads to be somewhere else.
    pub quiescence: u64,
}

/// What other harts lost while a change went on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disturbance {
    /// Cycles of all harts but the patcher's.
    pub total: u64,
    /// The longest single loss.
    pub longest: u64,
    /// Losses by size: `(n, count)` for those of at least 2^n and less than 2^(n+1) cycles, ascending.
    pub histogram: Vec<(u32, u64)>,
}

/// The changes of a run, in order: what each one's time went to, and what it cost others. The patcher's hart is the one that
/// comes by the marks of changes.
pub fn changes(marks: &[Passed], absences: &[Absence]) -> Vec<(Split, Disturbance)> {
    let whole = |m: &&Passed| matches!(m.mark, Mark::Begin(Part::Change) | Mark::End(Part::Change));
    let ends: Vec<&Passed> = marks.iter().filter(whole).collect();
    let of = |pair: &[&Passed]| {
        let (patcher, from, to) = (pair[0].hart, pair[0].cycle, pair[1].cycle);
        let inside: Vec<&Passed> = marks.iter().filter(|m| m.cycle >= from && m.cycle <= to).collect();
        (split(patcher, to, &inside), disturbance(patcher, from, to, &inside, absences))
    };
    ends.chunks_exact(2).map(of).collect()
}

/// Goes through the marks of one change: whatever the patcher's innermost part is, work on a stopped machine comes before it.
fn split(patcher: HartId, end: Cycle, marks: &[&Passed]) -> Split {
    let mut split = Split::default();
    let mut open: Vec<Part> = Vec::new();
    let mut working = false;
    for (n, passed) in marks.iter().enumerate() {
        match passed.mark {
            Mark::Begin(Part::StoppedWork) => working = true,
            Mark::End(Part::StoppedWork) => working = false,
            Mark::Begin(part) if passed.hart == patcher => open.push(part),
            Mark::End(part) if passed.hart == patcher && open.last() == Some(&part) => {
                open.pop();
            }
            _ => {}
        }
        let cycles = marks.get(n + 1).map_or(end, |next| next.cycle).0 - passed.cycle.0;
        match open.last() {
            _ if working => split.stores += cycles,
            Some(Part::Apply) => split.stores += cycles,
            Some(Part::Cache) => split.cache += cycles,
            Some(Part::Ask) => split.ipis += cycles,
            Some(Part::Wait | Part::Stop) => split.quiescence += cycles,
            _ => {}
        }
    }
    split
}

/// Handlers, remote fences and stops of the other harts, as far as they lie in the change; what overlaps counts once.
fn disturbance(patcher: HartId, from: Cycle, to: Cycle, marks: &[&Passed], absences: &[Absence]) -> Disturbance {
    let mut lost: Vec<(HartId, u64, u64)> = absences.iter().map(|a| (a.hart, a.from.0, a.to.0)).collect();
    for (n, stop) in marks.iter().enumerate().filter(|(_, m)| m.mark == Mark::Begin(Part::Stop)) {
        let ends = |m: &&&Passed| m.hart == stop.hart && m.mark == Mark::End(Part::Stop);
        let end = marks[n..].iter().find(ends).map_or(to, |m| m.cycle);
        lost.push((stop.hart, stop.cycle.0, end.0));
    }
    lost.retain(|(hart, begin, end)| *hart != patcher && *end > from.0 && *begin < to.0);
    lost.sort_unstable();
    let mut merged: Vec<(HartId, u64, u64)> = Vec::new();
    for (hart, begin, end) in lost {
        match merged.last_mut() {
            Some((h, _, last)) if *h == hart && begin <= *last => *last = end.max(*last),
            _ => merged.push((hart, begin, end)),
        }
    }
    let mut disturbance = Disturbance::default();
    let mut histogram = std::collections::BTreeMap::new();
    for cycles in merged.iter().map(|(_, begin, end)| end.min(&to.0) - begin.max(&from.0)).filter(|c| *c > 0) {
        disturbance.total += cycles;
        disturbance.longest = disturbance.longest.max(cycles);
        *histogram.entry(cycles.ilog2()).or_insert(0) += 1;
    }
    disturbance.histogram = histogram.into_iter().collect();
    disturbance
}

#[cfg(test)]
mod tests {
    use super::*;
    use cmodx_sim::timed::Instead;

    fn at(hart: u16, cycle: u64, mark: Mark) -> Passed {
        Passed { hart: HartId(hart), cycle: Cycle(cycle), mark }
    }

    #[test]
    fn each_cycle_of_a_change_goes_to_the_innermost_part_and_stopped_work_comes_first() {
        use Mark::{Begin, End};
        let marks = [
            at(0, 100, Begin(Part::Change)),
            at(0, 110, Begin(Part::Apply)),
            at(0, 115, Begin(Part::Cache)),
            at(0, 118, End(Part::Cache)),
            at(1, 119, Begin(Part::Cache)),
            at(0, 120, Begin(Part::Ask)),
            at(0, 150, End(Part::Ask)),
            at(0, 150, Begin(Part::Wait)),
            at(1, 160, Begin(Part::Stop)),
            at(1, 170, Begin(Part::StoppedWork)),
            at(1, 200, End(Part::StoppedWork)),
            at(1, 210, End(Part::Stop)),
            at(0, 212, End(Part::Wait)),
            at(0, 215, End(Part::Apply)),
            at(0, 220, End(Part::Change)),
        ];
        let absences = [
            Absence { hart: HartId(1), from: Cycle(155), to: Cycle(162), instead: Instead::Handler },
            Absence { hart: HartId(1), from: Cycle(50), to: Cycle(104), instead: Instead::RemoteFence },
            Absence { hart: HartId(0), from: Cycle(120), to: Cycle(130), instead: Instead::Handler },
        ];
        let changes = changes(&marks, &absences);
        // Stores: 110-115, 118-120, 170-200, 212-215. Quiescence: 150-170, 200-212.
        let split = Split { stores: 40, cache: 3, ipis: 30, quiescence: 32 };
        // 155-210 is one loss, 100-104 the rest of another.
        let disturbance = Disturbance { total: 59, longest: 55, histogram: vec![(2, 1), (5, 1)] };
        assert_eq!(changes, [(split, disturbance)]);
    }
}
