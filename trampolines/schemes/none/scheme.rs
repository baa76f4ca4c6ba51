//! none: no ftrace at all.
//!
//! Idea: functions are compiled without call sites; nothing can be traced. Every overhead is measured against this.
//! Source: a kernel without CONFIG_FUNCTION_TRACER.
//!
//! Layout, both ISAs:
//! ```text
//! func+00:  body
//! ```
//! Protocol: none. Claims: nothing changes, so nothing can break. Instruction count: the body's.

use crate::guest::console;
use crate::guest::ftrace::register::Change;
use crate::guest::ftrace::sites::Site;

pub const HAS_SITES: bool = false;
/// The trampoline takes ops with a direct call.
pub const DIRECT_CALLS: bool = false;
pub const PER_SITE_OPS: bool = true;
pub const CLAIMS_SAFE: bool = true;
pub const FUNCTION_FROM_ENTRY: u64 = 0;
pub const IP_FROM_FUNCTION: u64 = 0;
pub const RETURN_FROM_FUNCTION: u64 = 0;
pub const SAVED_ARGUMENTS: u64 = 0;

pub unsafe fn init(_sites: *mut Site, _count: u64) {}

pub unsafe fn apply(change: *const Change) {
    if unsafe { (*change).count } != 0 {
        console::fail(text!("a scheme without sites cannot be patched"));
    }
}
