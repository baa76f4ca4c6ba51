//! Numbers with a meaning, so that none is taken for another.

/// A point in time or a duration, in cycles of the harts' common clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cycle(pub u64);

impl Cycle {
    /// Later than everything.
    pub const NEVER: Cycle = Cycle(u64::MAX);

    /// This many cycles later.
    #[must_use]
    pub const fn after(self, cycles: u64) -> Cycle {
        Cycle(self.0.saturating_add(cycles))
    }
}

impl std::fmt::Display for Cycle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A hart (PE): 0 is the one that boots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HartId(pub u16);

impl HartId {
    /// As an index into a table of harts.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl std::fmt::Display for HartId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A physical address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhysAddr(pub u64);

impl std::fmt::Display for PhysAddr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// A set of harts, bit n for hart n; at most 64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HartSet(pub u64);

impl HartSet {
    /// The first `n` harts.
    pub const fn first(n: usize) -> HartSet {
        HartSet(if n >= 64 { u64::MAX } else { (1 << n) - 1 })
    }

    /// True when the hart is a member.
    pub const fn contains(self, hart: HartId) -> bool {
        self.0 >> hart.0 & 1 == 1
    }

    /// The set without this hart.
    #[must_use]
    pub const fn without(self, hart: HartId) -> HartSet {
        HartSet(self.0 & !(1 << hart.0))
    }

    /// The set with this hart.
    #[must_use]
    pub const fn with(self, hart: HartId) -> HartSet {
        HartSet(self.0 | 1 << hart.0)
    }

    /// The members for which something holds.
    #[must_use]
    pub fn filter(self, mut holds: impl FnMut(HartId) -> bool) -> HartSet {
        self.iter().filter(|&hart| holds(hart)).fold(HartSet::default(), HartSet::with)
    }

    /// The members, ascending.
    pub fn iter(self) -> impl Iterator<Item = HartId> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            if rest == 0 {
                return None;
            }
            let hart = HartId(rest.trailing_zeros() as u16);
            rest &= rest - 1;
            Some(hart)
        })
    }

    /// Number of members.
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// True when no hart is a member.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}
