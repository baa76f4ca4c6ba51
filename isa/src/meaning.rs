//! Instructions whose operation is known when a world is compiled.
//!
//! [`Isa::execute`] finds out what to do by a `match` over all operations. A world that decodes once and executes often does better
//! with a function of its own for each common operation: it says how to make one from a [`Meaning`] and gets the function back that
//! fits an instruction ([`Isa::specialise`]). The meanings themselves are the arms of that same `match`.

use crate::{Class, Context, Flow, Isa};

/// What one operation does, or all of them.
pub trait Meaning<I: Isa> {
    /// The timing classes that its instructions can have; empty when that is not known.
    const CLASSES: &'static [Class];

    /// [`Isa::execute`] of an instruction with this operation, where [`Isa::has`] holds and [`Isa::unusual`] does not.
    fn execute<C: Context<Hart = I::Hart>>(ctx: &mut C, insn: &I::Insn, pc: u64) -> Result<Flow, I::Trap>;
}

/// Makes something of a meaning, such as a function that also charges time.
pub trait Specialise<I: Isa> {
    /// What is made.
    type Made;

    /// Makes it.
    fn make<M: Meaning<I>>() -> Self::Made;
}

/// The meaning of every instruction: it looks at the operation.
pub struct Any;

impl<I: Isa> Meaning<I> for Any {
    const CLASSES: &'static [Class] = &[];

    fn execute<C: Context<Hart = I::Hart>>(ctx: &mut C, insn: &I::Insn, pc: u64) -> Result<Flow, I::Trap> {
        I::execute(ctx, *insn, pc)
    }
}

/// The meaning of the instructions with one operation, by its number; each instruction set says what that is.
pub(crate) struct Only<const OP: u16>;

/// Chooses what `$S` makes of an instruction's operation: of its own meaning if it is listed, else of [`Any`].
macro_rules! specialise {
    ($S:ident, $insn:expr; $($op:ident),* $(,)?) => {
        match $insn.op {
            $(Op::$op => $S::make::<$crate::meaning::Only<{ Op::$op as u16 }>>(),)*
            _ => $S::make::<$crate::meaning::Any>(),
        }
    };
}
pub(crate) use specialise;
