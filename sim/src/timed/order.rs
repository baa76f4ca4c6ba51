//! Who acts next: the smallest (cycle, hart), kept in a tournament so that a turn costs the logarithm of the number of harts.

use crate::ids::{Cycle, HartId};

/// Bits of a key that hold the hart: a machine has at most 64.
const HART_BITS: u32 = 6;

/// When each hart acts next.
#[derive(Clone)]
pub struct Order {
    /// A complete binary tree: node 1 is the root, nodes 2n and 2n+1 are below n, a node holds the smallest key below it.
    /// Keys are the cycle in the upper bits and the hart in the lower ones.
    keys: Vec<u64>,
    leaves: usize,
}

impl Order {
    /// Nobody acts.
    pub fn new(harts: usize) -> Order {
        let leaves = harts.next_power_of_two();
        Order { keys: vec![u64::MAX; 2 * leaves], leaves }
    }

    /// A hart acts next at this cycle; one that does not fit into a key (nine years at 1 GHz) never comes.
    #[inline(always)]
    pub fn set(&mut self, hart: HartId, at: Cycle) {
        let key = if at.0 >> (64 - HART_BITS) == 0 { at.0 << HART_BITS | hart.0 as u64 } else { u64::MAX };
        let mut node = self.leaves + hart.index();
        self.keys[node] = key;
        while node > 1 {
            let smaller = self.keys[node].min(self.keys[node ^ 1]);
            node /= 2;
            self.keys[node] = smaller;
        }
    }

    /// When the first hart acts, and which one it is; [`Cycle::NEVER`] when nobody does.
    #[inline(always)]
    pub fn first(&self) -> (Cycle, HartId) {
        match self.keys[1] {
            u64::MAX => (Cycle::NEVER, HartId(0)),
            key => (Cycle(key >> HART_BITS), HartId((key & ((1 << HART_BITS) - 1)) as u16)),
        }
    }

    /// The cycle before which this hart comes before all others.
    #[inline(always)]
    pub fn bound(&self, hart: HartId) -> Cycle {
        let mut node = self.leaves + hart.index();
        let mut others = u64::MAX;
        while node > 1 {
            others = others.min(self.keys[node ^ 1]);
            node /= 2;
        }
        match others {
            u64::MAX => Cycle::NEVER,
            key => bound(hart, Cycle(key >> HART_BITS), HartId((key & ((1 << HART_BITS) - 1)) as u16)),
        }
    }
}

/// The cycle before which `hart` comes before what `other` does at `at`: of two harts at one cycle the lower number acts first.
#[inline(always)]
pub fn bound(hart: HartId, at: Cycle, other: HartId) -> Cycle {
    at.after((hart <= other) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_cycle_acts_and_of_equal_ones_the_lowest_hart() {
        let mut order = Order::new(5);
        assert_eq!(order.first().0, Cycle::NEVER);
        for (hart, at) in [(4, 7), (1, 9), (3, 7), (0, 8)] {
            order.set(HartId(hart), Cycle(at));
        }
        assert_eq!(order.first(), (Cycle(7), HartId(3)));
        assert_eq!(order.bound(HartId(3)), Cycle(8), "hart 4 comes behind hart 3 at cycle 7");
        order.set(HartId(3), Cycle::NEVER);
        assert_eq!(order.first(), (Cycle(7), HartId(4)));
        assert_eq!(order.bound(HartId(4)), Cycle(8), "hart 0 comes before hart 4 at cycle 8");
        order.set(HartId(0), Cycle::NEVER);
        order.set(HartId(1), Cycle::NEVER);
        assert_eq!(order.bound(HartId(4)), Cycle::NEVER);
    }
}
