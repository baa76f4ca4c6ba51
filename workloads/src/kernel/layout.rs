//! The layout model: what a kernel's text would measure with other call sites.
//!
//! The functions of a kernel are laid out again in their order. Each body is what the shipped function holds without
//! its site; before and in it come literal, site and padding as the layout under test has them. The model covers
//! `.text`: the init and exit sections are freed after boot. It keeps body sizes, so that it leaves out what other
//! distances do to the compiler's choice of branches, and it treats every function alike, so that it leaves out the
//! cold parts and assembly functions that have an alignment of their own (3 % of the shipped sites; [`predict`] counts).

use cmodx_isa::Arch;
use cmodx_trampolines::catalogue::Scheme;

use super::share::Share;
use super::table::{Function, FunctionTable};
use crate::measure::TextSize;

/// Bytes of site instructions at the entry of a shipped traceable function: both instruction sets, Linux 6.3 and later.
pub const SHIPPED_SITE_BYTES: u64 = 8;

/// Bytes of a site in the table that `-fpatchable-function-entry` makes: its address.
pub const TABLE_ENTRY_BYTES: u64 = 8;

/// Bytes of our runtime's record of a site, whatever the scheme: function, number of ops that want it, what it calls now
/// (`guest/ftrace/sites.rs`). Linux's `struct dyn_ftrace` has 16 on both instruction sets: address and flags.
pub const SITE_RECORD_BYTES: u64 = 24;

/// How compiler and linker align the first byte of a function, its literal included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alignment {
    /// What instructions need anyway, bytes: 2 with RVC, 4 on AArch64.
    pub natural: u64,
    /// What the compiler prefers and the most bytes it skips for that (`.p2align 5,,15` is 32 and 15).
    pub preferred: Option<(u64, u64)>,
    /// What the scheme demands, bytes (`-fmin-function-alignment`); 1 for nothing.
    pub demanded: u64,
}

impl Alignment {
    /// GCC's choice where nothing is demanded. RISC-V has no preference; on AArch64 the generic tuning (`32:16` in
    /// GCC's aarch64 tuning structures) emits `.p2align 5,,15` before a function, and before its patch area if it has one.
    pub const fn gcc(arch: Arch) -> Alignment {
        match arch {
            Arch::Riscv64 => Alignment { natural: 2, preferred: None, demanded: 1 },
            Arch::Aarch64 => Alignment { natural: 4, preferred: Some((32, 15)), demanded: 1 },
        }
    }

    /// The same with this least alignment.
    pub const fn demanding(self, bytes: u64) -> Alignment {
        Alignment { demanded: bytes, ..self }
    }

    /// The same without the compiler's preference.
    pub const fn without_preference(self) -> Alignment {
        Alignment { preferred: None, ..self }
    }

    /// The first aligned position at or after `position`.
    pub(super) fn apply(&self, position: u64) -> u64 {
        let mut at = position.next_multiple_of(self.natural);
        if let Some((to, skip)) = self.preferred {
            let preferred = at.next_multiple_of(to);
            if preferred - at <= skip {
                at = preferred;
            }
        }
        at.next_multiple_of(self.demanded)
    }
}

/// A site layout as the model needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Scheme id, or the id of a variant that only the model knows (`site/natural`).
    pub id: &'static str,
    /// Instruction set.
    pub arch: Arch,
    /// Bytes of patchable instructions at the entry.
    pub site_bytes: u64,
    /// Bytes of the literal before the entry.
    pub literal_bytes: u64,
    /// Where functions may begin.
    pub alignment: Alignment,
}

impl Layout {
    /// A scheme's layout as GCC would lay it out.
    pub fn of_scheme(scheme: &Scheme) -> Layout {
        let site = scheme.layout;
        Layout {
            id: scheme.id,
            arch: scheme.arch,
            site_bytes: site.site_bytes.into(),
            literal_bytes: site.literal_bytes.into(),
            alignment: Alignment::gcc(scheme.arch).demanding(site.function_align.max(1).into()),
        }
    }

    /// No ftrace at all: the baseline.
    pub const fn none(arch: Arch) -> Layout {
        Layout { id: "none", arch, site_bytes: 0, literal_bytes: 0, alignment: Alignment::gcc(arch) }
    }

    /// What a kernel was shipped with: a literal and 8-byte alignment where the patched instruction is not the first of
    /// the site, else a bare site at natural alignment.
    pub fn shipped(table: &FunctionTable) -> Layout {
        let site_first = table.functions.iter().find_map(|f| f.site_offset) == Some(0);
        let gcc = Alignment::gcc(table.arch);
        let (literal_bytes, alignment) = if site_first { (0, gcc) } else { (8, gcc.demanding(8)) };
        Layout { id: "shipped", arch: table.arch, site_bytes: SHIPPED_SITE_BYTES, literal_bytes, alignment }
    }

    /// Layouts that no scheme of the catalogue has, but that tell where its bytes come from.
    pub fn variants(arch: Arch) -> Vec<Layout> {
        let gcc = Alignment::gcc(arch);
        let natural = Layout { id: "site/natural", arch, site_bytes: 8, literal_bytes: 0, alignment: gcc };
        match arch {
            Arch::Riscv64 => vec![natural],
            Arch::Aarch64 => vec![
                natural,
                Layout {
                    id: "call-ops/align-8-alone",
                    literal_bytes: 8,
                    alignment: gcc.without_preference().demanding(8),
                    ..natural
                },
            ],
        }
    }
}

/// Bytes of a laid-out text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Bytes {
    body: u64,
    site: u64,
    literal: u64,
    padding: u64,
}

impl Bytes {
    const fn total(&self) -> u64 {
        self.body + self.site + self.literal + self.padding
    }
}

/// Lays a kernel's `.text` out under a layout and compares it with the same functions without ftrace.
pub fn lay_out(table: &FunctionTable, layout: &Layout) -> TextSize {
    let bytes = place(table, layout);
    TextSize {
        functions_of: table.name.clone(),
        arch: table.arch,
        scheme: layout.id.to_owned(),
        functions: table.text().len() as u64,
        sites: sites(table),
        body_bytes: bytes.body,
        site_bytes: bytes.site,
        literal_bytes: bytes.literal,
        padding_bytes: bytes.padding,
        total_bytes: bytes.total(),
        metadata_bytes: if layout.site_bytes > 0 { sites(table) * (TABLE_ENTRY_BYTES + SITE_RECORD_BYTES) } else { 0 },
        baseline_bytes: place(table, &Layout::none(table.arch)).total(),
    }
}

/// How many of a kernel's shipped sites lie where a layout puts them, to the byte, given where the function before them
/// ends: what the model is worth for that kernel.
pub fn predict(table: &FunctionTable, layout: &Layout) -> Share {
    let mut prediction = Share { count: 0, of: 0 };
    for pair in table.text().windows(2) {
        let [before, function] = pair else { unreachable!("windows of two") };
        if function.site_offset.is_some() {
            prediction.of += 1;
            let start = layout.alignment.apply(before.end());
            prediction.count += u64::from(start + layout.literal_bytes == function.offset);
        }
    }
    prediction
}

fn sites(table: &FunctionTable) -> u64 {
    table.text().iter().filter(|f| f.site_offset.is_some()).count() as u64
}

fn place(table: &FunctionTable, layout: &Layout) -> Bytes {
    let mut bytes = Bytes::default();
    let text = table.text();
    for (i, function) in text.iter().enumerate() {
        let start = layout.alignment.apply(bytes.total());
        bytes.padding += start - bytes.total();
        let own = own_bytes(function, text.get(i + 1));
        if function.site_offset.is_some() {
            bytes.body += own.saturating_sub(SHIPPED_SITE_BYTES);
            bytes.literal += layout.literal_bytes;
            bytes.site += layout.site_bytes;
        } else {
            bytes.body += own;
        }
    }
    bytes
}

/// Bytes that belong to this function alone: the symbols of hand-written assembly may overlap.
pub(super) fn own_bytes(function: &Function, next: Option<&Function>) -> u64 {
    next.map_or(function.size, |next| function.size.min(next.offset - function.offset))
}
