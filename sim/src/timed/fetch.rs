//! The L1 instruction cache of one hart: *copies* of lines.
//!
//! A copy holds the bytes as they were when each beat of its fill read the point of unification. Nothing but the rules of the
//! architecture and replacement makes it go away: a store by anyone leaves it as it is unless the core model is coherent. An
//! instruction is decoded once per copy ([`super::slots`]), so what makes the interpreter fast and what makes a fetch stale is one
//! thing.
//!
//! After a miss the next line may be prefetched: it is a copy of that time, and what drops copies drops it too.
//!
//! Left out: wrong-path fetches, critical beat first.

use super::cache::{LineNumber, Random};
use crate::core_model::{CoreModel, LINE, Replacement};
use crate::ids::Cycle;

/// Bytes of a line.
const BYTES: usize = LINE as usize;
/// Most beats of a fill.
const BEATS: usize = BYTES / 4;

/// Addresses whose execution is reported: the watched text and the probes.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// Physical addresses from and to (exclusive) between which all instructions are marked.
    pub watched: std::ops::Range<u64>,
    /// Single instructions.
    pub probes: Vec<u64>,
    /// All there are.
    pub all: bool,
    /// Physical address of a line, and a bit for each of its halfwords: instructions that begin there are marked in the copy that is
    /// decoded now.
    pub halfwords: (u64, u32),
    /// What is decoded already does not know of the last change yet.
    pub changed: bool,
}

impl Marks {
    /// True when none are.
    pub fn are_none(&self) -> bool {
        !self.all && self.halfwords.1 == 0 && self.watched.is_empty() && self.probes.is_empty()
    }

    /// True when the instruction at this physical address is marked.
    pub fn contains(&self, at: u64) -> bool {
        let (line, halfwords) = self.halfwords;
        let among = halfwords != 0 && at & !(LINE - 1) == line && halfwords >> (at % LINE / 2) & 1 == 1;
        self.all || among || self.watched.contains(&at) || self.probes.contains(&at)
    }
}

/// Lines, by their low bits, whose way is remembered.
const HINTS: usize = 256;

/// A copy of a line.
#[derive(Clone)]
struct Copy {
    line: LineNumber,
    bytes: [u8; BYTES],
    /// When each of the first beats was read.
    copied: [Cycle; BEATS],
    /// The first beat from which on one was read each cycle, and when it was.
    steady: (usize, Cycle),
    /// Which contents these are: the fill of the cache that first had them here.
    fill: u64,
}

/// When copies were used.
#[derive(Clone, Default)]
pub struct Uses {
    used: Vec<u64>,
    clock: u64,
}

/// A fill under way.
#[derive(Clone, Copy, Debug)]
struct Fill {
    line: LineNumber,
    way: usize,
    beat: usize,
    next: Cycle,
}

/// The tag of a way without a valid copy.
const INVALID: LineNumber = LineNumber(u64::MAX);

/// The instruction cache of one hart.
#[derive(Clone)]
pub struct InsnCache {
    /// Of each way, which line it holds.
    tags: Vec<LineNumber>,
    /// Where a line was found last.
    hints: [u16; HINTS],
    /// Of each way, when it was used last.
    used: Vec<u64>,
    copies: Vec<Copy>,
    associativity: usize,
    set_mask: u64,
    beat_bytes: usize,
    /// Beats of a line.
    beats: usize,
    fill: Option<Fill>,
    /// When the next beat of the fill reads memory, or the last one if all of them wait for it.
    next_beat: Cycle,
    /// Beats wait for the last one of the fill: nobody writes its line before.
    put_off: bool,
    /// What is filled when the fill under way is done: a prefetch, and when its first beat can be read.
    queued: Option<(LineNumber, Cycle)>,
    replacement: Replacement,
    random: Random,
    clock: u64,
    fills: u64,
    valid: u32,
    /// Ways that may be valid, some of them more than once.
    filled: Vec<u32>,
    /// Goes up whenever a copy comes, goes or changes, or an address is to be looked for elsewhere.
    changes: u64,
    /// Whether instructions that no manual has are decoded ([`cmodx_isa::Isa::decode_hypothetical`]).
    pub hypothetical: bool,
    /// Whether branches around one operation make it conditional ([`crate::core_model::Branch::short_forward`]).
    pub short_forward: bool,
}

/// True when two lines do: word by word, since they have just been written that way.
#[inline(always)]
fn differ(one: &[u8; BYTES], other: &[u8; BYTES]) -> bool {
    let words = one.as_chunks().0.iter().zip(other.as_chunks().0);
    words.fold(0, |all, (one, other)| all | u64::from_le_bytes(*one) ^ u64::from_le_bytes(*other)) != 0
}

impl Copy {
    /// Holds other bytes, which are new contents where they differ from those before.
    #[inline(always)]
    fn replace(&mut self, bytes: &[u8; BYTES], fills: &mut u64) {
        if differ(&self.bytes, bytes) {
            self.bytes = *bytes;
            *fills += 1;
            self.fill = *fills;
        }
    }
}

impl InsnCache {
    /// A cold cache.
    pub fn new(model: &CoreModel) -> InsnCache {
        let lines = model.l1i.size as usize / BYTES;
        let empty =
            Copy { line: INVALID, bytes: [0; BYTES], copied: [Cycle(0); BEATS], steady: (0, Cycle(0)), fill: 0 };
        InsnCache {
            tags: vec![INVALID; lines],
            hints: [0; HINTS],
            used: vec![0; lines],
            copies: vec![empty; lines],
            associativity: model.l1i.ways as usize,
            set_mask: (lines / model.l1i.ways as usize) as u64 - 1,
            beat_bytes: model.l1i.beat_bytes as usize,
            beats: BYTES / model.l1i.beat_bytes as usize,
            fill: None,
            next_beat: Cycle::NEVER,
            put_off: false,
            queued: None,
            replacement: model.l1i.replacement,
            random: Random::START,
            clock: 0,
            fills: 0,
            valid: 0,
            filled: Vec::new(),
            changes: 1,
            hypothetical: false,
            short_forward: model.branch.short_forward,
        }
    }

    /// Copies that it can hold.
    pub fn ways(&self) -> usize {
        self.tags.len()
    }

    #[inline(always)]
    fn set(&self, line: LineNumber) -> std::ops::Range<usize> {
        let start = (line.0 & self.set_mask) as usize * self.associativity;
        start..start + self.associativity
    }

    #[inline(always)]
    fn find(&self, line: LineNumber) -> Option<usize> {
        let set = self.set(line);
        let start = set.start;
        self.tags[set].iter().position(|&tag| tag == line).map(|way| start + way)
    }

    /// The way of a valid copy of the line, by where one was found last.
    #[inline(always)]
    fn place(&self, line: LineNumber) -> Option<usize> {
        let way = self.hint(line);
        if self.tags[way] == line {
            return Some(way);
        }
        // A line has a copy in one way only, valid or not ([`InsnCache::victim`]).
        if self.copies[way].line == line { None } else { self.find(line) }
    }

    /// Where a copy of the line, or of another one like it, was found last.
    #[inline(always)]
    pub fn hint(&self, line: LineNumber) -> usize {
        self.hints[line.0 as usize % HINTS] as usize
    }

    /// The last beat of a fill whose first one comes at `first`.
    #[inline(always)]
    pub fn last_from(&self, first: Cycle) -> Cycle {
        first.after(self.beats as u64 - 1)
    }

    /// Looks for a valid copy of the line; its way.
    #[inline(always)]
    pub fn lookup(&mut self, line: LineNumber) -> Option<usize> {
        let way = self.place(line)?;
        self.hints[line.0 as usize % HINTS] = way as u16;
        self.touch(way);
        Some(way)
    }

    /// The copy in this way is used: what [`InsnCache::lookup`] does where it finds it.
    #[inline(always)]
    pub fn touch(&mut self, way: usize) {
        if self.replacement == Replacement::Lru {
            self.clock += 1;
            self.used[way] = self.clock;
        }
    }

    /// A number that stays the same while each lookup finds the same copy with the same contents.
    #[inline(always)]
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Starts a fill whose first beat can be read at `first`; the cycle of its last beat. A fill under way is given up.
    pub fn start_fill(&mut self, line: LineNumber, first: Cycle) -> Cycle {
        self.queued = None;
        self.changes += 1;
        let way = self.victim(line);
        self.hints[line.0 as usize % HINTS] = way as u16;
        self.valid -= (self.tags[way] != INVALID) as u32;
        self.tags[way] = INVALID;
        let copy = &mut self.copies[way];
        if copy.line != line {
            copy.line = line;
            self.fills += 1;
            copy.fill = self.fills;
        }
        self.fill = Some(Fill { line, way, beat: 0, next: first });
        (self.next_beat, self.put_off) = (first, false);
        self.last_from(first)
    }

    /// The way that a fill of this line overwrites.
    fn victim(&mut self, line: LineNumber) -> usize {
        // Of copies that were dropped the one of the same line, which costs the host least.
        let dropped = |&way: &usize| self.tags[way] == INVALID && self.copies[way].line == line;
        let hint = self.hint(line);
        if dropped(&hint) {
            return hint;
        }
        let set = self.set(line);
        if self.replacement == Replacement::Random && set.clone().all(|way| self.tags[way] != INVALID) {
            return set.start + self.random.below(self.associativity);
        }
        let age = |&way: &usize| (self.tags[way] != INVALID, self.used[way]);
        let oldest = || set.clone().min_by_key(age).expect("a set has ways");
        set.clone().find(dropped).unwrap_or_else(oldest)
    }

    /// Fills this line too when the fill under way is done, its first beat at `first`.
    pub fn prefetch(&mut self, line: LineNumber, first: Cycle) {
        self.queued = Some((line, first));
    }

    /// An address may have its instructions in another line now.
    pub fn forget_places(&mut self) {
        self.changes += 1;
    }

    /// Decodes each copy anew when it is next executed: the marks have changed.
    pub fn forget_decoded(&mut self) {
        self.changes += 1;
        for copy in &mut self.copies {
            self.fills += 1;
            copy.fill = self.fills;
        }
    }

    /// The same for the copy of one line, valid or not.
    pub fn forget_line(&mut self, line: LineNumber) {
        self.changes += 1;
        for way in self.set(line) {
            if self.copies[way].line == line {
                self.fills += 1;
                self.copies[way].fill = self.fills;
            }
        }
    }

    /// The line of the fill under way, where its next beat begins, the bytes of a beat, and when it comes.
    pub fn due(&self) -> Option<(LineNumber, u8, u8, Cycle)> {
        let Fill { line, beat, next, .. } = self.fill?;
        Some((line, (beat * self.beat_bytes) as u8, self.beat_bytes as u8, next))
    }

    /// True when there is a valid copy of the line.
    #[inline(always)]
    pub fn holds(&self, line: LineNumber) -> bool {
        self.place(line).is_some()
    }

    /// When the last beat of a fill of this line comes that is under way or queued.
    pub fn last_beat_of(&self, line: LineNumber) -> Option<Cycle> {
        let beats = self.beats as u64;
        match (&self.fill, self.queued) {
            (Some(fill), _) if fill.line == line => Some(fill.next.after(beats - fill.beat as u64 - 1)),
            (Some(_), Some((queued, first))) if queued == line => Some(first.after(beats - 1)),
            _ => None,
        }
    }

    /// The line that a fill under way reads.
    pub fn filling(&self) -> Option<LineNumber> {
        self.fill.map(|fill| fill.line)
    }

    /// True when a copy of the line is here or on its way.
    pub fn has(&self, line: LineNumber) -> bool {
        self.holds(line) || self.last_beat_of(line).is_some()
    }

    /// Notes when copies were used, where that counts.
    pub fn note_uses(&self, uses: &mut Uses) {
        if self.replacement == Replacement::Lru {
            uses.used.clone_from(&self.used);
            uses.clock = self.clock;
        }
    }

    /// Forgets later uses: none has been filled since then.
    pub fn restore_uses(&mut self, uses: &Uses) {
        if self.replacement == Replacement::Lru {
            self.used.clone_from(&uses.used);
            self.clock = uses.clock;
        }
    }

    /// True while a fill overwrites this way.
    pub fn fills(&self, way: usize) -> bool {
        self.fill.is_some_and(|fill| fill.way == way)
    }

    /// True while the copy in this way has not been dropped.
    #[inline(always)]
    pub fn is_valid(&self, way: usize) -> bool {
        self.tags[way] != INVALID
    }

    /// True while the copy in this way is one of the line and has not been dropped.
    #[inline(always)]
    pub fn is_valid_of(&self, way: usize, line: LineNumber) -> bool {
        self.tags[way] == line
    }

    /// A number of the contents of the copy in this way: where it is the same as before, the bytes are.
    #[inline(always)]
    pub fn fill_of(&self, way: usize) -> u64 {
        self.copies[way].fill
    }

    /// When the next beat of a fill reads memory.
    #[inline(always)]
    pub fn next_beat(&self) -> Cycle {
        self.next_beat
    }

    /// No beat reads memory before `until`.
    pub fn hold(&mut self, until: Cycle) {
        if let Some(fill) = &mut self.fill {
            fill.next = fill.next.max(until);
            self.next_beat = fill.next;
        }
    }

    /// Puts all beats of the fill under way off to the cycle of the last one: nobody else acts before, and the hart says when a store
    /// of its own is about to change memory ([`InsnCache::read_before`]).
    pub fn put_off(&mut self) {
        if let Some(fill) = &self.fill {
            self.next_beat = fill.next.after((self.beats - fill.beat) as u64 - 1);
            self.put_off = true;
        }
    }

    /// Beats have been put off.
    #[inline(always)]
    pub fn is_put_off(&self) -> bool {
        self.put_off
    }

    /// Each beat reads at its own cycle again.
    #[inline(always)]
    pub fn put_off_no_more(&mut self) {
        if self.put_off {
            self.put_off = false;
            self.next_beat = self.fill.map_or(Cycle::NEVER, |fill| fill.next);
        }
    }

    /// Beats that were put off and are due up to `until` read memory, which is about to change.
    #[cold]
    pub fn read_before<'a>(&mut self, until: Cycle, contents: impl Fn(LineNumber) -> &'a [u8; BYTES]) {
        self.put_off_no_more();
        while self.next_beat <= until {
            self.fill_beat(&contents);
        }
    }

    /// Reads the beat that is due, or all of them if they have been put off.
    pub fn fill_due<'a>(&mut self, contents: impl FnOnce(LineNumber) -> &'a [u8; BYTES]) {
        if self.put_off { self.fill_all(contents) } else { self.fill_beat(contents) }
    }

    /// Reads one beat from what the point of unification holds of the line; with the last one the copy becomes valid.
    pub fn fill_beat<'a>(&mut self, contents: impl FnOnce(LineNumber) -> &'a [u8; BYTES]) {
        let Some(fill) = &mut self.fill else { return };
        let copy = &mut self.copies[fill.way];
        let from = fill.beat * self.beat_bytes;
        let to = from + self.beat_bytes;
        let new = contents(fill.line);
        // Words: no call for so few bytes.
        let differs = |(old, new): (&[u8], &[u8])| old != new;
        if copy.bytes[from..to].chunks_exact(4).zip(new[from..to].chunks_exact(4)).any(differs) {
            copy.bytes[from..to].copy_from_slice(&new[from..to]);
            self.changes += 1;
            self.fills += 1;
            copy.fill = self.fills;
        }
        copy.copied[fill.beat] = fill.next;
        fill.beat += 1;
        copy.steady.0 = BEATS;
        fill.next = fill.next.after(1);
        self.next_beat = fill.next;
        if to == BYTES {
            self.complete();
        }
    }

    /// Reads all beats at once, each at its own cycle: for when nobody writes in between.
    pub fn fill_all<'a>(&mut self, contents: impl FnOnce(LineNumber) -> &'a [u8; BYTES]) {
        let Some(fill) = &mut self.fill else { return };
        let copy = &mut self.copies[fill.way];
        let (new, from) = (contents(fill.line), fill.beat * self.beat_bytes);
        if from == 0 {
            copy.replace(new, &mut self.fills);
        } else {
            // What the beats before have read stays.
            let mut bytes = copy.bytes;
            bytes[from..].copy_from_slice(&new[from..]);
            copy.replace(&bytes, &mut self.fills);
        }
        copy.steady = (fill.beat, fill.next);
        self.complete();
    }

    /// True when this way has the last copy of the line, which was dropped and is not on its way: any fill of the line takes that way.
    #[inline(always)]
    pub fn was_dropped(&self, way: usize, line: LineNumber) -> bool {
        self.copies[way].line == line && self.tags[way] == INVALID && self.last_beat_of(line).is_none()
    }

    /// Fills a line at once, its first beat at `first`, into the way that it was dropped from. A fill under way is given up.
    #[inline(always)]
    pub fn refill(&mut self, way: usize, line: LineNumber, first: Cycle, contents: &[u8; BYTES]) {
        if self.fill.is_some() {
            self.end_fill();
            self.queued = None;
        }
        let copy = &mut self.copies[way];
        copy.replace(contents, &mut self.fills);
        copy.steady = (0, first);
        self.make_valid(way, line);
    }

    /// The copy that is being filled becomes valid.
    #[inline(always)]
    fn complete(&mut self) {
        let Some(fill) = self.fill else { return };
        self.make_valid(fill.way, fill.line);
        self.end_fill();
        if let Some((line, first)) = self.queued.take() {
            self.start_fill(line, first);
        }
    }

    #[inline(always)]
    fn make_valid(&mut self, way: usize, line: LineNumber) {
        self.changes += 1;
        self.tags[way] = line;
        self.clock += 1;
        self.used[way] = self.clock;
        self.valid += 1;
        if self.filled.len() >= 2 * self.tags.len() {
            // All of them, each once.
            self.filled.clear();
            self.filled.extend((0..self.tags.len() as u32).filter(|&way| self.tags[way as usize] != INVALID));
        } else {
            self.filled.push(way as u32);
        }
    }

    #[inline(always)]
    fn end_fill(&mut self) {
        self.fill = None;
        (self.next_beat, self.put_off) = (Cycle::NEVER, false);
    }

    /// The lines of which there are copies, valid or not.
    pub fn lines(&self) -> impl Iterator<Item = LineNumber> {
        self.copies.iter().map(|copy| copy.line).filter(|line| *line != INVALID)
    }

    /// The line whose copy is in this way, valid or not.
    pub fn line(&self, way: usize) -> LineNumber {
        self.copies[way].line
    }

    /// The bytes of the copy in this way.
    pub fn bytes(&self, way: usize) -> &[u8; BYTES] {
        &self.copies[way].bytes
    }

    /// The halfword at this byte offset of a way.
    #[inline(always)]
    pub fn halfword(&self, way: usize, offset: usize) -> u16 {
        let bytes = &self.copies[way].bytes;
        u16::from_le_bytes([bytes[offset], bytes[offset + 1]])
    }

    /// When the byte at this offset of a way was copied.
    pub fn copied(&self, way: usize, offset: usize) -> Cycle {
        let (copy, beat) = (&self.copies[way], offset / self.beat_bytes);
        let (steady, first) = copy.steady;
        if beat < steady { copy.copied[beat] } else { first.after((beat - steady) as u64) }
    }

    /// Drops one line, and a fill of it that is under way.
    pub fn drop_line(&mut self, line: LineNumber) {
        if let Some(way) = self.place(line) {
            self.changes += 1;
            self.tags[way] = INVALID;
            self.valid -= 1;
        }
        self.queued = self.queued.filter(|(queued, _)| *queued != line);
        if self.fill.is_some_and(|fill| fill.line == line) {
            self.end_fill();
            self.queued = None;
        }
    }

    /// Drops everything; the number of valid copies that went.
    pub fn drop_all(&mut self) -> u32 {
        self.changes += 1;
        let dropped = std::mem::take(&mut self.valid);
        for way in self.filled.drain(..) {
            self.tags[way as usize] = INVALID;
        }
        self.end_fill();
        self.queued = None;
        dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> InsnCache {
        InsnCache::new(&CoreModel::built_in("sifive-u74").unwrap())
    }

    #[test]
    fn each_beat_holds_what_was_there_when_it_was_read() {
        let mut cache = cache();
        let line = LineNumber::of(0x8000_0000);
        assert_eq!(cache.start_fill(line, Cycle(100)), Cycle(103));
        for beat in 0..4u8 {
            assert_eq!((cache.lookup(line), cache.next_beat()), (None, Cycle(100 + beat as u64)));
            let bytes = [beat; BYTES];
            cache.fill_beat(|_| &bytes);
        }
        let way = cache.lookup(line).unwrap();
        let seen = |offset| (cache.halfword(way, offset), cache.copied(way, offset));
        assert_eq!(seen(14), (0x0000, Cycle(100)));
        assert_eq!(seen(16), (0x0101, Cycle(101)));
        assert_eq!(seen(62), (0x0303, Cycle(103)));
    }

    #[test]
    fn a_prefetched_line_is_a_copy_of_its_own_time_and_goes_with_all_others() {
        let mut cache = cache();
        let (line, next) = (LineNumber::of(0x8000_0000), LineNumber::of(0x8000_0040));
        let fill = |cache: &mut InsnCache, byte: u8| {
            let bytes = [byte; BYTES];
            (0..4).for_each(|_| cache.fill_beat(|_| &bytes));
        };
        cache.start_fill(line, Cycle(100));
        cache.prefetch(next, Cycle(110));
        assert_eq!(cache.last_beat_of(next), Some(Cycle(113)));
        fill(&mut cache, 1);
        assert_eq!((cache.next_beat(), cache.last_beat_of(next)), (Cycle(110), Some(Cycle(113))));
        fill(&mut cache, 2);
        let way = cache.lookup(next).unwrap();
        assert_eq!((cache.halfword(way, 0), cache.copied(way, 0)), (0x0202, Cycle(110)));
        assert_eq!((cache.drop_all(), cache.holds(next)), (2, false));
        cache.start_fill(line, Cycle(200));
        cache.prefetch(next, Cycle(204));
        cache.drop_all();
        assert_eq!(cache.next_beat(), Cycle::NEVER, "neither the fill nor the prefetch goes on");
    }

    #[test]
    fn a_dropped_line_is_filled_anew_and_a_dropped_fill_never_becomes_valid() {
        let mut cache = cache();
        let line = LineNumber::of(0x8000_0040);
        cache.start_fill(line, Cycle(0));
        cache.fill_beat(|_| &[0; BYTES]);
        cache.drop_line(line);
        assert_eq!((cache.next_beat(), cache.lookup(line)), (Cycle::NEVER, None));
        cache.start_fill(line, Cycle(10));
        for _ in 0..4 {
            cache.fill_beat(|_| &[1; BYTES]);
        }
        assert!(cache.lookup(line).is_some());
        assert_eq!(cache.drop_all(), 1);
        assert_eq!(cache.lookup(line), None);
    }
    #[test]
    fn contents_keep_their_number_while_every_byte_stays() {
        let mut cache = cache();
        let line = LineNumber::of(0x8000_0000);
        let fill = |cache: &mut InsnCache, byte: u8, beats: usize| {
            cache.drop_line(line);
            cache.start_fill(line, Cycle(0));
            let bytes = [byte; BYTES];
            for _ in 0..beats {
                cache.fill_beat(|_| &bytes);
            }
        };
        fill(&mut cache, 1, 4);
        let way = cache.lookup(line).unwrap();
        let first = cache.fill_of(way);
        fill(&mut cache, 1, 4);
        assert_eq!((cache.lookup(line), cache.fill_of(way)), (Some(way), first));
        // A fill that is dropped leaves its first beat behind; the next one brings the same bytes as are there then.
        fill(&mut cache, 2, 1);
        let mut mixed = [1; BYTES];
        mixed[..16].fill(2);
        cache.drop_line(line);
        cache.start_fill(line, Cycle(0));
        cache.fill_all(|_| &mixed);
        assert_eq!((cache.lookup(line), cache.halfword(way, 0)), (Some(way), 0x0202));
        assert_ne!(cache.fill_of(way), first);
    }
}
