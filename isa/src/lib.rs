//! What RV64 and AArch64 instructions mean.
//!
//! This crate has no clock, no cache and no I/O. An instruction is one row of a table ([`riscv::table`],
//! [`aarch64::table`]) and one short function; everything it does outside the registers of its hart goes through
//! [`Context`], which the two worlds of the simulator implement each in their way.

pub mod aarch64;
pub mod class;
pub mod context;
pub mod meaning;
pub mod pattern;
pub mod riscv;
pub mod trap;

pub use class::{AccessKind, Class, Operands, RegSet, Width};
pub use context::{AccessOrder, CacheOp, Context, Counter, Fence, Hint, Mapping, Size, SystemReg, TableMemory, TlbOp};
pub use trap::{Access, Fault, FaultKind};

/// The instruction sets that this crate describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arch {
    /// RV64.
    Riscv64,
    /// AArch64 (A64).
    Aarch64,
}

impl Arch {
    /// The name used in results and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Arch::Riscv64 => "riscv64",
            Arch::Aarch64 => "aarch64",
        }
    }
}

impl std::fmt::Display for Arch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Where control goes after an instruction that did not trap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// To the instruction that follows.
    Next,
    /// To this address: a taken branch, a jump, a return from a trap.
    Jump(u64),
}

/// An instruction set: how its words decode and what they do.
pub trait Isa: Copy + Clone + std::fmt::Debug + Send + Sync + 'static {
    /// Which one it is.
    const ARCH: Arch;
    /// Architectural state of one hart: general, vector and system registers, privilege. The pc is not part of it: the
    /// machine owns the pc.
    type Hart: Clone + std::fmt::Debug + Send;
    /// A decoded instruction: at most 16 bytes, `Copy`.
    type Insn: Copy + std::fmt::Debug + PartialEq + Send + Sync;
    /// An exception or interrupt, with what its registers need (cause and tval; ESR and FAR).
    type Trap: Copy + std::fmt::Debug + std::fmt::Display + PartialEq + Send + Sync;

    /// A hart as it is after reset, with this identity (mhartid; MPIDR affinity).
    fn reset(hart_id: u64) -> Self::Hart;

    /// Length in bytes of the instruction that starts with this halfword: 2 or 4.
    fn length(first: u16) -> u8;

    /// Decodes the bytes that were fetched (a 16-bit instruction stands in the low half; the upper half is ignored).
    /// It never fails: words without meaning decode to an instruction that traps when executed.
    fn decode(word: u32) -> Self::Insn;

    /// HYPOTHETICAL: decodes an 8-byte instruction that no manual has, for machines that were told to take it. `None` when
    /// the bytes are none, and on instruction sets without any: then [`Isa::decode`] says what they are.
    fn decode_hypothetical(_bytes: u64) -> Option<Self::Insn> {
        None
    }

    /// Length in bytes that the instruction had in memory: 2 or 4; 8 of a hypothetical one.
    fn insn_length(insn: &Self::Insn) -> u8;

    /// Timing class.
    fn class(insn: &Self::Insn) -> Class;

    /// Registers read and written, memory access kind.
    fn operands(insn: &Self::Insn) -> Operands;

    /// True when two instructions differ in a constant at most, which [`Isa::operands`] does not depend on, nor, where they are of
    /// one class, does [`Isa::specialise`].
    fn differs_in_constant(insn: &Self::Insn, other: &Self::Insn) -> bool;

    /// True when `branch` goes to the instruction behind `next` and `next`, which stands behind it, is an operation that cores with
    /// short forward branches make conditional instead.
    fn makes_conditional(_branch: &Self::Insn, _next: &Self::Insn) -> bool {
        false
    }

    /// Assembly text, as LLVM and binutils print it (no aliases of our own invention).
    fn disassemble(insn: &Self::Insn, pc: u64) -> String;

    /// Does what the instruction does. `pc` is its own address. On `Err` nothing of it has happened, except what the
    /// architecture allows of partly done pairs.
    fn execute<C: Context<Hart = Self::Hart>>(ctx: &mut C, insn: Self::Insn, pc: u64) -> Result<Flow, Self::Trap>;

    /// What `S` makes of the meaning of this instruction's operation. The meaning holds where the hart has the instruction
    /// ([`Isa::has`]) and is in no unusual state ([`Isa::unusual`]), which it does not ask about.
    fn specialise<S: meaning::Specialise<Self>>(_insn: &Self::Insn) -> S::Made {
        S::make::<meaning::Any>()
    }

    /// True when the hart has the extensions that this instruction belongs to.
    fn has(_hart: &Self::Hart, _insn: &Self::Insn) -> bool {
        true
    }

    /// A number of the extensions that the hart has: [`Isa::has`] gives other answers only where it is another one.
    fn extensions(_hart: &Self::Hart) -> u64 {
        0
    }

    /// True when the next instruction may trap whatever it is. Only jumps, exceptions and system instructions bring that about.
    #[inline(always)]
    fn unusual(_hart: &Self::Hart) -> bool {
        false
    }

    /// Takes how control came to the next instruction, where that can make it [unusual](Isa::unusual); 0 where nothing is to be said
    /// of it. Who knows that nothing asks for it may then do that instruction like any other, and puts it back if it traps.
    #[inline(always)]
    fn take_landing(_hart: &mut Self::Hart) -> u8 {
        0
    }

    /// Puts it back.
    #[inline(always)]
    fn put_landing(_hart: &mut Self::Hart, _landing: u8) {}

    /// The exception that a failed memory access or fetch raises.
    fn fault(fault: Fault) -> Self::Trap;

    /// The interrupt that the hart would take now, if one is pending and enabled.
    fn interrupt(hart: &Self::Hart) -> Option<Self::Trap>;

    /// True when WFI would end now: an interrupt is pending, whether or not the hart would take it.
    fn wakes(hart: &Self::Hart) -> bool;

    /// Tells the hart's performance monitors what the machine has counted. Returns after how many cycles at the latest they
    /// must be told again, when one of them is to interrupt.
    fn count_events(_hart: &mut Self::Hart, _cycles: u64, _instructions: u64) -> Option<u64> {
        None
    }

    /// The address that the last trap to the present privilege came from (sepc or mepc; ELR).
    fn trapped_at(hart: &Self::Hart) -> u64;

    /// Enters the handler: saves state, changes privilege, returns the vector's address. `pc` is the address of the
    /// instruction that trapped, or for an interrupt of the one that did not run.
    fn enter(hart: &mut Self::Hart, trap: Self::Trap, pc: u64) -> u64;

    /// True when accesses of this kind are not translated now (satp.MODE = Bare or M mode; SCTLR_EL1.M = 0).
    fn translation_off(hart: &Self::Hart, access: Access) -> bool;

    /// Walks the page tables. Called on a TLB miss when translation is on.
    fn translate<M: TableMemory>(hart: &Self::Hart, memory: &mut M, at: u64, access: Access) -> Result<Mapping, Fault>;

    /// Whether protection of physical memory (PMP) lets the hart make this access; where it does not, the access fails
    /// with [`FaultKind::Protected`]. Walks of the page tables are checked by [`Isa::translate`] itself.
    fn permits_physical(_hart: &Self::Hart, _at: u64, _bytes: u64, _access: Access) -> bool {
        true
    }

    /// Value of argument register `n` (a0.., x0..), for firmware calls and traces.
    fn argument(hart: &Self::Hart, n: usize) -> u64;

    /// Sets argument register `n`.
    fn set_argument(hart: &mut Self::Hart, n: usize, value: u64);
}
