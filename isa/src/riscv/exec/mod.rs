//! What each instruction does.
//!
//! [`execute`] pairs every instruction with its meaning: a function of a module named after the extension. Where a family
//! differs only in an operation on values, the module has that operation and the family's shape stands below.

mod a;
mod b;
mod cbo;
mod f;
mod i;
mod m;
mod privileged;
mod zicsr;

use self::f::Fused;
use super::extension::{Extension, Extensions};
use super::float::{self, Comparison, Extreme, Operation};
use super::{Cause, Hart, Insn, Op, Riscv, Trap};
use crate::class::Class;
use crate::context::{AccessOrder, AccessTypes, CacheOp, Context, Fence, Hint, Size};
use crate::meaning::{Meaning, Only};
use crate::{Flow, Size::*};

/// What an instruction comes to.
type Outcome = Result<Flow, Trap>;

/// Makes of the table of meanings the function that looks at the operation, and a [`Meaning`] of each operation alone.
macro_rules! meanings {
    ($ctx:ident, $insn:ident, $pc:ident; $(Op::$op:ident => $meaning:expr,)*) => {
        /// Does what the instruction at `pc` does.
        #[inline]
        pub(super) fn execute<C: Context<Hart = Hart>>($ctx: &mut C, $insn: Insn, $pc: u64) -> Outcome {
            if !available($ctx.hart(), &$insn) {
                return Err(illegal($insn));
            }
            match $insn.op {
                $(Op::$op => $meaning,)*
            }
        }

        $(impl Meaning<Riscv> for Only<{ Op::$op as u16 }> {
            const CLASSES: &'static [Class] = Op::$op.classes();

            #[inline(always)]
            #[allow(unused_variables)]
            fn execute<C: Context<Hart = Hart>>($ctx: &mut C, $insn: &Insn, $pc: u64) -> Outcome {
                let $insn = *$insn;
                $meaning
            }
        })*
    };
}

meanings! {
    ctx, insn, pc;
        Op::Illegal => Err(Trap::illegal(insn.bits())),

        Op::Lui => result(ctx, insn, insn.imm as u64),
        Op::Auipc => result(ctx, insn, pc.wrapping_add(insn.imm as u64)),
        Op::Jal => i::jal(ctx, insn, pc),
        Op::Jalr => i::jalr(ctx, insn, pc),
        Op::Beq => branch(ctx, insn, pc, |a, b| a == b),
        Op::Bne => branch(ctx, insn, pc, |a, b| a != b),
        Op::Blt => branch(ctx, insn, pc, |a, b| (a as i64) < b as i64),
        Op::Bge => branch(ctx, insn, pc, |a, b| a as i64 >= b as i64),
        Op::Bltu => branch(ctx, insn, pc, |a, b| a < b),
        Op::Bgeu => branch(ctx, insn, pc, |a, b| a >= b),
        Op::Lb => load(ctx, insn, Byte, i::sign8),
        Op::Lh => load(ctx, insn, Half, i::sign16),
        Op::Lw => load(ctx, insn, Word, i::sign32),
        Op::Ld => load(ctx, insn, Double, i::same),
        Op::Lbu => load(ctx, insn, Byte, i::same),
        Op::Lhu => load(ctx, insn, Half, i::same),
        Op::Lwu => load(ctx, insn, Word, i::same),
        Op::Sb => store(ctx, insn, Byte),
        Op::Sh => store(ctx, insn, Half),
        Op::Sw => store(ctx, insn, Word),
        Op::Sd => store(ctx, insn, Double),
        Op::Addi => immediate(ctx, insn, u64::wrapping_add),
        Op::Slti => immediate(ctx, insn, i::slt),
        Op::Sltiu => immediate(ctx, insn, i::sltu),
        Op::Xori => immediate(ctx, insn, |a, b| a ^ b),
        Op::Ori => immediate(ctx, insn, |a, b| a | b),
        Op::Andi => immediate(ctx, insn, |a, b| a & b),
        Op::Slli => immediate(ctx, insn, i::sll),
        Op::Srli => immediate(ctx, insn, i::srl),
        Op::Srai => immediate(ctx, insn, i::sra),
        Op::Add => binary(ctx, insn, u64::wrapping_add),
        Op::Sub => binary(ctx, insn, u64::wrapping_sub),
        Op::Sll => binary(ctx, insn, i::sll),
        Op::Slt => binary(ctx, insn, i::slt),
        Op::Sltu => binary(ctx, insn, i::sltu),
        Op::Xor => binary(ctx, insn, |a, b| a ^ b),
        Op::Srl => binary(ctx, insn, i::srl),
        Op::Sra => binary(ctx, insn, i::sra),
        Op::Or => binary(ctx, insn, |a, b| a | b),
        Op::And => binary(ctx, insn, |a, b| a & b),
        Op::Addiw => immediate(ctx, insn, i::addw),
        Op::Slliw => immediate(ctx, insn, i::sllw),
        Op::Srliw => immediate(ctx, insn, i::srlw),
        Op::Sraiw => immediate(ctx, insn, i::sraw),
        Op::Addw => binary(ctx, insn, i::addw),
        Op::Subw => binary(ctx, insn, i::subw),
        Op::Sllw => binary(ctx, insn, i::sllw),
        Op::Srlw => binary(ctx, insn, i::srlw),
        Op::Sraw => binary(ctx, insn, i::sraw),
        Op::Pause => hint(ctx, Hint::Pause),
        Op::FenceTso => fence(ctx, Fence::Tso),
        Op::Fence => i::fence(ctx, insn),
        Op::Ecall => privileged::ecall(ctx),
        Op::Ebreak => Err(Trap::new(Cause::BREAKPOINT, pc)),

        Op::FenceI => fence(ctx, Fence::FenceI),

        Op::Csrrw => zicsr::write(ctx, insn, pc, Hart::get),
        Op::Csrrs => zicsr::modify(ctx, insn, pc, Hart::get, |old, mask| old | mask),
        Op::Csrrc => zicsr::modify(ctx, insn, pc, Hart::get, |old, mask| old & !mask),
        Op::Csrrwi => zicsr::write(ctx, insn, pc, zicsr::zimm),
        Op::Csrrsi => zicsr::modify(ctx, insn, pc, zicsr::zimm, |old, mask| old | mask),
        Op::Csrrci => zicsr::modify(ctx, insn, pc, zicsr::zimm, |old, mask| old & !mask),

        Op::Mul => binary(ctx, insn, u64::wrapping_mul),
        Op::Mulh => binary(ctx, insn, m::mulh),
        Op::Mulhsu => binary(ctx, insn, m::mulhsu),
        Op::Mulhu => binary(ctx, insn, m::mulhu),
        Op::Div => binary(ctx, insn, m::div),
        Op::Divu => binary(ctx, insn, m::divu),
        Op::Rem => binary(ctx, insn, m::rem),
        Op::Remu => binary(ctx, insn, m::remu),
        Op::Mulw => binary(ctx, insn, m::mulw),
        Op::Divw => binary(ctx, insn, m::divw),
        Op::Divuw => binary(ctx, insn, m::divuw),
        Op::Remw => binary(ctx, insn, m::remw),
        Op::Remuw => binary(ctx, insn, m::remuw),

        Op::LrW => a::load_reserved(ctx, insn, Word),
        Op::ScW => a::store_conditional(ctx, insn, Word),
        Op::LrD => a::load_reserved(ctx, insn, Double),
        Op::ScD => a::store_conditional(ctx, insn, Double),
        Op::AmoswapW => a::amo(ctx, insn, Word, |_, b| b),
        Op::AmoaddW => a::amo(ctx, insn, Word, u64::wrapping_add),
        Op::AmoxorW => a::amo(ctx, insn, Word, |a, b| a ^ b),
        Op::AmoandW => a::amo(ctx, insn, Word, |a, b| a & b),
        Op::AmoorW => a::amo(ctx, insn, Word, |a, b| a | b),
        Op::AmominW => a::amo(ctx, insn, Word, a::min),
        Op::AmomaxW => a::amo(ctx, insn, Word, a::max),
        Op::AmominuW => a::amo(ctx, insn, Word, u64::min),
        Op::AmomaxuW => a::amo(ctx, insn, Word, u64::max),
        Op::AmoswapD => a::amo(ctx, insn, Double, |_, b| b),
        Op::AmoaddD => a::amo(ctx, insn, Double, u64::wrapping_add),
        Op::AmoxorD => a::amo(ctx, insn, Double, |a, b| a ^ b),
        Op::AmoandD => a::amo(ctx, insn, Double, |a, b| a & b),
        Op::AmoorD => a::amo(ctx, insn, Double, |a, b| a | b),
        Op::AmominD => a::amo(ctx, insn, Double, a::min),
        Op::AmomaxD => a::amo(ctx, insn, Double, a::max),
        Op::AmominuD => a::amo(ctx, insn, Double, u64::min),
        Op::AmomaxuD => a::amo(ctx, insn, Double, u64::max),

        Op::Sret => privileged::sret(ctx, insn),
        Op::Mret => privileged::mret(ctx, insn),
        Op::Wfi => privileged::wfi(ctx, insn),
        Op::SfenceVma => privileged::sfence_vma(ctx, insn),

        Op::Flw => f::load::<float::Single, C>(ctx, insn, Word),
        Op::Fsw => f::store(ctx, insn, Word),
        Op::FmaddS => f::fused::<float::Single, C>(ctx, insn, Fused::MultiplyAdd),
        Op::FmsubS => f::fused::<float::Single, C>(ctx, insn, Fused::MultiplySubtract),
        Op::FnmsubS => f::fused::<float::Single, C>(ctx, insn, Fused::NegateMultiplyAdd),
        Op::FnmaddS => f::fused::<float::Single, C>(ctx, insn, Fused::NegateMultiplySubtract),
        Op::FaddS => f::arithmetic::<float::Single, C>(ctx, insn, Operation::Add),
        Op::FsubS => f::arithmetic::<float::Single, C>(ctx, insn, Operation::Subtract),
        Op::FmulS => f::arithmetic::<float::Single, C>(ctx, insn, Operation::Multiply),
        Op::FdivS => f::arithmetic::<float::Single, C>(ctx, insn, Operation::Divide),
        Op::FsqrtS => f::sqrt::<float::Single, C>(ctx, insn),
        Op::FsgnjS => f::inject_sign::<float::Single, C>(ctx, insn, |_, b| b),
        Op::FsgnjnS => f::inject_sign::<float::Single, C>(ctx, insn, |_, b| !b),
        Op::FsgnjxS => f::inject_sign::<float::Single, C>(ctx, insn, |a, b| a ^ b),
        Op::FminS => f::extreme::<float::Single, C>(ctx, insn, Extreme::Minimum),
        Op::FmaxS => f::extreme::<float::Single, C>(ctx, insn, Extreme::Maximum),
        Op::FleS => f::compare::<float::Single, C>(ctx, insn, Comparison::LessOrEqual),
        Op::FltS => f::compare::<float::Single, C>(ctx, insn, Comparison::Less),
        Op::FeqS => f::compare::<float::Single, C>(ctx, insn, Comparison::Equal),
        Op::FclassS => f::classify::<float::Single, C>(ctx, insn),
        Op::FcvtWS => f::to_integer::<float::Single, C>(ctx, insn, 32, true),
        Op::FcvtSW => f::from_integer::<float::Single, C>(ctx, insn, |x| x as i32 as i128),
        Op::FcvtWuS => f::to_integer::<float::Single, C>(ctx, insn, 32, false),
        Op::FcvtSWu => f::from_integer::<float::Single, C>(ctx, insn, |x| x as u32 as i128),
        Op::FcvtLS => f::to_integer::<float::Single, C>(ctx, insn, 64, true),
        Op::FcvtSL => f::from_integer::<float::Single, C>(ctx, insn, |x| x as i64 as i128),
        Op::FcvtLuS => f::to_integer::<float::Single, C>(ctx, insn, 64, false),
        Op::FcvtSLu => f::from_integer::<float::Single, C>(ctx, insn, |x| x as i128),
        Op::FmvXW => f::bits_to_int(ctx, insn, i::sign32),
        Op::FmvWX => f::bits_from_int::<float::Single, C>(ctx, insn),

        Op::Fld => f::load::<float::Double, C>(ctx, insn, Double),
        Op::Fsd => f::store(ctx, insn, Double),
        Op::FmaddD => f::fused::<float::Double, C>(ctx, insn, Fused::MultiplyAdd),
        Op::FmsubD => f::fused::<float::Double, C>(ctx, insn, Fused::MultiplySubtract),
        Op::FnmsubD => f::fused::<float::Double, C>(ctx, insn, Fused::NegateMultiplyAdd),
        Op::FnmaddD => f::fused::<float::Double, C>(ctx, insn, Fused::NegateMultiplySubtract),
        Op::FaddD => f::arithmetic::<float::Double, C>(ctx, insn, Operation::Add),
        Op::FsubD => f::arithmetic::<float::Double, C>(ctx, insn, Operation::Subtract),
        Op::FmulD => f::arithmetic::<float::Double, C>(ctx, insn, Operation::Multiply),
        Op::FdivD => f::arithmetic::<float::Double, C>(ctx, insn, Operation::Divide),
        Op::FsqrtD => f::sqrt::<float::Double, C>(ctx, insn),
        Op::FsgnjD => f::inject_sign::<float::Double, C>(ctx, insn, |_, b| b),
        Op::FsgnjnD => f::inject_sign::<float::Double, C>(ctx, insn, |_, b| !b),
        Op::FsgnjxD => f::inject_sign::<float::Double, C>(ctx, insn, |a, b| a ^ b),
        Op::FminD => f::extreme::<float::Double, C>(ctx, insn, Extreme::Minimum),
        Op::FmaxD => f::extreme::<float::Double, C>(ctx, insn, Extreme::Maximum),
        Op::FleD => f::compare::<float::Double, C>(ctx, insn, Comparison::LessOrEqual),
        Op::FltD => f::compare::<float::Double, C>(ctx, insn, Comparison::Less),
        Op::FeqD => f::compare::<float::Double, C>(ctx, insn, Comparison::Equal),
        Op::FclassD => f::classify::<float::Double, C>(ctx, insn),
        Op::FcvtWD => f::to_integer::<float::Double, C>(ctx, insn, 32, true),
        Op::FcvtDW => f::from_integer::<float::Double, C>(ctx, insn, |x| x as i32 as i128),
        Op::FcvtWuD => f::to_integer::<float::Double, C>(ctx, insn, 32, false),
        Op::FcvtDWu => f::from_integer::<float::Double, C>(ctx, insn, |x| x as u32 as i128),
        Op::FcvtLD => f::to_integer::<float::Double, C>(ctx, insn, 64, true),
        Op::FcvtDL => f::from_integer::<float::Double, C>(ctx, insn, |x| x as i64 as i128),
        Op::FcvtLuD => f::to_integer::<float::Double, C>(ctx, insn, 64, false),
        Op::FcvtDLu => f::from_integer::<float::Double, C>(ctx, insn, |x| x as i128),
        Op::FmvXD => f::bits_to_int(ctx, insn, i::same),
        Op::FmvDX => f::bits_from_int::<float::Double, C>(ctx, insn),
        Op::FcvtSD => f::double_to_single(ctx, insn),
        Op::FcvtDS => f::single_to_double(ctx, insn),

        Op::FliS => f::constant::<float::Single, C>(ctx, insn),
        Op::FminmS => f::extreme::<float::Single, C>(ctx, insn, Extreme::MinimumOrNan),
        Op::FmaxmS => f::extreme::<float::Single, C>(ctx, insn, Extreme::MaximumOrNan),
        Op::FroundS => f::to_integral::<float::Single, C>(ctx, insn, false),
        Op::FroundnxS => f::to_integral::<float::Single, C>(ctx, insn, true),
        Op::FleqS => f::compare::<float::Single, C>(ctx, insn, Comparison::QuietLessOrEqual),
        Op::FltqS => f::compare::<float::Single, C>(ctx, insn, Comparison::QuietLess),
        Op::FliD => f::constant::<float::Double, C>(ctx, insn),
        Op::FminmD => f::extreme::<float::Double, C>(ctx, insn, Extreme::MinimumOrNan),
        Op::FmaxmD => f::extreme::<float::Double, C>(ctx, insn, Extreme::MaximumOrNan),
        Op::FroundD => f::to_integral::<float::Double, C>(ctx, insn, false),
        Op::FroundnxD => f::to_integral::<float::Double, C>(ctx, insn, true),
        Op::FleqD => f::compare::<float::Double, C>(ctx, insn, Comparison::QuietLessOrEqual),
        Op::FltqD => f::compare::<float::Double, C>(ctx, insn, Comparison::QuietLess),
        Op::FcvtmodWD => f::to_word_modular(ctx, insn),

        Op::AddUw => binary(ctx, insn, |a, b| b::low32(a).wrapping_add(b)),
        Op::Sh1add => binary(ctx, insn, |a, b| (a << 1).wrapping_add(b)),
        Op::Sh2add => binary(ctx, insn, |a, b| (a << 2).wrapping_add(b)),
        Op::Sh3add => binary(ctx, insn, |a, b| (a << 3).wrapping_add(b)),
        Op::Sh1addUw => binary(ctx, insn, |a, b| (b::low32(a) << 1).wrapping_add(b)),
        Op::Sh2addUw => binary(ctx, insn, |a, b| (b::low32(a) << 2).wrapping_add(b)),
        Op::Sh3addUw => binary(ctx, insn, |a, b| (b::low32(a) << 3).wrapping_add(b)),
        Op::SlliUw => immediate(ctx, insn, |a, b| b::low32(a) << b),

        Op::Andn => binary(ctx, insn, |a, b| a & !b),
        Op::Orn => binary(ctx, insn, |a, b| a | !b),
        Op::Xnor => binary(ctx, insn, |a, b| !(a ^ b)),
        Op::Clz => unary(ctx, insn, |a| a.leading_zeros() as u64),
        Op::Ctz => unary(ctx, insn, |a| a.trailing_zeros() as u64),
        Op::Cpop => unary(ctx, insn, |a| a.count_ones() as u64),
        Op::Clzw => unary(ctx, insn, |a| (a as u32).leading_zeros() as u64),
        Op::Ctzw => unary(ctx, insn, |a| (a as u32).trailing_zeros() as u64),
        Op::Cpopw => unary(ctx, insn, |a| (a as u32).count_ones() as u64),
        Op::SextB => unary(ctx, insn, i::sign8),
        Op::SextH => unary(ctx, insn, i::sign16),
        Op::ZextH => unary(ctx, insn, |a| a as u16 as u64),
        Op::Max => binary(ctx, insn, a::max),
        Op::Maxu => binary(ctx, insn, u64::max),
        Op::Min => binary(ctx, insn, a::min),
        Op::Minu => binary(ctx, insn, u64::min),
        Op::Rol => binary(ctx, insn, b::rol),
        Op::Ror => binary(ctx, insn, b::ror),
        Op::Rori => immediate(ctx, insn, b::ror),
        Op::Rolw => binary(ctx, insn, b::rolw),
        Op::Rorw => binary(ctx, insn, b::rorw),
        Op::Roriw => immediate(ctx, insn, b::rorw),
        Op::OrcB => unary(ctx, insn, b::orc_b),
        Op::Rev8 => unary(ctx, insn, u64::swap_bytes),

        Op::Bclr => binary(ctx, insn, |a, b| a & !b::bit(b)),
        Op::Bclri => immediate(ctx, insn, |a, b| a & !b::bit(b)),
        Op::Bext => binary(ctx, insn, |a, b| a >> (b & 63) & 1),
        Op::Bexti => immediate(ctx, insn, |a, b| a >> (b & 63) & 1),
        Op::Binv => binary(ctx, insn, |a, b| a ^ b::bit(b)),
        Op::Binvi => immediate(ctx, insn, |a, b| a ^ b::bit(b)),
        Op::Bset => binary(ctx, insn, |a, b| a | b::bit(b)),
        Op::Bseti => immediate(ctx, insn, |a, b| a | b::bit(b)),

        Op::Clmul => binary(ctx, insn, b::clmul),
        Op::Clmulr => binary(ctx, insn, b::clmulr),
        Op::Clmulh => binary(ctx, insn, b::clmulh),

        Op::CzeroEqz => binary(ctx, insn, |a, b| if b == 0 { 0 } else { a }),
        Op::CzeroNez => binary(ctx, insn, |a, b| if b != 0 { 0 } else { a }),

        Op::CboInval => cbo::invalidate(ctx, insn),
        Op::CboClean => cbo::clean(ctx, insn, CacheOp::CleanToPoC),
        Op::CboFlush => cbo::clean(ctx, insn, CacheOp::CleanInvalidate),
        Op::CboZero => cbo::zero(ctx, insn),

        Op::WrsNto => hint(ctx, Hint::WaitForEvent),
        Op::WrsSto => hint(ctx, Hint::WaitForEvent),

        Op::AmocasW => a::compare_and_swap(ctx, insn, Word),
        Op::AmocasD => a::compare_and_swap(ctx, insn, Double),
        Op::AmocasQ => a::compare_and_swap_pair(ctx, insn),

        Op::AmoswapB => a::amo(ctx, insn, Byte, |_, b| b),
        Op::AmoaddB => a::amo(ctx, insn, Byte, u64::wrapping_add),
        Op::AmoxorB => a::amo(ctx, insn, Byte, |a, b| a ^ b),
        Op::AmoandB => a::amo(ctx, insn, Byte, |a, b| a & b),
        Op::AmoorB => a::amo(ctx, insn, Byte, |a, b| a | b),
        Op::AmominB => a::amo(ctx, insn, Byte, a::min),
        Op::AmomaxB => a::amo(ctx, insn, Byte, a::max),
        Op::AmominuB => a::amo(ctx, insn, Byte, u64::min),
        Op::AmomaxuB => a::amo(ctx, insn, Byte, u64::max),
        Op::AmocasB => a::compare_and_swap(ctx, insn, Byte),
        Op::AmoswapH => a::amo(ctx, insn, Half, |_, b| b),
        Op::AmoaddH => a::amo(ctx, insn, Half, u64::wrapping_add),
        Op::AmoxorH => a::amo(ctx, insn, Half, |a, b| a ^ b),
        Op::AmoandH => a::amo(ctx, insn, Half, |a, b| a & b),
        Op::AmoorH => a::amo(ctx, insn, Half, |a, b| a | b),
        Op::AmominH => a::amo(ctx, insn, Half, a::min),
        Op::AmomaxH => a::amo(ctx, insn, Half, a::max),
        Op::AmominuH => a::amo(ctx, insn, Half, u64::min),
        Op::AmomaxuH => a::amo(ctx, insn, Half, u64::max),
        Op::AmocasH => a::compare_and_swap(ctx, insn, Half),

        Op::SinvalVma => privileged::sfence_vma(ctx, insn),
        Op::SfenceWInval => privileged::inval_fence(ctx, insn),
        Op::SfenceInvalIr => privileged::inval_fence(ctx, insn),
}

/// True when the hart has the extensions that the instruction belongs to.
#[inline(always)]
pub(super) fn available(hart: &Hart, insn: &Insn) -> bool {
    hart.csr.extensions == Extensions::ALL || hart.csr.extensions.allow(*insn)
}

/// Writes rd.
#[inline(always)]
fn result<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, value: u64) -> Outcome {
    ctx.hart().set(insn.rd, value);
    Ok(Flow::Next)
}

/// rd from rs1.
#[inline(always)]
fn unary<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, operation: impl Fn(u64) -> u64) -> Outcome {
    let hart = ctx.hart();
    hart.set(insn.rd, operation(hart.get(insn.rs1)));
    Ok(Flow::Next)
}

/// rd from rs1 and rs2.
#[inline(always)]
fn binary<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, operation: impl Fn(u64, u64) -> u64) -> Outcome {
    let hart = ctx.hart();
    hart.set(insn.rd, operation(hart.get(insn.rs1), hart.get(insn.rs2)));
    Ok(Flow::Next)
}

/// rd from rs1 and the immediate.
#[inline(always)]
fn immediate<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, operation: impl Fn(u64, u64) -> u64) -> Outcome {
    let hart = ctx.hart();
    hart.set(insn.rd, operation(hart.get(insn.rs1), insn.imm as u64));
    Ok(Flow::Next)
}

/// Jumps if the condition holds of rs1 and rs2.
#[inline(always)]
fn branch<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, pc: u64, condition: impl Fn(u64, u64) -> bool) -> Outcome {
    let hart = ctx.hart();
    if condition(hart.get(insn.rs1), hart.get(insn.rs2)) {
        jump(hart, pc.wrapping_add(insn.imm as u64))
    } else {
        Ok(Flow::Next)
    }
}

/// Jumps to an even address; without C it must be a multiple of 4.
#[inline(always)]
fn jump(hart: &Hart, target: u64) -> Outcome {
    if target & 2 != 0 && !hart.csr.extensions.has(Extension::C) {
        return Err(Trap::new(Cause::FETCH_MISALIGNED, target));
    }
    Ok(Flow::Jump(target))
}

/// rd from memory at rs1 plus the immediate.
#[inline(always)]
fn load<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, size: Size, extend: impl Fn(u64) -> u64) -> Outcome {
    let at = ctx.hart().get(insn.rs1).wrapping_add(insn.imm as u64);
    let value = ctx.load(at, size, AccessOrder::PLAIN)?;
    result(ctx, insn, extend(value))
}

/// rs2 to memory at rs1 plus the immediate.
#[inline(always)]
fn store<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, size: Size) -> Outcome {
    let hart = ctx.hart();
    let (at, value) = (hart.get(insn.rs1).wrapping_add(insn.imm as u64), hart.get(insn.rs2));
    ctx.store(at, size, value & size.mask(), AccessOrder::PLAIN)?;
    Ok(Flow::Next)
}

/// A barrier.
#[inline(always)]
fn fence<C: Context<Hart = Hart>>(ctx: &mut C, fence: Fence) -> Outcome {
    ctx.fence(fence);
    Ok(Flow::Next)
}

/// A hint.
#[inline(always)]
fn hint<C: Context<Hart = Hart>>(ctx: &mut C, hint: Hint) -> Outcome {
    ctx.hint(hint);
    Ok(Flow::Next)
}

/// The exception of an instruction that is not allowed here.
#[cold]
fn illegal(insn: Insn) -> Trap {
    Trap::illegal(insn.bits())
}
