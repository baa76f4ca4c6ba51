//! Whatever the file: it is refused in words, or it can be loaded, asked for its symbols, and put into a machine.

use cmodx_isa::Arch;
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::ids::Cycle;
use cmodx_sim::loader::Image;
use cmodx_sim::platform::Board;
use cmodx_sim::platform::aarch64_virt::{self, Aarch64Virt};
use cmodx_sim::platform::riscv_virt::{self, RiscvVirt};
use cmodx_sim::timed::{Limits, Machine};

/// Bytes of the machine's memory.
const RAM: u64 = 1 << 20;

/// Takes the bytes for a file.
pub fn check(data: &[u8]) {
    let image = match Image::parse(data) {
        Ok(image) => image,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    for symbol in &image.symbols {
        let found = image.symbol(&symbol.name).expect("a symbol is found by its name");
        assert_eq!(found.name, symbol.name);
        for at in [symbol.addr, symbol.addr.wrapping_sub(1), symbol.addr.wrapping_add(symbol.size)] {
            assert!(!image.describe(at).is_empty());
            let _ = (image.symbol_at(at), image.physical(at), image.read_u64(at));
        }
    }
    let moved = image.clone().moved(image.entry);
    assert_eq!(moved.segments.len(), image.segments.len());
    let _ = moved.check_ram(0..RAM);
    match image.arch {
        Arch::Riscv64 => run(RiscvVirt::new(1, riscv_virt::Options::default()), "sifive-u74", &image),
        Arch::Aarch64 => run(Aarch64Virt::new(1, aarch64_virt::Options::default()), "cortex-a55", &image),
    }
}

/// Loads the image and executes a little of it.
fn run<B: Board>(board: B, core: &str, image: &Image) {
    let core = CoreModel::built_in(core).expect("a built-in core");
    if let Ok(machine) = Machine::new(&core, 1, RAM, board, image) {
        machine.without_timing().run(Limits { instructions: 100, cycles: Cycle(100_000) });
    }
}
