//! A sequence of device accesses, run by a board here and by a bare program under QEMU.

use cmodx_isa::{Size, SystemReg};
use cmodx_sim::ids::HartId;
use cmodx_sim::platform::{Board, GuestMemory};

/// One access by hart 0.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Read a device.
    Read(u64, Size),
    /// Write a device.
    Write(u64, Size, u64),
    /// Read a system register.
    Get(SystemReg),
    /// Write a system register.
    Set(SystemReg, u64),
}

/// What a script gave: the values read, and the console output.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// In order, one for each read or get.
    pub values: Vec<u64>,
    /// Bytes that went out on the UART.
    pub output: Vec<u8>,
}

/// Makes one access on a board; what a read gives.
pub fn step_here<B: Board>(board: &mut B, step: Step) -> Option<u64> {
    let (hart, now, effects) = (HartId(0), 0, &mut Vec::new());
    let value = match step {
        Step::Read(at, size) => board.read(hart, now, at, size, effects),
        Step::Get(register) => board.read_system(hart, now, register, effects),
        Step::Write(at, size, value) => {
            assert!(board.write(hart, now, at, size, value & size.mask(), effects), "{step:x?} answers");
            return None;
        }
        Step::Set(register, value) => {
            assert!(board.write_system(hart, now, register, value, effects), "{step:x?} answers");
            return None;
        }
    };
    assert!(value.is_some(), "{step:x?} answers");
    value
}

/// Runs a script on a board.
pub fn run_here<B: Board>(board: &mut B, steps: &[Step]) -> Outcome {
    let values = steps.iter().filter_map(|&step| step_here(board, step)).collect();
    Outcome { values, output: board.take_output() }
}

/// Parts what a program printed into the script's own output and the values that follow it.
pub fn outcome(steps: &[Step], printed: &[u8]) -> Outcome {
    let reads = steps.iter().filter(|step| matches!(step, Step::Read(..) | Step::Get(_))).count();
    let own = printed.len().checked_sub(8 * reads).expect("the program printed all values");
    let (output, values) = printed.split_at(own);
    let value = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
    Outcome { values: values.chunks(8).map(value).collect(), output: output.to_vec() }
}

/// Compares, and shows the first value that differs with the steps that led to it.
pub fn assert_same(steps: &[Step], ours: &Outcome, theirs: &Outcome) {
    let reads = steps.iter().enumerate().filter(|(_, step)| matches!(step, Step::Read(..) | Step::Get(_)));
    for (n, (at, step)) in reads.enumerate() {
        let (ours, theirs) = (ours.values[n], theirs.values[n]);
        let before: Vec<_> = steps[at.saturating_sub(30)..at].iter().map(|step| format!("\n  {step:x?}")).collect();
        let before = before.concat();
        assert!(ours == theirs, "step {at}, {step:x?}: {ours:#x} here, {theirs:#x} by QEMU, after{before}");
    }
    assert_eq!(ours.output, theirs.output, "console output");
}

/// The generator of Marsaglia, "Xorshift RNGs" (2003), with shifts 13, 7, 17.
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Below this bound; from the upper half, whose bits are the better ones.
    pub fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 32) % bound
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// A word with few, many or random bits set.
    pub fn word(&mut self) -> u64 {
        let values = [self.next(), self.next() & self.next() & self.next(), 1 << self.below(32), 0, u64::MAX];
        self.pick(&values) & 0xffff_ffff
    }
}

/// 64 MiB of RAM from this address on, of which only the bounds matter.
pub struct Empty(pub u64);

impl Empty {
    fn holds(&self, at: u64, length: usize) -> bool {
        at.checked_sub(self.0).is_some_and(|offset| offset <= 64 << 20 && offset + length as u64 <= 64 << 20)
    }
}

impl GuestMemory for Empty {
    fn read_bytes(&self, at: u64, bytes: &mut [u8]) -> bool {
        bytes.fill(0);
        self.holds(at, bytes.len())
    }

    fn write_bytes(&mut self, at: u64, bytes: &[u8]) -> bool {
        self.holds(at, bytes.len())
    }
}
