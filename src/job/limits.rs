//! How much time and memory a process may take.

use std::io;
use std::time::Duration;

use peakheap::Heap;
use plainfigures::{KIB, MIB, format_bytes, thousands};

use super::mark;

/// What a process may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobLimits {
    /// How long, before it is ended.
    pub time: Duration,
    /// How much memory, in bytes, before its allocations fail; `None` for all
    /// there is.
    pub memory_bytes: Option<u64>,
    /// Whether that limit is on what is resident, by a control group, for programs that
    /// are not ours; see `job/group.rs`. Otherwise it is on what is
    /// allocated.
    pub resident: bool,
}

impl JobLimits {
    /// The least memory, in bytes, within which a process and a Python can begin,
    /// before they do anything, by the system's count.
    pub const LEAST_MEMORY_BYTES: u64 = 8 << 20;

    /// The least memory, in bytes, within which a worker can begin, by the count
    /// of its own allocator: the name of its file and what the standard library
    /// keeps, with some room.
    pub const LEAST_HEAP_BYTES: u64 = 16 << 10;

    /// What may be allocated, in bytes, where that is limited.
    pub(crate) fn allocated_bytes(&self) -> Option<u64> {
        self.memory_bytes.filter(|_| !self.resident)
    }

    /// What follows "its limit" in a message about memory, so that whoever reads
    /// it knows how to raise it; nothing where there is none.
    pub(super) fn memory_clause(&self) -> String {
        self.memory_bytes.map_or(String::new(), |bytes| {
            format!(" of {}; see --memory-limit", exact(bytes))
        })
    }

    /// What to tell of a process that needed more time.
    pub(super) fn too_long(&self) -> String {
        format!("it took longer than {} s", self.time.as_secs_f64())
    }
}

/// A limit as it can be typed again, to the byte.
fn exact(bytes: u64) -> String {
    match bytes {
        _ if bytes.is_multiple_of(MIB) => format!("{} MiB", bytes / MIB),
        _ if bytes.is_multiple_of(KIB) => format!("{} KiB", bytes / KIB),
        _ => format!("{} bytes", thousands(bytes)),
    }
}

/// What a job may allocate, not yet in force: the job decides by whose count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    bytes: Option<u64>,
}

impl Allowance {
    /// An allowance of so many bytes; 0 for all there are.
    pub(super) fn new(bytes: u64) -> Allowance {
        Allowance {
            bytes: Some(bytes).filter(|bytes| *bytes > 0),
        }
    }

    /// Puts it in force by the system's count, for the rest of this process's
    /// life.
    ///
    /// # Errors
    ///
    /// If the system does not let it.
    pub(crate) fn by_system(self) -> io::Result<()> {
        self.bytes.map_or(Ok(()), |bytes| limit_data(Some(bytes)))
    }

    /// Puts it in force by the heap's own count, where there is a meter, until it
    /// is lifted; otherwise by the system's.
    ///
    /// The system's limit stays behind the heap's, for what no meter sees: stacks,
    /// mapped memory, libraries in C. It is [`behind`] what the heap may have, and
    /// no more than `machine_bytes`, what the machine can spare, unless more was
    /// asked for.
    ///
    /// # Errors
    ///
    /// If the system does not let it, or nobody could work within it.
    pub(crate) fn by_heap(
        self,
        meter: Option<&Heap>,
        machine_bytes: Option<u64>,
    ) -> io::Result<MemoryLimit<'_>> {
        let Some(bytes) = self.bytes else {
            return Ok(MemoryLimit::default());
        };
        let Some(heap) = meter else {
            if bytes < JobLimits::LEAST_MEMORY_BYTES {
                return Err(io::Error::other(too_little(JobLimits::LEAST_MEMORY_BYTES)));
            }
            limit_data(Some(bytes))?;
            return Ok(MemoryLimit::default());
        };
        let most = machine_bytes.map(|machine| machine.max(bytes));
        limit_data(Some(behind(bytes).min(most.unwrap_or(u64::MAX))))?;
        Ok(MemoryLimit {
            heap: Some(heap.limit(bytes)),
            afterwards: Some(most),
        })
    }
}

/// What to tell of a limit within which nobody can begin.
pub(crate) fn too_little(least_bytes: u64) -> String {
    format!("a process needs {} to begin", format_bytes(least_bytes))
}

/// The system's limit behind one of the heap: four times as much, because a C
/// library's allocator makes at least 32 bytes of each block and few programs ask
/// for less than 8 at a time; and 64 MiB for the program itself, its stacks and what
/// the allocator keeps.
fn behind(bytes: u64) -> u64 {
    bytes.saturating_mul(4).saturating_add(64 * MIB)
}

/// A limit on the memory of this process, in force until it is lifted or dropped.
#[derive(Debug, Default)]
pub(crate) struct MemoryLimit<'h> {
    heap: Option<peakheap::Limit<'h>>,
    /// The system's limit once this one is lifted; within, `None` is no limit.
    afterwards: Option<Option<u64>>,
}

impl MemoryLimit<'_> {
    /// Leaves a mark if a block was refused: the work is about to end with an error,
    /// and that is why.
    pub(crate) fn tell(&self) {
        if let Some(bytes) = self.heap.as_ref().and_then(peakheap::Limit::refused_bytes) {
            mark::refused(bytes);
        }
    }

    /// Ends the limit of what was measured. What comes after it, such as a check of
    /// its result, may take what the machine can spare.
    ///
    /// # Errors
    ///
    /// If the system does not let it.
    pub(crate) fn lift(mut self) -> io::Result<()> {
        self.heap = None;
        self.afterwards.map_or(Ok(()), limit_data)
    }
}

/// Makes this process's allocations fail beyond `bytes` (setrlimit(2),
/// `RLIMIT_DATA`), so that a job which needs too much takes itself down and not
/// the machine; `None` for what the system lets it have.
fn limit_data(bytes: Option<u64>) -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let maximum = getrlimit(Resource::Data).maximum;
        let smaller = bytes.map(|bytes| maximum.map_or(bytes, |maximum| bytes.min(maximum)));
        let limit = Rlimit {
            current: smaller.or(maximum),
            maximum,
        };
        setrlimit(Resource::Data, limit)?;
    }
    #[cfg(not(unix))]
    let _ = bytes;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_told_to_the_byte() {
        let told = |bytes| {
            let limits = JobLimits {
                time: Duration::from_secs(1),
                memory_bytes: Some(bytes),
                resident: false,
            };
            limits.memory_clause()
        };
        assert_eq!(told(16 << 20), " of 16 MiB; see --memory-limit");
        assert_eq!(told(68 << 10), " of 68 KiB; see --memory-limit");
        assert_eq!(told(1_000_000), " of 1,000,000 bytes; see --memory-limit");
    }

    #[test]
    fn the_limit_behind_leaves_room_and_does_not_wrap() {
        assert_eq!(behind(1 << 20), 68 << 20);
        assert_eq!(behind(u64::MAX), u64::MAX);
    }
}
