//! A hart with flat memory and nothing else: enough to run a stream of instructions.

use cmodx_isa::aarch64::{Aarch64, Hart, Trap};
use cmodx_isa::context::*;
use cmodx_isa::{Access, Fault, FaultKind, Flow, Isa};

/// Bytes at an address.
#[derive(Clone, Debug)]
pub struct Region {
    pub at: u64,
    pub bytes: Vec<u8>,
}

/// A hart and its memory. Counters count instructions; there are no devices.
#[derive(Clone, Debug)]
pub struct Machine {
    pub hart: Hart,
    pub pc: u64,
    pub regions: Vec<Region>,
    pub retired: u64,
    /// Address and values, as QEMU's user mode keeps them: a store-exclusive succeeds while the values are the same.
    reservation: Option<(u64, (u64, u64))>,
}

impl Machine {
    pub fn new(hart: Hart, pc: u64, regions: Vec<Region>) -> Machine {
        Machine { hart, pc, regions, retired: 0, reservation: None }
    }

    /// Memory at a physical address; `None` when there is none.
    fn memory(&mut self, at: u64, count: u64) -> Option<&mut [u8]> {
        let region = self.regions.iter_mut().find(|r| at.wrapping_sub(r.at) < r.bytes.len() as u64)?;
        let offset = (at - region.at) as usize;
        region.bytes.get_mut(offset..offset + count as usize)
    }

    /// The translation of an address, walked anew for each access.
    fn translate(&mut self, at: u64, access: Access) -> Result<u64, Fault> {
        if Aarch64::translation_off(&self.hart, access) {
            return Ok(at);
        }
        let hart = self.hart.clone();
        Aarch64::translate(&hart, self, at, access).map(|mapping| mapping.physical)
    }

    /// Bytes at a virtual address; accesses that cross a page are not asked for.
    fn bytes(&mut self, at: u64, count: u64, access: Access) -> Result<&mut [u8], Fault> {
        let physical = self.translate(at, access)?;
        self.memory(physical, count).ok_or(Fault { at, access, kind: FaultKind::Unmapped })
    }

    fn read(&mut self, at: u64, size: Size, access: Access) -> Result<u64, Fault> {
        let bytes = self.bytes(at, size.bytes(), access)?;
        Ok(bytes.iter().rev().fold(0, |value, &byte| value << 8 | byte as u64))
    }

    fn write(&mut self, at: u64, size: Size, value: u64) -> Result<(), Fault> {
        let bytes = self.bytes(at, size.bytes(), Access::Store)?;
        let count = bytes.len();
        bytes.copy_from_slice(&value.to_le_bytes()[..count]);
        Ok(())
    }

    /// The next instruction.
    pub fn fetch(&mut self) -> Result<u32, Fault> {
        let pc = self.pc;
        if pc & 3 != 0 {
            return Err(Fault { at: pc, access: Access::Fetch, kind: FaultKind::Misaligned });
        }
        self.read(pc, Size::Word, Access::Fetch).map(|word| word as u32)
    }

    /// Executes one instruction; an exception leaves the pc on it.
    pub fn step(&mut self) -> Result<(), Trap> {
        let word = self.fetch().map_err(Trap::from_fault)?;
        let insn = Aarch64::decode(word);
        let pc = self.pc;
        self.pc = match Aarch64::execute(self, insn, pc)? {
            Flow::Next => pc.wrapping_add(4),
            Flow::Jump(target) => target,
        };
        self.retired += 1;
        Ok(())
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
        self.reservation = Some((at, (value, 0)));
        Ok(value)
    }

    fn store_conditional(&mut self, at: u64, size: Size, value: u64, _: AccessOrder) -> Result<bool, Fault> {
        let now = (self.read(at, size, Access::Store)?, 0);
        let holds = self.reservation.take() == Some((at, now));
        if holds {
            self.write(at, size, value)?;
        }
        Ok(holds)
    }

    fn load_reserved_pair(&mut self, at: u64, size: Size, order: AccessOrder) -> Result<(u64, u64), Fault> {
        let values = self.load_pair(at, size, order)?;
        self.reservation = Some((at, values));
        Ok(values)
    }

    fn store_conditional_pair(
        &mut self,
        at: u64,
        size: Size,
        values: (u64, u64),
        order: AccessOrder,
    ) -> Result<bool, Fault> {
        let now = self.load_pair(at, size, order)?;
        let holds = self.reservation.take() == Some((at, now));
        if holds {
            self.store_pair(at, size, values, order)?;
        }
        Ok(holds)
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

    fn read_system(&mut self, _: SystemReg) -> Option<u64> {
        None
    }

    fn write_system(&mut self, _: SystemReg, _: u64) -> bool {
        false
    }

    fn probe(&mut self, at: u64, access: Access) -> Result<Mapping, Fault> {
        let hart = self.hart.clone();
        Aarch64::translate(&hart, self, at, access)
    }

    fn translation_changed(&mut self) {}
}

impl TableMemory for Machine {
    fn read_entry(&mut self, at: u64) -> Option<u64> {
        self.memory(at, 8).map(|bytes| u64::from_le_bytes(bytes.try_into().expect("8 bytes")))
    }

    fn update_entry(&mut self, at: u64, expected: u64, new: u64) -> bool {
        if self.read_entry(at) != Some(expected) {
            return false;
        }
        self.memory(at, 8).expect("it was read").copy_from_slice(&new.to_le_bytes());
        true
    }
}
