//! The judge of a call: it sees what the guest's own checks reported, as numbers, and knows nothing of how they came about.

use super::harness::Operation;
use cmodx_sim::verdict::Judge;

/// Judges the reports of all calling harts.
#[derive(Clone, Copy, Debug)]
pub struct CallJudge {
    /// What the patcher does meanwhile.
    pub operation: Operation,
}

const A: u64 = 1 << 1;
const B: u64 = 1 << 2;
/// No tracer was called.
const UNSEEN: u64 = 1;

/// What the tracers' own checks found, by bit (`tracers.rs` in the guest).
const FAULTS: [&str; 5] = [
    "the tracer was called with the ops of another",
    "a freed ops was used",
    "the tracer was told another function",
    "the tracer was told another caller",
    "the tracer was given other arguments",
];

impl CallJudge {
    /// What a call may come to: while the change is made, and after it was announced.
    const fn allowed(self) -> [u64; 2] {
        match self.operation {
            Operation::Enable | Operation::Own | Operation::Matched => [UNSEEN | A, A],
            Operation::Retarget => [A | B, B],
            Operation::Disable | Operation::Free => [UNSEEN | A, UNSEEN],
        }
    }

    /// What is wrong with a call of which this was reported (`Report` in the guest's `drivers/check.rs`).
    pub fn call(self, seen: u64, right: u64) -> Option<&'static str> {
        let byte = |n: u32| seen >> (8 * n) & 0xff;
        let (announced, status, hits, kinds, faults) = (byte(0) & 1, byte(1), byte(2), byte(3), byte(4));
        if let Some(fault) = (0..FAULTS.len()).find(|bit| faults >> bit & 1 != 0) {
            return Some(FAULTS[fault]);
        }
        match status {
            0 => {}
            1 => return Some("a callee-saved register or the stack pointer changed"),
            _ => return Some("the call raised an exception that nothing fixed up"),
        }
        if right == 0 {
            return Some("the function returned something else");
        }
        if hits > 1 {
            return Some("two tracers were called");
        }
        let what = if hits == 0 { UNSEEN } else { kinds };
        if what & !self.allowed()[announced as usize] == 0 {
            return None;
        }
        Some(match (announced, what) {
            (0, UNSEEN) => "no tracer was called, though the function was traced before and after",
            (0, _) => "a tracer was called that is neither the old nor the new one",
            (_, UNSEEN) => "the tracer was missed after the change had returned",
            (_, A) if self.operation == Operation::Retarget => {
                "the old tracer was called after the change had returned"
            }
            (..) => "a tracer was called after the change had returned",
        })
    }
}

impl Judge for CallJudge {
    /// Every call is judged alone.
    fn wrong(&self, _registers: &[Vec<u64>], _memory: &[u128]) -> Option<String> {
        None
    }

    fn wrong_end(&self, hart: usize, report: &[u64]) -> Option<String> {
        let (seen, right) = (report.first()?, report.get(1)?);
        if self.operation == Operation::Matched && report.get(2).is_some_and(|marks| *marks != 0) {
            return Some(format!("hart {hart}: the new instruction led to the ops of before"));
        }
        self.call(*seen, *right).map(|what| format!("hart {hart}: {what}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_judged_by_what_they_came_to() {
        let judge = |operation, seen| CallJudge { operation }.call(seen, 1);
        let (unseen, by_a, by_b) = (0, 1 << 16 | A << 24, 1 << 16 | B << 24);
        for operation in [Operation::Enable, Operation::Disable, Operation::Free] {
            assert_eq!(judge(operation, unseen), None);
            assert_eq!(judge(operation, by_a), None);
            assert!(judge(operation, by_b).is_some());
        }
        assert_eq!(judge(Operation::Retarget, by_a), None);
        assert_eq!(judge(Operation::Retarget, by_b), None);
        assert!(judge(Operation::Retarget, unseen).is_some());
        assert!(judge(Operation::Enable, 1 | unseen).is_some_and(|w| w.contains("missed")));
        assert_eq!(judge(Operation::Enable, 1 | by_a), None);
        assert!(judge(Operation::Retarget, 1 | by_a).is_some_and(|w| w.contains("old tracer")));
        assert_eq!(judge(Operation::Disable, 1 | unseen), None);
        assert!(judge(Operation::Disable, 1 | by_a).is_some());
        assert!(judge(Operation::Enable, by_a | 1 << 33).is_some_and(|w| w.contains("freed")));
        assert!(judge(Operation::Enable, 2 << 8).is_some_and(|w| w.contains("exception")));
        assert!(CallJudge { operation: Operation::Enable }.call(0, 0).is_some());
    }
}
