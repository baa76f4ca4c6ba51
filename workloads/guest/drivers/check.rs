//! Entry points of the relaxed world: what `cmodx check` lets a patcher and its victims run.
//!
//! In this mode the guest only prepares: two ops, one of them registered if asked, and ends. The relaxed world takes memory
//! as it is then, and starts one hart in `check_enable` and its like, the others in `check_call`.

use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::{reclaim, register};
#[cfg(scheme = "pair_fixup")]
use crate::guest::trap::Frame;
use crate::guest::{cpu, params, thread, tracees, tracers};
use crate::mini_core::*;
use crate::scheme;

static mut A: u64 = 0;
static mut B: u64 = 0;
/// 1 when the change has been made and calls that begin later must see it.
#[unsafe(no_mangle)]
static mut check_done: u64 = 0;

/// Where in a thread's record the word stands that is not zero while it must not be preempted.
#[unsafe(no_mangle)]
static mut check_preempt_count: u64 = 0;

/// Where the pc stands in the saved registers of a thread.
#[cfg(scheme = "pair_fixup")]
#[unsafe(no_mangle)]
static mut check_frame_pc: u64 = 0;

/// Where the link to a thread's saved registers stands in its record.
#[cfg(scheme = "pair_fixup")]
#[unsafe(no_mangle)]
static mut check_thread_frame: u64 = 0;

/// The tracer of an ops that does nothing.
#[unsafe(no_mangle)]
static mut check_idle_tracer: u64 = 0;

/// Prepares.
pub fn run() {
    unsafe {
        let a = ops::allocate(tracers::checking_a, tracers::KIND_A);
        let b = ops::allocate(tracers::checking_b, tracers::KIND_B);
        if scheme::HAS_SITES {
            register::set_filter(a, tracees::site_indices(), tracees::used());
            register::share_filter(b, a);
            if params::get(params::FLAGS) & params::TRACED != 0 {
                register::register(a);
            }
        }
        let me = thread::current();
        check_preempt_count = &raw const (*me).preempt_count as u64 - me as u64;
        #[cfg(scheme = "pair_fixup")]
        {
            let frame = a as u64 as *const Frame;
            check_thread_frame = &raw const (*me).frame as u64 - me as u64;
            check_frame_pc = &raw const (*frame).pc as u64 - frame as u64;
        }
        check_idle_tracer = (*ops::nop_ops()).func as u64;
        A = a as u64;
        B = b as u64;
        cpu::fence();
    }
}

/// From untraced to traced by A.
#[unsafe(no_mangle)]
extern "C" fn check_enable() {
    unsafe { register::register(A as *mut Ops) };
    announce();
}

/// From untraced to traced by A, then a call of the patcher's own.
#[unsafe(no_mangle)]
extern "C" fn check_own() -> Report {
    unsafe { register::register(A as *mut Ops) };
    let report = check_call(0);
    // For the patcher itself the change is made.
    Report { seen: report.seen | 1, right: report.right }
}

/// From A to B.
#[unsafe(no_mangle)]
extern "C" fn check_retarget() {
    unsafe { register::replace(A as *mut Ops, B as *mut Ops) };
    announce();
}

/// From A to untraced.
#[unsafe(no_mangle)]
extern "C" fn check_disable() {
    unsafe { register::unregister(A as *mut Ops) };
    announce();
}

/// From A to untraced, then A is freed: after a grace period nobody may come to it.
#[unsafe(no_mangle)]
extern "C" fn check_free() {
    unsafe {
        register::unregister(A as *mut Ops);
        reclaim::ops_later(A as *mut Ops);
        reclaim::run();
    }
}

/// The change has been made. Where the scheme leaves other harts with instructions fetched before (AArch64), an interrupt
/// ends that first.
#[inline(never)]
fn announce() {
    #[cfg(target_arch = "aarch64")]
    crate::guest::ipi::synchronize();
    unsafe { cpu::store_release(&raw mut check_done, 1) };
}

/// What a call came to.
#[repr(C)]
pub struct Report {
    /// Bit 0: the change had been announced when the call began. Bits 8-15: 0, or 1 when a callee-saved register changed, or
    /// 2 when the call trapped. Bits 16-23: calls of tracers. Bits 24-31: their kinds. Bits 32-39: what they found wrong.
    seen: u64,
    /// 1 when the result is right.
    right: u64,
}

/// Calls tracee `n`, checked.
#[unsafe(no_mangle)]
extern "C" fn check_call(n: u64) -> Report {
    let me = thread::current();
    unsafe {
        let announced = cpu::load_acquire(&raw const check_done);
        let outcome = tracees::call(n);
        let call = &raw const (*me).call;
        let seen = announced
            | (outcome.status << 8u64)
            | (((*call).hits & 0xFF) << 16u64)
            | (((*call).kinds & 0xFF) << 24u64)
            | (((*call).faults & 0xFF) << 32u64);
        Report { seen, right: (outcome.result == tracees::result(n)) as u64 }
    }
}
