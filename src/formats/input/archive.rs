//! Zip archives, which hold several files: `.npz`, what PyTorch saves, and any
//! other.

use std::cell::RefCell;
use std::fmt;
use std::io;

use plainfigures::{format_bytes, thousands, visible};
use rawzip::{
    CompressionMethod, RECOMMENDED_BUFFER_SIZE, ReaderAt, ZipArchive, ZipFileHeaderRecord,
};

use super::compression::{Compression, DEFLATE, STORED};
use super::packed::{Part, Sum};
use super::stored::StoredFile;

/// Whether a file that begins like this is a zip archive.
pub(super) fn begins(prefix: &[u8]) -> bool {
    prefix.starts_with(b"PK\x03\x04") || prefix.starts_with(b"PK\x05\x06")
}

/// A file in an archive.
#[derive(Debug)]
struct Entry {
    name: String,
    /// Bytes of it, unpacked.
    bytes: u64,
}

/// The files in an archive.
#[derive(Debug)]
pub struct Listing {
    /// As many as a message names.
    first: Vec<Entry>,
    count: u64,
}

impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.count == 1 { "" } else { "s" };
        write!(f, "{} file{plural}", thousands(self.count))?;
        for entry in &self.first {
            let bytes = format_bytes(entry.bytes);
            write!(f, "\n  {} ({bytes})", visible(&entry.name))?;
        }
        match self.count - self.first.len() as u64 {
            0 => Ok(()),
            more => write!(f, "\n  and {} more", thousands(more)),
        }
    }
}

/// Entries that are named in a message, at most.
const MOST_ENTRIES: usize = 20;

/// Where an entry lies and how it is packed.
pub(super) type Found = (Part, &'static Compression);

/// The first entries of an archive, and how many there are.
pub(super) fn list(stored: &mut StoredFile) -> io::Result<Listing> {
    let mut first = Vec::new();
    let mut count = 0;
    visit(stored, |_, header| {
        count += 1;
        if first.len() < MOST_ENTRIES {
            first.push(Entry {
                name: name(header),
                bytes: header.uncompressed_size_hint(),
            });
        }
        Ok(None::<()>)
    })?;
    Ok(Listing { first, count })
}

/// The entry of this name; `None` if there is none.
///
/// # Errors
///
/// If the archive is damaged, or the entry is encrypted or packed in a way that
/// is not known.
pub(super) fn find(stored: &mut StoredFile, wanted: &str) -> io::Result<Option<Found>> {
    let length = stored.length().unwrap_or_default();
    visit(stored, |archive, header| {
        if name(header) != wanted {
            return Ok(None);
        }
        let compression = match header.compression_method() {
            _ if header.flags().is_encrypted() => {
                return Err(io::Error::other(format!("{wanted} is encrypted")));
            }
            CompressionMethod::STORE => STORED,
            CompressionMethod::DEFLATE => DEFLATE,
            other => {
                let message = format!("{wanted} is packed by {other}: unpack it first");
                return Err(io::Error::other(message));
            }
        };
        let entry = archive.get_entry(header.wayfinder()).map_err(wrong)?;
        let (start, end) = entry.compressed_data_range();
        if end > length {
            return Err(wrong("an entry goes beyond its end"));
        }
        let part = Part {
            start,
            length: Some(end - start),
            sum: Some(Sum {
                crc32: header.crc32(),
                bytes: header.uncompressed_size_hint(),
            }),
        };
        Ok(Some((part, compression)))
    })
}

type Archive<'a> = ZipArchive<Bytes<'a>>;

/// Shows `each` entry until it finds what it looks for.
fn visit<T>(
    stored: &mut StoredFile,
    mut each: impl FnMut(&Archive<'_>, &ZipFileHeaderRecord<'_>) -> io::Result<Option<T>>,
) -> io::Result<Option<T>> {
    let length = stored.length().ok_or(io::ErrorKind::NotSeekable)?;
    let bytes = Bytes(RefCell::new(stored));
    let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
    let archive = rawzip::ZipLocator::new()
        .locate_in_reader(bytes, &mut buffer, length)
        .map_err(|(_, error)| wrong(error))?;
    let mut entries = archive.entries(&mut buffer);
    while let Some(header) = entries.next_entry().map_err(wrong)? {
        if header.is_dir() {
            continue;
        }
        if let Some(found) = each(&archive, &header)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn name(header: &ZipFileHeaderRecord<'_>) -> String {
    String::from_utf8_lossy(header.file_path().as_bytes()).into_owned()
}

fn wrong(error: impl fmt::Display) -> io::Error {
    let message = format!("the zip archive is damaged or cut short: {error}");
    io::Error::new(io::ErrorKind::InvalidData, message)
}

/// The file as rawzip reads it.
struct Bytes<'a>(RefCell<&'a mut StoredFile>);

impl ReaderAt for Bytes<'_> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut stored = self.0.borrow_mut();
        stored.go_to(offset)?;
        stored.look(buffer)
    }
}
