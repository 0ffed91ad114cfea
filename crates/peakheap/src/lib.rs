//! The exact peak heap of any piece of Rust code, and where it comes from.
//!
//! [`Metered`] is an allocator that counts. Installed as the global allocator
//! it sees everything that the program asks for; a [`Window`] over a part of
//! the program says how much of that was live at once:
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
//! A [`Limit`] makes allocations fail beyond so many live bytes, so that a program
//! can be tried under it without a smaller machine.
//!
//! [`Profile`] says the same of each step of a function, line by line.
//!
//! # What is exact, and what is not
//!
//! Heap figures are bytes requested from the allocator, exact to the byte and
//! the same in every run. They are not what the process occupies: the
//! allocator rounds sizes up, and keeps what was freed. For that,
//! [`resident_bytes`] and [`high_water_bytes`] ask the system; the high-water
//! mark needs Linux and is absent elsewhere.
//!
//! With several threads, two that allocate and free at the same instant can
//! each miss the other's last block; see [`Heap::open`].

mod allocator;
mod heap;
mod limit;
mod profile;
mod resident;
mod source;
mod step_table;
mod step_usage;
mod stretch;
mod timeline;

pub use allocator::{Metered, can_trim, trim};
pub use heap::{Heap, HeapUsage, Window};
pub use limit::Limit;
pub use profile::{Profile, Profiled};
pub use resident::{high_water_bytes, reset_high_water, resident_bytes};
pub use step_usage::StepUsage;
pub use timeline::Point;

#[cfg(test)]
mod tests {
    /// The example there is a whole test file, so a doctest would not run it.
    #[test]
    fn the_readme_shows_a_test_that_runs() {
        let readme = include_str!("../README.md");
        assert!(readme.contains(include_str!("../tests/readme.rs")));
    }
}
