//! A row of the step profile.

/// What one line of a profile needed. Bytes of the heap are those requested
/// from the allocator; figures that could not be had are absent.
///
/// A step that ran several times is one row: `before` is of the first time,
/// `after` of the last, peaks are the largest of all, the rest are sums.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StepUsage {
    /// The name that [`Profile::named`](crate::Profile::named) was given.
    pub name: Option<&'static str>,
    /// Source file, as the compiler names it.
    pub file: &'static str,
    /// Line in that file.
    pub line: u32,
    /// The text of that line without its indentation, where the file is at hand.
    pub source: Option<String>,
    /// How many times it ran.
    pub times: u64,
    /// When it first began, in seconds after the profile.
    pub start_seconds: f64,
    /// How long it took.
    pub seconds: f64,
    /// Live heap bytes before it.
    pub heap_before_bytes: Option<u64>,
    /// Most live heap bytes within it.
    pub heap_peak_bytes: Option<u64>,
    /// Live heap bytes after it.
    pub heap_after_bytes: Option<u64>,
    /// Calls within it that took or resized a block.
    pub allocations: Option<u64>,
    /// Resident set before it.
    pub resident_before_bytes: Option<u64>,
    /// High-water mark of the resident set within it.
    pub resident_peak_bytes: Option<u64>,
    /// Resident set after it.
    pub resident_after_bytes: Option<u64>,
}
