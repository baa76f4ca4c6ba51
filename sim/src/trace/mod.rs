//! What a run writes down for others to read.

mod aarch64;
mod recording;
mod riscv;

use cmodx_isa::{Context, Isa, RegSet, Size};
pub(crate) use recording::Recording;
use std::fmt::Write;

/// An access to memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accessed {
    Read { at: u64 },
    Wrote { at: u64, size: Size, value: u64 },
}

/// What a commit log must know of an instruction set.
pub trait Traced: Isa {
    /// Registers in which firmware leaves its results.
    const RESULTS: RegSet;

    /// The privilege as one digit: U 0, S 1, M 3; the exception level.
    fn level(hart: &Self::Hart) -> u8;

    /// Appends name and value of one register of [`RegSet`]. A few that programs do not name are left out.
    fn register(hart: &Self::Hart, number: u8, line: &mut String);

    /// Appends name and value of the control register that the instruction of these bits, which has just been executed, has
    /// written.
    fn control_register<C: Context<Hart = Self::Hart>>(ctx: &mut C, insn: &Self::Insn, word: u32, line: &mut String);
}

/// Commit log: a line for each instruction retired, as Spike writes it with `--log-commits` (riscv/execute.cc):
///
/// ```text
/// core   0: 3 0x0000000080000010 (0x00a12423) mem 0x0000000080010008 0x0000002a
/// core   0: 3 0x0000000080000014 (0x4581) x11 0x0000000000000000
/// ```
///
/// Hart, privilege, pc, bits; then registers written with their new values, addresses read, addresses written with what was
/// written. Unlike Spike's, a line does not mention mstatus or fflags where an instruction changes them without naming them. An
/// ECALL, EBREAK, HVC or HLT that firmware serves is a line with the results; instructions that trap are none.
///
/// AArch64 has the exception level for the privilege, `sp`, `v0` to `v31` with 128 bits, `nzcv` and system registers by name.
#[derive(Clone, Debug, Default)]
pub struct CommitLog {
    text: String,
}

/// Who executed what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retired {
    pub hart: u16,
    pub level: u8,
    pub pc: u64,
    pub word: u32,
    pub length: u8,
}

impl CommitLog {
    /// What has been written since the last call.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    fn start(&mut self, retired: Retired) {
        let Retired { hart, level, pc, word, length } = retired;
        let digits = 2 * length as usize;
        write!(self.text, "core{hart:4}: {level} {pc:#018x} (0x{word:0digits$x})").expect("a string takes everything");
    }

    /// An instruction executed by `ctx`, which has recorded its accesses.
    pub(crate) fn instruction<I: Traced, C: Context<Hart = I::Hart>>(
        &mut self,
        ctx: &mut Recording<'_, C>,
        insn: &I::Insn,
        retired: Retired,
    ) {
        self.start(retired);
        for number in I::operands(insn).writes.iter() {
            I::register(ctx.hart(), number, &mut self.text);
        }
        I::control_register(ctx, insn, retired.word, &mut self.text);
        let accesses = ctx.accesses();
        for access in accesses {
            if let Accessed::Read { at } = access {
                write!(self.text, " mem {at:#018x}").expect("a string takes everything");
            }
        }
        for access in accesses {
            if let Accessed::Wrote { at, size, value } = access {
                let (digits, value) = (2 * size.bytes() as usize, value & size.mask());
                write!(self.text, " mem {at:#018x} 0x{value:0digits$x}").expect("a string takes everything");
            }
        }
        self.text.push('\n');
    }

    /// A call that firmware has served.
    pub(crate) fn call<I: Traced>(&mut self, hart: &I::Hart, retired: Retired) {
        self.start(retired);
        for number in I::RESULTS.iter() {
            I::register(hart, number, &mut self.text);
        }
        self.text.push('\n');
    }
}

/// Appends ` name 0x…`, the name filled up to three characters as Spike does.
fn value(line: &mut String, name: &str, value: u64) {
    write!(line, " {name:<3} {value:#018x}").expect("a string takes everything");
}
