//! AArch64 in a commit log.

use super::{Traced, value};
use cmodx_isa::aarch64::{Aarch64, Hart, Insn, Op, sysreg};
use cmodx_isa::{Context, Isa, RegSet};
use std::fmt::Write;

/// MRS has this bit where MSR has it not.
const READ: u32 = 1 << 21;
/// A register for the value of a system register on its way into the log.
const SCRATCH: u8 = 5;

impl Traced for Aarch64 {
    const RESULTS: RegSet = RegSet::int(0);

    fn level(hart: &Hart) -> u8 {
        hart.el
    }

    fn register(hart: &Hart, number: u8, line: &mut String) {
        match number {
            0..31 => value(line, &format!("x{number}"), hart.get(number)),
            31 => value(line, "sp", hart.stack_pointer()),
            32..64 => {
                let (name, value) = (format!("v{}", number - 32), hart.v[number as usize - 32]);
                write!(line, " {name:<3} {value:#034x}").expect("a string takes everything");
            }
            RegSet::FLAGS => value(line, "nzcv", u64::from(hart.flags.nzcv()) << 28),
            _ => {}
        }
    }

    fn control_register<C: Context<Hart = Hart>>(ctx: &mut C, insn: &Insn, word: u32, line: &mut String) {
        if insn.op != Op::Msr {
            return;
        }
        let before = ctx.hart().get(SCRATCH);
        let read = Aarch64::decode(word & !0x1f | READ | u32::from(SCRATCH));
        if Aarch64::execute(ctx, read, 0).is_ok() {
            let code = (word >> 5) as u16;
            value(line, &sysreg::name(code), ctx.hart().get(SCRATCH));
        }
        ctx.hart().set(SCRATCH, before);
    }
}
