//! What is measured, and how: the heap exactly, the resident set as the
//! system tells it.
//!
//! The meter knows nothing of formats. A program of yours can use it as it is:
//!
//! ```
//! use picklebench::meter::Metered;
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
//! - `allocator.rs` stands between the program and its allocator; the only
//!   file with `unsafe` in it.
//! - `heap.rs` counts: live, peak, and what else [`HeapUsage`] holds.
//! - `timeline.rs` keeps live bytes over time without a sampling thread.
//! - `resident.rs` reads the resident set and its high-water mark.

mod allocator;
mod heap;
mod resident;
mod timeline;

pub use allocator::Metered;
pub use heap::{Heap, HeapUsage, Window};
pub use resident::{high_water_bytes, reset_high_water, resident_bytes};
pub use timeline::Point;
