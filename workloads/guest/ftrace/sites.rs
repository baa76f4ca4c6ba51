//! The call sites, from the section that the compiler fills.

use crate::guest::{console, ftrace};
use crate::scheme;

/// One call site.
#[repr(C)]
pub struct Site {
    /// Address of the function.
    pub function: u64,
    /// Number of registered ops that want it.
    pub count: u64,
    /// What it calls now: null, an ops, or the list ops.
    pub ops: *mut ftrace::ops::Ops,
}

unsafe extern "C" {
    static sites_start: u8;
    static sites_end: u8;
}

const CAPACITY: u64 = 45_056;
static mut SITES: [[u64; 3]; 45_056] = [[0; 3]; 45_056];
static mut COUNT: u64 = 0;

/// Finds all sites and gives them the contents that the scheme wants before anyone is traced.
pub fn init() {
    ftrace::ops::init();
    if !scheme::HAS_SITES {
        return;
    }
    let start = &raw const sites_start as u64;
    let count = (&raw const sites_end as u64 - start) >> 3u64;
    if count > CAPACITY {
        console::fail_with(text!("too many sites:"), count);
    }
    let mut n = 0u64;
    let mut last = 0u64;
    while n < count {
        unsafe {
            let function = *((start + n * 8) as *const u64) + scheme::FUNCTION_FROM_ENTRY;
            if function <= last {
                console::fail_with(text!("sites out of order at"), function);
            }
            last = function;
            (*number(n)).function = function;
        }
        n += 1;
    }
    unsafe {
        COUNT = count;
        scheme::init(number(0), count);
    }
    crate::guest::cpu::synchronize_fetches();
}

/// Site number `n` in order of address.
pub fn number(n: u64) -> *mut Site {
    (&raw mut SITES as u64 + n * 24) as *mut Site
}

/// Number of sites.
pub fn count() -> u64 {
    unsafe { COUNT }
}

/// The address that tracers get, and that filters hold.
#[inline(always)]
pub fn ip(function: u64) -> u64 {
    function + scheme::IP_FROM_FUNCTION
}

/// Whether a function with a site begins here.
pub fn is_function(function: u64) -> bool {
    let n = not_below(function);
    n < count() && unsafe { (*number(n)).function } == function
}

/// Number of the first site whose function is not below this address.
fn not_below(function: u64) -> u64 {
    let mut low = 0u64;
    let mut high = count();
    while low < high {
        let middle = (low + high) >> 1u64;
        if unsafe { (*number(middle)).function } < function {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Number of the site of this function.
pub fn of_function(function: u64) -> u64 {
    if !is_function(function) {
        console::fail_with(text!("no site at function"), function);
    }
    not_below(function)
}
