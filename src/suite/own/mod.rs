//! Records that somebody brought: read once, as `convert` reads them, and kept in a
//! file of ours for as long as the run goes on. What is in the user's file is thus
//! never executed, by us or by a Python that we start, and every case has the same
//! records, whatever happens to that file meanwhile.
//!
//! - `spool.rs`: the file of ours, written and read.
//! - `choose.rs`: which of the records are taken.
//! - `fields.rs`: what they look like.

mod choose;
mod fields;
mod spool;

use std::path::{Path, PathBuf};
use std::rc::Rc;

use picklestream::value::Value;
use serde::{Deserialize, Serialize};

use crate::files::NewFolder;
use crate::formats::Error;

use super::opens::{Counted, Opens, Sourced};

pub use choose::{Choose, Sample};
pub(crate) use fields::Fields;
pub(crate) use spool::Spool;

/// Records that somebody brought. They are gone when the last of these is dropped.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OwnRecords {
    records: u64,
    seed: u64,
    /// Their digest: which records they are.
    #[serde(skip)]
    digest: String,
    /// The file that holds them.
    #[serde(skip)]
    spool: PathBuf,
    /// The folder that it lies in, for as long as the run goes on.
    #[serde(skip)]
    folder: Option<Rc<NewFolder>>,
}

impl OwnRecords {
    /// What such records are called.
    pub(crate) const NAME: &'static str = "records";

    /// How many there are.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records
    }

    /// What a sample of them was drawn with; 0 where none was.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Their name, and which they are: what another run has to have in common.
    pub(super) fn key(&self) -> String {
        format!("{} {}", OwnRecords::NAME, self.digest)
    }

    /// The folder for the files of their cases: gone with the run.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref().map(NewFolder::path)
    }

    /// The first so many of them.
    pub(super) fn first(&self, records: u64) -> OwnRecords {
        OwnRecords {
            records: records.min(self.records),
            ..self.clone()
        }
    }

    /// The same, told by a file that lies in their folder.
    pub(super) fn beside(self, path: &Path) -> OwnRecords {
        OwnRecords {
            spool: path.with_file_name(Spool::NAME),
            ..self
        }
    }
}

impl Opens<Value> for OwnRecords {
    fn open(&self) -> Result<Sourced<Value>, Error> {
        Ok(Box::new(Counted {
            records: spool::open(&self.spool)?,
            left: self.records,
            if_fewer: "the file of the records ends too soon",
        }))
    }

    fn list_len(&self) -> u64 {
        self.records
    }
}
