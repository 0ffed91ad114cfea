//! What was measured behind a format's name.

use serde::{Deserialize, Serialize};

/// Which code a format's figures are those of, and what its files are: what a
/// reader of the figures asks first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormatNote {
    /// The format's name.
    pub name: String,
    /// The crate that encodes and decodes.
    pub library: String,
    /// Its version, where the lock file has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The calls that write and read a list.
    pub calls: String,
    /// What is held at a time beside records and the buffer.
    pub holds: String,
    /// Whether these records are read one after another, not whole.
    pub streams: bool,
    /// What a reader has to know beforehand.
    pub schema: String,
    /// Whether strings that are read are copies.
    pub strings: String,
    /// What the records lose on the way.
    pub loses: String,
}
