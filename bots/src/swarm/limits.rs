//! What the system allows, and what it has counted.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};

/// Makes sure that `wanted` descriptors can be open, raising the soft limit as far as the hard one allows.
///
/// # Errors
/// How many can be open, when that is fewer.
pub fn allow_descriptors(wanted: u64) -> Result<(), u64> {
    let limit = getrlimit(Resource::Nofile);
    let is_enough = |limit: Option<u64>| limit.is_none_or(|limit| limit >= wanted);
    if is_enough(limit.current) {
        return Ok(());
    }
    let raised = if is_enough(limit.maximum) {
        Some(wanted)
    } else {
        limit.maximum
    };
    let was_raised = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: raised,
            maximum: limit.maximum,
        },
    )
    .is_ok();
    if was_raised && is_enough(raised) {
        return Ok(());
    }
    Err(if was_raised { raised } else { limit.current }.unwrap_or(u64::MAX))
}

/// Processor time this process has taken so far, in seconds, all threads.
pub(super) fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_holds_is_left_alone_and_an_impossible_one_is_told() {
        assert_eq!(allow_descriptors(8), Ok(()));
        if let Some(most) = getrlimit(Resource::Nofile).maximum {
            assert_eq!(allow_descriptors(most + 1), Err(most));
        }
    }

    #[test]
    fn work_takes_processor_time() {
        let before = cpu_seconds();
        let sum = (0..20_000_000_u64).fold(0, |sum: u64, n| sum.wrapping_mul(31) ^ n);
        assert!(std::hint::black_box(sum) != 1 && cpu_seconds() > before);
    }
}
