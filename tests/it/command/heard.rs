//! Children of tests hear signals, whatever the tests were started by.

use std::sync::Arc;
use std::sync::Once;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag::register_conditional_default;

/// A child ignores the signals that its parent ignores, and a shell has its jobs in
/// the background ignore SIGINT: a test that sends one would wait for ever. What the
/// parent handles, a child hears; here it does what it does without a handler.
pub fn let_children_hear() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            let always = Arc::new(AtomicBool::new(true));
            register_conditional_default(signal, always).unwrap();
        }
    });
}
