//! Overhead: what one call of a traced function costs, with this many ops on it and that many on another function.
//!
//! The grid of the Linux sample module samples/ftrace/ftrace-ops.c. Hart 0 alone calls.

use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::{direct, graph, hash, register, regs, sites};
use crate::guest::{console, cpu, params, tracees, tracers};
use crate::scheme;

const WARM_UP: u64 = 100;
const CHECKED: u64 = 100;

pub fn run() {
    let relevant = params::get(params::RELEVANT);
    let irrelevant = params::get(params::IRRELEVANT);
    let calls = params::get(params::CALLS);
    if relevant > 256 || irrelevant > 256 {
        console::fail(text!("more than 256 ops asked for"));
    }
    if !scheme::HAS_SITES && relevant + irrelevant != 0 {
        console::fail(text!("this scheme has no sites: ops cannot be registered"));
    }
    if direct::wanted() {
        return direct_calls(calls);
    }
    if regs::wanted() {
        return all_registers(calls);
    }
    if graph::wanted() {
        return begin_and_end(calls);
    }
    let ours = register_many(relevant, tracees::tracee_relevant as u64);
    let others = register_many(irrelevant, tracees::tracee_irrelevant as u64);

    measure(calls);
    check(ours, relevant, others, irrelevant);
}

/// Times the calls, after a warm-up.
fn measure(calls: u64) {
    call_relevant(WARM_UP);
    let instructions = cpu::instructions();
    let cycles = cpu::cycles();
    overhead_begin();
    call_relevant(calls);
    overhead_end();
    let cycles = cpu::cycles() - cycles;
    let instructions = cpu::instructions() - instructions;
    console::result(text!("calls"), calls);
    console::measure(text!("cycles"), cycles);
    console::measure(text!("instructions"), instructions);
}

/// One ops with a direct call on the timed function, and an ordinary tracer beside it where that is asked for.
fn direct_calls(calls: u64) {
    let ops = ops::allocate(tracers::empty, 0);
    unsafe {
        direct::aim_at_probe(ops);
        register::set_filter(ops, index_of(tracees::tracee_relevant as u64), 1);
        register::register(ops);
        if direct::shared() {
            register_many(1, tracees::tracee_relevant as u64);
        }
    }
    measure(calls);
    report(direct::hits(), WARM_UP + calls);
}

/// One tracer that asks for all registers. It counts once the time is taken.
fn all_registers(calls: u64) {
    let ops = ops::allocate(tracers::empty, 0);
    unsafe {
        regs::ask(ops);
        register::set_filter(ops, index_of(tracees::tracee_relevant as u64), 1);
        register::register(ops);
        measure(calls);
        register::unregister(ops);
        (*ops).func = tracers::counting;
        register::register(ops);
        call_relevant(CHECKED);
        report((*ops).hits, CHECKED);
    }
}

/// Nesting that is asked for beyond what function graph follows.
const NESTED: u64 = 60;

/// A tracer that sees calls begin and end; then calls that nest more deeply than it follows.
fn begin_and_end(calls: u64) {
    let ops = ops::allocate(graph::enter, 0);
    unsafe {
        register::set_filter(ops, index_of(tracees::tracee_relevant as u64), 1);
        register::register(ops);
        measure(calls);
        let ended = graph::returns();
        let nested = ops::allocate(graph::enter, 0);
        register::set_filter(nested, index_of(tracees::tracee_nested as u64), 1);
        register::register(nested);
        let result = tracees::tracee_nested(NESTED, tracees::tracee_nested as u64);
        if result != NESTED || graph::returns() - ended != graph::DEPTH {
            console::fail_with(text!("nested calls that did not end:"), graph::returns() - ended);
        }
        report(ended, WARM_UP + calls);
    }
}

/// Calls that a tracer saw, and whether they are as many as they must be.
fn report(hits: u64, expected: u64) {
    console::result(text!("hits"), hits);
    console::result(text!("wrong"), (hits != expected) as u64);
    if hits != expected {
        console::fail_with(text!("traced calls lost or doubled:"), hits);
    }
}

/// Where a simulator takes its own counters. The texts differ, lest the compiler make one function of two that are equal.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn overhead_begin() {
    unsafe { asm!("/* begin */") }
}

/// The same, behind the timed calls.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn overhead_end() {
    unsafe { asm!("/* end */") }
}

#[inline(never)]
fn call_relevant(calls: u64) {
    let mut n = 0u64;
    while n < calls {
        unsafe { tracees::tracee_relevant() };
        n += 1;
    }
}

/// The filter that holds this function alone.
unsafe fn index_of(function: u64) -> *const u64 {
    let indices = hash::allocate(1) as *mut u64;
    unsafe { *indices = sites::of_function(function) };
    indices
}

/// Registers `count` ops that want this function; returns the first, the others follow it in memory.
fn register_many(count: u64, function: u64) -> u64 {
    if count == 0 {
        return 0;
    }
    unsafe {
        let indices = index_of(function);
        let mut first = 0u64;
        let mut n = 0u64;
        while n < count {
            let ops = ops::allocate(tracers::empty, 0);
            if n == 0 {
                first = ops as u64;
            }
            // As in the kernel's sample module, whose ops come from kcalloc.
            (*ops).flags = ops::DYNAMIC;
            register::set_filter(ops, indices, 1);
            register::register(ops);
            n += 1;
        }
        first
    }
}

/// Makes the tracers count, and calls both functions: every ops must have seen exactly the calls of its function.
fn check(ours: u64, relevant: u64, others: u64, irrelevant: u64) {
    swap_tracers(ours, relevant);
    swap_tracers(others, irrelevant);
    let mut n = 0u64;
    while n < CHECKED {
        unsafe {
            tracees::tracee_relevant();
            tracees::tracee_irrelevant();
        }
        n += 1;
    }
    let mut hits = 0u64;
    let mut wrong = 0u64;
    n = 0;
    while n < relevant + irrelevant {
        let ops = if n < relevant { ours + n * 256 } else { others + (n - relevant) * 256 } as *const Ops;
        unsafe {
            hits += (*ops).hits;
            if (*ops).hits != CHECKED {
                wrong += 1;
            }
        }
        n += 1;
    }
    console::result(text!("hits"), hits);
    console::result(text!("wrong"), wrong);
    if wrong != 0 {
        console::fail_with(text!("ops with a wrong number of calls:"), wrong);
    }
}

/// Takes the ops out and puts them back with the counting tracer.
fn swap_tracers(first: u64, count: u64) {
    let mut n = 0u64;
    unsafe {
        while n < count {
            register::unregister((first + n * 256) as *mut Ops);
            n += 1;
        }
        n = 0;
        while n < count {
            let ops = (first + n * 256) as *mut Ops;
            (*ops).func = tracers::counting;
            register::register(ops);
            n += 1;
        }
    }
}
