//! The bytes of an input: a file that can seek, or a pipe.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use crate::job::interrupt;

/// As many bytes as tell the format of a file.
const PEEK_BYTES: u64 = 64 * 1024;

/// A file or a pipe that is read from where it stands.
pub(crate) struct Input {
    file: File,
    name: String,
    /// Bytes to come, if it is a file that can seek.
    length: Option<u64>,
    /// Bytes that were looked at before their time, the next one last.
    replay: Vec<u8>,
    /// Told how many bytes were read.
    on_read: Box<dyn FnMut(u64)>,
}

impl Input {
    /// `name` is what messages call it.
    ///
    /// # Errors
    ///
    /// If the system does not tell what it is.
    pub(crate) fn new(mut file: File, name: String) -> io::Result<Input> {
        let metadata = file.metadata()?;
        let length = if metadata.is_file() {
            Some(metadata.len().saturating_sub(file.stream_position()?))
        } else {
            None
        };
        Ok(Input {
            file,
            name,
            length,
            replay: Vec::new(),
            on_read: Box::new(|_| {}),
        })
    }

    /// Has `on_read` told how many bytes were read, each time.
    pub(crate) fn on_read(self, on_read: impl FnMut(u64) + 'static) -> Input {
        Input {
            on_read: Box::new(on_read),
            ..self
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Bytes to come, if it is a file; a file can seek, a pipe cannot.
    pub(crate) fn length(&self) -> Option<u64> {
        self.length
    }

    /// The first bytes, which are still to be read after that: of a pipe no
    /// more than tell the format, since the rest may be long in coming.
    pub(super) fn peek(&mut self) -> io::Result<Vec<u8>> {
        if self.length.is_some() {
            let start = self.file.stream_position()?;
            let mut prefix = Vec::new();
            (&self.file).take(PEEK_BYTES).read_to_end(&mut prefix)?;
            self.file.seek(SeekFrom::Start(start))?;
            return Ok(prefix);
        }
        let mut prefix = Vec::new();
        let mut part = [0; 4096];
        while prefix.len() < PEEK_BYTES as usize
            && !prefix.contains(&b'\n')
            && prefix.first().is_none_or(u8::is_ascii)
        {
            match self.read_file(&mut part)? {
                0 => break,
                read => prefix.extend_from_slice(&part[..read]),
            }
        }
        self.replay = prefix.iter().rev().copied().collect();
        Ok(prefix)
    }

    fn read_file(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if interrupt::asked() {
                return Err(io::Error::other("interrupted"));
            }
            if self.length.is_none() && !is_ready(&self.file)? {
                continue;
            }
            match self.file.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }
}

/// Waits a little for a pipe, so that Ctrl-C is noticed while nothing comes.
#[cfg(unix)]
fn is_ready(pipe: &File) -> io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let wait = Timespec {
        tv_sec: 0,
        tv_nsec: 100_000_000,
    };
    match poll(&mut [PollFd::new(pipe, PollFlags::IN)], Some(&wait)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
fn is_ready(_: &File) -> io::Result<bool> {
    Ok(true)
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut read = 0;
        while read < buffer.len()
            && let Some(byte) = self.replay.pop()
        {
            buffer[read] = byte;
            read += 1;
        }
        if read == 0 {
            read = self.read_file(buffer)?;
        }
        (self.on_read)(read as u64);
        Ok(read)
    }
}

impl Seek for Input {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
