//! Every 32-bit instruction, one row each: what it does, name, mnemonic, encoding, operand format, timing class.
//!
//! In the drawings `.` is a bit of an operand and `-` a bit that the instruction ignores (see [`crate::pattern`]). A row
//! that is a special case of another stands before it. The 16-bit instructions have [their own table](super::compressed).

use super::Op;
use super::format::{self, Format};
use crate::Class;
use crate::pattern::{Pattern, assert_disjoint};

/// Hands the rows to the macro `$m`.
macro_rules! for_each_insn {
    ($m:ident) => {
        $m! {
            // RV64I

            /// Loads an upper immediate.
            Lui           "lui"             ".................... ..... 0110111" UPPER Alu;
            /// Adds an upper immediate to the pc.
            Auipc         "auipc"           ".................... ..... 0010111" UPPER Alu;
            /// Jumps and links.
            Jal           "jal"             ".................... ..... 1101111" JUMP Jump;
            /// Jumps to a register and links.
            Jalr          "jalr"            "............ ..... 000 ..... 1100111" LOAD IndirectJump;
            /// Branches if equal.
            Beq           "beq"             "....... ..... ..... 000 ..... 1100011" BRANCH Branch;
            /// Branches if not equal.
            Bne           "bne"             "....... ..... ..... 001 ..... 1100011" BRANCH Branch;
            /// Branches if less, signed.
            Blt           "blt"             "....... ..... ..... 100 ..... 1100011" BRANCH Branch;
            /// Branches if greater or equal, signed.
            Bge           "bge"             "....... ..... ..... 101 ..... 1100011" BRANCH Branch;
            /// Branches if less, unsigned.
            Bltu          "bltu"            "....... ..... ..... 110 ..... 1100011" BRANCH Branch;
            /// Branches if greater or equal, unsigned.
            Bgeu          "bgeu"            "....... ..... ..... 111 ..... 1100011" BRANCH Branch;
            /// Loads a byte, sign-extended.
            Lb            "lb"              "............ ..... 000 ..... 0000011" LOAD Load;
            /// Loads a halfword, sign-extended.
            Lh            "lh"              "............ ..... 001 ..... 0000011" LOAD Load;
            /// Loads a word, sign-extended.
            Lw            "lw"              "............ ..... 010 ..... 0000011" LOAD Load;
            /// Loads a doubleword.
            Ld            "ld"              "............ ..... 011 ..... 0000011" LOAD Load;
            /// Loads a byte, zero-extended.
            Lbu           "lbu"             "............ ..... 100 ..... 0000011" LOAD Load;
            /// Loads a halfword, zero-extended.
            Lhu           "lhu"             "............ ..... 101 ..... 0000011" LOAD Load;
            /// Loads a word, zero-extended.
            Lwu           "lwu"             "............ ..... 110 ..... 0000011" LOAD Load;
            /// Stores a byte.
            Sb            "sb"              "....... ..... ..... 000 ..... 0100011" STORE Store;
            /// Stores a halfword.
            Sh            "sh"              "....... ..... ..... 001 ..... 0100011" STORE Store;
            /// Stores a word.
            Sw            "sw"              "....... ..... ..... 010 ..... 0100011" STORE Store;
            /// Stores a doubleword.
            Sd            "sd"              "....... ..... ..... 011 ..... 0100011" STORE Store;
            /// Adds an immediate.
            Addi          "addi"            "............ ..... 000 ..... 0010011" I Alu;
            /// Sets if less than an immediate, signed.
            Slti          "slti"            "............ ..... 010 ..... 0010011" I Alu;
            /// Sets if less than an immediate, unsigned.
            Sltiu         "sltiu"           "............ ..... 011 ..... 0010011" I Alu;
            /// Exclusive or with an immediate.
            Xori          "xori"            "............ ..... 100 ..... 0010011" I Alu;
            /// Or with an immediate.
            Ori           "ori"             "............ ..... 110 ..... 0010011" I Alu;
            /// And with an immediate.
            Andi          "andi"            "............ ..... 111 ..... 0010011" I Alu;
            /// Shifts left by an immediate.
            Slli          "slli"            "000000 ...... ..... 001 ..... 0010011" SHIFT Alu;
            /// Shifts right by an immediate, logically.
            Srli          "srli"            "000000 ...... ..... 101 ..... 0010011" SHIFT Alu;
            /// Shifts right by an immediate, arithmetically.
            Srai          "srai"            "010000 ...... ..... 101 ..... 0010011" SHIFT Alu;
            /// Adds.
            Add           "add"             "0000000 ..... ..... 000 ..... 0110011" R Alu;
            /// Subtracts.
            Sub           "sub"             "0100000 ..... ..... 000 ..... 0110011" R Alu;
            /// Shifts left.
            Sll           "sll"             "0000000 ..... ..... 001 ..... 0110011" R Alu;
            /// Sets if less, signed.
            Slt           "slt"             "0000000 ..... ..... 010 ..... 0110011" R Alu;
            /// Sets if less, unsigned.
            Sltu          "sltu"            "0000000 ..... ..... 011 ..... 0110011" R Alu;
            /// Exclusive or.
            Xor           "xor"             "0000000 ..... ..... 100 ..... 0110011" R Alu;
            /// Shifts right, logically.
            Srl           "srl"             "0000000 ..... ..... 101 ..... 0110011" R Alu;
            /// Shifts right, arithmetically.
            Sra           "sra"             "0100000 ..... ..... 101 ..... 0110011" R Alu;
            /// Or.
            Or            "or"              "0000000 ..... ..... 110 ..... 0110011" R Alu;
            /// And.
            And           "and"             "0000000 ..... ..... 111 ..... 0110011" R Alu;
            /// Adds an immediate, 32 bits.
            Addiw         "addiw"           "............ ..... 000 ..... 0011011" I Alu;
            /// Shifts left by an immediate, 32 bits.
            Slliw         "slliw"           "0000000 ..... ..... 001 ..... 0011011" SHIFT_W Alu;
            /// Shifts right by an immediate, logically, 32 bits.
            Srliw         "srliw"           "0000000 ..... ..... 101 ..... 0011011" SHIFT_W Alu;
            /// Shifts right by an immediate, arithmetically, 32 bits.
            Sraiw         "sraiw"           "0100000 ..... ..... 101 ..... 0011011" SHIFT_W Alu;
            /// Adds, 32 bits.
            Addw          "addw"            "0000000 ..... ..... 000 ..... 0111011" R Alu;
            /// Subtracts, 32 bits.
            Subw          "subw"            "0100000 ..... ..... 000 ..... 0111011" R Alu;
            /// Shifts left, 32 bits.
            Sllw          "sllw"            "0000000 ..... ..... 001 ..... 0111011" R Alu;
            /// Shifts right, logically, 32 bits.
            Srlw          "srlw"            "0000000 ..... ..... 101 ..... 0111011" R Alu;
            /// Shifts right, arithmetically, 32 bits.
            Sraw          "sraw"            "0100000 ..... ..... 101 ..... 0111011" R Alu;
            /// Advises that this hart spins (Zihintpause); a FENCE that orders nothing, whose unused fields are ignored as in others.
            Pause         "pause"           "0000 0001 0000 ----- 000 ----- 0001111" NONE Hint;
            /// Orders all but earlier writes against later reads.
            FenceTso      "fence.tso"       "1000 0011 0011 ----- 000 ----- 0001111" NONE Fence;
            /// Orders accesses of one kind before those of another. Reserved modes behave as the plain one.
            Fence         "fence"           "............ ----- 000 ----- 0001111" FENCE Fence;
            /// Calls the environment.
            Ecall         "ecall"           "000000000000 00000 000 00000 1110011" NONE Exception;
            /// Calls the debugger.
            Ebreak        "ebreak"          "000000000001 00000 000 00000 1110011" NONE Exception;

            // Zifencei

            /// Orders this hart's fetches after its stores. The unused fields are reserved for finer fences and ignored.
            FenceI        "fence.i"         "------------ ----- 001 ----- 0001111" NONE FenceI;

            // Zicsr

            /// Exchanges a CSR with a register.
            Csrrw         "csrrw"           "............ ..... 001 ..... 1110011" CSR System;
            /// Reads a CSR and sets bits of it.
            Csrrs         "csrrs"           "............ ..... 010 ..... 1110011" CSR System;
            /// Reads a CSR and clears bits of it.
            Csrrc         "csrrc"           "............ ..... 011 ..... 1110011" CSR System;
            /// Exchanges a CSR with an immediate.
            Csrrwi        "csrrwi"          "............ ..... 101 ..... 1110011" CSR_IMM System;
            /// Reads a CSR and sets bits of it by an immediate.
            Csrrsi        "csrrsi"          "............ ..... 110 ..... 1110011" CSR_IMM System;
            /// Reads a CSR and clears bits of it by an immediate.
            Csrrci        "csrrci"          "............ ..... 111 ..... 1110011" CSR_IMM System;

            // M

            /// Multiplies: low half.
            Mul           "mul"             "0000001 ..... ..... 000 ..... 0110011" R Mul;
            /// Multiplies: high half, signed by signed.
            Mulh          "mulh"            "0000001 ..... ..... 001 ..... 0110011" R Mul;
            /// Multiplies: high half, signed by unsigned.
            Mulhsu        "mulhsu"          "0000001 ..... ..... 010 ..... 0110011" R Mul;
            /// Multiplies: high half, unsigned by unsigned.
            Mulhu         "mulhu"           "0000001 ..... ..... 011 ..... 0110011" R Mul;
            /// Divides, signed.
            Div           "div"             "0000001 ..... ..... 100 ..... 0110011" R Div64;
            /// Divides, unsigned.
            Divu          "divu"            "0000001 ..... ..... 101 ..... 0110011" R Div64;
            /// Remainder, signed.
            Rem           "rem"             "0000001 ..... ..... 110 ..... 0110011" R Div64;
            /// Remainder, unsigned.
            Remu          "remu"            "0000001 ..... ..... 111 ..... 0110011" R Div64;
            /// Multiplies, 32 bits.
            Mulw          "mulw"            "0000001 ..... ..... 000 ..... 0111011" R Mul32;
            /// Divides, signed, 32 bits.
            Divw          "divw"            "0000001 ..... ..... 100 ..... 0111011" R Div32;
            /// Divides, unsigned, 32 bits.
            Divuw         "divuw"           "0000001 ..... ..... 101 ..... 0111011" R Div32;
            /// Remainder, signed, 32 bits.
            Remw          "remw"            "0000001 ..... ..... 110 ..... 0111011" R Div32;
            /// Remainder, unsigned, 32 bits.
            Remuw         "remuw"           "0000001 ..... ..... 111 ..... 0111011" R Div32;

            // Zalrsc

            /// Loads a word and reserves it.
            LrW           "lr.w"            "00010 . . 00000 ..... 010 ..... 0101111" LR LoadExclusive;
            /// Stores a word if it is still reserved.
            ScW           "sc.w"            "00011 . . ..... ..... 010 ..... 0101111" AMO StoreExclusive;
            /// Loads a doubleword and reserves it.
            LrD           "lr.d"            "00010 . . 00000 ..... 011 ..... 0101111" LR LoadExclusive;
            /// Stores a doubleword if it is still reserved.
            ScD           "sc.d"            "00011 . . ..... ..... 011 ..... 0101111" AMO StoreExclusive;

            // Zaamo

            /// Exchanges with a word of memory.
            AmoswapW      "amoswap.w"       "00001 . . ..... ..... 010 ..... 0101111" AMO Atomic;
            /// Adds to a word of memory.
            AmoaddW       "amoadd.w"        "00000 . . ..... ..... 010 ..... 0101111" AMO Atomic;
            /// Exclusive or into a word of memory.
            AmoxorW       "amoxor.w"        "00100 . . ..... ..... 010 ..... 0101111" AMO Atomic;
            /// And into a word of memory.
            AmoandW       "amoand.w"        "01100 . . ..... ..... 010 ..... 0101111" AMO Atomic;
            /// Or into a word of memory.
            AmoorW        "amoor.w"         "01000 . . ..... ..... 010 ..... 0101111" AMO Atomic;
            /// Minimum into a word of memory, signed.
            AmominW       "amomin.w"        "10000 . . ..... ..... 010 ..... 0101111" AMO Atomic;
            /// Maximum into a word of memory, signed.
            AmomaxW       "amomax.w"        "10100 . . ..... ..... 010 ..... 0101111" AMO Atomic;
            /// Minimum into a word of memory, unsigned.
            AmominuW      "amominu.w"       "11000 . . ..... ..... 010 ..... 0101111" AMO Atomic;
            /// Maximum into a word of memory, unsigned.
            AmomaxuW      "amomaxu.w"       "11100 . . ..... ..... 010 ..... 0101111" AMO Atomic;
            /// Exchanges with a doubleword of memory.
            AmoswapD      "amoswap.d"       "00001 . . ..... ..... 011 ..... 0101111" AMO Atomic;
            /// Adds to a doubleword of memory.
            AmoaddD       "amoadd.d"        "00000 . . ..... ..... 011 ..... 0101111" AMO Atomic;
            /// Exclusive or into a doubleword of memory.
            AmoxorD       "amoxor.d"        "00100 . . ..... ..... 011 ..... 0101111" AMO Atomic;
            /// And into a doubleword of memory.
            AmoandD       "amoand.d"        "01100 . . ..... ..... 011 ..... 0101111" AMO Atomic;
            /// Or into a doubleword of memory.
            AmoorD        "amoor.d"         "01000 . . ..... ..... 011 ..... 0101111" AMO Atomic;
            /// Minimum into a doubleword of memory, signed.
            AmominD       "amomin.d"        "10000 . . ..... ..... 011 ..... 0101111" AMO Atomic;
            /// Maximum into a doubleword of memory, signed.
            AmomaxD       "amomax.d"        "10100 . . ..... ..... 011 ..... 0101111" AMO Atomic;
            /// Minimum into a doubleword of memory, unsigned.
            AmominuD      "amominu.d"       "11000 . . ..... ..... 011 ..... 0101111" AMO Atomic;
            /// Maximum into a doubleword of memory, unsigned.
            AmomaxuD      "amomaxu.d"       "11100 . . ..... ..... 011 ..... 0101111" AMO Atomic;

            // Privileged

            /// Returns from a trap into S mode.
            Sret          "sret"            "0001000 00010 00000 000 00000 1110011" NONE TrapReturn;
            /// Returns from a trap into M mode.
            Mret          "mret"            "0011000 00010 00000 000 00000 1110011" NONE TrapReturn;
            /// Waits for an interrupt.
            Wfi           "wfi"             "0001000 00101 00000 000 00000 1110011" NONE Hint;
            /// Orders stores to page tables before this hart's later translations.
            SfenceVma     "sfence.vma"      "0001001 ..... ..... 000 00000 1110011" SFENCE TlbOp;

            // F

            /// Loads a single.
            Flw           "flw"             "............ ..... 010 ..... 0000111" FLOAD Load;
            /// Stores a single.
            Fsw           "fsw"             "....... ..... ..... 010 ..... 0100111" FSTORE Store;
            /// Multiplies and adds, rounding once, single.
            FmaddS        "fmadd.s"         "..... 00 ..... ..... ... ..... 1000011" FUSED FpFma32;
            /// Multiplies and subtracts, rounding once, single.
            FmsubS        "fmsub.s"         "..... 00 ..... ..... ... ..... 1000111" FUSED FpFma32;
            /// Multiplies, negates and adds, rounding once, single.
            FnmsubS       "fnmsub.s"        "..... 00 ..... ..... ... ..... 1001011" FUSED FpFma32;
            /// Multiplies, negates and subtracts, rounding once, single.
            FnmaddS       "fnmadd.s"        "..... 00 ..... ..... ... ..... 1001111" FUSED FpFma32;
            /// Adds, single.
            FaddS         "fadd.s"          "00000 00 ..... ..... ... ..... 1010011" FLOAT FpAdd32;
            /// Subtracts, single.
            FsubS         "fsub.s"          "00001 00 ..... ..... ... ..... 1010011" FLOAT FpAdd32;
            /// Multiplies, single.
            FmulS         "fmul.s"          "00010 00 ..... ..... ... ..... 1010011" FLOAT FpMul32;
            /// Divides, single.
            FdivS         "fdiv.s"          "00011 00 ..... ..... ... ..... 1010011" FLOAT FpDiv32;
            /// Square root, single.
            FsqrtS        "fsqrt.s"         "01011 00 00000 ..... ... ..... 1010011" FLOAT_UNARY FpDiv32;
            /// Takes the sign of the second operand, single.
            FsgnjS        "fsgnj.s"         "00100 00 ..... ..... 000 ..... 1010011" FLOAT_EXACT FpMove;
            /// Takes the opposite sign of the second operand, single.
            FsgnjnS       "fsgnjn.s"        "00100 00 ..... ..... 001 ..... 1010011" FLOAT_EXACT FpMove;
            /// Multiplies the signs, single.
            FsgnjxS       "fsgnjx.s"        "00100 00 ..... ..... 010 ..... 1010011" FLOAT_EXACT FpMove;
            /// Minimum, single.
            FminS         "fmin.s"          "00101 00 ..... ..... 000 ..... 1010011" FLOAT_EXACT FpMinMax;
            /// Maximum, single.
            FmaxS         "fmax.s"          "00101 00 ..... ..... 001 ..... 1010011" FLOAT_EXACT FpMinMax;
            /// Compares: less or equal, single.
            FleS          "fle.s"           "10100 00 ..... ..... 000 ..... 1010011" COMPARE FpCompare;
            /// Compares: less, single.
            FltS          "flt.s"           "10100 00 ..... ..... 001 ..... 1010011" COMPARE FpCompare;
            /// Compares: equal, single.
            FeqS          "feq.s"           "10100 00 ..... ..... 010 ..... 1010011" COMPARE FpCompare;
            /// Classifies a single.
            FclassS       "fclass.s"        "11100 00 00000 ..... 001 ..... 1010011" BITS_TO_INT FpCompare;
            /// Converts a single to a word.
            FcvtWS        "fcvt.w.s"        "11000 00 00000 ..... ... ..... 1010011" TO_INT FpToInt;
            /// Converts a word to a single.
            FcvtSW        "fcvt.s.w"        "11010 00 00000 ..... ... ..... 1010011" FROM_INT FpFromInt;
            /// Converts a single to an unsigned word.
            FcvtWuS       "fcvt.wu.s"       "11000 00 00001 ..... ... ..... 1010011" TO_INT FpToInt;
            /// Converts an unsigned word to a single.
            FcvtSWu       "fcvt.s.wu"       "11010 00 00001 ..... ... ..... 1010011" FROM_INT FpFromInt;
            /// Converts a single to a doubleword.
            FcvtLS        "fcvt.l.s"        "11000 00 00010 ..... ... ..... 1010011" TO_INT FpToInt;
            /// Converts a doubleword to a single.
            FcvtSL        "fcvt.s.l"        "11010 00 00010 ..... ... ..... 1010011" FROM_INT FpFromInt;
            /// Converts a single to an unsigned doubleword.
            FcvtLuS       "fcvt.lu.s"       "11000 00 00011 ..... ... ..... 1010011" TO_INT FpToInt;
            /// Converts an unsigned doubleword to a single.
            FcvtSLu       "fcvt.s.lu"       "11010 00 00011 ..... ... ..... 1010011" FROM_INT FpFromInt;
            /// Moves the bits of a single to an integer register.
            FmvXW         "fmv.x.w"         "11100 00 00000 ..... 000 ..... 1010011" BITS_TO_INT FpCopy;
            /// Moves bits of an integer register to a single.
            FmvWX         "fmv.w.x"         "11110 00 00000 ..... 000 ..... 1010011" BITS_FROM_INT FpCopy;

            // D

            /// Loads a double.
            Fld           "fld"             "............ ..... 011 ..... 0000111" FLOAD Load;
            /// Stores a double.
            Fsd           "fsd"             "....... ..... ..... 011 ..... 0100111" FSTORE Store;
            /// Multiplies and adds, rounding once, double.
            FmaddD        "fmadd.d"         "..... 01 ..... ..... ... ..... 1000011" FUSED FpFma64;
            /// Multiplies and subtracts, rounding once, double.
            FmsubD        "fmsub.d"         "..... 01 ..... ..... ... ..... 1000111" FUSED FpFma64;
            /// Multiplies, negates and adds, rounding once, double.
            FnmsubD       "fnmsub.d"        "..... 01 ..... ..... ... ..... 1001011" FUSED FpFma64;
            /// Multiplies, negates and subtracts, rounding once, double.
            FnmaddD       "fnmadd.d"        "..... 01 ..... ..... ... ..... 1001111" FUSED FpFma64;
            /// Adds, double.
            FaddD         "fadd.d"          "00000 01 ..... ..... ... ..... 1010011" FLOAT FpAdd64;
            /// Subtracts, double.
            FsubD         "fsub.d"          "00001 01 ..... ..... ... ..... 1010011" FLOAT FpAdd64;
            /// Multiplies, double.
            FmulD         "fmul.d"          "00010 01 ..... ..... ... ..... 1010011" FLOAT FpMul64;
            /// Divides, double.
            FdivD         "fdiv.d"          "00011 01 ..... ..... ... ..... 1010011" FLOAT FpDiv64;
            /// Square root, double.
            FsqrtD        "fsqrt.d"         "01011 01 00000 ..... ... ..... 1010011" FLOAT_UNARY FpDiv64;
            /// Takes the sign of the second operand, double.
            FsgnjD        "fsgnj.d"         "00100 01 ..... ..... 000 ..... 1010011" FLOAT_EXACT FpMove;
            /// Takes the opposite sign of the second operand, double.
            FsgnjnD       "fsgnjn.d"        "00100 01 ..... ..... 001 ..... 1010011" FLOAT_EXACT FpMove;
            /// Multiplies the signs, double.
            FsgnjxD       "fsgnjx.d"        "00100 01 ..... ..... 010 ..... 1010011" FLOAT_EXACT FpMove;
            /// Minimum, double.
            FminD         "fmin.d"          "00101 01 ..... ..... 000 ..... 1010011" FLOAT_EXACT FpMinMax;
            /// Maximum, double.
            FmaxD         "fmax.d"          "00101 01 ..... ..... 001 ..... 1010011" FLOAT_EXACT FpMinMax;
            /// Compares: less or equal, double.
            FleD          "fle.d"           "10100 01 ..... ..... 000 ..... 1010011" COMPARE FpCompare;
            /// Compares: less, double.
            FltD          "flt.d"           "10100 01 ..... ..... 001 ..... 1010011" COMPARE FpCompare;
            /// Compares: equal, double.
            FeqD          "feq.d"           "10100 01 ..... ..... 010 ..... 1010011" COMPARE FpCompare;
            /// Classifies a double.
            FclassD       "fclass.d"        "11100 01 00000 ..... 001 ..... 1010011" BITS_TO_INT FpCompare;
            /// Converts a double to a word.
            FcvtWD        "fcvt.w.d"        "11000 01 00000 ..... ... ..... 1010011" TO_INT FpToInt;
            /// Converts a word to a double.
            FcvtDW        "fcvt.d.w"        "11010 01 00000 ..... ... ..... 1010011" FROM_INT FpFromInt;
            /// Converts a double to an unsigned word.
            FcvtWuD       "fcvt.wu.d"       "11000 01 00001 ..... ... ..... 1010011" TO_INT FpToInt;
            /// Converts an unsigned word to a double.
            FcvtDWu       "fcvt.d.wu"       "11010 01 00001 ..... ... ..... 1010011" FROM_INT FpFromInt;
            /// Converts a double to a doubleword.
            FcvtLD        "fcvt.l.d"        "11000 01 00010 ..... ... ..... 1010011" TO_INT FpToInt;
            /// Converts a doubleword to a double.
            FcvtDL        "fcvt.d.l"        "11010 01 00010 ..... ... ..... 1010011" FROM_INT FpFromInt;
            /// Converts a double to an unsigned doubleword.
            FcvtLuD       "fcvt.lu.d"       "11000 01 00011 ..... ... ..... 1010011" TO_INT FpToInt;
            /// Converts an unsigned doubleword to a double.
            FcvtDLu       "fcvt.d.lu"       "11010 01 00011 ..... ... ..... 1010011" FROM_INT FpFromInt;
            /// Moves the bits of a double to an integer register.
            FmvXD         "fmv.x.d"         "11100 01 00000 ..... 000 ..... 1010011" BITS_TO_INT FpCopy;
            /// Moves bits of an integer register to a double.
            FmvDX         "fmv.d.x"         "11110 01 00000 ..... 000 ..... 1010011" BITS_FROM_INT FpCopy;
            /// Converts a double to a single.
            FcvtSD        "fcvt.s.d"        "01000 00 00001 ..... ... ..... 1010011" FLOAT_UNARY FpConvert;
            /// Converts a single to a double.
            FcvtDS        "fcvt.d.s"        "01000 01 00000 ..... ... ..... 1010011" FLOAT_UNARY FpConvert;

            // Zfa

            /// Loads a constant, single.
            FliS          "fli.s"           "11110 00 00001 ..... 000 ..... 1010011" CONSTANT FpCopy;
            /// Minimum, a NaN if one operand is, single.
            FminmS        "fminm.s"         "00101 00 ..... ..... 010 ..... 1010011" FLOAT_EXACT FpMinMax;
            /// Maximum, a NaN if one operand is, single.
            FmaxmS        "fmaxm.s"         "00101 00 ..... ..... 011 ..... 1010011" FLOAT_EXACT FpMinMax;
            /// Rounds to an integer without the inexact flag, single.
            FroundS       "fround.s"        "01000 00 00100 ..... ... ..... 1010011" FLOAT_UNARY FpConvert;
            /// Rounds to an integer, single.
            FroundnxS     "froundnx.s"      "01000 00 00101 ..... ... ..... 1010011" FLOAT_UNARY FpConvert;
            /// Compares: less or equal, quietly, single.
            FleqS         "fleq.s"          "10100 00 ..... ..... 100 ..... 1010011" COMPARE FpCompare;
            /// Compares: less, quietly, single.
            FltqS         "fltq.s"          "10100 00 ..... ..... 101 ..... 1010011" COMPARE FpCompare;
            /// Loads a constant, double.
            FliD          "fli.d"           "11110 01 00001 ..... 000 ..... 1010011" CONSTANT FpCopy;
            /// Minimum, a NaN if one operand is, double.
            FminmD        "fminm.d"         "00101 01 ..... ..... 010 ..... 1010011" FLOAT_EXACT FpMinMax;
            /// Maximum, a NaN if one operand is, double.
            FmaxmD        "fmaxm.d"         "00101 01 ..... ..... 011 ..... 1010011" FLOAT_EXACT FpMinMax;
            /// Rounds to an integer without the inexact flag, double.
            FroundD       "fround.d"        "01000 01 00100 ..... ... ..... 1010011" FLOAT_UNARY FpConvert;
            /// Rounds to an integer, double.
            FroundnxD     "froundnx.d"      "01000 01 00101 ..... ... ..... 1010011" FLOAT_UNARY FpConvert;
            /// Compares: less or equal, quietly, double.
            FleqD         "fleq.d"          "10100 01 ..... ..... 100 ..... 1010011" COMPARE FpCompare;
            /// Compares: less, quietly, double.
            FltqD         "fltq.d"          "10100 01 ..... ..... 101 ..... 1010011" COMPARE FpCompare;
            /// Converts a double to a word modulo 2^32, toward zero.
            FcvtmodWD     "fcvtmod.w.d"     "11000 01 01000 ..... 001 ..... 1010011" TO_INT_ZERO FpToInt;

            // Zba

            /// Adds the low word, zero-extended.
            AddUw         "add.uw"          "0000100 ..... ..... 000 ..... 0111011" R Alu;
            /// Shifts left by 1 and adds.
            Sh1add        "sh1add"          "0010000 ..... ..... 010 ..... 0110011" R AluCompound;
            /// Shifts left by 2 and adds.
            Sh2add        "sh2add"          "0010000 ..... ..... 100 ..... 0110011" R AluCompound;
            /// Shifts left by 3 and adds.
            Sh3add        "sh3add"          "0010000 ..... ..... 110 ..... 0110011" R AluCompound;
            /// Shifts the low word left by 1 and adds.
            Sh1addUw      "sh1add.uw"       "0010000 ..... ..... 010 ..... 0111011" R AluCompound;
            /// Shifts the low word left by 2 and adds.
            Sh2addUw      "sh2add.uw"       "0010000 ..... ..... 100 ..... 0111011" R AluCompound;
            /// Shifts the low word left by 3 and adds.
            Sh3addUw      "sh3add.uw"       "0010000 ..... ..... 110 ..... 0111011" R AluCompound;
            /// Shifts the low word left.
            SlliUw        "slli.uw"         "000010 ...... ..... 001 ..... 0011011" SHIFT Alu;

            // Zbb

            /// And with the complement.
            Andn          "andn"            "0100000 ..... ..... 111 ..... 0110011" R Alu;
            /// Or with the complement.
            Orn           "orn"             "0100000 ..... ..... 110 ..... 0110011" R Alu;
            /// Exclusive nor.
            Xnor          "xnor"            "0100000 ..... ..... 100 ..... 0110011" R Alu;
            /// Counts leading zeros.
            Clz           "clz"             "0110000 00000 ..... 001 ..... 0010011" UNARY Alu;
            /// Counts trailing zeros.
            Ctz           "ctz"             "0110000 00001 ..... 001 ..... 0010011" UNARY Alu;
            /// Counts ones.
            Cpop          "cpop"            "0110000 00010 ..... 001 ..... 0010011" UNARY AluCompound;
            /// Counts leading zeros of a word.
            Clzw          "clzw"            "0110000 00000 ..... 001 ..... 0011011" UNARY Alu;
            /// Counts trailing zeros of a word.
            Ctzw          "ctzw"            "0110000 00001 ..... 001 ..... 0011011" UNARY Alu;
            /// Counts ones of a word.
            Cpopw         "cpopw"           "0110000 00010 ..... 001 ..... 0011011" UNARY AluCompound;
            /// Sign-extends a byte.
            SextB         "sext.b"          "0110000 00100 ..... 001 ..... 0010011" UNARY Alu;
            /// Sign-extends a halfword.
            SextH         "sext.h"          "0110000 00101 ..... 001 ..... 0010011" UNARY Alu;
            /// Zero-extends a halfword.
            ZextH         "zext.h"          "0000100 00000 ..... 100 ..... 0111011" UNARY Alu;
            /// Maximum, signed.
            Max           "max"             "0000101 ..... ..... 110 ..... 0110011" R Alu;
            /// Maximum, unsigned.
            Maxu          "maxu"            "0000101 ..... ..... 111 ..... 0110011" R Alu;
            /// Minimum, signed.
            Min           "min"             "0000101 ..... ..... 100 ..... 0110011" R Alu;
            /// Minimum, unsigned.
            Minu          "minu"            "0000101 ..... ..... 101 ..... 0110011" R Alu;
            /// Rotates left.
            Rol           "rol"             "0110000 ..... ..... 001 ..... 0110011" R Alu;
            /// Rotates right.
            Ror           "ror"             "0110000 ..... ..... 101 ..... 0110011" R Alu;
            /// Rotates right by an immediate.
            Rori          "rori"            "011000 ...... ..... 101 ..... 0010011" SHIFT Alu;
            /// Rotates a word left.
            Rolw          "rolw"            "0110000 ..... ..... 001 ..... 0111011" R Alu;
            /// Rotates a word right.
            Rorw          "rorw"            "0110000 ..... ..... 101 ..... 0111011" R Alu;
            /// Rotates a word right by an immediate.
            Roriw         "roriw"           "0110000 ..... ..... 101 ..... 0011011" SHIFT_W Alu;
            /// Fills each byte that is not zero with ones.
            OrcB          "orc.b"           "0010100 00111 ..... 101 ..... 0010011" UNARY Alu;
            /// Reverses the bytes.
            Rev8          "rev8"            "0110101 11000 ..... 101 ..... 0010011" UNARY Alu;

            // Zbs

            /// Clears a bit.
            Bclr          "bclr"            "0100100 ..... ..... 001 ..... 0110011" R Alu;
            /// Clears a bit that an immediate names.
            Bclri         "bclri"           "010010 ...... ..... 001 ..... 0010011" SHIFT Alu;
            /// Extracts a bit.
            Bext          "bext"            "0100100 ..... ..... 101 ..... 0110011" R Alu;
            /// Extracts a bit that an immediate names.
            Bexti         "bexti"           "010010 ...... ..... 101 ..... 0010011" SHIFT Alu;
            /// Inverts a bit.
            Binv          "binv"            "0110100 ..... ..... 001 ..... 0110011" R Alu;
            /// Inverts a bit that an immediate names.
            Binvi         "binvi"           "011010 ...... ..... 001 ..... 0010011" SHIFT Alu;
            /// Sets a bit.
            Bset          "bset"            "0010100 ..... ..... 001 ..... 0110011" R Alu;
            /// Sets a bit that an immediate names.
            Bseti         "bseti"           "001010 ...... ..... 001 ..... 0010011" SHIFT Alu;

            // Zbc

            /// Multiplies without carries: low half.
            Clmul         "clmul"           "0000101 ..... ..... 001 ..... 0110011" R Mul;
            /// Multiplies without carries: reversed.
            Clmulr        "clmulr"          "0000101 ..... ..... 010 ..... 0110011" R Mul;
            /// Multiplies without carries: high half.
            Clmulh        "clmulh"          "0000101 ..... ..... 011 ..... 0110011" R Mul;

            // Zicond

            /// Zero if the condition is zero.
            CzeroEqz      "czero.eqz"       "0000111 ..... ..... 101 ..... 0110011" R Alu;
            /// Zero if the condition is not zero.
            CzeroNez      "czero.nez"       "0000111 ..... ..... 111 ..... 0110011" R Alu;

            // Zicbom, Zicboz

            /// Invalidates a cache block.
            CboInval      "cbo.inval"       "000000000000 ..... 010 00000 0001111" BLOCK CacheOp;
            /// Cleans a cache block.
            CboClean      "cbo.clean"       "000000000001 ..... 010 00000 0001111" BLOCK CacheOp;
            /// Flushes a cache block.
            CboFlush      "cbo.flush"       "000000000010 ..... 010 00000 0001111" BLOCK CacheOp;
            /// Zeroes a cache block.
            CboZero       "cbo.zero"        "000000000100 ..... 010 00000 0001111" BLOCK CacheOp;

            // Zawrs

            /// Waits for a store to the reserved location.
            WrsNto        "wrs.nto"         "0000000 01101 00000 000 00000 1110011" NONE Hint;
            /// Waits for a store to the reserved location, for a short time.
            WrsSto        "wrs.sto"         "0000000 11101 00000 000 00000 1110011" NONE Hint;

            // Zacas

            /// Compares and swaps a word.
            AmocasW       "amocas.w"        "00101 . . ..... ..... 010 ..... 0101111" CAS Atomic;
            /// Compares and swaps a doubleword.
            AmocasD       "amocas.d"        "00101 . . ..... ..... 011 ..... 0101111" CAS Atomic;
            /// Compares and swaps a quadword; registers come in even pairs.
            AmocasQ       "amocas.q"        "00101 . . ....0 ..... 100 ....0 0101111" CAS_PAIR Atomic;

            // Zabha

            /// Exchanges with a byte of memory.
            AmoswapB      "amoswap.b"       "00001 . . ..... ..... 000 ..... 0101111" AMO Atomic;
            /// Adds to a byte of memory.
            AmoaddB       "amoadd.b"        "00000 . . ..... ..... 000 ..... 0101111" AMO Atomic;
            /// Exclusive or into a byte of memory.
            AmoxorB       "amoxor.b"        "00100 . . ..... ..... 000 ..... 0101111" AMO Atomic;
            /// And into a byte of memory.
            AmoandB       "amoand.b"        "01100 . . ..... ..... 000 ..... 0101111" AMO Atomic;
            /// Or into a byte of memory.
            AmoorB        "amoor.b"         "01000 . . ..... ..... 000 ..... 0101111" AMO Atomic;
            /// Minimum, signed, into a byte of memory.
            AmominB       "amomin.b"        "10000 . . ..... ..... 000 ..... 0101111" AMO Atomic;
            /// Maximum, signed, into a byte of memory.
            AmomaxB       "amomax.b"        "10100 . . ..... ..... 000 ..... 0101111" AMO Atomic;
            /// Minimum, unsigned, into a byte of memory.
            AmominuB      "amominu.b"       "11000 . . ..... ..... 000 ..... 0101111" AMO Atomic;
            /// Maximum, unsigned, into a byte of memory.
            AmomaxuB      "amomaxu.b"       "11100 . . ..... ..... 000 ..... 0101111" AMO Atomic;
            /// Compares and swaps a byte.
            AmocasB       "amocas.b"        "00101 . . ..... ..... 000 ..... 0101111" CAS Atomic;
            /// Exchanges with a halfword of memory.
            AmoswapH      "amoswap.h"       "00001 . . ..... ..... 001 ..... 0101111" AMO Atomic;
            /// Adds to a halfword of memory.
            AmoaddH       "amoadd.h"        "00000 . . ..... ..... 001 ..... 0101111" AMO Atomic;
            /// Exclusive or into a halfword of memory.
            AmoxorH       "amoxor.h"        "00100 . . ..... ..... 001 ..... 0101111" AMO Atomic;
            /// And into a halfword of memory.
            AmoandH       "amoand.h"        "01100 . . ..... ..... 001 ..... 0101111" AMO Atomic;
            /// Or into a halfword of memory.
            AmoorH        "amoor.h"         "01000 . . ..... ..... 001 ..... 0101111" AMO Atomic;
            /// Minimum, signed, into a halfword of memory.
            AmominH       "amomin.h"        "10000 . . ..... ..... 001 ..... 0101111" AMO Atomic;
            /// Maximum, signed, into a halfword of memory.
            AmomaxH       "amomax.h"        "10100 . . ..... ..... 001 ..... 0101111" AMO Atomic;
            /// Minimum, unsigned, into a halfword of memory.
            AmominuH      "amominu.h"       "11000 . . ..... ..... 001 ..... 0101111" AMO Atomic;
            /// Maximum, unsigned, into a halfword of memory.
            AmomaxuH      "amomaxu.h"       "11100 . . ..... ..... 001 ..... 0101111" AMO Atomic;
            /// Compares and swaps a halfword.
            AmocasH       "amocas.h"        "00101 . . ..... ..... 001 ..... 0101111" CAS Atomic;

            // Svinval

            /// Invalidates translations, between the two fences that follow.
            SinvalVma     "sinval.vma"      "0001011 ..... ..... 000 00000 1110011" SFENCE TlbOp;
            /// Orders stores to page tables before later invalidations.
            SfenceWInval  "sfence.w.inval"  "0001100 00000 00000 000 00000 1110011" NONE TlbOp;
            /// Orders invalidations before later translations.
            SfenceInvalIr "sfence.inval.ir" "0001100 00001 00000 000 00000 1110011" NONE TlbOp;
        }
    };
}
pub(super) use for_each_insn;

/// One instruction of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The instruction.
    pub op: Op,
    /// Its mnemonic.
    pub mnemonic: &'static str,
    /// Its encoding.
    pub pattern: Pattern,
    /// Its operands.
    pub format: Format,
    /// Its timing class, where that depends on the instruction alone.
    pub class: Class,
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident $mnemonic:literal $drawing:literal $format:ident $class:ident;)*) => {
        &[$(Row {
            op: Op::$name,
            mnemonic: $mnemonic,
            pattern: Pattern::parse($drawing, 32),
            format: format::$format,
            class: Class::$class,
        }),*]
    };
}

/// The table, indexed by [`Op`].
pub const ROWS: &[Row] = for_each_insn!(rows);

#[allow(long_running_const_eval)]
const _: () = {
    let mut patterns = [ROWS[0].pattern; ROWS.len()];
    let mut i = 0;
    while i < ROWS.len() {
        patterns[i] = ROWS[i].pattern;
        assert!(patterns[i].mask & 3 == 3 && patterns[i].bits & 3 == 3, "a 32-bit instruction ends with 11");
        i += 1;
    }
    assert_disjoint(&patterns);
};
