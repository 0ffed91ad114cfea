//! Processor time, for tests that bound how long a hostile file may take: the
//! clock on the wall would fail them when the machine has other things to do.

use std::time::Duration;

/// Processor time of this process so far, all threads together.
#[cfg(unix)]
fn seconds() -> f64 {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32).as_secs_f64()
}

/// Wall-clock time, where the processor's is not to be had.
#[cfg(not(unix))]
fn seconds() -> f64 {
    use std::sync::OnceLock;
    use std::time::Instant;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64()
}

/// Seconds that `work` takes.
pub fn of(work: impl FnOnce()) -> f64 {
    let start = seconds();
    work();
    seconds() - start
}
