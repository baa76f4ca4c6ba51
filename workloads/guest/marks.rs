//! Places whose time a simulator takes, to split what patching costs. The host's side is `workloads/src/marks.rs`.

/// The change begins, on the patcher's hart.
pub const CHANGE: u64 = 0;
pub const CHANGE_END: u64 = 1;
/// The scheme begins to write sites.
pub const APPLY: u64 = 2;
pub const APPLY_END: u64 = 3;
/// Cache maintenance and fences of the hart itself.
pub const CACHE: u64 = 4;
pub const CACHE_END: u64 = 5;
/// Asking other harts for something, and waiting until they have done it.
pub const ASK: u64 = 6;
pub const ASK_END: u64 = 7;
/// Waiting until other harts or threads are somewhere else.
pub const WAIT: u64 = 8;
pub const WAIT_END: u64 = 9;
/// What is done while all other harts stand still, on whichever hart does it.
pub const STOPPED_WORK: u64 = 10;
pub const STOPPED_WORK_END: u64 = 11;
/// A hart stands still.
pub const STOP: u64 = 12;
pub const STOP_END: u64 = 13;
/// A caller has found that the call that it made last was wrong.
pub const WRONG_CALL: u64 = 14;
