//! Files whose names this program chooses: locks, data, sums, runs.
//!
//! Somebody else may have put something of that name there. It is opened without
//! following a link at the end of the path (links of folders are followed),
//! without waiting for the other end of a pipe, and without truncating anything.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Opens such a file for reading.
///
/// # Errors
///
/// If it cannot be opened, or is a link or no regular file.
pub(crate) fn open_ours(path: &Path) -> io::Result<File> {
    open(File::options().read(true), path)
}

/// The content of such a file.
///
/// # Errors
///
/// As [`open_ours`], or if it cannot be read.
pub(crate) fn read_ours(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    open_ours(path)?.read_to_end(&mut content)?;
    Ok(content)
}

/// Opens such a file for being locked, made if need be. What is in it stays.
///
/// # Errors
///
/// If it cannot be opened or made, or is a link or no regular file.
pub(crate) fn lock_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    open(options.write(true).create(true).truncate(false), path)
}

/// Whether there is a regular file of this name: one that may be ours.
pub(crate) fn is_ours(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|there| there.is_file())
}

/// Opens whatever is at `path`, but no link, for a look at its lock.
pub(super) fn open_any(path: &Path) -> io::Result<File> {
    open_unfollowed(File::options().read(true), path)
}

fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let file = open_unfollowed(options, path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(foreign("it is no regular file"))
    }
}

#[cfg(unix)]
fn open_unfollowed(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;

    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let opened = options.custom_flags(flags.bits().cast_signed()).open(path);
    opened.map_err(|error| match error.raw_os_error() {
        Some(code) if code == rustix::io::Errno::LOOP.raw_os_error() => foreign("it is a link"),
        // A pipe that nobody reads.
        Some(code) if code == rustix::io::Errno::NXIO.raw_os_error() => {
            foreign("it is no regular file")
        }
        _ => error,
    })
}

#[cfg(not(unix))]
fn open_unfollowed(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    if fs::symlink_metadata(path).is_ok_and(|there| there.is_symlink()) {
        return Err(foreign("it is a link"));
    }
    options.open(path)
}

/// Something that this program did not make has the name of one of its files.
fn foreign(what: &str) -> io::Error {
    io::Error::other(format!(
        "{what}, and only a file of picklebench's own belongs there; move it away"
    ))
}
