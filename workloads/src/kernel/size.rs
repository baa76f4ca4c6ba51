//! Text size of kernels under every scheme of their instruction set.
//!
//! The kernels' bodies have compressed instructions, so that they say nothing of schemes for code without: those are left out.

use cmodx_trampolines::catalogue::{SCHEMES, Scheme};
use serde::Serialize;

use super::layout::{Layout, lay_out};
use super::table::{FunctionTable, embedded};
use crate::measure::TextSize;

/// The embedded kernels, each under every scheme of its instruction set and under the model's variants.
pub fn size_table() -> Vec<TextSize> {
    embedded().iter().flat_map(sizes_of).collect()
}

/// The embedded kernels, each under those of these schemes that are for its instruction set.
pub fn sizes_under(schemes: &[&Scheme]) -> Vec<TextSize> {
    let of = |table: &FunctionTable| {
        let fitting = schemes.iter().filter(|s| s.arch == table.arch && s.compressed());
        fitting.map(|s| lay_out(table, &Layout::of_scheme(s))).collect::<Vec<_>>()
    };
    embedded().iter().flat_map(of).collect()
}

/// One kernel's functions under every scheme of its instruction set, in the catalogue's order, then the variants.
pub fn sizes_of(table: &FunctionTable) -> Vec<TextSize> {
    let schemes = SCHEMES.iter().filter(|s| s.arch == table.arch && s.compressed()).map(Layout::of_scheme);
    schemes.chain(Layout::variants(table.arch)).map(|layout| lay_out(table, &layout)).collect()
}

/// By how much text grows over the same functions without ftrace, percent.
pub fn growth_percent(total_bytes: u64, baseline_bytes: u64) -> f64 {
    match baseline_bytes {
        0 => 0.0,
        _ => (total_bytes as f64 - baseline_bytes as f64) * 100.0 / baseline_bytes as f64,
    }
}

/// A [`TextSize`] as it is written in results.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SizeRow {
    /// Whose functions.
    pub functions_of: String,
    /// Instruction set.
    pub arch: &'static str,
    /// Scheme or variant.
    pub scheme: String,
    /// Functions laid out.
    pub functions: u64,
    /// Of them, those with a site.
    pub sites: u64,
    /// Bytes of bodies.
    pub body_bytes: u64,
    /// Bytes of patchable instructions.
    pub site_bytes: u64,
    /// Bytes of literals.
    pub literal_bytes: u64,
    /// Bytes of alignment padding.
    pub padding_bytes: u64,
    /// All of them.
    pub total_bytes: u64,
    /// The same functions without ftrace.
    pub baseline_bytes: u64,
    /// Growth over that, derived, to three digits.
    pub growth_percent: f64,
}

impl From<&TextSize> for SizeRow {
    fn from(size: &TextSize) -> SizeRow {
        SizeRow {
            functions_of: size.functions_of.clone(),
            arch: size.arch.name(),
            scheme: size.scheme.clone(),
            functions: size.functions,
            sites: size.sites,
            body_bytes: size.body_bytes,
            site_bytes: size.site_bytes,
            literal_bytes: size.literal_bytes,
            padding_bytes: size.padding_bytes,
            total_bytes: size.total_bytes,
            baseline_bytes: size.baseline_bytes,
            growth_percent: (growth_percent(size.total_bytes, size.baseline_bytes) * 1000.0).round() / 1000.0,
        }
    }
}
