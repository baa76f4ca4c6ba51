//! Performance monitors (FEAT_PMUv3): a 64-bit cycle counter and six 32-bit event counters that count cycles,
//! instructions or software increments.
//!
//! Counters never tell of themselves that they overflow: whoever wants to know looks ([`Pmu::look`]), and learns when to look
//! again. Left out: counting by exception level (the filter bits are kept, every level counts), and the divider PMCR_EL0.D.

use super::regs::Hart;
use super::state::{EVENT_COUNTERS, Pmu, PmuCounter};
use super::sysreg::Register;
use super::trap::Trap;
use crate::context::{Context, Counter, SystemReg};

pub(super) mod control {
    pub const E: u64 = 1;
    pub const RESET_EVENTS: u64 = 1 << 1;
    pub const RESET_CYCLES: u64 = 1 << 2;
    /// LC: the cycle counter overflows at 64 bits, else at 32.
    pub const LONG_CYCLES: u64 = 1 << 6;
    /// E, D, X, DP and LC.
    pub const KEPT: u64 = E | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6;
    /// N: the number of event counters.
    pub const FIXED: u64 = (super::EVENT_COUNTERS as u64) << 11;
}

pub(super) mod user {
    pub const EN: u64 = 1;
    pub const SW: u64 = 2;
    pub const CR: u64 = 4;
    pub const ER: u64 = 8;
}

/// Bits of PMCNTEN and its kin that stand for a counter.
pub(super) const COUNTERS: u64 = CYCLES | ((1 << EVENT_COUNTERS) - 1);
const CYCLES: u64 = 1 << 31;

/// Filter bits P, U, NSK, NSU, NSH, M of the type registers: kept.
pub(super) const FILTER: u64 = 0xfc00_0000;

/// PMEVTYPER<n>_EL0.evtCount.
const EVENT: u64 = 0x3ff;
const SW_INCR: u64 = 0x00;
const INST_RETIRED: u64 = 0x08;
const CPU_CYCLES: u64 = 0x11;

/// PMCEID0_EL0: the events that count.
pub(super) const EVENTS_PRESENT: u64 = 1 << SW_INCR | 1 << INST_RETIRED | 1 << CPU_CYCLES;

impl Pmu {
    /// PMEVTYPER<n>_EL0; 31 is PMCCFILTR_EL0.
    pub(super) fn kind(&self, n: usize) -> u64 {
        if n == 31 { self.cycles.kind } else { self.events.get(n).map_or(0, |event| event.kind) }
    }

    /// Finds out which counters have overflowed, from the machine's counters. Returns after how many cycles at the latest to
    /// look again, when an overflow is to interrupt.
    pub(super) fn look(&mut self, cycles: u64, instructions: u64) -> Option<u64> {
        /// No core issues more in a cycle: so many instructions take at least a quarter as many cycles.
        const WIDEST: u64 = 4;
        let long = self.control & control::LONG_CYCLES != 0;
        let mut due = None;
        let events = self.events.iter_mut().enumerate().map(|(n, event)| (1 << n, event.kind, false, event));
        for (bit, kind, long, counter) in events.chain([(CYCLES, CPU_CYCLES, long, &mut self.cycles)]) {
            let source = match kind & EVENT {
                CPU_CYCLES => cycles,
                INST_RETIRED => instructions,
                _ => 0,
            };
            let value = if counter.running { counter.base.wrapping_add(source) } else { counter.base };
            let overflowed = if long { value < counter.seen } else { value >> 32 != counter.seen >> 32 };
            counter.seen = value;
            if overflowed {
                self.overflow |= bit;
            }
            if counter.running && self.interrupts & bit != 0 && self.overflow & bit == 0 {
                let left = if long { value.wrapping_neg() } else { (1 << 32) - (value & 0xffff_ffff) };
                let wait = if kind & EVENT == CPU_CYCLES { left } else { left.div_ceil(WIDEST) };
                due = Some(due.map_or(wait, |due: u64| due.min(wait)));
            }
        }
        due
    }

    /// The level of the interrupt.
    pub(super) fn interrupt(&self) -> bool {
        self.control & control::E != 0 && self.overflow & self.interrupts != 0
    }
}

/// The same, from the machine that executes.
pub(super) fn look<C: Context<Hart = Hart>>(ctx: &mut C) {
    let (cycles, instructions) = (ctx.counter(Counter::Cycles), ctx.counter(Counter::Instructions));
    ctx.hart().system.pmu.look(cycles, instructions);
}

/// What the machine's counter for this event shows now.
fn source<C: Context<Hart = Hart>>(ctx: &mut C, kind: u64) -> u64 {
    match kind & EVENT {
        CPU_CYCLES => ctx.counter(Counter::Cycles),
        INST_RETIRED => ctx.counter(Counter::Instructions),
        _ => 0,
    }
}

fn value<C: Context<Hart = Hart>>(ctx: &mut C, counter: PmuCounter, kind: u64) -> u64 {
    if counter.running { counter.base.wrapping_add(source(ctx, kind)) } else { counter.base }
}

/// PMCCNTR_EL0.
pub(super) fn read_cycles<C: Context<Hart = Hart>>(ctx: &mut C) -> u64 {
    let counter = ctx.hart().system.pmu.cycles;
    value(ctx, counter, CPU_CYCLES)
}

/// PMEVCNTR<n>_EL0; `None` when there is no such counter.
pub(super) fn read_event<C: Context<Hart = Hart>>(ctx: &mut C, n: usize) -> Option<u64> {
    let counter = *ctx.hart().system.pmu.events.get(n)?;
    Some(value(ctx, counter, counter.kind) & 0xffff_ffff)
}

/// The base that makes a counter show this value.
fn base<C: Context<Hart = Hart>>(ctx: &mut C, running: bool, kind: u64, value: u64) -> u64 {
    if running { value.wrapping_sub(source(ctx, kind)) } else { value }
}

pub(super) fn write_cycles<C: Context<Hart = Hart>>(ctx: &mut C, value: u64) {
    let running = ctx.hart().system.pmu.cycles.running;
    let base = base(ctx, running, CPU_CYCLES, value);
    let counter = &mut ctx.hart().system.pmu.cycles;
    (counter.base, counter.seen) = (base, value);
}

pub(super) fn write_event<C: Context<Hart = Hart>>(ctx: &mut C, n: usize, value: u64) {
    let Some(&counter) = ctx.hart().system.pmu.events.get(n) else { return };
    let value = value & 0xffff_ffff;
    let base = base(ctx, counter.running, counter.kind, value);
    let counter = &mut ctx.hart().system.pmu.events[n];
    (counter.base, counter.seen) = (base, value);
}

/// PMEVTYPER<n>_EL0: the count goes on from where it stands.
pub(super) fn write_kind<C: Context<Hart = Hart>>(ctx: &mut C, n: usize, kind: u64) {
    let pmu = &mut ctx.hart().system.pmu;
    if n == 31 {
        pmu.cycles.kind = kind & FILTER;
        return;
    }
    let Some(count) = read_event(ctx, n) else { return };
    ctx.hart().system.pmu.events[n].kind = kind & (FILTER | EVENT);
    write_event(ctx, n, count);
}

/// PMCR_EL0.
pub(super) fn write_control<C: Context<Hart = Hart>>(ctx: &mut C, value: u64) {
    if value & control::RESET_CYCLES != 0 {
        write_cycles(ctx, 0);
    }
    if value & control::RESET_EVENTS != 0 {
        (0..EVENT_COUNTERS).for_each(|n| write_event(ctx, n, 0));
    }
    ctx.hart().system.pmu.control = value & control::KEPT;
    start_and_stop(ctx);
}

/// PMCNTENSET_EL0 and PMCNTENCLR_EL0.
pub(super) fn enable<C: Context<Hart = Hart>>(ctx: &mut C, counters: u64, on: bool) {
    let enabled = &mut ctx.hart().system.pmu.enabled;
    *enabled = if on { *enabled | counters } else { *enabled & !counters };
    start_and_stop(ctx);
}

/// PMSWINC_EL0.
pub(super) fn software_increment<C: Context<Hart = Hart>>(ctx: &mut C, counters: u64) {
    for (n, event) in ctx.hart().system.pmu.events.iter_mut().enumerate() {
        if counters >> n & 1 == 1 && event.running && event.kind & EVENT == SW_INCR {
            event.base = event.base.wrapping_add(1);
        }
    }
}

fn start_and_stop<C: Context<Hart = Hart>>(ctx: &mut C) {
    let pmu = &ctx.hart().system.pmu;
    let running = if pmu.control & control::E != 0 { pmu.enabled } else { 0 };
    let count = read_cycles(ctx);
    ctx.hart().system.pmu.cycles.running = running & CYCLES != 0;
    write_cycles(ctx, count);
    for n in 0..EVENT_COUNTERS {
        let count = read_event(ctx, n).unwrap_or(0);
        ctx.hart().system.pmu.events[n].running = running >> n & 1 == 1;
        write_event(ctx, n, count);
    }
}

/// Writes a register of the performance monitors. Where their interrupt is in use, the platform is told, so that it looks at
/// them anew. `member` counts within a family of registers.
pub(super) fn write_register<C: Context<Hart = Hart>>(
    ctx: &mut C,
    register: Register,
    member: usize,
    code: SystemReg,
    value: u64,
) -> Result<(), Trap> {
    use Register::*;
    look(ctx);
    let pmu = &mut ctx.hart().system.pmu;
    let selected = pmu.select as usize;
    let interrupts = pmu.interrupts;
    match register {
        Pmintenset => pmu.interrupts |= value & COUNTERS,
        Pmintenclr => pmu.interrupts &= !value,
        Pmovsset => pmu.overflow |= value & COUNTERS,
        Pmovsclr => pmu.overflow &= !value,
        Pmselr => pmu.select = value & 31,
        Pmuserenr => pmu.user = value & 0xf,
        Pmccfiltr => pmu.cycles.kind = value & FILTER,
        Pmcr => write_control(ctx, value),
        Pmcntenset => enable(ctx, value & COUNTERS, true),
        Pmcntenclr => enable(ctx, value, false),
        Pmswinc => software_increment(ctx, value),
        Pmccntr => write_cycles(ctx, value),
        Pmevcntr => write_event(ctx, member, value),
        Pmevtyper => write_kind(ctx, member, value),
        Pmxevcntr => write_event(ctx, selected, value),
        Pmxevtyper => write_kind(ctx, selected, value),
        _ => return Err(Trap::UNDEFINED),
    }
    if interrupts | ctx.hart().system.pmu.interrupts != 0 {
        look(ctx);
        ctx.write_system(code, value);
    }
    Ok(())
}

impl Register {
    /// A register of the performance monitors.
    pub(super) fn is_of_pmu(self) -> bool {
        use Register::*;
        matches!(
            self,
            Pmcr | Pmcntenset
                | Pmcntenclr
                | Pmovsclr
                | Pmovsset
                | Pmswinc
                | Pmselr
                | Pmceid0
                | Pmceid1
                | Pmccntr
                | Pmxevtyper
                | Pmxevcntr
                | Pmuserenr
                | Pmevcntr
                | Pmevtyper
                | Pmccfiltr
                | Pmintenset
                | Pmintenclr
        )
    }
}
