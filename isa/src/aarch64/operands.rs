//! Registers that an instruction reads and writes, for the scoreboard and for dependency tracking.

use super::format::{Format, Shape};
use super::insn::{ACQUIRE, Insn, RELEASE};
use super::table::Op;
use crate::class::{AccessKind, Class, Operands, RegSet, Width};

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
            | Fcmp
            | Fcmpe
            | FcmpZero
            | FcmpeZero
            | Fccmp
            | Fccmpe
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
            | Fccmp
            | Fccmpe
            | Fcsel
    )
}

/// True when two instructions differ in a constant at most, which says nothing about their operands.
pub(super) fn differ_in_constant(one: &Insn, other: &Insn) -> bool {
    let Insn { imm, rn, rm, ra, .. } = *one;
    let same = match one.op.row().map(|row| (row.class, row.format)) {
        // The accesses that a barrier orders, what is maintained, the registers that a table is of.
        None | Some((Class::Fence | Class::Dsb | Class::CacheOp, _) | (_, Format::Simd(Shape::Table, _))) => *other,
        // The constant stands where others have a register.
        Some((_, Format::AddImm | Format::AddImmFlags | Format::LogicalImm | Format::LogicalImmFlags)) => {
            Insn { imm, rm, ra, ..*other }
        }
        Some((_, Format::MoveWide)) => Insn { imm, rn, rm, ra, ..*other },
        Some(_) => Insn { imm, ..*other },
    };
    *one == same
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
        Format::Sign => (o.reads, o.writes) = (x(rd).with(sp(rn)), x(rd)),
        Format::SignZero => (o.reads, o.writes) = (x(rd), x(rd)),
        Format::SignGeneric => (o.reads, o.writes) = (x(rn).with(sp(rm)), x(rd)),
        Format::BranchSigned => (o.reads, o.address) = (x(rn).with(sp(rd)), x(rn).with(sp(rd))),
        Format::MemSigned | Format::MemSignedPre => {
            o.address = sp(rn);
            transfer(&mut o, loads, x(rd));
            if row.format == Format::MemSignedPre {
                o.writes = o.writes.with(sp(rn));
            }
        }
        _ => vector_operands(i, row.format, &mut o),
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
    implied(i.op, &mut o);
    if matches!(row.class, Class::Call | Class::IndirectCall) {
        o.writes = o.writes.with(x(30));
    }
    o.second = second(i, row.format);
    // DMB and DSB by the accesses in CRm: DMB ST orders no load, and neither waits with LD for a store.
    o.store_load = match row.class {
        Class::Fence => !matches!(i.imm & 3, 1 | 2),
        Class::Dsb => i.imm & 3 != 1,
        _ => false,
    };
    o.width = width(i, row.format, row.class);
    if moves_base(row.format) {
        o.moved_base = sp(rn);
    }
    if sets_flags(i.op) {
        o.writes = o.writes.with(FLAGS);
    }
    if reads_flags(i.op) {
        o.reads = o.reads.with(FLAGS);
    }
    o
}

/// The operand that is shifted or extended by something; the addend of a multiply-add, unless it is a factor too.
fn second(i: &Insn, format: Format) -> RegSet {
    let addend = i.ra != i.rn && i.ra != i.rm;
    match format {
        Format::Shifted | Format::AddShifted if super::shifts_by_nothing(i) => RegSet::EMPTY,
        Format::Shifted | Format::AddShifted | Format::Extended | Format::ExtendedFlags => x(i.rm),
        Format::Reg4 | Format::MulLong if addend => x(i.ra),
        Format::FpReg4 if addend => v(i.ra),
        _ => RegSet::EMPTY,
    }
}

/// Pairs of words; vectors of 128 bits, which is what all that widens or narrows has on one side.
fn width(i: &Insn, format: Format, class: Class) -> Width {
    use Op::*;
    match format {
        _ if class == Class::LoadPair => match i.op {
            LdpWNonTemporal | LdpWPost | LdpWOffset | LdpWPre | LdpswPost | LdpswOffset | LdpswPre => Width::Words,
            LdpSNonTemporal | LdpSPost | LdpSOffset | LdpSPre => Width::Words,
            _ => Width::Plain,
        },
        Format::Simd(
            Shape::DupElement | Shape::DupGeneral | Shape::ToGeneral | Shape::NarrowTwo | Shape::ShiftNarrow,
            _,
        ) => Width::Plain,
        Format::Simd(shape, _) if shape.is_scalar() || shape.is_structure() => Width::Plain,
        Format::Simd(shape, _) if shape.mixes_widths() || i.option == 4 => Width::Full,
        _ => Width::Plain,
    }
}

/// Does the access write its base register?
fn moves_base(format: Format) -> bool {
    match format {
        Format::MemPost | Format::MemPre | Format::PairPost | Format::PairPre | Format::FpPost | Format::FpPre => true,
        Format::FpPairPost | Format::FpPairPre | Format::MemSignedPre => true,
        Format::Simd(shape, _) => shape.is_structure() && shape.moves_base(),
        _ => false,
    }
}

/// Registers that pointer authentication names by its mnemonic.
fn implied(op: Op, o: &mut Operands) {
    use Op::*;
    let (reads, writes) = match op {
        Pacia1716 | Pacib1716 | Autia1716 | Autib1716 => (x(16).with(x(17)), x(17)),
        Paciasp | Pacibsp | Autiasp | Autibsp => (x(30).with(sp(31)), x(30)),
        Paciaz | Pacibz | Autiaz | Autibz | Xpaclri => (x(30), x(30)),
        Retaa | Retab => (x(30).with(sp(31)), RegSet::EMPTY),
        _ => return,
    };
    (o.reads, o.writes) = (reads, writes);
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

fn v(n: u8) -> RegSet {
    RegSet::fp(n & 31)
}

/// `count` vector registers from `first` on.
fn vectors(first: u8, count: u8) -> RegSet {
    (0..count).fold(RegSet::EMPTY, |all, n| all.with(v(first + n)))
}

/// Operands of the formats on vector registers.
fn vector_operands(i: &Insn, format: Format, o: &mut Operands) {
    let loads = o.access == AccessKind::Load;
    let (rd, rn, rm, ra) = (i.rd, i.rn, i.rm, i.ra);
    match format {
        Format::FpUnsigned | Format::FpUnscaled => {
            o.address = sp(rn);
            transfer(o, loads, v(rd));
        }
        Format::FpPost | Format::FpPre => {
            o.address = sp(rn);
            transfer(o, loads, v(rd));
            o.writes = o.writes.with(sp(rn));
        }
        Format::FpRegister => {
            o.address = sp(rn).with(x(rm));
            transfer(o, loads, v(rd));
        }
        Format::FpLiteral | Format::FpImm => o.writes = v(rd),
        Format::FpPairOffset => {
            o.address = sp(rn);
            transfer(o, loads, v(rd).with(v(ra)));
        }
        Format::FpPairPost | Format::FpPairPre => {
            o.address = sp(rn);
            transfer(o, loads, v(rd).with(v(ra)));
            o.writes = o.writes.with(sp(rn));
        }
        Format::FpReg2 | Format::FpConvert => (o.reads, o.writes) = (v(rn), v(rd)),
        Format::FpReg3 | Format::FpSelect => (o.reads, o.writes) = (v(rn).with(v(rm)), v(rd)),
        Format::FpReg4 => (o.reads, o.writes) = (v(rn).with(v(rm)).with(v(ra)), v(rd)),
        Format::FpCompare | Format::FpCondCompare => o.reads = v(rn).with(v(rm)),
        Format::FpCompareZero => o.reads = v(rn),
        Format::FpToInt | Format::FpToTop | Format::FpToFixed => (o.reads, o.writes) = (v(rn), x(rd)),
        Format::FpFromInt | Format::FpFromFixed => (o.reads, o.writes) = (x(rn), v(rd)),
        Format::FpFromTop => (o.reads, o.writes) = (x(rn).with(v(rd)), v(rd)),
        Format::Simd(shape, _) => simd_operands(i, shape, o),
        _ => {}
    }
}

fn simd_operands(i: &Insn, shape: Shape, o: &mut Operands) {
    let (rd, rn, rm) = (i.rd, i.rn, i.rm);
    if shape.is_structure() {
        let transferred = vectors(rd, super::exec::simd_memory::registers(i.op));
        let loads = !matches!(i.op.row().map(|row| row.mnemonic.as_bytes()[0]), Some(b's'));
        o.access = if loads { AccessKind::Load } else { AccessKind::Store };
        o.address = sp(rn);
        o.reads = sp(rn);
        if loads {
            o.writes = transferred;
        }
        // One element is replaced, the others stay.
        if !loads || matches!(shape, Shape::Lane | Shape::LanePost) {
            o.reads = o.reads.with(transferred);
        }
        if shape.moves_base() {
            o.writes = o.writes.with(sp(rn));
            o.reads = o.reads.with(x(rm));
        }
        return;
    }
    (o.reads, o.writes) = match shape {
        Shape::Immediate => (RegSet::EMPTY, v(rd)),
        Shape::DupGeneral | Shape::InsGeneral => (x(rn), v(rd)),
        Shape::ToGeneral => (v(rn), x(rd)),
        Shape::Table => (vectors(rn, i.imm as u8 + 1).with(v(rm)), v(rd)),
        Shape::Three
        | Shape::ScalarThree
        | Shape::LongThree
        | Shape::ScalarLongThree
        | Shape::WideThree
        | Shape::NarrowThree
        | Shape::Element
        | Shape::ScalarElement
        | Shape::LongElement
        | Shape::ScalarLongElement
        | Shape::Dot
        | Shape::DotElement
        | Shape::HashWord
        | Shape::Hash
        | Shape::Extract => (v(rn).with(v(rm)), v(rd)),
        _ => (v(rn), v(rd)),
    };
    let upper_half = matches!(shape, Shape::NarrowThree | Shape::NarrowTwo | Shape::ShiftNarrow) && i.option == 1;
    if keeps_destination(i.op, shape) || upper_half {
        o.reads = o.reads.with(v(rd));
    }
}

/// The old value of Vd matters: accumulations, insertions, selections.
fn keeps_destination(op: Op, shape: Shape) -> bool {
    let mnemonic = op.row().map_or("", |row| row.mnemonic);
    let accumulates = ["mla", "mls", "aba", "sra", "adalp", "qadd", "fml", "dot", "aese", "aesd", "sha1", "sha256"]
        .iter()
        .any(|part| mnemonic.contains(part))
        && !matches!(op, Op::Sha1h | Op::SqaddV | Op::SqaddS | Op::UqaddV | Op::UqaddS);
    let replaces = matches!(mnemonic, "bit" | "bif" | "bsl" | "sli" | "sri" | "tbx" | "ins")
        || shape == Shape::Immediate && matches!(mnemonic, "orr" | "bic");
    let three_long = mnemonic.contains("mlal") || mnemonic.contains("mlsl");
    accumulates || replaces || three_long
}
