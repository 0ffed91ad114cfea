//! What makes a file of a stream: a magic number, and a table of contents at the end.

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::FileDecoder;
use arrow_ipc::{Block, Footer, root_as_footer};

use crate::formats::Error;

use super::message::{CONTINUATION, check, damaged, parse};

/// What a file begins with, and without the padding ends with.
pub(super) const MAGIC: &[u8] = b"ARROW1";

/// The padded magic number.
const BEGIN_BYTES: usize = 8;

/// The length of the table of contents, and the magic number.
const END_BYTES: usize = 4 + MAGIC.len();

/// Reads up to the first message: behind the magic number there may be zeros, eight at a
/// time.
///
/// # Errors
///
/// If the input cannot be read.
pub(super) fn pass_magic(input: &mut impl BufRead) -> io::Result<()> {
    input.read_exact(&mut [0; BEGIN_BYTES])?;
    loop {
        let ahead = input.fill_buf()?.iter();
        let zeros = ahead.take_while(|byte| **byte == 0).count() / BEGIN_BYTES * BEGIN_BYTES;
        if zeros == 0 {
            return Ok(());
        }
        input.consume(zeros);
    }
}

/// Reads what comes behind the last message of a file.
///
/// # Errors
///
/// If it is not a table of contents and no more.
pub(super) fn check_end(input: &mut impl Read) -> io::Result<()> {
    // Of a file with any number of batches no more is kept than this.
    let mut end = Vec::new();
    let mut part = [0; 4096];
    let mut all = 0;
    loop {
        let read = input.read(&mut part)?;
        if read == 0 {
            break;
        }
        all += read as u64;
        end.extend_from_slice(&part[..read]);
        end.drain(..end.len().saturating_sub(END_BYTES));
    }
    let is_whole = match end.split_first_chunk::<4>() {
        Some((length, magic)) => {
            let contents = u64::from(u32::from_le_bytes(*length));
            magic == MAGIC && contents > 0 && contents <= all - END_BYTES as u64
        }
        None => false,
    };
    match is_whole {
        true => Ok(()),
        false => Err(io::Error::other(
            "its table of contents is missing at the end: is it whole?",
        )),
    }
}

/// Has `each` see every batch of a file that is in memory, where it lies.
///
/// # Errors
///
/// If it is damaged; and the first of `each`.
pub(super) fn for_each_batch(
    file: &Buffer,
    mut each: impl FnMut(&RecordBatch) -> Result<(), Error>,
) -> Result<(), Error> {
    let contents = contents(file)?;
    let schema = contents.schema().ok_or("it has no schema")?;
    if !schema.endianness().equals_to_target_endianness() {
        return Err("its numbers have another order of bytes than this machine's".into());
    }
    let schema = Arc::new(try_fb_to_schema(schema)?);
    let mut decoder = FileDecoder::new(schema, contents.version());
    for block in contents.dictionaries().into_iter().flatten() {
        decoder.read_dictionary(block, &message(file, block)?)?;
    }
    for block in contents.recordBatches().into_iter().flatten() {
        if let Some(batch) = decoder.read_record_batch(block, &message(file, block)?)? {
            each(&batch)?;
        }
    }
    Ok(())
}

fn contents(file: &[u8]) -> Result<Footer<'_>, Error> {
    let inner = file
        .strip_prefix(MAGIC)
        .and_then(|rest| rest.strip_suffix(MAGIC));
    let (before, length) = inner
        .and_then(|inner| inner.split_last_chunk::<4>())
        .ok_or("it is no Arrow file, or not all of one")?;
    let length = usize::try_from(u32::from_le_bytes(*length))?;
    let start = before.len().checked_sub(length);
    let start = start.ok_or("its table of contents is longer than the file")?;
    root_as_footer(&before[start..]).map_err(|error| damaged(&error))
}

/// The bytes of a message, which are checked.
fn message(file: &Buffer, block: &Block) -> Result<Buffer, Error> {
    let beyond = || Error::from("a batch lies beyond the end of the file");
    let start = usize::try_from(block.offset()).map_err(|_| beyond())?;
    let header = usize::try_from(block.metaDataLength()).map_err(|_| beyond())?;
    let body = usize::try_from(block.bodyLength()).map_err(|_| beyond())?;
    let length = header.checked_add(body).ok_or_else(beyond)?;
    let end = start.checked_add(length).ok_or_else(beyond)?;
    if start < BEGIN_BYTES || end > file.len() {
        return Err(beyond());
    }
    let bytes = &file[start..start + header];
    let prefix = if bytes.starts_with(&CONTINUATION) {
        8
    } else {
        4
    };
    let promised = check(parse(bytes.get(prefix..).ok_or_else(beyond)?)?)?;
    if promised != body as u64 {
        return Err("a batch has another length than the table of contents says".into());
    }
    Ok(file.slice_with_length(start, length))
}
