//! Where every format reads from: a file that can seek, or a pipe; as it is, or
//! what is in compressed data there.
//!
//! - `stored.rs`: the bytes as they lie there.
//! - `compression.rs`: which compressions there are, and how they are recognised;
//!   `frames.rs`: data in several parts; `packed.rs`: what decoders read from.
//! - `unpacked.rs`: what comes out of a decoder, as if it lay in a file, within
//!   the limit of `expansion.rs`, files of joblib as pickles; `damage.rs`: what can be wrong with it;
//!   `checked.rs`: a sum from outside.
//! - `archive.rs`: the files in a zip archive.
//! - `foreign.rs`: what is none of ours; `line_ends.rs`: pickles that were copied
//!   as text; `unfit.rs`: how that is said. `array_file.rs`: pickles in `.npy`.

mod archive;
mod array_file;
mod checked;
mod compression;
mod damage;
mod expansion;
mod foreign;
mod frames;
mod line_ends;
mod packed;
mod stored;
mod unfit;
mod unpacked;

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use picklestream::pickle::joblib;

use super::BUFFER_BYTES;
use compression::{Compression, JOBLIB};
use packed::Part;
use stored::StoredFile;
use unpacked::Unpacked;

pub use archive::Listing;
pub(super) use array_file::is_pickle as is_pickle_in_array;
pub(crate) use compression::compressed_endings;
pub use damage::{Damage, DamageKind};
pub use expansion::Expansion;
pub use foreign::Foreign;
pub use unfit::Unfit;

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
    name: String,
    bytes: Bytes,
    /// Which file of an archive it is, if it is in one.
    entry: Option<String>,
    /// Whether every line feed in its beginning follows a carriage return.
    looks_copied_as_text: bool,
    /// How to look into it before the first byte is handed out, if that is still
    /// to be done.
    look: Option<Look>,
    /// What came instead of more bytes while the first of a pipe were looked at.
    failed: Option<io::Error>,
}

enum Bytes {
    Stored(StoredFile),
    Unpacked(Box<Unpacked>),
}

/// Whether a file that begins so is left as it is.
type IsPlain = dyn Fn(&[u8]) -> bool;

/// How a file is looked into.
struct Look {
    expansion: Expansion,
    /// Whether a file that begins like this is to be left as it is.
    is_plain: Box<IsPlain>,
}

impl InputFile {
    /// `file` from where it stands. `name` is what messages call it.
    ///
    /// # Errors
    ///
    /// If the system does not tell what it is.
    pub fn new(file: File, name: String) -> io::Result<InputFile> {
        Ok(InputFile {
            name,
            bytes: Bytes::Stored(StoredFile::new(file)?),
            entry: None,
            looks_copied_as_text: false,
            look: None,
            failed: None,
        })
    }

    /// Has `on_read` told how many bytes were read, each time: bytes as they
    /// are stored, so that of compressed data they add up to
    /// [`stored_length`](InputFile::stored_length) for each pass.
    #[must_use]
    pub fn on_read(mut self, on_read: impl FnMut(u64) + 'static) -> InputFile {
        self.with_stored(|stored| stored.set_on_read(on_read));
        self
    }

    /// Fails to read as soon as `is_stopped` says so, even while a pipe has
    /// nothing to give.
    #[must_use]
    pub fn stopped_by(mut self, is_stopped: fn() -> bool) -> InputFile {
        self.with_stored(|stored| stored.set_is_stopped(is_stopped));
        self
    }

    fn with_stored<T>(&mut self, act: impl FnOnce(&mut StoredFile) -> T) -> T {
        match &mut self.bytes {
            Bytes::Stored(stored) => act(stored),
            Bytes::Unpacked(unpacked) => unpacked.with_stored(act),
        }
    }

    /// What messages call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of what is read, by which its format may be told: that of the
    /// file, without the ending for its compression, or that of an entry.
    #[must_use]
    pub fn content_name(&self) -> &Path {
        let name = Path::new(&self.name);
        match (&self.entry, self.compression()) {
            (Some(entry), _) => Path::new(entry),
            (None, None) => name,
            (None, Some(_)) => name.file_stem().map_or(name, Path::new),
        }
    }

    /// What to ask where a pickle turns out to be damaged, from the next line on:
    /// nothing, unless its line ends are those of a file that was copied as text.
    #[must_use]
    pub fn question_if_damaged(&self) -> &'static str {
        match self.looks_copied_as_text {
            true => {
                "\nevery line feed in it follows a carriage return: was the file copied in text \
                 mode? Copy it again as binary"
            }
            false => "",
        }
    }

    /// Whether it can be read twice: a file can, a pipe cannot.
    #[must_use]
    pub fn can_seek(&self) -> bool {
        match &self.bytes {
            Bytes::Stored(stored) => stored.length().is_some(),
            Bytes::Unpacked(unpacked) => unpacked.can_seek(),
        }
    }

    /// Bytes that there were to come when it was opened. `None` for a pipe, and
    /// for what is in compressed data.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        match &self.bytes {
            Bytes::Stored(stored) => stored.length(),
            Bytes::Unpacked(_) => None,
        }
    }

    /// The same, but of compressed data the bytes that are in the file.
    #[must_use]
    pub fn stored_length(&self) -> Option<u64> {
        match &self.bytes {
            Bytes::Stored(stored) => stored.length(),
            Bytes::Unpacked(unpacked) => unpacked.stored_length(),
        }
    }

    /// The file itself, for readers that go from place to place in it, and its length
    /// in bytes. `None` for a pipe, for what is in compressed data, and for a file that
    /// is not read from its beginning.
    ///
    /// # Errors
    ///
    /// If the system has no handle left for it.
    #[cfg(feature = "parquet")]
    pub(super) fn whole_file(&self) -> io::Result<Option<(File, u64)>> {
        match &self.bytes {
            Bytes::Stored(stored) => stored.whole_file(),
            Bytes::Unpacked(_) => Ok(None),
        }
    }

    /// The compression that it is read through, such as `gzip`.
    #[must_use]
    pub fn compression(&self) -> Option<&'static str> {
        match &self.bytes {
            Bytes::Stored(_) => None,
            Bytes::Unpacked(unpacked) if unpacked.compression() == JOBLIB.name => None,
            Bytes::Unpacked(unpacked) => Some(unpacked.compression()),
        }
    }

    /// Looks into it: compressed data is read through, which its first bytes
    /// tell; what is none of ours is an error that says what it is
    /// ([`Unfit`]). A file for which `is_plain` is true stays as it is.
    ///
    /// One level only: compressed data in compressed data is not looked into. A
    /// pipe is looked into when it is first read.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or is something else than a file of records.
    pub fn look_into(
        mut self,
        expansion: Expansion,
        is_plain: impl Fn(&[u8]) -> bool + 'static,
    ) -> io::Result<InputFile> {
        self.look = Some(Look {
            expansion,
            is_plain: Box::new(is_plain),
        });
        if self.can_seek() {
            self.settle()?;
        }
        Ok(self)
    }

    /// The file of this name in a zip archive, which is looked into as any other file:
    /// see [`look_into`](InputFile::look_into).
    ///
    /// # Errors
    ///
    /// If it cannot be read, is no archive, has no such file, or that is something else
    /// than a file of records.
    pub fn entry(
        mut self,
        name: &str,
        expansion: Expansion,
        is_plain: impl Fn(&[u8]) -> bool + 'static,
    ) -> io::Result<InputFile> {
        let prefix = self.peek()?;
        if !archive::begins(&prefix) {
            return Err(Unfit::NoArchive.into_io());
        }
        if !self.can_seek() {
            return Err(Unfit::ClosedArchive.into_io());
        }
        let found = self.with_stored(|stored| archive::find(stored, name))?;
        let Some((part, compression)) = found else {
            let listing = self.with_stored(archive::list)?;
            return Err(Unfit::NoEntry(name.to_owned(), listing).into_io());
        };
        self.unpack(part, compression, expansion)?;
        self.entry = Some(name.to_owned());
        self.check_content(&is_plain, expansion)?;
        Ok(self)
    }

    /// Decides what it is, if that is not yet known.
    fn settle(&mut self) -> io::Result<()> {
        let Some(look) = self.look.take() else {
            return Ok(());
        };
        let prefix = self.peek()?;
        if (look.is_plain)(&prefix) {
            return Ok(());
        }
        if archive::begins(&prefix) {
            return Err(match self.with_stored(archive::list) {
                Ok(listing) => Unfit::Archive(listing).into_io(),
                Err(error) if error.kind() == io::ErrorKind::NotSeekable => {
                    Unfit::ClosedArchive.into_io()
                }
                Err(error) => error,
            });
        }
        if let Some(compression) = compression::find(&prefix) {
            self.unpack(Part::ALL, compression, look.expansion)?;
        }
        self.check_content(&look.is_plain, look.expansion)
    }

    /// Reads through `compression` from now on.
    fn unpack(
        &mut self,
        part: Part,
        compression: &'static Compression,
        expansion: Expansion,
    ) -> io::Result<()> {
        let stored = self.with_stored(StoredFile::hand_over)?;
        let unpacked = Unpacked::new(stored, part, compression, expansion);
        self.bytes = Bytes::Unpacked(Box::new(unpacked));
        Ok(())
    }

    /// An error if what is in it is none of ours; passes over what may come
    /// before a pickle, and reads what lies between its parts.
    fn check_content(&mut self, is_plain: &IsPlain, expansion: Expansion) -> io::Result<()> {
        let prefix = self.peek()?;
        self.looks_copied_as_text = line_ends::look_damaged(&prefix);
        let outer = self.compression();
        if is_plain(&prefix) {
            return Ok(());
        }
        if let Some(header) = array_file::header_before_pickle(&prefix) {
            return self.pass_over(header);
        }
        let inner = compression::find(&prefix).filter(|_| outer.is_some());
        let unfit = match (outer, foreign::find(&prefix), inner) {
            (Some(_), _, _) if archive::begins(&prefix) => Unfit::ClosedArchive,
            (Some(outer), _, Some(inner)) => Unfit::Twice(outer, inner.name),
            (Some(outer), Some(foreign), _) => Unfit::Within(outer, foreign),
            (None, Some(foreign), _) => Unfit::Foreign(foreign),
            _ => return self.read_arrays(&prefix, expansion),
        };
        Err(unfit.into_io())
    }

    /// Reads on as of a file of joblib, if it begins like one or is called one. The
    /// name is for those in which the first array comes late.
    fn read_arrays(&mut self, prefix: &[u8], expansion: Expansion) -> io::Result<()> {
        let extension = self.content_name().extension();
        let is_called_one = extension.is_some_and(|it| it.eq_ignore_ascii_case("joblib"));
        let is_pickle = prefix.first() == Some(&0x80);
        if !(joblib::is_named_in(prefix) || is_called_one && is_pickle) {
            return Ok(());
        }
        if let Bytes::Stored(_) = self.bytes {
            self.unpack(Part::ALL, JOBLIB, expansion)?;
        }
        if let Bytes::Unpacked(unpacked) = &mut self.bytes {
            unpacked.with_arrays();
        }
        Ok(())
    }

    fn pass_over(&mut self, mut bytes: usize) -> io::Result<()> {
        let mut part = [0; 4096];
        while bytes > 0 {
            let most = bytes.min(part.len());
            match self.look(&mut part[..most])? {
                0 => break,
                read => bytes -= read,
            }
        }
        Ok(())
    }

    /// The first bytes, which are still to be read after that: of a pipe no
    /// more than tell the format, since the rest may be long in coming.
    ///
    /// # Errors
    ///
    /// If the first of them cannot be read.
    pub fn peek(&mut self) -> io::Result<Vec<u8>> {
        self.settle()?;
        let mut prefix = Vec::new();
        if self.can_seek() {
            let start = self.stream_position()?;
            let read = self.look_all(&mut prefix);
            self.seek(SeekFrom::Start(start))?;
            return match read {
                // The same again when it is read, after what comes before.
                Err(_) if !prefix.is_empty() => Ok(prefix),
                read => read.map(|()| prefix),
            };
        }
        let mut part = [0; 4096];
        while prefix.len() < PEEK_BYTES as usize
            && !prefix.contains(&b'\n')
            && prefix.first().is_none_or(u8::is_ascii)
        {
            match self.look(&mut part) {
                Ok(0) => break,
                Ok(read) => prefix.extend_from_slice(&part[..read]),
                Err(error) if prefix.is_empty() => return Err(error),
                Err(error) => {
                    self.failed = Some(error);
                    break;
                }
            }
        }
        match &mut self.bytes {
            Bytes::Stored(stored) => stored.unread(&prefix),
            Bytes::Unpacked(unpacked) => unpacked.unread(&prefix),
        }
        Ok(prefix)
    }

    fn look_all(&mut self, prefix: &mut Vec<u8>) -> io::Result<()> {
        let mut part = [0; 4096];
        while prefix.len() < PEEK_BYTES as usize {
            match self.look(&mut part)? {
                0 => break,
                read => prefix.extend_from_slice(&part[..read]),
            }
        }
        Ok(())
    }

    /// Reads without telling of bytes of a file as it is.
    fn look(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.bytes {
            Bytes::Stored(stored) => stored.look(buffer),
            Bytes::Unpacked(unpacked) => unpacked.read(buffer),
        }
    }
}

impl Read for InputFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.settle()?;
        let read = match &mut self.bytes {
            Bytes::Stored(stored) => stored.read(buffer),
            Bytes::Unpacked(unpacked) => unpacked.read(buffer),
        };
        match (read, self.failed.take()) {
            (Ok(0), Some(error)) if !buffer.is_empty() => Err(error),
            (read, failed) => {
                self.failed = failed;
                read
            }
        }
    }
}

impl Seek for InputFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.bytes {
            Bytes::Stored(stored) => stored.seek(to),
            Bytes::Unpacked(unpacked) => unpacked.seek(to),
        }
    }
}
