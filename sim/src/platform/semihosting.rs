//! Semihosting: calls that a bare program makes to its debugger (HLT #0xF000 on A64, a marked EBREAK on RISC-V). Source: Arm,
//! "Semihosting for AArch32 and AArch64", release 2022Q1; RISC-V takes the 64-bit form over.
//!
//! Console output, the exit calls, and what a C library needs to open its console (`:tt`) are served. Every other call returns
//! -1.

use super::guest_memory::{virtual_bytes, virtual_word};
use super::{Effect, GuestMemory};
use cmodx_isa::Isa;

const SYS_OPEN: u32 = 0x01;
const SYS_CLOSE: u32 = 0x02;
const SYS_WRITEC: u32 = 0x03;
const SYS_WRITE0: u32 = 0x04;
const SYS_WRITE: u32 = 0x05;
const SYS_ISTTY: u32 = 0x09;
const SYS_EXIT: u32 = 0x18;
const SYS_EXIT_EXTENDED: u32 = 0x20;

const ERROR: u64 = u64::MAX;
const STOPPED_APPLICATION_EXIT: u64 = 0x2_0026;
/// The console, by its special name.
const CONSOLE_NAME: &[u8] = b":tt";
/// Modes 0-3 of fopen read, 4-7 write, 8-11 append: standard input, output and error.
const MODES: u64 = 12;
/// Longest string that SYS_WRITE0 prints: a program that forgot the zero must not print all of memory.
const LONGEST: u64 = 1 << 16;

/// Serves the call `operation` (w0) with parameter (x1) and returns the new x0.
pub(super) fn call<I: Isa>(
    hart: &I::Hart,
    operation: u64,
    parameter: u64,
    memory: &mut dyn GuestMemory,
    output: &mut Vec<u8>,
    effects: &mut Vec<Effect>,
) -> u64 {
    // The fields of the parameter block.
    let field = |n: u64, memory: &mut dyn GuestMemory| {
        let at = parameter.checked_add(8 * n)?;
        virtual_word::<I>(hart, memory, at)
    };
    let served = match operation as u32 {
        SYS_WRITEC => virtual_bytes::<I>(hart, memory, parameter, 1).map(|byte| {
            output.extend(byte);
            0
        }),
        SYS_WRITE0 => {
            for at in (0..LONGEST).map_while(|n| parameter.checked_add(n)) {
                match virtual_bytes::<I>(hart, memory, at, 1).as_deref() {
                    Some(&[byte]) if byte != 0 => output.push(byte),
                    _ => break,
                }
            }
            Some(0)
        }
        SYS_WRITE => (|| {
            let (handle, at, length) = (field(0, memory)?, field(1, memory)?, field(2, memory)?);
            let bytes = virtual_bytes::<I>(hart, memory, at, length).filter(|_| matches!(handle, 1 | 2));
            // The result is the number of bytes that were not written.
            Some(bytes.map_or(length, |bytes| {
                output.extend(bytes);
                0
            }))
        })(),
        SYS_OPEN => (|| {
            let (name, mode, length) = (field(0, memory)?, field(1, memory)?, field(2, memory)?);
            let console = length == 3 && virtual_bytes::<I>(hart, memory, name, length)? == CONSOLE_NAME;
            (console && mode < MODES).then_some(mode / 4)
        })(),
        SYS_CLOSE => field(0, memory).filter(|&handle| handle <= 2).map(|_| 0),
        SYS_ISTTY => field(0, memory).map(|handle| u64::from(handle <= 2)),
        SYS_EXIT | SYS_EXIT_EXTENDED => (|| {
            let (reason, code) = (field(0, memory)?, field(1, memory)?);
            // Every reason but an orderly exit is a failure.
            let code = if reason == STOPPED_APPLICATION_EXIT { code as u32 } else { 1 };
            effects.push(Effect::Shutdown { code });
            Some(0)
        })(),
        _ => None,
    };
    served.unwrap_or(ERROR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing::Ram;
    use cmodx_isa::aarch64::{Aarch64, Hart};

    const RAM: u64 = 0x4000_0000;
    const BLOCK: u64 = RAM + 0x100;

    struct Bench {
        ram: Ram,
        output: Vec<u8>,
        effects: Vec<Effect>,
    }

    impl Bench {
        fn new() -> Bench {
            Bench { ram: Ram::at(RAM), output: Vec::new(), effects: Vec::new() }
        }

        /// The result of a call whose parameter block holds these fields.
        fn call(&mut self, operation: u32, fields: &[u64]) -> i64 {
            for (n, &field) in fields.iter().enumerate() {
                self.ram.put(BLOCK + 8 * n as u64, field);
            }
            self.call_at(operation, BLOCK)
        }

        fn call_at(&mut self, operation: u32, parameter: u64) -> i64 {
            let (ram, output, effects) = (&mut self.ram, &mut self.output, &mut self.effects);
            call::<Aarch64>(&Hart::kernel(0), operation.into(), parameter, ram, output, effects) as i64
        }
    }

    #[test]
    fn the_console_is_written_by_character_string_and_buffer() {
        let mut b = Bench::new();
        b.ram.write_bytes(RAM, b"abc\0def");
        assert_eq!(b.call_at(SYS_WRITEC, RAM), 0);
        assert_eq!(b.call_at(SYS_WRITE0, RAM), 0);
        assert_eq!(b.call(SYS_WRITE, &[1, RAM + 4, 3]), 0);
        assert_eq!(b.output, b"aabcdef");
    }

    #[test]
    fn a_write_that_cannot_be_made_returns_all_its_bytes() {
        let mut b = Bench::new();
        assert_eq!(b.call(SYS_WRITE, &[7, RAM, 3]), 3);
        assert_eq!(b.call(SYS_WRITE, &[1, 0x10, 3]), 3);
        assert_eq!(b.call(SYS_WRITE, &[1, RAM, u64::MAX]), -1);
        assert_eq!(b.call_at(SYS_WRITE, 0x10), -1);
        assert_eq!(b.call_at(SYS_WRITEC, 0x10), -1);
        assert_eq!(b.call_at(SYS_WRITE, u64::MAX), -1);
        assert!(b.output.is_empty());
    }

    #[test]
    fn the_console_can_be_opened_and_is_a_terminal() {
        let mut b = Bench::new();
        b.ram.write_bytes(RAM, b":tt\0/etc");
        assert_eq!([0, 4, 8].map(|mode| b.call(SYS_OPEN, &[RAM, mode, 3])), [0, 1, 2]);
        assert_eq!(b.call(SYS_OPEN, &[RAM, 12, 3]), -1);
        assert_eq!(b.call(SYS_OPEN, &[RAM + 4, 0, 4]), -1);
        assert_eq!((b.call(SYS_ISTTY, &[1]), b.call(SYS_ISTTY, &[3])), (1, 0));
        assert_eq!((b.call(SYS_CLOSE, &[1]), b.call(SYS_CLOSE, &[3])), (0, -1));
        assert_eq!(b.call(0x13, &[]), -1);
    }

    #[test]
    fn exit_passes_its_code_on_and_other_reasons_fail() {
        let mut b = Bench::new();
        b.call(SYS_EXIT, &[STOPPED_APPLICATION_EXIT, 3]);
        b.call(SYS_EXIT_EXTENDED, &[STOPPED_APPLICATION_EXIT, 0]);
        b.call(SYS_EXIT, &[0x2_0023, 0]);
        let codes = [3, 0, 1].map(|code| Effect::Shutdown { code });
        assert_eq!(b.effects, codes);
    }
}
