//! Carrying out one operation on one file: what lies within the window, and
//! nothing else.

use std::borrow::Cow;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, Write};
use std::path::Path;

use crate::dataset::{Columns, Digester, Measured};
use crate::files::{MappedFile, open_ours};
use crate::formats::{self, Codec, Error, Holds, Input, InputFile, Loaded};
use crate::results::Operation;

use super::opens::{Opens, Sourced};

/// What is there when an operation begins, made before the window opens.
pub enum Prepared<T: Measured> {
    /// For `write`: the whole list.
    List(Vec<T>),
    /// For `stream-write`: a source of records.
    Source(Sourced<T>),
    /// For `read`, `stream-read` and `map-read`: the file is all there is.
    Nothing,
    /// For `column-read`: columns with room for all rows.
    Columns(T::Columns),
}

/// What is there when an operation ends. Dropping it gives the memory back.
pub enum Product<T: Measured> {
    /// The file, and the list that it was written from.
    Written(Vec<T>),
    /// The list or what the format's reader makes of it.
    Loaded(Loaded<T>),
    /// So many records were seen and dropped.
    Seen(u64),
    /// So many records were used in place, in a file that is still mapped.
    Mapped(u64, MappedFile),
    /// The filled columns.
    Columns(T::Columns),
}

impl<T: Measured> Prepared<T> {
    /// Makes what `operation` needs beforehand of the records of `source`.
    ///
    /// # Errors
    ///
    /// If they cannot be had, or are more than this machine can count.
    pub fn new(operation: Operation, source: &dyn Opens<T>) -> Result<Prepared<T>, Error> {
        let len = || usize::try_from(source.list_len());
        Ok(match operation {
            Operation::Write => {
                // Exactly as many as there are: the floor is the data size.
                let mut list = Vec::with_capacity(len()?);
                for record in source.open()? {
                    list.push(record?);
                }
                Prepared::List(list)
            }
            Operation::StreamWrite => Prepared::Source(source.open()?),
            Operation::Read | Operation::StreamRead | Operation::MapRead => Prepared::Nothing,
            Operation::ColumnRead => Prepared::Columns(T::Columns::with_rows(len()?)),
        })
    }
}

/// Writes or reads the file at `path` in `format`: opens it, carries the
/// operation out, flushes what was written.
///
/// # Errors
///
/// If the file cannot be opened or written, or as the format's methods.
pub fn operate<T: Measured>(
    format: &dyn Codec<T>,
    variant: Option<&str>,
    prepared: Prepared<T>,
    operation: Operation,
    path: &Path,
) -> Result<Product<T>, Error> {
    let input = || open(path);
    let output = || File::create(path).map(formats::Output::new);
    match (operation, prepared) {
        (Operation::Write, Prepared::List(list)) => {
            let mut output = output()?;
            format.write_list(variant, &list, &mut output)?;
            output.flush()?;
            Ok(Product::Written(list))
        }
        (Operation::StreamWrite, Prepared::Source(source)) => {
            let mut output = output()?;
            let mut records = source.map(|record| record.map(Cow::Owned));
            format.write_records(variant, &mut records, &mut output)?;
            output.flush()?;
            Ok(Product::Written(Vec::new()))
        }
        (Operation::Read, _) => Ok(Product::Loaded(format.read_list(variant, input()?)?)),
        (Operation::StreamRead, _) => {
            let mut seen = 0;
            format.for_each(variant, input()?, &mut |record| {
                black_box(&record);
                seen += 1;
                Ok(())
            })?;
            Ok(Product::Seen(seen))
        }
        (Operation::MapRead, _) => {
            let file = MappedFile::open(path)?;
            let seen = format.map_read(variant, &file)?;
            Ok(Product::Mapped(seen, file))
        }
        (Operation::ColumnRead, Prepared::Columns(mut columns)) => {
            format.for_each(variant, input()?, &mut |record| Ok(columns.push(record)?))?;
            Ok(Product::Columns(columns))
        }
        (operation, _) => Err(format!("{operation} was not prepared").into()),
    }
}

/// Its errors say nothing of the file: whoever named it adds that. (To hold its
/// name would also take memory within the window.)
fn open(path: &Path) -> io::Result<Input> {
    let file = InputFile::new(open_ours(path)?, String::new())?;
    Ok(formats::input(file))
}

impl<T: Measured> Product<T> {
    /// Bytes that the list which was read keeps beyond its records; `None`
    /// where it is no list.
    #[must_use]
    pub fn slack_bytes(&self) -> Option<u64> {
        match self {
            Product::Loaded(Loaded::List(list)) => {
                Some(((list.capacity() - list.len()) * size_of::<T>()) as u64)
            }
            _ => None,
        }
    }

    /// The digest of what was written or read, for comparison with the
    /// dataset's. A file is read back, and so is one whose records were
    /// dropped on the way. Not part of what is measured.
    ///
    /// # Errors
    ///
    /// If the file cannot be read.
    pub fn digest(
        &self,
        format: &dyn Codec<T>,
        variant: Option<&str>,
        path: &Path,
    ) -> Result<String, Error> {
        let mut digester = Digester::new();
        match self {
            Product::Written(_) => format.digest(variant, open(path)?, &mut digester)?,
            Product::Seen(seen) | Product::Mapped(seen, _) => {
                format.digest(variant, open(path)?, &mut digester)?;
                let there = digester.records();
                if *seen != there {
                    return Err(format!("{seen} records were seen of {there}").into());
                }
            }
            Product::Loaded(loaded) => loaded.digest(&mut digester)?,
            Product::Columns(columns) => columns.digest(&mut digester)?,
        }
        Ok(digester.finish())
    }
}
