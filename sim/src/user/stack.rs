//! The stack at a program's first instruction: arguments, environment (empty), and what the kernel tells of itself and the program
//! (the auxiliary vector).

use super::PAGE;
use super::isa::UserIsa;
use super::memory::Space;
use super::structures::words;
use crate::loader::{Image, Segment};

const AT_NULL: u64 = 0;
const AT_PHDR: u64 = 3;
const AT_PHENT: u64 = 4;
const AT_PHNUM: u64 = 5;
const AT_PAGESZ: u64 = 6;
const AT_BASE: u64 = 7;
const AT_FLAGS: u64 = 8;
const AT_ENTRY: u64 = 9;
const AT_UID: u64 = 11;
const AT_EUID: u64 = 12;
const AT_GID: u64 = 13;
const AT_EGID: u64 = 14;
const AT_HWCAP: u64 = 16;
const AT_CLKTCK: u64 = 17;
const AT_SECURE: u64 = 23;
const AT_RANDOM: u64 = 25;
const AT_EXECFN: u64 = 31;

/// Bytes of a program header.
const PROGRAM_HEADER: u64 = 56;
/// What AT_RANDOM points to; equal in every run.
const RANDOM: &[u8; 16] = b"\x13\x57\x9b\xdf\x02\x46\x8a\xce\x31\x75\xb9\xfd\x20\x64\xa8\xec";

/// Adds the stack to the image; the image, and the stack pointer to start with.
pub fn build<I: UserIsa>(mut image: Image, space: &Space, arguments: &[String], features: I::Features) -> (Image, u64) {
    let top = space.stack().end;
    let mut strings = RANDOM.to_vec();
    let mut offsets = Vec::new();
    for argument in arguments {
        offsets.push(strings.len() as u64);
        strings.extend(argument.bytes().chain([0]));
    }
    let strings_at = (top - strings.len() as u64) & !15;
    let mut table = vec![arguments.len() as u64];
    table.extend(offsets.iter().map(|offset| strings_at + offset));
    table.extend([0, 0]);
    let headers = image.headers.unwrap_or_default();
    for (key, value) in [
        (AT_PHDR, headers.at),
        (AT_PHENT, PROGRAM_HEADER),
        (AT_PHNUM, headers.count),
        (AT_PAGESZ, PAGE),
        (AT_BASE, 0),
        (AT_FLAGS, 0),
        (AT_ENTRY, image.entry),
        (AT_UID, 0),
        (AT_EUID, 0),
        (AT_GID, 0),
        (AT_EGID, 0),
        (AT_HWCAP, I::capabilities(features)),
        (AT_CLKTCK, 100),
        (AT_SECURE, 0),
        (AT_RANDOM, strings_at),
        (AT_EXECFN, strings_at + offsets.first().copied().unwrap_or(0)),
        (AT_NULL, 0),
    ] {
        table.extend([key, value]);
    }
    let stack_pointer = (strings_at - 8 * table.len() as u64) & !15;
    let mut bytes = words(&table);
    bytes.resize((strings_at - stack_pointer) as usize, 0);
    bytes.extend(strings);
    let mem_size = top - stack_pointer;
    let (read, write, execute, header, preamble) = (true, true, false, image.segments.len(), 0);
    let addr = stack_pointer;
    image.segments.push(Segment { addr, linked_at: addr, bytes, mem_size, read, write, execute, header, preamble });
    (image, stack_pointer)
}
