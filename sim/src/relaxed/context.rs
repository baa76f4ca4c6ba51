//! The relaxed world as an instruction sees it.

use super::arch::RelaxedIsa;
use super::message::Footprint;
use super::step::Step;
use cmodx_isa::{
    Access, AccessOrder, CacheOp, Context, Counter, Fault, FaultKind, Fence, Hint, Mapping, Size, SystemReg, TlbOp,
};

/// One instruction of one hart.
pub(super) struct Relaxed<'s, 'a, I: RelaxedIsa> {
    pub(super) step: &'s mut Step<'a>,
    pub(super) hart: &'s mut I::Hart,
    /// The stored value of an atomic does not depend on the loaded one.
    pub(super) operand_alone: bool,
}

fn footprint(at: u64, size: Size) -> Footprint {
    Footprint::new(at, size.bytes())
}

fn pair(at: u64, size: Size) -> Footprint {
    Footprint::new(at, 2 * size.bytes())
}

/// The footprint of a pair that is read or written at once (FEAT_LSE2): one within 16 aligned bytes.
fn whole(at: u64, size: Size) -> Option<Footprint> {
    let both = pair(at, size);
    (at.is_multiple_of(size.bytes()) && at % 16 + both.bytes as u64 <= 16).then_some(both)
}

/// The largest aligned parts of an access that is not aligned itself.
fn parts(at: Footprint) -> impl Iterator<Item = Footprint> {
    let part = move |from: u64| {
        let left = at.end().checked_sub(from).filter(|left| *left > 0)?;
        Some(Footprint::new(from, 1 << from.trailing_zeros().min(left.ilog2())))
    };
    std::iter::successors(part(at.at), move |p| part(p.end()))
}

fn split(value: u128, size: Size) -> (u64, u64) {
    (value as u64 & size.mask(), (value >> (8 * size.bytes())) as u64 & size.mask())
}

fn join(values: (u64, u64), size: Size) -> u128 {
    (values.0 & size.mask()) as u128 | (values.1 as u128 & size.mask() as u128) << (8 * size.bytes())
}

impl<I: RelaxedIsa> Relaxed<'_, '_, I> {
    fn fault(&self, at: u64, access: Access) -> Fault {
        Fault { at, access, kind: FaultKind::Unmapped }
    }

    /// An atomic access that is not aligned is not modelled where others can see it.
    fn check(&mut self, at: Footprint, writes: bool) {
        if !at.at.is_multiple_of(at.bytes as u64) && self.step.touch(at, writes, false) {
            self.step.unsupported("an atomic access to shared memory that is not aligned");
        }
    }

    /// True for an access that is made of parts: one that is not aligned, where others can see it.
    fn is_split(&mut self, at: Footprint, writes: bool) -> bool {
        !at.at.is_multiple_of(at.bytes as u64) && self.step.touch(at, writes, false)
    }

    fn read(&mut self, at: Footprint, order: AccessOrder) -> Result<(u128, u8, u8), Fault> {
        self.check(at, false);
        self.read_at_once(at, order)
    }

    fn read_at_once(&mut self, at: Footprint, order: AccessOrder) -> Result<(u128, u8, u8), Fault> {
        let result = self.step.read(at, order).ok_or(self.fault(at.at, Access::Load))?;
        self.step.loaded = self.step.loaded.max(result.2);
        Ok(result)
    }

    fn write_at_once(&mut self, at: Footprint, value: u128, order: AccessOrder) -> Result<(), Fault> {
        self.step.write(at, value, order, None).map(|_| ()).ok_or(self.fault(at.at, Access::Store))
    }

    fn update(
        &mut self,
        at: Footprint,
        order: AccessOrder,
        update: impl FnOnce(u128) -> Option<u128>,
    ) -> Result<u128, Fault> {
        let (old, time, view) = self.read(at, order)?;
        if let Some(new) = update(old) {
            if !self.operand_alone {
                self.step.data = self.step.data.max(view);
            }
            self.step.full_atomic(order);
            self.step.write(at, new, order, Some(time)).ok_or(self.fault(at.at, Access::Store))?;
        }
        Ok(old)
    }

    fn conditional(&mut self, at: Footprint, value: u128, order: AccessOrder) -> Result<bool, Fault> {
        self.step.write_reserved(at, value, order).ok_or(self.fault(at.at, Access::Store))
    }
}

impl<I: RelaxedIsa> Context for Relaxed<'_, '_, I> {
    type Hart = I::Hart;

    #[inline(always)]
    fn hart(&mut self) -> &mut I::Hart {
        self.hart
    }

    fn load(&mut self, at: u64, size: Size, order: AccessOrder) -> Result<u64, Fault> {
        let whole = footprint(at, size);
        if !self.is_split(whole, false) {
            return Ok(self.read_at_once(whole, order)?.0 as u64);
        }
        let mut value = 0;
        for part in parts(whole) {
            value |= (self.read_at_once(part, order)?.0 as u64) << (8 * (part.at - at));
        }
        Ok(value)
    }

    fn store(&mut self, at: u64, size: Size, value: u64, order: AccessOrder) -> Result<(), Fault> {
        let whole = footprint(at, size);
        if !self.is_split(whole, true) {
            return self.write_at_once(whole, (value & size.mask()) as u128, order);
        }
        for part in parts(whole) {
            let bits = value >> (8 * (part.at - at)) & (u64::MAX >> (64 - 8 * part.bytes as u32));
            self.write_at_once(part, bits as u128, order)?;
        }
        Ok(())
    }

    fn load_pair(&mut self, at: u64, size: Size, order: AccessOrder) -> Result<(u64, u64), Fault> {
        match whole(at, size) {
            Some(both) => Ok(split(self.read_at_once(both, order)?.0, size)),
            None => Ok((self.load(at, size, order)?, self.load(at.wrapping_add(size.bytes()), size, order)?)),
        }
    }

    fn store_pair(&mut self, at: u64, size: Size, values: (u64, u64), order: AccessOrder) -> Result<(), Fault> {
        if let Some(both) = whole(at, size) {
            return self.write_at_once(both, join(values, size), order);
        }
        self.store(at, size, values.0, order)?;
        self.store(at.wrapping_add(size.bytes()), size, values.1, order)
    }

    fn rmw(
        &mut self,
        at: u64,
        size: Size,
        order: AccessOrder,
        update: impl FnOnce(u64) -> Option<u64>,
    ) -> Result<u64, Fault> {
        let new = |old| update(old as u64).map(|new| (new & size.mask()) as u128);
        Ok(self.update(footprint(at, size), order, new)? as u64)
    }

    fn rmw_pair(
        &mut self,
        at: u64,
        size: Size,
        order: AccessOrder,
        update: impl FnOnce((u64, u64)) -> Option<(u64, u64)>,
    ) -> Result<(u64, u64), Fault> {
        let new = |old| update(split(old, size)).map(|new| join(new, size));
        Ok(split(self.update(pair(at, size), order, new)?, size))
    }

    fn load_reserved(&mut self, at: u64, size: Size, order: AccessOrder) -> Result<u64, Fault> {
        let at = footprint(at, size);
        let (value, time, _) = self.read(at, order)?;
        self.step.reserve(at, time);
        Ok(value as u64)
    }

    fn store_conditional(&mut self, at: u64, size: Size, value: u64, order: AccessOrder) -> Result<bool, Fault> {
        self.conditional(footprint(at, size), (value & size.mask()) as u128, order)
    }

    fn load_reserved_pair(&mut self, at: u64, size: Size, order: AccessOrder) -> Result<(u64, u64), Fault> {
        let at = pair(at, size);
        let (value, time, _) = self.read(at, order)?;
        self.step.reserve(at, time);
        Ok(split(value, size))
    }

    fn store_conditional_pair(
        &mut self,
        at: u64,
        size: Size,
        values: (u64, u64),
        order: AccessOrder,
    ) -> Result<bool, Fault> {
        self.conditional(pair(at, size), join(values, size), order)
    }

    fn clear_reservation(&mut self) {
        self.step.thread.reserved = None;
    }

    fn fence(&mut self, fence: Fence) {
        let step = &mut *self.step;
        match fence {
            Fence::Data { before: b, after: a } => {
                let reads = [b.reads || b.input, a.reads || a.input];
                step.data_fence(reads, [b.writes, a.writes], [b.output, a.output]);
                if b.reads && b.writes && a.reads && a.writes {
                    step.dmb_clean();
                }
            }
            Fence::Tso => {
                step.data_fence([true, true], [false, true], [false, false]);
                step.data_fence([false, false], [true, true], [false, false]);
            }
            Fence::FenceI => step.fence_i(),
            Fence::Dsb(types) => step.dsb(types.reads, types.writes),
            Fence::Isb => step.synchronize(),
        }
    }

    fn cache_op(&mut self, op: CacheOp, at: u64) -> Result<(), Fault> {
        let done = match op {
            CacheOp::CleanToPoU | CacheOp::CleanToPoC | CacheOp::CleanInvalidate | CacheOp::Invalidate => {
                self.step.clean(at)
            }
            CacheOp::InvalidateInsn => self.step.invalidate(Some(at), false),
            CacheOp::InvalidateAllInsn => self.step.invalidate(None, true),
            CacheOp::InvalidateAllInsnEverywhere => self.step.invalidate(None, false),
            CacheOp::Zero => {
                self.step.unsupported("zeroing a block");
                Some(())
            }
        };
        done.ok_or(self.fault(at, Access::Store))
    }

    fn tlb_op(&mut self, _op: TlbOp) {
        self.step.unsupported("maintenance of translations");
    }

    /// Hints may do nothing: a wait may end at any time.
    fn hint(&mut self, _hint: Hint) {}

    fn counter(&mut self, _counter: Counter) -> u64 {
        self.step.unsupported("reading a counter");
        0
    }

    fn read_system(&mut self, register: SystemReg) -> Option<u64> {
        I::interrupt_register(register)
    }

    fn write_system(&mut self, register: SystemReg, value: u64) -> bool {
        if I::interrupt_register(register).is_some() {
            return true;
        }
        let Some(harts) = I::sends_ipi(register, value) else { return false };
        for (hart, at) in self.step.setting.ipis.iter().enumerate() {
            if let Some(at) = at
                && harts >> hart & 1 != 0
                && !self.step.dead
            {
                let _ = self.step.write(*at, 1, AccessOrder::PLAIN, None);
            }
        }
        true
    }

    fn probe(&mut self, at: u64, _access: Access) -> Result<Mapping, Fault> {
        Ok(Mapping { physical: at, page: 4096, read: true, write: true, execute: true, global: true, guarded: false })
    }

    fn translation_changed(&mut self) {}
}
