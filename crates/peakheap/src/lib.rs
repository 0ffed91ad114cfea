//! What is measured, and how: the heap exactly, the resident set as the
//! system tells it.
//!
//! The meter knows nothing of formats. A program of yours can use it as it is:
//!
//! ```
//! use peakheap::Metered;
//!
//! #[global_allocator]
//! static ALLOCATOR: Metered = Metered::system();
//!
//! let window = ALLOCATOR.heap().open();
//! let list: Vec<u64> = (0..1000).collect();
//! let usage = window.close();
//! assert_eq!(usage.peak_bytes - usage.floor_bytes, 8000);
//! assert_eq!(usage.allocations, 1);
//! # drop(list);
//! ```
//!
//! [`Profile`] says the same of each step of a function, line by line.
//!
//! - `allocator.rs` stands between the program and its allocator; the only
//!   file with `unsafe` in it.
//! - `heap.rs` counts: live, peak, and what else [`HeapUsage`] holds.
//! - `timeline.rs` keeps live bytes over time without a sampling thread.
//! - `resident.rs` reads the resident set and its high-water mark.
//! - `profile.rs` runs steps and keeps a row for each; `stretch.rs` gives a
//!   step a peak of its own, `source.rs` finds its line, `step_table.rs` prints.

mod allocator;
mod heap;
mod profile;
mod resident;
mod source;
mod step_table;
mod stretch;
mod timeline;

pub use allocator::{Metered, can_trim, trim};
pub use heap::{Heap, HeapUsage, Window};
pub use profile::{Profile, Profiled, StepUsage};
pub use resident::{high_water_bytes, reset_high_water, resident_bytes};
pub use timeline::Point;
