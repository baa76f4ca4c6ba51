//! The views of a hart: what its next accesses come after.

use super::message::Time;

/// Views of one hart that belong to no register and no location. Names follow Pulte et al. (PLDI 2019, figure 5): `old`
/// is what has been done, `new` is what must come before the accesses to come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Views {
    /// Loads so far.
    pub read_old: Time,
    /// Stores so far.
    pub write_old: Time,
    /// Stores to devices so far.
    pub output_old: Time,
    /// What later loads come after.
    pub read_new: Time,
    /// What later stores come after.
    pub write_new: Time,
    /// What later stores to devices come after.
    pub output_new: Time,
    /// What decided control flow and addresses: later stores come after it.
    pub capture: Time,
    /// What decided control flow alone: later cache maintenance comes after it.
    pub control: Time,
    /// Release stores so far: later acquire loads come after them.
    pub release: Time,
    /// Fetches so far.
    pub fetched: Time,
    /// What later fetches come after: raised by FENCE.I, or by context synchronization.
    pub fetch_new: Time,
    /// What the last DSB waited for.
    pub dsb: Time,
    /// Cleaning so far (DC).
    pub clean_old: Time,
    /// What later cleaning comes after.
    pub clean_new: Time,
    /// Invalidations of instruction copies so far (IC).
    pub invalidate_old: Time,
}

/// Number of register views: 32 integer registers, the flags, and one for all other registers together.
pub const REGISTER_VIEWS: usize = 34;
/// Index of the view of the flags.
pub const FLAGS: usize = 32;
/// Index of the view that system registers and vector registers share.
pub const OTHER: usize = 33;

/// Raises a view.
#[inline(always)]
pub fn raise(view: &mut Time, by: Time) {
    if by > *view {
        *view = by;
    }
}

/// The view when the condition holds, else the bottom.
#[inline(always)]
pub const fn when(condition: bool, view: Time) -> Time {
    if condition { view } else { 0 }
}
