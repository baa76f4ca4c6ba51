//! About a hundred small functions of the shapes that real code has: straight lines, branches, loops, table look-ups,
//! stack frames, many arguments, calls of functions without site. Each shape is instantiated with several constants. None runs
//! longer than some thousand instructions: a caller that stays away would delay stop_machine and grace periods.

use crate::mini_core::*;

/// The shapes; each makes a function of this name with this constant.
macro_rules! shapes { ($($suffix:ident $k:literal)*) => { $( shapes! { @one $suffix $k } )* };
    (@one $suffix:ident $k:literal) => {
        pub mod $suffix {
            use crate::mini_core::*;
            use super::{spill, TABLE};
            const K: u64 = $k;

            pub extern "C" fn add(a: u64) -> u64 { a + K }
            pub extern "C" fn blend(a: u64, b: u64) -> u64 { (a & K) | (b & !K) }
            pub extern "C" fn larger(a: u64, b: u64) -> u64 { if a * K > b { a } else { b + K } }
            pub extern "C" fn clamp(a: i64, b: i64) -> i64 {
                let low = b - K as i64;
                let high = b + K as i64;
                if a < low { low } else if a > high { high } else { a }
            }
            pub extern "C" fn sum_to(a: u64) -> u64 {
                let mut n = a & 15;
                let mut sum = K;
                while n != 0 { sum += n * n ^ K; n -= 1; }
                sum
            }
            pub extern "C" fn bits(a: u64) -> u64 {
                let mut rest = a ^ K;
                let mut count = 0u64;
                while rest != 0 { rest = rest & (rest - 1); count += 1; }
                count
            }
            pub extern "C" fn divisor(a: u64, b: u64) -> u64 {
                let mut x = (a & 0xFF) + (K & 0xFF) + 1;
                let mut y = (b & 0xFF) + 1;
                while x != y { if x > y { x -= y } else { y -= x } }
                x
            }
            pub extern "C" fn look_up(a: u64) -> u64 {
                unsafe { *((&raw const TABLE as u64 + ((a ^ K) & 15) * 8) as *const u64) }
            }
            pub extern "C" fn select(a: u64, b: u64) -> u64 {
                match a & 7 { 0 => b + K, 1 => b ^ K, 2 => b << 3u64, 3 => b >> 5u64, 4 => a * b, 5 => !b, 6 => a - b, _ => K }
            }
            pub extern "C" fn eight(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: u64) -> u64 {
                a + b * 3 + (c ^ d) + (e | f) - (g & h) + K
            }
            pub extern "C" fn polynomial(a: u64, b: u64, c: u64) -> u64 { (a * b + c) * b + K }
            pub extern "C" fn rotate(a: u64) -> u64 { ((a << (K & 31)) | (a >> (64 - (K & 31)))) + 1 }
            pub extern "C" fn bytes(a: u64) -> u64 {
                let mut rest = a;
                let mut swapped = 0u64;
                let mut n = 0u64;
                while n < 8 { swapped = (swapped << 8u64) | (rest & 0xFF); rest = rest >> 8u64; n += 1; }
                swapped ^ K
            }
            pub extern "C" fn hash(a: u64, b: u64) -> u64 {
                let mut h = a ^ K;
                h ^= h >> 33u64;
                h *= 0xFF51_AFD7_ED55_8CCD;
                h ^= h >> 33u64;
                h + b
            }
            pub extern "C" fn calls_out(a: u64, b: u64) -> u64 {
                // The callee may use any register: a and b live across it, in callee-saved registers and a frame.
                spill();
                a * K + b
            }
            pub extern "C" fn calls_twice(a: u64, b: u64, c: u64) -> u64 {
                spill();
                let first = a ^ b;
                spill();
                first + c * K
            }
            pub extern "C" fn on_stack(a: u64, b: u64) -> u64 {
                let mut cells: [u64; 4] = [a, b, K, 1];
                let at = &raw mut cells as u64;
                unsafe {
                    volatile_store((at + (a & 3) * 8) as *mut u64, b + K);
                    volatile_load(at as *const u64) + volatile_load((at + 24) as *const u64)
                }
            }
            pub extern "C" fn collatz(a: u64) -> u64 {
                let mut x = (a & 31) + (K & 0xFF);
                let mut steps = 0u64;
                while x != 1 && steps < 12 { x = if x & 1 == 0 { x >> 1u64 } else { x * 3 + 1 }; steps += 1; }
                x + steps
            }
            pub extern "C" fn nothing() -> u64 { K }
            pub extern "C" fn early(a: u64, b: u64) -> u64 {
                if a & 1 != 0 { return K; }
                if b & 1 != 0 { return a; }
                a ^ b
            }
        }
    };
}
shapes! { k1 1 k2 6 k3 37 k4 1000 k5 0x1234_5678 }

static TABLE: [u64; 16] = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3];

/// A call that the compiler cannot see through, and that spoils every register that a call may spoil.
#[inline(always)]
fn spill() {
    unsafe extern "C" {
        fn untraced_helper();
    }
    unsafe { untraced_helper() }
}

macro_rules! table { ($($module:ident)*) => {
    #[unsafe(no_mangle)]
    static corpus_tracees: [[*const (); 20]; 5] = [$([
        $module::add as *const (), $module::blend as *const (), $module::larger as *const (), $module::clamp as *const (),
        $module::sum_to as *const (), $module::bits as *const (), $module::divisor as *const (), $module::look_up as *const (),
        $module::select as *const (), $module::eight as *const (), $module::polynomial as *const (),
        $module::rotate as *const (), $module::bytes as *const (), $module::hash as *const (),
        $module::calls_out as *const (), $module::calls_twice as *const (), $module::on_stack as *const (),
        $module::collatz as *const (), $module::nothing as *const (), $module::early as *const (),
    ]),*];
} }
table! { k1 k2 k3 k4 k5 }
#[unsafe(no_mangle)]
static corpus_count: u64 = 100;
