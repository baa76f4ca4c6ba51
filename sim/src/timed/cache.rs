//! Tags of a set-associative cache. The bytes are elsewhere: in RAM for the data
//! side, in [`super::fetch`] for instructions.

use crate::core_model::{LINE, Replacement};

/// Number of a line: physical address divided by [`LINE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineNumber(pub u64);

impl LineNumber {
    /// The line that holds a physical address.
    #[inline(always)]
    pub fn of(at: u64) -> LineNumber {
        LineNumber(at / LINE)
    }

    /// Its first physical address.
    pub fn address(self) -> u64 {
        self.0 * LINE
    }
}

/// A way: line number in the upper bits, three state bits below.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Way(u64);

impl Way {
    const EMPTY: Way = Way(u64::MAX);
    const DIRTY: u64 = 1;
    const OWNED: u64 = 2;
    const CONTENDED: u64 = 4;
    const STATE_BITS: u32 = 3;

    fn new(line: LineNumber, held: Held) -> Way {
        let Held { owned, dirty, contended } = held;
        Way(line.0 << Way::STATE_BITS | (contended as u64) << 2 | (owned as u64) << 1 | dirty as u64)
    }

    #[inline(always)]
    fn held(self) -> Held {
        Held {
            owned: self.0 & Way::OWNED != 0,
            dirty: self.0 & Way::DIRTY != 0,
            contended: self.0 & Way::CONTENDED != 0,
        }
    }

    #[inline(always)]
    fn line(self) -> LineNumber {
        LineNumber(self.0 >> Way::STATE_BITS)
    }
}

/// What a cache holds of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// No other L1D holds it (M or E of MESI).
    pub owned: bool,
    /// It was written since it was filled or cleaned.
    pub dirty: bool,
    /// Harts have come into each other's way over it. It costs no cycle.
    pub contended: bool,
}

/// A line that had to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evicted {
    /// Which one.
    pub line: LineNumber,
    /// Whether it had been written.
    pub dirty: bool,
}

/// The tags, each set in the order in which lines are to leave, the last first: by use or by arrival.
#[derive(Clone)]
pub struct TagCache {
    ways: Vec<Way>,
    associativity: usize,
    set_mask: u64,
    replacement: Replacement,
    random: Random,
}

/// The order in which lines were to leave.
#[derive(Clone, Default)]
pub struct UseOrder(Vec<Way>);

/// Pseudo-random numbers for replacement: a linear feedback shift register, as hardware has it.
#[derive(Clone)]
pub struct Random(u16);

impl Random {
    /// The start of the sequence.
    pub const START: Random = Random(0xace1);

    /// The next number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        let bit = (self.0 ^ self.0 >> 2 ^ self.0 >> 3 ^ self.0 >> 5) & 1;
        self.0 = self.0 >> 1 | bit << 15;
        self.0 as usize % n
    }
}

impl TagCache {
    /// An empty cache of `size` bytes.
    pub fn new(size: u32, ways: u8, replacement: Replacement) -> TagCache {
        let lines = (size as u64 / LINE) as usize;
        TagCache {
            ways: vec![Way::EMPTY; lines],
            associativity: ways as usize,
            set_mask: (lines / ways as usize) as u64 - 1,
            replacement,
            random: Random::START,
        }
    }

    #[inline(always)]
    fn set(&mut self, line: LineNumber) -> &mut [Way] {
        let start = (line.0 & self.set_mask) as usize * self.associativity;
        &mut self.ways[start..start + self.associativity]
    }

    fn find(&mut self, line: LineNumber) -> Option<&mut Way> {
        self.set(line).iter_mut().find(|w| w.line() == line && **w != Way::EMPTY)
    }

    /// Looks a line up, for an access to it.
    #[inline(always)]
    pub fn touch(&mut self, line: LineNumber) -> Option<Held> {
        let by_use = self.replacement == Replacement::Lru;
        let set = self.set(line);
        // Most hits are of the line that was used last.
        if set[0].line() == line {
            return Some(set[0].held());
        }
        if by_use {
            // What is known when this is compiled needs no branches that the host would mispredict.
            if let Ok(set) = <&mut [Way; 4]>::try_from(&mut *set) {
                return Self::bring_forward(set, line);
            }
            if let Ok(set) = <&mut [Way; 8]>::try_from(&mut *set) {
                return Self::bring_forward(set, line);
            }
        }
        let i = set.iter().position(|way| way.line() == line)?;
        let way = set[i];
        if by_use {
            set[..=i].rotate_right(1);
        }
        Some(way.held())
    }

    /// Makes a line the first of its set.
    #[inline(always)]
    fn bring_forward<const N: usize>(set: &mut [Way; N], line: LineNumber) -> Option<Held> {
        let mut found = N;
        for i in (0..N).rev() {
            found = if set[i].line() == line { i } else { found };
        }
        let way = *set.get(found)?;
        for i in (1..N).rev() {
            set[i] = if i <= found { set[i - 1] } else { set[i] };
        }
        set[0] = way;
        Some(way.held())
    }

    /// Puts a line in; one leaves if none is empty.
    pub fn insert(&mut self, line: LineNumber, held: Held) -> Option<Evicted> {
        let last = self.associativity - 1;
        let set = self.set(line);
        let empty = set.iter().rposition(|w| *w == Way::EMPTY);
        let victim = match (empty, self.replacement) {
            (Some(empty), _) => empty,
            (None, Replacement::Random) => self.random.below(last + 1),
            (None, Replacement::Lru | Replacement::Fifo) => last,
        };
        let set = self.set(line);
        set[..=victim].rotate_right(1);
        let old = std::mem::replace(&mut set[0], Way::new(line, held));
        (old != Way::EMPTY).then(|| Evicted { line: old.line(), dirty: old.0 & Way::DIRTY != 0 })
    }

    /// What is held of a line, without touching the replacement order.
    pub fn peek(&mut self, line: LineNumber) -> Option<Held> {
        self.find(line).map(|way| way.held())
    }

    /// Changes what is held of a line, without touching the replacement order; what was held before.
    pub fn change(&mut self, line: LineNumber, change: impl FnOnce(Held) -> Held) -> Option<Held> {
        let way = self.find(line)?;
        let held = way.held();
        *way = Way::new(line, change(held));
        Some(held)
    }

    /// Drops a line; what was held of it.
    pub fn remove(&mut self, line: LineNumber) -> Option<Held> {
        let way = self.find(line)?;
        let held = way.held();
        *way = Way::EMPTY;
        Some(held)
    }

    /// Notes the order in which lines are to leave, where uses change it.
    pub fn note_order(&self, order: &mut UseOrder) {
        if self.replacement == Replacement::Lru {
            order.0.clone_from(&self.ways);
        }
    }

    /// Brings lines back into the order noted: none has come since then, some may have gone or changed their state.
    pub fn reorder(&mut self, order: &UseOrder) {
        if self.replacement == Replacement::Lru {
            for (set, before) in self.ways.chunks_mut(self.associativity).zip(order.0.chunks(self.associativity)) {
                let now = set.to_vec();
                for (way, old) in set.iter_mut().zip(before) {
                    let still = now.iter().find(|way| way.line() == old.line());
                    *way = still.copied().unwrap_or(Way::EMPTY);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLEAN: Held = Held { owned: false, dirty: false, contended: false };

    #[test]
    fn the_least_recently_used_way_of_the_set_leaves() {
        let mut cache = TagCache::new(2 * 64 * 4, 2, Replacement::Lru); // four sets of two ways
        let line = |n: u64| LineNumber(n * 4);
        assert_eq!(cache.insert(line(1), CLEAN), None);
        assert_eq!(cache.insert(line(2), Held { owned: true, dirty: true, contended: false }), None);
        assert!(cache.touch(line(1)).is_some());
        assert_eq!(cache.insert(line(3), CLEAN), Some(Evicted { line: line(2), dirty: true }));
        assert!(cache.touch(line(1)).is_some() && cache.touch(line(2)).is_none());
    }

    #[test]
    fn by_arrival_a_use_does_not_keep_a_line_and_by_chance_any_may_leave() {
        let line = |n: u64| LineNumber(n * 4);
        let mut cache = TagCache::new(2 * 64 * 4, 2, Replacement::Fifo);
        cache.insert(line(1), CLEAN);
        cache.insert(line(2), CLEAN);
        assert!(cache.touch(line(1)).is_some());
        assert_eq!(cache.insert(line(3), CLEAN).map(|e| e.line), Some(line(1)));
        let mut cache = TagCache::new(4 * 64, 4, Replacement::Random);
        for n in 0..4 {
            assert_eq!(cache.insert(LineNumber(n), CLEAN), None, "an empty way comes first");
        }
        let last_in_left = (4..100).filter(|&n| cache.insert(LineNumber(n), CLEAN).unwrap().line.0 + 1 == n).count();
        assert!((10..40).contains(&last_in_left), "{last_in_left} of 96");
    }

    #[test]
    fn the_order_of_uses_can_be_taken_back_while_a_line_has_gone_and_another_changed() {
        let mut cache = TagCache::new(4 * 64, 4, Replacement::Lru);
        for n in 0..4 {
            cache.insert(LineNumber(n), CLEAN);
        }
        let mut order = UseOrder::default();
        cache.note_order(&mut order);
        for n in [1, 3, 0, 2] {
            cache.touch(LineNumber(n));
        }
        cache.remove(LineNumber(1));
        let owned = Held { owned: true, ..CLEAN };
        cache.change(LineNumber(0), |_| owned);
        cache.reorder(&order);
        assert_eq!(cache.insert(LineNumber(4), CLEAN), None, "where line 1 was");
        assert_eq!(cache.peek(LineNumber(0)), Some(owned));
        assert_eq!(cache.insert(LineNumber(5), CLEAN).map(|e| e.line), Some(LineNumber(0)));
        assert_eq!(cache.insert(LineNumber(6), CLEAN).map(|e| e.line), Some(LineNumber(2)));
    }

    #[test]
    fn an_empty_cache_holds_no_line_at_the_top_of_the_address_space() {
        let mut cache = TagCache::new(4096, 4, Replacement::Lru);
        assert_eq!(cache.touch(LineNumber::of(u64::MAX)), None);
        assert_eq!(cache.peek(LineNumber::of(u64::MAX)), None);
    }
}
