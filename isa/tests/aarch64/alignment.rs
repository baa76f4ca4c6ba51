//! Which accesses may be unaligned (FEAT_LSE2; Arm ARM B2.8.2). QEMU 7.2 lacks the feature, so the rules stand here.

use super::machine::{Machine, Region};
use cmodx_isa::Isa;
use cmodx_isa::aarch64::{Aarch64, Cause, Hart, Trap};

const DATA: u64 = 0x4000;
const STRICT: u64 = 1 << 1;
const NO_CHECK_OF_ORDERED: u64 = 1 << 6;

/// Kind of access, word of the instruction with address in x1, size in bytes.
const ACCESSES: &[(&str, u32, u64)] = &[
    ("plain", 0xf940_0020, 8),   // ldr x0, [x1]
    ("plain", 0xb900_0020, 4),   // str w0, [x1]
    ("plain", 0xa940_0c22, 16),  // ldp x2, x3, [x1]
    ("plain", 0x3dc0_0020, 16),  // ldr q0, [x1]
    ("ordered", 0xc8df_fc20, 8), // ldar x0, [x1]
    ("ordered", 0x889f_fc20, 4), // stlr w0, [x1]
    ("ordered", 0x48df_fc20, 2), // ldarh w0, [x1]
    ("ordered", 0xf8bf_c020, 8), // ldapr x0, [x1]
    ("ordered", 0xd940_0020, 8), // ldapur x0, [x1]
    ("ordered", 0x9900_0020, 4), // stlur w0, [x1]
    ("atomic", 0xc85f_7c20, 8),  // ldxr x0, [x1]
    ("atomic", 0x885f_fc20, 4),  // ldaxr w0, [x1]
    ("atomic", 0x8802_7c20, 4),  // stxr w2, w0, [x1]
    ("atomic", 0x887f_0c22, 8),  // ldxp w2, w3, [x1]
    ("atomic", 0xc87f_0c22, 16), // ldxp x2, x3, [x1]
    ("atomic", 0xf822_0023, 8),  // ldadd x2, x3, [x1]
    ("atomic", 0x7822_8023, 2),  // swph w2, w3, [x1]
    ("atomic", 0xc8a2_7c23, 8),  // cas x2, x3, [x1]
    ("atomic", 0x0822_7c24, 8),  // casp w2, w3, w4, w5, [x1]
    ("atomic", 0x4822_7c24, 16), // casp x2, x3, x4, x5, [x1]
];

#[test]
fn accesses_within_16_aligned_bytes_need_no_alignment_and_others_fault_as_their_kind_says() {
    for sctlr in [0, STRICT, NO_CHECK_OF_ORDERED] {
        for &(kind, word, bytes) in ACCESSES {
            for offset in 0..16 {
                let mut hart = Hart::kernel(0);
                hart.system.sctlr = sctlr;
                hart.system.cpacr = 3 << 20;
                hart.x[1] = DATA + 16 + offset;
                let regions = vec![Region { at: DATA, bytes: vec![0; 64] }];
                let mut machine = Machine::new(hart, 0, regions);
                let outcome = Aarch64::execute(&mut machine, Aarch64::decode(word), 0);
                // A pair of registers is checked for the alignment of one where nothing else is asked.
                let unit = if word == 0xa940_0c22 { 8 } else { bytes };
                let crosses = offset + bytes > 16;
                let faults = match kind {
                    _ if offset % unit == 0 && (kind == "plain" || !crosses) => false,
                    "plain" => sctlr == STRICT,
                    "ordered" => sctlr == STRICT || crosses && sctlr != NO_CHECK_OF_ORDERED,
                    _ => sctlr == STRICT || crosses,
                };
                let misaligned = matches!(outcome, Err(Trap::Sync { cause: Cause::DataAbort, iss, far })
                    if iss & 0x3f == 0x21 && far == DATA + 16 + offset);
                let what = Aarch64::disassemble(&Aarch64::decode(word), 0);
                assert_eq!(misaligned, faults, "{what} at +{offset}, SCTLR {sctlr:#x}: {outcome:?}");
            }
        }
    }
}

/// Encoding of MRS from a register, as op0, op1, CRn, CRm, op2.
fn mrs(code: [u32; 5]) -> u32 {
    let [op0, op1, crn, crm, op2] = code;
    0xd500_0000 | 1 << 21 | op0 << 19 | op1 << 16 | crn << 12 | crm << 8 | op2 << 5
}

#[test]
fn identification_registers_name_what_is_there() {
    let read = |hart: &Hart, code: [u32; 5]| {
        let mut machine = Machine::new(hart.clone(), 0, Vec::new());
        Aarch64::execute(&mut machine, Aarch64::decode(mrs(code)), 0).expect("it can be read at EL1");
        machine.hart.x[0]
    };
    let mut hart = Hart::kernel(0);
    // Register, lowest bit of the field, value, feature.
    let fields: &[([u32; 5], u32, u64, &str)] = &[
        ([3, 0, 0, 4, 0], 0, 1, "EL0 in AArch64 alone"),
        ([3, 0, 0, 4, 0], 8, 0, "no EL2"),
        ([3, 0, 0, 4, 1], 0, 1, "BTI"),
        ([3, 0, 0, 4, 1], 4, 2, "SSBS2"),
        ([3, 0, 0, 6, 0], 4, 2, "AES and PMULL"),
        ([3, 0, 0, 6, 0], 8, 1, "SHA1"),
        ([3, 0, 0, 6, 0], 12, 1, "SHA256"),
        ([3, 0, 0, 6, 0], 28, 1, "RDM"),
        ([3, 0, 0, 6, 0], 32, 0, "no SHA3"),
        ([3, 0, 0, 6, 0], 44, 1, "DotProd"),
        ([3, 0, 0, 6, 0], 16, 1, "CRC32"),
        ([3, 0, 0, 6, 0], 20, 2, "LSE"),
        ([3, 0, 0, 6, 0], 52, 2, "FlagM2"),
        ([3, 0, 0, 6, 0], 56, 2, "TLBIRANGE"),
        ([3, 0, 0, 6, 1], 4, 0, "no PAuth"),
        ([3, 0, 0, 6, 1], 20, 2, "LRCPC2"),
        ([3, 0, 0, 6, 1], 36, 1, "SB"),
        ([3, 0, 0, 6, 1], 48, 1, "DGH"),
        ([3, 0, 0, 7, 0], 20, 1, "16 KB granule"),
        ([3, 0, 0, 7, 1], 0, 2, "HAFDBS"),
        ([3, 0, 0, 7, 1], 8, 0, "no VHE"),
        ([3, 0, 0, 7, 1], 16, 1, "LOR"),
        ([3, 0, 0, 7, 1], 20, 2, "PAN2"),
        ([3, 0, 0, 7, 2], 4, 1, "UAO"),
        ([3, 0, 0, 7, 2], 32, 1, "LSE2"),
    ];
    for &(code, low, value, feature) in fields {
        assert_eq!(read(&hart, code) >> low & 15, value, "{feature}");
    }
    hart.set_pointer_authentication(true);
    assert_eq!(read(&hart, [3, 0, 0, 6, 1]) >> 4 & 15, 1, "PAuth with QARMA5");
    hart.start_at_el2();
    assert_eq!(read(&hart, [3, 0, 0, 4, 0]) >> 8 & 15, 1, "EL2");
}
