//! Where every format writes to.

use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::mem;

use super::{BUFFER_BYTES, Error};

/// A file behind a buffer of [`BUFFER_BYTES`], which reaches it in whole
/// blocks.
///
/// [`BufWriter`](io::BufWriter) writes a block whenever the next bytes do not
/// fit, so that nearly every block begins and ends within a page of the file.
/// That costs Linux half as much again: 0.45 ns a byte where whole blocks take
/// 0.30 (`cargo bench --bench peers` shows what is left of it).
///
/// Like a `BufWriter`, it writes what is left when it is dropped, and then
/// nobody learns whether that worked: [`flush`](Write::flush) it.
pub struct Output {
    sink: Sink,
    /// Never full: a full block is written at once.
    block: Vec<u8>,
    /// What has been written, in bytes.
    written: u64,
    /// Asked before each block whether there may be so many bytes.
    gate: Option<Gate>,
}

/// Where blocks go.
enum Sink {
    File(File),
    /// What makes them smaller, in front of another output.
    Packer(Box<dyn Pack>),
    /// Nowhere: the output was handed over.
    Gone,
}

/// Makes data smaller, and writes it to an [`Output`] of its own.
pub(super) trait Pack: Write + Send {
    /// Writes what is left, and gives the output back.
    ///
    /// # Errors
    ///
    /// If that cannot be written.
    fn finish(self: Box<Self>) -> io::Result<Output>;
}

/// Says whether an output may grow to so many bytes.
type Gate = Box<dyn FnMut(u64) -> io::Result<()> + Send>;

impl fmt::Debug for Output {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Output")
            .field("written", &self.written)
            .finish_non_exhaustive()
    }
}

impl Output {
    /// An output into a file, from where that stands.
    #[must_use]
    pub fn new(file: File) -> Output {
        Output::into(Sink::File(file))
    }

    fn into(sink: Sink) -> Output {
        Output {
            sink,
            block: Vec::with_capacity(BUFFER_BYTES),
            written: 0,
            gate: None,
        }
    }

    /// Has `gate` asked, before each block, whether there may be so many bytes.
    pub(crate) fn set_gate(&mut self, gate: impl FnMut(u64) -> io::Result<()> + Send + 'static) {
        self.gate = Some(Box::new(gate));
    }

    /// Has `write` write to an output whose bytes are packed on their way to
    /// this one.
    ///
    /// # Errors
    ///
    /// Those of `write`, and if what is packed cannot be written. Then this
    /// output is lost.
    pub(super) fn through(
        &mut self,
        packer: impl FnOnce(Output) -> io::Result<Box<dyn Pack>>,
        write: impl FnOnce(&mut Output) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let gone = Output {
            sink: Sink::Gone,
            block: Vec::new(),
            written: 0,
            gate: None,
        };
        let mut plain = Output::into(Sink::Packer(packer(mem::replace(self, gone))?));
        write(&mut plain)?;
        plain.write_block()?;
        if let Sink::Packer(packer) = mem::replace(&mut plain.sink, Sink::Gone) {
            *self = packer.finish()?;
        }
        Ok(())
    }

    /// Writes what there is of a block. After an error it is forgotten: how
    /// much of it has reached the file, nobody knows.
    fn write_block(&mut self) -> io::Result<()> {
        self.written += self.block.len() as u64;
        let allowed = self.gate.as_mut().map_or(Ok(()), |gate| gate(self.written));
        let written = allowed.and_then(|()| match &mut self.sink {
            Sink::File(file) => file.write_all(&self.block),
            Sink::Packer(packer) => packer.write_all(&self.block),
            Sink::Gone => Ok(()),
        });
        self.block.clear();
        written
    }

    /// Fills the block and writes it, as often as it takes.
    #[cold]
    fn write_blocks(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while let Some((now, rest)) = bytes.split_at_checked(self.room()) {
            self.block.extend_from_slice(now);
            self.write_block()?;
            bytes = rest;
        }
        self.block.extend_from_slice(bytes);
        Ok(())
    }

    #[inline]
    fn room(&self) -> usize {
        BUFFER_BYTES - self.block.len()
    }
}

impl Write for Output {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.len() >= self.room() {
            return self.write_blocks(bytes);
        }
        self.block.extend_from_slice(bytes);
        Ok(())
    }

    /// What is packed stays with its packer: to have it would make it larger.
    fn flush(&mut self) -> io::Result<()> {
        self.write_block()
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        let _ = self.write_block();
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{Seek, SeekFrom};

    use super::*;

    #[test]
    fn whole_blocks_reach_the_file() {
        let file = tempfile::tempfile().unwrap();
        let len = || file.metadata().unwrap().len();
        let mut output = Output::new(file.try_clone().unwrap());
        output.write_all(&[1; 100]).unwrap();
        assert_eq!(len(), 0);
        output.write_all(&[2; BUFFER_BYTES - 101]).unwrap();
        assert_eq!(len(), 0);
        output.write_all(&[3; 2]).unwrap();
        assert_eq!(len(), BUFFER_BYTES as u64);
        output.write_all(&[4; 3 * BUFFER_BYTES]).unwrap();
        assert_eq!(len(), 4 * BUFFER_BYTES as u64);
        output.flush().unwrap();
        assert_eq!(len(), 4 * BUFFER_BYTES as u64 + 1);
        output.write_all(&[5; 7]).unwrap();
        drop(output);

        let mut file = file;
        file.seek(SeekFrom::Start(0)).unwrap();
        let written = io::read_to_string(file).unwrap().into_bytes();
        let runs = [(1, 100), (2, BUFFER_BYTES - 101), (3, 2)];
        let runs = runs.into_iter().chain([(4, 3 * BUFFER_BYTES), (5, 7)]);
        let expected: Vec<u8> = runs.flat_map(|(byte, len)| vec![byte; len]).collect();
        assert!(written == expected);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("read-only");
        fs::write(&path, "").unwrap();
        let mut output = Output::new(File::open(path).unwrap());
        output.write_all(&[1; 100]).unwrap();
        assert!(output.flush().is_err());
        assert!(output.write_all(&[1; BUFFER_BYTES]).is_err());
    }
}
