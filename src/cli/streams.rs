//! Standard input and output as files: without a buffer of their own, and
//! without the lock that comes with it.

use std::fs::File;
use std::io::{self, Write};

/// What users write for standard input or output.
pub(super) fn is_dash(path: &std::path::Path) -> bool {
    path.as_os_str() == "-"
}

pub(super) fn stdin() -> io::Result<File> {
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
pub(super) fn put(output: &std::path::Path, text: &str) -> Result<(), super::Error> {
    if is_dash(output) {
        // Without a complaint where nobody reads on.
        match io::stdout().write_all(text.as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            result => result?,
        }
    } else {
        crate::results::replace(output, text.as_bytes())?;
    }
    Ok(())
}
