//! Bare programs that test one case after another in any privilege mode, and log what happens.
//!
//! Registers 5 to 15 belong to the case. x27 walks through a pool of constants, x31 through the log, x28 holds where the
//! M-mode handler resumes, x29 and x30 are for passing use.

use super::campaign_seed;
use super::machine::{CONSOLE, FINISHER, Machine, Region};
use super::random::Random;
use super::{elf, oracle};
use cmodx_isa::Arch;
use cmodx_isa::riscv::{Hart, Insn, Op, Privilege, Reg, asm, csr};
use std::io::Write;

pub const CODE: u64 = 0x8000_0000;
pub const POOL: u64 = 0x8040_0000;
pub const LOG: u64 = 0x8080_0000;
const LOG_SIZE: usize = 0x40_0000;
/// Memory that cases use as they like.
pub const SPARE: u64 = LOG + LOG_SIZE as u64;
/// All memory, as QEMU is told.
const MEMORY: usize = 64 << 20;

/// Register x`n`.
pub fn x(n: u8) -> Reg {
    Reg::new(n).expect("a register number")
}

/// A program under construction.
pub struct Program {
    code: Vec<u8>,
    pool: Vec<u8>,
    supervisor_handler: u64,
    /// Where in the pool the address stands that SRET of the case goes to.
    landing: usize,
    /// Run here with hardware that sets A and D bits, as QEMU 7.2 always does.
    pub updates_tables: bool,
}

impl Program {
    /// The prologue: handlers, floating point on, memory open to all modes, timer off.
    pub fn new() -> Program {
        let mut p =
            Program { code: Vec::new(), pool: Vec::new(), supervisor_handler: 0, landing: 0, updates_tables: false };
        // Skips the handlers.
        let jump = p.code.len();
        p.add(asm::nop());
        let machine_handler = p.here();
        p.log_csrs(&[csr::MCAUSE, csr::MEPC, csr::MTVAL, csr::MSTATUS]);
        p.add(asm::i(Op::Csrrw, x(0), x(0), csr::MIE as i64));
        p.add(asm::i(Op::Csrrw, x(0), x(28), csr::MEPC as i64));
        p.add(asm::lui(x(30), csr::MSTATUS_MPRV as i64));
        p.add(asm::i(Op::Csrrc, x(0), x(30), csr::MSTATUS as i64));
        p.add(asm::lui(x(30), 0x2000));
        p.add(asm::addi(x(30), x(30), -0x800));
        p.add(asm::i(Op::Csrrs, x(0), x(30), csr::MSTATUS as i64));
        p.add(Insn::new(Op::Mret));
        p.align();
        p.supervisor_handler = p.here();
        p.log_csrs(&[csr::SCAUSE, csr::SEPC, csr::STVAL, csr::SSTATUS]);
        p.add(asm::ecall());
        let start = p.code.len();
        let over = asm::jal(x(0), (start - jump) as i64).encode().expect("in reach");
        p.code[jump..jump + 4].copy_from_slice(&over.to_le_bytes());

        // The pool's address cannot come from the pool.
        let (high, low) = asm::split_offset((POOL - p.here()) as i64).expect("in reach");
        p.add(asm::auipc(x(27), high));
        p.add(asm::addi(x(27), x(27), low));
        p.constant(31, LOG);
        p.set_csr(csr::MTVEC, machine_handler);
        p.set_csr(csr::STVEC, p.supervisor_handler);
        p.set_csr(csr::PMPADDR0, u64::MAX);
        p.set_csr(csr::PMPCFG0, 0x1f);
        p.set_csr(csr::MSTATUS, csr::MSTATUS_FS_INITIAL);
        // The comparator of the CLINT's timer, so that no timer interrupt is pending.
        p.constant(29, 0x200_4000);
        p.constant(30, u64::MAX);
        p.add(asm::sd(x(30), x(29), 0));
        p
    }

    /// The address of the next instruction.
    pub fn here(&self) -> u64 {
        CODE + self.code.len() as u64
    }

    pub fn add(&mut self, insn: Insn) {
        let word = insn.encode().unwrap_or_else(|error| panic!("{error}"));
        self.word(word);
    }

    /// Adds bits as they are.
    pub fn word(&mut self, word: u32) {
        let length = if word & 3 == 3 { 4 } else { 2 };
        self.code.extend_from_slice(&word.to_le_bytes()[..length]);
    }

    /// Loads a constant from the pool.
    pub fn constant(&mut self, register: u8, value: u64) {
        self.pool.extend_from_slice(&value.to_le_bytes());
        self.add(asm::ld(x(register), x(27), 0));
        self.add(asm::addi(x(27), x(27), 8));
    }

    /// Writes a CSR.
    pub fn set_csr(&mut self, number: u16, value: u64) {
        self.constant(30, value);
        self.add(asm::i(Op::Csrrw, x(0), x(30), number as i64));
    }

    /// Appends CSRs to the log.
    pub fn log_csrs(&mut self, numbers: &[u16]) {
        for (n, &number) in numbers.iter().enumerate() {
            self.add(asm::i(Op::Csrrs, x(30), x(0), number as i64));
            self.add(asm::sd(x(30), x(31), 8 * n as i64));
        }
        self.add(asm::addi(x(31), x(31), 8 * numbers.len() as i64));
    }

    /// Appends a register to the log.
    pub fn log(&mut self, register: u8) {
        self.add(asm::sd(x(register), x(31), 0));
        self.add(asm::addi(x(31), x(31), 8));
    }

    /// Runs `body` in a privilege mode. The body ends with a call of the environment; execution goes on, in M mode,
    /// behind it. mstatus gets these bits besides.
    pub fn enter(&mut self, mode: Privilege, status: u64, body: impl FnOnce(&mut Program)) {
        let [resume, target] = self.leave_to(mode, status);
        self.set_pool(target, self.here());
        body(self);
        self.add(asm::ecall());
        self.align();
        self.set_pool(resume, self.here());
    }

    /// The same with a body that stands elsewhere.
    pub fn enter_at(&mut self, at: u64, mode: Privilege, status: u64) {
        let [resume, target] = self.leave_to(mode, status);
        self.set_pool(target, at);
        self.set_pool(resume, self.here());
    }

    /// Returns from machine mode; gives the places in the pool of where to resume and of where to go.
    fn leave_to(&mut self, mode: Privilege, status: u64) -> [usize; 2] {
        let status = status & !csr::MSTATUS_MPP | (mode as u64) << csr::MSTATUS_MPP.trailing_zeros();
        self.set_csr(csr::MSTATUS, status);
        self.landing = self.pool.len();
        self.set_csr(csr::SEPC, 0);
        let resume = self.pool.len();
        self.constant(28, 0);
        let target = self.pool.len();
        self.constant(30, 0);
        self.add(asm::i(Op::Csrrw, x(0), x(30), csr::MEPC as i64));
        self.add(Insn::new(Op::Mret));
        [resume, target]
    }

    fn set_pool(&mut self, place: usize, value: u64) {
        self.pool[place..place + 8].copy_from_slice(&value.to_le_bytes());
    }

    fn align(&mut self) {
        if !self.code.len().is_multiple_of(4) {
            self.word(0x0001);
        }
    }

    /// Sets sepc of the body that is being written to `skip` bytes from here.
    pub fn set_landing(&mut self, skip: u64) {
        let at = self.here() + skip;
        self.set_pool(self.landing, at);
    }

    /// Adds what writes the log to the console and ends the program.
    pub fn finish(&mut self) {
        self.constant(5, LOG);
        self.constant(6, CONSOLE);
        let next_byte = self.here();
        self.add(asm::i(Op::Lbu, x(7), x(6), 5));
        self.add(asm::i(Op::Andi, x(7), x(7), 0x20));
        self.add(asm::s(Op::Beq, x(7), x(0), -8));
        self.add(asm::i(Op::Lbu, x(7), x(5), 0));
        self.add(asm::s(Op::Sb, x(6), x(7), 0));
        self.add(asm::addi(x(5), x(5), 1));
        let offset = next_byte as i64 - self.here() as i64;
        self.add(asm::s(Op::Bne, x(5), x(31), offset));
        self.constant(5, 0x5555);
        self.constant(6, FINISHER);
        self.add(asm::s(Op::Sw, x(6), x(5), 0));
        self.add(asm::jal(x(0), 0));
        assert!(CODE + (self.code.len() as u64) < POOL && POOL + (self.pool.len() as u64) < LOG);
    }

    /// Its log when it runs here.
    pub fn here_log(&self) -> Vec<u64> {
        let mut memory = vec![0; MEMORY];
        memory[..self.code.len()].copy_from_slice(&self.code);
        memory[(POOL - CODE) as usize..][..self.pool.len()].copy_from_slice(&self.pool);
        let clint = Region { at: 0x200_4000, bytes: vec![0; 8] };
        let mut hart = Hart::new(0);
        if self.updates_tables {
            hart.csr.menvcfg |= csr::MENVCFG_ADUE;
        }
        let mut machine = Machine::new(hart, CODE, vec![Region { at: CODE, bytes: memory }, clint]);
        machine.run(10_000_000);
        words(&machine.output)
    }

    /// Its log when QEMU runs it.
    pub fn qemu_log(&self, test: &str, cpu: &str) -> Option<Vec<u64>> {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(&elf::executable(Arch::Riscv64, (CODE, &self.code), (POOL, &self.pool), &[]))
            .expect("the file can be written");
        let path = file.path().to_str().expect("a path in UTF-8");
        Some(words(&bare(test, &["-cpu", cpu, "-bios", "none", "-kernel", path])?))
    }
}

/// What a bare program writes to the console of QEMU's machine until it ends.
pub fn bare(test: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    // A file, as QEMU drops characters when a pipe is full.
    let console = tempfile::NamedTempFile::new().expect("a temporary file");
    let serial = format!("file:{}", console.path().display());
    let machine = ["-M", "virt", "-m", "64M", "-display", "none", "-monitor", "none", "-serial", &serial];
    let arguments = [&machine, arguments].concat();
    let output = oracle::run(test, "qemu-system-riscv64", "qemu-system-misc", &arguments, &[])?;
    assert!(output.status.success(), "QEMU: {} {}", output.status, String::from_utf8_lossy(&output.stderr));
    Some(std::fs::read(console.path()).expect("QEMU wrote it"))
}

fn words(bytes: &[u8]) -> Vec<u64> {
    bytes.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().expect("8 bytes"))).collect()
}

/// The extensions of these tables that QEMU 7.2 has, and none besides.
pub const CPU: &str = "rv64,h=false,svinval=on,svnapot=on,svpbmt=on,sstc=off,pmu-num=0,zba=on,zbb=on,zbc=on,zbs=on";

/// One case: what it was, for the report, and how much it adds to the log.
struct Case {
    text: String,
    /// Whether the third word of what a trap logs, its value, may differ.
    any_value: bool,
    /// Marks the end of the case in the log.
    mark: u64,
}

const MARK: u64 = 0xc0de_0000_0000_0000;

/// Adds cases until there are enough, and compares the logs mark by mark.
pub fn compare(
    test: &str,
    cpu: &str,
    seed: u64,
    count: u64,
    mut add: impl FnMut(&mut Random, &mut Program) -> (String, bool),
) {
    let mut random = Random(seed << 32 ^ campaign_seed());
    let mut program = Program::new();
    let mut cases = Vec::new();
    for number in 0..count {
        let (text, any_value) = add(&mut random, &mut program);
        let mark = MARK | number;
        program.constant(30, mark);
        program.log(30);
        cases.push(Case { text, any_value, mark });
    }
    program.finish();
    let ours = program.here_log();
    let Some(theirs) = program.qemu_log(test, cpu) else { return };
    let (mut ours, mut theirs) = (&ours[..], &theirs[..]);
    let mut differences = Vec::new();
    for case in &cases {
        let end = |log: &[u64]| log.iter().position(|&word| word == case.mark).expect("every case ends") + 1;
        let (our_end, their_end) = (end(ours), end(theirs));
        let values = case.any_value && our_end == their_end;
        let equal = (0..our_end).all(|n| ours[n] == theirs[n] || values && n == 2);
        if our_end != their_end || !equal {
            differences.push(format!(
                "{}:\n  here {:x?}\n  QEMU {:x?}",
                case.text,
                &ours[..our_end],
                &theirs[..their_end]
            ));
        }
        (ours, theirs) = (&ours[our_end..], &theirs[their_end..]);
    }
    println!("{count} cases compared with QEMU");
    let shown = &differences[..differences.len().min(4)];
    assert!(differences.is_empty(), "{} of {count} cases differ:\n{}", differences.len(), shown.join("\n"));
}
