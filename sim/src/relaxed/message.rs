//! Messages: what harts put into the one list that memory is.

use serde::{Deserialize, Serialize};

/// A position in the list of messages, from 1; 0 is the initial state. Also a *view*: the latest position that
/// something is known to come after.
pub type Time = u8;

/// The longest list of messages that is explored.
pub const MAX_MESSAGES: usize = 120;

/// Bytes of memory that are watched together when it is decided which harts touch them.
pub const GRANULE: u64 = 8;

/// The bytes of one access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Footprint {
    /// Address of the first byte.
    pub at: u64,
    /// Their number: 1 to 16.
    pub bytes: u8,
}

impl Footprint {
    /// The bytes from `at` on.
    pub const fn new(at: u64, bytes: u64) -> Footprint {
        Footprint { at, bytes: bytes as u8 }
    }

    /// First address behind it.
    pub const fn end(self) -> u64 {
        self.at.wrapping_add(self.bytes as u64)
    }

    /// True when they share a byte.
    pub const fn overlaps(self, other: Footprint) -> bool {
        self.at < other.end() && other.at < self.end()
    }

    /// True when every byte of `other` is one of these.
    pub const fn covers(self, other: Footprint) -> bool {
        self.at <= other.at && other.end() <= self.end()
    }

    /// The numbers of the granules that it touches.
    pub fn granules(self) -> std::ops::RangeInclusive<u64> {
        self.at / GRANULE..=(self.at + (self.bytes as u64).max(1) - 1) / GRANULE
    }
}

/// What a message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Payload {
    /// These bytes now hold this value (little endian).
    Write {
        /// Where.
        at: Footprint,
        /// The value; bytes above the footprint are zero. Hexadecimal text in files.
        #[serde(with = "hexadecimal")]
        value: u128,
    },
    /// The data side of this line is clean to the point of unification (DC CVAU).
    Clean {
        /// Address of the line's first byte.
        line: u64,
    },
    /// Instruction copies of this line, or of all, are dropped (IC IVAU, IC IALLUIS, IC IALLU).
    Invalidate {
        /// Address of the line's first byte; `None` for all lines.
        line: Option<u64>,
        /// Only in the hart that said so (IC IALLU).
        local: bool,
    },
}

/// One entry of the list that memory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Message {
    /// Number of the hart whose message it is.
    pub hart: u8,
    /// What it says.
    pub payload: Payload,
}

impl Message {
    /// The bytes written, if it is a write.
    #[inline]
    pub const fn footprint(&self) -> Option<Footprint> {
        match self.payload {
            Payload::Write { at, .. } => Some(at),
            _ => None,
        }
    }

    /// True when it writes a byte of the footprint.
    #[inline]
    pub const fn writes(&self, at: Footprint) -> bool {
        match self.payload {
            Payload::Write { at: written, .. } => written.overlaps(at),
            _ => false,
        }
    }
}

/// Values of up to 16 bytes, which JSON numbers do not hold.
mod hexadecimal {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(value: &u128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{value:#x}"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.strip_prefix("0x").unwrap_or(&text);
        u128::from_str_radix(digits, 16).map_err(|_| D::Error::custom(format!("{text:?} is no hexadecimal number")))
    }
}
