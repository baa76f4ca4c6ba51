//! Random translation tables: the same accesses succeed and fail, with the same syndromes, as under QEMU, and hardware
//! leaves the same access flags and dirty bits.

use super::random::Random;
use super::system_mode::{DATA, assemble, here, qemu};
use cmodx_isa::aarch64::Hart;

const SIZE: usize = 0x70000;
const INPUT: usize = 0x10000;
const LOW_TABLE: usize = 0x11000;
/// Two pages of 64 KB that every leaf maps, full of `ret`.
const LEAVES: usize = 0x20000;
/// The tables under test: one for each level, of 64 KB each.
const TABLES: usize = 0x30000;
const TABLE_SIZE: usize = 0x10000;
const RET: u64 = 0xd65f_03c0_d65f_03c0;

struct Image(Vec<u8>);

impl Image {
    fn put(&mut self, at: usize, value: u64) {
        self.0[at..at + 8].copy_from_slice(&value.to_le_bytes());
    }
}

/// A random entry for a table of this level; it refers to the next table, or to a leaf.
fn entry(random: &mut Random, level: u32, granule: u32, physical_bits: u32) -> u64 {
    const ACCESS_FLAG: u64 = 1 << 10;
    // The next table.
    let tables = DATA + (TABLES + TABLE_SIZE * (level as usize + 1).min(3)) as u64;
    let hierarchy = if random.below(3) == 0 { (random.next() & 0xf) << 59 } else { 0 };
    let shift = granule + (granule - 3) * (3 - level);
    // Blocks map memory that nothing else uses.
    let leaf = if level < 3 { 0x8000_0000 } else { (DATA + LEAVES as u64) >> shift << shift };
    let noise = random.next();
    // AP, nG, DBM, PXN, UXN; attributes 0, inner shareable.
    let attributes = noise & (3 << 6 | 1 << 11 | 1 << 51 | 3 << 53) | 3 << 8;
    // Blocks reach beyond the leaves: what stands there is not for execution.
    let attributes = if level < 3 { attributes | 1 << 53 } else { attributes };
    let accessed = if random.below(4) == 0 { 0 } else { ACCESS_FLAG };
    // A block where there is none is a translation fault; QEMU 7.2 takes it for one.
    let block = level == 2 || level == 1 && granule == 12;
    match random.below(16) {
        0 => random.next() & !1,
        // A physical address above what TCR_EL1.IPS allows.
        1 if physical_bits < 48 && (block || level == 3) => {
            let beyond = 1 << (u64::from(physical_bits) + random.below(48 - u64::from(physical_bits)));
            leaf | attributes | accessed | beyond | if level == 3 { 3 } else { 1 }
        }
        2 | 3 if block => leaf | attributes | accessed | 1,
        2 if level == 3 => leaf | attributes | accessed | 1,
        _ if level == 3 => leaf | attributes | accessed | 3,
        _ => tables | hierarchy | 3,
    }
}

/// Data for one run, and a line that says what is tried.
fn image(random: &mut Random) -> (Vec<u8>, String) {
    let mut image = Image(vec![0; SIZE]);
    let granule = random.pick(&[12u32, 14, 16]);
    let size_offset = 16 + random.below(24);
    let top_byte_ignored = random.below(2);
    let hardware = random.below(3); // nothing, access flag, access flag and dirty state
    let no_hierarchy = random.below(2);
    let physical = random.pick(&[0u64, 1, 2, 3, 4, 5]);
    let code = match granule {
        12 => 2,
        14 => 1,
        _ => 3u64,
    };
    // The lower half: 39 bits, 4 KB granule.
    let tcr = 25
        | size_offset << 16
        | code << 30
        | physical << 32
        | 1 << 36
        | top_byte_ignored << 38
        | u64::from(hardware > 0) << 39
        | u64::from(hardware > 1) << 40
        | no_hierarchy << 42
        | 0b0101 << 8
        | 3 << 12
        | 0b0101 << 24
        | 3 << 28;
    image.put(INPUT, tcr);
    let wxn = random.below(4) == 0;
    image.put(INPUT + 16, u64::from(wxn) << 19);
    // The program, which stays executable under WXN since it is read-only, and its data.
    const READ_ONLY: u64 = 1 << 7;
    image.put(LOW_TABLE + 8, (DATA + LOW_TABLE as u64 + 0x1000) | 3);
    image.put(LOW_TABLE + 0x1000, 0x4000_0000 | READ_ONLY | 1 << 10 | 3 << 8 | 1);
    image.put(LOW_TABLE + 0x1008, DATA | 1 << 10 | 3 << 8 | 1);
    for at in (LEAVES..TABLES).step_by(8) {
        image.put(at, RET);
    }
    let virtual_bits = 64 - size_offset as u32;
    let first = 4 - (virtual_bits - granule).div_ceil(granule - 3);
    image.put(INPUT + 8, DATA + (TABLES + TABLE_SIZE * first as usize) as u64);
    for level in first..4 {
        let place = TABLES + TABLE_SIZE * level as usize;
        for index in 0..(1usize << granule) / 8 {
            let value = entry(random, level, granule, [32, 36, 40, 42, 44, 48][physical as usize]);
            image.put(place + 8 * index, value);
        }
    }
    let mut at = INPUT + 24;
    for _ in 0..200 {
        let offset = random.next() & ((1 << virtual_bits) - 1) & !3;
        let mut address = offset | u64::MAX << virtual_bits;
        match random.below(12) {
            0 => address ^= 1 << random.below(55).max(u64::from(virtual_bits)),
            1 => address ^= 0xff << 56,
            _ => {}
        }
        image.put(at, address);
        image.put(at + 8, random.below(10) | random.below(2) << 4);
        at += 16;
    }
    image.put(at, 0);
    image.put(at + 8, 255);
    let what = format!(
        "granule 2^{granule}, {virtual_bits} bits, TBI {top_byte_ignored}, hardware {hardware}, IPS {physical}, WXN {wxn}, \
         HPD {no_hierarchy}"
    );
    (image.0, what)
}

#[test]
fn translation_tables_mean_what_they_mean_under_qemu() {
    const TEST: &str = "translation_tables_mean_what_they_mean_under_qemu";
    let Some(code) = assemble(TEST, "translation.s") else { return };
    let mut random = Random(7);
    let mut exceptions = 0;
    for run in 0..30 {
        let (data, what) = image(&mut random);
        // A core without FEAT_LPA, so that 64 KB granules mean 48 bits as here.
        let Some(theirs) = qemu(TEST, "max,pauth=off", &code, &data) else { return };
        let ours = here(Hart::kernel(0), &code, &data);
        assert_eq!(ours.len(), theirs.len());
        let word = |bytes: &[u8], n: usize| u64::from_le_bytes(bytes[8 * n..8 * n + 8].try_into().expect("8 bytes"));
        let at = (0..SIZE / 8).find(|&n| word(&ours, n) != word(&theirs, n));
        if let Some(at) = at {
            let around: Vec<String> = (at.saturating_sub(8)..at + 4)
                .map(|n| format!("{n:#x}: {:#x} {:#x}", word(&ours, n), word(&theirs, n)))
                .collect();
            panic!("run {run} ({what}): offset {:#x}, here and QEMU:\n{}", 8 * at, around.join("\n"));
        }
        exceptions += (0..INPUT / 8).filter(|&n| word(&ours, n) == 0x200).count();
    }
    assert!(exceptions > 300, "the tables are too tame: {exceptions} exceptions");
    println!("{exceptions} exceptions in 30 runs of 200 accesses");
}
