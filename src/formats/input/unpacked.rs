//! What is in compressed data, as if it lay in a file.

use std::cell::RefCell;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

use picklestream::pickle::joblib;

use super::super::BUFFER_BYTES;
use super::Expansion;
use super::checked::{Checked, WrongSum};
use super::compression::Compression;
use super::damage::{Damage, DamageKind};
use super::packed::{PackedBytes, Part};
use super::stored::StoredFile;
use crate::formats::find_cause;

/// Reads what is in compressed data. To go back is to start again, and to go
/// forward is to unpack what lies between, when the next byte is asked for.
pub(super) struct Unpacked {
    stored: Rc<RefCell<StoredFile>>,
    part: Part,
    compression: &'static Compression,
    expansion: Expansion,
    /// Whether what is unpacked is a file of joblib, and read as a plain pickle.
    has_arrays: bool,
    /// `None` before it has begun.
    reader: Option<Box<dyn Read>>,
    /// The byte that `reader` gives next.
    position: u64,
    /// The byte that is asked for next.
    wanted: u64,
    /// Bytes in all, once the end was seen.
    length: Option<u64>,
    /// Bytes that were looked at before their time, the next one last: of a
    /// pipe, which cannot start again.
    replay: Vec<u8>,
}

impl Unpacked {
    /// What is in `part` of a file, or in all of a pipe.
    pub(super) fn new(
        stored: StoredFile,
        part: Part,
        compression: &'static Compression,
        expansion: Expansion,
    ) -> Unpacked {
        Unpacked {
            stored: Rc::new(RefCell::new(stored)),
            part,
            compression,
            expansion,
            has_arrays: false,
            reader: None,
            position: 0,
            wanted: 0,
            length: None,
            replay: Vec::new(),
        }
    }

    pub(super) fn compression(&self) -> &'static str {
        self.compression.name
    }

    /// Does something with the file that the data is in.
    pub(super) fn with_stored<T>(&self, act: impl FnOnce(&mut StoredFile) -> T) -> T {
        act(&mut self.stored.borrow_mut())
    }

    /// Bytes of the compressed data, if it is in a file.
    pub(super) fn stored_length(&self) -> Option<u64> {
        let rest = |length: u64| length.saturating_sub(self.part.start);
        let whole = self.stored.borrow().length().map(rest);
        self.part.length.or(whole)
    }

    pub(super) fn can_seek(&self) -> bool {
        self.stored.borrow().length().is_some()
    }

    /// Reads what is in it as a file of joblib, from the first byte on.
    pub(super) fn with_arrays(&mut self) {
        self.has_arrays = true;
        // Of a pipe, what was looked at comes first.
        let seen = Cursor::new(self.replay.drain(..).rev().collect::<Vec<u8>>());
        let rest = self.reader.take().filter(|_| !self.can_seek());
        self.reader = rest.map(|rest| with_arrays(seen.chain(rest)));
        (self.position, self.wanted, self.length) = (0, 0, None);
    }

    /// Hands these bytes out again.
    pub(super) fn unread(&mut self, bytes: &[u8]) {
        self.replay.extend(bytes.iter().rev());
    }

    /// Begins at the first byte.
    fn start(&mut self) -> io::Result<()> {
        self.reader = None;
        self.position = 0;
        if self.can_seek() {
            self.stored.borrow_mut().go_to(self.part.start)?;
        }
        let left = self.part.length.unwrap_or(u64::MAX);
        let packed = PackedBytes::new(Rc::clone(&self.stored), left);
        let reader = (self.compression.reader)(packed);
        let reader = reader.map_err(|error| self.explain(error))?;
        let reader = match self.part.sum {
            Some(sum) => Box::new(Checked::new(reader, sum)),
            None => reader,
        };
        self.reader = Some(match self.has_arrays {
            true => with_arrays(reader),
            false => reader,
        });
        Ok(())
    }

    /// The next bytes, wherever the next one is wanted.
    fn unpack(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.reader.is_none() {
            self.start()?;
        }
        let Some(reader) = &mut self.reader else {
            return Ok(0);
        };
        let read = loop {
            match reader.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read.map_err(|error| self.explain(error))?,
            }
        };
        self.position += read as u64;
        if read == 0 && !buffer.is_empty() {
            self.length = Some(self.position);
        }
        let packed = self.stored.borrow().read_so_far();
        if !self.expansion.allows(packed, self.position) {
            let kind = DamageKind::Expands(self.expansion.times);
            return Err(self.damage(kind).into_io());
        }
        Ok(read)
    }

    /// Unpacks until the byte that is wanted comes next, or the end.
    fn catch_up(&mut self) -> io::Result<()> {
        if self.wanted < self.position {
            self.start()?;
        }
        let mut passed_over = Vec::new();
        while self.position < self.wanted {
            passed_over.resize(BUFFER_BYTES, 0);
            let most = (self.wanted - self.position).min(passed_over.len() as u64);
            if self.unpack(&mut passed_over[..most as usize])? == 0 {
                break;
            }
        }
        Ok(())
    }

    fn damage(&self, kind: DamageKind) -> Damage {
        Damage {
            compression: self.compression.name,
            offset: self.position,
            kind,
        }
    }

    /// Says of a decoder's error what it is about.
    fn explain(&self, error: io::Error) -> io::Error {
        let stored = self.stored.borrow();
        if stored.has_failed() || find_cause::<joblib::Error>(&error).is_some() {
            return error;
        }
        let is_whole = error.get_ref().is_some_and(|inner| inner.is::<WrongSum>());
        let kind = match error.kind() {
            io::ErrorKind::OutOfMemory => DamageKind::Window,
            _ if stored.has_ended() && !is_whole => DamageKind::CutShort,
            _ => DamageKind::Wrong(error.to_string()),
        };
        self.damage(kind).into_io()
    }
}

fn with_arrays(reader: impl Read + 'static) -> Box<dyn Read> {
    let reader = BufReader::with_capacity(BUFFER_BYTES, reader);
    Box::new(joblib::Plain::new(reader))
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut read = 0;
        while read < buffer.len()
            && let Some(byte) = self.replay.pop()
        {
            buffer[read] = byte;
            read += 1;
        }
        if read > 0 {
            return Ok(read);
        }
        if self.wanted != self.position {
            self.catch_up()?;
            if self.position < self.wanted {
                return Ok(0);
            }
        }
        let read = self.unpack(buffer)?;
        self.wanted = self.position;
        Ok(read)
    }
}

/// Of a file; a pipe goes nowhere.
impl Seek for Unpacked {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if !self.can_seek() {
            return Err(io::ErrorKind::NotSeekable.into());
        }
        let (from, by) = match to {
            SeekFrom::Start(place) => (place, 0),
            SeekFrom::Current(by) => (self.wanted, by),
            SeekFrom::End(by) => {
                if self.length.is_none() {
                    self.wanted = u64::MAX;
                    self.catch_up()?;
                }
                (self.length.unwrap_or(self.position), by)
            }
        };
        self.wanted = from
            .checked_add_signed(by)
            .ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.wanted)
    }
}
