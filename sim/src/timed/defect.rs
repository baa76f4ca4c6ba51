//! Faults that tests put into the machine, to show that the refinement check finds them.

use super::shared::Shared;
use crate::platform::Board;

/// A promise that the machine breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// FENCE.I drops no copy.
    FenceIKeepsCopies,
    /// IC drops copies of its own hart alone.
    InvalidateMissesOthers,
    /// DC makes nothing visible to instruction fills.
    CleanDoesNothing,
    /// The line that a hart executes from stays with it over an ISB.
    IsbKeepsLine,
}

impl<B: Board> Shared<B> {
    /// True when a test has broken this.
    #[cfg(test)]
    pub fn has(&self, defect: Defect) -> bool {
        self.defect == Some(defect)
    }

    /// Nothing is broken.
    #[cfg(not(test))]
    pub const fn has(&self, _: Defect) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core_model::CoreModel;
    use crate::loader::Image;
    use crate::platform::aarch64_virt::{self, Aarch64Virt};
    use crate::platform::riscv_virt::{self, RiscvVirt};
    use crate::refinement::{Fault, Violation};
    use crate::timed::{Limits, Machine};

    fn violations<B: Board>(
        core: &str,
        harts: usize,
        board: B,
        base: u64,
        code: &[u32],
        defect: Option<Defect>,
    ) -> Vec<Violation> {
        let bytes = code.iter().flat_map(|word| word.to_le_bytes()).collect();
        let image = Image::flat(<B::Isa as cmodx_isa::Isa>::ARCH, base, bytes);
        let core = CoreModel::built_in(core).unwrap();
        let mut machine = Machine::new(&core, harts, 1 << 20, board, &image).unwrap();
        machine.check_refinement(0..u64::MAX);
        if let Some(defect) = defect {
            machine.break_it(defect);
        }
        machine.run(Limits { instructions: 2_000, ..Limits::NONE });
        let refinement = machine.refinement().unwrap();
        assert!(refinement.checked() > 0, "nothing was checked");
        refinement.violations().to_vec()
    }

    fn riscv(code: &[u32], defect: Option<Defect>) -> Vec<Violation> {
        let board = RiscvVirt::new(1, riscv_virt::Options { firmware: false, ..Default::default() });
        violations("sifive-u74", 1, board, 0x8000_0000, code, defect)
    }

    fn aarch64(harts: usize, code: &[u32], defect: Option<Defect>) -> Vec<Violation> {
        let board = Aarch64Virt::new(harts, aarch64_virt::Options { firmware: false, ..Default::default() });
        violations("cortex-a55", harts, board, 0x4000_0000, code, defect)
    }

    /// `code`, and `called` a few lines behind it.
    fn program(code: &[u32], called: [u32; 2]) -> Vec<u32> {
        let mut program = code.to_vec();
        program.resize(0x200 / 4, 0);
        program.extend(called);
        program
    }

    #[test]
    fn a_fence_i_that_keeps_copies_is_found() {
        let code = [
            0x0000_0117, // auipc sp, 0
            0x2001_0113, // addi sp, sp, 0x200
            0x0001_00e7, // jalr ra, 0(sp)
            0x0070_02b7, // lui t0, 0x700
            0x5132_829b, // addiw t0, t0, 0x513: addi a0, x0, 7
            0x0051_2023, // sw t0, 0(sp)
            0x0000_100f, // fence.i
            0x0001_00e7, // jalr ra, 0(sp)
            0x0000_006f, // j .
        ];
        let code = program(&code, [0x0030_0513, 0x0000_8067]); // addi a0, x0, 3; ret
        assert_eq!(riscv(&code, None), []);
        let found = riscv(&code, Some(Defect::FenceIKeepsCopies));
        let Fault::TooOld { read, floor } = found[0].fault else { panic!("{found:?}") };
        assert_eq!((found.len(), read.value, floor.value), (1, 0x0030_0513, 0x0070_0513));
    }

    const BLR: u32 = 0xd63f_0020; // blr x1
    const NOP: u32 = 0xd503_201f;
    const MOV: u32 = 0xd280_00e2; // mov x2, #7
    const RET: u32 = 0xd65f_03c0;
    const ADR: u32 = 0x1000_0001; // adr x1, .
    /// `mov w0, #0x00e2; movk w0, #0xd280, lsl #16; str w0, [x1]`.
    const STORE: [u32; 3] = [0x5280_1c40, 0x72ba_5000, 0xb900_0020];
    /// `dc cvau, x1; dsb ish; ic ivau, x1; dsb ish`.
    const MAINTAIN: [u32; 4] = [0xd50b_7b21, 0xd503_3b9f, 0xd50b_7521, 0xd503_3b9f];
    const ISB: u32 = 0xd503_3fdf;

    #[test]
    fn a_dc_that_does_not_clean_is_found() {
        let code = [&[ADR | (0x200 >> 2) << 5, BLR][..], &STORE, &MAINTAIN, &[ISB, BLR, 0x1400_0000]].concat();
        let code = program(&code, [NOP, RET]);
        assert_eq!(aarch64(1, &code, None), []);
        let found = aarch64(1, &code, Some(Defect::CleanDoesNothing));
        let Fault::TooOld { read, floor } = found[0].fault else { panic!("{found:?}") };
        assert_eq!((found.len(), read.value, floor.value), (1, NOP, MOV));
    }

    #[test]
    fn an_isb_that_keeps_the_line_is_found() {
        // What is patched stands behind the ISB, in the line that the hart executes from: at 9 words from the adr.
        let code = [&[ADR | 9 << 5][..], &STORE, &MAINTAIN, &[ISB, NOP, 0x1400_0000]].concat();
        assert_eq!(aarch64(1, &code, None), []);
        let found = aarch64(1, &code, Some(Defect::IsbKeepsLine));
        let Fault::TooOld { read, floor } = found[0].fault else { panic!("{found:?}") };
        assert_eq!((found.len(), read.value, floor.value), (1, NOP, MOV));
    }

    #[test]
    fn an_ic_that_misses_a_hart_is_found() {
        // Hart 1 calls in a loop, with an ISB each time; hart 0 waits and patches.
        let mut code = vec![
            ADR | (0x200 >> 2) << 5,
            0xd538_00a5, // mrs x5, mpidr_el1
            0x9240_04a5, // and x5, x5, #3
            0xb400_0085, // cbz x5, .+16
            BLR,
            ISB,
            0x17ff_fffe, // b .-8
            0x5280_1903, // mov w3, #200
            0x7100_0463, // subs w3, w3, #1
            0x54ff_ffe1, // b.ne .-4
        ];
        code.extend(STORE.iter().chain(&MAINTAIN).chain(&[0x1400_0000]));
        let code = program(&code, [NOP, RET]);
        assert_eq!(aarch64(2, &code, None), []);
        let found = aarch64(2, &code, Some(Defect::InvalidateMissesOthers));
        assert!(found.iter().all(|v| v.hart.0 == 1 && matches!(v.fault, Fault::TooOld { .. })), "{found:?}");
        assert!(found.len() > 3, "{found:?}");
    }
}
