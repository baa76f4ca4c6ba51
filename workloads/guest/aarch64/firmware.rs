//! PSCI, the PL011 console and the GICv3, as QEMU's `virt` machine has them.

use crate::guest::hart::{self, Hart};
use crate::mini_core::*;

const UART: u64 = 0x0900_0000;
const GICD: u64 = 0x0800_0000;
const GICR: u64 = 0x080A_0000;
const GICR_STRIDE: u64 = 0x2_0000;

/// Nanoseconds of one tick of the timer: QEMU's `virt` counts 62.5 MHz.
pub const TIMER_NANOSECONDS: u64 = 16;
/// Interrupt number of our IPI (an SGI).
pub const IPI: u64 = 0;
/// Interrupt number of the virtual timer (a PPI).
pub const TIMER: u64 = 27;

const PSCI_CPU_ON: u64 = 0xC400_0003;
const PSCI_SYSTEM_OFF: u64 = 0x8400_0008;

unsafe fn read32(at: u64) -> u32 {
    unsafe { volatile_load(at as *const u32) }
}

unsafe fn write32(at: u64, value: u32) {
    unsafe { volatile_store(at as *mut u32, value) }
}

/// Writes bytes to the PL011, waiting while its FIFO is full (UARTFR.TXFF).
pub fn write(bytes: *const u8, length: u64) {
    let mut n = 0u64;
    while n < length {
        unsafe {
            while read32(UART + 0x18) & 0x20u32 != 0 {}
            write32(UART, *((bytes as u64 + n) as *const u8) as u32);
        }
        n += 1;
    }
}

/// Makes SGI 0 and the virtual timer reach this hart: wakes its redistributor, puts the SGIs into group 1, enables the CPU interface.
pub fn start_interrupts(hart: *mut Hart) {
    unsafe {
        let number = (*hart).id;
        if number == 0 {
            // ARE and both groups (one security state).
            write32(GICD, 0x13);
        }
        let redistributor = GICR + number * GICR_STRIDE;
        write32(redistributor + 0x14, read32(redistributor + 0x14) & !2u32);
        while read32(redistributor + 0x14) & 4u32 != 0 {}
        write32(redistributor + 0x1_0080, 0xFFFF_FFFF);
        write32(redistributor + 0x1_0100, 0x0800_0001);
        asm!(
            "msr icc_sre_el1, {sre}",
            "isb",
            "msr icc_pmr_el1, {pmr}",
            "msr icc_igrpen1_el1, {one}",
            "isb",
            sre = in(reg) 7u64, pmr = in(reg) 0xFFu64, one = in(reg) 1u64,
        )
    }
}

/// QEMU gives the PEs of a GICv3 machine affinities of 16 to a cluster; PE 0 boots.
pub fn physical_id(number: u64, _boot: u64) -> u64 {
    ((number >> 4u64) << 8u64) | (number & 15)
}

/// Starts a hart at `entry` with `argument`; true if the firmware agreed.
pub fn start_hart(hart: *mut Hart, entry: u64, argument: u64) -> bool {
    let answer: u64;
    unsafe {
        asm!("hvc #0", inlateout("x0") PSCI_CPU_ON => answer, inlateout("x1") (*hart).physical => _,
             inlateout("x2") entry => _, inlateout("x3") argument => _)
    }
    answer == 0
}

/// Lets the virtual timer interrupt this hart.
pub fn enable_timer() {
    set_timer(0xFFFF_FFFF_FFFF_FFFF);
    unsafe { asm!("msr cntv_ctl_el0, {}", "isb", in(reg) 1u64) }
}

/// The time, in ticks of the timer.
pub fn time() -> u64 {
    let value: u64;
    unsafe { asm!("isb", "mrs {}, cntvct_el0", out(reg) value) }
    value
}

/// Takes back this hart's timer interrupt and asks for one at this time.
pub fn set_timer(at: u64) {
    unsafe { asm!("msr cntv_cval_el0, {}", "isb", in(reg) at) }
}

/// Interrupts one running hart.
pub fn interrupt(hart: *mut Hart) {
    unsafe {
        let number = (*hart).id;
        asm!("dsb ishst", "msr icc_sgi1r_el1, {}", "isb", in(reg) ((number >> 4u64) << 16u64) | (1u64 << (number & 15)))
    }
}

/// Interrupts all running harts but this one: SGI 0, cluster by cluster.
pub fn interrupt_others() {
    // The stores that the interrupted hart must see come before the interrupt.
    unsafe { asm!("dsb ishst") }
    let me = unsafe { (*hart::this()).id };
    let mut first = 0u64;
    while first < hart::count() {
        let left = hart::count() - first;
        let mut list = if left >= 16 { 0xFFFFu64 } else { (1u64 << left) - 1 };
        if me >= first && me - first < 16 {
            list = list & !(1u64 << (me - first));
        }
        if list != 0 {
            unsafe { asm!("msr icc_sgi1r_el1, {}", in(reg) ((first >> 4u64) << 16u64) | list) }
        }
        first += 16;
    }
    unsafe { asm!("isb") }
}

/// Acknowledges an interrupt: its number, or one above 1019 when there is none any more.
pub fn begin_interrupt() -> u64 {
    let number: u64;
    unsafe { asm!("mrs {n}, icc_iar1_el1", "dsb sy", n = out(reg) number) }
    number
}

/// Ends the interrupt of this number.
pub fn end_interrupt(number: u64) {
    unsafe { asm!("msr icc_eoir1_el1, {n}", "isb", n = in(reg) number) }
}

/// Ends the run. PSCI carries no exit code: the last line says how it went.
pub fn power_off(_failed: bool) -> ! {
    unsafe {
        asm!("hvc #0", inlateout("x0") PSCI_SYSTEM_OFF => _);
        loop {
            asm!("wfi");
        }
    }
}
