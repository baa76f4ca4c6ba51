//! The guest: a small kernel whose functions can be traced, and the drivers that measure and test it.

#[cfg(target_arch = "riscv64")]
#[path = "riscv64/batched.rs"]
pub mod batched;
pub mod console;
#[cfg_attr(target_arch = "riscv64", path = "riscv64/cpu.rs")]
#[cfg_attr(target_arch = "aarch64", path = "aarch64/cpu.rs")]
pub mod cpu;
pub mod drivers;
#[cfg_attr(target_arch = "riscv64", path = "riscv64/encode.rs")]
#[cfg_attr(target_arch = "aarch64", path = "aarch64/encode.rs")]
pub mod encode;
#[cfg_attr(target_arch = "riscv64", path = "riscv64/firmware.rs")]
#[cfg_attr(target_arch = "aarch64", path = "aarch64/firmware.rs")]
pub mod firmware;
pub mod ftrace;
pub mod hart;
pub mod ipi;
pub mod marks;
pub mod params;
pub mod rcu;
pub mod schedule;
pub mod stop_machine;
pub mod sync;
pub mod thread;
pub mod timer;
pub mod tracees;
pub mod tracers;
pub mod trap;

/// Hart 0, with interrupts still off.
pub fn main(boot: u64) -> ! {
    if params::get(0) != params::MAGIC {
        console::fail_with(text!("parameters of another version:"), params::get(0));
    }
    let wanted = hart::wanted();
    hart::prepare(wanted);
    // While no other hart runs and no traced function has: sites may be written in any way.
    ftrace::sites::init();
    tracees::init();
    timer::start();
    cpu::enable_interrupts();
    hart::start_others(wanted, boot);
    let mode = params::get(params::MODE);
    if mode == params::OVERHEAD {
        drivers::overhead::run();
    } else if mode == params::LATENCY {
        drivers::latency::run();
    } else if mode == params::TOGGLE {
        drivers::toggle::run();
    } else if mode == params::CHECK {
        drivers::check::run();
    } else {
        console::fail_with(text!("unknown mode"), mode);
    }
    console::succeed()
}
