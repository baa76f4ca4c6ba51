//! The RISC-V board: memory map of QEMU's `virt` machine (`hw/riscv/virt.c`).
//!
//! Left out: goldfish RTC, virtio, PCIe, flash, fw_cfg. With native firmware the guest starts in S mode and the CLINT does not
//! answer, as OpenSBI keeps it from S mode by PMP.

use super::clint::{self, Clint};
use super::finisher;
use super::htif::Htif;
use super::plic::{self, Level, Plic};
use super::sbi::{Sbi, Services};
use super::uart16550::{self, Uart16550};
use super::{Board, Effect, Firmware, GuestMemory, Ticks, guest_memory, semihosting};
use crate::ids::{HartId, HartSet};
use crate::timed::{Pause, Slots, Turn};
use cmodx_isa::riscv::csr::{MEIP, MENVCFG_STCE, MSIP, MTIP, SEIP, SSIP, STIP};
use cmodx_isa::riscv::{Cause, Hart, Riscv, Trap};
use cmodx_isa::{Isa, Size, SystemReg};

const FINISHER: u64 = 0x10_0000;
const CLINT: u64 = 0x200_0000;
const PLIC: u64 = 0xc00_0000;
const UART: u64 = 0x1000_0000;
/// PLIC source of the UART.
const UART_SOURCE: usize = 10;
/// CSR number of stimecmp (Sstc).
const STIMECMP: SystemReg = SystemReg(0x14d);

/// What can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Native SBI serves ECALL from S mode, and all harts but hart 0 wait for HSM. Off: the program is its own firmware, every
    /// hart runs from reset in M mode.
    pub firmware: bool,
    /// A remote fence of the SBI returns when its targets have executed it.
    pub rfence_waits: bool,
    /// Where the program has HTIF's doublewords, if it uses them.
    pub htif: Option<Htif>,
    /// EBREAK between the two shifts of x0 that mark it is a semihosting call.
    pub semihosting: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { firmware: true, rfence_waits: true, htif: None, semihosting: false }
    }
}

/// `slli x0, x0, 0x1f; ebreak; srai x0, x0, 7`: a semihosting call (RISC-V Semihosting 0.4, section 2).
const SEMIHOSTING_CALL: [u32; 3] = [0x01f0_1013, 0x0010_0073, 0x4070_5013];

/// True when the EBREAK at this address is a semihosting call.
fn is_semihosting(hart: &Hart, memory: &mut dyn GuestMemory, ebreak: u64) -> bool {
    let call = SEMIHOSTING_CALL.map(u32::to_le_bytes).concat();
    let around = guest_memory::virtual_bytes::<Riscv>(hart, memory, ebreak.wrapping_sub(4), call.len() as u64);
    around.is_some_and(|bytes| bytes == call)
}

/// Inputs of a hart that come from outside, as last told to the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct External {
    machine: bool,
    supervisor: bool,
}

/// Devices and firmware.
#[derive(Clone, Debug)]
pub struct RiscvVirt {
    clint: Clint,
    plic: Plic,
    uart: Uart16550,
    sbi: Option<Sbi>,
    htif: Option<Htif>,
    semihosting: bool,
    /// stimecmp of each hart; the SBI's set_timer writes it too.
    deadlines: Vec<Ticks>,
    external: Vec<External>,
    /// Whether the M and S timer of each hart had expired when its inputs were last set.
    expired: Vec<[bool; 2]>,
    /// Whether stimecmp drove the S timer of each hart when its inputs were last set (menvcfg.STCE).
    compared: Vec<bool>,
    output: Vec<u8>,
    /// A hart after reset, but for its number.
    reset: Hart,
}

/// True when stimecmp drives mip.STIP.
fn compares(hart: &Hart) -> bool {
    hart.csr.menvcfg & MENVCFG_STCE != 0
}

impl RiscvVirt {
    /// A board with this many harts after reset.
    ///
    /// # Panics
    /// When there are not 1 to 64 harts.
    pub fn new(harts: usize, options: Options) -> RiscvVirt {
        assert!((1..=64).contains(&harts), "a board has 1 to 64 harts, not {harts}");
        RiscvVirt {
            clint: Clint::new(harts),
            plic: Plic::new(harts),
            uart: Uart16550::default(),
            sbi: options.firmware.then(|| Sbi::new(harts, options.rfence_waits)),
            htif: options.htif,
            semihosting: options.semihosting,
            deadlines: vec![Ticks::MAX; harts],
            external: vec![External::default(); harts],
            expired: vec![[false; 2]; harts],
            compared: vec![false; harts],
            output: Vec::new(),
            reset: Riscv::reset(0),
        }
    }

    /// The board with harts that come out of reset in this state, each with its own number in mhartid and a0.
    #[must_use]
    pub fn resetting_to(mut self, reset: Hart) -> RiscvVirt {
        self.reset = reset;
        self
    }

    /// Tells the machine about every hart whose external input the PLIC has changed.
    fn external_changed(&mut self, by: HartId, effects: &mut Vec<Effect>) {
        for (n, known) in self.external.iter_mut().enumerate() {
            let hart = HartId(n as u16);
            let now = External {
                machine: self.plic.asserted(hart, Level::Machine),
                supervisor: self.plic.asserted(hart, Level::Supervisor),
            };
            if *known != now {
                *known = now;
                effects.push(Effect::LinesChanged { hart, remote: hart != by });
            }
        }
    }

    fn uart_line_changed(&mut self, before: bool, by: HartId, effects: &mut Vec<Effect>) {
        let level = self.uart.interrupt();
        if level != before {
            self.plic.set_line(UART_SOURCE, level);
            self.external_changed(by, effects);
        }
    }

    /// The CLINT, where the guest may reach it.
    fn clint_at(&self, at: u64) -> Option<u64> {
        within(at, CLINT, clint::SIZE).filter(|_| self.sbi.is_none())
    }
}

/// Offset into a region.
fn within(at: u64, base: u64, size: u64) -> Option<u64> {
    at.checked_sub(base).filter(|&offset| offset < size)
}

impl Board for RiscvVirt {
    type Isa = Riscv;
    const RAM: u64 = 0x8000_0000;
    const TIMER_HZ: u64 = 10_000_000;

    fn running_at_reset(&self) -> HartSet {
        self.sbi.as_ref().map_or(HartSet::first(self.deadlines.len()), Sbi::started)
    }

    fn at_reset(&self, hart: HartId) -> Hart {
        let mut state = self.reset.clone();
        let identity = u64::from(hart.0);
        state.csr.mhartid = identity;
        // The boot ROM's part.
        Riscv::set_argument(&mut state, 0, identity);
        if self.sbi.is_some() { state.handed_over() } else { state }
    }

    /// HSM hart_start: a0 is the hart id, a1 the argument.
    fn started(&self, hart: HartId, argument: u64) -> Hart {
        let mut state = self.at_reset(hart);
        Riscv::set_argument(&mut state, 1, argument);
        state
    }

    /// What may wake the hart is kept.
    fn resumed(&self, hart: HartId, before: &Hart, argument: u64) -> Hart {
        let mut state = self.started(hart, argument);
        (state.csr.mip, state.csr.mie) = (before.csr.mip, before.csr.mie);
        state
    }

    fn read(&mut self, hart: HartId, now: Ticks, at: u64, size: Size, effects: &mut Vec<Effect>) -> Option<u64> {
        if let Some(offset) = within(at, UART, uart16550::SIZE) {
            let before = self.uart.interrupt();
            let value = self.uart.read(offset)?;
            self.uart_line_changed(before, hart, effects);
            Some(u64::from(value))
        } else if let Some(offset) = within(at, PLIC, plic::SIZE) {
            let value = self.plic.read(offset, size)?;
            self.external_changed(hart, effects);
            Some(value)
        } else if let Some(offset) = self.clint_at(at) {
            self.clint.read(now, offset, size)
        } else {
            within(at, FINISHER, finisher::SIZE).map(|_| 0)
        }
    }

    fn write(&mut self, hart: HartId, _: Ticks, at: u64, size: Size, value: u64, effects: &mut Vec<Effect>) -> bool {
        if let Some(offset) = within(at, UART, uart16550::SIZE) {
            let before = self.uart.interrupt();
            let Some(sent) = self.uart.write(offset, value as u8) else { return false };
            self.output.extend(sent);
            self.uart_line_changed(before, hart, effects);
            true
        } else if let Some(offset) = within(at, PLIC, plic::SIZE) {
            let there = self.plic.write(offset, size, value);
            self.external_changed(hart, effects);
            there
        } else if let Some(offset) = self.clint_at(at) {
            let Some(changed) = self.clint.write(offset, size, value) else { return false };
            effects.extend(changed.map(|target| Effect::LinesChanged { hart: target, remote: target != hart }));
            true
        } else if let Some(offset) = within(at, FINISHER, finisher::SIZE).filter(|_| size != Size::Byte) {
            effects.extend(finisher::written(offset, value as u32));
            true
        } else {
            false
        }
    }

    fn read_system(&mut self, hart: HartId, _: Ticks, register: SystemReg, _: &mut Vec<Effect>) -> Option<u64> {
        (register == STIMECMP).then(|| self.deadlines[hart.index()])
    }

    fn write_system(
        &mut self,
        hart: HartId,
        _: Ticks,
        register: SystemReg,
        value: u64,
        effects: &mut Vec<Effect>,
    ) -> bool {
        if register != STIMECMP {
            return false;
        }
        self.deadlines[hart.index()] = value;
        effects.push(Effect::LinesChanged { hart, remote: false });
        true
    }

    fn firmware(
        &mut self,
        id: HartId,
        _: Ticks,
        hart: &mut Hart,
        trap: &Trap,
        memory: &mut dyn GuestMemory,
        effects: &mut Vec<Effect>,
    ) -> Firmware {
        if self.semihosting && trap.cause == Cause::BREAKPOINT && is_semihosting(hart, memory, trap.tval) {
            let [operation, parameter] = [0, 1].map(|n| Riscv::argument(hart, n));
            let result = semihosting::call::<Riscv>(hart, operation, parameter, memory, &mut self.output, effects);
            Riscv::set_argument(hart, 0, result);
            return Firmware::Done;
        }
        let Some(sbi) = self.sbi.as_mut().filter(|_| trap.cause == Cause::ECALL_S) else { return Firmware::NotACall };
        let deadline = &mut self.deadlines[id.index()];
        sbi.call(id, hart, &mut Services { memory, deadline, output: &mut self.output, effects });
        Firmware::Done
    }

    fn watched(&self) -> Option<u64> {
        self.htif.map(|htif| htif.tohost)
    }

    fn watched_store(&mut self, memory: &mut dyn GuestMemory, effects: &mut Vec<Effect>) {
        if let Some(htif) = self.htif {
            htif.serve(memory, &mut self.output, effects);
        }
    }

    fn update_lines(&mut self, id: HartId, now: Ticks, hart: &mut Hart) {
        let compared = compares(hart);
        let mip = &mut hart.csr.mip;
        let mut set = |bit: u64, level: bool| *mip = if level { *mip | bit } else { *mip & !bit };
        set(MSIP, self.clint.software(id));
        let [machine_timer, supervisor_timer] =
            [self.clint.deadline(id), self.deadlines[id.index()]].map(|at| now >= at);
        set(MTIP, machine_timer);
        set(MEIP, self.plic.asserted(id, Level::Machine));
        set(SEIP, self.plic.asserted(id, Level::Supervisor));
        // Without Sstc the bit belongs to M-mode software.
        if compared || self.sbi.is_some() {
            set(STIP, supervisor_timer);
        }
        self.compared[id.index()] = compared;
        // A message, not a level: the hart itself clears the bit.
        if self.sbi.as_mut().is_some_and(|sbi| sbi.take_interrupt(id)) {
            set(SSIP, true);
        }
        if let Some(sbi) = self.sbi.as_mut().filter(|_| Riscv::wakes(hart)) {
            sbi.wake(id);
        }
        self.expired[id.index()] = [machine_timer, supervisor_timer];
    }

    fn lines_outdated(&self, id: HartId, hart: &Hart) -> bool {
        self.compared[id.index()] != compares(hart)
    }

    fn next_timer(&self, id: HartId) -> Option<Ticks> {
        let timers = [self.clint.deadline(id), self.deadlines[id.index()]];
        let armed =
            timers.into_iter().zip(self.expired[id.index()]).filter(|&(at, expired)| at != Ticks::MAX && !expired);
        armed.map(|(at, _)| at).min()
    }

    fn act(turn: Turn<'_, Self>, slots: &mut Slots<Self>) -> Pause {
        turn.act(slots)
    }

    fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing::Ram;

    const H0: HartId = HartId(0);
    const H1: HartId = HartId(1);

    fn bare(harts: usize) -> RiscvVirt {
        RiscvVirt::new(harts, Options { firmware: false, ..Options::default() })
    }

    fn mip(board: &mut RiscvVirt, id: HartId, now: Ticks) -> u64 {
        let mut hart = Hart::supervisor(u64::from(id.0));
        board.update_lines(id, now, &mut hart);
        hart.csr.mip
    }

    #[test]
    fn a_bare_program_has_all_harts_the_clint_and_its_own_ecall() {
        let mut board = bare(3);
        let mut effects = Vec::new();
        assert_eq!(board.running_at_reset(), HartSet(0b111));
        assert_eq!(board.read(H0, 42, CLINT + 0xbff8, Size::Double, &mut effects), Some(42));
        let (mut hart, mut ram) = (Hart::new(0), Ram::at(RiscvVirt::RAM));
        let ecall = Trap::new(Cause::ECALL_S, 0);
        assert_eq!(board.firmware(H0, 0, &mut hart, &ecall, &mut ram, &mut effects), Firmware::NotACall);
        assert!(board.write(H0, 0, CLINT + 4, Size::Word, 1, &mut effects));
        assert_eq!(effects, [Effect::LinesChanged { hart: H1, remote: true }]);
        assert_eq!(mip(&mut board, H1, 0) & MSIP, MSIP);
    }

    #[test]
    fn firmware_keeps_the_clint_to_itself_and_starts_hart_0_alone() {
        let mut board = RiscvVirt::new(4, Options::default());
        let mut effects = Vec::new();
        assert_eq!(board.running_at_reset(), HartSet(1));
        assert_eq!(board.read(H0, 0, CLINT + 0xbff8, Size::Double, &mut effects), None);
        assert!(!board.write(H0, 0, CLINT, Size::Word, 1, &mut effects));
        let (mut hart, mut ram) = (Hart::supervisor(0), Ram::at(RiscvVirt::RAM));
        for (cause, served) in [(Cause::ECALL_S, Firmware::Done), (Cause::ECALL_U, Firmware::NotACall)] {
            hart.x[17] = 0x10;
            assert_eq!(board.firmware(H0, 0, &mut hart, &Trap::new(cause, 0), &mut ram, &mut effects), served);
        }
    }

    #[test]
    fn an_sbi_ipi_sets_ssip_once_and_software_clears_it() {
        let mut board = RiscvVirt::new(2, Options::default());
        let (mut hart, mut ram, mut effects) = (Hart::supervisor(0), Ram::at(RiscvVirt::RAM), Vec::new());
        hart.x[10] = 1;
        hart.x[17] = 0x73_5049;
        board.firmware(H0, 0, &mut hart, &Trap::new(Cause::ECALL_S, 0), &mut ram, &mut effects);
        assert_eq!(effects, [Effect::LinesChanged { hart: H0, remote: false }]);
        board.update_lines(H0, 0, &mut hart);
        assert_eq!(hart.csr.mip & SSIP, SSIP);
        hart.csr.mip &= !SSIP;
        board.update_lines(H0, 0, &mut hart);
        assert_eq!(hart.csr.mip & SSIP, 0);
    }

    #[test]
    fn stimecmp_arms_the_supervisor_timer_until_it_has_been_seen_to_expire() {
        let mut board = RiscvVirt::new(1, Options::default());
        let mut effects = Vec::new();
        assert_eq!(board.next_timer(H0), None);
        assert!(board.write_system(H0, 0, STIMECMP, 100, &mut effects));
        assert_eq!(board.read_system(H0, 0, STIMECMP, &mut effects), Some(100));
        assert_eq!(mip(&mut board, H0, 99) & STIP, 0);
        assert_eq!(board.next_timer(H0), Some(100));
        assert_eq!(mip(&mut board, H0, 100) & STIP, STIP);
        assert_eq!(board.next_timer(H0), None);
        board.write_system(H0, 100, STIMECMP, 500, &mut effects);
        assert_eq!(mip(&mut board, H0, 101) & STIP, 0);
        assert_eq!(board.next_timer(H0), Some(500));
        assert!(!board.write_system(H0, 0, SystemReg(0x5c0), 1, &mut effects));
    }

    #[test]
    fn the_m_timer_follows_mtimecmp_and_leaves_software_its_stip() {
        let mut board = bare(1);
        let mut effects = Vec::new();
        board.write(H0, 0, CLINT + 0x4000, Size::Double, 10, &mut effects);
        let mut hart = Hart::new(0);
        hart.csr.mip = STIP;
        board.update_lines(H0, 9, &mut hart);
        assert_eq!((hart.csr.mip, board.next_timer(H0)), (STIP, Some(10)));
        board.update_lines(H0, 10, &mut hart);
        assert_eq!((hart.csr.mip, board.next_timer(H0)), (STIP | MTIP, None));
    }

    #[test]
    fn the_transmit_interrupt_of_the_uart_goes_through_the_plic_to_the_context_that_enabled_it() {
        let mut board = RiscvVirt::new(2, Options::default());
        let mut effects = Vec::new();
        let context_s1 = 3;
        board.write(H0, 0, PLIC + 4 * UART_SOURCE as u64, Size::Word, 1, &mut effects);
        board.write(H0, 0, PLIC + 0x2000 + 0x80 * context_s1, Size::Word, 1 << UART_SOURCE, &mut effects);
        assert!(effects.is_empty());
        board.write(H0, 0, UART + 1, Size::Byte, 2, &mut effects);
        assert_eq!(effects, [Effect::LinesChanged { hart: H1, remote: true }]);
        assert_eq!((mip(&mut board, H1, 0) & SEIP, mip(&mut board, H0, 0)), (SEIP, 0));
        let claim = PLIC + 0x20_0004 + 0x1000 * context_s1;
        assert_eq!(board.read(H1, 0, claim, Size::Word, &mut effects), Some(UART_SOURCE as u64));
        assert_eq!(effects[1], Effect::LinesChanged { hart: H1, remote: false });
        assert_eq!(mip(&mut board, H1, 0) & SEIP, 0);
    }

    #[test]
    fn output_of_uart_and_htif_comes_out_in_order_and_the_finisher_ends_the_run() {
        let tohost = RiscvVirt::RAM + 0x100;
        let htif = Some(Htif { tohost, fromhost: None });
        let mut board = RiscvVirt::new(1, Options { firmware: false, htif, ..Options::default() });
        let (mut ram, mut effects) = (Ram::at(RiscvVirt::RAM), Vec::new());
        assert_eq!(board.watched(), Some(tohost));
        board.write(H0, 0, UART, Size::Byte, u64::from(b'a'), &mut effects);
        ram.put(tohost, 0x0101_0000_0000_0000 | u64::from(b'b'));
        board.watched_store(&mut ram, &mut effects);
        board.write(H0, 0, UART, Size::Byte, u64::from(b'c'), &mut effects);
        assert_eq!(board.take_output(), b"abc");
        assert!(board.take_output().is_empty() && effects.is_empty());
        board.write(H0, 0, FINISHER, Size::Word, 0x5555, &mut effects);
        assert_eq!(effects, [Effect::Shutdown { code: 0 }]);
    }

    #[test]
    fn only_an_ebreak_between_its_marks_is_a_semihosting_call() {
        let options = Options { firmware: false, semihosting: true, ..Options::default() };
        let (mut board, mut hart) = (RiscvVirt::new(1, options), Hart::new(0));
        let (mut ram, mut effects) = (Ram::at(RiscvVirt::RAM), Vec::new());
        let ebreak = RiscvVirt::RAM + 0x104;
        for (n, word) in SEMIHOSTING_CALL.into_iter().enumerate() {
            ram.write_bytes(ebreak - 4 + 4 * n as u64, &word.to_le_bytes());
        }
        ram.write_bytes(RiscvVirt::RAM, b"Z");
        (hart.x[10], hart.x[11]) = (3, RiscvVirt::RAM);
        let mut call = |at| board.firmware(H0, 0, &mut hart, &Trap::new(Cause::BREAKPOINT, at), &mut ram, &mut effects);
        assert_eq!([ebreak, ebreak + 4, 0].map(&mut call), [Firmware::Done, Firmware::NotACall, Firmware::NotACall]);
        assert_eq!((hart.x[10], board.take_output()), (0, b"Z".to_vec()));
    }

    #[test]
    fn nothing_answers_between_the_devices() {
        let mut board = bare(1);
        for at in [0, FINISHER - 1, FINISHER + 0x1000, CLINT + clint::SIZE, UART + 0x100, u64::MAX] {
            assert_eq!(board.read(H0, 0, at, Size::Word, &mut Vec::new()), None, "{at:#x}");
            assert!(!board.write(H0, 0, at, Size::Word, 0, &mut Vec::new()), "{at:#x}");
        }
    }
}
