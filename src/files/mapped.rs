//! A file in the address space of this process.
//!
//! The one place outside the allocator with `unsafe` code. What it rests on:
//! Rust takes the bytes behind a `&[u8]` for unchanging, and a mapped file
//! changes when anybody writes to it. Only files of the data folder are mapped,
//! which this program made, replaces as a whole (a file that takes the name of a
//! mapped one leaves that as it is) and checked by their digest before. Somebody
//! who writes into such a file all the same gets wrong figures; who cuts it short
//! ends the process (`SIGBUS`), which is a worker's, and the row says so.
#![allow(unsafe_code)]

use std::io;
use std::path::Path;
use std::sync::Arc;

use memmap2::Mmap;

use super::ours::open_ours;

/// A file of our own, mapped for reading. Its pages become resident when they
/// are touched, and belong to no heap. A clone is the same map: it lasts until the
/// last of them is dropped.
#[derive(Debug, Clone)]
pub struct MappedFile(Arc<Content>);

#[derive(Debug)]
enum Content {
    Mapped(Mmap),
    InMemory(Vec<u8>),
}

impl MappedFile {
    /// Maps the file at `path` as a whole.
    ///
    /// # Errors
    ///
    /// If it cannot be opened or mapped, or is a link or no regular file.
    pub(crate) fn open(path: &Path) -> io::Result<MappedFile> {
        let file = open_ours(path)?;
        // SAFETY: the file is in the data folder, where nobody writes into files
        // that are there: see the head of this file.
        let map = unsafe { Mmap::map(&file) }?;
        Ok(MappedFile(Arc::new(Content::Mapped(map))))
    }

    /// These bytes as if a file of them were mapped: for tests of formats.
    #[must_use]
    pub fn of(bytes: Vec<u8>) -> MappedFile {
        MappedFile(Arc::new(Content::InMemory(bytes)))
    }

    /// Its content.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match &*self.0 {
            Content::Mapped(map) => map,
            Content::InMemory(bytes) => bytes,
        }
    }
}

impl AsRef<[u8]> for MappedFile {
    fn as_ref(&self) -> &[u8] {
        self.bytes()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_content_is_there_even_of_an_empty_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for content in [&b""[..], b"abc"] {
            fs::write(&path, content).unwrap();
            assert_eq!(MappedFile::open(&path).unwrap().bytes(), content);
        }
        assert!(MappedFile::open(folder.path()).is_err());
    }
}
