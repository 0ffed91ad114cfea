//! What clap has to say: help, versions, and what is wrong with the arguments.

use std::env;

use clap::Command;

use super::output::{print, say};
use super::{Error, Outcome};

/// Prints help or a version to standard output, and says an error. Gives the
/// outcome of help.
///
/// # Errors
///
/// If standard output cannot be written to.
pub(super) fn tell(error: &clap::Error, command: &mut Command) -> Result<Outcome, Error> {
    if !error.use_stderr() {
        print(&error.render().ansi().to_string())?;
        return Ok(Outcome::Done);
    }
    // Arguments may be anything, and errors quote them: what is wrong is told
    // of the arguments as they can be seen.
    let seen = env::args_os().map(|word| plainfigures::visible(&word.to_string_lossy()));
    let of_seen = command.try_get_matches_from_mut(seen).err();
    say(of_seen
        .as_ref()
        .unwrap_or(error)
        .render()
        .to_string()
        .trim_end());
    Ok(Outcome::WrongUsage)
}
