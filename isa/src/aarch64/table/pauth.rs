//! Rows: pointer authentication outside the hint space (Arm ARM C4.1.93 to C4.1.95).

macro_rules! pauth_rows {
    ([$next:ident $($rest:ident)*] $m:ident { $($acc:tt)* }) => { $next! { [$($rest)*] $m { $($acc)*

/// Signs with the key of instructions, A, and a modifier.
Pacia    "pacia" ["1 1 0 11010110 00001 000000 ..... ....."] Sign Alu;
/// Signs with the key of instructions, A, and zero.
Paciza   "paciza" ["1 1 0 11010110 00001 0 0 1 000 11111 ....."] SignZero Alu;
/// Signs with the key of instructions, B, and a modifier.
Pacib    "pacib" ["1 1 0 11010110 00001 000001 ..... ....."] Sign Alu;
/// Signs with the key of instructions, B, and zero.
Pacizb   "pacizb" ["1 1 0 11010110 00001 0 0 1 001 11111 ....."] SignZero Alu;
/// Signs with the key of data, A, and a modifier.
Pacda    "pacda" ["1 1 0 11010110 00001 000010 ..... ....."] Sign Alu;
/// Signs with the key of data, A, and zero.
Pacdza   "pacdza" ["1 1 0 11010110 00001 0 0 1 010 11111 ....."] SignZero Alu;
/// Signs with the key of data, B, and a modifier.
Pacdb    "pacdb" ["1 1 0 11010110 00001 000011 ..... ....."] Sign Alu;
/// Signs with the key of data, B, and zero.
Pacdzb   "pacdzb" ["1 1 0 11010110 00001 0 0 1 011 11111 ....."] SignZero Alu;
/// Authenticates with the key of instructions, A, and a modifier.
Autia    "autia" ["1 1 0 11010110 00001 000100 ..... ....."] Sign Alu;
/// Authenticates with the key of instructions, A, and zero.
Autiza   "autiza" ["1 1 0 11010110 00001 0 0 1 100 11111 ....."] SignZero Alu;
/// Authenticates with the key of instructions, B, and a modifier.
Autib    "autib" ["1 1 0 11010110 00001 000101 ..... ....."] Sign Alu;
/// Authenticates with the key of instructions, B, and zero.
Autizb   "autizb" ["1 1 0 11010110 00001 0 0 1 101 11111 ....."] SignZero Alu;
/// Authenticates with the key of data, A, and a modifier.
Autda    "autda" ["1 1 0 11010110 00001 000110 ..... ....."] Sign Alu;
/// Authenticates with the key of data, A, and zero.
Autdza   "autdza" ["1 1 0 11010110 00001 0 0 1 110 11111 ....."] SignZero Alu;
/// Authenticates with the key of data, B, and a modifier.
Autdb    "autdb" ["1 1 0 11010110 00001 000111 ..... ....."] Sign Alu;
/// Authenticates with the key of data, B, and zero.
Autdzb   "autdzb" ["1 1 0 11010110 00001 0 0 1 111 11111 ....."] SignZero Alu;
/// Strips the code of an instruction pointer.
Xpaci    "xpaci" ["1 1 0 11010110 00001 010000 11111 ....."] SignZero Alu;
/// Strips the code of a data pointer.
Xpacd    "xpacd" ["1 1 0 11010110 00001 010001 11111 ....."] SignZero Alu;
/// Computes a code with the generic key.
Pacga    "pacga" ["1 0 0 11010110 ..... 001100 ..... ....."] SignGeneric Alu;
/// Branches to an authenticated register, key A.
Braa     "braa" ["1101011 1000 11111 000010 ..... ....."] BranchSigned IndirectJump;
/// Branches to an authenticated register, key A, modifier zero.
Braaz    "braaz" ["1101011 0000 11111 000010 ..... 11111"] BranchReg IndirectJump;
/// Calls an authenticated register, key A.
Blraa    "blraa" ["1101011 1001 11111 000010 ..... ....."] BranchSigned IndirectCall;
/// Calls an authenticated register, key A, modifier zero.
Blraaz   "blraaz" ["1101011 0001 11111 000010 ..... 11111"] BranchReg IndirectCall;
/// Returns through the authenticated x30, key A.
Retaa    "retaa" ["1101011 0010 11111 000010 11111 11111"] None Return;
/// Returns from an exception to the authenticated address, key A.
Eretaa   "eretaa" ["1101011 0100 11111 000010 11111 11111"] None TrapReturn;
/// Loads through an authenticated pointer, key A: base and offset.
Ldraa    "ldraa" ["11 111 0 00 0 . 1 ......... 0 1 ..... ....."] MemSigned Load;
/// Loads through an authenticated pointer, key A: base, which moves first.
LdraaPre "ldraa" ["11 111 0 00 0 . 1 ......... 1 1 ..... ....."] MemSignedPre Load;
/// Branches to an authenticated register, key B.
Brab     "brab" ["1101011 1000 11111 000011 ..... ....."] BranchSigned IndirectJump;
/// Branches to an authenticated register, key B, modifier zero.
Brabz    "brabz" ["1101011 0000 11111 000011 ..... 11111"] BranchReg IndirectJump;
/// Calls an authenticated register, key B.
Blrab    "blrab" ["1101011 1001 11111 000011 ..... ....."] BranchSigned IndirectCall;
/// Calls an authenticated register, key B, modifier zero.
Blrabz   "blrabz" ["1101011 0001 11111 000011 ..... 11111"] BranchReg IndirectCall;
/// Returns through the authenticated x30, key B.
Retab    "retab" ["1101011 0010 11111 000011 11111 11111"] None Return;
/// Returns from an exception to the authenticated address, key B.
Eretab   "eretab" ["1101011 0100 11111 000011 11111 11111"] None TrapReturn;
/// Loads through an authenticated pointer, key B: base and offset.
Ldrab    "ldrab" ["11 111 0 00 1 . 1 ......... 0 1 ..... ....."] MemSigned Load;
/// Loads through an authenticated pointer, key B: base, which moves first.
LdrabPre "ldrab" ["11 111 0 00 1 . 1 ......... 1 1 ..... ....."] MemSignedPre Load;

    } } };
}
pub(super) use pauth_rows;
