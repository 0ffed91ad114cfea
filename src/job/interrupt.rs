//! Ctrl-C: the run ends at the next quiet moment and cleans up behind itself.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use thiserror::Error;

static ASKED: AtomicBool = AtomicBool::new(false);

/// Exit code of a process that an interrupt ended, as shells have it.
pub const EXIT_CODE: u8 = 130;

/// The user wants it to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("interrupted; nothing was left half written")]
pub struct Interrupted;

/// Takes over Ctrl-C (and SIGTERM, SIGHUP) for the rest of the process's life.
/// A second one ends the process at once.
pub fn install() {
    let handler = || {
        if ASKED.swap(true, SeqCst) {
            process::exit(i32::from(EXIT_CODE));
        }
    };
    // It only fails where a handler is installed already: a program that has
    // its own keeps it.
    let _ = ctrlc::set_handler(handler);
}

/// Whether an interrupt came.
#[must_use]
pub fn asked() -> bool {
    ASKED.load(SeqCst)
}

/// For long loops: an error once an interrupt came.
///
/// # Errors
///
/// [`Interrupted`].
pub fn check() -> Result<(), Interrupted> {
    if asked() { Err(Interrupted) } else { Ok(()) }
}
