//! What differs between the instruction sets: registers at the start, the instruction that calls, what the kernel tells.

use super::Process;
use crate::timed::{Pause, Slots, Turn};
use crate::trace::Traced;
use cmodx_isa::Isa;
use cmodx_isa::aarch64::{self, Aarch64};
use cmodx_isa::riscv::{self, Cause, Extensions, Privilege, Riscv};

/// An instruction set that Linux programs are for.
pub trait UserIsa: Traced {
    /// What uname calls the machine.
    const MACHINE: &'static str;
    /// What can be chosen of the hart.
    type Features: Copy + Clone + Default + std::fmt::Debug + Send;

    /// AT_HWCAP.
    fn capabilities(features: Self::Features) -> u64;

    /// A hart at the first instruction of a program.
    fn at_start(stack_pointer: u64, features: Self::Features) -> Self::Hart;

    /// The number of the system call, if the trap is one.
    fn system_call(hart: &Self::Hart, trap: &Self::Trap) -> Option<u64>;

    /// [`crate::platform::Board::act`] of a process.
    fn act(turn: Turn<'_, Process<Self>>, slots: &mut Slots<Process<Self>>) -> Pause;

    /// Tells the hart what its caches promise to instruction fetch, where a register says so.
    fn set_coherence(_hart: &mut Self::Hart, _idc: bool, _dic: bool) {}
}

impl UserIsa for Riscv {
    const MACHINE: &'static str = "riscv64";
    type Features = Extensions;

    /// A bit for each letter of I, M, A, F, D and C.
    fn capabilities(extensions: Extensions) -> u64 {
        const LETTERS: u64 = 1 << 8 | 1 << 12 | 1 << 0 | 1 << 5 | 1 << 3 | 1 << 2;
        riscv::Hart::new(0).with_extensions(extensions).csr.misa() & LETTERS
    }

    fn at_start(stack_pointer: u64, extensions: Extensions) -> riscv::Hart {
        let mut hart = riscv::Hart::new(0).with_extensions(extensions).handed_over();
        hart.privilege = Privilege::User;
        // cycle, time and instret can be read.
        hart.csr.scounteren = 7;
        hart.x[2] = stack_pointer;
        hart
    }

    fn act(turn: Turn<'_, Process<Self>>, slots: &mut Slots<Process<Self>>) -> Pause {
        turn.act(slots)
    }

    fn system_call(hart: &riscv::Hart, trap: &riscv::Trap) -> Option<u64> {
        (trap.cause == Cause::ECALL_U).then(|| hart.get(17))
    }
}

/// SCTLR_EL1 as Linux has it for user programs: UCI, nTWE, nTWI, UCT, DZE.
const SCTLR: u64 = 1 << 26 | 1 << 18 | 1 << 16 | 1 << 15 | 1 << 14;
/// CPACR_EL1.FPEN: floating point is not trapped.
const CPACR: u64 = 3 << 20;
/// CNTKCTL_EL1: the counters can be read.
const CNTKCTL: u64 = 3;

impl UserIsa for Aarch64 {
    const MACHINE: &'static str = "aarch64";
    type Features = ();

    /// FP, ASIMD, AES, PMULL, SHA1, SHA2, CRC32, ATOMICS, CPUID, ASIMDRDM, LRCPC, DCPOP, ASIMDDP, DIT, USCAT, ILRCPC, FLAGM,
    /// SSBS, SB.
    fn capabilities((): ()) -> u64 {
        1 << 0
            | 1 << 1
            | 0xf << 3
            | 1 << 7
            | 1 << 8
            | 1 << 11
            | 1 << 12
            | 1 << 15
            | 1 << 16
            | 1 << 20
            | 1 << 24
            | 1 << 25
            | 1 << 26
            | 1 << 27
            | 1 << 28
            | 1 << 29
    }

    fn at_start(stack_pointer: u64, (): ()) -> aarch64::Hart {
        let mut hart = Aarch64::reset(0);
        hart.set_level(0, false);
        hart.daif = 0;
        hart.system.sctlr |= SCTLR;
        hart.system.cpacr = CPACR;
        hart.system.cntkctl = CNTKCTL;
        hart.system.identity_at_el0 = true;
        hart.set_counter_frequency(1_000_000_000);
        hart.x[31] = stack_pointer;
        hart
    }

    fn act(turn: Turn<'_, Process<Self>>, slots: &mut Slots<Process<Self>>) -> Pause {
        turn.act(slots)
    }

    fn system_call(hart: &aarch64::Hart, trap: &aarch64::Trap) -> Option<u64> {
        trap.svc().map(|_| hart.get(8))
    }

    fn set_coherence(hart: &mut aarch64::Hart, idc: bool, dic: bool) {
        hart.set_coherence(idc, dic);
    }
}
