//! Native SBI: the calls that a supervisor makes by ECALL from S mode. Source: RISC-V Supervisor Binary Interface
//! Specification 2.0, chapters 3-12; where it leaves a choice, what OpenSBI does.
//!
//! Left out: PMU, SUSP, CPPC, NACL, STA (probed as absent), platform-specific kinds of suspend, and hypervisor fences. A request
//! to a stopped hart is dropped.

use super::guest_memory::{physical_bytes, virtual_word};
use super::{Effect, GuestMemory, Ticks};
use crate::ids::{HartId, HartSet};
use cmodx_isa::Isa;
use cmodx_isa::riscv::csr::SSIP;
use cmodx_isa::riscv::{Hart, Riscv};

/// Version 2.0: major in bits 30-24, minor below.
const SPEC_VERSION: u64 = 2 << 24;
/// Not registered: "CMODX" is no firmware that a kernel has workarounds for.
const IMPLEMENTATION_ID: u64 = 0x434d_4f44;
const IMPLEMENTATION_VERSION: u64 = 1;

const LEGACY_SET_TIMER: u64 = 0;
const LEGACY_CONSOLE_PUTCHAR: u64 = 1;
const LEGACY_CONSOLE_GETCHAR: u64 = 2;
const LEGACY_CLEAR_IPI: u64 = 3;
const LEGACY_SEND_IPI: u64 = 4;
const LEGACY_REMOTE_FENCE_I: u64 = 5;
const LEGACY_REMOTE_SFENCE_VMA: u64 = 6;
const LEGACY_REMOTE_SFENCE_VMA_ASID: u64 = 7;
const LEGACY_SHUTDOWN: u64 = 8;
const BASE: u64 = 0x10;
const TIME: u64 = 0x5449_4d45;
const IPI: u64 = 0x73_5049;
const RFENCE: u64 = 0x5246_4e43;
const HSM: u64 = 0x48_534d;
const SRST: u64 = 0x5352_5354;
const DBCN: u64 = 0x4442_434e;

/// Kinds of suspension that every platform can have.
const SUSPEND_RETENTIVE: u32 = 0;
const SUSPEND_NON_RETENTIVE: u32 = 0x8000_0000;
/// State of a suspended hart.
const HSM_SUSPENDED: u64 = 4;

/// `hart_mask_base` that means every hart.
const ALL_HARTS: u64 = u64::MAX;

/// Why a call failed (specification, table 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i64)]
enum Error {
    Failed = -1,
    NotSupported = -2,
    InvalidParam = -3,
    InvalidAddress = -5,
    AlreadyAvailable = -6,
}

/// Value of a successful call.
type Answer = Result<u64, Error>;

/// What a call may touch besides the hart that makes it.
pub struct Services<'a> {
    /// Guest memory.
    pub memory: &'a mut dyn GuestMemory,
    /// The supervisor timer of the calling hart.
    pub deadline: &'a mut Ticks,
    /// The console.
    pub output: &'a mut Vec<u8>,
    /// What the machine has to do.
    pub effects: &'a mut Vec<Effect>,
}

/// Firmware state of all harts.
#[derive(Clone, Debug)]
pub struct Sbi {
    harts: HartSet,
    started: HartSet,
    /// Harts with a software interrupt that has not been put into their mip yet.
    interrupted: HartSet,
    suspended: HartSet,
    rfence_waits: bool,
}

impl Sbi {
    /// For this many harts, of which only hart 0 runs. `rfence_waits`: a remote fence returns when the targets have executed
    /// it, as with OpenSBI; the specification promises only that the request was sent.
    pub fn new(harts: usize, rfence_waits: bool) -> Sbi {
        Sbi {
            harts: HartSet::first(harts),
            started: HartSet(1),
            interrupted: HartSet(0),
            suspended: HartSet(0),
            rfence_waits,
        }
    }

    /// The harts that run.
    pub fn started(&self) -> HartSet {
        self.started
    }

    /// True when a software interrupt was sent to this hart since the last call.
    pub fn take_interrupt(&mut self, hart: HartId) -> bool {
        let sent = self.interrupted.contains(hart);
        self.interrupted = self.interrupted.without(hart);
        sent
    }

    /// An interrupt ends the suspension of this hart, if it is suspended.
    pub fn wake(&mut self, hart: HartId) {
        self.suspended = self.suspended.without(hart);
    }

    /// Serves the call that stands in a0-a7.
    pub fn call(&mut self, id: HartId, hart: &mut Hart, services: &mut Services) {
        let arguments: [u64; 8] = std::array::from_fn(|n| Riscv::argument(hart, n));
        let [.., function, extension] = arguments;
        if extension <= LEGACY_SHUTDOWN {
            // Legacy calls return in a0 alone and leave a1 as it is.
            let result = self.legacy(extension, id, hart, services);
            Riscv::set_argument(hart, 0, result);
            return;
        }
        let answer = match extension {
            BASE => base(function, arguments[0]),
            TIME => time(function, id, arguments[0], services),
            IPI => self.ipi(function, id, &arguments, services),
            RFENCE => self.rfence(function, &arguments, services),
            HSM => self.hsm(function, id, &arguments, services),
            SRST => system_reset(function, &arguments, services),
            DBCN => console(function, &arguments, services),
            _ => Err(Error::NotSupported),
        };
        let (error, value) = match answer {
            Ok(value) => (0, value),
            Err(error) => (error as i64, 0),
        };
        Riscv::set_argument(hart, 0, error as u64);
        Riscv::set_argument(hart, 1, value);
    }

    /// The harts that a mask and its base name.
    fn targets(&self, mask: u64, base: u64) -> Result<HartSet, Error> {
        if base == ALL_HARTS {
            return Ok(self.harts);
        }
        let (harts, last) = (u128::from(self.harts.0), u64::from(self.harts.len()) - 1);
        if base > last {
            return Err(Error::InvalidParam);
        }
        let named = u128::from(mask) << base;
        if named & !harts == 0 { Ok(HartSet(named as u64)) } else { Err(Error::InvalidParam) }
    }

    fn send_ipi(&mut self, id: HartId, targets: HartSet, effects: &mut Vec<Effect>) {
        let targets = HartSet(targets.0 & self.started.0);
        self.interrupted.0 |= targets.0;
        effects.extend(targets.iter().map(|hart| Effect::LinesChanged { hart, remote: hart != id }));
    }

    fn fence(&self, targets: HartSet, effects: &mut Vec<Effect>, effect: fn(HartSet, bool) -> Effect) {
        let targets = HartSet(targets.0 & self.started.0);
        if !targets.is_empty() {
            effects.push(effect(targets, self.rfence_waits));
        }
    }

    fn ipi(&mut self, function: u64, id: HartId, arguments: &[u64; 8], services: &mut Services) -> Answer {
        if function != 0 {
            return Err(Error::NotSupported);
        }
        let targets = self.targets(arguments[0], arguments[1])?;
        self.send_ipi(id, targets, services.effects);
        Ok(0)
    }

    /// Address ranges and address spaces are not told apart: every remote SFENCE.VMA drops everything.
    fn rfence(&mut self, function: u64, arguments: &[u64; 8], services: &mut Services) -> Answer {
        let effect = match function {
            0 => fence_i,
            1 | 2 => sfence_vma,
            _ => return Err(Error::NotSupported),
        };
        let targets = self.targets(arguments[0], arguments[1])?;
        self.fence(targets, services.effects, effect);
        Ok(0)
    }

    fn hsm(&mut self, function: u64, id: HartId, arguments: &[u64; 8], services: &mut Services) -> Answer {
        match function {
            0 => {
                let hart = self.hart(arguments[0])?;
                if self.started.contains(hart) {
                    return Err(Error::AlreadyAvailable);
                }
                let entry = arguments[1];
                if !can_execute(services.memory, entry) {
                    return Err(Error::InvalidAddress);
                }
                self.started.0 |= 1 << hart.0;
                services.effects.push(Effect::StartHart { hart, entry, argument: arguments[2] });
                Ok(0)
            }
            1 => {
                self.started = self.started.without(id);
                self.interrupted = self.interrupted.without(id);
                *services.deadline = Ticks::MAX;
                services.effects.push(Effect::StopHart);
                Ok(0)
            }
            2 => {
                let hart = self.hart(arguments[0])?;
                Ok(match (self.started.contains(hart), self.suspended.contains(hart)) {
                    (true, true) => HSM_SUSPENDED,
                    (started, _) => u64::from(!started),
                })
            }
            3 => {
                let resume = match arguments[0] as u32 {
                    SUSPEND_RETENTIVE => None,
                    SUSPEND_NON_RETENTIVE => Some((arguments[1], arguments[2])),
                    0x1000_0000..=0x7fff_ffff | 0x9000_0000.. => return Err(Error::NotSupported),
                    _ => return Err(Error::InvalidParam),
                };
                if resume.is_some_and(|(entry, _)| !can_execute(services.memory, entry)) {
                    return Err(Error::InvalidAddress);
                }
                self.suspended.0 |= 1 << id.0;
                services.effects.push(Effect::SuspendHart { resume });
                Ok(0)
            }
            _ => Err(Error::NotSupported),
        }
    }

    fn hart(&self, hart: u64) -> Result<HartId, Error> {
        if hart < u64::from(self.harts.len()) { Ok(HartId(hart as u16)) } else { Err(Error::InvalidParam) }
    }

    fn legacy(&mut self, extension: u64, id: HartId, hart: &mut Hart, services: &mut Services) -> u64 {
        let first = Riscv::argument(hart, 0);
        match extension {
            LEGACY_SET_TIMER => set_timer(id, first, services),
            LEGACY_CONSOLE_PUTCHAR => services.output.push(first as u8),
            LEGACY_CONSOLE_GETCHAR => return Error::Failed as i64 as u64,
            LEGACY_CLEAR_IPI => hart.csr.mip &= !SSIP,
            LEGACY_SEND_IPI | LEGACY_REMOTE_FENCE_I | LEGACY_REMOTE_SFENCE_VMA | LEGACY_REMOTE_SFENCE_VMA_ASID => {
                let Some(targets) = self.legacy_targets(first, hart, services) else {
                    return Error::InvalidAddress as i64 as u64;
                };
                match extension {
                    LEGACY_SEND_IPI => self.send_ipi(id, targets, services.effects),
                    LEGACY_REMOTE_FENCE_I => self.fence(targets, services.effects, fence_i),
                    _ => self.fence(targets, services.effects, sfence_vma),
                }
            }
            _ => services.effects.push(Effect::Shutdown { code: 0 }),
        }
        0
    }

    /// The mask lies behind a virtual address; a null pointer means every hart. Harts that are not there are ignored.
    fn legacy_targets(&self, pointer: u64, hart: &Hart, services: &mut Services) -> Option<HartSet> {
        if pointer == 0 {
            return Some(self.harts);
        }
        let mask = virtual_word::<Riscv>(hart, services.memory, pointer)?;
        Some(HartSet(mask & self.harts.0))
    }
}

/// True when an instruction can stand at this physical address.
fn can_execute(memory: &dyn GuestMemory, entry: u64) -> bool {
    entry & 1 == 0 && memory.read_bytes(entry, &mut [0; 2])
}

fn fence_i(harts: HartSet, wait: bool) -> Effect {
    Effect::RemoteFenceI { harts, wait }
}

fn sfence_vma(harts: HartSet, wait: bool) -> Effect {
    Effect::RemoteSfenceVma { harts, wait }
}

fn base(function: u64, argument: u64) -> Answer {
    match function {
        0 => Ok(SPEC_VERSION),
        1 => Ok(IMPLEMENTATION_ID),
        2 => Ok(IMPLEMENTATION_VERSION),
        3 => {
            let there = matches!(argument, 0..=LEGACY_SHUTDOWN | BASE | TIME | IPI | RFENCE | HSM | SRST | DBCN);
            Ok(u64::from(there))
        }
        // mvendorid, marchid, mimpid: a non-commercial implementation has zero in all three.
        4..=6 => Ok(0),
        _ => Err(Error::NotSupported),
    }
}

fn set_timer(id: HartId, deadline: Ticks, services: &mut Services) {
    *services.deadline = deadline;
    services.effects.push(Effect::LinesChanged { hart: id, remote: false });
}

fn time(function: u64, id: HartId, deadline: Ticks, services: &mut Services) -> Answer {
    if function != 0 {
        return Err(Error::NotSupported);
    }
    set_timer(id, deadline, services);
    Ok(0)
}

fn system_reset(function: u64, arguments: &[u64; 8], services: &mut Services) -> Answer {
    if function != 0 {
        return Err(Error::NotSupported);
    }
    let (kind, reason) = (arguments[0] as u32, arguments[1] as u32);
    if let 2..0xe000_0000 = reason {
        return Err(Error::InvalidParam);
    }
    services.effects.push(match kind {
        // The exit code tells an orderly shutdown from one that reports a failure.
        0 => Effect::Shutdown { code: u32::from(reason != 0) },
        1 | 2 => Effect::Reset,
        0xf000_0000.. => return Err(Error::NotSupported),
        _ => return Err(Error::InvalidParam),
    });
    Ok(0)
}

fn console(function: u64, arguments: &[u64; 8], services: &mut Services) -> Answer {
    let [length, low, high, ..] = *arguments;
    match function {
        0 if high != 0 => Err(Error::InvalidParam),
        0 => {
            let bytes = physical_bytes(services.memory, low, length).ok_or(Error::InvalidParam)?;
            services.output.extend_from_slice(&bytes);
            Ok(length)
        }
        1 => Ok(0),
        2 => {
            services.output.push(length as u8);
            Ok(0)
        }
        _ => Err(Error::NotSupported),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing::Ram;

    const RAM: u64 = 0x8000_0000;

    /// A firmware for four harts, called by hart 1.
    struct Bench {
        sbi: Sbi,
        hart: Hart,
        ram: Ram,
        deadline: Ticks,
        output: Vec<u8>,
        effects: Vec<Effect>,
    }

    impl Bench {
        fn new() -> Bench {
            let mut bench = Bench {
                sbi: Sbi::new(4, true),
                hart: Hart::supervisor(1),
                ram: Ram::at(RAM),
                deadline: Ticks::MAX,
                output: Vec::new(),
                effects: Vec::new(),
            };
            bench.call(HSM, 0, [1, RAM, 0]);
            bench.effects.clear();
            bench
        }

        /// Error and value.
        fn call(&mut self, extension: u64, function: u64, arguments: [u64; 3]) -> (i64, u64) {
            self.hart.x[10..13].copy_from_slice(&arguments);
            self.hart.x[16] = function;
            self.hart.x[17] = extension;
            let services = &mut Services {
                memory: &mut self.ram,
                deadline: &mut self.deadline,
                output: &mut self.output,
                effects: &mut self.effects,
            };
            self.sbi.call(HartId(1), &mut self.hart, services);
            (self.hart.x[10] as i64, self.hart.x[11])
        }
    }

    #[test]
    fn base_names_version_2_and_probes_what_is_there() {
        let mut b = Bench::new();
        assert_eq!(b.call(BASE, 0, [0; 3]), (0, 0x0200_0000));
        for there in [BASE, TIME, IPI, RFENCE, HSM, SRST, DBCN, LEGACY_SHUTDOWN] {
            assert_eq!(b.call(BASE, 3, [there, 0, 0]), (0, 1), "{there:#x}");
        }
        let pmu = 0x50_4d55;
        assert_eq!(b.call(BASE, 3, [pmu, 0, 0]), (0, 0));
        assert_eq!(b.call(pmu, 0, [0; 3]), (-2, 0));
        assert_eq!(b.call(BASE, 7, [0; 3]), (-2, 0));
    }

    #[test]
    fn an_ipi_reaches_started_harts_and_says_which_hart_is_not_there() {
        let mut b = Bench::new();
        assert_eq!(b.call(IPI, 0, [0b11, 0, 0]).0, 0);
        let changed = |hart, remote| Effect::LinesChanged { hart: HartId(hart), remote };
        assert_eq!(b.effects, [changed(0, true), changed(1, false)]);
        assert!(b.sbi.take_interrupt(HartId(0)) && !b.sbi.take_interrupt(HartId(0)));
        b.effects.clear();
        assert_eq!(b.call(IPI, 0, [0, ALL_HARTS, 0]).0, 0);
        assert_eq!(b.effects.len(), 2, "harts 2 and 3 are stopped");
        b.effects.clear();
        assert_eq!(b.call(IPI, 0, [1, 4, 0]).0, -3);
        assert_eq!(b.call(IPI, 0, [0b10, 3, 0]).0, -3);
        assert_eq!(b.call(IPI, 0, [1 << 63, 1, 0]).0, -3);
        assert_eq!(b.call(IPI, 1, [1, 0, 0]).0, -2);
        assert!(b.effects.is_empty());
    }

    #[test]
    fn a_remote_fence_names_started_targets_and_whether_it_is_waited_for() {
        let mut b = Bench::new();
        b.call(RFENCE, 0, [0, ALL_HARTS, 0]);
        b.call(RFENCE, 1, [1, 0, 0]);
        b.call(RFENCE, 2, [1, 1, 0]);
        let harts = HartSet;
        assert_eq!(
            b.effects,
            [
                Effect::RemoteFenceI { harts: harts(0b11), wait: true },
                Effect::RemoteSfenceVma { harts: harts(0b01), wait: true },
                Effect::RemoteSfenceVma { harts: harts(0b10), wait: true },
            ]
        );
        b.effects.clear();
        for hypervisor in 3..=6 {
            assert_eq!(b.call(RFENCE, hypervisor, [1, 0, 0]).0, -2);
        }
        assert_eq!(b.call(RFENCE, 0, [0b1100, 0, 0]).0, 0);
        assert!(b.effects.is_empty(), "nobody waits for stopped harts");
        b.sbi.rfence_waits = false;
        b.call(RFENCE, 0, [1, 0, 0]);
        assert_eq!(b.effects, [Effect::RemoteFenceI { harts: harts(1), wait: false }]);
    }

    #[test]
    fn harts_are_started_once_stopped_and_asked_for() {
        let mut b = Bench::new();
        assert_eq!(b.call(HSM, 2, [2, 0, 0]), (0, 1));
        assert_eq!(b.call(HSM, 0, [2, RAM + 2, 77]), (0, 0));
        assert_eq!(b.effects, [Effect::StartHart { hart: HartId(2), entry: RAM + 2, argument: 77 }]);
        assert_eq!(b.call(HSM, 2, [2, 0, 0]), (0, 0));
        assert_eq!(b.call(HSM, 0, [2, RAM, 0]).0, -6);
        assert_eq!(b.call(HSM, 0, [4, RAM, 0]).0, -3);
        assert_eq!(b.call(HSM, 0, [3, 0x1000, 0]).0, -5);
        assert_eq!(b.call(HSM, 0, [3, RAM + 1, 0]).0, -5);
        b.effects.clear();
        b.call(HSM, 1, [0; 3]);
        assert_eq!(b.effects, [Effect::StopHart]);
        assert_eq!(b.call(HSM, 2, [1, 0, 0]), (0, 1));
        assert_eq!(b.call(HSM, 2, [9, 0, 0]).0, -3);
    }

    #[test]
    fn a_suspended_hart_waits_for_an_interrupt_and_says_so() {
        let mut b = Bench::new();
        assert_eq!(b.call(HSM, 3, [0, 0, 0]).0, 0);
        assert_eq!(b.effects, [Effect::SuspendHart { resume: None }]);
        assert_eq!(b.call(HSM, 2, [1, 0, 0]), (0, 4));
        b.sbi.wake(HartId(1));
        assert_eq!(b.call(HSM, 2, [1, 0, 0]), (0, 0));
        b.effects.clear();
        assert_eq!(b.call(HSM, 3, [0x8000_0000, RAM + 4, 77]).0, 0);
        assert_eq!(b.effects, [Effect::SuspendHart { resume: Some((RAM + 4, 77)) }]);
        assert_eq!(b.call(HSM, 3, [0x8000_0000, RAM + 1, 0]).0, -5);
        assert_eq!(b.call(HSM, 3, [0x8000_0000, 0x1000, 0]).0, -5);
        assert_eq!(b.call(HSM, 3, [0x9000_0000, RAM, 0]).0, -2);
        assert_eq!(b.call(HSM, 3, [1, 0, 0]).0, -3);
    }

    #[test]
    fn the_timer_is_the_callers_and_its_line_is_looked_at_again() {
        let mut b = Bench::new();
        assert_eq!(b.call(TIME, 0, [1234, 0, 0]).0, 0);
        assert_eq!(b.deadline, 1234);
        assert_eq!(b.effects, [Effect::LinesChanged { hart: HartId(1), remote: false }]);
    }

    #[test]
    fn reset_ends_the_run_and_refuses_reserved_types_and_reasons() {
        let mut b = Bench::new();
        b.call(SRST, 0, [0, 0, 0]);
        b.call(SRST, 0, [0, 1, 0]);
        b.call(SRST, 0, [1, 0, 0]);
        assert_eq!(b.effects, [Effect::Shutdown { code: 0 }, Effect::Shutdown { code: 1 }, Effect::Reset]);
        b.effects.clear();
        assert_eq!(b.call(SRST, 0, [3, 0, 0]).0, -3);
        assert_eq!(b.call(SRST, 0, [0, 2, 0]).0, -3);
        assert_eq!(b.call(SRST, 0, [0xf000_0000, 0, 0]).0, -2);
        assert!(b.effects.is_empty());
    }

    #[test]
    fn the_debug_console_prints_physical_memory_and_refuses_what_is_no_ram() {
        let mut b = Bench::new();
        b.ram.write_bytes(RAM + 16, b"hello");
        assert_eq!(b.call(DBCN, 0, [5, RAM + 16, 0]), (0, 5));
        assert_eq!(b.call(DBCN, 2, [u64::from(b'!'), 0, 0]), (0, 0));
        assert_eq!(b.output, b"hello!");
        assert_eq!(b.call(DBCN, 0, [u64::MAX, RAM, 0]).0, -3);
        assert_eq!(b.call(DBCN, 0, [1, 0x1000, 0]).0, -3);
        assert_eq!(b.call(DBCN, 0, [1, RAM, 1]).0, -3);
        assert_eq!(b.call(DBCN, 1, [8, RAM, 0]), (0, 0), "there is no input");
        assert_eq!(b.output, b"hello!");
    }

    #[test]
    fn legacy_calls_return_in_a0_alone() {
        let mut b = Bench::new();
        assert_eq!(b.call(LEGACY_CONSOLE_PUTCHAR, 0, [u64::from(b'x'), 55, 0]), (0, 55));
        assert_eq!(b.call(LEGACY_CONSOLE_GETCHAR, 0, [0, 55, 0]), (-1, 55));
        assert_eq!(b.output, b"x");
        b.ram.put(RAM + 8, 0b1111_0001);
        b.call(LEGACY_SEND_IPI, 0, [RAM + 8, 0, 0]);
        assert!(b.sbi.take_interrupt(HartId(0)) && !b.sbi.take_interrupt(HartId(1)));
        b.effects.clear();
        b.call(LEGACY_REMOTE_FENCE_I, 0, [0, 0, 0]);
        b.call(LEGACY_REMOTE_SFENCE_VMA, 0, [RAM + 8, 0, 0]);
        b.call(LEGACY_SHUTDOWN, 0, [0; 3]);
        assert_eq!(
            b.effects,
            [
                Effect::RemoteFenceI { harts: HartSet(3), wait: true },
                Effect::RemoteSfenceVma { harts: HartSet(1), wait: true },
                Effect::Shutdown { code: 0 },
            ]
        );
        assert_eq!(b.call(LEGACY_SEND_IPI, 0, [0x40, 0, 0]).0, -5);
        b.hart.csr.mip = SSIP;
        b.call(LEGACY_CLEAR_IPI, 0, [0; 3]);
        assert_eq!(b.hart.csr.mip, 0);
    }
}
