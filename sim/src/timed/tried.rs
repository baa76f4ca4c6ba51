//! Loads and stores tried first, with timing: of lines that L1D has and that nobody else need hear of. What is not so fails, with
//! nothing done that cannot be done once more, and is then done with everything ([`Executing`]). Most accesses are so, and trying them
//! takes a function that calls nobody.

use super::cache::LineNumber;
use super::execute::Executing;
use super::store_buffer::Forward;
use crate::platform::Board;
use cmodx_isa::Size;

impl<B: Board, const TIMED: bool, const DIRECT: bool> Executing<'_, B, TIMED, DIRECT> {
    /// True of a pair of stores that reach memory together.
    #[inline(always)]
    pub(super) fn is_one(at: u64, size: Size) -> bool {
        size == Size::Double && at.is_multiple_of(16)
    }

    /// A load that hits L1D, with no store that waits for its bytes.
    #[inline(always)]
    pub(super) fn try_load(&mut self, at: u64, size: Size) -> Option<u64> {
        if !self.hart.direct || self.hart.stores.forward(at, size) != Forward::None {
            return None;
        }
        let value = self.shared.ram.read_aligned(at, size)?;
        self.shared.hierarchy.hits_calmly(self.hart.id, LineNumber::of(at)).then_some(value)
    }

    /// Two of them.
    #[inline(always)]
    pub(super) fn try_load_pair(&mut self, at: u64, size: Size) -> Option<(u64, u64)> {
        if !self.shared.ahead.harts.is_empty() {
            return None;
        }
        Some((self.try_load(at, size)?, self.try_load(at.wrapping_add(size.bytes()), size)?))
    }

    /// One store or a pair, of which nobody hears before they leave the store buffer.
    #[inline(always)]
    pub(super) fn try_stores<const N: usize>(&mut self, at: u64, size: Size, values: [u64; N]) -> Option<()> {
        let (shared, bytes) = (&*self.shared, N as u64 * size.bytes());
        let unheard = if shared.ahead.acting { shared.is_known_private_store(at, bytes) } else { !shared.heeded };
        let plain = self.hart.direct && !shared.observed && !self.hart.stores.heeded && unheard;
        if !plain || !self.hart.stores.has_places(N) || !shared.ram.contains(at, bytes) || shared.watches(at, bytes) {
            return None;
        }
        let joined = N == 2 && Self::is_one(at, size);
        for (i, value) in (0..).zip(values) {
            self.hart.stores.push(at + i * size.bytes(), size, value & size.mask(), self.pc, self.hart.now);
            if joined && i == 0 {
                self.hart.stores.join_next(self.pc);
            }
        }
        Some(())
    }
}
