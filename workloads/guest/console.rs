//! The guest's output: one line at a time, written whole.
//!
//! `result KEY VALUE` is guest-visible and must be equal wherever the image runs; `measure KEY VALUE` depends on time. The
//! last line is `cmodx: ok` or `cmodx: FAILED WHY`.

use crate::guest::{cpu, firmware, hart, sync};

const CAPACITY: u64 = 240;

static mut LINE: [u8; 256] = [0; 256];
static mut LENGTH: u64 = 0;
static mut LOCK: u64 = 0;
/// Set by the first hart that ends the run: others must not write behind the last line.
static mut ENDED: u64 = 0;

/// Text or number to be put into a line.
pub trait Print {
    fn print(self);
}

impl Print for *const u8 {
    fn print(self) {
        let mut at = self as u64;
        unsafe {
            while *(at as *const u8) != 0 {
                byte(*(at as *const u8));
                at += 1;
            }
        }
    }
}

impl Print for u64 {
    fn print(self) {
        let mut unit = 1u64;
        while cpu::divide(self, unit) >= 10 {
            unit *= 10;
        }
        let mut rest = self;
        while unit != 0 {
            let digit = cpu::divide(rest, unit);
            byte((digit + 48) as u8);
            rest -= digit * unit;
            unit = cpu::divide(unit, 10);
        }
    }
}

/// A number to be printed in hexadecimal.
pub struct Hex(pub u64);

impl Print for Hex {
    fn print(self) {
        text!("0x").print();
        let mut shift = 64u64;
        while shift != 0 {
            shift -= 4;
            let digit = (self.0 >> shift) & 15;
            if digit != 0 || shift == 0 || self.0 >> shift != 0 {
                byte((if digit < 10 { digit + 48 } else { digit + 87 }) as u8);
            }
        }
    }
}

fn byte(b: u8) {
    unsafe {
        if LENGTH < CAPACITY {
            *((&raw mut LINE as u64 + LENGTH) as *mut u8) = b;
            LENGTH += 1;
        }
    }
}

fn end_line() {
    byte(10);
    unsafe {
        firmware::write(&raw const LINE as *const u8, LENGTH);
        LENGTH = 0;
    }
}

/// Waits for the lock, but not for ever: a hart may have failed while it held it.
fn lock() {
    let mut tries = 0u64;
    unsafe {
        while sync::try_lock(&raw mut LOCK) == false && tries < 1_000_000 {
            tries += 1;
        }
    }
}

fn unlock() {
    unsafe { sync::unlock(&raw mut LOCK) }
}

/// `result KEY VALUE`.
pub fn result(key: *const u8, value: u64) {
    line(text!("result "), key, value);
}

/// `measure KEY VALUE`.
pub fn measure(key: *const u8, value: u64) {
    line(text!("measure "), key, value);
}

/// `measure KEY.NUMBER VALUE`.
pub fn measure_nth(key: *const u8, n: u64, value: u64) {
    lock();
    text!("measure ").print();
    key.print();
    text!(".").print();
    n.print();
    text!(" ").print();
    value.print();
    end_line();
    unlock();
}

fn line(kind: *const u8, key: *const u8, value: u64) {
    lock();
    kind.print();
    key.print();
    text!(" ").print();
    value.print();
    end_line();
    unlock();
}

/// Ends the run well.
pub fn succeed() -> ! {
    begin_last_line();
    text!("cmodx: ok").print();
    end_line();
    firmware::power_off(false)
}

/// Ends the run with a reason.
pub fn fail(why: *const u8) -> ! {
    begin_last_line();
    text!("cmodx: FAILED ").print();
    why.print();
    end_line();
    firmware::power_off(true)
}

/// Ends the run with a reason and a number.
pub fn fail_with(why: *const u8, value: u64) -> ! {
    begin_last_line();
    text!("cmodx: FAILED ").print();
    why.print();
    text!(" ").print();
    Hex(value).print();
    end_line();
    firmware::power_off(true)
}

/// Ends the run because of a trap that nobody expected.
pub fn fail_trap(cause: u64, pc: u64, address: u64) -> ! {
    begin_last_line();
    text!("cmodx: FAILED trap on hart ").print();
    unsafe { (*hart::this()).id.print() };
    text!(" cause ").print();
    Hex(cause).print();
    text!(" pc ").print();
    Hex(pc).print();
    text!(" address ").print();
    Hex(address).print();
    end_line();
    firmware::power_off(true)
}

fn begin_last_line() {
    cpu::interrupts_off();
    if unsafe { cpu::test_and_set(&raw mut ENDED) } != 0 {
        loop {
            cpu::wait_for_interrupt();
        }
    }
    lock();
    unsafe { LENGTH = 0 };
}
