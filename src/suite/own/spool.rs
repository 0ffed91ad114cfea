//! The file of ours that holds somebody's records: a pickle for each of them, a list
//! of one, so that a reader never holds more than one.

use std::io::Write;
use std::path::Path;
use std::rc::Rc;
use std::slice;

use picklestream::pickle::{self, PickleRecords, ReadOptions, WriteOptions};
use picklestream::value::Value;

use crate::dataset::Digester;
use crate::files::{NewFolder, open_ours};
use crate::formats::{self, Error, InputFile, Output};

use super::OwnRecords;
use crate::suite::opens::Sourced;

/// Records on their way into the file.
pub(crate) struct Spool {
    folder: NewFolder,
    output: Output,
    digester: Digester,
}

impl Spool {
    /// The file's name within its folder.
    pub(super) const NAME: &'static str = "records.spool";

    /// An empty one in a folder that is nobody else's.
    ///
    /// # Errors
    ///
    /// If the file cannot be made.
    pub(crate) fn create_in(folder: NewFolder) -> Result<Spool, Error> {
        let file = std::fs::File::create(folder.path().join(Spool::NAME))?;
        Ok(Spool {
            folder,
            output: Output::new(file),
            digester: Digester::new(),
        })
    }

    /// Adds a record.
    ///
    /// # Errors
    ///
    /// If the file cannot be written, or the record has no form as text.
    pub(crate) fn add(&mut self, record: &Value) -> Result<(), Error> {
        pickle::write_list(
            &mut self.output,
            slice::from_ref(record),
            &WriteOptions::default(),
        )?;
        Ok(self.digester.add(record)?)
    }

    /// The records, of which a sample was drawn with `seed`, if it was.
    ///
    /// # Errors
    ///
    /// If the last of them cannot be written.
    pub(crate) fn finish(mut self, seed: Option<u64>) -> Result<OwnRecords, Error> {
        self.output.flush()?;
        Ok(OwnRecords {
            records: self.digester.records(),
            digest: self.digester.finish(),
            seed: seed.unwrap_or(0),
            spool: self.folder.path().join(Spool::NAME),
            folder: Some(Rc::new(self.folder)),
        })
    }
}

/// The records in such a file. What is in it was read within the user's limits, so
/// that there are none here.
pub(super) fn open(path: &Path) -> Result<Sourced<Value>, Error> {
    let input = formats::input(InputFile::new(open_ours(path)?, String::new())?);
    let mut options = ReadOptions::default();
    options.objects = pickle::Objects::AsData;
    let limits = &mut options.limits;
    limits.item_bytes = u64::MAX;
    limits.batch_bytes = u64::MAX;
    limits.integer_digits = u64::MAX;
    limits.line_bytes = u64::MAX;
    let records = PickleRecords::<_, Value>::from_pipe_with(input, &options);
    Ok(Box::new(records.map(|record| record.map_err(Error::from))))
}
