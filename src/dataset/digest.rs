//! What two lists of records have in common exactly when they are equal.

use std::io;

use serde::Serialize;
use sha2::{Digest, Sha256};

use picklestream::literal;

/// Digests records one at a time: SHA-256 of them as Python literals, one a
/// line, in their order.
///
/// That is the `sha256sum` of the file that the `text` format writes, so anyone
/// can check a published digest with stock tools, or compute it in Python.
///
/// ```
/// use picklebench::dataset::Digester;
///
/// let mut digester = Digester::new();
/// digester.add(&(0.5, "text", 7))?;
/// // printf "(0.5, 'text', 7)\n" | sha256sum
/// assert!(digester.finish().starts_with("66a77c185b5811e9"));
/// # Ok::<(), picklestream::literal::Error>(())
/// ```
pub struct Digester {
    writer: literal::Writer<Hasher>,
    records: u64,
}

struct Hasher(Sha256);

impl io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Default for Digester {
    fn default() -> Digester {
        Digester::new()
    }
}

impl Digester {
    /// A digest of nothing yet.
    #[must_use]
    pub fn new() -> Digester {
        Digester {
            writer: literal::Writer::new(Hasher(Sha256::new())),
            records: 0,
        }
    }

    /// Adds the next record.
    ///
    /// # Errors
    ///
    /// If the record has no form as a Python literal.
    pub fn add<T: Serialize + ?Sized>(&mut self, record: &T) -> Result<(), literal::Error> {
        self.records += 1;
        self.writer.write(record)
    }

    /// How many records were added.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records
    }

    /// The digest in hexadecimal, 64 characters.
    #[must_use]
    pub fn finish(self) -> String {
        hex(&self.writer.into_inner().0.finalize())
    }
}

/// SHA-256 of all that `input` holds, in hexadecimal.
pub(crate) fn of_reader(mut input: impl io::Read) -> io::Result<String> {
    let mut hasher = Hasher(Sha256::new());
    io::copy(&mut input, &mut hasher)?;
    Ok(hex(&hasher.0.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
