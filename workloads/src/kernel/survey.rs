//! What a kernel's ftrace sites cost in its text: counted, not modelled.
//!
//! Every count is over all live sites (`.init.text` included) unless its field says `.text`.

use cmodx_isa::Arch;
use serde::{Serialize, Serializer};

use super::image::Image;
use super::share::Share;
use super::sites::TableForm;
use super::table::{Function, FunctionTable};

/// Gaps as long as this between two symbols of `.text` are code or data without a symbol, not padding. Alignment to a
/// cache line skips at most 63 bytes; longer runs of nops are patched-out alternatives.
const LEAST_HOLE: u64 = 64;
/// A `jal` reaches this far back, and as far but 2 bytes forward.
const JAL_REACH: i64 = 1 << 20;
/// A cache line of every core that the kernels run on here.
const LINE: u64 = 64;
/// AArch64 `bti c`, which stands before the site in kernels built for branch target identification.
const BTI_C: [u8; 4] = [0x5f, 0x24, 0x03, 0xd5];

/// The call-site scheme that a kernel was built for, told from where its table points and what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BuiltFor {
    /// RISC-V, 8 bytes of nops at the function's entry, made auipc + jalr (Linux 6.3 to 6.15).
    Pair,
    /// A literal of 8 bytes before the entry and 8 bytes of nops in it (Linux 6.3 on AArch64, 6.16 on RISC-V).
    CallOps,
    /// None of these.
    Other,
}

impl BuiltFor {
    /// The name used in results.
    pub const fn name(self) -> &'static str {
        match self {
            BuiltFor::Pair => "pair",
            BuiltFor::CallOps => "call-ops",
            BuiltFor::Other => "other",
        }
    }

    const fn literal_bytes(self) -> u64 {
        match self {
            BuiltFor::CallOps => 8,
            BuiltFor::Pair | BuiltFor::Other => 0,
        }
    }

    /// Bytes from the start of the site to the instruction that is patched while the kernel runs.
    const fn patched_in_site(self) -> u64 {
        match self {
            BuiltFor::CallOps => 4,
            BuiltFor::Pair | BuiltFor::Other => 0,
        }
    }
}

/// Sizes at the 50th, 90th and 99th of 100 parts, bytes. The one taken is the nearest to the fraction's place in the
/// sorted list, which runs from 0 to its length less one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Percentiles {
    /// Median.
    pub p50: u64,
    /// 90 of 100 are no larger.
    pub p90: u64,
    /// 99 of 100 are no larger.
    pub p99: u64,
}

impl Percentiles {
    fn of(mut sizes: Vec<u64>) -> Percentiles {
        sizes.sort_unstable();
        let Some(last) = sizes.len().checked_sub(1) else { return Percentiles::default() };
        let at = |percent: usize| sizes[(last * percent + 50) / 100];
        Percentiles { p50: at(50), p90: at(90), p99: at(99) }
    }
}

/// Distances between sites and the trampoline they call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// Address of `ftrace_caller`.
    pub ftrace_caller: u64,
    /// The farthest site, bytes.
    pub farthest: u64,
    /// Sites from which one `jal` (±1 MiB) reaches it.
    pub within_jal: Share,
}

/// What a survey of one kernel finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Survey {
    /// The file.
    pub file: String,
    /// Instruction set.
    #[serde(serialize_with = "arch_name")]
    pub arch: Arch,
    /// What its sites were built for.
    pub built_for: BuiltFor,
    /// Where the addresses of its table stand.
    pub table: TableForm,
    /// Entries of the table that name a site.
    pub live: u64,
    /// Entries cleared at build time: weak functions that lost to a strong one.
    pub zeroed: u64,
    /// Live sites whose function has a symbol of function type at its entry.
    pub with_function: Share,
    /// Where entries point, from the function's symbol.
    pub entry_offset: i64,
    /// Where the patched instruction stands, from the function's symbol; none where the scheme is not known.
    pub patched_offset: Option<u64>,
    /// Size of `.text`.
    pub text_bytes: u64,
    /// Patchable instructions in `.text`, bytes; 0 where the scheme is not known.
    pub entry_nops: Share,
    /// Literals in `.text`, bytes.
    pub literals: Share,
    /// Alignment padding in `.text`, bytes: gaps shorter than 64 bytes that hold nops or zeros alone, each before a
    /// symbol with a size (functions, and assembly code without a type); a literal is no gap.
    pub padding: Share,
    /// Sites whose 8 bytes cross an 8-byte boundary.
    pub cross_8: Share,
    /// Sites whose 8 bytes cross a 64-byte line.
    pub cross_64: Share,
    /// Sites that do not begin at a multiple of 4.
    pub misaligned_4: Share,
    /// Literals in another 64-byte line than the function's entry; none without literals.
    pub literal_in_other_line: Option<Share>,
    /// Distances to the trampoline; none where it has no symbol.
    pub reach: Option<Reach>,
    /// Sizes of the functions in `.text` that have a site.
    pub function_size: Percentiles,
}

fn arch_name<S: Serializer>(arch: &Arch, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(arch.name())
}

/// Where a kernel's sites lie, from their table entries.
#[derive(Clone, Copy, Debug)]
struct Shape {
    built_for: BuiltFor,
    /// From the table's entry to the function's symbol.
    to_function: u64,
    /// From the function's symbol to the site: 4 behind a `bti c`.
    to_site: u64,
}

impl Shape {
    /// Majority of the entries: one oddity in assembly does not make another scheme.
    fn of(image: &Image) -> Shape {
        let live = &image.sites.live;
        let most = |test: &dyn Fn(u64) -> bool| live.iter().filter(|&&e| test(e)).count() * 2 > live.len();
        let nops = |from: u64, bytes: u64| {
            image.code_at(from..from.saturating_add(bytes)).is_some_and(|b| are_nops(image.arch, b))
        };
        let bti = |at: u64| image.code_at(at..at.saturating_add(4)) == Some(&BTI_C);
        let function = |at: u64| image.function(at).is_some();
        let shape = |built_for, to_function, to_site| Shape { built_for, to_function, to_site };
        if most(&|e| function(e + 8) && nops(e, 16)) {
            shape(BuiltFor::CallOps, 8, 0)
        } else if image.arch == Arch::Aarch64
            && most(&|e| function(e + 8) && nops(e, 8) && bti(e + 8) && nops(e + 12, 8))
        {
            shape(BuiltFor::CallOps, 8, 4)
        } else if image.arch == Arch::Riscv64 && most(&|e| function(e) && nops(e, 8)) {
            shape(BuiltFor::Pair, 0, 0)
        } else if most(&|e| function(e + 8)) {
            shape(BuiltFor::Other, 8, 0)
        } else {
            shape(BuiltFor::Other, 0, 0)
        }
    }

    /// From the function's symbol to the patched instruction.
    fn patched_offset(&self) -> u64 {
        self.to_site + self.built_for.patched_in_site()
    }

    /// Entries of the functions with a site, ascending.
    fn functions(&self, image: &Image) -> Vec<u64> {
        image.sites.live.iter().map(|entry| entry + self.to_function).collect()
    }
}

/// Surveys a kernel.
pub fn survey(image: &Image) -> Survey {
    let shape = Shape::of(image);
    let functions = shape.functions(image);
    let text = image.text();
    let text_bytes = text.bytes.len() as u64;
    let of_sites = |test: &dyn Fn(u64) -> bool| Share {
        count: functions.iter().filter(|&&f| test(f)).count() as u64,
        of: functions.len() as u64,
    };
    let of_text = |count| Share { count, of: text_bytes };
    let in_text: Vec<u64> = functions.iter().copied().filter(|f| (text.address..text.end()).contains(f)).collect();
    let text_sites = in_text.len() as u64;
    let literal = shape.built_for.literal_bytes();
    let site_bytes = if shape.built_for == BuiltFor::Other { 0 } else { super::layout::SHIPPED_SITE_BYTES };
    let crosses = |boundary: u64| move |f: u64| (f + shape.to_site) % boundary > boundary - 8;
    Survey {
        file: image.name.clone(),
        arch: image.arch,
        built_for: shape.built_for,
        table: image.sites.form,
        live: functions.len() as u64,
        zeroed: image.sites.zeroed,
        with_function: of_sites(&|f| image.function(f).is_some()),
        entry_offset: -(shape.to_function as i64),
        patched_offset: (shape.built_for != BuiltFor::Other).then(|| shape.patched_offset()),
        text_bytes,
        entry_nops: of_text(text_sites * site_bytes),
        literals: of_text(text_sites * literal),
        padding: of_text(padding(image, &functions, literal)),
        cross_8: of_sites(&crosses(8)),
        cross_64: of_sites(&crosses(LINE)),
        misaligned_4: of_sites(&|f| !(f + shape.to_site).is_multiple_of(4)),
        literal_in_other_line: (literal > 0).then(|| of_sites(&|f| f % LINE < literal)),
        reach: image.symbol("ftrace_caller").map(|caller| reach(&functions, shape.patched_offset(), caller)),
        function_size: Percentiles::of(in_text.iter().filter_map(|&f| image.function(f)).map(|f| f.size).collect()),
    }
}

/// The functions of a kernel, ready to be laid out again; none where the scheme is not known, since then nobody can
/// tell site from body.
pub fn function_table(image: &Image) -> Option<FunctionTable> {
    let shape = Shape::of(image);
    if shape.built_for == BuiltFor::Other {
        return None;
    }
    let sited = shape.functions(image);
    let start = image.text_start();
    let functions = image.functions.iter().filter_map(|f| {
        let offset = f.address.checked_sub(start)?;
        let site_offset = sited.binary_search(&f.address).is_ok().then(|| shape.patched_offset());
        Some(Function { offset, size: f.size, site_offset })
    });
    Some(FunctionTable {
        name: image.name.clone(),
        arch: image.arch,
        text_bytes: image.text().end() - start,
        functions: functions.collect(),
    })
}

fn reach(functions: &[u64], patched_offset: u64, ftrace_caller: u64) -> Reach {
    let distances = || functions.iter().map(|f| ftrace_caller.wrapping_sub(f + patched_offset) as i64);
    Reach {
        ftrace_caller,
        farthest: distances().map(i64::unsigned_abs).max().unwrap_or(0),
        within_jal: Share {
            count: distances().filter(|d| (-JAL_REACH..JAL_REACH).contains(d)).count() as u64,
            of: functions.len() as u64,
        },
    }
}

/// Bytes of alignment padding in `.text`; `functions` are the entries that have a literal of this size before them.
fn padding(image: &Image, functions: &[u64], literal: u64) -> u64 {
    let text = image.text();
    let mut bytes = 0;
    let mut end = text.address;
    for symbol in image.sized_text() {
        let sited = functions.binary_search(&symbol.address).is_ok();
        let start = symbol.address.saturating_sub(if sited { literal } else { 0 });
        let gap = start.saturating_sub(end);
        if (1..LEAST_HOLE).contains(&gap) && text.slice(end..start).is_some_and(|b| is_filler(image.arch, b)) {
            bytes += gap;
        }
        end = end.max(symbol.address.saturating_add(symbol.size));
    }
    bytes
}

/// Whether these bytes are nops: `c.nop` or `nop` on RISC-V, `nop` on AArch64.
fn are_nops(arch: Arch, mut bytes: &[u8]) -> bool {
    const C_NOP: &[u8] = &[0x01, 0x00];
    const NOP: &[u8] = &[0x13, 0x00, 0x00, 0x00];
    while !bytes.is_empty() {
        let rest = match arch {
            Arch::Riscv64 => bytes.strip_prefix(C_NOP).or_else(|| bytes.strip_prefix(NOP)),
            Arch::Aarch64 => bytes.strip_prefix(A64_NOP),
        };
        let Some(rest) = rest else { return false };
        bytes = rest;
    }
    true
}

const A64_NOP: &[u8] = &[0x1f, 0x20, 0x03, 0xd5];

/// Whether a gap holds what assembler and linker fill gaps with: nops or zeros.
///
/// On RISC-V both may stand in one gap: the assembler ends a section with nops, the linker fills up with zeros (14 kB of
/// Debian's riscv64 7.2). On AArch64 a mixture is rare (36 and 128 bytes in Debian's arm64 6.12 and 7.2) and not counted.
fn is_filler(arch: Arch, bytes: &[u8]) -> bool {
    match arch {
        // By halfwords, since a gap may end within a 4-byte nop.
        Arch::Riscv64 => bytes.chunks(2).all(|b| matches!(b, [0x00 | 0x01 | 0x13, 0x00])),
        Arch::Aarch64 => are_nops(arch, bytes) || bytes.iter().all(|&b| b == 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_take_the_nearest_of_the_sorted_list() {
        let sizes = (1..=101).rev().collect();
        assert_eq!(Percentiles::of(sizes), Percentiles { p50: 51, p90: 91, p99: 100 });
        assert_eq!(Percentiles::of(vec![7]), Percentiles { p50: 7, p90: 7, p99: 7 });
        assert_eq!(Percentiles::of(vec![]), Percentiles::default());
    }

    #[test]
    fn nops_are_told_from_code() {
        assert!(are_nops(Arch::Riscv64, &[0x01, 0x00, 0x13, 0x00, 0x00, 0x00]));
        assert!(!are_nops(Arch::Riscv64, &[0x13, 0x00]), "half a nop");
        assert!(!are_nops(Arch::Aarch64, &[0; 4]));
        assert!(is_filler(Arch::Aarch64, &[0; 8]));
        assert!(is_filler(Arch::Aarch64, &[0x1f, 0x20, 0x03, 0xd5]));
        assert!(!is_filler(Arch::Aarch64, &[0x1f, 0x20, 0x03, 0xd5, 0, 0, 0, 0]), "a mixture");
        assert!(is_filler(Arch::Riscv64, &[0x13, 0, 0, 0, 0, 0]));
        assert!(!is_filler(Arch::Riscv64, &[0x01, 0x00, 0x82, 0x80]), "a return");
    }

    #[test]
    fn a_jal_reaches_one_mebibyte() {
        let caller = 0x40_0000u64;
        let sites =
            [caller - JAL_REACH as u64 + 2, caller - JAL_REACH as u64, caller + JAL_REACH as u64, caller + 0x10_0002];
        let reach = reach(&sites, 0, caller);
        assert_eq!((reach.within_jal.count, reach.farthest), (2, 0x10_0002));
    }
}
