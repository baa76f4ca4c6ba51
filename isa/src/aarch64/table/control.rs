//! Rows: branches, exception generation, hints, barriers, system instructions (Arm ARM C4.1.93).

macro_rules! control_rows {
    ([$next:ident $($rest:ident)*] $m:ident { $($acc:tt)* }) => { $next! { [$($rest)*] $m { $($acc)*

/// Branches.
B         "b"       ["0 00101 .........................."] Branch26 Jump;
/// Branches and links.
Bl        "bl"      ["1 00101 .........................."] Branch26 Call;
/// Branches if the condition holds.
Bcond     "b"       ["0101010 0 ................... 0 ...."] BranchCond Branch;
/// Branches if zero.
Cbz       "cbz"     [". 011010 0 ................... ....."] CompareBranch Branch;
/// Branches if not zero.
Cbnz      "cbnz"    [". 011010 1 ................... ....."] CompareBranch Branch;
/// Branches if the bit is zero.
Tbz       "tbz"     [". 011011 0 ..... .............. ....."] TestBranch Branch;
/// Branches if the bit is one.
Tbnz      "tbnz"    [". 011011 1 ..... .............. ....."] TestBranch Branch;
/// Branches to a register.
Br        "br"      ["1101011 0000 11111 000000 ..... 00000"] BranchReg IndirectJump;
/// Branches to a register and links.
Blr       "blr"     ["1101011 0001 11111 000000 ..... 00000"] BranchReg IndirectCall;
/// Returns from a subroutine.
Ret       "ret"     ["1101011 0010 11111 000000 ..... 00000"] BranchReg Return;
/// Returns from an exception.
Eret      "eret"    ["1101011 0100 11111 000000 11111 00000"] None TrapReturn;
/// Leaves debug state: undefined outside of it.
Drps      "drps"    ["1101011 0101 11111 000000 11111 00000"] None Exception;

/// Permanently undefined.
Udf       "udf"     ["0000000000000000 ................"] Imm16Low Exception;
/// Calls the supervisor.
Svc       "svc"     ["11010100 000 ................ 000 01"] Imm16 Exception;
/// Calls the hypervisor.
Hvc       "hvc"     ["11010100 000 ................ 000 10"] Imm16 Exception;
/// Calls the secure monitor.
Smc       "smc"     ["11010100 000 ................ 000 11"] Imm16 Exception;
/// Breakpoint.
Brk       "brk"     ["11010100 001 ................ 000 00"] Imm16 Exception;
/// Halts: semihosting, else undefined.
Hlt       "hlt"     ["11010100 010 ................ 000 00"] Imm16 Exception;
/// Enters debug state at EL1: undefined outside of halting debug.
Dcps1     "dcps1"   ["11010100 101 ................ 000 01"] Imm16Optional Exception;
/// Enters debug state at EL2: undefined outside of halting debug.
Dcps2     "dcps2"   ["11010100 101 ................ 000 10"] Imm16Optional Exception;
/// Enters debug state at EL3: undefined outside of halting debug.
Dcps3     "dcps3"   ["11010100 101 ................ 000 11"] Imm16Optional Exception;

/// Does nothing.
Nop       "nop"     ["11010101000000110010 0000 000 11111"] None Nop;
/// Lets others run.
Yield     "yield"   ["11010101000000110010 0000 001 11111"] None Hint;
/// Waits for an event.
Wfe       "wfe"     ["11010101000000110010 0000 010 11111"] None Hint;
/// Waits for an interrupt.
Wfi       "wfi"     ["11010101000000110010 0000 011 11111"] None Hint;
/// Sends an event to every hart.
Sev       "sev"     ["11010101000000110010 0000 100 11111"] None Hint;
/// Sends an event to this hart.
Sevl      "sevl"    ["11010101000000110010 0000 101 11111"] None Hint;
/// Strips the authentication code of x30.
Xpaclri   "xpaclri" ["11010101000000110010 0000 111 11111"] None Alu;
/// Signs x17 with key A and x16.
Pacia1716 "pacia1716" ["11010101000000110010 0001 000 11111"] None Alu;
/// Signs x17 with key B and x16.
Pacib1716 "pacib1716" ["11010101000000110010 0001 010 11111"] None Alu;
/// Authenticates x17 with key A and x16.
Autia1716 "autia1716" ["11010101000000110010 0001 100 11111"] None Alu;
/// Authenticates x17 with key B and x16.
Autib1716 "autib1716" ["11010101000000110010 0001 110 11111"] None Alu;
/// Signs x30 with key A and zero.
Paciaz    "paciaz"  ["11010101000000110010 0011 000 11111"] None Alu;
/// Signs x30 with key A and SP.
Paciasp   "paciasp" ["11010101000000110010 0011 001 11111"] None Alu;
/// Signs x30 with key B and zero.
Pacibz    "pacibz"  ["11010101000000110010 0011 010 11111"] None Alu;
/// Signs x30 with key B and SP.
Pacibsp   "pacibsp" ["11010101000000110010 0011 011 11111"] None Alu;
/// Authenticates x30 with key A and zero.
Autiaz    "autiaz"  ["11010101000000110010 0011 100 11111"] None Alu;
/// Authenticates x30 with key A and SP.
Autiasp   "autiasp" ["11010101000000110010 0011 101 11111"] None Alu;
/// Authenticates x30 with key B and zero.
Autibz    "autibz"  ["11010101000000110010 0011 110 11111"] None Alu;
/// Authenticates x30 with key B and SP.
Autibsp   "autibsp" ["11010101000000110010 0011 111 11111"] None Alu;
/// Other hints: bti, csdb, dgh, esb, psb, tsb, and those without meaning yet. They do nothing.
HintOther "hint"    ["11010101000000110010 .... ... 11111"] Hint Nop;

/// Gives the reservation up.
Clrex     "clrex"   ["11010101000000110011 .... 010 11111"] Clrex Fence;
/// Data synchronization barrier.
Dsb       "dsb"     ["11010101000000110011 .... 100 11111"] Barrier Dsb;
/// Data memory barrier.
Dmb       "dmb"     ["11010101000000110011 .... 101 11111"] Barrier Fence;
/// Instruction synchronization barrier.
Isb       "isb"     ["11010101000000110011 .... 110 11111"] Isb Isb;
/// Speculation barrier.
Sb        "sb"      ["11010101000000110011 0000 111 11111"] None Isb;

/// Inverts the carry flag.
Cfinv     "cfinv"   ["11010101 00 0 00 000 0100 0000 000 11111"] None Alu;
/// Converts flags from Arm's to the alternative floating-point format.
Axflag    "axflag"  ["11010101 00 0 00 000 0100 ---- 010 11111"] None Alu;
/// Converts flags from the alternative to Arm's floating-point format.
Xaflag    "xaflag"  ["11010101 00 0 00 000 0100 ---- 001 11111"] None Alu;
/// Writes a field of PSTATE.
MsrImm    "msr"     ["11010101 00 0 00 ... 0100 .... ... 11111"] MsrImm System;
/// System instruction: cache and TLB maintenance, address translation.
Sys       "sys"     ["11010101 00 0 01 ... .... .... ... ....."] Sys CacheOp;
/// System instruction with a result: none is defined here.
Sysl      "sysl"    ["11010101 00 1 01 ... .... .... ... ....."] Sysl System;
/// Writes a system register.
Msr       "msr"     ["11010101 00 0 1. ... .... .... ... ....."] Msr System;
/// Reads a system register.
Mrs       "mrs"     ["11010101 00 1 1. ... .... .... ... ....."] Mrs System;

    } } };
}
pub(super) use control_rows;
