//! The system calls.

use super::memory::pages;
use super::number::{self as n, Errno};
use super::structures as s;
use super::{PAGE, Process, UserIsa};
use crate::ids::HartSet;
use crate::platform::guest_memory::physical_bytes;
use crate::platform::{Effect, GuestMemory, Ticks};

/// What a call gives to the program; or why the run cannot go on.
type Outcome = Result<Result<u64, Errno>, String>;

/// The moment at which every run starts: 2024-01-01 00:00:00 UTC.
const EPOCH: u64 = 1_704_067_200;
const NANOSECONDS: u64 = 1_000_000_000;
const PROCESS: u64 = 1000;
const CLOCKS: u64 = 12;
const CLOCK_REALTIME: u64 = 0;
const CLOCK_REALTIME_COARSE: u64 = 5;
const CLOCK_TAI: u64 = 11;
const MAP_FIXED: u64 = 0x10;
const MAP_ANONYMOUS: u64 = 0x20;
const MAP_FIXED_NOREPLACE: u64 = 0x10_0000;
const MREMAP_MAYMOVE: u64 = 1;
const FUTEX_COMMAND: u64 = 0x7f;
const FUTEX_WAIT: u64 = 0;
const FUTEX_WAKE: u64 = 1;
const FUTEX_WAIT_BITSET: u64 = 9;
const RLIMIT_STACK: u64 = 3;
const SIG_DFL: u64 = 0;
const SIG_IGN: u64 = 1;
const SIGNALS: u64 = 64;
/// A shell's exit code of a program that a signal has ended, without the signal.
const BY_SIGNAL: u32 = 128;
/// Longest vector of buffers (UIO_MAXIOV).
const VECTORS: u64 = 1024;
/// Bytes that are cleared or copied at once.
const CHUNK: u64 = 1 << 16;

fn word(memory: &dyn GuestMemory, at: u64) -> Result<u64, Errno> {
    let mut bytes = [0; 8];
    if memory.read_bytes(at, &mut bytes) { Ok(u64::from_le_bytes(bytes)) } else { Err(Errno::Fault) }
}

fn put(memory: &mut dyn GuestMemory, at: u64, bytes: &[u8]) -> Result<u64, Errno> {
    if memory.write_bytes(at, bytes) { Ok(0) } else { Err(Errno::Fault) }
}

/// The same where a null pointer says that nobody wants to know.
fn put_if_wanted(memory: &mut dyn GuestMemory, at: u64, bytes: &[u8]) -> Result<u64, Errno> {
    if at == 0 { Ok(0) } else { put(memory, at, bytes) }
}

fn clear(memory: &mut dyn GuestMemory, at: u64, length: u64) {
    let zeroes = vec![0; CHUNK as usize];
    let mut done = 0;
    while done < length {
        let step = CHUNK.min(length - done);
        memory.write_bytes(at + done, &zeroes[..step as usize]);
        done += step;
    }
}

fn standard(file: u64) -> Result<u64, Errno> {
    if file <= 2 { Ok(0) } else { Err(Errno::BadFile) }
}

/// ppoll: input and output are ready, and no other file is open.
fn poll(at: u64, count: u64, memory: &mut dyn GuestMemory) -> Result<u64, Errno> {
    const POLLIN: u16 = 1;
    const POLLOUT: u16 = 4;
    const POLLNVAL: u16 = 0x20;
    if count > VECTORS {
        return Err(Errno::Invalid);
    }
    let mut ready = 0;
    for n in 0..count {
        // int fd; short events, revents.
        let entry = at.wrapping_add(8 * n);
        let asked = word(memory, entry)?;
        let events = (asked >> 32) as u16;
        let happened = match asked as i32 {
            i32::MIN..0 => 0,
            0 => events & POLLIN,
            1 | 2 => events & POLLOUT,
            _ => POLLNVAL,
        };
        put(memory, entry.wrapping_add(6), &happened.to_le_bytes())?;
        ready += u64::from(happened != 0);
    }
    Ok(ready)
}

impl<I: UserIsa> Process<I> {
    /// Serves a call with these arguments.
    pub(super) fn call(
        &mut self,
        number: u64,
        [a, b, c, d, e, _]: [u64; 6],
        now: Ticks,
        memory: &mut dyn GuestMemory,
        effects: &mut Vec<Effect>,
    ) -> Outcome {
        Ok(match number {
            n::WRITE => self.write(a, b, c, memory),
            n::WRITEV => self.vector(b, c, memory, |process, memory, at, length| process.write(a, at, length, memory)),
            n::READ => self.read(a, b, c, memory),
            n::READV => self.vector(b, c, memory, |process, memory, at, length| process.read(a, at, length, memory)),
            n::EXIT | n::EXIT_GROUP => {
                effects.push(Effect::Shutdown { code: a as u32 & 0xff });
                Ok(0)
            }
            n::BRK => {
                let (end, new) = self.space.set_heap_end(a);
                clear(memory, new.start, new.end - new.start);
                Ok(end)
            }
            n::MMAP => self.map(a, b, d, e, memory),
            n::MUNMAP => self.unmap(a, b),
            n::MREMAP => self.remap(a, b, c, d, memory),
            n::MPROTECT | n::MADVISE => Ok(0),
            n::CLOCK_GETTIME => {
                let since = match a {
                    CLOCK_REALTIME | CLOCK_REALTIME_COARSE | CLOCK_TAI => EPOCH * NANOSECONDS,
                    _ => 0,
                };
                if a < CLOCKS { put(memory, b, &s::timespec(since + now)) } else { Err(Errno::Invalid) }
            }
            n::CLOCK_GETRES if a < CLOCKS => put_if_wanted(memory, b, &s::timespec(1)),
            n::CLOCK_GETRES => Err(Errno::Invalid),
            n::GETTIMEOFDAY => put_if_wanted(memory, a, &s::timeval(EPOCH * NANOSECONDS + now)),
            n::TIMES => put_if_wanted(memory, a, &s::words(&[now / (NANOSECONDS / 100), 0, 0, 0]))
                .map(|_| now / (NANOSECONDS / 100)),
            n::GETRUSAGE => {
                let mut usage = s::timeval(now);
                usage.resize(144, 0);
                put(memory, b, &usage)
            }
            n::GETPID | n::GETTID | n::SET_TID_ADDRESS => Ok(PROCESS),
            n::GETPPID => Ok(1),
            n::GETUID | n::GETEUID | n::GETGID | n::GETEGID => Ok(0),
            n::SET_ROBUST_LIST | n::RT_SIGPROCMASK | n::SIGALTSTACK | n::SCHED_YIELD | n::SCHED_SETAFFINITY => Ok(0),
            n::RSEQ | n::RISCV_HWPROBE | n::MEMBARRIER => Err(Errno::NoSuchCall),
            n::UNAME => put(memory, a, &s::utsname(I::MACHINE)),
            n::SYSINFO => put(memory, a, &s::sysinfo(now / NANOSECONDS, self.space.size())),
            n::IOCTL => standard(a).and(Err(Errno::NotATerminal)),
            n::FSTAT => standard(a).and_then(|_| put(memory, b, &s::stat())),
            n::NEWFSTATAT => self.status(a, b, c, memory),
            n::FCNTL | n::CLOSE => standard(a),
            n::PPOLL => poll(a, b, memory),
            n::DUP => standard(a).and(Err(Errno::Invalid)),
            n::LSEEK => standard(a).and(Err(Errno::IllegalSeek)),
            n::READLINKAT | n::OPENAT | n::FACCESSAT | n::FACCESSAT2 => Err(Errno::NoEntry),
            n::GETCWD if b >= 2 => put(memory, a, b"/\0").map(|_| 2),
            n::GETCWD => Err(Errno::Invalid),
            n::GETRANDOM => self.random(a, b, memory),
            n::RT_SIGACTION => self.set_action(a, b, c, memory),
            n::KILL => return self.signal(b, effects),
            n::TKILL => return self.signal(b, effects),
            n::TGKILL => return self.signal(c, effects),
            n::FUTEX => return futex(a, b, c, memory),
            // Nobody else runs: time passes at once.
            n::NANOSLEEP | n::CLOCK_NANOSLEEP => Ok(0),
            n::SCHED_GETAFFINITY if b >= 8 => put(memory, c, &s::words(&[1])).map(|_| 8),
            n::SCHED_GETAFFINITY => Err(Errno::Invalid),
            n::GETCPU => put_if_wanted(memory, a, &[0; 4]).and_then(|_| put_if_wanted(memory, b, &[0; 4])),
            n::PRCTL => Err(Errno::Invalid),
            n::PRLIMIT64 => {
                let stack = self.space.stack();
                let now = if b == RLIMIT_STACK { stack.end - stack.start } else { u64::MAX };
                put_if_wanted(memory, d, &s::words(&[now, u64::MAX]))
            }
            n::RISCV_FLUSH_ICACHE => {
                effects.push(Effect::RemoteFenceI { harts: HartSet::first(1), wait: true });
                Ok(0)
            }
            unknown => return Err(format!("system call {unknown} is not among those that are served")),
        })
    }

    fn write(&mut self, file: u64, at: u64, length: u64, memory: &mut dyn GuestMemory) -> Result<u64, Errno> {
        let to = match file {
            1 => &mut self.output,
            2 => &mut self.errors,
            _ => return Err(Errno::BadFile),
        };
        to.extend(physical_bytes(memory, at, length).ok_or(Errno::Fault)?);
        Ok(length)
    }

    fn read(&mut self, file: u64, at: u64, length: u64, memory: &mut dyn GuestMemory) -> Result<u64, Errno> {
        if file != 0 {
            return Err(Errno::BadFile);
        }
        if !memory.read_bytes(at, &mut [0][..length.min(1) as usize]) {
            return Err(Errno::Fault);
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let read = self.input.read(length).map_err(|_| Errno::InputOutput)?;
        put(memory, at, &read)?;
        Ok(read.len() as u64)
    }

    /// Does something with each buffer of a vector, until one is not used up.
    fn vector(
        &mut self,
        at: u64,
        count: u64,
        memory: &mut dyn GuestMemory,
        mut each: impl FnMut(&mut Self, &mut dyn GuestMemory, u64, u64) -> Result<u64, Errno>,
    ) -> Result<u64, Errno> {
        if count > VECTORS {
            return Err(Errno::Invalid);
        }
        let mut total = 0;
        for entry in 0..count {
            let entry = at.wrapping_add(16 * entry);
            let (start, length) = (word(memory, entry)?, word(memory, entry.wrapping_add(8))?);
            let done = each(self, memory, start, length)?;
            total += done;
            if done < length {
                break;
            }
        }
        Ok(total)
    }

    /// fstat in its newer form: only with an empty path.
    fn status(&mut self, file: u64, path: u64, to: u64, memory: &mut dyn GuestMemory) -> Result<u64, Errno> {
        let mut first = [0];
        if !memory.read_bytes(path, &mut first) {
            return Err(Errno::Fault);
        }
        if first != [0] {
            return Err(Errno::NoEntry);
        }
        standard(file)?;
        put(memory, to, &s::stat())
    }

    fn map(&mut self, at: u64, length: u64, flags: u64, file: u64, memory: &mut dyn GuestMemory) -> Result<u64, Errno> {
        if flags & MAP_ANONYMOUS == 0 {
            return standard(file).and(Err(Errno::Invalid));
        }
        let length = pages(length).filter(|&length| length > 0).ok_or(Errno::Invalid)?;
        let start = if flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) != 0 {
            let end = at.checked_add(length).filter(|_| at.is_multiple_of(PAGE)).ok_or(Errno::Invalid)?;
            self.space.map_at(at..end).then_some(at)
        } else {
            self.space.map(length)
        };
        let start = start.ok_or(Errno::NoMemory)?;
        clear(memory, start, length);
        Ok(start)
    }

    fn unmap(&mut self, at: u64, length: u64) -> Result<u64, Errno> {
        let end = pages(length).and_then(|length| at.checked_add(length)).ok_or(Errno::Invalid)?;
        if !at.is_multiple_of(PAGE) || end == at {
            return Err(Errno::Invalid);
        }
        self.space.unmap(at..end);
        Ok(0)
    }

    fn remap(&mut self, at: u64, old: u64, new: u64, flags: u64, memory: &mut dyn GuestMemory) -> Result<u64, Errno> {
        let whole = |length| pages(length).filter(|&length| length > 0 && at.checked_add(length).is_some());
        let (old, new) = (whole(old).ok_or(Errno::Invalid)?, whole(new).ok_or(Errno::Invalid)?);
        if !at.is_multiple_of(PAGE) {
            return Err(Errno::Invalid);
        }
        if self.space.resize(at, old, new) {
            clear(memory, at + old, new.saturating_sub(old));
            return Ok(at);
        }
        if flags != MREMAP_MAYMOVE {
            return Err(Errno::NoMemory);
        }
        let bytes = physical_bytes(memory, at, old).ok_or(Errno::Fault)?;
        let to = self.space.map(new).ok_or(Errno::NoMemory)?;
        put(memory, to, &bytes)?;
        clear(memory, to + old, new - old);
        self.space.unmap(at..at + old);
        Ok(to)
    }

    /// SplitMix64 from a fixed start.
    fn random(&mut self, at: u64, length: u64, memory: &mut dyn GuestMemory) -> Result<u64, Errno> {
        let length = length.min(CHUNK);
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < length {
            self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.random;
            z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            bytes.extend((z ^ z >> 31).to_le_bytes());
        }
        put(memory, at, &bytes[..length as usize])?;
        Ok(length)
    }

    /// Notes what the program wants done on a signal, and forgets the rest of the action.
    fn set_action(&mut self, signal: u64, new: u64, old: u64, memory: &mut dyn GuestMemory) -> Result<u64, Errno> {
        if !(1..SIGNALS).contains(&signal) {
            return Err(Errno::Invalid);
        }
        let bit = 1 << signal;
        let before = if self.ignored & bit != 0 { SIG_IGN } else { SIG_DFL };
        put_if_wanted(memory, old, &s::words(&[before, 0, 0]))?;
        if new != 0 {
            let handler = word(memory, new)?;
            let set = |set: u64, on: bool| if on { set | bit } else { set & !bit };
            self.ignored = set(self.ignored, handler == SIG_IGN);
            self.handled = set(self.handled, handler != SIG_IGN && handler != SIG_DFL);
        }
        Ok(0)
    }

    /// A signal that the program sends to itself: there is nobody else.
    fn signal(&mut self, signal: u64, effects: &mut Vec<Effect>) -> Outcome {
        if signal >= SIGNALS {
            return Ok(Err(Errno::Invalid));
        }
        let bit = 1 << signal;
        if self.handled & bit != 0 {
            return Err(format!("signal {signal} has a handler, and signals are not delivered"));
        }
        if signal != 0 && (self.ignored | n::HARMLESS) & bit == 0 {
            effects.push(Effect::Shutdown { code: BY_SIGNAL + signal as u32 });
        }
        Ok(Ok(0))
    }
}

fn futex(at: u64, operation: u64, value: u64, memory: &mut dyn GuestMemory) -> Outcome {
    match operation & FUTEX_COMMAND {
        FUTEX_WAKE => Ok(Ok(0)),
        FUTEX_WAIT | FUTEX_WAIT_BITSET => {
            let mut bytes = [0; 4];
            if !memory.read_bytes(at, &mut bytes) {
                return Ok(Err(Errno::Fault));
            }
            if u32::from_le_bytes(bytes) != value as u32 {
                return Ok(Err(Errno::Again));
            }
            Err(format!("waits at {at:#x} for another thread, and there is none"))
        }
        command => Err(format!("futex operation {command} is not among those that are served")),
    }
}
