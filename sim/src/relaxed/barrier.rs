//! The rules for barriers and cache maintenance.

use super::message::{Footprint, Payload};
use super::model::Rule;
use super::step::Step;
use super::view::{raise, when};
use cmodx_isa::AccessOrder;

impl Step<'_> {
    /// What an atomic that acquires and releases does on Arm to what follows it.
    pub(super) fn full_atomic(&mut self, order: AccessOrder) {
        let full = self.has(Rule::FullAtomic) && order.acquire && order.release;
        let o = &mut self.thread.order;
        let old = when(full, o.read_old.max(o.write_old).max(o.output_old));
        for new in [&mut o.read_new, &mut o.write_new, &mut o.output_new] {
            raise(new, old);
        }
    }

    /// A barrier on data.
    pub(super) fn data_fence(&mut self, reads: [bool; 2], writes: [bool; 2], outputs: [bool; 2]) {
        self.orders_maintenance();
        let o = self.thread.order;
        let x = self
            .rule(Rule::FenceReadsBefore, when(reads[0], o.read_old))
            .max(self.rule(Rule::FenceWritesBefore, when(writes[0], o.write_old)))
            .max(self.rule(Rule::FenceWritesBefore, when(outputs[0], o.output_old)));
        let (after_reads, after_writes) = (self.has(Rule::FenceReadsAfter), self.has(Rule::FenceWritesAfter));
        let o = &mut self.thread.order;
        raise(&mut o.read_new, when(reads[1] && after_reads, x));
        raise(&mut o.write_new, when(writes[1] && after_writes, x));
        raise(&mut o.output_new, when(outputs[1] && after_writes, x));
    }

    /// What a full DMB does beyond ordering loads and stores.
    pub(super) fn dmb_clean(&mut self) {
        let o = self.thread.order;
        let to_data = self.rule(Rule::DmbClean, o.clean_old);
        let x = o.read_old.max(o.write_old).max(o.output_old).max(o.clean_old);
        let to_clean = self.rule(Rule::DmbBeforeClean, x);
        let o = &mut self.thread.order;
        for new in [&mut o.read_new, &mut o.write_new, &mut o.output_new] {
            raise(new, to_data);
        }
        raise(&mut o.clean_new, to_clean);
    }

    /// DSB: waits for loads, for stores, for both and all cache maintenance.
    pub(super) fn dsb(&mut self, reads: bool, writes: bool) {
        if !(reads && writes) {
            self.orders_maintenance();
        }
        let o = self.thread.order;
        let mut x = self.rule(Rule::DsbAccess, when(reads, o.read_old));
        raise(&mut x, self.rule(Rule::DsbAccess, when(writes, o.write_old.max(o.output_old))));
        if reads && writes {
            raise(&mut x, self.rule(Rule::DsbClean, o.clean_old));
            raise(&mut x, self.rule(Rule::DsbInvalidate, o.invalidate_old));
        }
        let access = self.rule(Rule::DsbBeforeAccess, x);
        let o = &mut self.thread.order;
        raise(&mut o.dsb, x);
        raise(&mut o.clean_new, x);
        for new in [&mut o.read_new, &mut o.write_new, &mut o.output_new] {
            raise(new, access);
        }
    }

    /// ISB, and exception entry and return on Arm. Later fetches come after it, and so what they execute does.
    pub(super) fn synchronize(&mut self) {
        let o = self.thread.order;
        let control = self.rule(Rule::SyncControl, o.capture);
        let dsb = self.rule(Rule::SyncDsb, o.dsb);
        let o = &mut self.thread.order;
        raise(&mut o.fetch_new, control.max(dsb));
    }

    /// FENCE.I.
    pub(super) fn fence_i(&mut self) {
        let o = self.thread.order;
        let x = self.rule(Rule::FenceI, o.read_old.max(o.write_old).max(o.output_old));
        let fetches = self.rule(Rule::FenceIFetch, o.fetched);
        raise(&mut self.thread.order.fetch_new, x.max(fetches));
    }

    /// DC CVAU on the line that holds `at`.
    pub(super) fn clean(&mut self, at: u64) -> Option<()> {
        if !self.has(Rule::FetchNeedsClean) {
            return Some(());
        }
        let line = Footprint::new(at & !(self.setting.line - 1), self.setting.line);
        let o = self.thread.order;
        let mut before = self.rule(Rule::CleanAddress, self.address);
        raise(&mut before, self.rule(Rule::CleanControl, o.control));
        raise(&mut before, self.rule(Rule::CleanBarrier, o.dsb.max(o.clean_new)));
        raise(&mut before, self.rule(Rule::CleanFetch, o.fetched));
        raise(&mut before, self.rule(Rule::CleanCoherence, self.thread.coherence(line)));
        let time = self.make(Payload::Clean { line: line.at }, before, line, None)?;
        self.thread.raise_coherence(line, time);
        raise(&mut self.thread.order.clean_old, time);
        Some(())
    }

    /// IC: on the line that holds the address, or on all, everywhere or in this hart alone.
    pub(super) fn invalidate(&mut self, at: Option<u64>, local: bool) -> Option<()> {
        if !self.has(Rule::FetchNeedsInvalidate) {
            return Some(());
        }
        let line = at.map(|at| at & !(self.setting.line - 1));
        let o = self.thread.order;
        let mut before = self.rule(Rule::InvalidateAddress, self.address);
        raise(&mut before, self.rule(Rule::InvalidateControl, o.control));
        raise(&mut before, self.rule(Rule::InvalidateBarrier, o.dsb));
        raise(&mut before, self.rule(Rule::InvalidateFetch, o.fetched));
        let nowhere = Footprint::new(0, 0);
        let time = self.make(Payload::Invalidate { line, local }, before, nowhere, None)?;
        raise(&mut self.thread.order.invalidate_old, time);
        Some(())
    }
}
