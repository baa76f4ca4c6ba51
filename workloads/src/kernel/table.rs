//! Function tables: where the functions of a kernel's text lie, how big they are, which of them are traceable.
//!
//! A table is all that re-laying out a kernel needs, and it holds no byte of the kernel's code. Four tables, taken from
//! kernels that Debian ships, are part of this crate (`data/README.md` names their sources and the format).

use cmodx_isa::Arch;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use thiserror::Error;

/// First word of a table file.
const MAGIC: &str = "cmodx-functions/1";
/// More functions than any kernel has; a header that claims more is corrupt.
const MAX_FUNCTIONS: usize = 1 << 22;
/// Longest varint of a `u64`.
const MAX_VARINT: usize = 10;

/// One function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Distance of its symbol from `_stext`, bytes.
    pub offset: u64,
    /// Size as its symbol has it, bytes: with the site's instructions, without literal and padding.
    pub size: u64,
    /// Distance of the patched instruction from the symbol, bytes; `None` for a function that is not traceable.
    pub site_offset: Option<u64>,
}

impl Function {
    /// Distance of its first byte behind it from `_stext`, bytes.
    pub const fn end(&self) -> u64 {
        self.offset + self.size
    }
}

/// The functions of one kernel, ascending by offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionTable {
    /// Which kernel: instruction set and version as its distribution writes them (`riscv64-7.2`).
    pub name: String,
    /// Instruction set.
    pub arch: Arch,
    /// Bytes of `.text`, counted from `_stext`. Functions behind it (`.init.text`, `.exit.text`) are freed after boot.
    pub text_bytes: u64,
    /// All functions of all code sections.
    pub functions: Vec<Function>,
}

/// Why bytes are not a function table.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum TableError {
    /// The first line is not a table's.
    #[error("not a function table: the first line is not `{MAGIC} NAME ARCH functions=N text=BYTES`")]
    Header,
    /// The compressed columns do not decompress.
    #[error("function table {name}: its columns do not inflate")]
    Inflate {
        /// Table name, from its header.
        name: String,
    },
    /// The columns end early.
    #[error("function table {name}: column `{column}` ends at function {function}")]
    Truncated {
        /// Table name, from its header.
        name: String,
        /// Column.
        column: &'static str,
        /// Index of the function whose value is missing.
        function: usize,
    },
    /// A value leads out of the address space or backwards.
    #[error("function table {name}: function {function} lies outside the address space or before its predecessor")]
    Range {
        /// Table name, from its header.
        name: String,
        /// Index of the function.
        function: usize,
    },
    /// Bytes follow the last column.
    #[error("function table {name}: {bytes} bytes follow the last column")]
    Trailing {
        /// Table name, from its header.
        name: String,
        /// How many.
        bytes: usize,
    },
}

impl FunctionTable {
    /// The functions of `.text`, the ones that a layout is judged by.
    pub fn text(&self) -> &[Function] {
        let end = self.functions.partition_point(|f| f.offset < self.text_bytes);
        &self.functions[..end]
    }

    /// Packs the table: a text header line, then three deflated columns of varints.
    pub fn encode(&self) -> Vec<u8> {
        let mut columns = Vec::new();
        let mut end = 0u64;
        for f in &self.functions {
            put(&mut columns, zigzag(f.offset.wrapping_sub(end) as i64));
            end = f.end();
        }
        for f in &self.functions {
            put(&mut columns, f.size);
        }
        for f in &self.functions {
            put(&mut columns, f.site_offset.map_or(0, |o| o + 1));
        }
        let header = format!(
            "{MAGIC} {} {} functions={} text={}\n",
            self.name,
            self.arch,
            self.functions.len(),
            self.text_bytes
        );
        let mut file = header.into_bytes();
        file.extend(compress_to_vec(&columns, 10));
        file
    }

    /// Unpacks a table.
    ///
    /// # Errors
    /// When the bytes are not one whole table.
    pub fn decode(file: &[u8]) -> Result<FunctionTable, TableError> {
        let line_end = file.iter().take(256).position(|&b| b == b'\n').ok_or(TableError::Header)?;
        let (name, arch, count, text_bytes) = header(&file[..line_end]).ok_or(TableError::Header)?;
        let columns = decompress_to_vec_with_limit(&file[line_end + 1..], count * 3 * MAX_VARINT)
            .map_err(|_| TableError::Inflate { name: name.clone() })?;
        let mut rest = columns.as_slice();
        let mut column = |column: &'static str| -> Result<Vec<u64>, TableError> {
            (0..count)
                .map(|function| {
                    take(&mut rest).ok_or_else(|| TableError::Truncated { name: name.clone(), column, function })
                })
                .collect()
        };
        let (gaps, sizes, sites) = (column("gap")?, column("size")?, column("site")?);
        if !rest.is_empty() {
            return Err(TableError::Trailing { name, bytes: rest.len() });
        }
        let mut functions: Vec<Function> = Vec::with_capacity(count);
        let mut end = 0u64;
        for (function, ((gap, size), site)) in gaps.into_iter().zip(sizes).zip(sites).enumerate() {
            let range = || TableError::Range { name: name.clone(), function };
            let offset = end.checked_add_signed(unzigzag(gap)).ok_or_else(range)?;
            if functions.last().is_some_and(|f| f.offset >= offset) {
                return Err(range());
            }
            end = offset.checked_add(size).ok_or_else(range)?;
            functions.push(Function { offset, size, site_offset: site.checked_sub(1) });
        }
        Ok(FunctionTable { name, arch, text_bytes, functions })
    }
}

/// The tables that come with this crate, by name.
///
/// # Panics
/// When an embedded table is damaged, which a test excludes.
pub fn embedded() -> Vec<FunctionTable> {
    const FILES: [&[u8]; 4] = [
        include_bytes!("../../data/arm64-6.12.functions"),
        include_bytes!("../../data/arm64-7.2.functions"),
        include_bytes!("../../data/riscv64-6.12.functions"),
        include_bytes!("../../data/riscv64-7.2.functions"),
    ];
    FILES.iter().map(|file| FunctionTable::decode(file).expect("an embedded function table is whole")).collect()
}

/// Name, instruction set, number of functions and text bytes of a header line.
fn header(line: &[u8]) -> Option<(String, Arch, usize, u64)> {
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    if words.next()? != MAGIC {
        return None;
    }
    let name = words.next()?.to_owned();
    let arch_name = words.next()?;
    let arch = [Arch::Riscv64, Arch::Aarch64].into_iter().find(|a| a.name() == arch_name)?;
    let count = words.next()?.strip_prefix("functions=")?.parse().ok().filter(|&n| n <= MAX_FUNCTIONS)?;
    let text_bytes = words.next()?.strip_prefix("text=")?.parse().ok()?;
    words.next().is_none().then_some((name, arch, count, text_bytes))
}

/// Maps small magnitudes of either sign to small numbers.
const fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// The inverse of [`zigzag`].
const fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

/// Appends a LEB128 number.
fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Takes a LEB128 number off the front; `None` when it does not end or does not fit.
fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for (i, &byte) in bytes.iter().take(MAX_VARINT).enumerate() {
        let part = u64::from(byte & 0x7f);
        if i == MAX_VARINT - 1 && part > 1 {
            return None;
        }
        value |= part << (7 * i);
        if byte < 0x80 {
            *bytes = &bytes[i + 1..];
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> FunctionTable {
        let f = |offset, size, site_offset| Function { offset, size, site_offset };
        FunctionTable {
            name: "small".into(),
            arch: Arch::Riscv64,
            text_bytes: 900,
            // The second function contains the third, as hand-written assembly may.
            functions: vec![f(8, 40, Some(4)), f(56, 600, None), f(120, 48, Some(0)), f(5_000_000_000, 1, None)],
        }
    }

    #[test]
    fn a_table_survives_encoding() {
        assert_eq!(FunctionTable::decode(&small().encode()), Ok(small()));
    }

    #[test]
    fn only_functions_before_the_end_of_text_count_as_text() {
        assert_eq!(small().text().len(), 3);
    }

    #[test]
    fn every_truncation_is_an_error() {
        let file = small().encode();
        for length in 0..file.len() {
            assert!(FunctionTable::decode(&file[..length]).is_err(), "{length} of {} bytes decode", file.len());
        }
    }

    #[test]
    fn flipped_bits_never_panic() {
        let file = small().encode();
        for byte in 0..file.len() {
            for bit in 0..8 {
                let mut damaged = file.clone();
                damaged[byte] ^= 1 << bit;
                let _ = FunctionTable::decode(&damaged);
            }
        }
    }

    #[test]
    fn extreme_numbers_survive_varints() {
        for value in [0, 1, 0x7f, 0x80, u64::MAX >> 1, u64::MAX] {
            let mut bytes = Vec::new();
            put(&mut bytes, value);
            assert_eq!(take(&mut bytes.as_slice()), Some(value));
            assert_eq!(zigzag(unzigzag(value)), value);
        }
        assert_eq!(take(&mut [0xff; 10].as_slice()), None, "more than 64 bits");
    }
}
