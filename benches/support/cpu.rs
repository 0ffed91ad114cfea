//! Processor time, for benches that compare: less noisy than the clock on the
//! wall when the machine has other things to do.

/// Seconds that the processor spent on this process so far.
#[cfg(unix)]
pub fn seconds() -> f64 {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Wall-clock time, where the processor's is not to be had.
#[cfg(not(unix))]
pub fn seconds() -> f64 {
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

/// The middle, the least and the most of some ratios.
pub fn spread(mut ratios: Vec<f64>) -> (f64, f64, f64) {
    ratios.sort_by(f64::total_cmp);
    (
        ratios[ratios.len() / 2],
        ratios[0],
        ratios[ratios.len() - 1],
    )
}
