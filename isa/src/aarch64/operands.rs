//! Registers that an instruction reads and writes, for the scoreboard and for dependency tracking.

use super::format::Format;
use super::insn::{ACQUIRE, Insn, RELEASE};
use super::table::Op;
use crate::class::{AccessKind, Class, Operands, RegSet};

/// Register 31 as zero.
fn x(n: u8) -> RegSet {
    if n == 31 { RegSet::EMPTY } else { RegSet::int(n) }
}

/// Register 31 as the stack pointer.
fn sp(n: u8) -> RegSet {
    RegSet::int(n)
}

const FLAGS: RegSet = RegSet::one(RegSet::FLAGS);

fn access_of(class: Class) -> AccessKind {
    match class {
        Class::Load | Class::LoadPair | Class::LoadExclusive => AccessKind::Load,
        Class::Store | Class::StorePair | Class::StoreExclusive => AccessKind::Store,
        Class::Atomic => AccessKind::Atomic,
        _ => AccessKind::None,
    }
}

/// Does the instruction set the flags from its result?
fn sets_flags(op: Op) -> bool {
    use Op::*;
    matches!(
        op,
        AddsImm
            | SubsImm
            | AndsImm
            | AndsReg
            | BicsReg
            | AddsReg
            | SubsReg
            | AddsExt
            | SubsExt
            | Adcs
            | Sbcs
            | Setf8
            | Setf16
            | Rmif
            | CcmnReg
            | CcmpReg
            | CcmnImm
            | CcmpImm
            | Cfinv
            | Axflag
            | Xaflag
    )
}

/// Does it read the flags? SETF and RMIF keep some of them.
fn reads_flags(op: Op) -> bool {
    use Op::*;
    matches!(
        op,
        Adc | Adcs
            | Sbc
            | Sbcs
            | Setf8
            | Setf16
            | Rmif
            | CcmnReg
            | CcmpReg
            | CcmnImm
            | CcmpImm
            | Csel
            | Csinc
            | Csinv
            | Csneg
            | Bcond
            | Cfinv
            | Axflag
            | Xaflag
    )
}

/// Operands of a decoded instruction.
pub(super) fn operands(i: &Insn) -> Operands {
    let Some(row) = i.op.row() else {
        return Operands::default();
    };
    let access = access_of(row.class);
    let loads = access == AccessKind::Load;
    let mut o = Operands { access, ..Operands::default() };
    let (rd, rn, rm, ra) = (i.rd, i.rn, i.rm, i.ra);
    match row.format {
        Format::None
        | Format::Branch26
        | Format::BranchCond
        | Format::Imm16
        | Format::Imm16Optional
        | Format::Imm16Low
        | Format::Hint
        | Format::Clrex
        | Format::Barrier
        | Format::Isb
        | Format::MsrImm
        | Format::PrfmLiteral => {}
        Format::Adr | Format::Adrp => o.writes = x(rd),
        Format::AddImm => (o.reads, o.writes) = (sp(rn), sp(rd)),
        Format::AddImmFlags => (o.reads, o.writes) = (sp(rn), x(rd)),
        Format::LogicalImm => (o.reads, o.writes) = (x(rn), sp(rd)),
        Format::MoveWide if i.op == Op::Movk => (o.reads, o.writes) = (x(rd), x(rd)),
        Format::MoveWide => o.writes = x(rd),
        Format::Bitfield if i.op == Op::Bfm => (o.reads, o.writes) = (x(rn).with(x(rd)), x(rd)),
        Format::Bitfield | Format::LogicalImmFlags | Format::Reg2 => (o.reads, o.writes) = (x(rn), x(rd)),
        Format::Extract
        | Format::Shifted
        | Format::AddShifted
        | Format::Reg3
        | Format::CrcDouble
        | Format::CondSelect => (o.reads, o.writes) = (x(rn).with(x(rm)), x(rd)),
        Format::Extended => (o.reads, o.writes) = (sp(rn).with(x(rm)), sp(rd)),
        Format::ExtendedFlags => (o.reads, o.writes) = (sp(rn).with(x(rm)), x(rd)),
        Format::Reg4 | Format::MulLong => (o.reads, o.writes) = (x(rn).with(x(rm)).with(x(ra)), x(rd)),
        Format::Rmif | Format::SetFlags | Format::CondCompareImm => o.reads = x(rn),
        Format::CondCompareReg => o.reads = x(rn).with(x(rm)),
        Format::CompareBranch | Format::TestBranch => o.reads = x(rd),
        Format::BranchReg => (o.reads, o.address) = (x(rn), x(rn)),
        Format::Sys => (o.reads, o.address) = (x(rd), x(rd)),
        Format::Msr => o.reads = x(rd),
        Format::Sysl | Format::Mrs => o.writes = x(rd),
        Format::MemUnsigned | Format::MemUnscaled | Format::RcpcUnscaled => {
            o.address = sp(rn);
            transfer(&mut o, loads, x(rd));
        }
        Format::MemPost | Format::MemPre => {
            o.address = sp(rn);
            transfer(&mut o, loads, x(rd));
            o.writes = o.writes.with(sp(rn));
        }
        Format::MemRegister => {
            o.address = sp(rn).with(x(rm));
            transfer(&mut o, loads, x(rd));
        }
        Format::Literal => o.writes = x(rd),
        Format::PrfmUnsigned | Format::PrfmUnscaled => (o.reads, o.address) = (sp(rn), sp(rn)),
        Format::PrfmRegister => {
            o.address = sp(rn).with(x(rm));
            o.reads = o.address;
        }
        Format::PairOffset => {
            o.address = sp(rn);
            transfer(&mut o, loads, x(rd).with(x(ra)));
        }
        Format::PairPost | Format::PairPre => {
            o.address = sp(rn);
            transfer(&mut o, loads, x(rd).with(x(ra)));
            o.writes = o.writes.with(sp(rn));
        }
        Format::StoreExclusive => {
            o.address = sp(rn);
            (o.reads, o.writes) = (sp(rn).with(x(rd)), x(rm));
        }
        Format::StoreExclusivePair => {
            o.address = sp(rn);
            (o.reads, o.writes) = (sp(rn).with(x(rd)).with(x(ra)), x(rm));
        }
        Format::LoadExclusivePair => {
            o.address = sp(rn);
            (o.reads, o.writes) = (sp(rn), x(rd).with(x(ra)));
        }
        Format::LoadExclusive | Format::Ordered | Format::Rcpc => {
            o.address = sp(rn);
            transfer(&mut o, loads, x(rd));
        }
        Format::Cas => {
            o.address = sp(rn);
            (o.reads, o.writes) = (sp(rn).with(x(rd)).with(x(rm)), x(rm));
        }
        Format::CasPair => {
            o.address = sp(rn);
            let expected = x(rm).with(x(rm | 1));
            (o.reads, o.writes) = (sp(rn).with(expected).with(x(rd)).with(x(rd | 1)), expected);
        }
        Format::Atomic => {
            o.address = sp(rn);
            (o.reads, o.writes) = (sp(rn).with(x(rm)), x(rd));
        }
    }
    if matches!(
        row.format,
        Format::StoreExclusive
            | Format::LoadExclusive
            | Format::StoreExclusivePair
            | Format::LoadExclusivePair
            | Format::Ordered
            | Format::Cas
            | Format::CasPair
            | Format::Atomic
            | Format::Rcpc
            | Format::RcpcUnscaled
    ) {
        o.release = i.option & RELEASE != 0;
        o.acquire = i.option & ACQUIRE != 0 && !(row.format == Format::Atomic && rd == 31 && i.op != Op::Swp);
    }
    if matches!(row.class, Class::Call | Class::IndirectCall) {
        o.writes = o.writes.with(x(30));
    }
    if sets_flags(i.op) {
        o.writes = o.writes.with(FLAGS);
    }
    if reads_flags(i.op) {
        o.reads = o.reads.with(FLAGS);
    }
    o
}

/// A load writes its transfer registers, a store reads them; both read the address.
fn transfer(o: &mut Operands, loads: bool, registers: RegSet) {
    o.reads = o.address;
    if loads {
        o.writes = registers;
    } else {
        o.reads = o.reads.with(registers);
    }
}
