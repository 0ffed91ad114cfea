//! Where every format reads from: a file that can seek, or a pipe.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use super::BUFFER_BYTES;

/// An [`InputFile`] with the buffer that every format is given.
pub type Input = BufReader<InputFile>;

/// An input with the buffer of [`BUFFER_BYTES`].
#[must_use]
pub fn input(file: InputFile) -> Input {
    BufReader::with_capacity(BUFFER_BYTES, file)
}

/// As many bytes as tell the format of a file.
const PEEK_BYTES: u64 = 64 * 1024;

/// A file or a pipe that is read from where it stands.
pub struct InputFile {
    file: File,
    name: String,
    /// Bytes to come, if it is a file that can seek.
    length: Option<u64>,
    /// Bytes that were looked at before their time, the next one last.
    replay: Vec<u8>,
    /// Told how many bytes were read.
    on_read: Box<dyn FnMut(u64)>,
    /// Whether to stop, which is asked before each read.
    is_stopped: fn() -> bool,
}

impl InputFile {
    /// `file` from where it stands. `name` is what messages call it.
    ///
    /// # Errors
    ///
    /// If the system does not tell what it is.
    pub fn new(mut file: File, name: String) -> io::Result<InputFile> {
        let metadata = file.metadata()?;
        let length = if metadata.is_file() {
            Some(metadata.len().saturating_sub(file.stream_position()?))
        } else {
            None
        };
        Ok(InputFile {
            file,
            name,
            length,
            replay: Vec::new(),
            on_read: Box::new(|_| {}),
            is_stopped: || false,
        })
    }

    /// Has `on_read` told how many bytes were read, each time.
    #[must_use]
    pub fn on_read(self, on_read: impl FnMut(u64) + 'static) -> InputFile {
        InputFile {
            on_read: Box::new(on_read),
            ..self
        }
    }

    /// Fails to read as soon as `is_stopped` says so, even while a pipe has
    /// nothing to give.
    #[must_use]
    pub fn stopped_by(self, is_stopped: fn() -> bool) -> InputFile {
        InputFile { is_stopped, ..self }
    }

    /// What messages call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Bytes that there were to come when it was opened, if it is a file; a
    /// file can seek, a pipe cannot.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The first bytes, which are still to be read after that: of a pipe no
    /// more than tell the format, since the rest may be long in coming.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn peek(&mut self) -> io::Result<Vec<u8>> {
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
            if (self.is_stopped)() {
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

impl Read for InputFile {
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

impl Seek for InputFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
