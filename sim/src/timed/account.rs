//! What a hart's cycles go to: regions of the code, between two addresses.
//!
//! The cycles from the issue of an instruction to the issue of the next one are its own, so that those of all regions
//! together are all there are. Waiting for a result is thus charged to the code that computes it, a misprediction to the
//! branch.

use crate::ids::{Cycle, HartId};
use std::ops::{AddAssign, Range};

/// What some code took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Instructions issued.
    pub instructions: u64,
    /// Cycles from the issue of each to the issue of the next.
    pub cycles: u64,
}

impl AddAssign for Spent {
    fn add_assign(&mut self, other: Spent) {
        self.instructions += other.instructions;
        self.cycles += other.cycles;
    }
}

/// Counts of one hart's instructions and cycles by region. Virtual addresses.
#[derive(Clone, Debug)]
pub struct Account {
    hart: HartId,
    /// Counting begins here, before this instruction.
    from: u64,
    /// It ends here, before this instruction.
    to: u64,
    /// Ascending; no two overlap.
    regions: Vec<(Range<u64>, Spent)>,
    elsewhere: Spent,
    /// The last instruction: its region and issue. `None` while nothing is counted.
    last: Option<(Option<usize>, Cycle)>,
}

impl Account {
    /// Nothing counted yet. Each time the hart comes by `from` counting begins, at `to` it ends. Of regions that overlap the
    /// one that begins first has what both hold.
    pub fn new(hart: HartId, from: u64, to: u64, mut regions: Vec<Range<u64>>) -> Account {
        regions.sort_by_key(|region| (region.start, region.end));
        let mut end = 0;
        for region in &mut regions {
            region.start = region.start.max(end);
            end = end.max(region.end);
        }
        let regions = regions.into_iter().filter(|region| !region.is_empty()).map(|r| (r, Spent::default()));
        Account { hart, from, to, regions: regions.collect(), elsewhere: Spent::default(), last: None }
    }

    /// Where counting begins and ends.
    pub(super) fn ends(&self) -> [u64; 2] {
        [self.from, self.to]
    }

    /// True between the two addresses.
    pub fn open(&self) -> bool {
        self.last.is_some()
    }

    /// What was counted in each region, ascending by address.
    pub fn regions(&self) -> &[(Range<u64>, Spent)] {
        &self.regions
    }

    /// What was counted outside all regions.
    pub fn elsewhere(&self) -> Spent {
        self.elsewhere
    }

    /// A hart issues the instruction at `pc`. True when counting has begun or ended with that.
    pub fn issued(&mut self, hart: HartId, pc: u64, now: Cycle) -> bool {
        if hart != self.hart {
            return false;
        }
        let before = self.open();
        if let Some((region, at)) = self.last.take() {
            self.of(region).cycles += now.0 - at.0;
        }
        if pc != self.to && (before || pc == self.from) {
            let region = self.region(pc);
            self.of(region).instructions += 1;
            self.last = Some((region, now));
        }
        before != self.open()
    }

    fn region(&self, pc: u64) -> Option<usize> {
        let behind = self.regions.partition_point(|(region, _)| region.start <= pc);
        behind.checked_sub(1).filter(|&n| self.regions[n].0.contains(&pc))
    }

    fn of(&mut self, region: Option<usize>) -> &mut Spent {
        match region {
            Some(n) => &mut self.regions[n].1,
            None => &mut self.elsewhere,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cycles_of_all_regions_are_all_there_are_and_overlaps_count_once() {
        let mut account = Account::new(HartId(0), 100, 200, vec![20..30, 10..24, 40..40]);
        let went = [(8, 1), (100, 5), (12, 6), (22, 8), (26, 12), (50, 13), (200, 20), (12, 25)];
        let turns: Vec<bool> = went.iter().map(|&(pc, now)| account.issued(HartId(0), pc, Cycle(now))).collect();
        assert_eq!(turns, [false, true, false, false, false, false, true, false]);
        assert!(!account.issued(HartId(1), 100, Cycle(30)) && !account.open());
        let spent = |instructions, cycles| Spent { instructions, cycles };
        assert_eq!(account.regions(), [(10..24, spent(2, 6)), (24..30, spent(1, 1))]);
        assert_eq!(account.elsewhere(), spent(2, 8));
    }
}
