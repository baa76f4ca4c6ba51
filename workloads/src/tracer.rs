//! Kinds of tracer: how a traced call leaves its site, and what runs then.

use crate::images;
use cmodx_sim::loader::Image;
use cmodx_trampolines::catalogue::Scheme;

/// A kind of tracer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tracer {
    /// A function that the scheme's trampoline or the list calls.
    Ops,
    /// A trampoline of the tracer's own, within reach of the site's instruction.
    DirectNear,
    /// The same, out of reach.
    DirectFar,
    /// The same, on sites that an ordinary tracer wants too: the list leaves its target for the trampoline's late branch.
    DirectList,
    /// A function that gets all registers.
    Regs,
    /// Two functions, one that sees calls begin and one that sees them end.
    Graph,
}

impl Tracer {
    /// All kinds.
    pub const ALL: [Tracer; 6] =
        [Tracer::Ops, Tracer::DirectNear, Tracer::DirectFar, Tracer::DirectList, Tracer::Regs, Tracer::Graph];

    /// The name used in results.
    pub const fn name(self) -> &'static str {
        match self {
            Tracer::Ops => "ops",
            Tracer::DirectNear => "direct-near",
            Tracer::DirectFar => "direct-far",
            Tracer::DirectList => "direct-list",
            Tracer::Regs => "regs",
            Tracer::Graph => "graph",
        }
    }

    /// What the guest is told (`guest/params.rs`).
    pub const fn word(self) -> u64 {
        self as u64
    }

    /// Symbols, besides the scheme's own, that a pass through a site may leave for in a concurrent run.
    pub const fn exits(self) -> &'static [&'static str] {
        match self {
            Tracer::DirectNear => &["direct_near_a", "direct_near_b"],
            Tracer::Regs => &["ftrace_regs_trampoline"],
            Tracer::Ops | Tracer::DirectFar | Tracer::DirectList | Tracer::Graph => &[],
        }
    }

    /// The kinds that a scheme takes. Its image says so, as images of schemes that are not in the catalogue do.
    pub fn of(scheme: &Scheme) -> Vec<Tracer> {
        let image = images::image(scheme.arch, scheme.id).and_then(|elf| Image::parse(elf).ok());
        let says = |name: &str| {
            let image = image.as_ref()?;
            image.read_u64(image.symbol(name)?.addr)
        };
        let direct = says("takes_direct_calls").is_some_and(|word| word != 0);
        let regs = says("regs_trampoline").is_some_and(|word| word != 0);
        let takes = |kind: &Tracer| match kind {
            Tracer::Ops => true,
            Tracer::Regs => regs,
            _ => direct,
        };
        Tracer::ALL.into_iter().filter(takes).collect()
    }
}
