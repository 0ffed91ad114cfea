//! The finished cases of a run that has not ended: what is left of it when it is
//! interrupted or killed, so that another can go on from there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::files::{self, FileError};

use super::error::ResultsError;
use super::folder::ResultsFolder;
use super::footprint::Footprint;

/// What has to be the same for figures to belong into one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunKey {
    /// The program: its version, its commit, its file's size and time.
    pub build: String,
    /// The dataset's name.
    pub dataset: String,
    /// How many records.
    pub records: u64,
    /// Their seed.
    pub seed: u64,
    /// How often each case runs.
    pub runs: u32,
    /// The Pythons of its cases, with their libraries.
    #[serde(default)]
    pub pythons: Vec<String>,
    /// The fewer records over which each case also runs.
    pub scaling: Vec<u64>,
    /// Whether the least limit of each case is looked for.
    pub fit: bool,
    /// Bytes that a worker may allocate, where that was asked for.
    pub memory_limit_bytes: Option<u64>,
    /// Seconds that a worker may take.
    pub timeout_seconds: f64,
}

impl RunKey {
    /// What differs, for people; `None` if nothing does.
    fn difference(&self, now: &RunKey) -> Option<String> {
        let limit = |key: &RunKey| match key.memory_limit_bytes {
            Some(bytes) => format!("{bytes} bytes"),
            None => "the default".to_owned(),
        };
        let pythons = |key: &RunKey| match &*key.pythons {
            [] => "none".to_owned(),
            pythons => pythons.join("; "),
        };
        let counts = |all: &[u64]| match all {
            [] => "none".to_owned(),
            [only] => format!("at {only} records"),
            [first, .., last] => format!("at {} numbers, {first} to {last}", all.len()),
        };
        let all = [
            ("program", self.build.clone(), now.build.clone()),
            ("dataset", self.dataset.clone(), now.dataset.clone()),
            (
                "number of records",
                self.records.to_string(),
                now.records.to_string(),
            ),
            ("seed", self.seed.to_string(), now.seed.to_string()),
            (
                "number of runs",
                self.runs.to_string(),
                now.runs.to_string(),
            ),
            ("Python", pythons(self), pythons(now)),
            ("scaling", counts(&self.scaling), counts(&now.scaling)),
            (
                "search for a limit",
                self.fit.to_string(),
                now.fit.to_string(),
            ),
            ("memory limit", limit(self), limit(now)),
            (
                "time limit",
                self.timeout_seconds.to_string(),
                now.timeout_seconds.to_string(),
            ),
        ];
        let differing = all.into_iter().find(|(_, before, now)| before != now);
        differing.map(|(what, before, now)| format!("its {what} was {before}, and is {now} now"))
    }
}

/// What the file holds, below its checksum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Content {
    key: RunKey,
    /// When the run began.
    started: String,
    /// The limit of the workers' memory, in bytes, asked for or not.
    worker_limit_bytes: Option<u64>,
    cases: Vec<Footprint>,
}

/// The journal of a run, in its results folder. It is written anew after each
/// case, whole or not at all, with its SHA-256 on the first line.
#[derive(Debug)]
pub struct Journal<'f> {
    folder: &'f ResultsFolder,
    content: Content,
    /// Cases that an earlier run finished and this one has not come to yet.
    earlier: Vec<Footprint>,
}

/// Whether a run begins anew or goes on from one that was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// From nothing, though an interrupted run may be there.
    Anew,
    /// From what an interrupted run has finished, if there is one.
    Resumed,
}

impl ResultsFolder {
    /// The file of an interrupted run within its folder.
    pub const JOURNAL: &'static str = "unfinished.json";

    /// Begins the journal of a run that begins at `started`, whose workers may
    /// allocate `worker_limit_bytes`.
    ///
    /// # Errors
    ///
    /// If an interrupted run is to go on, and is damaged or another kind of run.
    pub fn journal(
        &self,
        beginning: Beginning,
        key: RunKey,
        started: String,
        worker_limit_bytes: Option<u64>,
    ) -> Result<Journal<'_>, ResultsError> {
        let path = self.file(Self::JOURNAL);
        let mut content = Content {
            key,
            started,
            worker_limit_bytes,
            cases: Vec::new(),
        };
        let mut earlier = Vec::new();
        if beginning == Beginning::Resumed
            && let Some(before) = read(&path)?
        {
            if let Some(why) = before.key.difference(&content.key) {
                return Err(ResultsError::OtherJournal { path, why });
            }
            content.started = before.started;
            content.worker_limit_bytes = before.worker_limit_bytes;
            earlier = before.cases;
        }
        Ok(Journal {
            folder: self,
            content,
            earlier,
        })
    }

    /// Whether an interrupted run is there.
    #[must_use]
    pub fn has_journal(&self) -> bool {
        files::is_ours(&self.file(Self::JOURNAL))
    }
}

impl Journal<'_> {
    /// How many cases an earlier run has finished.
    #[must_use]
    pub fn finished(&self) -> usize {
        self.earlier.len()
    }

    /// Whether an earlier run has finished this case.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.earlier.iter().any(|row| row.id == id)
    }

    /// When the run began, RFC 3339; of one that goes on, the first time.
    #[must_use]
    pub fn started(&self) -> &str {
        &self.content.started
    }

    /// What each worker may allocate, in bytes; of a run that goes on, as before.
    #[must_use]
    pub fn worker_limit_bytes(&self) -> Option<u64> {
        self.content.worker_limit_bytes
    }

    /// The row of a case that an earlier run has finished.
    pub fn take(&mut self, id: &str) -> Option<Footprint> {
        let at = self.earlier.iter().position(|row| row.id == id)?;
        let row = self.earlier.swap_remove(at);
        self.content.cases.push(row.clone());
        Some(row)
    }

    /// Notes that a case is finished.
    ///
    /// # Errors
    ///
    /// If the system does not let it; what was noted before stays.
    pub fn note(&mut self, row: &Footprint) -> Result<(), ResultsError> {
        self.content.cases.push(row.clone());
        // Those that this run has not come to are not lost by it.
        let mut content = self.content.clone();
        content.cases.extend(self.earlier.iter().cloned());
        let json = serde_json::to_string(&content).expect("a journal is plain data");
        let text = format!("{}\n{json}\n", sum(&json));
        self.folder.write(ResultsFolder::JOURNAL, &text)?;
        Ok(())
    }

    /// Removes the journal: the run has been written.
    ///
    /// # Errors
    ///
    /// If the system does not let it.
    pub fn end(self) -> Result<(), ResultsError> {
        let path = self.folder.file(ResultsFolder::JOURNAL);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(FileError::write("remove", &path, error).into())
            }
            _ => Ok(()),
        }
    }
}

/// The journal at `path`; `None` if there is none.
fn read(path: &Path) -> Result<Option<Content>, ResultsError> {
    let text = match files::read_ours(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        text => text.map_err(|error| FileError::read(path, error))?,
    };
    match parse(&text) {
        Some(content) => Ok(Some(content)),
        None => Err(ResultsError::DamagedJournal {
            path: PathBuf::from(path),
        }),
    }
}

fn parse(text: &[u8]) -> Option<Content> {
    let text = str::from_utf8(text).ok()?;
    let (found, json) = text.strip_suffix('\n')?.split_once('\n')?;
    if found != sum(json) {
        return None;
    }
    serde_json::from_str(json).ok()
}

/// The checksum of the content.
fn sum(json: &str) -> String {
    let bytes = Sha256::digest(json);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
