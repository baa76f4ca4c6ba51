//! The extensions that a hart can have: their names, what depends on what, their letters in misa, and which of them an
//! instruction belongs to.
//!
//! I, Zicsr and the modes M, S and U are always there. Instructions, registers and fields of an extension that is off are
//! illegal, or read as zero; hints (Zihintpause, Zihintntl, Zicbop) are instructions of I and go on doing nothing.

use super::table::ROWS;
use super::{Insn, Op, compressed};
use std::fmt;
use std::str::FromStr;

macro_rules! extensions {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {
        /// An extension that can be there or not.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Extension {
            $($(#[$doc])* $name,)*
        }

        impl Extension {
            /// All of them, in the order in which ISA strings name them.
            pub const ALL: &[Extension] = &[$(Extension::$name),*];

            /// Its name in ISA strings.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Extension::$name => $text,)*
                }
            }
        }
    };
}

extensions! {
    /// Multiplication and division.
    M "m";
    /// Atomics: LR, SC and AMOs.
    A "a";
    /// Single-precision floating point.
    F "f";
    /// Double-precision floating point.
    D "d";
    /// 16-bit instructions.
    C "c";
    /// FENCE.I.
    Zifencei "zifencei";
    /// cycle, time and instret.
    Zicntr "zicntr";
    /// hpmcounter3 to 31.
    Zihpm "zihpm";
    /// Cache-block management.
    Zicbom "zicbom";
    /// Cache-block zero.
    Zicboz "zicboz";
    /// Conditional zero.
    Zicond "zicond";
    /// Waiting for a reserved location.
    Zawrs "zawrs";
    /// Compare and swap.
    Zacas "zacas";
    /// Atomics on bytes and halfwords.
    Zabha "zabha";
    /// Additional floating-point instructions.
    Zfa "zfa";
    /// More 16-bit instructions.
    Zcb "zcb";
    /// Address generation.
    Zba "zba";
    /// Basic bit manipulation.
    Zbb "zbb";
    /// Carry-less multiplication.
    Zbc "zbc";
    /// Single bits.
    Zbs "zbs";
    /// stimecmp.
    Sstc "sstc";
    /// Hardware sets A and D bits.
    Svadu "svadu";
    /// Fine-grained invalidation of translations.
    Svinval "svinval";
    /// 64 KiB pages.
    Svnapot "svnapot";
    /// Memory types of pages.
    Svpbmt "svpbmt";
}

/// What each extension on the left needs.
const NEEDS: &[(Extension, Extension)] = &[
    (Extension::D, Extension::F),
    (Extension::Zacas, Extension::A),
    (Extension::Zabha, Extension::A),
    (Extension::Zfa, Extension::F),
    (Extension::Zcb, Extension::C),
];

/// The extensions that misa can turn off.
const LETTERS: [Extension; 5] = [Extension::M, Extension::A, Extension::F, Extension::D, Extension::C];

/// misa without the letters of extensions that can be off: MXL = 2, I, S, U.
const MISA: u64 = 2 << 62 | letter(b'i') | letter(b's') | letter(b'u');

/// The bit of misa that a letter has.
const fn letter(small: u8) -> u64 {
    1 << (small - b'a')
}

/// A set of extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extensions(u64);

impl Default for Extensions {
    /// All that there are.
    fn default() -> Extensions {
        Extensions::ALL
    }
}

impl Extensions {
    /// All that there are.
    pub const ALL: Extensions = Extensions((1 << Extension::ALL.len()) - 1);
    /// None: RV64I with Zicsr.
    pub const NONE: Extensions = Extensions(0);

    /// True when the extension is there.
    #[inline(always)]
    pub const fn has(self, extension: Extension) -> bool {
        self.0 >> extension as u8 & 1 != 0
    }

    /// A bit for each.
    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    /// With one more.
    #[must_use]
    pub const fn with(self, extension: Extension) -> Extensions {
        Extensions(self.0 | 1 << extension as u8)
    }

    /// Without one.
    #[must_use]
    pub const fn without(self, extension: Extension) -> Extensions {
        Extensions(self.0 & !(1 << extension as u8))
    }

    /// Without those that need one which is not there.
    #[must_use]
    pub fn consistent(self) -> Extensions {
        NEEDS.iter().fold(self, |set, &(extension, needed)| if set.has(needed) { set } else { set.without(extension) })
    }

    /// misa as it shows this set.
    pub(super) fn misa(self) -> u64 {
        let present = LETTERS.into_iter().filter(|&extension| self.has(extension));
        present.fold(MISA, |misa, extension| misa | letter(extension.name().as_bytes()[0]))
    }

    /// What a write of misa makes of this set, which holds all that can be turned on. A letter whose extension needs one that
    /// the write leaves out stays off.
    #[must_use]
    pub(super) fn after_misa(self, misa: u64) -> Extensions {
        let off = LETTERS.into_iter().filter(|extension| misa & letter(extension.name().as_bytes()[0]) == 0);
        off.fold(self, Extensions::without).consistent()
    }

    /// True when all that this instruction belongs to is there.
    pub fn allow(self, insn: Insn) -> bool {
        if insn.op == Op::Illegal {
            return true;
        }
        let short = insn.len == 2;
        let zcb = || matches!(compressed::ROWS.get(insn.aux as usize), Some(row) if ZCB.contains(&row.mnemonic));
        let first = GROUPS.partition_point(|&(op, _)| op as u16 <= insn.op as u16);
        GROUPS[first - 1].1.iter().all(|&extension| self.has(extension))
            && (!short || self.has(Extension::C))
            && (!short || self.has(Extension::Zcb) || !zcb())
            && (self.has(Extension::D) || !ROWS[insn.op as usize].mnemonic.contains(".d") || !is_float(insn.op))
            && (self.has(Extension::Zacas) || !matches!(insn.op, Op::AmocasB | Op::AmocasH))
    }
}

/// True for the floating-point rows.
fn is_float(op: Op) -> bool {
    (Op::Flw as u16..Op::AddUw as u16).contains(&(op as u16))
}

/// The first row of each extension, in the table's order.
const GROUPS: &[(Op, &[Extension])] = &[
    (Op::Lui, &[]),
    (Op::FenceI, &[Extension::Zifencei]),
    (Op::Csrrw, &[]),
    (Op::Mul, &[Extension::M]),
    (Op::LrW, &[Extension::A]),
    (Op::Sret, &[]),
    (Op::Flw, &[Extension::F]),
    (Op::Fld, &[Extension::D]),
    (Op::FliS, &[Extension::Zfa]),
    (Op::AddUw, &[Extension::Zba]),
    (Op::Andn, &[Extension::Zbb]),
    (Op::Bclr, &[Extension::Zbs]),
    (Op::Clmul, &[Extension::Zbc]),
    (Op::CzeroEqz, &[Extension::Zicond]),
    (Op::CboInval, &[Extension::Zicbom]),
    (Op::CboZero, &[Extension::Zicboz]),
    (Op::WrsNto, &[Extension::Zawrs]),
    (Op::AmocasW, &[Extension::Zacas]),
    (Op::AmoswapB, &[Extension::Zabha]),
    (Op::SinvalVma, &[Extension::Svinval]),
];

/// The 16-bit instructions of Zcb.
const ZCB: &[&str] = &[
    "c.lbu", "c.lhu", "c.lh", "c.sb", "c.sh", "c.mul", "c.zext.b", "c.sext.b", "c.zext.h", "c.sext.h", "c.zext.w",
    "c.not",
];

/// An ISA string that names something else than an RV64 machine that can be had here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IsaStringError {
    /// It does not start with the base.
    #[error("ISA string {text:?} does not start with rv64i or rv64g")]
    Base {
        /// The string.
        text: String,
    },
    /// An extension that is not implemented, or a name that nobody uses.
    #[error("ISA string {text:?}: there is no extension {name:?} here; there are {}", all_names())]
    Unknown {
        /// The string.
        text: String,
        /// The name in it.
        name: String,
    },
    /// An extension without one that it needs.
    #[error("ISA string {text:?}: {} needs {}", extension.name(), needed.name())]
    Needs {
        /// The string.
        text: String,
        /// Which extension.
        extension: Extension,
        /// What is not there.
        needed: Extension,
    },
}

fn all_names() -> String {
    Extension::ALL.iter().map(|extension| extension.name()).collect::<Vec<_>>().join(" ")
}

impl FromStr for Extensions {
    type Err = IsaStringError;

    /// Reads an ISA string, as `rv64imac_zicntr_zba` (unprivileged manual, "ISA Extension Naming Conventions"). Zicsr, hints
    /// and modes may be named and change nothing; `g` is IMAFD and Zifencei, `b` is Zba, Zbb and Zbs.
    fn from_str(text: &str) -> Result<Extensions, IsaStringError> {
        let small = text.to_ascii_lowercase();
        let unknown = |name: &str| IsaStringError::Unknown { text: text.into(), name: name.into() };
        let base = || IsaStringError::Base { text: text.into() };
        let mut parts = small.strip_prefix("rv64").ok_or_else(base)?.split('_');
        let letters = parts.next().filter(|letters| letters.starts_with(['i', 'g'])).ok_or_else(base)?;
        let single = letters.char_indices().map(|(at, c)| &letters[at..at + c.len_utf8()]);
        let mut set = Extensions::NONE;
        for name in single.chain(parts) {
            let named: &[Extension] = match name {
                "i" | "s" | "u" | "zicsr" | "zihintpause" | "zihintntl" | "zicbop" | "svade" => &[],
                "g" => &[Extension::M, Extension::A, Extension::F, Extension::D, Extension::Zifencei],
                "b" => &[Extension::Zba, Extension::Zbb, Extension::Zbs],
                _ => {
                    let known = Extension::ALL.iter().position(|extension| extension.name() == name);
                    let at = known.ok_or_else(|| unknown(name))?;
                    &Extension::ALL[at..=at]
                }
            };
            set = named.iter().fold(set, |set, &extension| set.with(extension));
        }
        match NEEDS.iter().find(|&&(extension, needed)| set.has(extension) && !set.has(needed)) {
            Some(&(extension, needed)) => Err(IsaStringError::Needs { text: text.into(), extension, needed }),
            None => Ok(set),
        }
    }
}

impl fmt::Display for Extensions {
    /// As an ISA string.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (letters, names): (Vec<_>, Vec<_>) =
            Extension::ALL.iter().filter(|&&e| self.has(e)).map(|e| e.name()).partition(|name| name.len() == 1);
        write!(f, "rv64i{}_zicsr", letters.concat())?;
        names.iter().try_for_each(|name| write!(f, "_{name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_stand_in_the_order_of_the_table() {
        assert!(GROUPS.windows(2).all(|pair| (pair[0].0 as u16) < pair[1].0 as u16));
        assert_eq!(GROUPS[0].0 as u16, 0);
    }

    #[test]
    fn isa_strings_say_what_is_there_and_are_written_as_they_are_read() {
        let set: Extensions = "RV64GCB_zicntr".parse().expect("it is good");
        assert_eq!(set.to_string(), "rv64imafdc_zicsr_zifencei_zicntr_zba_zbb_zbs");
        assert_eq!(set.to_string().parse(), Ok(set));
        assert_eq!(Extensions::ALL.to_string().parse(), Ok(Extensions::ALL));
        assert_eq!("rv64i".parse(), Ok(Extensions::NONE));
    }

    #[test]
    fn isa_strings_that_cannot_be_had_are_refused_with_the_reason() {
        let error = |text: &str| text.parse::<Extensions>().expect_err("it is bad").to_string();
        assert!(error("rv32imac").contains("does not start with rv64i or rv64g"));
        assert!(error("rv64m").contains("does not start with rv64i or rv64g"));
        assert!(error("rv64gcv").contains("there is no extension \"v\" here; there are m a f d c"));
        assert!(error("rv64gc_zvbb").contains("\"zvbb\""));
        assert!(error("rv64gc_").contains("\"\""));
        assert!(error("rv64imad").contains("d needs f"));
        assert!(error("rv64ima_zcb").contains("zcb needs c"));
        assert!(error("rv64ié").contains("\"é\""));
    }

    #[test]
    fn misa_turns_letters_off_with_what_needs_them() {
        let all = Extensions::ALL;
        assert_eq!(all.misa(), 2 << 62 | 0x14_112d);
        assert_eq!(all.after_misa(u64::MAX), all);
        let no_f = all.after_misa(!letter(b'f'));
        assert!(![Extension::F, Extension::D, Extension::Zfa].into_iter().any(|e| no_f.has(e)));
        assert!(no_f.has(Extension::M) && no_f.has(Extension::Zba));
        assert!(!all.after_misa(!letter(b'c')).has(Extension::Zcb));
        let none = all.after_misa(0);
        assert_eq!(none.misa(), MISA, "the base and the modes stay");
        assert_eq!(Extensions::NONE.after_misa(u64::MAX).misa(), MISA, "what is not there cannot be turned on");
    }
}
