//! How much time and memory a process may take.

use std::io;
use std::time::Duration;

/// What a process may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobLimits {
    /// How long, before it is ended.
    pub time: Duration,
    /// How much memory, in bytes, before its allocations fail; `None` for all
    /// there is.
    pub memory_bytes: Option<u64>,
}

impl JobLimits {
    /// The least memory, in bytes, within which a worker and a Python can begin,
    /// before they do anything.
    pub const LEAST_MEMORY_BYTES: u64 = 8 << 20;

    /// What follows "its limit" in a message about memory, so that whoever reads
    /// it knows how to raise it; nothing where there is none.
    pub(super) fn memory_clause(&self) -> String {
        self.memory_bytes.map_or(String::new(), |bytes| {
            format!(" of {} MiB; see --memory-limit", bytes >> 20)
        })
    }

    /// What to tell of a process that needed more time.
    pub(super) fn too_long(&self) -> String {
        format!("it took longer than {} s", self.time.as_secs_f64())
    }
}

/// Makes this process's allocations fail beyond `bytes` (setrlimit(2),
/// `RLIMIT_DATA`), so that a job which needs too much takes itself down and not
/// the machine. 0 is no limit.
pub(super) fn limit_memory(bytes: u64) -> io::Result<()> {
    #[cfg(unix)]
    if bytes > 0 {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit = Rlimit {
            current: Some(bytes),
            maximum: Some(bytes),
        };
        setrlimit(Resource::Data, limit)?;
    }
    #[cfg(not(unix))]
    let _ = bytes;
    Ok(())
}
