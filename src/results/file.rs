//! `run.json` on disk, and the folder that a run goes to.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Serializer;
use serde_json::ser::Formatter;
use tempfile::NamedTempFile;
use thiserror::Error;

use super::{Run, SCHEMA};

/// What can go wrong with results on disk.
#[derive(Debug, Error)]
pub enum FileError {
    /// The system said no.
    #[error("cannot {action} {}: {source}{hint}", path.display())]
    Io {
        /// What was tried, such as `read`.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
        /// What to do next, with its own punctuation before it.
        hint: &'static str,
    },
    /// It is JSON of another make, or damaged.
    #[error(
        "{} is no run of picklebench, or is damaged: {source}; \
         make a new one with 'picklebench measure'", path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Where it stops making sense.
        source: serde_json::Error,
    },
    /// It was written by a later version.
    #[error(
        "{} was written by a newer picklebench (schema {found}; this one reads {SCHEMA}): \
         update picklebench to read it", path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: u64,
    },
    /// Its figures cannot be.
    #[error("{}: {problem}; the file was changed or damaged", path.display())]
    Nonsense {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        problem: String,
    },
    /// Another process holds the folder.
    #[error(
        "another run is writing to {}: wait for it to end, or choose another folder \
         with --results DIR", path.display()
    )]
    Busy {
        /// The folder.
        path: PathBuf,
    },
}

pub(super) fn io_error(action: &'static str, path: &Path, source: io::Error) -> FileError {
    let hint = match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; free some space, or choose another folder"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; choose a folder that you may write to"
        }
        _ => "",
    };
    FileError::Io {
        action,
        path: path.to_owned(),
        source,
        hint,
    }
}

impl Run {
    /// Reads a `run.json`.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is not a run, is of a newer schema, or its
    /// figures cannot be.
    pub fn load(path: &Path) -> Result<Run, FileError> {
        #[derive(Deserialize)]
        struct Head {
            schema: u64,
        }

        let text = fs::read(path).map_err(|source| io_error("read", path, source))?;
        let foreign = |source| FileError::Foreign {
            path: path.to_owned(),
            source,
        };
        let head: Head = serde_json::from_slice(&text).map_err(foreign)?;
        if head.schema > u64::from(SCHEMA) {
            return Err(FileError::Newer {
                path: path.to_owned(),
                found: head.schema,
            });
        }
        let run: Run = serde_json::from_slice(&text).map_err(foreign)?;
        run.check().map_err(|problem| FileError::Nonsense {
            path: path.to_owned(),
            problem,
        })?;
        Ok(run)
    }

    /// What serde cannot see: figures that contradict each other.
    fn check(&self) -> Result<(), String> {
        for case in &self.cases {
            let id = &case.id;
            let steps = case.steps.iter();
            let points = case.timeline.iter().flat_map(|timeline| &timeline.seconds);
            let speeds = case.throughput.iter().flat_map(|speed| {
                [
                    &speed.median_seconds,
                    &speed.low_seconds,
                    &speed.high_seconds,
                ]
            });
            let times = case
                .seconds
                .iter()
                .chain(steps.flat_map(|step| [&step.start_seconds, &step.seconds]))
                .chain(points)
                .chain(speeds);
            if let Some(bad) = times.into_iter().find(|s| !s.is_finite() || **s < 0.0) {
                return Err(format!("case {id} claims to have taken {bad} seconds"));
            }
            if let Some(heap) = &case.heap
                && heap.peak_bytes < heap.floor_bytes.max(heap.result_bytes)
            {
                return Err(format!("case {id} has a peak below what was live"));
            }
            if let Some(timeline) = &case.timeline
                && timeline.seconds.len() != timeline.live_bytes.len()
            {
                return Err(format!("case {id} has a timeline of two lengths"));
            }
        }
        let profiles = self.tutorial.iter().flat_map(|tutorial| &tutorial.profiles);
        for profile in profiles {
            let name = format!("{} {}", profile.function, profile.variant);
            let steps = profile.steps.iter();
            let points = profile.timeline.iter().flat_map(|line| &line.seconds);
            let mut times = steps
                .flat_map(|step| [&step.start_seconds, &step.seconds])
                .chain(points);
            if let Some(bad) = times.find(|s| !s.is_finite() || **s < 0.0) {
                return Err(format!("{name} claims to have taken {bad} seconds"));
            }
            if let Some(timeline) = &profile.timeline
                && timeline.seconds.len() != timeline.live_bytes.len()
            {
                return Err(format!("{name} has a timeline of two lengths"));
            }
        }
        Ok(())
    }

    /// The text of `run.json`: a line for each field of a case, so that people
    /// and `diff` can read it, and none for each point of a timeline.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = Vec::new();
        let mut serializer = Serializer::with_formatter(&mut text, Shallow::default());
        self.serialize(&mut serializer)
            .expect("a run is plain data, and memory takes all of it");
        text.push(b'\n');
        String::from_utf8(text).expect("JSON is UTF-8")
    }
}

/// A folder that one run at a time writes to. Files in it are replaced whole or
/// not at all.
#[derive(Debug)]
pub struct ResultsFolder {
    path: PathBuf,
    /// Held for as long as the folder is: the system lets go of it however the
    /// process ends.
    _lock: File,
}

impl ResultsFolder {
    /// The file of a run within its folder.
    pub const RUN: &'static str = "run.json";

    /// Makes the folder if need be, and takes it for this process alone.
    ///
    /// # Errors
    ///
    /// If the folder cannot be made or written to, or another run has it.
    pub fn open(path: &Path) -> Result<ResultsFolder, FileError> {
        fs::create_dir_all(path).map_err(|source| io_error("make the folder", path, source))?;
        let lock_path = path.join(".lock");
        let lock = File::create(&lock_path).map_err(|e| io_error("write", &lock_path, e))?;
        match lock.try_lock() {
            Ok(()) => Ok(ResultsFolder {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(FileError::Busy {
                path: path.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(io_error("lock", &lock_path, source)),
        }
    }

    /// Path of a file in the folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes a file of the folder, replacing an earlier one at once.
    ///
    /// # Errors
    ///
    /// If the system does not let it; an earlier file is then untouched.
    pub fn write(&self, name: &str, content: &str) -> Result<PathBuf, FileError> {
        let path = self.file(name);
        replace(&path, content.as_bytes())?;
        Ok(path)
    }
}

/// Writes a file whole or not at all: into a new file beside it, which then
/// takes its name.
///
/// # Errors
///
/// If the system does not let it; what was there before is then untouched.
pub fn replace(path: &Path, content: &[u8]) -> Result<(), FileError> {
    let error = |source| io_error("write", path, source);
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut file = new_file_in(folder).map_err(error)?;
    file.write_all(content).map_err(error)?;
    file.as_file().sync_all().map_err(error)?;
    file.persist(path).map_err(|failed| error(failed.error))?;
    Ok(())
}

/// A file that is gone again unless it is persisted under its final name, with
/// the permissions of any new file rather than a private one's.
///
/// # Errors
///
/// If the system does not let it.
pub(crate) fn new_file_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".picklebench-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666)); // Less the umask.
    }
    builder.tempfile_in(folder)
}

/// Objects and arrays on lines of their own down to the fields of a case, and
/// on one line below.
#[derive(Default)]
struct Shallow {
    depth: usize,
}

impl Shallow {
    const LINES: usize = 3;

    fn line(&self, writer: &mut (impl Write + ?Sized), depth: usize) -> io::Result<()> {
        if depth > Self::LINES {
            return Ok(());
        }
        write!(writer, "\n{:width$}", "", width = 2 * depth)
    }

    fn open(&mut self, writer: &mut (impl Write + ?Sized), bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        writer.write_all(bracket)
    }

    fn close(&mut self, writer: &mut (impl Write + ?Sized), bracket: &[u8]) -> io::Result<()> {
        if self.depth <= Self::LINES {
            self.line(writer, self.depth - 1)?;
        }
        self.depth -= 1;
        writer.write_all(bracket)
    }

    fn item(&self, writer: &mut (impl Write + ?Sized), first: bool) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
            if self.depth > Self::LINES {
                writer.write_all(b" ")?;
            }
        }
        self.line(writer, self.depth)
    }
}

impl Formatter for Shallow {
    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"[")
    }

    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"]")
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, w: &mut W, first: bool) -> io::Result<()> {
        self.item(w, first)
    }

    fn begin_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"{")
    }

    fn end_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"}")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, w: &mut W, first: bool) -> io::Result<()> {
        self.item(w, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}
