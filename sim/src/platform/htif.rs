//! Host-target interface: a bare program ends the run and prints by storing to a doubleword called `tohost`. Source:
//! Spike (riscv-software-src/riscv-isa-sim, `fesvr/htif.cc`, `fesvr/device.cc`, `fesvr/syscall.cc`) and the environment of
//! riscv-tests, which are its users.
//!
//! Of the proxied system calls `write` and `exit` are served; every other one returns -ENOSYS. Console input is empty.

use super::guest_memory::physical_bytes;
use super::{Effect, GuestMemory};

const SYS_WRITE: u64 = 64;
const SYS_EXIT: u64 = 93;
const ENOSYS: u64 = 38;
const EBADF: u64 = 9;
const EFAULT: u64 = 14;
const DEVICE_SYSCALL: u64 = 0;
const DEVICE_CONSOLE: u64 = 1;
const COMMAND_WRITE: u64 = 1;

/// Where the two doublewords of the interface lie: the symbols of these names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Htif {
    /// Physical address of `tohost`.
    pub tohost: u64,
    /// Physical address of `fromhost`, when the program has it.
    pub fromhost: Option<u64>,
}

impl Htif {
    /// Serves what stands in `tohost` and clears it; console bytes are added to `output`.
    pub fn serve(&self, memory: &mut dyn GuestMemory, output: &mut Vec<u8>, effects: &mut Vec<Effect>) {
        let Some(request) = read(memory, self.tohost).filter(|&request| request != 0) else { return };
        memory.write_bytes(self.tohost, &[0; 8]);
        let (device, command, payload) = (request >> 56, request >> 48 & 0xff, request << 16 >> 16);
        match (device, command) {
            (DEVICE_SYSCALL, 0) if payload & 1 == 1 => effects.push(Effect::Shutdown { code: (payload >> 1) as u32 }),
            (DEVICE_SYSCALL, 0) => {
                system_call(memory, payload, output, effects);
                self.respond(memory, request >> 48 << 48 | 1);
            }
            (DEVICE_CONSOLE, COMMAND_WRITE) => output.push(payload as u8),
            _ => {}
        }
    }

    fn respond(&self, memory: &mut dyn GuestMemory, value: u64) {
        if let Some(at) = self.fromhost {
            memory.write_bytes(at, &value.to_le_bytes());
        }
    }
}

fn read(memory: &dyn GuestMemory, at: u64) -> Option<u64> {
    let mut bytes = [0; 8];
    memory.read_bytes(at, &mut bytes).then(|| u64::from_le_bytes(bytes))
}

/// A block of eight doublewords holds the number and arguments of the call; the result goes into the first one.
fn system_call(memory: &mut dyn GuestMemory, block: u64, output: &mut Vec<u8>, effects: &mut Vec<Effect>) {
    let word = |n: u64| read(memory, block.wrapping_add(8 * n));
    let (Some(number), Some(first), Some(second), Some(third)) = (word(0), word(1), word(2), word(3)) else { return };
    let result = match number {
        SYS_WRITE if first == 1 || first == 2 => match physical_bytes(memory, second, third) {
            Some(bytes) => {
                output.extend_from_slice(&bytes);
                third
            }
            None => EFAULT.wrapping_neg(),
        },
        SYS_WRITE => EBADF.wrapping_neg(),
        SYS_EXIT => {
            effects.push(Effect::Shutdown { code: first as u32 });
            0
        }
        _ => ENOSYS.wrapping_neg(),
    };
    memory.write_bytes(block, &result.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing::Ram;

    const HTIF: Htif = Htif { tohost: 0x8000_0000, fromhost: Some(0x8000_0040) };

    fn ask(ram: &mut Ram, request: u64) -> (Vec<u8>, Vec<Effect>) {
        let (mut output, mut effects) = (Vec::new(), Vec::new());
        ram.put(HTIF.tohost, request);
        HTIF.serve(ram, &mut output, &mut effects);
        (output, effects)
    }

    #[test]
    fn an_odd_value_ends_the_run_with_the_rest_as_exit_code() {
        let mut ram = Ram::at(0x8000_0000);
        assert_eq!(ask(&mut ram, 1).1, [Effect::Shutdown { code: 0 }]);
        assert_eq!(ask(&mut ram, 5 << 1 | 1).1, [Effect::Shutdown { code: 5 }]);
        assert_eq!(ram.get(HTIF.tohost), 0, "acknowledged");
    }

    #[test]
    fn the_console_device_prints_a_character() {
        let mut ram = Ram::at(0x8000_0000);
        assert_eq!(ask(&mut ram, 1 << 56 | 1 << 48 | u64::from(b'A')), (b"A".to_vec(), vec![]));
        assert_eq!(ram.get(HTIF.tohost), 0);
    }

    #[test]
    fn a_proxied_write_prints_answers_and_leaves_its_result() {
        let mut ram = Ram::at(0x8000_0000);
        let block = 0x8000_0100;
        for (n, value) in [SYS_WRITE, 1, 0x8000_0200, 3].into_iter().enumerate() {
            ram.put(block + 8 * n as u64, value);
        }
        ram.write_bytes(0x8000_0200, b"abc");
        assert_eq!(ask(&mut ram, block).0, b"abc");
        assert_eq!((ram.get(block), ram.get(0x8000_0040)), (3, 1));
    }

    #[test]
    fn bad_pointers_and_unknown_calls_get_errors() {
        let mut ram = Ram::at(0x8000_0000);
        let block = 0x8000_0100;
        for (request, result) in [
            ([SYS_WRITE, 1, 0x10, 3], -14i64),
            ([SYS_WRITE, 1, 0x8000_0200, u64::MAX], -14),
            ([SYS_WRITE, 7, 0x8000_0200, 3], -9),
            ([1, 0, 0, 0], -38),
        ] {
            for (n, value) in request.into_iter().enumerate() {
                ram.put(block + 8 * n as u64, value);
            }
            assert_eq!(ask(&mut ram, block), (vec![], vec![]));
            assert_eq!(ram.get(block) as i64, result);
        }
        assert_eq!(ask(&mut ram, 0x10), (vec![], vec![]), "a block outside RAM is ignored");
    }
}
