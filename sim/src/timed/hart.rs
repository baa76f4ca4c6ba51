//! One hart of the timed machine: architectural state, the units of its core, what it waits for.

use super::ahead::Excursion;
use super::fetch::InsnCache;
use super::pipeline::{Kind, Pipeline};
use super::predict::{Predictor, Redirect};
use super::store_buffer::StoreBuffer;
use super::tlb::Tlb;
use crate::core_model::CoreModel;
use crate::ids::{Cycle, HartId};
use cmodx_isa::{Access, Class, Flow, Isa};

/// Exceptions in a row, without one instruction retired, that are taken for an endless loop. On other harts millions of
/// instructions may pass meanwhile: time enough to repair a handler.
const ENDLESS: u32 = 100_000;

/// What a hart does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Executes.
    Running,
    /// Waits for an interrupt (WFI).
    WaitingForInterrupt,
    /// Waits for an event or an interrupt (WFE).
    WaitingForEvent,
    /// Waits in the firmware until this many harts have done a remote fence.
    WaitingForFences(u32),
    /// Off until started.
    Stopped,
}

/// What a hart has counted since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Instructions retired.
    pub instructions: u64,
    /// L1 instruction cache misses.
    pub icache_misses: u64,
    /// L1 data cache misses of loads.
    pub dcache_misses: u64,
    /// Mispredicted branches.
    pub mispredicts: u64,
    /// Interrupts taken.
    pub interrupts: u64,
    /// Exceptions taken.
    pub exceptions: u64,
    /// Remote fences carried out for other harts.
    pub remote_fences: u64,
}

/// The line copy that instructions come from: it stays until control leaves it, whatever happens to the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Current {
    /// Virtual address of the line divided by its size; out of reach when there is none.
    pub line: u64,
    /// Where the copy is.
    pub way: usize,
}

impl Current {
    /// The next fetch looks for its line.
    pub const NONE: Current = Current { line: u64::MAX, way: 0 };
}

/// A hart.
#[derive(Clone)]
pub struct Hart<I: Isa> {
    pub id: HartId,
    pub arch: I::Hart,
    pub pc: u64,
    /// Its clock: no instruction issues before.
    pub now: Cycle,
    /// Its extensions when it was last looked at them ([`Isa::extensions`]).
    extensions: u64,
    pub state: State,
    pub pipeline: Pipeline,
    pub predictor: Predictor,
    pub l1i: InsnCache,
    pub current: Current,
    pub stores: StoreBuffer,
    pub tlb: Tlb,
    /// Something happened that may have made an interrupt pending and enabled.
    pub check_interrupts: bool,
    /// Protection of physical memory must be asked about each access.
    pub guarded: bool,
    /// Addresses of accesses are physical, and all of them are permitted.
    pub direct: bool,
    /// While it does blocks without timing: so are they, and nobody hears of its stores but who waits for those to his bytes.
    pub unheard: bool,
    /// The WFE event register.
    pub event: bool,
    pub timer_at: Cycle,
    pub last_sync: Option<Cycle>,
    /// Instructions retired at the last exception, and exceptions since then without another one.
    trapped: (u64, u32),
    pub stats: Stats,
    /// The exception of the instruction that ended a block without timing.
    pub raised: Option<I::Trap>,
    /// How control came to the instruction behind so many, of a block that did not have to look at that ([`Isa::take_landing`]).
    pub(super) landing: (u8, u64),
    /// What it has done while others could still act at earlier cycles.
    pub excursion: Excursion<I>,
}

impl<I: Isa> Hart<I> {
    pub fn new(id: HartId, arch: I::Hart, pc: u64, state: State, model: &CoreModel) -> Hart<I> {
        let (pipeline, predictor) = (Pipeline::new(model), Predictor::new(&model.branch));
        let stores = StoreBuffer::new(&model.store_buffer);
        Hart {
            id,
            excursion: Excursion::new(arch.clone(), pipeline.clone(), predictor.clone(), stores.clone()),
            arch,
            pc,
            now: Cycle(0),
            extensions: 0,
            state,
            pipeline,
            predictor,
            l1i: InsnCache::new(model),
            current: Current::NONE,
            stores,
            tlb: Tlb::new(&model.tlb),
            check_interrupts: true,
            guarded: false,
            direct: false,
            unheard: false,
            event: false,
            timer_at: Cycle::NEVER,
            last_sync: None,
            trapped: (0, 0),
            stats: Stats::default(),
            raised: None,
            landing: (0, 0),
        }
    }

    /// When its store buffer or its instruction fill acts next.
    #[inline(always)]
    pub fn next_unit(&self) -> Cycle {
        self.stores.next().min(self.l1i.next_beat())
    }

    /// What a control transfer costs beyond its issue slot; `next` is the address behind it.
    #[inline(always)]
    pub fn transfer(&mut self, kind: Kind, class: Class, pc: u64, next: u64, flow: Flow) -> Redirect {
        if class == Class::Branch && kind == Kind::CONDITIONAL {
            Redirect::NONE
        } else {
            self.predictor.transfer(class, pc, next, flow)
        }
    }

    /// Finds out what can be skipped: whether any access below `end` could be forbidden by the protection of physical memory, and
    /// whether addresses are translated. To be called when either may have changed.
    pub fn look_at_protection(&mut self, end: u64) {
        let open = |access| I::permits_physical(&self.arch, 0, end, access);
        let kinds = [Access::Fetch, Access::Load, Access::Store];
        self.guarded = !kinds.into_iter().all(open);
        let direct = !self.guarded && kinds.into_iter().all(|access| I::translation_off(&self.arch, access));
        if std::mem::replace(&mut self.direct, direct) != direct {
            self.l1i.forget_places();
        }
    }

    /// Counts instructions that take a cycle each; a negative number takes them back.
    #[inline(always)]
    pub fn count(&mut self, instructions: u64) {
        self.now.0 = self.now.0.wrapping_add(instructions);
        self.stats.instructions = self.stats.instructions.wrapping_add(instructions);
    }

    /// Decodes anew if instructions have come or gone. To be called when that may have happened.
    pub fn look_at_extensions(&mut self) {
        let extensions = I::extensions(&self.arch);
        if std::mem::replace(&mut self.extensions, extensions) != extensions {
            self.l1i.forget_decoded();
        }
    }

    /// The hart is in an unusual state: takes how control came to the next instruction, if that is all there is to it; false where the
    /// instruction must look at it.
    #[inline(never)]
    pub fn takes_landing(&mut self) -> bool {
        // Pages that ask for it are mapped by translation.
        if !self.direct {
            return false;
        }
        let landing = I::take_landing(&mut self.arch);
        if I::unusual(&self.arch) {
            I::put_landing(&mut self.arch, landing);
            return false;
        }
        self.landing = (landing, self.stats.instructions);
        true
    }

    /// Puts that back where the next instruction is still the one of which it was taken.
    #[inline(always)]
    pub fn put_landing(&mut self) {
        let (landing, landed) = self.landing;
        if landed == self.stats.instructions && landing != 0 {
            I::put_landing(&mut self.arch, landing);
            self.landing.0 = 0;
        }
    }

    /// Counts an exception; true when so many came one after the other that no handler will ever get anywhere.
    pub fn traps_endlessly(&mut self) -> bool {
        self.stats.exceptions += 1;
        let (before, count) = self.trapped;
        let count = if before == self.stats.instructions { count + 1 } else { 0 };
        self.trapped = (self.stats.instructions, count);
        count > ENDLESS
    }

    /// Forgets what is fetched and not executed: a context synchronization event.
    pub fn synchronize_fetch(&mut self) {
        self.current = Current::NONE;
        self.last_sync = Some(self.now);
    }
}
