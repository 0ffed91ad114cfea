//! Standard input as a file: without a buffer of its own, and without the lock
//! that comes with it.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::convert;
use crate::files::shown;
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
        (shown(path), File::open(path))
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
