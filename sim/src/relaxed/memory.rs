//! Memory: initial bytes, and the list of messages on top of them.

use super::execution::TouchedGranule;
use super::message::{Footprint, GRANULE, Message, Payload, Time};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A set of times, as a mask. It iterates in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times(pub u128);

impl Times {
    /// Their number.
    #[inline]
    pub fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Number `n` of them in ascending order, from 0.
    ///
    /// # Panics
    /// When there are not as many.
    #[inline]
    pub fn nth(mut self, n: usize) -> Time {
        Iterator::nth(&mut self, n).expect("the set has as many times")
    }
}

impl Iterator for Times {
    type Item = Time;

    #[inline]
    fn next(&mut self) -> Option<Time> {
        if self.0 == 0 {
            return None;
        }
        let time = self.0.trailing_zeros() as Time;
        self.0 &= self.0 - 1;
        Some(time)
    }
}

/// Initial contents of memory, in pieces that do not overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image {
    /// Sorted by address.
    pieces: Vec<(u64, Arc<Vec<u8>>)>,
}

/// Two pieces of initial memory that overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("initial memory at {at:#x} is given twice")]
pub struct OverlapError {
    /// First address of the piece that came second.
    pub at: u64,
}

impl Image {
    /// Adds a piece.
    ///
    /// # Errors
    /// When one of its bytes is there already.
    pub fn add(&mut self, at: u64, bytes: Vec<u8>) -> Result<(), OverlapError> {
        let end = at.wrapping_add(bytes.len() as u64);
        let i = self.pieces.partition_point(|p| p.0 < at);
        let before = i > 0 && self.pieces[i - 1].0 + self.pieces[i - 1].1.len() as u64 > at;
        let after = self.pieces.get(i).is_some_and(|p| p.0 < end);
        if before || after {
            return Err(OverlapError { at });
        }
        self.pieces.insert(i, (at, Arc::new(bytes)));
        Ok(())
    }

    /// Changes bytes; false when one of them is not there.
    pub fn change(&mut self, at: u64, bytes: &[u8]) -> bool {
        let Some(i) = self.pieces.partition_point(|p| p.0 <= at).checked_sub(1) else { return false };
        let (start, piece) = &mut self.pieces[i];
        let from = (at - *start) as usize;
        if from + bytes.len() > piece.len() {
            return false;
        }
        Arc::make_mut(piece)[from..from + bytes.len()].copy_from_slice(bytes);
        true
    }

    /// The bytes of the footprint; `None` when one of them is not there.
    #[inline]
    pub fn read(&self, at: Footprint) -> Option<u128> {
        let i = self.pieces.partition_point(|p| p.0 <= at.at).checked_sub(1)?;
        let (start, bytes) = &self.pieces[i];
        let from = (at.at - start) as usize;
        let slice = bytes.get(from..from + at.bytes as usize)?;
        Some(slice.iter().rev().fold(0, |value, byte| value << 8 | *byte as u128))
    }
}

/// The messages that a hart sees, in order: those of the list, then those it would append itself.
#[derive(Clone, Copy, Debug)]
pub struct Timeline<'a> {
    /// Initial memory.
    pub image: &'a Image,
    /// The list.
    pub list: &'a [Message],
    /// What the hart would append.
    pub own: &'a [Message],
}

impl Timeline<'_> {
    /// Number of messages.
    #[inline]
    pub fn len(&self) -> usize {
        self.list.len() + self.own.len()
    }

    /// True when there is no message.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The message at this time, from 1.
    #[inline]
    pub fn at(&self, time: Time) -> &Message {
        let i = time as usize - 1;
        self.list.get(i).unwrap_or_else(|| &self.own[i - self.list.len()])
    }

    /// Time of the last write to a byte of the footprint at or before `time`; 0 for the initial value.
    #[inline]
    pub fn latest(&self, at: Footprint, time: Time) -> Time {
        (1..=time).rev().find(|t| self.at(*t).writes(at)).unwrap_or(0)
    }

    /// Times from `first` to `last` of writes to a byte of the footprint.
    #[inline]
    pub fn writes(&self, at: Footprint, first: Time, last: Time) -> Times {
        Times((first..=last).filter(|t| self.at(*t).writes(at)).fold(0, |set, t| set | 1 << t))
    }

    /// The bytes of the footprint as of `time`; `None` when memory has no such bytes.
    pub fn value(&self, at: Footprint, time: Time) -> Option<u128> {
        let mut missing: u32 = (1 << at.bytes) - 1;
        let mut value = 0u128;
        for t in (1..=time).rev() {
            let Payload::Write { at: written, value: new } = self.at(t).payload else { continue };
            if !written.overlaps(at) {
                continue;
            }
            if written == at && missing == (1 << at.bytes) - 1 {
                return Some(new);
            }
            overlay(&mut value, &mut missing, at, written, new);
            if missing == 0 {
                return Some(value);
            }
        }
        let initial = self.image.read(at)?;
        overlay(&mut value, &mut missing, at, at, initial);
        Some(value)
    }
}

/// Fills in the bytes of `at` that are missing from a value that covers `from`.
pub(super) fn overlay(value: &mut u128, missing: &mut u32, at: Footprint, from: Footprint, new: u128) {
    for i in 0..at.bytes as u64 {
        let address = at.at + i;
        if *missing >> i & 1 != 0 && address >= from.at && address < from.end() {
            *value |= (new >> (8 * (address - from.at)) & 0xff) << (8 * i);
            *missing &= !(1 << i);
        }
    }
}

/// Who touches a granule that some hart writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touch {
    /// The harts that read, write or fetch it, as a mask.
    pub harts: u64,
    /// It is fetched, or its last value is asked for: writes to it are messages even when one hart alone touches it.
    pub public: bool,
    /// Somebody can tell the place of a write to it in the list (see [`super::quiet`]).
    pub loud: bool,
}

impl Touch {
    /// True when writes to it are messages; else it is private memory of one hart.
    pub const fn shared(self) -> bool {
        self.public || self.harts.count_ones() > 1
    }
}

/// What is known of who touches what. It starts empty and grows; whenever it grows, exploration starts again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sharing {
    granules: BTreeMap<u64, Touch>,
    /// A bit for each value of the lowest bits of a granule's number.
    filter: u64,
}

impl Sharing {
    /// What is known of a granule; `None` when no hart is known to write it.
    #[inline]
    pub fn of(&self, granule: u64) -> Option<Touch> {
        if self.filter >> (granule & 63) & 1 == 0 {
            return None;
        }
        self.granules.get(&granule).copied()
    }

    /// Adds what was found; true when it was new.
    pub fn add(&mut self, granule: u64, touch: Touch) -> bool {
        self.filter |= 1 << (granule & 63);
        let known = self.granules.entry(granule).or_default();
        let (harts, public) = (known.harts | touch.harts, known.public | touch.public);
        let grown = Touch { harts, public, loud: known.loud | touch.loud };
        let new = grown != *known;
        *known = grown;
        new
    }

    /// All that is known, in order.
    pub fn entries(&self) -> Vec<TouchedGranule> {
        let entry =
            |(granule, t): (&u64, &Touch)| TouchedGranule { granule: *granule, harts: t.harts, public: t.public };
        self.granules.iter().map(entry).collect()
    }

    /// The same again.
    pub fn from_entries(entries: &[TouchedGranule]) -> Sharing {
        let mut sharing = Sharing::default();
        for e in entries {
            sharing.add(e.granule, Touch { harts: e.harts, public: e.public, loud: true });
        }
        sharing
    }

    /// True when a write to some byte of the footprint is a message.
    #[inline]
    pub fn shared(&self, at: Footprint) -> bool {
        at.granules().any(|g| self.of(g).is_some_and(Touch::shared))
    }

    /// True when the hart may notice the message.
    pub fn concerns(&self, hart: u8, message: &Message, line: u64) -> bool {
        let touches = |g| self.of(g).is_some_and(|t| t.harts >> hart & 1 != 0);
        if message.hart == hart {
            return true;
        }
        match message.payload {
            Payload::Write { at, .. } => at.granules().any(touches),
            Payload::Invalidate { local: true, .. } => false,
            Payload::Clean { line: at } | Payload::Invalidate { line: Some(at), .. } => {
                (at / GRANULE..=(at + line - 1) / GRANULE).any(touches)
            }
            Payload::Invalidate { line: None, .. } => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(at: u64, bytes: u64, value: u128) -> Message {
        Message { hart: 0, payload: Payload::Write { at: Footprint::new(at, bytes), value } }
    }

    #[test]
    fn a_word_is_read_from_a_wider_and_a_narrower_write() {
        let mut image = Image::default();
        image.add(0x100, vec![0xaa; 16]).unwrap();
        let list = [write(0x100, 8, 0x1111_2222_3333_4444), write(0x106, 2, 0x5555)];
        let memory = Timeline { image: &image, list: &list, own: &[] };
        let word = Footprint::new(0x104, 4);
        assert_eq!(memory.value(word, 0), Some(0xaaaa_aaaa));
        assert_eq!(memory.value(word, 1), Some(0x1111_2222));
        assert_eq!(memory.value(word, 2), Some(0x5555_2222));
        assert_eq!((memory.latest(word, 2), memory.latest(Footprint::new(0x100, 4), 2)), (2, 1));
        assert_eq!(memory.value(Footprint::new(0x10e, 4), 2), None);
    }

    #[test]
    fn initial_memory_is_given_once() {
        let mut image = Image::default();
        image.add(0x100, vec![0; 16]).unwrap();
        assert_eq!(image.add(0x10f, vec![0]), Err(OverlapError { at: 0x10f }));
        assert!(image.add(0xff, vec![0]).is_ok() && image.add(0x110, vec![0]).is_ok());
    }
}
