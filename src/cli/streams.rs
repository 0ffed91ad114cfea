//! Standard input as a file: without a buffer of its own, and without the lock
//! that comes with it.

use std::fs::File;
use std::io;
use std::path::Path;

use clap::Args;
use plainfigures::{parse_count, thousands};

use crate::convert;
use crate::files::shown;
use crate::formats::{Expansion, Formats, InputFile, Wanted};
use crate::job::interrupt;

pub(super) use super::output::is_dash;

/// How a command looks into what it reads.
#[derive(Debug, Clone, Args)]
pub(super) struct Looking {
    /// Read this file of a zip archive: of an .npz, or of what PyTorch saves
    #[arg(long, value_name = "NAME")]
    entry: Option<String>,
    /// How many times its size compressed data may grow to; 64 MiB it always may
    #[arg(long, value_name = "TIMES", default_value = "2000", value_parser = parse_count,
          help_heading = "Limits of reading")]
    expand_limit: u64,
}

impl Looking {
    /// Opens what the user named for reading, and looks into it.
    pub(super) fn open(
        &self,
        path: &Path,
        formats: &Formats,
        wanted: Wanted,
    ) -> Result<InputFile, convert::Error> {
        self.look_into(open(path)?, formats, wanted)
    }

    /// Reads through compressed data, takes a file out of an archive, and
    /// refuses what is something else than records.
    pub(super) fn look_into(
        &self,
        input: InputFile,
        formats: &Formats,
        wanted: Wanted,
    ) -> Result<InputFile, convert::Error> {
        let name = input.name().to_owned();
        let expansion = Expansion {
            times: self.expand_limit,
            ..Expansion::default()
        };
        let looked = match &self.entry {
            Some(entry) => input.entry(entry, expansion, formats.is_own(wanted)),
            None => input.look_into(expansion, formats.is_own(wanted)),
        };
        looked.map_err(|cause| convert::Error::read(&name, cause))
    }
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

/// The note that so many bytes after the last pickle were not looked at.
pub(super) fn told_ignored(bytes: u64) -> Option<String> {
    match bytes {
        0 => None,
        1 => Some("1 byte after the last pickle is ignored".to_owned()),
        bytes => {
            let bytes = thousands(bytes);
            Some(format!("{bytes} bytes after the last pickle are ignored"))
        }
    }
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
