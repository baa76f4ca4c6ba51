//! A hart, memory and a console: enough to run a stream of instructions or a bare program.

use cmodx_isa::context::*;
use cmodx_isa::riscv::{Hart, Riscv, Trap, csr};
use cmodx_isa::{Access, Fault, FaultKind, Flow, Isa, TableMemory};

/// Bytes at an address.
#[derive(Clone, Debug)]
pub struct Region {
    pub at: u64,
    pub bytes: Vec<u8>,
}

/// Where a byte stored goes to the console, as on QEMU's virt machine.
pub const CONSOLE: u64 = 0x1000_0000;
/// The UART's line control register: while its bit 7 is set, the first register is that of the baud rate.
const LINE_CONTROL: u64 = CONSOLE + 3;
/// Where a word stored ends the program, as there.
pub const FINISHER: u64 = 0x10_0000;

/// The timer comparator of S mode.
const STIMECMP: SystemReg = SystemReg(csr::STIMECMP as u32);

/// A hart and its memory. Counters count instructions. Nothing is cached: each access walks the page tables.
#[derive(Clone, Debug)]
pub struct Machine {
    pub hart: Hart,
    pub pc: u64,
    pub regions: Vec<Region>,
    pub retired: u64,
    pub output: Vec<u8>,
    pub finished: bool,
    divisor_latch: bool,
    comparator: u64,
    /// Address and value, as QEMU's user mode keeps them: a store-conditional succeeds while the value is the same.
    reservation: Option<(u64, u64)>,
}

/// Physical memory, for walks of the page tables.
struct Tables<'a>(&'a mut Vec<Region>);

impl TableMemory for Tables<'_> {
    fn read_entry(&mut self, at: u64) -> Option<u64> {
        let bytes = physical(self.0, at, 8)?;
        Some(u64::from_le_bytes(bytes.try_into().expect("8 bytes")))
    }

    fn update_entry(&mut self, at: u64, expected: u64, new: u64) -> bool {
        let same = self.read_entry(at) == Some(expected);
        if same {
            physical(self.0, at, 8).expect("it was read").copy_from_slice(&new.to_le_bytes());
        }
        same
    }
}

fn physical(regions: &mut [Region], at: u64, count: u64) -> Option<&mut [u8]> {
    let region = regions.iter_mut().find(|r| at.wrapping_sub(r.at) < r.bytes.len() as u64)?;
    let offset = (at - region.at) as usize;
    region.bytes.get_mut(offset..offset + count as usize)
}

impl Machine {
    pub fn new(hart: Hart, pc: u64, regions: Vec<Region>) -> Machine {
        Machine {
            hart,
            pc,
            regions,
            retired: 0,
            output: Vec::new(),
            finished: false,
            divisor_latch: false,
            comparator: 0,
            reservation: None,
        }
    }

    /// The physical address of bytes that lie in one page.
    fn translate(&mut self, at: u64, count: u64, access: Access) -> Result<u64, Fault> {
        let address = if Riscv::translation_off(&self.hart, access) {
            at
        } else {
            Riscv::translate(&self.hart, &mut Tables(&mut self.regions), at, access)?.physical
        };
        if Riscv::permits_physical(&self.hart, address, count, access) {
            Ok(address)
        } else {
            Err(Fault { at, access, kind: FaultKind::Protected })
        }
    }

    fn bytes(&mut self, at: u64, count: u64, access: Access) -> Result<&mut [u8], Fault> {
        let address = self.translate(at, count, access)?;
        physical(&mut self.regions, address, count).ok_or(Fault { at, access, kind: FaultKind::Unmapped })
    }

    /// True when the bytes lie in two pages.
    fn splits(at: u64, size: Size) -> bool {
        at & 0xfff > 0x1000 - size.bytes()
    }

    fn read(&mut self, at: u64, size: Size, access: Access) -> Result<u64, Fault> {
        if Machine::splits(at, size) {
            let bytes = (0..size.bytes()).map(|n| self.read(at.wrapping_add(n), Size::Byte, access));
            let bytes: Vec<u64> = bytes.collect::<Result<_, _>>()?;
            return Ok(bytes.iter().rev().fold(0, |value, byte| value << 8 | byte));
        }
        if self.translate(at, size.bytes(), access)? == CONSOLE + 5 {
            return Ok(0x60); // ready for the next byte
        }
        let bytes = self.bytes(at, size.bytes(), access)?;
        Ok(bytes.iter().rev().fold(0, |value, &byte| value << 8 | byte as u64))
    }

    fn write(&mut self, at: u64, size: Size, value: u64) -> Result<(), Fault> {
        if Machine::splits(at, size) {
            for last in [at, at.wrapping_add(size.bytes() - 1)] {
                self.bytes(last, 1, Access::Store)?;
            }
            let mut bytes = 0..size.bytes();
            return bytes.try_for_each(|n| self.write(at.wrapping_add(n), Size::Byte, value >> (8 * n) & 0xff));
        }
        match self.translate(at, size.bytes(), Access::Store)? {
            CONSOLE if !self.divisor_latch => self.output.push(value as u8),
            LINE_CONTROL => self.divisor_latch = value & 0x80 != 0,
            FINISHER => self.finished = true,
            _ => {
                let bytes = self.bytes(at, size.bytes(), Access::Store)?;
                let count = bytes.len();
                bytes.copy_from_slice(&value.to_le_bytes()[..count]);
            }
        }
        Ok(())
    }

    /// The bits of the next instruction.
    pub fn fetch(&mut self) -> Result<u32, Fault> {
        let pc = self.pc;
        let low = self.read(pc, Size::Half, Access::Fetch)? as u32;
        if Riscv::length(low as u16) == 2 {
            return Ok(low);
        }
        Ok(low | (self.read(pc + 2, Size::Half, Access::Fetch)? as u32) << 16)
    }

    /// Executes one instruction; an exception leaves the pc on it.
    pub fn step(&mut self) -> Result<(), Trap> {
        let word = self.fetch()?;
        let insn = Riscv::decode(word);
        let pc = self.pc;
        self.pc = match Riscv::execute(self, insn, pc)? {
            Flow::Next => pc.wrapping_add(Riscv::insn_length(&insn) as u64),
            Flow::Jump(target) => target,
        };
        self.retired += 1;
        Ok(())
    }

    /// Runs a bare program until it ends itself; its traps are taken.
    ///
    /// # Panics
    /// When it has not ended after this many instructions.
    pub fn run(&mut self, limit: u64) {
        for _ in 0..limit {
            let trap = match Riscv::interrupt(&self.hart) {
                Some(interrupt) => Err(interrupt),
                None => self.step(),
            };
            if let Err(trap) = trap {
                self.pc = Riscv::enter(&mut self.hart, trap, self.pc);
            }
            if self.finished {
                return;
            }
        }
        panic!("no end after {limit} instructions, at {:#x} in {:?}", self.pc, self.hart.privilege);
    }
}

impl Context for Machine {
    type Hart = Hart;

    fn hart(&mut self) -> &mut Hart {
        &mut self.hart
    }

    fn load(&mut self, at: u64, size: Size, _: AccessOrder) -> Result<u64, Fault> {
        self.read(at, size, Access::Load)
    }

    fn store(&mut self, at: u64, size: Size, value: u64, _: AccessOrder) -> Result<(), Fault> {
        self.write(at, size, value)
    }

    fn rmw(
        &mut self,
        at: u64,
        size: Size,
        _: AccessOrder,
        update: impl FnOnce(u64) -> Option<u64>,
    ) -> Result<u64, Fault> {
        let old = self.read(at, size, Access::Store)?;
        if let Some(new) = update(old) {
            self.write(at, size, new)?;
        }
        Ok(old)
    }

    fn rmw_pair(
        &mut self,
        at: u64,
        size: Size,
        _: AccessOrder,
        update: impl FnOnce((u64, u64)) -> Option<(u64, u64)>,
    ) -> Result<(u64, u64), Fault> {
        let second = at.wrapping_add(size.bytes());
        let old = (self.read(at, size, Access::Store)?, self.read(second, size, Access::Store)?);
        if let Some(new) = update(old) {
            self.write(at, size, new.0)?;
            self.write(second, size, new.1)?;
        }
        Ok(old)
    }

    fn load_reserved(&mut self, at: u64, size: Size, _: AccessOrder) -> Result<u64, Fault> {
        let value = self.read(at, size, Access::Load)?;
        let extended = if size == Size::Word { value as i32 as u64 } else { value };
        self.reservation = Some((at, extended));
        Ok(value)
    }

    fn store_conditional(&mut self, at: u64, size: Size, value: u64, _: AccessOrder) -> Result<bool, Fault> {
        let now = self.read(at, size, Access::Store)?;
        let holds = self.reservation.take().is_some_and(|(a, old)| a == at && old & size.mask() == now);
        if holds {
            self.write(at, size, value)?;
        }
        Ok(holds)
    }

    fn load_reserved_pair(&mut self, _: u64, _: Size, _: AccessOrder) -> Result<(u64, u64), Fault> {
        unreachable!("RV64 reserves no pairs")
    }

    fn store_conditional_pair(&mut self, _: u64, _: Size, _: (u64, u64), _: AccessOrder) -> Result<bool, Fault> {
        unreachable!("RV64 reserves no pairs")
    }

    fn clear_reservation(&mut self) {
        self.reservation = None;
    }

    fn fence(&mut self, _: Fence) {}

    fn cache_op(&mut self, op: CacheOp, at: u64) -> Result<(), Fault> {
        const BLOCK: u64 = 64;
        if op == CacheOp::Zero {
            self.bytes(at & !(BLOCK - 1), BLOCK, Access::Store)?.fill(0);
        }
        Ok(())
    }

    fn tlb_op(&mut self, _: TlbOp) {}

    fn hint(&mut self, _: Hint) {}

    fn counter(&mut self, _: Counter) -> u64 {
        self.retired
    }

    fn read_system(&mut self, register: SystemReg) -> Option<u64> {
        (register == STIMECMP).then_some(self.comparator)
    }

    fn write_system(&mut self, register: SystemReg, value: u64) -> bool {
        self.comparator = value;
        register == STIMECMP
    }

    fn probe(&mut self, at: u64, access: Access) -> Result<Mapping, Fault> {
        self.bytes(at, 1, access)?;
        Ok(Mapping { physical: at, page: 4096, read: true, write: true, execute: true, global: true, guarded: false })
    }

    fn translation_changed(&mut self) {}
}
