//! What the benches have in common.

pub mod arguments;
pub mod cpu;
pub mod document;

use std::{env, io, path::Path};

use picklebench::dataset::{Recipe, Shape};

/// Goes to the workspace's root, where `data/` and `results/` are. Cargo starts
/// a bench in the folder of its own package, which is `benches/`.
///
/// # Errors
///
/// If the folder is gone.
pub fn enter_workspace() -> io::Result<()> {
    match env::var_os("CARGO_MANIFEST_DIR")
        .as_deref()
        .map(Path::new)
        .and_then(Path::parent)
    {
        Some(root) => env::set_current_dir(root),
        // Started by hand: wherever the user is.
        None => Ok(()),
    }
}

/// The tutorial's records, from the seed that every bench has.
#[must_use]
pub fn tuples(records: u64) -> Recipe {
    Recipe {
        shape: Shape::Tuples,
        records,
        seed: 42,
    }
}
