//! A context that remembers what passes through it to another one.

use super::Accessed;
use cmodx_isa::{Access, AccessOrder, CacheOp, Context, Counter, Fault, Fence, Hint, Mapping, Size, SystemReg, TlbOp};

/// One instruction at work, observed.
pub(crate) struct Recording<'a, C> {
    inner: &'a mut C,
    accesses: Vec<Accessed>,
}

impl<'a, C: Context> Recording<'a, C> {
    pub(crate) fn new(inner: &'a mut C) -> Recording<'a, C> {
        Recording { inner, accesses: Vec::new() }
    }

    pub(crate) fn accesses(&self) -> &[Accessed] {
        &self.accesses
    }

    fn read(&mut self, at: u64) {
        self.accesses.push(Accessed::Read { at });
    }

    fn wrote(&mut self, at: u64, size: Size, value: u64) {
        self.accesses.push(Accessed::Wrote { at, size, value });
    }
}

impl<C: Context> Context for Recording<'_, C> {
    type Hart = C::Hart;

    fn hart(&mut self) -> &mut C::Hart {
        self.inner.hart()
    }

    fn load(&mut self, at: u64, size: Size, order: AccessOrder) -> Result<u64, Fault> {
        let value = self.inner.load(at, size, order)?;
        self.read(at);
        Ok(value)
    }

    fn store(&mut self, at: u64, size: Size, value: u64, order: AccessOrder) -> Result<(), Fault> {
        self.inner.store(at, size, value, order)?;
        self.wrote(at, size, value);
        Ok(())
    }

    fn rmw(
        &mut self,
        at: u64,
        size: Size,
        order: AccessOrder,
        update: impl FnOnce(u64) -> Option<u64>,
    ) -> Result<u64, Fault> {
        let mut new = None;
        let old = self.inner.rmw(at, size, order, |old| {
            new = update(old);
            new
        })?;
        self.read(at);
        if let Some(new) = new {
            self.wrote(at, size, new);
        }
        Ok(old)
    }

    fn rmw_pair(
        &mut self,
        at: u64,
        size: Size,
        order: AccessOrder,
        update: impl FnOnce((u64, u64)) -> Option<(u64, u64)>,
    ) -> Result<(u64, u64), Fault> {
        let mut new = None;
        let old = self.inner.rmw_pair(at, size, order, |old| {
            new = update(old);
            new
        })?;
        let second = at.wrapping_add(size.bytes());
        self.read(at);
        self.read(second);
        if let Some(new) = new {
            self.wrote(at, size, new.0);
            self.wrote(second, size, new.1);
        }
        Ok(old)
    }

    fn load_reserved(&mut self, at: u64, size: Size, order: AccessOrder) -> Result<u64, Fault> {
        let value = self.inner.load_reserved(at, size, order)?;
        self.read(at);
        Ok(value)
    }

    fn store_conditional(&mut self, at: u64, size: Size, value: u64, order: AccessOrder) -> Result<bool, Fault> {
        let stored = self.inner.store_conditional(at, size, value, order)?;
        if stored {
            self.wrote(at, size, value);
        }
        Ok(stored)
    }

    fn load_reserved_pair(&mut self, at: u64, size: Size, order: AccessOrder) -> Result<(u64, u64), Fault> {
        let values = self.inner.load_reserved_pair(at, size, order)?;
        self.read(at);
        self.read(at.wrapping_add(size.bytes()));
        Ok(values)
    }

    fn store_conditional_pair(
        &mut self,
        at: u64,
        size: Size,
        values: (u64, u64),
        order: AccessOrder,
    ) -> Result<bool, Fault> {
        let stored = self.inner.store_conditional_pair(at, size, values, order)?;
        if stored {
            self.wrote(at, size, values.0);
            self.wrote(at.wrapping_add(size.bytes()), size, values.1);
        }
        Ok(stored)
    }

    fn clear_reservation(&mut self) {
        self.inner.clear_reservation();
    }

    fn fence(&mut self, fence: Fence) {
        self.inner.fence(fence);
    }

    fn cache_op(&mut self, op: CacheOp, at: u64) -> Result<(), Fault> {
        self.inner.cache_op(op, at)
    }

    fn tlb_op(&mut self, op: TlbOp) {
        self.inner.tlb_op(op);
    }

    fn hint(&mut self, hint: Hint) {
        self.inner.hint(hint);
    }

    fn counter(&mut self, counter: Counter) -> u64 {
        self.inner.counter(counter)
    }

    fn read_system(&mut self, register: SystemReg) -> Option<u64> {
        self.inner.read_system(register)
    }

    fn write_system(&mut self, register: SystemReg, value: u64) -> bool {
        self.inner.write_system(register, value)
    }

    fn probe(&mut self, at: u64, access: Access) -> Result<Mapping, Fault> {
        self.inner.probe(at, access)
    }

    fn translation_changed(&mut self) {
        self.inner.translation_changed();
    }
}
