//! Ctrl-C and its like: the run ends at the next quiet moment and cleans up
//! behind itself, or is ended where no quiet moment comes.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use thiserror::Error;

use crate::files::unfinished;

/// The number of the signal that came; 0 for none.
static CAUGHT: AtomicUsize = AtomicUsize::new(0);

/// SIGINT, which is also what Ctrl-C is called where there are no signals.
const INTERRUPT: usize = 2;

/// The user wants it to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("interrupted; nothing was left half written")]
pub struct Interrupted;

/// Exit code of a process that an interrupt ended, as shells have it: 130 after
/// SIGINT, 143 after SIGTERM, 129 after SIGHUP.
#[must_use]
pub fn exit_code() -> u8 {
    let signal = match CAUGHT.load(SeqCst) {
        0 => INTERRUPT,
        signal => signal,
    };
    u8::try_from(128 + signal).unwrap_or(u8::MAX)
}

/// Takes over Ctrl-C (SIGINT, SIGTERM, SIGHUP) for the rest of the process's
/// life. Those that it was told to ignore when it was started, as by nohup, it
/// ignores.
///
/// One is enough: a process that has not come to an end a second later, because
/// nobody reads what it writes, is ended, and so is one that gets another. A
/// process that is out of memory exits with code 2.
///
/// # Errors
///
/// If the system has no handle or thread left for it.
pub fn install() -> io::Result<()> {
    signals::take_over()
}

/// Whether an interrupt came.
#[must_use]
pub fn asked() -> bool {
    CAUGHT.load(SeqCst) != 0
}

/// For long loops: an error once an interrupt came.
///
/// # Errors
///
/// [`Interrupted`].
pub fn check() -> Result<(), Interrupted> {
    if asked() { Err(Interrupted) } else { Ok(()) }
}

#[cfg(unix)]
mod signals {
    use std::fs;
    use std::thread;
    use std::time::{Duration, Instant};

    use std::sync::atomic::AtomicBool;

    use signal_hook::consts::{SIGABRT, SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::{flag, low_level};

    use super::{CAUGHT, exit_code, io, unfinished};

    /// How long a process has to come to an end by itself.
    const GRACE: Duration = Duration::from_secs(1);

    /// How often it is looked whether another signal came in that time.
    const GLANCE: Duration = Duration::from_millis(10);

    /// The thread calls little: the smallest stack that the system gives.
    const STACK_BYTES: usize = 64 << 10;

    /// Exit code of a process that the standard library aborts, having said why:
    /// there is no memory for it.
    const ABORTED: i32 = 2;
    static ALWAYS: AtomicBool = AtomicBool::new(true);

    pub(super) fn take_over() -> io::Result<()> {
        flag::register_conditional_shutdown(SIGABRT, ABORTED, &ALWAYS)?;
        let ignored = ignored();
        let taken =
            [SIGINT, SIGTERM, SIGHUP].map(|signal| (ignored >> (signal - 1) & 1 == 0, signal));
        let taken = taken.iter().filter(|(taken, _)| *taken);
        let taken: Vec<i32> = taken.map(|(_, signal)| *signal).collect();
        for signal in &taken {
            // At once, by whoever the signal interrupts.
            flag::register_usize(*signal, &CAUGHT, signal.unsigned_abs() as usize)?;
        }
        let mut signals = Signals::new(taken)?;
        let thread = thread::Builder::new().stack_size(STACK_BYTES);
        thread.spawn(move || {
            if signals.forever().next().is_none() {
                return;
            }
            let clock = Instant::now();
            while clock.elapsed() < GRACE && signals.pending().next().is_none() {
                thread::sleep(GLANCE);
            }
            unfinished::remove_own();
            low_level::exit(exit_code().into());
        })?;
        Ok(())
    }

    /// The signals that are ignored, as Linux tells it: a bit for each, the
    /// first for signal 1. Where it is not told, none.
    fn ignored() -> u64 {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        line.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok())
            .unwrap_or(0)
    }
}

#[cfg(not(unix))]
mod signals {
    use std::process;

    use super::{CAUGHT, INTERRUPT, SeqCst, exit_code, io, unfinished};

    pub(super) fn take_over() -> io::Result<()> {
        let handler = || {
            if CAUGHT.swap(INTERRUPT, SeqCst) != 0 {
                unfinished::remove_own();
                process::exit(exit_code().into());
            }
        };
        // It only fails where a handler is installed already: a program that
        // has its own keeps it.
        let _ = ctrlc::set_handler(handler);
        Ok(())
    }
}
