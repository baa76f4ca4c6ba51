//! Zicsr: access to control and status registers, with their privilege checks and WARL fields.

use super::*;
use crate::context::{Counter, SystemReg};
use crate::riscv::Privilege;
use crate::riscv::csr::{self, *};
use crate::riscv::extension::Extension;

/// The five-bit immediate that stands in rs1's place.
pub(super) fn zimm(_: &Hart, field: u8) -> u64 {
    field as u64
}

/// CSRRW and CSRRWI: with rd = x0 the register is not read.
pub(super) fn write<C: Context<Hart = Hart>>(
    ctx: &mut C,
    insn: Insn,
    pc: u64,
    source: fn(&Hart, u8) -> u64,
) -> Outcome {
    let number = insn.imm as u16;
    allowed(ctx.hart(), number, true).ok_or_else(|| illegal(insn))?;
    let value = source(ctx.hart(), insn.rs1);
    let old = if insn.rd == 0 { 0 } else { read(ctx, number).ok_or_else(|| illegal(insn))? };
    set(ctx, pc, number, value).ok_or_else(|| illegal(insn))?;
    result(ctx, insn, old)
}

/// CSRRS, CSRRC and their immediate forms: with rs1 = x0 or a zero immediate the register is not written.
pub(super) fn modify<C: Context<Hart = Hart>>(
    ctx: &mut C,
    insn: Insn,
    pc: u64,
    source: fn(&Hart, u8) -> u64,
    operation: fn(u64, u64) -> u64,
) -> Outcome {
    let number = insn.imm as u16;
    let writes = insn.rs1 != 0;
    allowed(ctx.hart(), number, writes).ok_or_else(|| illegal(insn))?;
    let old = read(ctx, number).ok_or_else(|| illegal(insn))?;
    if writes {
        let mask = source(ctx.hart(), insn.rs1);
        // SEIP is modified as software wrote it, without the input of the interrupt controller.
        let base = match number {
            MIP => old & !SEIP | if ctx.hart().csr.software_seip { SEIP } else { 0 },
            _ => old,
        };
        set(ctx, pc, number, operation(base, mask)).ok_or_else(|| illegal(insn))?;
    }
    result(ctx, insn, old)
}

/// The checks that the number itself asks for, and those of single registers.
fn allowed(hart: &Hart, number: u16, writes: bool) -> Option<()> {
    let lowest = number >> 8 & 3;
    let read_only = number >> 10 == 3;
    if (hart.privilege as u16) < lowest || read_only && writes {
        return None;
    }
    let c = &hart.csr;
    let supervisor = hart.privilege == Privilege::Supervisor;
    let allowed = match number {
        FFLAGS | FRM | FCSR => c.mstatus & MSTATUS_FS != 0 && c.extensions.has(Extension::F),
        SATP => !(supervisor && c.mstatus & MSTATUS_TVM != 0),
        STIMECMP if !c.extensions.has(Extension::Sstc) => false,
        STIMECMP => !supervisor || c.menvcfg & MENVCFG_STCE != 0 && c.mcounteren & 2 != 0,
        CYCLE..=INSTRET if !c.extensions.has(Extension::Zicntr) => false,
        HPMCOUNTER3..=HPMCOUNTER31 if !c.extensions.has(Extension::Zihpm) => false,
        CYCLE..=HPMCOUNTER31 => {
            let counter = 1 << (number - CYCLE);
            (hart.privilege == Privilege::Machine || c.mcounteren & counter != 0)
                && (hart.privilege != Privilege::User || c.scounteren & counter != 0)
        }
        _ => true,
    };
    allowed.then_some(())
}

/// The value of a register; `None` when there is none of this number.
fn read<C: Context<Hart = Hart>>(ctx: &mut C, number: u16) -> Option<u64> {
    match number {
        CYCLE | MCYCLE => return Some(counter(ctx, Counter::Cycles)),
        INSTRET | MINSTRET => return Some(counter(ctx, Counter::Instructions)),
        TIME => return Some(ctx.counter(Counter::Time)),
        STIMECMP => return ctx.read_system(SystemReg(STIMECMP as u32)),
        _ => {}
    }
    let c = &ctx.hart().csr;
    Some(match number {
        FFLAGS => c.fcsr & 0x1f,
        FRM => c.fcsr >> 5,
        FCSR => c.fcsr,
        SSTATUS => c.status() & SSTATUS_READ,
        SIE => c.mie & c.mideleg,
        STVEC => c.stvec,
        SCOUNTEREN => c.scounteren,
        SENVCFG => c.senvcfg,
        SSCRATCH => c.sscratch,
        SEPC => return_address(c, c.sepc),
        SCAUSE => c.scause,
        STVAL => c.stval,
        SIP => c.pending_interrupts() & c.mideleg,
        SATP => c.satp,
        MSTATUS => c.status(),
        MISA => c.misa(),
        MEDELEG => c.medeleg,
        MIDELEG => c.mideleg,
        MIE => c.mie,
        MTVEC => c.mtvec,
        MCOUNTEREN => c.mcounteren,
        MENVCFG => c.menvcfg,
        MCOUNTINHIBIT => c.mcountinhibit,
        MSCRATCH => c.mscratch,
        MEPC => return_address(c, c.mepc),
        MCAUSE => c.mcause,
        MTVAL => c.mtval,
        MIP => c.pending_interrupts(),
        PMPCFG0 | PMPCFG2 => {
            let first = 8 * (number - PMPCFG0) as usize / 2;
            u64::from_le_bytes(std::array::from_fn(|i| c.pmpcfg[first + i]))
        }
        PMPADDR0..=PMPADDR15 => c.pmpaddr[(number - PMPADDR0) as usize],
        MHARTID => c.mhartid,
        MVENDORID | MARCHID | MIMPID | MCONFIGPTR => 0,
        HPMCOUNTER3..=HPMCOUNTER31 | MHPMCOUNTER3..=MHPMCOUNTER31 | MHPMEVENT3..=MHPMEVENT31 => 0,
        TSELECT..=TDATA3 => 0,
        _ => return None,
    })
}

/// mepc or sepc: bit 1 is masked while there are no 16-bit instructions.
fn return_address(c: &Csr, value: u64) -> u64 {
    if c.extensions.has(Extension::C) { value } else { value & !3 }
}

/// mcycle or minstret.
fn counter<C: Context<Hart = Hart>>(ctx: &mut C, which: Counter) -> u64 {
    let count = ctx.counter(which);
    let c = &ctx.hart().csr;
    let (offset, inhibit) = match which {
        Counter::Cycles => (c.mcycle, INHIBIT_CY),
        _ => (c.minstret, INHIBIT_IR),
    };
    if c.mcountinhibit & inhibit != 0 { offset } else { offset.wrapping_add(count) }
}

/// Writes a register; `None` when there is none of this number. Bits that do not exist are dropped, fields that cannot
/// take the value keep what they had.
fn set<C: Context<Hart = Hart>>(ctx: &mut C, pc: u64, number: u16, value: u64) -> Option<()> {
    match number {
        STIMECMP => return ctx.write_system(SystemReg(STIMECMP as u32), value).then_some(()),
        MCYCLE => set_counter(ctx, Counter::Cycles, value),
        MINSTRET => set_counter(ctx, Counter::Instructions, value),
        MCOUNTINHIBIT => set_inhibit(ctx, value),
        _ => {}
    }
    let c = &mut ctx.hart().csr;
    let before = (c.mstatus & TRANSLATION_STATUS, c.satp, c.menvcfg);
    match number {
        FFLAGS => c.set_fcsr(c.fcsr & !0x1f | value & 0x1f),
        FRM => c.set_fcsr(c.fcsr & 0x1f | (value & 7) << 5),
        FCSR => c.set_fcsr(value & 0xff),
        SSTATUS => c.mstatus = c.mstatus & !SSTATUS_WRITE | value & SSTATUS_WRITE,
        SIE => c.mie = c.mie & !c.mideleg | value & c.mideleg,
        STVEC => c.stvec = value & !2,
        SCOUNTEREN => c.scounteren = value & 0xffff_ffff,
        SENVCFG => c.senvcfg = environment(c.senvcfg, value, SENVCFG_WRITE & c.menvcfg_bits()),
        SSCRATCH => c.sscratch = value,
        SEPC => c.sepc = value & !1,
        SCAUSE => c.scause = value,
        STVAL => c.stval = value,
        SIP => c.mip = c.mip & !(SSIP & c.mideleg) | value & SSIP & c.mideleg,
        SATP => {
            if matches!(value >> 60, 0 | 8 | 9 | 10) {
                c.satp = value;
            }
        }
        MSTATUS => {
            let keep_mpp = (value & MSTATUS_MPP) >> MSTATUS_MPP.trailing_zeros() == 2;
            let mask = if keep_mpp { MSTATUS_WRITE & !MSTATUS_MPP } else { MSTATUS_WRITE };
            c.mstatus = c.mstatus & !mask | value & mask;
        }
        MEDELEG => c.medeleg = value & csr::MEDELEG_BITS,
        MIDELEG => c.mideleg = value & csr::MIDELEG_BITS,
        MIE => c.mie = value & INTERRUPTS,
        MTVEC => c.mtvec = value & !2,
        MCOUNTEREN => c.mcounteren = value & 0xffff_ffff,
        MENVCFG => c.menvcfg = environment(c.menvcfg, value, c.menvcfg_bits()),
        MSCRATCH => c.mscratch = value,
        MEPC => c.mepc = value & !1,
        MCAUSE => c.mcause = value,
        MTVAL => c.mtval = value,
        MIP => {
            let stip = if c.menvcfg & MENVCFG_STCE != 0 { 0 } else { STIP };
            let mask = SSIP | stip;
            c.mip = c.mip & !mask | value & mask;
            c.software_seip = value & SEIP != 0;
        }
        PMPCFG0 | PMPCFG2 => c.set_pmpcfg((number - PMPCFG0) as usize * 4, value),
        PMPADDR0..=PMPADDR15 => c.set_pmpaddr((number - PMPADDR0) as usize, value),
        MISA => set_misa(c, pc, value),
        MCYCLE | MINSTRET | MCOUNTINHIBIT => {}
        MHPMCOUNTER3..=MHPMCOUNTER31 | MHPMEVENT3..=MHPMEVENT31 | TSELECT..=TDATA3 => {}
        _ => return None,
    }
    let protection = (PMPCFG0..=PMPADDR15).contains(&number);
    if protection || before != (c.mstatus & TRANSLATION_STATUS, c.satp, c.menvcfg) {
        ctx.translation_changed();
    }
    Some(())
}

/// Writes misa. Without C the next instruction, like all others, must stand at a multiple of four: else nothing changes.
fn set_misa(c: &mut Csr, pc: u64, value: u64) {
    let wanted = c.supported.after_misa(value);
    if wanted.has(Extension::C) || pc.is_multiple_of(4) {
        c.extensions = wanted;
    }
}

/// Writes menvcfg or senvcfg; CBIE = 2 is reserved.
fn environment(old: u64, value: u64, mask: u64) -> u64 {
    let mask = if value & MENVCFG_CBIE == 2 << 4 { mask & !MENVCFG_CBIE } else { mask };
    old & !mask | value & mask
}

/// Writes mcycle or minstret. The instruction that writes minstret is not counted itself.
fn set_counter<C: Context<Hart = Hart>>(ctx: &mut C, which: Counter, value: u64) {
    let count = ctx.counter(which);
    let c = &mut ctx.hart().csr;
    match which {
        Counter::Cycles if c.mcountinhibit & INHIBIT_CY != 0 => c.mcycle = value,
        Counter::Cycles => c.mcycle = value.wrapping_sub(count),
        _ if c.mcountinhibit & INHIBIT_IR != 0 => c.minstret = value,
        _ => c.minstret = value.wrapping_sub(count.wrapping_add(1)),
    }
}

/// Writes mcountinhibit: a counter that stops keeps its value, one that starts goes on from there.
fn set_inhibit<C: Context<Hart = Hart>>(ctx: &mut C, value: u64) {
    let (cycles, instructions) = (ctx.counter(Counter::Cycles), ctx.counter(Counter::Instructions));
    let c = &mut ctx.hart().csr;
    let changed = (c.mcountinhibit ^ value) & (INHIBIT_CY | INHIBIT_IR);
    for (bit, state, count) in [(INHIBIT_CY, &mut c.mcycle, cycles), (INHIBIT_IR, &mut c.minstret, instructions)] {
        if changed & bit != 0 {
            *state = if value & bit != 0 { state.wrapping_add(count) } else { state.wrapping_sub(count) };
        }
    }
    c.mcountinhibit = value & (INHIBIT_CY | INHIBIT_IR);
}
