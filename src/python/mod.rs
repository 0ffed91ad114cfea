//! Pythons that the user has, and the way a script is run in one.
//!
//! - `interpreter.rs`: which Pythons there are, and which cannot answer;
//!   `identity.py`: what each is asked.
//! - `script.rs`: a script in an interpreter: what it is told and answers;
//!   `process.py`: what every script begins with.
//!
//! Python runs with the C library's own settings, as users run it; the suite's
//! workers do not. Whether memory goes back to the system depends on them.

mod interpreter;
mod script;

pub use interpreter::Python;
pub(crate) use interpreter::find;
pub(crate) use script::{Answer, Script};
