//! RISC-V in a commit log.

use super::{Traced, value};
use cmodx_isa::riscv::{Hart, Insn, Op, Riscv, csr};
use cmodx_isa::{Context, Isa, RegSet};

/// A register for the value of a CSR on its way into the log.
const SCRATCH: u8 = 5;

impl Traced for Riscv {
    const RESULTS: RegSet = RegSet::int(10).with(RegSet::int(11));

    fn level(hart: &Hart) -> u8 {
        hart.privilege as u8
    }

    fn register(hart: &Hart, number: u8, line: &mut String) {
        match number {
            0..32 => value(line, &format!("x{number}"), hart.x[number as usize]),
            32..64 => value(line, &format!("f{}", number - 32), hart.f[number as usize - 32]),
            _ => {}
        }
    }

    fn control_register<C: Context<Hart = Hart>>(ctx: &mut C, insn: &Insn, _: u32, line: &mut String) {
        let written = match insn.op {
            Op::Csrrw | Op::Csrrwi => true,
            Op::Csrrs | Op::Csrrc | Op::Csrrsi | Op::Csrrci => insn.rs1 != 0,
            _ => false,
        };
        if !written {
            return;
        }
        // Read as software would, with everything that is special about the register.
        let before = ctx.hart().get(SCRATCH);
        let read = Insn { imm: insn.imm, rd: SCRATCH, ..Insn::new(Op::Csrrs) };
        if Riscv::execute(ctx, read, 0).is_ok() {
            let number = insn.imm as u16;
            let name = csr::name(number).map_or_else(|| "unknown".into(), |name| name.into_owned());
            value(line, &format!("c{number}_{name}"), ctx.hart().get(SCRATCH));
        }
        ctx.hart().set(SCRATCH, before);
    }
}
