//! Static Linux programs: one thread, without a kernel. System calls are served natively, as firmware calls are on the boards.
//!
//! Memory is flat: addresses are physical, from 0x1_0000 on, and every byte may be read, written and executed. What lies below
//! or behind it faults, so a null pointer does; other accesses to memory that was never mapped are not found out. There are no
//! files but the standard ones, no other threads, and no signal is ever delivered. Time is the machine's own and starts at a
//! fixed moment; random numbers are the same in every run.

mod calls;
mod input;
mod isa;
mod memory;
mod number;
mod stack;
mod structures;

pub use input::Input;
pub use isa::UserIsa;

use crate::ids::{HartId, HartSet};
use crate::loader::{ElfError, Image};
use crate::platform::{Board, Effect, Firmware, GuestMemory, Ticks};
use crate::timed::{Pause, Slots, Turn};
use cmodx_isa::{Size, SystemReg};
use memory::Space;

/// Where memory starts: the lowest address at which Linux lets a program be.
const START: u64 = 0x1_0000;
/// Where a position-independent program is loaded.
const ANYWHERE: u64 = 0x10_0000;
/// Bytes of a page.
const PAGE: u64 = 4096;

/// What a program is started with.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// Its name and arguments.
    pub arguments: Vec<String>,
    /// What it reads from its standard input.
    pub input: Input,
}

/// A process: its memory map and what it has printed.
#[derive(Clone, Debug)]
pub struct Process<I: UserIsa> {
    space: Space,
    stack_pointer: u64,
    input: Input,
    output: Vec<u8>,
    errors: Vec<u8>,
    /// State of the generator behind getrandom.
    random: u64,
    /// Signals with a handler, bit n for signal n.
    handled: u64,
    /// Signals that are ignored.
    ignored: u64,
    features: I::Features,
}

impl<I: UserIsa> Process<I> {
    /// A process and the image to run it from, its stack included, in `memory` bytes.
    ///
    /// # Errors
    /// When the program does not fit.
    pub fn new(
        image: Image,
        memory: u64,
        start: Start,
        features: I::Features,
    ) -> Result<(Process<I>, Image), ElfError> {
        let ram = START..START + memory;
        let image = if image.relocatable { image.moved(ANYWHERE) } else { image };
        image.check_ram(ram.clone())?;
        let program_end = image.segments.iter().map(|segment| segment.range().end).max().unwrap_or(START);
        let space = Space::new(program_end, ram.end);
        let (image, stack_pointer) = stack::build::<I>(image, &space, &start.arguments, features);
        let process = Process {
            space,
            stack_pointer,
            input: start.input,
            output: Vec::new(),
            errors: Vec::new(),
            random: 0,
            handled: 0,
            ignored: 0,
            features,
        };
        Ok((process, image))
    }
}

impl<I: UserIsa> Board for Process<I> {
    type Isa = I;
    const RAM: u64 = START;
    const TIMER_HZ: u64 = 1_000_000_000;

    fn running_at_reset(&self) -> HartSet {
        HartSet::first(1)
    }

    fn at_reset(&self, _: HartId) -> I::Hart {
        I::at_start(self.stack_pointer, self.features)
    }

    fn set_coherence(hart: &mut I::Hart, idc: bool, dic: bool) {
        I::set_coherence(hart, idc, dic);
    }

    fn read(&mut self, _: HartId, _: Ticks, _: u64, _: Size, _: &mut Vec<Effect>) -> Option<u64> {
        None
    }

    fn write(&mut self, _: HartId, _: Ticks, _: u64, _: Size, _: u64, _: &mut Vec<Effect>) -> bool {
        false
    }

    fn read_system(&mut self, _: HartId, _: Ticks, _: SystemReg, _: &mut Vec<Effect>) -> Option<u64> {
        None
    }

    fn write_system(&mut self, _: HartId, _: Ticks, _: SystemReg, _: u64, _: &mut Vec<Effect>) -> bool {
        false
    }

    fn firmware(
        &mut self,
        _: HartId,
        now: Ticks,
        hart: &mut I::Hart,
        trap: &I::Trap,
        memory: &mut dyn GuestMemory,
        effects: &mut Vec<Effect>,
    ) -> Firmware {
        let Some(number) = I::system_call(hart, trap) else { return Firmware::Stop(trap.to_string()) };
        let arguments = std::array::from_fn(|n| I::argument(hart, n));
        match self.call(number, arguments, now, memory, effects) {
            Ok(result) => {
                I::set_argument(hart, 0, result.unwrap_or_else(|errno| (errno as u64).wrapping_neg()));
                Firmware::Done
            }
            Err(reason) => Firmware::Stop(reason),
        }
    }

    fn update_lines(&mut self, _: HartId, _: Ticks, _: &mut I::Hart) {}

    fn next_timer(&self, _: HartId) -> Option<Ticks> {
        None
    }

    fn act(turn: Turn<'_, Self>, slots: &mut Slots<Self>) -> Pause {
        I::act(turn, slots)
    }

    fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    fn take_errors(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.errors)
    }
}
