//! The AArch64 board: memory map of QEMU's `virt` machine with GICv3, without EL3, with EL2 where it is asked for
//! (`hw/arm/virt.c`; `-M virt,virtualization=on`).
//!
//! Left out: PL031, virtio, PCIe, flash, fw_cfg, ITS, SMMU.

use super::generic_timer::{self, GenericTimer};
use super::gicv3::{Gic, Lines, distributor, redistributor};
use super::pl011::{self, Pl011};
use super::psci::Psci;
use super::{Board, Effect, Firmware, GuestMemory, Ticks, semihosting};
use crate::ids::{HartId, HartSet};
use crate::timed::{Pause, Slots, Turn};
use cmodx_isa::aarch64::{Aarch64, Hart, Trap};
use cmodx_isa::{Isa, Size, SystemReg};

const GICD: u64 = 0x800_0000;
const GICR: u64 = 0x80a_0000;
const UART: u64 = 0x900_0000;
/// SPI 1.
const UART_INTID: u32 = 33;
/// PPIs of the virtual, the physical and EL2's timer.
const TIMER_INTIDS: [u32; 3] = [27, 30, 26];
/// PPI of the performance monitors.
const COUNTER_INTID: u32 = 23;

/// What can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Native PSCI serves HVC and SMC (SMC alone where there is an EL2), and all harts but hart 0 wait for CPU_ON. Off: both
    /// are undefined, and every hart runs from reset.
    pub firmware: bool,
    /// HLT #0xF000 is a semihosting call.
    pub semihosting: bool,
    /// There is an EL2, in which harts start.
    pub el2: bool,
    /// Harts have FEAT_PAuth.
    pub pauth: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { firmware: true, semihosting: false, el2: false, pauth: false }
    }
}

/// Devices and firmware.
#[derive(Clone, Debug)]
pub struct Aarch64Virt {
    gic: Gic,
    timers: Vec<GenericTimer>,
    uart: Pl011,
    psci: Option<Psci>,
    semihosting: bool,
    el2: bool,
    pauth: bool,
    /// Inputs of each hart as the machine last learned that they changed.
    lines: Vec<Lines>,
    /// Whether the timers of each hart had expired when its inputs were last set.
    expired: Vec<[bool; 3]>,
    output: Vec<u8>,
}

impl Aarch64Virt {
    /// A board with this many harts after reset.
    ///
    /// # Panics
    /// When there are not 1 to 64 harts.
    pub fn new(harts: usize, options: Options) -> Aarch64Virt {
        assert!((1..=64).contains(&harts), "a board has 1 to 64 harts, not {harts}");
        Aarch64Virt {
            gic: Gic::new(harts),
            timers: vec![GenericTimer::default(); harts],
            uart: Pl011::default(),
            psci: options.firmware.then(|| Psci::new(harts)),
            semihosting: options.semihosting,
            el2: options.el2,
            pauth: options.pauth,
            lines: vec![Lines::default(); harts],
            expired: vec![[false; 3]; harts],
            output: Vec::new(),
        }
    }

    fn all(&self) -> HartSet {
        HartSet::first(self.timers.len())
    }

    /// Tells the machine which of these harts have got other inputs.
    fn lines_changed(&mut self, harts: HartSet, by: HartId, effects: &mut Vec<Effect>) {
        for hart in harts.iter() {
            let lines = self.gic.lines(hart);
            if self.lines[hart.index()] != lines {
                self.lines[hart.index()] = lines;
                effects.push(Effect::LinesChanged { hart, remote: hart != by });
            }
        }
    }

    /// Brings the timer interrupts of a hart up to date.
    fn sample_timers(&mut self, hart: HartId, now: Ticks) -> [bool; 3] {
        let levels = self.timers[hart.index()].interrupts(now);
        for (intid, level) in TIMER_INTIDS.into_iter().zip(levels) {
            self.gic.set_ppi(hart, intid, level);
        }
        levels
    }

    /// The hart whose redistributor holds this address, and the offset into it.
    fn redistributor_at(&self, at: u64) -> Option<(usize, u64)> {
        let offset = within(at, GICR, redistributor::SIZE * self.timers.len() as u64)?;
        Some(((offset / redistributor::SIZE) as usize, offset % redistributor::SIZE))
    }
}

/// PMINTENSET_EL1, PMINTENCLR_EL1 and PM*_EL0: what they do is the instruction set's affair.
fn is_of_pmu(register: SystemReg) -> bool {
    let (levels, crn, crm) = (register.0 >> 11 & 0x1f, register.0 >> 7 & 15, register.0 >> 3 & 15);
    match levels {
        0b11_000 => crn == 9 && crm == 14,
        0b11_011 => crn == 9 && crm >= 12 || crn == 14 && crm >= 8,
        _ => false,
    }
}

/// Offset into a region.
fn within(at: u64, base: u64, size: u64) -> Option<u64> {
    at.checked_sub(base).filter(|&offset| offset < size)
}

impl Board for Aarch64Virt {
    type Isa = Aarch64;
    const RAM: u64 = 0x4000_0000;
    const TIMER_HZ: u64 = generic_timer::FREQUENCY;

    fn running_at_reset(&self) -> HartSet {
        self.psci.as_ref().map_or(self.all(), Psci::on)
    }

    fn set_coherence(hart: &mut Hart, idc: bool, dic: bool) {
        hart.set_coherence(idc, dic);
    }

    fn at_reset(&self, hart: HartId) -> Hart {
        let mut state = Aarch64::reset(hart.0.into());
        state.set_counter_frequency(Self::TIMER_HZ);
        state.set_pointer_authentication(self.pauth);
        if self.el2 {
            state.start_at_el2();
        }
        state
    }

    fn read(&mut self, _: HartId, now: Ticks, at: u64, size: Size, _: &mut Vec<Effect>) -> Option<u64> {
        if let Some(offset) = within(at, UART, pl011::SIZE) {
            Some(u64::from(self.uart.read(offset)) & size.mask())
        } else if let Some(offset) = within(at, GICD, distributor::SIZE) {
            Some(self.gic.distributor().read(offset, size))
        } else {
            let (owner, offset) = self.redistributor_at(at)?;
            self.sample_timers(HartId(owner as u16), now);
            Some(self.gic.redistributor(owner)?.read(offset, size))
        }
    }

    fn write(&mut self, hart: HartId, now: Ticks, at: u64, size: Size, value: u64, effects: &mut Vec<Effect>) -> bool {
        let touched = if let Some(offset) = within(at, UART, pl011::SIZE) {
            let before = self.uart.interrupt();
            self.output.extend(self.uart.write(offset, value as u32));
            if self.uart.interrupt() == before {
                return true;
            }
            self.gic.set_spi(UART_INTID, !before);
            self.all()
        } else if let Some(offset) = within(at, GICD, distributor::SIZE) {
            self.gic.distributor().write(offset, size, value);
            self.all()
        } else if let Some((owner, offset)) = self.redistributor_at(at) {
            let id = HartId(owner as u16);
            self.sample_timers(id, now);
            if let Some(redistributor) = self.gic.redistributor(owner) {
                redistributor.write(offset, size, value);
            }
            HartSet(1 << id.0)
        } else {
            return false;
        };
        self.lines_changed(touched, hart, effects);
        true
    }

    fn read_system(&mut self, hart: HartId, now: Ticks, register: SystemReg, effects: &mut Vec<Effect>) -> Option<u64> {
        if let Some(value) = self.timers[hart.index()].read(now, register) {
            return Some(value);
        }
        self.sample_timers(hart, now);
        let value = self.gic.read_system(hart, register)?;
        self.lines_changed(HartSet(1 << hart.0), hart, effects);
        Some(value)
    }

    fn write_system(
        &mut self,
        hart: HartId,
        now: Ticks,
        register: SystemReg,
        value: u64,
        effects: &mut Vec<Effect>,
    ) -> bool {
        if self.timers[hart.index()].write(now, register, value) || is_of_pmu(register) {
            // The machine asks for lines and the next timer again, whether or not a line changed.
            effects.push(Effect::LinesChanged { hart, remote: false });
            return true;
        }
        self.sample_timers(hart, now);
        let Some(touched) = self.gic.write_system(hart, register, value) else { return false };
        self.lines_changed(touched, hart, effects);
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
        let registers: [u64; 4] = std::array::from_fn(|n| Aarch64::argument(hart, n));
        let result = match &mut self.psci {
            Some(psci) if trap.smc() == Some(0) || trap.hvc() == Some(0) && !self.el2 => {
                let result = psci.call(id, registers, memory, effects);
                if let Some(&Effect::StartHart { hart: target, .. }) = effects.last() {
                    self.gic.reset_interface(target);
                    self.timers[target.index()] = GenericTimer::default();
                }
                result
            }
            _ if self.semihosting && trap.is_semihosting() => {
                let [operation, parameter, ..] = registers;
                semihosting::call::<Aarch64>(hart, operation, parameter, memory, &mut self.output, effects)
            }
            _ => return Firmware::NotACall,
        };
        Aarch64::set_argument(hart, 0, result);
        Firmware::Done
    }

    fn update_lines(&mut self, id: HartId, now: Ticks, hart: &mut Hart) {
        self.expired[id.index()] = self.sample_timers(id, now);
        self.gic.set_ppi(id, COUNTER_INTID, hart.counter_interrupt());
        let lines = self.gic.lines(id);
        self.lines[id.index()] = lines;
        (hart.irq, hart.fiq) = (lines.irq, lines.fiq);
    }

    fn next_timer(&self, id: HartId) -> Option<Ticks> {
        let deadlines = self.timers[id.index()].deadlines();
        let armed = deadlines.into_iter().zip(self.expired[id.index()]).filter(|&(_, expired)| !expired);
        armed.filter_map(|(deadline, _)| deadline).min()
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
    use crate::platform::gicv3::system;
    use crate::platform::testing::Ram;
    use cmodx_isa::aarch64::Cause;

    const H0: HartId = HartId(0);
    const H1: HartId = HartId(1);
    const CNTV_CTL: SystemReg = system(3, 3, 14, 3, 1);
    const CNTV_CVAL: SystemReg = system(3, 3, 14, 3, 2);
    const ICC_SGI1R: SystemReg = system(3, 0, 12, 11, 5);
    const ICC_IAR1: SystemReg = system(3, 0, 12, 12, 0);
    const ICC_EOIR1: SystemReg = system(3, 0, 12, 12, 1);

    /// A board whose guest has set the interrupt controller up for group 1.
    fn set_up(harts: usize) -> Aarch64Virt {
        let mut board = Aarch64Virt::new(harts, Options::default());
        let mut effects = Vec::new();
        board.write(H0, 0, GICD, Size::Word, 2, &mut effects);
        for n in 0..harts {
            let base = GICR + redistributor::SIZE * n as u64;
            for (offset, value) in [(0x14, 0), (0x1_0080, 0xffff_ffff), (0x1_0100, 0xffff_ffff)] {
                assert!(board.write(H0, 0, base + offset, Size::Word, value, &mut effects));
            }
            for (register, value) in [(system(3, 0, 4, 6, 0), 0xf8), (system(3, 0, 12, 12, 7), 1)] {
                assert!(board.write_system(HartId(n as u16), 0, register, value, &mut effects));
            }
        }
        assert!(effects.is_empty(), "no interrupt is pending");
        board
    }

    fn inputs(board: &mut Aarch64Virt, id: HartId, now: Ticks) -> (bool, bool) {
        let mut hart = board.at_reset(id);
        board.update_lines(id, now, &mut hart);
        (hart.irq, hart.fiq)
    }

    #[test]
    fn an_sgi_raises_the_irq_of_its_target_until_it_is_acknowledged() {
        let mut board = set_up(2);
        let mut effects = Vec::new();
        assert!(board.write_system(H0, 0, ICC_SGI1R, 5 << 24 | 0b10, &mut effects));
        assert_eq!(effects, [Effect::LinesChanged { hart: H1, remote: true }]);
        assert_eq!((inputs(&mut board, H0, 0), inputs(&mut board, H1, 0)), ((false, false), (true, false)));
        effects.clear();
        assert_eq!(board.read_system(H1, 0, ICC_IAR1, &mut effects), Some(5));
        assert_eq!(effects, [Effect::LinesChanged { hart: H1, remote: false }]);
        assert_eq!(inputs(&mut board, H1, 0), (false, false));
        assert!(board.write_system(H1, 0, ICC_EOIR1, 5, &mut effects));
    }

    #[test]
    fn the_virtual_timer_interrupts_as_ppi_27_when_its_time_comes() {
        let mut board = set_up(1);
        let mut effects = Vec::new();
        board.write_system(H0, 0, CNTV_CVAL, 1000, &mut effects);
        board.write_system(H0, 0, CNTV_CTL, 1, &mut effects);
        assert!(effects.contains(&Effect::LinesChanged { hart: H0, remote: false }));
        assert_eq!((inputs(&mut board, H0, 999).0, board.next_timer(H0)), (false, Some(1000)));
        assert_eq!((inputs(&mut board, H0, 1000).0, board.next_timer(H0)), (true, None));
        assert_eq!(board.read_system(H0, 1001, ICC_IAR1, &mut effects), Some(27));
        board.write_system(H0, 1002, CNTV_CTL, 3, &mut effects);
        board.write_system(H0, 1002, ICC_EOIR1, 27, &mut effects);
        assert_eq!((inputs(&mut board, H0, 1003).0, board.next_timer(H0)), (false, None));
    }

    #[test]
    fn the_uart_prints_and_interrupts_through_spi_1() {
        let mut board = set_up(2);
        let mut effects = Vec::new();
        for (offset, size, value) in
            [(0x084, Size::Word, 1 << 1), (0x104, Size::Word, 1 << 1), (0x6000 + 8 * 33, Size::Double, 1)]
        {
            assert!(board.write(H0, 0, GICD + offset, size, value, &mut effects));
        }
        board.write(H0, 0, UART, Size::Word, u64::from(b'q'), &mut effects);
        assert!(effects.is_empty());
        board.write(H0, 0, UART + 0x38, Size::Word, 1 << 5, &mut effects);
        assert_eq!(effects, [Effect::LinesChanged { hart: H1, remote: true }]);
        assert_eq!(board.read_system(H1, 0, ICC_IAR1, &mut effects), Some(33));
        assert_eq!(board.take_output(), b"q");
    }

    #[test]
    fn psci_answers_hvc_and_smc_with_immediate_0() {
        let mut board = Aarch64Virt::new(2, Options::default());
        let (mut hart, mut ram, mut effects) = (board.at_reset(H0), Ram::at(Aarch64Virt::RAM), Vec::new());
        for cause in [Cause::Hvc, Cause::Smc] {
            hart.x[0] = 0x8400_0000;
            let trap = Trap::sync(cause, 0);
            assert_eq!(board.firmware(H0, 0, &mut hart, &trap, &mut ram, &mut effects), Firmware::Done);
            assert_eq!(hart.x[0], 0x1_0001);
        }
        for trap in [Trap::sync(Cause::Svc, 0), Trap::sync(Cause::Hvc, 1), Trap::sync(Cause::Halt, 0xf000)] {
            assert_eq!(board.firmware(H0, 0, &mut hart, &trap, &mut ram, &mut effects), Firmware::NotACall);
        }
        assert_eq!(board.running_at_reset(), HartSet(1));
        hart.x[..4].copy_from_slice(&[0xc400_0003, 1, Aarch64Virt::RAM, 9]);
        board.firmware(H0, 0, &mut hart, &Trap::sync(Cause::Hvc, 0), &mut ram, &mut effects);
        assert_eq!(effects, [Effect::StartHart { hart: H1, entry: Aarch64Virt::RAM, argument: 9 }]);
        assert_eq!(board.started(H1, 9).x[0], 9);
    }

    #[test]
    fn with_an_el2_harts_start_there_and_psci_answers_smc_alone() {
        let mut board = Aarch64Virt::new(2, Options { el2: true, ..Options::default() });
        let (mut hart, mut ram, mut effects) = (board.at_reset(H0), Ram::at(Aarch64Virt::RAM), Vec::new());
        assert_eq!((hart.el, hart.spsel, board.started(H1, 5).el), (2, true, 2));
        hart.x[0] = 0x8400_0000;
        let mut call = |cause| board.firmware(H0, 0, &mut hart, &Trap::sync(cause, 0), &mut ram, &mut effects);
        assert_eq!(call(Cause::Hvc), Firmware::NotACall);
        assert_eq!(call(Cause::Smc), Firmware::Done);
        assert_eq!(hart.x[0], 0x1_0001);
    }

    #[test]
    fn semihosting_is_off_unless_asked_for_and_firmware_can_be_off() {
        let mut board = Aarch64Virt::new(3, Options { firmware: false, semihosting: true, ..Options::default() });
        assert_eq!(board.running_at_reset(), HartSet(0b111));
        let (mut hart, mut ram, mut effects) = (board.at_reset(H0), Ram::at(Aarch64Virt::RAM), Vec::new());
        let hvc = Trap::sync(Cause::Hvc, 0);
        assert_eq!(board.firmware(H0, 0, &mut hart, &hvc, &mut ram, &mut effects), Firmware::NotACall);
        ram.write_bytes(Aarch64Virt::RAM, b"Z");
        (hart.x[0], hart.x[1]) = (3, Aarch64Virt::RAM);
        let halt = Trap::sync(Cause::Halt, 0xf000);
        assert_eq!(board.firmware(H0, 0, &mut hart, &halt, &mut ram, &mut effects), Firmware::Done);
        assert_eq!((hart.x[0], board.take_output()), (0, b"Z".to_vec()));
    }

    #[test]
    fn redistributors_follow_each_other_and_nothing_comes_behind_the_last() {
        let mut board = Aarch64Virt::new(3, Options::default());
        let typer = |board: &mut Aarch64Virt, n: u64| {
            board.read(H0, 0, GICR + redistributor::SIZE * n + 8, Size::Double, &mut Vec::new())
        };
        assert_eq!([0, 1, 2].map(|n| typer(&mut board, n)), [Some(0), Some(0x1_0000_0100), Some(0x2_0000_0210)]);
        assert_eq!(typer(&mut board, 3), None);
        for at in [0, GICD - 1, GICD + distributor::SIZE, UART + 0x1000, Aarch64Virt::RAM] {
            assert_eq!(board.read(H0, 0, at, Size::Word, &mut Vec::new()), None, "{at:#x}");
            assert!(!board.write(H0, 0, at, Size::Word, 0, &mut Vec::new()), "{at:#x}");
        }
    }
}
