//! Records of a type that somebody wrote, in a program of their own.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::columns::NoColumns;
use super::{Fixed, Measured, Record, RecordKind, Typed};

/// A record of a type that somebody wrote, for formats: whatever goes through serde is
/// a [`Record`] within it. A format sees nothing of this: it is written and read as
/// what is in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Own<T>(
    /// What they wrote.
    pub T,
);

impl<T: Serialize + DeserializeOwned + Clone + 'static> Record for Own<T> {
    const KIND: RecordKind = RecordKind::Typed;
    type Borrowed<'file> = Own<T>;
}

impl<T: Serialize + DeserializeOwned + Clone + 'static> Typed for Own<T> {}

impl<T: Serialize + DeserializeOwned + Clone + 'static> Fixed for Own<T> {}

impl<T: Serialize + DeserializeOwned + Clone + 'static> Measured for Own<T> {
    type Columns = NoColumns;

    /// Nobody told: who makes the records measures it.
    fn owned_bytes(&self) -> usize {
        0
    }
}
