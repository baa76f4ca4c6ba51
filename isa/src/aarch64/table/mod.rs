//! Every A64 instruction that is known here, one row each:
//!
//! ```text
//! /// Adds an immediate.
//! AddImm   "add"   [". 0 0 100010 . ............ ..... ....."] AddImm Alu;
//!  |         |       |                                          |      |
//!  Op     mnemonic   encoding, as the manual draws it         Format  Class
//! ```
//!
//! A special case stands before the general row that it refines. The rows of a chapter stand in a file of their own and
//! are joined here by handing each list on to the next.

mod control;
mod fp;
mod integer;
mod memory;
mod pauth;
mod simd_later;
mod simd_memory;
mod simd_scalar;
mod simd_shift;
mod simd_three;
mod simd_two;
mod simd_wide;
mod single;
mod vector_memory;

use control::control_rows;
use fp::fp_rows;
use integer::integer_rows;
use memory::memory_rows;
use pauth::pauth_rows;
use simd_later::simd_later_rows;
use simd_memory::simd_memory_rows;
use simd_scalar::simd_scalar_rows;
use simd_shift::simd_shift_rows;
use simd_three::simd_three_rows;
use simd_two::simd_two_rows;
use simd_wide::simd_wide_rows;
use single::single_rows;
use vector_memory::vector_memory_rows;

use super::format::{Format, Shape, Sizes};
use crate::class::Class;
use crate::pattern::{Pattern, assert_disjoint};

/// Calls a macro with all rows.
macro_rules! for_each_row {
    ($m:ident) => {
        integer_rows! { [
            control_rows single_rows memory_rows pauth_rows vector_memory_rows fp_rows simd_three_rows simd_two_rows
            simd_wide_rows simd_shift_rows simd_scalar_rows simd_memory_rows simd_later_rows
            last_row
        ] $m { } }
    };
}

macro_rules! last_row {
    ([] $m:ident { $($row:tt)* }) => { $m! { $($row)* } };
}

/// One row: what is known of an encoding besides its meaning.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Which instruction it is.
    pub op: Op,
    /// Mnemonic, without the suffixes that some formats add.
    pub mnemonic: &'static str,
    /// Its bits.
    pub pattern: Pattern,
    /// Where its operands stand and how they are written.
    pub format: Format,
    /// Timing class.
    pub class: Class,
}

macro_rules! define {
    ($( $(#[$doc:meta])* $name:ident $mnemonic:literal [$bits:literal]
        $format:ident $( ($shape:ident $sizes:ident) )? $class:ident; )*) => {
        /// The instructions, named after their rows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum Op {
            $( $(#[$doc])* $name, )*
            /// A word without meaning.
            Undefined,
        }

        /// The rows, in the order of [`Op`].
        pub const ROWS: &[Row] = &[
            $( Row {
                op: Op::$name,
                mnemonic: $mnemonic,
                pattern: Pattern::parse($bits, 32),
                format: Format::$format $( (Shape::$shape, Sizes::$sizes) )?,
                class: Class::$class,
            }, )*
        ];
    };
}

for_each_row!(define);

const _: () = {
    let mut patterns = [ROWS[0].pattern; ROWS.len()];
    let mut i = 0;
    while i < ROWS.len() {
        patterns[i] = ROWS[i].pattern;
        i += 1;
    }
    assert_disjoint(&patterns);
};

impl Op {
    /// The row; none for [`Op::Undefined`].
    #[inline]
    pub fn row(self) -> Option<&'static Row> {
        ROWS.get(self as usize)
    }

    /// The timing classes that its instructions can have; empty where the row alone does not tell.
    pub(super) const fn classes(self) -> &'static [Class] {
        if self as usize >= ROWS.len() {
            return &[Class::Exception];
        }
        let class = &ROWS[self as usize].class;
        match class {
            Class::FpAdd64 | Class::FpMul64 | Class::FpFma64 | Class::FpDiv64 => &[],
            _ if self as u16 == Op::Sys as u16 => &[Class::CacheOp, Class::TlbOp, Class::System, Class::Exception],
            _ => std::slice::from_ref(class),
        }
    }
}
