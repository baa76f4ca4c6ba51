//! Random loops: instructions of a few groups, with random registers.

/// A loop.
#[derive(Clone, Debug)]
pub struct Loop {
    /// Its instructions, and the group of each.
    pub instructions: Vec<(&'static str, String)>,
}

impl Loop {
    /// As a snippet's code.
    pub fn code(&self) -> String {
        self.instructions.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("; ")
    }

    /// The same without one instruction.
    pub fn without(&self, i: usize) -> Loop {
        let mut shorter = self.clone();
        shorter.instructions.remove(i);
        shorter
    }

    /// Groups that its instructions are of, each once.
    pub fn groups(&self) -> Vec<&'static str> {
        let mut groups: Vec<_> = self.instructions.iter().map(|(group, _)| *group).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }
}

/// Forms of one group. `%d` is a register written, `%s` one read, `%D` and `%S` the same of floating point, `%a` one that holds an
/// address, `%k` a small number, `%o` an offset to store at and `%l` one to load from, behind the
/// doubleword that holds the address.
pub struct Group {
    pub name: &'static str,
    /// How often it is taken.
    pub weight: u64,
    pub forms: &'static [&'static str],
}

const fn group(name: &'static str, weight: u64, forms: &'static [&'static str]) -> Group {
    Group { name, weight, forms }
}

/// RV64GC. t6 is zero, so that an address may depend on anything and stay the same.
#[rustfmt::skip]
pub const RISCV: &[Group] = &[
    group("alu", 6, &[
        "add a%d,a%s,a%s", "sub a%d,a%s,a%s", "xor a%d,a%s,a%s", "or a%d,a%s,a%s", "and a%d,a%s,a%s", "addi a%d,a%s,%k", "andi a%d,a%s,%k",
        "xori a%d,a%s,%k", "li a%d,%k", "mv a%d,a%s", "lui a%d,%k", "slt a%d,a%s,a%s", "sltu a%d,a%s,a%s", "sltiu a%d,a%s,%k",
        "addw a%d,a%s,a%s", "subw a%d,a%s,a%s", "addiw a%d,a%s,%k",
    ]),
    group("shift", 3, &[
        "slli a%d,a%s,%k", "srli a%d,a%s,%k", "srai a%d,a%s,%k", "sll a%d,a%s,a%s", "srl a%d,a%s,a%s", "sra a%d,a%s,a%s",
        "slliw a%d,a%s,%k", "srlw a%d,a%s,a%s", "sraiw a%d,a%s,%k",
    ]),
    group("mul", 2, &["mul a%d,a%s,a%s", "mulh a%d,a%s,a%s", "mulhu a%d,a%s,a%s", "mulhsu a%d,a%s,a%s"]),
    group("mulw", 1, &["mulw a%d,a%s,a%s"]),
    group("div", 1, &["div a%d,a%s,a%s", "divu a%d,a%s,a%s", "rem a%d,a%s,a%s", "remu a%d,a%s,a%s"]),
    group("divw", 1, &["divw a%d,a%s,a%s", "remuw a%d,a%s,a%s"]),
    group("load", 4, &["ld a%d,%l(s%a)", "lw a%d,%l(s%a)", "lwu a%d,%l(s%a)", "lh a%d,%l(s%a)", "lhu a%d,%l(s%a)", "lb a%d,%l(s%a)", "lbu a%d,%l(s%a)"]),
    group("chase", 2, &["ld s%a,0(s%a)"]),
    group("address", 1, &["and t5,a%s,t6; add s%a,s%a,t5", "addi s%a,s%a,0"]),
    group("store", 3, &["sd a%s,%o(s%a)", "sw a%s,%o(s%a)", "sh a%s,%o(s%a)", "sb a%s,%o(s%a)"]),
    group("branch", 1, &["bne t6,zero,.+12", "bltu t6,zero,.+12"]),
    group("fload", 2, &["fld fa%D,0(s%a)", "flw fa%D,0(s%a)"]),
    group("fstore", 1, &["fsd fa%S,%o(s%a)", "fsw fa%S,%o(s%a)"]),
    group("fadd.d", 2, &["fadd.d fa%D,fa%S,fa%S", "fsub.d fa%D,fa%S,fa%S"]),
    group("fadd.s", 2, &["fadd.s fa%D,fa%S,fa%S", "fsub.s fa%D,fa%S,fa%S"]),
    group("fmul.d", 1, &["fmul.d fa%D,fa%S,fa%S"]),
    group("fmul.s", 1, &["fmul.s fa%D,fa%S,fa%S"]),
    group("fma.d", 1, &["fmadd.d fa%D,fa%S,fa%S,fa%S", "fnmsub.d fa%D,fa%S,fa%S,fa%S"]),
    group("fma.s", 1, &["fmadd.s fa%D,fa%S,fa%S,fa%S", "fnmsub.s fa%D,fa%S,fa%S,fa%S"]),
    group("fdiv", 1, &["fdiv.d fa%D,fa%S,fa%S", "fdiv.s fa%D,fa%S,fa%S", "fsqrt.d fa%D,fa%S", "fsqrt.s fa%D,fa%S"]),
    group("fsgnj", 1, &["fsgnj.d fa%D,fa%S,fa%S", "fsgnjx.s fa%D,fa%S,fa%S", "fmv.d fa%D,fa%S"]),
    group("fmin", 1, &["fmin.d fa%D,fa%S,fa%S", "fmax.s fa%D,fa%S,fa%S"]),
    group("fcmp", 1, &["feq.d a%d,fa%S,fa%S", "flt.s a%d,fa%S,fa%S"]),
    group("fclass", 1, &["fclass.d a%d,fa%S"]),
    group("fcvt", 1, &["fcvt.d.s fa%D,fa%S", "fcvt.s.d fa%D,fa%S"]),
    group("fcvt.f.i", 1, &["fcvt.d.l fa%D,a%s", "fcvt.s.w fa%D,a%s", "fcvt.d.w fa%D,a%s"]),
    group("fcvt.i.f", 1, &["fcvt.l.d a%d,fa%S,rtz", "fcvt.w.s a%d,fa%S,rtz"]),
    group("fmv.x", 1, &["fmv.x.d a%d,fa%S", "fmv.x.w a%d,fa%S"]),
    group("fmv.f", 1, &["fmv.d.x fa%D,a%s", "fmv.w.x fa%D,a%s"]),
];

/// Zba and Zbb.
#[rustfmt::skip]
pub const RISCV_B: &[Group] = &[
    group("shadd", 2, &["sh1add a%d,a%s,a%s", "sh2add a%d,a%s,a%s", "sh3add a%d,a%s,a%s"]),
    group("shadd.uw", 1, &["sh1add.uw a%d,a%s,a%s", "sh2add.uw a%d,a%s,a%s", "add.uw a%d,a%s,a%s", "slli.uw a%d,a%s,%k"]),
    group("zbb logic", 1, &["andn a%d,a%s,a%s", "orn a%d,a%s,a%s", "xnor a%d,a%s,a%s"]),
    group("min", 1, &["min a%d,a%s,a%s", "maxu a%d,a%s,a%s"]),
    group("rotate", 1, &["rol a%d,a%s,a%s", "ror a%d,a%s,a%s", "rori a%d,a%s,%k", "rolw a%d,a%s,a%s"]),
    group("extend", 1, &["sext.b a%d,a%s", "sext.h a%d,a%s", "zext.h a%d,a%s"]),
    group("count", 1, &["clz a%d,a%s", "ctz a%d,a%s", "cpop a%d,a%s", "clzw a%d,a%s"]),
    group("rev", 1, &["rev8 a%d,a%s", "orc.b a%d,a%s"]),
    group("single bit", 1, &["bset a%d,a%s,a%s", "bclri a%d,a%s,%k", "bext a%d,a%s,a%s", "binvi a%d,a%s,%k"]),
];

/// Armv8.0 with Advanced SIMD. x6 is zero.
#[rustfmt::skip]
pub const AARCH64: &[Group] = &[
    group("alu", 6, &[
        "add x%d,x%s,x%s", "sub x%d,x%s,x%s", "eor x%d,x%s,x%s", "orr x%d,x%s,x%s", "and w%d,w%s,w%s", "bic x%d,x%s,x%s", "add x%d,x%s,#%k",
        "sub w%d,w%s,#%k", "and x%d,x%s,#0xff", "orr x%d,x%s,#1", "mov x%d,#%k", "movk x%d,#%k,lsl #16", "mov x%d,x%s", "neg x%d,x%s",
        "add w%d,w%s,w%s", "mvn x%d,x%s", "adr x%d,.+16",
    ]),
    group("flags", 1, &["adds x%d,x%s,x%s", "subs w%d,w%s,#%k", "cmp x%s,x%s", "tst x%s,x%s", "cmn x%s,#%k"]),
    group("carry", 1, &["adc x%d,x%s,x%s", "sbc x%d,x%s,x%s"]),
    group("select", 2, &["csel x%d,x%s,x%s,eq", "csinc x%d,x%s,x%s,ne", "cset x%d,lt", "csneg w%d,w%s,w%s,hi"]),
    group("ccmp", 1, &["ccmp x%s,x%s,#0,ne", "ccmp x%s,#%k,#4,eq"]),
    group("shift", 2, &["lsl x%d,x%s,#%k", "lsr x%d,x%s,#%k", "asr w%d,w%s,#%k", "ror x%d,x%s,#%k"]),
    group("shift register", 2, &["lsl x%d,x%s,x%s", "lsr w%d,w%s,w%s", "asr x%d,x%s,x%s", "ror x%d,x%s,x%s"]),
    group("bit field", 2, &["ubfx x%d,x%s,#%k,#9", "sbfx w%d,w%s,#%k,#7", "bfi x%d,x%s,#%k,#5", "ubfiz x%d,x%s,#%k,#5", "sxtw x%d,w%s", "uxtb w%d,w%s"]),
    group("extr", 1, &["extr x%d,x%s,x%s,#%k"]),
    group("bits", 1, &["clz x%d,x%s", "rbit x%d,x%s", "rev x%d,x%s", "rev16 w%d,w%s", "cls x%d,x%s"]),
    group("shifted", 2, &["add x%d,x%s,x%s,lsl #%k", "sub x%d,x%s,x%s,asr #%k", "eor x%d,x%s,x%s,ror #%k", "and w%d,w%s,w%s,lsr #%k", "orr x%d,x%s,x%s,lsl #%k"]),
    group("extended", 2, &["add x%d,x%s,w%s,uxtw #2", "sub x%d,x%s,w%s,sxtb", "add x%d,x%s,w%s,sxtw"]),
    group("mul", 2, &["mul x%d,x%s,x%s", "mul w%d,w%s,w%s", "mneg x%d,x%s,x%s", "smull x%d,w%s,w%s"]),
    group("mulh", 1, &["smulh x%d,x%s,x%s", "umulh x%d,x%s,x%s"]),
    group("madd", 2, &["madd x%d,x%s,x%s,x%s", "msub w%d,w%s,w%s,w%s", "umaddl x%d,w%s,w%s,x%s"]),
    group("div", 1, &["sdiv x%d,x%s,x%s", "udiv w%d,w%s,w%s"]),
    group("load", 4, &["ldr x%d,[x%a,#%l]", "ldr w%d,[x%a,#%l]", "ldrb w%d,[x%a,#%l]", "ldrsb x%d,[x%a,#%l]", "ldrh w%d,[x%a,#%l]", "ldrsw x%d,[x%a,#%l]", "ldur x%d,[x%a,#%l]"]),
    group("load register", 1, &["ldr x%d,[x%a,x6]", "ldr w%d,[x%a,x6,lsl #2]", "ldr x%d,[x%a,w6,uxtw]", "ldrb w%d,[x%a,x6]"]),
    group("chase", 2, &["ldr x%a,[x%a]"]),
    group("address", 1, &["and x7,x%s,x6; add x%a,x%a,x7", "add x%a,x%a,#0"]),
    group("pair load", 2, &["ldp x%d,x8,[x%a,#%l]", "ldp x8,x%d,[x%a,#%l]"]),
    group("pair load w", 1, &["ldp w%d,w8,[x%a,#%l]"]),
    group("store", 3, &["str x%s,[x%a,#%o]", "str w%s,[x%a,#%o]", "strb w%s,[x%a,#%o]", "strh w%s,[x%a,#%o]"]),
    group("pair store", 1, &["stp x%s,x%s,[x%a,#%o]", "stp w%s,w%s,[x%a,#%o]"]),
    group("moved base", 1, &["ldr x%d,[x%a],#0", "ldr x%d,[x%a,#0]!"]),
    group("branch", 1, &["cbnz x6,.+8", "tbnz x6,#3,.+8"]),
    group("fload", 2, &["ldr d%D,[x%a]", "ldr s%D,[x%a]"]),
    group("qload", 1, &["ldr q%D,[x%a,#48]"]),
    group("fpair load", 1, &["ldp d%D,d8,[x%a,#%l]"]),
    group("fstore", 1, &["str d%S,[x%a,#%o]", "str s%S,[x%a,#%o]", "str q%S,[x%a,#16]"]),
    group("fadd", 2, &["fadd d%D,d%S,d%S", "fsub s%D,s%S,s%S"]),
    group("fmul", 2, &["fmul d%D,d%S,d%S", "fmul s%D,s%S,s%S", "fnmul d%D,d%S,d%S"]),
    group("fma", 2, &["fmadd d%D,d%S,d%S,d%S", "fmsub s%D,s%S,s%S,s%S", "fnmadd d%D,d%S,d%S,d%S"]),
    group("fdiv", 1, &["fdiv d%D,d%S,d%S", "fdiv s%D,s%S,s%S"]),
    group("fsqrt", 1, &["fsqrt d%D,d%S", "fsqrt s%D,s%S"]),
    group("fmin", 1, &["fmin d%D,d%S,d%S", "fmaxnm s%D,s%S,s%S"]),
    group("fmov", 1, &["fmov d%D,d%S", "fabs d%D,d%S", "fneg s%D,s%S"]),
    group("fmov immediate", 1, &["fmov d%D,#1.0"]),
    group("fmov to integer", 1, &["fmov x%d,d%S", "fmov w%d,s%S"]),
    group("fmov from integer", 1, &["fmov d%D,x%s", "fmov s%D,w%s"]),
    group("fcmp", 1, &["fcmp d%S,d%S", "fcmp s%S,#0.0"]),
    group("fcsel", 1, &["fcsel d%D,d%S,d%S,eq"]),
    group("fcvt", 1, &["fcvt d%D,s%S", "fcvt s%D,d%S", "frintz d%D,d%S"]),
    group("fcvt to integer", 1, &["fcvtzs x%d,d%S", "fcvtzu w%d,s%S"]),
    group("fcvt from integer", 1, &["scvtf d%D,x%s", "ucvtf s%D,w%s"]),
    group("vadd", 2, &["add v%D.4s,v%S.4s,v%S.4s", "sub v%D.16b,v%S.16b,v%S.16b", "add v%D.2d,v%S.2d,v%S.2d"]),
    group("vadd 64", 1, &["add v%D.2s,v%S.2s,v%S.2s", "sub v%D.8b,v%S.8b,v%S.8b", "add d%D,d%S,d%S"]),
    group("vlogic", 2, &["and v%D.16b,v%S.16b,v%S.16b", "eor v%D.16b,v%S.16b,v%S.16b", "orr v%D.16b,v%S.16b,v%S.16b"]),
    group("vlogic 64", 1, &["and v%D.8b,v%S.8b,v%S.8b", "eor v%D.8b,v%S.8b,v%S.8b"]),
    group("vcompare", 1, &["cmeq v%D.4s,v%S.4s,v%S.4s", "cmhi v%D.16b,v%S.16b,v%S.16b"]),
    group("vmax", 1, &["umax v%D.16b,v%S.16b,v%S.16b", "smin v%D.8h,v%S.8h,v%S.8h"]),
    group("vshift", 1, &["shl v%D.4s,v%S.4s,#%k", "ushr v%D.4s,v%S.4s,#%k", "sshr v%D.8h,v%S.8h,#3"]),
    group("vmul", 1, &["mul v%D.4s,v%S.4s,v%S.4s", "mul v%D.8h,v%S.8h,v%S.8h"]),
    group("vmla", 1, &["mla v%D.4s,v%S.4s,v%S.4s", "mls v%D.8h,v%S.8h,v%S.8h"]),
    group("vpermute", 1, &["zip1 v%D.16b,v%S.16b,v%S.16b", "trn1 v%D.4s,v%S.4s,v%S.4s", "ext v%D.16b,v%S.16b,v%S.16b,#4", "rev64 v%D.16b,v%S.16b"]),
    group("vdup", 1, &["dup v%D.4s,v%S.s[1]", "dup v%D.4s,w%s"]),
    group("vmov", 1, &["umov w%d,v%S.s[1]", "ins v%D.s[1],w%s", "movi v%D.4s,#1"]),
    group("vfadd", 1, &["fadd v%D.4s,v%S.4s,v%S.4s", "fsub v%D.2d,v%S.2d,v%S.2d"]),
    group("vfmul", 1, &["fmul v%D.4s,v%S.4s,v%S.4s"]),
    group("vfmla", 1, &["fmla v%D.4s,v%S.4s,v%S.4s"]),
];

/// A generator of numbers (SplitMix64).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn pick(&mut self, groups: &[&'static Group]) -> &'static Group {
        let mut left = self.below(groups.iter().map(|group| group.weight).sum());
        for group in groups {
            match left.checked_sub(group.weight) {
                Some(rest) => left = rest,
                None => return group,
            }
        }
        unreachable!("it is less than the sum")
    }

    /// 2 to 12 instructions of one to four groups, on three to six registers of a kind.
    pub fn next_loop(&mut self, groups: &[&'static Group], first_address: u64) -> Loop {
        let chosen: Vec<_> = (0..1 + self.below(4)).map(|_| self.pick(groups)).collect();
        let registers = 3 + self.below(4);
        let length = 2 + self.below(11) as usize;
        let mut instructions = Vec::new();
        while instructions.len() < length {
            let group = self.pick(&chosen);
            let form = group.forms[self.below(group.forms.len() as u64) as usize];
            let mut parts = form.split('%');
            let mut text = parts.next().expect("a part").to_string();
            for part in parts {
                let (kind, rest) = part.split_at(1);
                let number = match kind {
                    "d" | "s" | "D" | "S" => self.below(registers),
                    "a" => first_address + self.below(4),
                    "k" => 1 + self.below(7),
                    "o" => 8 + 8 * self.below(2),
                    "l" => 32 + 8 * self.below(2),
                    _ => panic!("%{kind} in {form}"),
                };
                text += &format!("{number}{rest}");
            }
            instructions.extend(text.split("; ").map(|line| (group.name, line.to_string())));
        }
        Loop { instructions }
    }
}
