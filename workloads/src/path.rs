//! The parts of a traced call's path, and what each takes.

use crate::guest_run::Exit;
use cmodx_sim::loader::Image;
use cmodx_sim::oracle::SiteRule;
use cmodx_sim::timed::{Account, Spent};
use std::ops::Range;

/// What the calls of a run took, by part. What is in none of them is the caller's loop and the traced function's body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Path {
    /// The instructions of call sites, a stub of their own included.
    pub site: Spent,
    /// Trampolines and islands.
    pub trampoline: Spent,
    /// The function that walks the list of ops.
    pub list: Spent,
    /// Tracers, and targets of direct calls.
    pub tracer: Spent,
}

/// A part of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Site,
    Trampoline,
    List,
    Tracer,
}

impl Part {
    /// The part that a function of the guest belongs to.
    fn of_symbol(name: &str) -> Option<Part> {
        let within = |names: &[&str]| names.iter().any(|n| name.starts_with(n));
        if within(&["runtime::guest::tracers::", "runtime::guest::ftrace::regs::", "runtime::guest::ftrace::graph::"])
            || within(&["direct_near_", "direct_far_"])
        {
            Some(Part::Tracer)
        } else if within(&["runtime::guest::ftrace::list::", "runtime::guest::ftrace::direct::"]) {
            Some(Part::List)
        } else if name.ends_with("_trampoline") {
            Some(Part::Trampoline)
        } else {
            None
        }
    }
}

/// Where in a guest the parts lie.
#[derive(Clone, Debug)]
pub struct Code(Vec<(Range<u64>, Part)>);

impl Code {
    /// Of a guest with these sites, which may be left for these trampolines.
    pub fn of(image: &Image, sites: &[SiteRule], exits: &[Exit]) -> Code {
        let sites = sites.iter().map(|site| (site.stub.unwrap_or(site.start)..site.end, Part::Site));
        let named = image.symbols.iter().filter(|symbol| symbol.size > 0);
        let named = named.filter_map(|s| Some((s.addr..s.addr.checked_add(s.size)?, Part::of_symbol(&s.readable())?)));
        let exits = exits.iter().filter(|exit| Part::of_symbol(exit.name).is_none());
        let exits = exits.map(|exit| (exit.code.clone(), Part::Trampoline));
        Code(sites.chain(named).chain(exits).collect())
    }

    /// The regions to be counted.
    pub fn regions(&self) -> Vec<Range<u64>> {
        self.0.iter().map(|(region, _)| region.clone()).collect()
    }

    /// What was counted, by part.
    pub fn path(&self, account: &Account) -> Path {
        let mut path = Path::default();
        for (region, spent) in account.regions().iter().filter(|(_, spent)| spent.instructions > 0) {
            // Parts do not overlap, so whichever holds the region's start is the one.
            let part = self.0.iter().find(|(code, _)| code.contains(&region.start)).map(|(_, part)| *part);
            match part {
                Some(Part::Site) => path.site += *spent,
                Some(Part::Trampoline) => path.trampoline += *spent,
                Some(Part::List) => path.list += *spent,
                Some(Part::Tracer) => path.tracer += *spent,
                None => {}
            }
        }
        path
    }
}
