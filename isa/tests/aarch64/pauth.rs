//! Pointer authentication codes are those that QEMU computes with the architected algorithm.

use super::random::Random;
use super::system_mode::{assemble, here, qemu};
use cmodx_isa::aarch64::Hart;

const INPUT: usize = 0x18000;

fn image(random: &mut Random) -> Vec<u8> {
    let mut data = vec![0u8; 0x20000];
    let mut at = INPUT;
    let mut put = |value: u64| {
        data[at..at + 8].copy_from_slice(&value.to_le_bytes());
        at += 8;
    };
    for _ in 0..10 {
        put(random.next());
    }
    let (low, high, tagged) = (16 + random.below(18), 16 + random.below(24), random.below(2) * 3);
    put(low | high << 16 | tagged << 37 | 2 << 30);
    for _ in 0..250 {
        let pointer = random.next();
        put(match random.below(4) {
            // Without tags bit 63 says which half it is; QEMU takes the size of the half from bit 55 even then.
            0 if tagged == 0 => pointer & !(1 << 63) | (pointer >> 55 & 1) << 63,
            0 => pointer,
            1 => pointer & ((1 << 25) - 1),
            2 => pointer | u64::MAX << 25,
            _ => pointer & 0x0000_ffff_ffff_ffff,
        });
        // SP takes it too, and stays aligned.
        put(random.next() & !15 | 16);
    }
    data
}

#[test]
fn codes_are_those_of_the_architected_algorithm() {
    const TEST: &str = "codes_are_those_of_the_architected_algorithm";
    let Some(code) = assemble(TEST, "pauth.s") else { return };
    let mut random = Random(5);
    for run in 0..6 {
        let data = image(&mut random);
        let Some(theirs) = qemu(TEST, "max,pauth-impdef=off", &code, &data) else { return };
        let mut hart = Hart::kernel(0);
        hart.system.pauth = true;
        let ours = here(hart, &code, &data);
        let word = |bytes: &[u8], n: usize| u64::from_le_bytes(bytes[8 * n..8 * n + 8].try_into().expect("8 bytes"));
        for n in 0..ours.len().max(theirs.len()) / 8 {
            assert_eq!(
                word(&ours, n),
                word(&theirs, n),
                "run {run}, result {n}: {:#x} {:#x}",
                word(&ours, n),
                word(&theirs, n)
            );
        }
        assert_ne!(word(&ours, 0), 0, "nothing was written");
    }
}
