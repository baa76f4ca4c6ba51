//! AArch64 instructions as words, for patchers, and what makes stored ones visible.

pub use crate::guest::cpu::publish_instruction as publish;

pub const NOP: u32 = 0xD503_201F;
pub const TWO_NOPS: u64 = 0xD503_201F_D503_201F;
pub const MOV_X9_X30: u32 = 0xAA1E_03E9;

/// Whether a nop stands at `at`; it may be aligned to 4 only.
pub unsafe fn is_nop(at: u64) -> bool {
    unsafe { *(at as *const u32) == NOP }
}

/// `bl`, at `from`, to `to`.
pub fn bl(from: u64, to: u64) -> u32 {
    0x9400_0000 | (((to - from) >> 2u64) as u32 & 0x03FF_FFFF)
}

/// Whether a bl at `from` reaches `to`: 128 MiB to either side.
pub fn bl_reaches(from: u64, to: u64) -> bool {
    const HALF: u64 = 128 << 20;
    to - from + HALF < 2 * HALF
}

/// `adrp rd`, at `from`: the address of the 4 KiB that `to` lies in.
pub fn adrp(rd: u32, from: u64, to: u64) -> u32 {
    let pages = ((to >> 12u64) - (from >> 12u64)) as u32;
    0x9000_0000 | (pages & 3) << 29u32 | (pages >> 2u32 & 0x7_FFFF) << 5u32 | rd
}

/// `blr rn`.
pub fn blr(rn: u32) -> u32 {
    0xD63F_0000 | rn << 5u32
}

/// Makes stored instructions visible to the fetches of all PEs (those in flight apart), from `start` to below `end`.
pub unsafe fn publish_range(start: u64, end: u64) {
    let ctr: u64;
    unsafe {
        asm!("mrs {}, ctr_el0", out(reg) ctr, options(nomem, nostack));
        if ctr & (1 << 28) == 0 {
            let line = line(ctr >> 16u64);
            let mut at = start & !(line - 1);
            while at < end {
                asm!("dc cvau, {}", in(reg) at);
                at += line;
            }
            asm!("dsb ish");
        } else {
            asm!("dsb ishst");
        }
        if ctr & (1 << 29) == 0 {
            let line = line(ctr);
            let mut at = start & !(line - 1);
            while at < end {
                asm!("ic ivau, {}", in(reg) at);
                at += line;
            }
            asm!("dsb ish");
        }
        asm!("isb");
    }
}

/// Bytes of the smallest line, of a field of CTR_EL0 that holds the logarithm of its words.
fn line(field: u64) -> u64 {
    4u64 << (field & 15)
}
