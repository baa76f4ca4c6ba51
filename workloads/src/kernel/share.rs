//! Parts of a whole.

use serde::{Serialize, Serializer};

/// A part of a whole, exact; its percentage is derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// The part.
    pub count: u64,
    /// The whole.
    pub of: u64,
}

impl Share {
    /// In percent; 0 of an empty whole.
    pub fn percent(self) -> f64 {
        if self.of == 0 { 0.0 } else { self.count as f64 * 100.0 / self.of as f64 }
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields {
            count: u64,
            of: u64,
            percent: f64,
        }
        let percent = (self.percent() * 1000.0).round() / 1000.0;
        Fields { count: self.count, of: self.of, percent }.serialize(serializer)
    }
}
