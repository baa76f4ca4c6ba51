//! The part of `core` that guest code needs, since guests are built without one.
//!
//! Language items move between compiler releases: all of them stand here, and the toolchain is pinned.

#[lang = "pointee_sized"]
pub trait PointeeSized {}
#[lang = "meta_sized"]
pub trait MetaSized: PointeeSized {}
#[lang = "sized"]
pub trait Sized: MetaSized {}
#[lang = "legacy_receiver"]
pub trait LegacyReceiver {}
impl<T: PointeeSized> LegacyReceiver for &T {}
impl<T: PointeeSized> LegacyReceiver for &mut T {}
#[lang = "destruct"]
pub trait Destruct: PointeeSized {}
#[lang = "copy"]
pub trait Copy {}
#[lang = "sync"]
pub unsafe auto trait Sync {}
#[lang = "freeze"]
unsafe auto trait Freeze {}
impl<T: Copy, const N: usize> Copy for [T; N] {}
impl<T: PointeeSized> Copy for *mut T {}
impl<T: PointeeSized> Copy for *const T {}
impl<T: PointeeSized> Copy for &T {}

macro_rules! op { ($lang:literal $tr:ident $f:ident $op:tt : $($t:ty)*) => {
    #[lang = $lang]
    pub trait $tr<Rhs = Self> { type Output; fn $f(self, r: Rhs) -> Self::Output; }
    $(impl $tr for $t { type Output = $t; #[inline(always)] fn $f(self, r: $t) -> $t { self $op r } })*
} }
op!("add" Add add + : u8 u16 u32 u64 usize i32 i64 isize);
op!("sub" Sub sub - : u8 u16 u32 u64 usize i32 i64 isize);
op!("mul" Mul mul * : u8 u16 u32 u64 usize i32 i64 isize);
op!("bitand" BitAnd bitand & : u8 u16 u32 u64 usize i32 i64 bool);
op!("bitor" BitOr bitor | : u8 u16 u32 u64 usize i32 i64 bool);
op!("bitxor" BitXor bitxor ^ : u8 u16 u32 u64 usize i32 i64 bool);
op!("shl" Shl shl << : u8 u16 u32 u64 usize i32 i64);
op!("shr" Shr shr >> : u8 u16 u32 u64 usize i32 i64);

macro_rules! assign { ($lang:literal $tr:ident $f:ident $op:tt : $($t:ty)*) => {
    #[lang = $lang]
    pub trait $tr<Rhs = Self> { fn $f(&mut self, r: Rhs); }
    $(impl $tr for $t { #[inline(always)] fn $f(&mut self, r: $t) { *self $op r } })*
} }
assign!("add_assign" AddAssign add_assign += : u8 u16 u32 u64 usize i32 i64);
assign!("sub_assign" SubAssign sub_assign -= : u8 u16 u32 u64 usize i32 i64);
assign!("mul_assign" MulAssign mul_assign *= : u8 u16 u32 u64 usize i32 i64);
assign!("bitor_assign" BitOrAssign bitor_assign |= : u8 u16 u32 u64 usize);
assign!("bitxor_assign" BitXorAssign bitxor_assign ^= : u8 u16 u32 u64 usize);
assign!("shl_assign" ShlAssign shl_assign <<= : u8 u16 u32 u64 usize);
assign!("shr_assign" ShrAssign shr_assign >>= : u8 u16 u32 u64 usize i64);

#[lang = "not"]
pub trait Not {
    type Output;
    fn not(self) -> Self::Output;
}
#[lang = "neg"]
pub trait Neg {
    type Output;
    fn neg(self) -> Self::Output;
}
#[lang = "eq"]
pub trait PartialEq<R: PointeeSized = Self> {
    fn eq(&self, o: &R) -> bool;
    fn ne(&self, o: &R) -> bool;
}
#[lang = "partial_ord"]
pub trait PartialOrd<R: PointeeSized = Self> {
    fn lt(&self, o: &R) -> bool;
    fn le(&self, o: &R) -> bool;
    fn gt(&self, o: &R) -> bool;
    fn ge(&self, o: &R) -> bool;
}
macro_rules! ints { ($($t:ty)*) => { $(
    impl Copy for $t {}
    impl Not for $t { type Output = $t; #[inline(always)] fn not(self) -> $t { !self } }
    impl PartialEq for $t {
        #[inline(always)] fn eq(&self, o: &$t) -> bool { *self == *o }
        #[inline(always)] fn ne(&self, o: &$t) -> bool { *self != *o }
    }
    impl PartialOrd for $t {
        #[inline(always)] fn lt(&self, o: &$t) -> bool { *self < *o }
        #[inline(always)] fn le(&self, o: &$t) -> bool { *self <= *o }
        #[inline(always)] fn gt(&self, o: &$t) -> bool { *self > *o }
        #[inline(always)] fn ge(&self, o: &$t) -> bool { *self >= *o }
    }
)* } }
ints!(u8 u16 u32 u64 usize i32 i64 isize bool);
impl Neg for i64 {
    type Output = i64;
    #[inline(always)]
    fn neg(self) -> i64 {
        -self
    }
}
impl<T> PartialEq for *mut T {
    #[inline(always)]
    fn eq(&self, o: &*mut T) -> bool {
        *self == *o
    }
    #[inline(always)]
    fn ne(&self, o: &*mut T) -> bool {
        *self != *o
    }
}
impl<T> PartialEq for *const T {
    #[inline(always)]
    fn eq(&self, o: &*const T) -> bool {
        *self == *o
    }
    #[inline(always)]
    fn ne(&self, o: &*const T) -> bool {
        *self != *o
    }
}

#[lang = "drop_in_place"]
unsafe fn drop_in_place<T: PointeeSized>(_: *mut T) {}

#[rustc_intrinsic]
pub const unsafe fn transmute<Src, Dst>(src: Src) -> Dst;
#[rustc_intrinsic]
pub unsafe fn volatile_load<T>(from: *const T) -> T;
#[rustc_intrinsic]
pub unsafe fn volatile_store<T>(to: *mut T, value: T);

#[rustc_builtin_macro]
#[macro_export]
macro_rules! asm {
    () => {};
}
#[rustc_builtin_macro]
#[macro_export]
macro_rules! concat {
    () => {};
}

/// Notes this place in the section `.marks`: the address of the next instruction and what it is. Costs nothing when it runs; a
/// simulator takes the time there. The numbers are those of `workloads/src/marks.rs`.
#[macro_export]
macro_rules! mark {
    ($kind:expr) => {
        asm!("777:", ".pushsection .marks, \"a\"", ".quad 777b, {}", ".popsection", const $kind)
    };
}

/// A text for the console, ended by a zero byte.
#[macro_export]
macro_rules! text {
    ($text:literal) => {
        concat!($text, "\0") as *const str as *const u8
    };
}
