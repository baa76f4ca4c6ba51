//! The two functions of the overhead measurements: empty, as in the Linux sample module samples/ftrace/ftrace-ops.c.

#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn tracee_relevant() {}

#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn tracee_irrelevant() {}
