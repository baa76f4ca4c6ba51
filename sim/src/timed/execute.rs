//! What an executing instruction reaches: the timed world's [`Context`].
//!
//! Accesses happen at the hart's `now`, the cycle at which the instruction issued. Cycles that only delay the result go into
//! `late`; cycles that hold the hart go into `held`.

use super::cache::LineNumber;
use super::defect::Defect;
use super::hart::{Current, Hart, State};
use super::observe::Act;
use super::shared::{Drop, Event, Shared, Walker};
use super::store_buffer::Forward;
use crate::core_model::LINE;
use crate::ids::{Cycle, HartSet};
use crate::platform::Board;
use cmodx_isa::{
    Access, AccessOrder, CacheOp, Class, Context, Counter, Fault, FaultKind, Fence, Hint, Isa, Mapping, Size,
    SystemReg, TlbOp,
};

/// One instruction at work. Untimed, it asks no cache and its stores wait in no buffer. `DIRECT` is for loads and stores that nobody
/// but RAM need hear of, and with timing L1D, which has the line: others fail, with nothing done that cannot be done once more.
pub struct Executing<'a, B: Board, const TIMED: bool = true, const DIRECT: bool = false> {
    pub hart: &'a mut Hart<B::Isa>,
    pub shared: &'a mut Shared<B>,
    /// Its address.
    pub pc: u64,
    /// Bytes from the start of its first access to the end of the last one; 0 where there is only one.
    pub span: u64,
    /// Extra cycles until its result can be used.
    pub late: u64,
    /// Extra cycles until the next instruction can issue.
    pub held: u64,
    /// Instructions that the hart has counted already, this one and those behind it in its block; 0 when it counts afterwards.
    pub counted: u64,
}

/// Bytes of the smallest page.
const PAGE: u64 = 4096;

impl<'a, B: Board, const TIMED: bool, const DIRECT: bool> Executing<'a, B, TIMED, DIRECT> {
    /// An instruction that begins.
    #[inline(always)]
    pub fn new(hart: &'a mut Hart<B::Isa>, shared: &'a mut Shared<B>, pc: u64) -> Self {
        Executing { hart, shared, pc, span: 0, late: 0, held: 0, counted: 0 }
    }

    /// An instruction of this class.
    #[inline(always)]
    pub fn spanning(mut self, class: Class) -> Self {
        self.span = match class {
            Class::LoadPair | Class::StorePair => 32,
            Class::SimdStruct => 64,
            _ => 0,
        };
        self
    }

    /// Translates a virtual address.
    #[inline(always)]
    pub fn translate(&mut self, at: u64, bytes: u64, access: Access) -> Result<u64, Fault> {
        if self.hart.direct {
            return Ok(at);
        }
        self.translate_indirectly(at, bytes, access)
    }

    fn translate_indirectly(&mut self, at: u64, bytes: u64, access: Access) -> Result<u64, Fault> {
        let physical =
            if B::Isa::translation_off(&self.hart.arch, access) { at } else { self.mapping(at, access)?.physical };
        if self.hart.guarded && !B::Isa::permits_physical(&self.hart.arch, physical, bytes, access) {
            return Err(Fault { at, access, kind: FaultKind::Protected });
        }
        Ok(physical)
    }

    fn mapping(&mut self, at: u64, access: Access) -> Result<Mapping, Fault> {
        if let Some((mapping, cycles)) = self.hart.tlb.find(at, access)
            && match access {
                Access::Fetch => mapping.execute,
                Access::Load => mapping.read,
                Access::Store => mapping.write,
            }
        {
            self.held += cycles;
            return Ok(Mapping { physical: mapping.physical + at % PAGE, ..mapping });
        }
        self.shared.drain(self.hart);
        self.shared.before_change(self.hart, self.hart.now);
        let mut walker = Walker { ram: &mut self.shared.ram, reads: 0 };
        let mapping = B::Isa::translate(&self.hart.arch, &mut walker, at, access)?;
        self.held += walker.reads * self.shared.model.tlb.walk_level as u64;
        self.hart.tlb.insert(at, access, mapping);
        Ok(mapping)
    }

    /// True when an access of this size does not lie within one page.
    fn crosses_page(at: u64, size: Size) -> bool {
        at % PAGE + size.bytes() > PAGE
    }

    fn unmapped(at: u64, access: Access) -> Fault {
        Fault { at, access, kind: FaultKind::Unmapped }
    }

    /// Charges a load of these bytes to L1D.
    #[inline(always)]
    fn charge_load(&mut self, at: u64, bytes: u64) -> Result<(), Fault> {
        let within = at % LINE + bytes <= LINE;
        if within && self.shared.hierarchy.hits_calmly(self.hart.id, LineNumber::of(at)) {
            return Ok(());
        }
        self.charge_shared_load(at, bytes)
    }

    /// The same where others may notice.
    #[cold]
    #[inline(never)]
    fn charge_shared_load(&mut self, at: u64, bytes: u64) -> Result<(), Fault> {
        let (id, line) = (self.hart.id, LineNumber::of(at));
        if self.shared.ahead.acting || self.load_must_wait(at, bytes) {
            return Err(self.shared.ahead.refuse(at, Access::Load));
        }
        self.shared.hierarchy.used(id, line);
        let mut cycles = self.shared.hierarchy.load(id, line, self.hart.now);
        if at % LINE + bytes > LINE {
            cycles += self.shared.hierarchy.load(id, LineNumber::of(at + bytes - 1), self.hart.now) + 1;
        }
        if cycles > 0 {
            self.hart.stats.dcache_misses += 1;
            self.late = self.late.max(cycles);
        }
        Ok(())
    }

    /// Looks whether the loads of an instruction, all of them of these bytes, must wait for others, with what they may drain.
    fn look_out(&mut self, virt: u64, at: u64, bytes: u64) -> Result<(), Fault> {
        let asked = !self.shared.ahead.acting && !self.shared.ahead.harts.is_empty();
        let waits = asked && (self.load_must_wait(at, bytes) || self.shared.stores_must_wait(self.hart));
        if waits { Err(self.shared.ahead.refuse(virt, Access::Load)) } else { Ok(()) }
    }

    /// True when one of these bytes must wait for others who may have written it ahead.
    fn load_must_wait(&mut self, at: u64, bytes: u64) -> bool {
        let id = self.hart.id;
        let (first, last) = (LineNumber::of(at), LineNumber::of(at + bytes - 1));
        let first_waits = self.shared.must_wait_for_others(id, first, false);
        first_waits || last != first && self.shared.must_wait_for_others(id, last, false)
    }

    #[inline(always)]
    fn load_physical(&mut self, virt: u64, at: u64, size: Size) -> Result<u64, Fault> {
        if TIMED {
            match self.hart.stores.forward(at, size) {
                Forward::None => {}
                Forward::Value(value) => {
                    self.late = self.late.max(self.shared.model.store_buffer.forward as u64);
                    return Ok(value);
                }
                Forward::Partial => self.drain(virt, Access::Load)?,
            }
        }
        if let Some(value) = self.shared.ram.read(at, size) {
            if TIMED {
                self.charge_load(at, size.bytes())?;
            }
            return Ok(value);
        }
        self.standing(|this| this.load_device(virt, at, size))
    }

    /// Does something that asks when it is done: the hart stands at this instruction meanwhile.
    #[inline(always)]
    fn standing<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        if TIMED {
            return act(self);
        }
        let counted = self.counted;
        self.hart.count(counted.wrapping_neg());
        let result = act(self);
        self.hart.count(counted);
        result
    }

    /// A load from two pages, byte by byte.
    #[cold]
    fn load_bytes(&mut self, at: u64, size: Size) -> Result<u64, Fault> {
        let mut value = 0;
        for i in 0..size.bytes() {
            let at = at.wrapping_add(i);
            let physical = self.translate(at, 1, Access::Load)?;
            value |= self.load_physical(at, physical, Size::Byte)? << (8 * i);
        }
        Ok(value)
    }

    /// A store to two pages, byte by byte.
    #[cold]
    fn store_bytes(&mut self, at: u64, size: Size, value: u64) -> Result<(), Fault> {
        self.translate(at, 1, Access::Store)?;
        // A fault names the first byte of the access in the page that has it.
        self.translate(at.wrapping_add(size.bytes() - 1) & !(PAGE - 1), 1, Access::Store)?;
        for i in 0..size.bytes() {
            self.store_within(at.wrapping_add(i), Size::Byte, value >> (8 * i))?;
        }
        Ok(())
    }

    #[inline(always)]
    fn store_within(&mut self, at: u64, size: Size, value: u64) -> Result<(), Fault> {
        let physical = self.translate(at, size.bytes(), Access::Store)?;
        if !self.shared.ram.contains(physical, size.bytes()) {
            return self.standing(|this| this.store_device(at, physical, size, value));
        }
        if TIMED && self.shared.ahead.acting {
            // The first one of an instruction answers for all.
            let bytes = std::mem::take(&mut self.span).max(size.bytes());
            if !self.shared.is_private_store(self.hart.id, physical, bytes) {
                return Err(self.shared.ahead.refuse(at, Access::Store));
            }
        }
        self.push(physical, size, value & size.mask());
        Ok(())
    }

    /// Waits until all stores have reached memory, unless they must wait for others.
    fn drain(&mut self, at: u64, access: Access) -> Result<(), Fault> {
        if self.shared.stores_must_wait(self.hart) {
            return Err(self.shared.ahead.refuse(at, access));
        }
        self.shared.drain(self.hart);
        Ok(())
    }

    #[cold]
    fn load_device(&mut self, virt: u64, at: u64, size: Size) -> Result<u64, Fault> {
        self.drain(virt, Access::Load)?;
        let now = self.shared.ticks(self.hart.now);
        let shared = &mut *self.shared;
        let value = shared
            .board
            .read(self.hart.id, now, at, size, &mut shared.effects)
            .ok_or(Self::unmapped(virt, Access::Load))?;
        self.after_device();
        Ok(value)
    }

    #[cold]
    fn store_device(&mut self, virt: u64, at: u64, size: Size, value: u64) -> Result<(), Fault> {
        self.drain(virt, Access::Store)?;
        let now = self.shared.ticks(self.hart.now);
        let shared = &mut *self.shared;
        if !shared.board.write(self.hart.id, now, at, size, value, &mut shared.effects) {
            return Err(Self::unmapped(virt, Access::Store));
        }
        self.after_device();
        Ok(())
    }

    fn after_device(&mut self) {
        self.held += self.shared.model.trap.device as u64;
        self.shared.apply_effects(self.hart);
        self.shared.update_lines(self.hart);
    }

    /// Physical address of an atomic access, owned by this hart's L1D. The store buffer is empty.
    fn own(&mut self, at: u64, bytes: u64) -> Result<u64, Fault> {
        let physical = self.translate(at, bytes, Access::Store)?;
        if !self.shared.ram.contains(physical, bytes) {
            return Err(Self::unmapped(at, Access::Store));
        }
        if TIMED {
            let (id, now, line) = (self.hart.id, self.hart.now, LineNumber::of(physical));
            if self.shared.must_wait_for_others(id, line, true) || self.shared.must_wait_to_patch(id, physical, bytes) {
                return Err(self.shared.ahead.refuse(at, Access::Store));
            }
            self.drain(at, Access::Store)?;
            let cycles = self.shared.hierarchy.store(id, line, &self.shared.ram, now);
            // Nothing behind an atomic issues before it has its line.
            self.held += cycles;
        }
        Ok(physical)
    }

    fn commit(&mut self, at: u64, size: Size, value: u64) {
        if TIMED {
            self.shared.before_change(self.hart, self.hart.now);
        }
        self.shared.commit(self.hart.id, at, size, value, self.pc, self.hart.now);
        if !self.shared.effects.is_empty() {
            self.shared.apply_effects(self.hart);
        }
    }

    /// A store begins to wait in the store buffer; untimed, it is done.
    #[inline(always)]
    fn push(&mut self, at: u64, size: Size, value: u64) {
        if !TIMED {
            return self.standing(|this| this.commit(at, size, value));
        }
        self.hart.stores.push(at, size, value, self.pc, self.hart.now);
        self.hart.stores.heeded |= self.shared.watches(at, size.bytes());
        if self.shared.observed {
            self.shared.watch_store(self.hart, at, size.bytes());
        }
        if self.shared.heeded && !self.shared.ahead.acting || self.hart.stores.heeded {
            self.shared.alone = self.shared.alone.min(self.hart.stores.next());
        }
    }

    fn ram(&self, at: u64, size: Size) -> u64 {
        self.shared.ram.read(at, size).expect("checked to be RAM")
    }

    fn drop_everywhere(&mut self, drop: Drop) {
        match drop {
            Drop::Line(line) => self.hart.l1i.drop_line(line),
            Drop::All => {
                self.hart.l1i.drop_all();
            }
            Drop::Decoded(line) => self.hart.l1i.forget_line(line),
        }
        let all = !self.shared.has(Defect::InvalidateMissesOthers);
        for (i, inbox) in self.shared.inboxes.iter_mut().enumerate() {
            if i != self.hart.id.index() && all {
                inbox.drops.push(drop);
            }
        }
    }

    /// Sends every other hart a message that arrives in the next cycle.
    fn tell_others(&mut self, event: Event) {
        let at = self.hart.now.after(1);
        for other in HartSet::first(self.shared.inboxes.len()).without(self.hart.id).iter() {
            self.shared.send(other, at, event);
        }
    }

    fn holds_reservation(&mut self, at: u64) -> bool {
        let held = self.shared.reservations[self.hart.id.index()] == Some(LineNumber::of(at));
        self.shared.reserve(self.hart.id, None);
        held
    }
}

impl<B: Board, const TIMED: bool, const DIRECT: bool> Context for Executing<'_, B, TIMED, DIRECT> {
    type Hart = <B::Isa as Isa>::Hart;

    const TRIES: bool = DIRECT;

    #[inline(always)]
    fn hart(&mut self) -> &mut Self::Hart {
        &mut self.hart.arch
    }

    #[inline(always)]
    fn load(&mut self, at: u64, size: Size, _order: AccessOrder) -> Result<u64, Fault> {
        if DIRECT && TIMED {
            return self.try_load(at, size).ok_or(Self::unmapped(at, Access::Load));
        }
        if DIRECT {
            let value = if self.hart.direct { self.shared.ram.read_aligned(at, size) } else { None };
            return value.ok_or(Self::unmapped(at, Access::Load));
        }
        if !self.hart.direct && Self::crosses_page(at, size) && !B::Isa::translation_off(&self.hart.arch, Access::Load)
        {
            return self.load_bytes(at, size);
        }
        let physical = self.translate(at, size.bytes(), Access::Load)?;
        if TIMED && self.span > 0 {
            // The first one of an instruction answers for all: none has happened when it must wait.
            let bytes = std::mem::take(&mut self.span);
            self.look_out(at, physical, bytes)?;
        }
        self.load_physical(at, physical, size)
    }

    #[inline(always)]
    fn store(&mut self, at: u64, size: Size, value: u64, _order: AccessOrder) -> Result<(), Fault> {
        if DIRECT && TIMED {
            return self.try_stores(at, size, [value]).ok_or(Self::unmapped(at, Access::Store));
        }
        if DIRECT {
            let unheard = self.hart.unheard && !self.shared.watches(at, size.bytes());
            let done = unheard && self.shared.ram.write_aligned(at, size, value);
            return if done { Ok(()) } else { Err(Self::unmapped(at, Access::Store)) };
        }
        if !self.hart.direct && Self::crosses_page(at, size) && !B::Isa::translation_off(&self.hart.arch, Access::Store)
        {
            return self.store_bytes(at, size, value);
        }
        self.store_within(at, size, value)
    }

    #[inline(always)]
    fn load_pair(&mut self, at: u64, size: Size, order: AccessOrder) -> Result<(u64, u64), Fault> {
        if DIRECT && TIMED {
            return self.try_load_pair(at, size).ok_or(Self::unmapped(at, Access::Load));
        }
        if DIRECT {
            let values = if self.hart.direct { self.shared.ram.read_pair(at, size) } else { None };
            return values.ok_or(Self::unmapped(at, Access::Load));
        }
        Ok((self.load(at, size, order)?, self.load(at.wrapping_add(size.bytes()), size, order)?))
    }

    #[inline(always)]
    fn store_pair(&mut self, at: u64, size: Size, values: (u64, u64), order: AccessOrder) -> Result<(), Fault> {
        if DIRECT && TIMED {
            return self.try_stores(at, size, [values.0, values.1]).ok_or(Self::unmapped(at, Access::Store));
        }
        if DIRECT {
            let unheard = self.hart.unheard && !self.shared.watches(at, 2 * size.bytes());
            let done = unheard && self.shared.ram.write_pair(at, size, values);
            return if done { Ok(()) } else { Err(Self::unmapped(at, Access::Store)) };
        }
        self.store(at, size, values.0, order)?;
        if TIMED && Self::is_one(at, size) {
            self.hart.stores.join_next(self.pc);
        }
        self.store(at.wrapping_add(size.bytes()), size, values.1, order)
    }

    fn rmw(
        &mut self,
        at: u64,
        size: Size,
        _order: AccessOrder,
        update: impl FnOnce(u64) -> Option<u64>,
    ) -> Result<u64, Fault> {
        let physical = self.own(at, size.bytes())?;
        let old = self.ram(physical, size);
        if let Some(new) = update(old) {
            self.commit(physical, size, new & size.mask());
        }
        Ok(old)
    }

    fn rmw_pair(
        &mut self,
        at: u64,
        size: Size,
        _order: AccessOrder,
        update: impl FnOnce((u64, u64)) -> Option<(u64, u64)>,
    ) -> Result<(u64, u64), Fault> {
        let physical = self.own(at, 2 * size.bytes())?;
        let old = (self.ram(physical, size), self.ram(physical + size.bytes(), size));
        if let Some(new) = update(old) {
            self.commit(physical, size, new.0 & size.mask());
            self.commit(physical + size.bytes(), size, new.1 & size.mask());
        }
        Ok(old)
    }

    fn load_reserved(&mut self, at: u64, size: Size, _order: AccessOrder) -> Result<u64, Fault> {
        let physical = self.translate(at, size.bytes(), Access::Load)?;
        if !self.shared.ram.contains(physical, size.bytes()) {
            return Err(Self::unmapped(at, Access::Load));
        }
        self.look_out(at, physical, size.bytes())?;
        self.shared.reserve(self.hart.id, Some(LineNumber::of(physical)));
        self.load_physical(at, physical, size)
    }

    fn store_conditional(&mut self, at: u64, size: Size, value: u64, _order: AccessOrder) -> Result<bool, Fault> {
        let physical = self.own(at, size.bytes())?;
        let held = self.holds_reservation(physical);
        if held {
            self.commit(physical, size, value & size.mask());
        }
        Ok(held)
    }

    fn load_reserved_pair(&mut self, at: u64, size: Size, order: AccessOrder) -> Result<(u64, u64), Fault> {
        let first = self.load_reserved(at, size, order)?;
        let second = self.load(at.wrapping_add(size.bytes()), size, order)?;
        Ok((first, second))
    }

    fn store_conditional_pair(
        &mut self,
        at: u64,
        size: Size,
        values: (u64, u64),
        _order: AccessOrder,
    ) -> Result<bool, Fault> {
        let physical = self.own(at, 2 * size.bytes())?;
        let held = self.holds_reservation(physical);
        if held {
            self.commit(physical, size, values.0 & size.mask());
            self.commit(physical + size.bytes(), size, values.1 & size.mask());
        }
        Ok(held)
    }

    fn clear_reservation(&mut self) {
        self.shared.reserve(self.hart.id, None);
    }

    // Of this, and of what is maintained, little is left where the operation is known when it is compiled.
    #[inline(always)]
    fn fence(&mut self, fence: Fence) {
        let cost = &self.shared.model.fence;
        match fence {
            Fence::Data { before, after } if (before.writes || before.output) && (after.reads || after.input) => {
                self.held += cost.data as u64
            }
            Fence::Data { .. } | Fence::Tso => self.held += cost.ordered as u64,
            Fence::Dsb(_) => {
                self.held += cost.dsb as u64;
                self.shared.tell(self.hart.id, Act::Complete);
            }
            Fence::Isb => {
                self.held += cost.isb as u64;
                if !self.shared.has(Defect::IsbKeepsLine) {
                    self.hart.synchronize_fetch();
                }
                self.shared.tell(self.hart.id, Act::Context);
            }
            Fence::FenceI => {
                // It has issued, and holds what comes behind.
                let issued = self.hart.now;
                self.shared.fence_i(self.hart);
                self.held += self.hart.now.0 - issued.0;
                self.hart.now = issued;
            }
        }
    }

    #[inline(always)]
    fn cache_op(&mut self, op: CacheOp, at: u64) -> Result<(), Fault> {
        let by_address = !matches!(op, CacheOp::InvalidateAllInsn | CacheOp::InvalidateAllInsnEverywhere);
        let access = if op == CacheOp::Zero { Access::Store } else { Access::Load };
        let physical = if by_address { self.translate(at, 1, access)? } else { 0 };
        let line = LineNumber::of(physical);
        let id = self.hart.id;
        let waits = match op {
            CacheOp::CleanToPoU | CacheOp::CleanToPoC => self.shared.must_wait_for_others(id, line, false),
            CacheOp::Invalidate | CacheOp::CleanInvalidate => self.shared.must_wait_for_others(id, line, true),
            CacheOp::InvalidateInsn => !self.shared.ahead.may_drop(id, Drop::Line(line)),
            CacheOp::InvalidateAllInsnEverywhere => !self.shared.ahead.may_drop(id, Drop::All),
            CacheOp::Zero | CacheOp::InvalidateAllInsn => false,
        };
        if waits {
            return Err(self.shared.ahead.refuse(at, access));
        }
        let cost = &self.shared.model.cache_op;
        match op {
            CacheOp::CleanToPoU | CacheOp::CleanToPoC => {
                let clean = cost.dc_cvau as u64;
                self.shared.tell(id, Act::Clean(line.address()));
                let cleaned = !self.shared.has(Defect::CleanDoesNothing) && self.shared.hierarchy.clean(line);
                self.held += if cleaned { clean } else { 1 };
            }
            CacheOp::Invalidate | CacheOp::CleanInvalidate => {
                self.held += cost.dc_cvau as u64;
                self.shared.hierarchy.clean_invalidate(line);
                self.shared.tell(id, Act::Clean(line.address()));
            }
            CacheOp::Zero => {
                let block = physical & !(LINE - 1);
                if !self.shared.ram.contains(block, LINE) {
                    return Err(Self::unmapped(at, Access::Store));
                }
                for i in 0..LINE / 8 {
                    self.push(block + 8 * i, Size::Double, 0);
                }
            }
            CacheOp::InvalidateInsn => {
                self.held += cost.ic_ivau as u64;
                self.drop_everywhere(Drop::Line(line));
                self.shared.tell(id, Act::Invalidate(Some(line.address())));
            }
            CacheOp::InvalidateAllInsn => {
                self.held += cost.ic_ivau as u64;
                self.hart.l1i.drop_all();
                self.shared.tell(id, Act::InvalidateOwn);
            }
            CacheOp::InvalidateAllInsnEverywhere => {
                self.held += cost.ic_ivau as u64;
                self.drop_everywhere(Drop::All);
                self.shared.tell(id, Act::Invalidate(None));
            }
        }
        Ok(())
    }

    fn tlb_op(&mut self, op: TlbOp) {
        self.hart.tlb.clear();
        self.hart.current = Current::NONE;
        if op.broadcast {
            self.tell_others(Event::TlbClear);
        }
    }

    fn hint(&mut self, hint: Hint) {
        self.shared.alone = Cycle(0);
        match hint {
            Hint::WaitForInterrupt => {
                self.hart.state = State::WaitingForInterrupt;
                self.hart.check_interrupts = true;
            }
            Hint::WaitForEvent if self.hart.event => self.hart.event = false,
            Hint::WaitForEvent => {
                self.hart.state = State::WaitingForEvent;
                self.hart.check_interrupts = true;
            }
            Hint::SendEventLocal => self.hart.event = true,
            Hint::SendEvent => {
                self.hart.event = true;
                self.tell_others(Event::Wake);
            }
            Hint::Pause => self.held += 1,
        }
    }

    fn counter(&mut self, counter: Counter) -> u64 {
        match counter {
            Counter::Cycles => self.hart.now.0,
            Counter::Instructions => self.hart.stats.instructions,
            Counter::Time => self.shared.ticks(self.hart.now),
        }
    }

    fn read_system(&mut self, register: SystemReg) -> Option<u64> {
        let now = self.shared.ticks(self.hart.now);
        let shared = &mut *self.shared;
        let value = shared.board.read_system(self.hart.id, now, register, &mut shared.effects)?;
        self.shared.apply_effects(self.hart);
        self.shared.update_lines(self.hart);
        Some(value)
    }

    fn write_system(&mut self, register: SystemReg, value: u64) -> bool {
        if self.drain(0, Access::Store).is_err() {
            return false;
        }
        let now = self.shared.ticks(self.hart.now);
        let shared = &mut *self.shared;
        if !shared.board.write_system(self.hart.id, now, register, value, &mut shared.effects) {
            return false;
        }
        self.held += self.shared.model.trap.system_write as u64;
        self.shared.apply_effects(self.hart);
        self.shared.update_lines(self.hart);
        true
    }

    fn probe(&mut self, at: u64, access: Access) -> Result<Mapping, Fault> {
        if self.shared.ahead.call_all(self.hart.id) {
            return Err(self.shared.ahead.refuse(at, access));
        }
        self.shared.before_change(self.hart, self.hart.now);
        let mut walker = Walker { ram: &mut self.shared.ram, reads: 0 };
        B::Isa::translate(&self.hart.arch, &mut walker, at, access)
    }

    fn translation_changed(&mut self) {
        self.hart.tlb.clear();
        self.hart.current = Current::NONE;
        self.hart.look_at_protection(self.shared.ram.end());
        if self.shared.board.lines_outdated(self.hart.id, &self.hart.arch) {
            self.shared.update_lines(self.hart);
        }
    }
}
