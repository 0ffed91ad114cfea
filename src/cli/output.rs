//! What a command writes: data to standard output or to what the user named,
//! messages to standard error. Every command writes through this file.

use std::env;
use std::fmt::{Display, Write as _};
use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};

use crate::files::{shown, write_hint, write_output};

use super::Error;

/// What messages call it.
pub(super) const STDOUT: &str = "standard output";

/// What users write for standard input or output.
pub(super) fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// Standard output as a file: without a buffer of its own, and without the lock
/// that comes with it.
///
/// # Errors
///
/// If it is closed, or the system has no handle left.
pub(super) fn stdout() -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
    }
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle;
        Ok(io::stdout().as_handle().try_clone_to_owned()?.into())
    }
}

/// Prints a text, with its colours where those belong. Whoever reads it may have
/// enough before its end, as `head` does.
///
/// # Errors
///
/// If it cannot be written.
pub(super) fn print(text: &str) -> Result<(), Error> {
    print_next(text).map(|_| ())
}

/// Whether somebody reads standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hearing {
    On,
    /// Whoever read it had enough, as `head` has.
    Enough,
}

/// As [`print`]; tells whether it makes sense to print more.
///
/// # Errors
///
/// As [`print`].
pub(super) fn print_next(text: &str) -> Result<Hearing, Error> {
    let write = || {
        let choice = anstream::AutoStream::choice(&io::stdout());
        let mut output = anstream::AutoStream::new(stdout()?, choice);
        output.write_all(text.as_bytes())?;
        output.flush()
    };
    or_enough(write())
}

/// As [`print`], with the end of a line.
///
/// # Errors
///
/// As [`print`].
pub(super) fn print_line(text: &str) -> Result<(), Error> {
    print(&format!("{text}\n"))
}

/// Prints a text as it is, whatever is in it.
///
/// # Errors
///
/// If it cannot be written.
pub(super) fn print_raw(content: &[u8]) -> Result<(), Error> {
    or_enough(stdout().and_then(|mut output| output.write_all(content))).map(|_| ())
}

/// Prints the path of a file: as it is for a program, fit to be seen in a
/// terminal.
///
/// # Errors
///
/// If it cannot be written.
pub(super) fn print_path(path: &Path) -> Result<(), Error> {
    if io::stdout().is_terminal() {
        return print_line(&shown(path));
    }
    let mut line = path.as_os_str().as_encoded_bytes().to_vec();
    line.push(b'\n');
    print_raw(&line)
}

fn or_enough(written: io::Result<()>) -> Result<Hearing, Error> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Hearing::Enough),
        Err(error) => {
            let hint = write_hint(&error);
            Err(format!("cannot write {STDOUT}: {error}{hint}").into())
        }
        Ok(()) => Ok(Hearing::On),
    }
}

/// Writes a text where the user wants it: to what is at a path, or to standard
/// output.
///
/// # Errors
///
/// If it cannot be written there.
pub(super) fn put(output: &Path, text: &str) -> Result<(), Error> {
    if is_dash(output) {
        print_raw(text.as_bytes())
    } else {
        Ok(write_output(output, text.as_bytes())?)
    }
}

/// Says something to the user on standard error. If nobody can hear it, the work
/// goes on.
pub(super) fn say(message: impl Display) {
    tell(None, &message);
}

/// Says what spoils a result.
pub(super) fn warn(message: impl Display) {
    tell(Some((WARNING, "warning:")), &message);
}

/// Says why there is no result.
pub(super) fn say_error(error: impl Display) {
    tell(Some((ERROR, "error:")), &error);
}

/// Whether standard error is a terminal in which lines can be drawn anew: not
/// one that calls itself dumb, or nothing.
pub(super) fn can_draw() -> bool {
    let able = || env::var_os("TERM").is_some_and(|name| !name.is_empty() && name != "dumb");
    io::stderr().is_terminal() && (cfg!(windows) || able())
}

fn tell(label: Option<(Style, &str)>, message: &dyn Display) {
    let mut text = String::new();
    if let Some((style, label)) = label {
        // A String takes all that is written to it.
        let _ = write!(text, "{style}{label}{style:#} ");
    }
    // It may come from anywhere.
    text.push_str(&plainfigures::visible_lines(&message.to_string()));
    text.push('\n');
    let _ = anstream::stderr().write_all(text.as_bytes());
}
