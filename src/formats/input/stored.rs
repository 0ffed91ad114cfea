//! The bytes as they lie in a file or come through a pipe.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::mem;

/// A file or a pipe that is read from where it stands.
pub(super) struct StoredFile {
    file: File,
    /// Where in the file it begins.
    start: u64,
    /// Bytes to come, if it is a file that can seek.
    length: Option<u64>,
    /// Bytes that were looked at before their time, the next one last.
    replay: Vec<u8>,
    /// Bytes handed out since it began.
    read: u64,
    has_failed: bool,
    has_ended: bool,
    /// Told how many bytes were read.
    on_read: Box<dyn FnMut(u64)>,
    /// Whether to stop, which is asked before each read.
    is_stopped: fn() -> bool,
}

impl StoredFile {
    pub(super) fn new(mut file: File) -> io::Result<StoredFile> {
        let metadata = file.metadata()?;
        let is_file = metadata.is_file();
        let start = if is_file { file.stream_position()? } else { 0 };
        Ok(StoredFile {
            file,
            start,
            length: is_file.then(|| metadata.len().saturating_sub(start)),
            replay: Vec::new(),
            read: 0,
            has_failed: false,
            has_ended: false,
            on_read: Box::new(|_| {}),
            is_stopped: || false,
        })
    }

    /// The same file, for somebody else to read on; this one is done with.
    pub(super) fn hand_over(&mut self) -> io::Result<StoredFile> {
        Ok(StoredFile {
            file: self.file.try_clone()?,
            replay: mem::take(&mut self.replay),
            on_read: mem::replace(&mut self.on_read, Box::new(|_| {})),
            ..*self
        })
    }

    pub(super) fn set_on_read(&mut self, on_read: impl FnMut(u64) + 'static) {
        self.on_read = Box::new(on_read);
    }

    pub(super) fn set_is_stopped(&mut self, is_stopped: fn() -> bool) {
        self.is_stopped = is_stopped;
    }

    /// Bytes that there were to come when it was opened; `None` for a pipe,
    /// which cannot seek.
    pub(super) fn length(&self) -> Option<u64> {
        self.length
    }

    /// Another handle to the file, and its length, if that is read from its beginning.
    #[cfg(feature = "parquet")]
    pub(super) fn whole_file(&self) -> io::Result<Option<(File, u64)>> {
        match (self.length, self.start) {
            (Some(length), 0) => Ok(Some((self.file.try_clone()?, length))),
            _ => Ok(None),
        }
    }

    /// Bytes handed out since it was opened, or last went to a place.
    pub(super) fn read_so_far(&self) -> u64 {
        self.read
    }

    /// Whether the system has refused to read: then an error of whoever reads
    /// from here is the system's.
    pub(super) fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// Whether more was asked for than there is: then an error of whoever reads
    /// from here is about that.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Notes that more was asked for than there is.
    pub(super) fn note_end(&mut self) {
        self.has_ended = true;
    }

    /// Goes to a byte, counted from where it stood when it was opened.
    pub(super) fn go_to(&mut self, place: u64) -> io::Result<()> {
        self.read = 0;
        self.has_ended = false;
        self.file.seek(SeekFrom::Start(self.start + place))?;
        Ok(())
    }

    /// Hands these bytes out again.
    pub(super) fn unread(&mut self, bytes: &[u8]) {
        self.replay.extend(bytes.iter().rev());
        self.read -= bytes.len() as u64;
    }

    /// As [`read`](Read::read), without telling anybody.
    pub(super) fn look(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
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
        self.read += read as u64;
        Ok(read)
    }

    fn read_file(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if (self.is_stopped)() {
                self.has_failed = true;
                return Err(io::Error::other("interrupted"));
            }
            if self.length.is_none() && !is_ready(&self.file)? {
                continue;
            }
            match self.file.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => {
                    self.has_failed |= read.is_err();
                    return read;
                }
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

impl Read for StoredFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.look(buffer)?;
        (self.on_read)(read as u64);
        Ok(read)
    }
}

impl Seek for StoredFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.read = 0;
        self.file.seek(to)
    }
}
