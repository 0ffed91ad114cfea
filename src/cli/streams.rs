//! Standard input and output as files: without a buffer of their own, and
//! without the lock that comes with it.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use crate::convert;
use crate::formats::InputFile;
use crate::job::interrupt;

/// What users write for standard input or output.
pub(super) fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Opens what the user named for reading, which may be standard input.
pub(super) fn open(path: &Path) -> Result<InputFile, convert::Error> {
    let (name, file) = if is_dash(path) {
        ("standard input".to_owned(), stdin())
    } else {
        (path.display().to_string(), File::open(path))
    };
    file.and_then(|file| InputFile::new(file, name.clone()))
        .map(|file| file.stopped_by(interrupt::asked))
        .map_err(|cause| convert::Error::read(&name, cause))
}

fn stdin() -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
    }
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle;
        Ok(io::stdin().as_handle().try_clone_to_owned()?.into())
    }
}

/// Standard output as a file.
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

/// Writes a text where the user wants it: to a file, which is replaced at once,
/// or to standard output.
pub(super) fn put(output: &Path, text: &str) -> Result<(), super::Error> {
    if is_dash(output) {
        // Without a complaint where nobody reads on.
        match io::stdout().write_all(text.as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            result => result?,
        }
    } else {
        crate::files::replace(output, text.as_bytes())?;
    }
    Ok(())
}
