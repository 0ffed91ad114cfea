//! Formats that cannot hold some types of records: nothing is compiled for these.

/// Has a format refuse records of these types, for the reason that its
/// [`support`](super::Format::support) gives.
macro_rules! refuses {
    ($format:ty: $($record:ty),+) => {$(
        impl crate::formats::Codec<$record> for $format {
            fn write_records(
                &self,
                _: Option<&str>,
                _: &mut crate::formats::Given<'_, $record>,
                _: &mut crate::formats::Output,
            ) -> Result<(), crate::formats::Error> {
                crate::formats::refusing::refuse::<$record>(self)
            }

            fn read_records(
                &self,
                _: Option<&str>,
                _: crate::formats::Input,
                _: &crate::formats::ReadLimits,
                _: &mut crate::formats::Take<'_, $record>,
            ) -> Result<(), crate::formats::Error> {
                crate::formats::refusing::refuse::<$record>(self)
            }
        }
    )+};
}

pub(super) use refuses;

use crate::dataset::Record;
use crate::results::Operation;

use super::{Error, Format};

/// Always an error.
///
/// # Errors
///
/// The format's own reason.
pub(super) fn refuse<T: Record>(format: &dyn Format) -> Result<(), Error> {
    format.refuse(Operation::Write, T::KIND)?;
    Err(format!("{} is not compiled for these records", format.name()).into())
}
