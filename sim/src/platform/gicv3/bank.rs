//! Configuration and state of a run of interrupts: the register block that the distributor has for SPIs and every
//! redistributor for its SGIs and PPIs, at the same offsets. Source: Arm IHI 0069H, 12.9 (GICD_*) and 12.11 (GICR_*).

use super::{Group, Pending};
use cmodx_isa::Size;

const IGROUPR: u64 = 0x080;
const ISENABLER: u64 = 0x100;
const ICENABLER: u64 = 0x180;
pub(super) const ISPENDR: u64 = 0x200;
pub(super) const ICPENDR: u64 = 0x280;
const ISACTIVER: u64 = 0x300;
const ICACTIVER: u64 = 0x380;
const IPRIORITYR: u64 = 0x400;
const ITARGETSR: u64 = 0x800;
const ICFGR: u64 = 0xc00;
const IGRPMODR: u64 = 0xd00;

/// Priority bits that exist: 32 levels.
pub(super) const PRIORITY_MASK: u8 = 0xf8;
/// Interrupts 0-15 are SGIs: always edge-triggered.
const SGI_WORD: u32 = 0x0000_ffff;

/// Thirty-two interrupts, a bit for each.
#[derive(Clone, Copy, Debug, Default)]
struct Word {
    group1: u32,
    enabled: u32,
    /// Pending by an edge, an SGI or a write to ISPENDR.
    latched: u32,
    line: u32,
    active: u32,
    edge: u32,
}

impl Word {
    fn pending(&self) -> u32 {
        self.latched | self.line & !self.edge
    }
}

/// Interrupts from `first` on.
#[derive(Clone, Debug)]
pub(super) struct Bank {
    first: u32,
    words: Vec<Word>,
    priority: Vec<u8>,
}

impl Bank {
    /// `count` interrupts from `first` on, both multiples of 32: all off, of group 0 and of the highest priority.
    pub(super) fn new(first: u32, count: u32) -> Bank {
        let mut words = vec![Word::default(); count as usize / 32];
        if first == 0 {
            words[0].edge = SGI_WORD;
        }
        Bank { first, words, priority: vec![0; count as usize] }
    }

    fn word(&self, index: u64) -> Option<&Word> {
        self.words.get(usize::try_from(index).ok()?.checked_sub(self.first as usize / 32)?)
    }

    fn word_mut(&mut self, index: u64) -> Option<&mut Word> {
        self.words.get_mut(usize::try_from(index).ok()?.checked_sub(self.first as usize / 32)?)
    }

    /// Reads a register of the block. Interrupts that are not in this bank, and reserved registers, read as zero.
    pub(super) fn read(&self, offset: u64, size: Size) -> u64 {
        if let IPRIORITYR..ITARGETSR = offset {
            let byte = |n: u64| self.priority.get((offset - IPRIORITYR + n).wrapping_sub(self.first.into()) as usize);
            return (0..size.bytes()).map(|n| u64::from(byte(n).copied().unwrap_or(0)) << (8 * n)).sum();
        }
        if size != Size::Word {
            return 0;
        }
        let word = |base: u64| self.word((offset - base) / 4).copied().unwrap_or_default();
        u64::from(match offset & !3 {
            IGROUPR..ISENABLER => word(IGROUPR).group1,
            ISENABLER..ICENABLER => word(ISENABLER).enabled,
            ICENABLER..ISPENDR => word(ICENABLER).enabled,
            ISPENDR..ICPENDR => word(ISPENDR).pending(),
            ICPENDR..ISACTIVER => word(ICPENDR).pending(),
            ISACTIVER..ICACTIVER => word(ISACTIVER).active,
            ICACTIVER..IPRIORITYR => word(ICACTIVER).active,
            ICFGR..IGRPMODR => {
                let (index, half) = ((offset - ICFGR) / 8, (offset - ICFGR) / 4 % 2);
                let edge = self.word(index).map_or(0, |word| word.edge >> (16 * half));
                (0..16).map(|n| (edge >> n & 1) << (2 * n + 1)).sum()
            }
            _ => 0,
        })
    }

    /// Writes a register of the block; what [`Bank::read`] gives as zero ignores writes.
    pub(super) fn write(&mut self, offset: u64, size: Size, value: u64) {
        if let IPRIORITYR..ITARGETSR = offset {
            for n in 0..size.bytes() {
                let index = (offset - IPRIORITYR + n).wrapping_sub(self.first.into()) as usize;
                if let Some(priority) = self.priority.get_mut(index) {
                    *priority = (value >> (8 * n)) as u8 & PRIORITY_MASK;
                }
            }
            return;
        }
        if size != Size::Word {
            return;
        }
        let (value, sgis) = (value as u32, self.first == 0);
        let mut with = |base: u64, change: &dyn Fn(&mut Word)| {
            if let Some(word) = self.word_mut((offset - base) / 4) {
                change(word);
            }
        };
        match offset & !3 {
            IGROUPR..ISENABLER => with(IGROUPR, &|word| word.group1 = value),
            ISENABLER..ICENABLER => with(ISENABLER, &|word| word.enabled |= value),
            ICENABLER..ISPENDR => with(ICENABLER, &|word| word.enabled &= !value),
            ISPENDR..ICPENDR => with(ISPENDR, &|word| word.latched |= value),
            // A level-sensitive interrupt stays pending while its line is high.
            ICPENDR..ISACTIVER => with(ICPENDR, &|word| word.latched &= !value),
            ISACTIVER..ICACTIVER => with(ISACTIVER, &|word| word.active |= value),
            ICACTIVER..IPRIORITYR => with(ICACTIVER, &|word| word.active &= !value),
            ICFGR..IGRPMODR => {
                let (index, half) = ((offset - ICFGR) / 8, (offset - ICFGR) / 4 % 2);
                let edge: u32 = (0..16).map(|n| (value >> (2 * n + 1) & 1) << n).sum();
                let fixed = if sgis && index == 0 { SGI_WORD } else { 0 };
                if let Some(word) = self.word_mut(index) {
                    let here = 0xffff << (16 * half) & !fixed;
                    word.edge = word.edge & !here | edge << (16 * half) & here;
                }
            }
            _ => {}
        }
    }

    /// Sets the level of an interrupt's line; a rising one latches an edge-triggered interrupt.
    pub(super) fn set_line(&mut self, intid: u32, high: bool) {
        let Some(word) = self.word_mut(u64::from(intid / 32)) else { return };
        let bit = 1 << (intid % 32);
        let rising = high && word.line & bit == 0;
        word.line = if high { word.line | bit } else { word.line & !bit };
        if rising {
            word.latched |= word.edge & bit;
        }
    }

    /// Makes an interrupt pending as a message does, if it is in this group.
    pub(super) fn send(&mut self, intid: u32, group: Group) {
        if self.group(intid) == group
            && let Some(word) = self.word_mut(u64::from(intid / 32))
        {
            word.latched |= 1 << (intid % 32);
        }
    }

    fn group(&self, intid: u32) -> Group {
        let one = self.word(u64::from(intid / 32)).is_some_and(|word| word.group1 >> (intid % 32) & 1 != 0);
        if one { Group::One } else { Group::Zero }
    }

    /// The interrupt of highest priority that is pending, enabled and not active, of the groups and interrupts asked for; the
    /// lowest number among equals.
    pub(super) fn best(&self, groups: [bool; 2], mut wanted: impl FnMut(u32) -> bool) -> Option<Pending> {
        let mut best: Option<Pending> = None;
        for (index, word) in self.words.iter().enumerate() {
            let in_group = if groups[0] { !word.group1 } else { 0 } | if groups[1] { word.group1 } else { 0 };
            let mut rest = word.pending() & word.enabled & !word.active & in_group;
            while rest != 0 {
                let at = 32 * index as u32 + rest.trailing_zeros();
                rest &= rest - 1;
                let (intid, priority) = (self.first + at, self.priority[at as usize]);
                if best.is_none_or(|best| priority < best.priority) && wanted(intid) {
                    best = Some(Pending { intid, priority, group: self.group(intid) });
                }
            }
        }
        best
    }

    /// Acknowledgement: pending becomes active (a line that is still high keeps it pending too).
    pub(super) fn activate(&mut self, intid: u32) {
        if let Some(word) = self.word_mut(u64::from(intid / 32)) {
            word.latched &= !(1 << (intid % 32));
            word.active |= 1 << (intid % 32);
        }
    }

    /// Active no more.
    pub(super) fn deactivate(&mut self, intid: u32) {
        if let Some(word) = self.word_mut(u64::from(intid / 32)) {
            word.active &= !(1 << (intid % 32));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [bool; 2] = [true, true];

    fn best(bank: &Bank) -> Option<u32> {
        bank.best(BOTH, |_| true).map(|pending| pending.intid)
    }

    #[test]
    fn set_and_clear_registers_show_the_same_state() {
        let mut bank = Bank::new(0, 32);
        for (set, clear) in [(ISENABLER, ICENABLER), (ISPENDR, ICPENDR), (ISACTIVER, ICACTIVER)] {
            bank.write(set, Size::Word, 0x00f0_000f);
            bank.write(clear, Size::Word, 0x0010_0001);
            assert_eq!((bank.read(set, Size::Word), bank.read(clear, Size::Word)), (0x00e0_000e, 0x00e0_000e));
        }
    }

    #[test]
    fn the_lowest_priority_value_wins_and_the_lowest_number_among_equals() {
        let mut bank = Bank::new(0, 32);
        bank.write(ISENABLER, Size::Word, 0xffff_ffff);
        bank.write(ISPENDR, Size::Word, 0b1110);
        bank.write(IPRIORITYR, Size::Word, 0x80a0_90ff);
        assert_eq!(bank.read(IPRIORITYR, Size::Word), 0x80a0_90f8, "five bits of priority");
        assert_eq!(best(&bank), Some(3));
        bank.write(IPRIORITYR + 1, Size::Byte, 0x80);
        assert_eq!(best(&bank), Some(1));
        bank.write(ICENABLER, Size::Word, 0b10);
        assert_eq!(best(&bank), Some(3));
        bank.activate(3);
        assert_eq!(best(&bank), Some(2));
    }

    #[test]
    fn a_level_interrupt_follows_its_line_and_an_edge_is_remembered() {
        let mut bank = Bank::new(0, 32);
        bank.write(ISENABLER, Size::Word, 1 << 27 | 1 << 20);
        bank.write(ICFGR + 4, Size::Word, 0b10 << (2 * 4));
        bank.set_line(27, true);
        bank.write(ICPENDR, Size::Word, 1 << 27);
        assert_eq!(best(&bank), Some(27), "a high line cannot be cleared");
        bank.set_line(27, false);
        assert_eq!(best(&bank), None);
        bank.set_line(20, true);
        bank.set_line(20, false);
        assert_eq!(best(&bank), Some(20));
        bank.activate(20);
        bank.deactivate(20);
        assert_eq!(best(&bank), None);
    }

    #[test]
    fn sgis_are_edge_triggered_whatever_is_written() {
        let mut bank = Bank::new(0, 32);
        assert_eq!(bank.read(ICFGR, Size::Word), 0xaaaa_aaaa);
        bank.write(ICFGR, Size::Word, 0);
        assert_eq!(bank.read(ICFGR, Size::Word), 0xaaaa_aaaa);
        bank.write(ICFGR + 4, Size::Word, 0xffff_ffff);
        assert_eq!(bank.read(ICFGR + 4, Size::Word), 0xaaaa_aaaa);
    }

    #[test]
    fn a_message_of_the_wrong_group_is_dropped() {
        let mut bank = Bank::new(0, 32);
        bank.write(ISENABLER, Size::Word, 0b11);
        bank.write(IGROUPR, Size::Word, 0b10);
        bank.send(0, Group::One);
        assert_eq!(best(&bank), None);
        bank.send(1, Group::One);
        assert_eq!(best(&bank), Some(1));
        assert_eq!(bank.best([true, false], |_| true), None);
    }

    #[test]
    fn a_bank_answers_for_its_own_interrupts_only() {
        let mut bank = Bank::new(32, 64);
        bank.write(ISENABLER, Size::Word, 0xffff_ffff);
        bank.write(IPRIORITYR, Size::Word, 0xffff_ffff);
        assert_eq!((bank.read(ISENABLER, Size::Word), bank.read(IPRIORITYR, Size::Word)), (0, 0));
        bank.write(ISENABLER + 4, Size::Word, 2);
        bank.write(IPRIORITYR + 33, Size::Byte, 0x20);
        bank.set_line(33, true);
        assert_eq!(bank.best(BOTH, |_| true), Some(Pending { intid: 33, priority: 0x20, group: Group::Zero }));
        assert_eq!(bank.read(ISENABLER + 12, Size::Word), 0);
    }
}
