//! What every instruction is asked before its meaning, and the macro that makes functions of the table of meanings.

use super::super::hypervisor;
use super::super::insn::Insn;
use super::super::regs::Hart;
use super::super::table::Op;
use super::super::trap::{Cause, Trap};
use super::{branch, execute};
use crate::Flow;
use crate::context::Context;

/// Traps unless CPACR_EL1 lets this level use floating point and Advanced SIMD.
#[inline(always)]
pub(in crate::aarch64) fn check_fp(h: &Hart) -> Result<(), Trap> {
    const NEITHER_CONDITION_NOR_COPROCESSOR: u32 = 0x01e0_0000;
    let fpen = h.system.cpacr >> 20 & 3;
    if fpen == 3 && h.system.el2.is_none() {
        return Ok(());
    }
    let trap = Trap::sync(Cause::FpTrapped, NEITHER_CONDITION_NOR_COPROCESSOR);
    match fpen {
        _ if h.el == 2 => {}
        3 => {}
        1 if h.el > 0 => {}
        _ => return Err(trap),
    }
    match &h.system.el2 {
        Some(el2) if el2.cptr & hypervisor::CPTR_TFP != 0 => Err(trap.to_el2()),
        _ => Ok(()),
    }
}

/// The rows on vector registers stand together, from the first load to the last row.
#[inline(always)]
pub(super) fn uses_vectors(op: Op) -> bool {
    (Op::StrBUnsigned as u16..Op::Undefined as u16).contains(&(op as u16))
}

/// The next instruction may trap whatever it is.
#[inline(always)]
pub(in crate::aarch64) fn unusual(h: &Hart) -> bool {
    h.illegal || h.btype != 0
}

/// Executes in a state that seldom is: PSTATE.IL set, or BTYPE after an indirect branch. An instruction that traps leaves
/// BTYPE for SPSR_ELx.
#[inline(never)]
pub(super) fn execute_unusual<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, pc: u64) -> Result<Flow, Trap> {
    if ctx.hart().illegal {
        return Err(Trap::sync(Cause::IllegalState, 0));
    }
    branch::check_landing(ctx, i, pc)?;
    let btype = std::mem::take(&mut ctx.hart().btype);
    let result = execute(ctx, i, pc);
    if result.is_err() {
        ctx.hart().btype = btype;
    }
    result
}

/// Makes of the table of meanings the function that looks at the operation, and a [`Meaning`] of each operation alone.
macro_rules! meanings {
    ($ctx:ident, $h:ident, $i:ident, $pc:ident; $($(Op::$op:ident)|+ => $meaning:expr,)*) => {
        pub(super) fn execute<C: Context<Hart = Hart>>($ctx: &mut C, $i: Insn, $pc: u64) -> Result<Flow, Trap> {
            let $h = $ctx.hart();
            if unusual($h) {
                return execute_unusual($ctx, $i, $pc);
            }
            if uses_vectors($i.op) {
                check_fp($h)?;
            }
            match $i.op {
                $($(Op::$op)|+ => $meaning,)*
            }
            Ok(Flow::Next)
        }

        $($(impl Meaning<Aarch64> for Only<{ Op::$op as u16 }> {
            const CLASSES: &'static [Class] = Op::$op.classes();

            #[inline(always)]
            #[allow(unreachable_code, unused_variables, clippy::match_single_binding, clippy::unused_unit)]
            fn execute<C: Context<Hart = Hart>>($ctx: &mut C, $i: &Insn, $pc: u64) -> Result<Flow, Trap> {
                let $i = *$i;
                let $h = $ctx.hart();
                if uses_vectors(Op::$op) {
                    check_fp($h)?;
                }
                match $i.op {
                    _ => $meaning,
                }
                Ok(Flow::Next)
            }
        })+)*
    };
}

#[cfg(test)]
mod tests {
    use super::super::super::table::ROWS;
    use super::*;

    #[test]
    fn every_row_on_vector_registers_is_checked_for_permission() {
        for row in ROWS {
            assert_eq!(uses_vectors(row.op), row.format.uses_vectors(), "{:?}", row.op);
        }
    }
}
