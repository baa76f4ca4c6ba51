//! Numbers that Linux gives to calls, errors and signals (asm-generic/unistd.h, which both instruction sets share).

macro_rules! calls {
    ($($name:ident $number:literal;)*) => { $(pub const $name: u64 = $number;)* };
}

calls! {
    GETCWD 17; DUP 23; FCNTL 25; IOCTL 29; FACCESSAT 48; OPENAT 56; CLOSE 57; LSEEK 62; READ 63; WRITE 64; READV 65; WRITEV 66;
    PPOLL 73;
    READLINKAT 78; NEWFSTATAT 79; FSTAT 80; EXIT 93; EXIT_GROUP 94; SET_TID_ADDRESS 96; FUTEX 98; SET_ROBUST_LIST 99;
    NANOSLEEP 101; CLOCK_GETTIME 113; CLOCK_GETRES 114; CLOCK_NANOSLEEP 115; SCHED_SETAFFINITY 122; SCHED_GETAFFINITY 123;
    SCHED_YIELD 124; KILL 129; TKILL 130; TGKILL 131; SIGALTSTACK 132; RT_SIGACTION 134; RT_SIGPROCMASK 135; TIMES 153;
    UNAME 160; GETRUSAGE 165; PRCTL 167; GETCPU 168; GETTIMEOFDAY 169; GETPID 172; GETPPID 173; GETUID 174; GETEUID 175;
    GETGID 176; GETEGID 177; GETTID 178; SYSINFO 179; BRK 214; MUNMAP 215; MREMAP 216; MMAP 222; MPROTECT 226; MADVISE 233;
    RISCV_HWPROBE 258; RISCV_FLUSH_ICACHE 259; PRLIMIT64 261; GETRANDOM 278; MEMBARRIER 283; RSEQ 293; FACCESSAT2 439;
}

/// Why a call failed, as the program sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Errno {
    NoEntry = 2,
    InputOutput = 5,
    BadFile = 9,
    Again = 11,
    NoMemory = 12,
    Fault = 14,
    Invalid = 22,
    NotATerminal = 25,
    IllegalSeek = 29,
    NoSuchCall = 38,
}

/// Signals that do nothing to a program without a handler: CHLD, CONT, URG, WINCH.
pub const HARMLESS: u64 = 1 << 17 | 1 << 18 | 1 << 23 | 1 << 28;
