//! Files that are read whole, for decoders that want all bytes at once.

use std::io::Read;

use crate::dataset::Record;

use super::{Error, Given, Input};

/// All bytes of an input, in a block that is no larger than they are where its
/// length is known.
///
/// # Errors
///
/// If it cannot be read.
pub(super) fn read(mut input: Input) -> Result<Vec<u8>, Error> {
    let length = input.get_ref().length().unwrap_or(0);
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(usize::try_from(length)?)?;
    // `Read::read_to_end` would ask for more once they are there.
    (&mut input).take(length).read_to_end(&mut bytes)?;
    input.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// All records, for encoders that want the list.
///
/// # Errors
///
/// The first of the records.
pub(super) fn collect<T: Record>(records: &mut Given<'_, T>) -> Result<Vec<T>, Error> {
    records.map(|record| Ok(record?.into_owned())).collect()
}
