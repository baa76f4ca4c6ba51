//! The boards: memory map, devices and firmware of QEMU's `virt` machines, as far as guests use them.
//!
//! A board knows nothing of caches, pipelines or the order in which harts run. It answers device accesses and firmware
//! calls, and says in [`Effect`]s what must happen to harts; the machine carries the effects out and charges their cost.

pub mod aarch64_virt;
pub mod clint;
pub mod finisher;
pub mod generic_timer;
pub mod gicv3;
pub(crate) mod guest_memory;
pub mod htif;
pub mod pl011;
pub mod plic;
pub mod psci;
pub mod riscv_virt;
pub mod sbi;
mod semihosting;
#[cfg(test)]
mod testing;
pub mod uart16550;

use crate::ids::{HartId, HartSet};
use crate::timed::{Pause, Slots, Turn};
use crate::trace::Traced;
use cmodx_isa::{Isa, Size, SystemReg};

/// Platform timer ticks (mtime, CNTPCT_EL0).
pub type Ticks = u64;

/// What a device or the firmware asks of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The interrupt inputs of this hart may have changed: ask [`Board::update_lines`] again. An IPI sent by another hart
    /// arrives after the core model's `ipi_latency`.
    LinesChanged {
        /// Whose inputs.
        hart: HartId,
        /// True when the change crosses from another hart (an IPI), false when it is the hart's own doing.
        remote: bool,
    },
    /// Start a stopped hart at this address with this argument (a0 = hart id and a1 = argument on RISC-V; x0 = argument on Arm).
    StartHart {
        /// Which one.
        hart: HartId,
        /// Physical address of its first instruction.
        entry: u64,
        /// What it gets as argument.
        argument: u64,
    },
    /// Stop the calling hart until it is started again.
    StopHart,
    /// The calling hart waits for an interrupt as in WFI.
    SuspendHart {
        /// Where it goes on, with this argument, as one that [`Effect::StartHart`] starts, its interrupt enables kept; `None`:
        /// behind the call.
        resume: Option<(u64, u64)>,
    },
    /// Each hart of the set executes FENCE.I (in M mode, whatever its interrupt enables say). With `wait`, the calling hart
    /// goes on when all have done so.
    RemoteFenceI {
        /// Who (the caller too, if it is a member).
        harts: HartSet,
        /// Whether completion is waited for.
        wait: bool,
    },
    /// As `RemoteFenceI`, for SFENCE.VMA.
    RemoteSfenceVma {
        /// Who.
        harts: HartSet,
        /// Whether completion is waited for.
        wait: bool,
    },
    /// The guest ends the run with this exit code.
    Shutdown {
        /// 0 for success.
        code: u32,
    },
    /// The guest asks for a reset, which ends the run too.
    Reset,
}

/// Guest memory as firmware and devices reach it: physical, coherent.
pub trait GuestMemory {
    /// Copies bytes out; false when part of the range is not RAM.
    fn read_bytes(&self, at: u64, bytes: &mut [u8]) -> bool;
    /// Copies bytes in; false when part of the range is not RAM.
    fn write_bytes(&mut self, at: u64, bytes: &[u8]) -> bool;
}

/// How a firmware call (SBI, PSCI, a system call) ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Firmware {
    /// The trap is not a firmware call, or no native firmware is there: the hart takes the trap.
    NotACall,
    /// The run cannot go on, in words; where a kernel would have to be, nothing stands behind the trap.
    Stop(String),
    /// Done; results stand in the argument registers and the hart goes on behind the call instruction.
    Done,
}

/// One machine's devices and firmware.
pub trait Board: Clone + Send {
    /// Its instruction set.
    type Isa: Traced;

    /// Start of RAM: 0x8000_0000 on RISC-V, 0x4000_0000 on AArch64.
    const RAM: u64;

    /// Ticks of the platform timer in a second, as QEMU's board has them.
    const TIMER_HZ: u64;

    /// The harts that run when the machine starts; firmware keeps all but the first one stopped, a machine without it
    /// starts them all.
    fn running_at_reset(&self) -> HartSet;

    /// A hart that runs when the machine starts, as reset or the firmware leaves it.
    fn at_reset(&self, hart: HartId) -> <Self::Isa as Isa>::Hart;

    /// A hart that [`Effect::StartHart`] starts, with its argument where the guest expects it.
    fn started(&self, hart: HartId, argument: u64) -> <Self::Isa as Isa>::Hart {
        let mut state = self.at_reset(hart);
        <Self::Isa as Isa>::set_argument(&mut state, 0, argument);
        state
    }

    /// A hart that goes on after [`Effect::SuspendHart`] as if it had been started.
    fn resumed(&self, hart: HartId, _before: &<Self::Isa as Isa>::Hart, argument: u64) -> <Self::Isa as Isa>::Hart {
        self.started(hart, argument)
    }

    /// Tells the hart what its caches promise to instruction fetch, where its instruction set has a register for that
    /// (CTR_EL0.IDC and DIC).
    fn set_coherence(_hart: &mut <Self::Isa as Isa>::Hart, _idc: bool, _dic: bool) {}

    /// Reads a device. `None` when no device answers at this physical address.
    fn read(&mut self, hart: HartId, now: Ticks, at: u64, size: Size, effects: &mut Vec<Effect>) -> Option<u64>;

    /// Writes a device; false when none answers.
    fn write(&mut self, hart: HartId, now: Ticks, at: u64, size: Size, value: u64, effects: &mut Vec<Effect>) -> bool;

    /// Reads a device register behind a system instruction.
    fn read_system(&mut self, hart: HartId, now: Ticks, register: SystemReg, effects: &mut Vec<Effect>) -> Option<u64>;

    /// Writes one; false when the board has none of this name.
    fn write_system(
        &mut self,
        hart: HartId,
        now: Ticks,
        register: SystemReg,
        value: u64,
        effects: &mut Vec<Effect>,
    ) -> bool;

    /// Looks at an exception before the hart takes it; native firmware serves its calls here.
    fn firmware(
        &mut self,
        id: HartId,
        now: Ticks,
        hart: &mut <Self::Isa as Isa>::Hart,
        trap: &<Self::Isa as Isa>::Trap,
        memory: &mut dyn GuestMemory,
        effects: &mut Vec<Effect>,
    ) -> Firmware;

    /// Physical address of a doubleword in RAM that is watched (HTIF's `tohost`): after a store to any part of it has reached memory,
    /// the machine calls [`Board::watched_store`].
    fn watched(&self) -> Option<u64> {
        None
    }

    /// A store reached the watched doubleword: the board reads it from memory, acts and acknowledges.
    fn watched_store(&mut self, _memory: &mut dyn GuestMemory, _effects: &mut Vec<Effect>) {}

    /// Sets the interrupt inputs of a hart (mip bits; IRQ and FIQ) to what the devices say at this time.
    fn update_lines(&mut self, id: HartId, now: Ticks, hart: &mut <Self::Isa as Isa>::Hart);

    /// True when [`Board::update_lines`] would now read other control registers of the hart than the last time, so that the
    /// machine must ask again though no device has changed.
    fn lines_outdated(&self, _id: HartId, _hart: &<Self::Isa as Isa>::Hart) -> bool {
        false
    }

    /// The next time at which a timer changes this hart's inputs, if one is armed. A timer that [`Board::update_lines`]
    /// has already seen expired is not named again.
    fn next_timer(&self, id: HartId) -> Option<Ticks>;

    /// Lets a hart act. A board does so by [`Turn::act`]; it stands here so that the code made for a board, which is much, is made once.
    fn act(turn: Turn<'_, Self>, slots: &mut Slots<Self>) -> Pause;

    /// Console output since the last call.
    fn take_output(&mut self) -> Vec<u8>;

    /// What has been written since the last call to a console for errors, where there is one.
    fn take_errors(&mut self) -> Vec<u8> {
        Vec::new()
    }
}
