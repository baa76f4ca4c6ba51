//! What the timing model and the dependency tracking need to know of an instruction: its timing class and its operands.

/// Timing class: instructions of one class cost the same on every core model. No cycle count stands here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Class {
    /// Integer add, logic, shift, compare, move.
    Alu,
    /// Integer operation with a shifted or extended register operand (AArch64).
    AluShifted,
    /// Integer operation of two steps: shift and add (RISC-V Zba), count of ones.
    AluCompound,
    /// Multiplication.
    Mul,
    /// Multiplication of 32-bit values.
    Mul32,
    /// Multiply-accumulate (AArch64 madd, msub, smaddl, …).
    MulAdd,
    /// Division or remainder of 32-bit values.
    Div32,
    /// Division or remainder of 64-bit values.
    Div64,
    /// Load of one register.
    Load,
    /// Load of two registers.
    LoadPair,
    /// Store of one register.
    Store,
    /// Store of two registers.
    StorePair,
    /// Conditional direct branch.
    Branch,
    /// Unconditional direct jump without link.
    Jump,
    /// Direct call: jump that writes a link register.
    Call,
    /// Indirect jump without link that is not a return.
    IndirectJump,
    /// Indirect call.
    IndirectCall,
    /// Return: an indirect jump through a link register (RISC-V ra or t0; AArch64 `ret`).
    Return,
    /// Atomic read-modify-write, compare-and-swap.
    Atomic,
    /// Load-reserved, load-exclusive.
    LoadExclusive,
    /// Store-conditional, store-exclusive.
    StoreExclusive,
    /// Data barrier (FENCE, DMB).
    Fence,
    /// DSB.
    Dsb,
    /// FENCE.I.
    FenceI,
    /// ISB, SB.
    Isb,
    /// Cache maintenance by address or all (DC, IC, CBO).
    CacheOp,
    /// TLB maintenance (SFENCE.VMA, TLBI).
    TlbOp,
    /// Read or write of a control or system register.
    System,
    /// ECALL, EBREAK, SVC, HVC, SMC, BRK, HLT, undefined.
    Exception,
    /// Return from a trap (SRET, MRET, ERET).
    TrapReturn,
    /// WFI, WFE, SEV, YIELD, PAUSE.
    Hint,
    /// NOP: one issue slot, no unit.
    Nop,
    /// Floating-point move, sign injection.
    FpMove,
    /// Floating-point minimum, maximum.
    FpMinMax,
    /// Floating-point compare, classify.
    FpCompare,
    /// Move between an integer and a floating-point register; floating-point immediate.
    FpCopy,
    /// Conversion of a floating-point number to another one.
    FpConvert,
    /// Conversion into an integer register.
    FpToInt,
    /// Conversion from an integer register.
    FpFromInt,
    /// Floating-point add, subtract, single precision or narrower.
    FpAdd32,
    /// The same, double precision.
    FpAdd64,
    /// Floating-point multiplication, single precision or narrower.
    FpMul32,
    /// The same, double precision.
    FpMul64,
    /// Fused multiply-add, single precision or narrower.
    FpFma32,
    /// The same, double precision.
    FpFma64,
    /// Floating-point division or square root, single precision or narrower.
    FpDiv32,
    /// The same, double precision.
    FpDiv64,
    /// Advanced SIMD integer operation.
    SimdAlu,
    /// Advanced SIMD logic.
    SimdLogic,
    /// Advanced SIMD multiplication.
    SimdMul,
    /// Advanced SIMD permutation, table lookup, selection, count, immediate.
    SimdPermute,
    /// Advanced SIMD structure load or store of more than one register.
    SimdStruct,
    /// Cryptography and polynomial arithmetic, CRC.
    Crypto,
}

impl Class {
    /// Number of classes.
    pub const COUNT: usize = Class::Crypto as usize + 1;

    /// All of them, in the order of their numbers.
    #[rustfmt::skip]
    pub const ALL: [Class; Class::COUNT] = [
        Class::Alu,
        Class::AluShifted,
        Class::AluCompound,
        Class::Mul,
        Class::Mul32,
        Class::MulAdd,
        Class::Div32,
        Class::Div64,
        Class::Load,
        Class::LoadPair,
        Class::Store,
        Class::StorePair,
        Class::Branch,
        Class::Jump,
        Class::Call,
        Class::IndirectJump,
        Class::IndirectCall,
        Class::Return,
        Class::Atomic,
        Class::LoadExclusive,
        Class::StoreExclusive,
        Class::Fence,
        Class::Dsb,
        Class::FenceI,
        Class::Isb,
        Class::CacheOp,
        Class::TlbOp,
        Class::System,
        Class::Exception,
        Class::TrapReturn,
        Class::Hint,
        Class::Nop,
        Class::FpMove,
        Class::FpMinMax,
        Class::FpCompare,
        Class::FpCopy,
        Class::FpConvert,
        Class::FpToInt,
        Class::FpFromInt,
        Class::FpAdd32,
        Class::FpAdd64,
        Class::FpMul32,
        Class::FpMul64,
        Class::FpFma32,
        Class::FpFma64,
        Class::FpDiv32,
        Class::FpDiv64,
        Class::SimdAlu,
        Class::SimdLogic,
        Class::SimdMul,
        Class::SimdPermute,
        Class::SimdStruct,
        Class::Crypto,
    ];

    /// True for everything that may send control elsewhere than to the next instruction.
    pub const fn is_branch(self) -> bool {
        matches!(
            self,
            Class::Branch | Class::Jump | Class::Call | Class::IndirectJump | Class::IndirectCall | Class::Return
        )
    }
}

/// A set of registers: bits 0-31 integer (RISC-V x0 and AArch64 XZR are never members; AArch64 SP is 31), 32-63
/// floating-point or vector, then [`RegSet::FLAGS`] and [`RegSet::FP_STATUS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RegSet(pub u128);

impl RegSet {
    /// No register.
    pub const EMPTY: RegSet = RegSet(0);
    /// AArch64 condition flags (NZCV).
    pub const FLAGS: u8 = 64;
    /// Accumulated floating-point exception flags (fflags, FPSR).
    pub const FP_STATUS: u8 = 65;

    /// The set with one integer register.
    pub const fn int(n: u8) -> RegSet {
        RegSet(1 << n)
    }

    /// The set with one floating-point or vector register.
    pub const fn fp(n: u8) -> RegSet {
        RegSet(1 << (32 + n))
    }

    /// The set with the register of this number.
    pub const fn one(number: u8) -> RegSet {
        RegSet(1 << number)
    }

    /// Union.
    pub const fn with(self, other: RegSet) -> RegSet {
        RegSet(self.0 | other.0)
    }

    /// The numbers of the members, ascending.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            if rest == 0 {
                return None;
            }
            let n = rest.trailing_zeros() as u8;
            rest &= rest - 1;
            Some(n)
        })
    }
}

/// How an instruction touches memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccessKind {
    /// Not at all.
    #[default]
    None,
    /// Reads.
    Load,
    /// Writes.
    Store,
    /// Reads and writes in one step.
    Atomic,
}

/// Width of operands where a class leaves it open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// As the class has it: 64 bits at most, a pair of 64-bit registers.
    #[default]
    Plain,
    /// A pair of 32-bit registers.
    Words,
    /// A vector of 128 bits.
    Full,
}

/// The operands of an instruction, for the scoreboard and for dependency tracking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Operands {
    /// Registers read.
    pub reads: RegSet,
    /// Those of `reads` that form an address or a jump target.
    pub address: RegSet,
    /// Those of `reads` that enter the unit elsewhere than the others: the shifted or extended operand, the addend of a
    /// multiply-add. A register that is both is here only if it is the shifted one.
    pub second: RegSet,
    /// Registers written.
    pub writes: RegSet,
    /// Those of `writes` that are a base register moved by the access.
    pub moved_base: RegSet,
    /// What it works on is wider or narrower than the instruction's class says by itself.
    pub width: Width,
    /// How memory is touched.
    pub access: AccessKind,
    /// Acquire ordering (aq, ldar, ldapr, …).
    pub acquire: bool,
    /// Release ordering (rl, stlr, …).
    pub release: bool,
    /// A barrier that orders earlier stores before later loads, or waits for them: what stores leave in order cannot give.
    pub store_load: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_classes_stand_at_their_numbers() {
        for (number, class) in Class::ALL.into_iter().enumerate() {
            assert_eq!(class as usize, number, "{class:?}");
        }
    }
}
