//! The Pythons that the tests compare with, of this crate and of picklebench.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Every python of this machine that runs: those that pyenv has, and python3.
pub fn pythons() -> Vec<PathBuf> {
    let mut candidates = Vec::new();
    if let Some(home) = std::env::var_os("HOME") {
        let versions = Path::new(&home).join(".pyenv/versions");
        for entry in std::fs::read_dir(versions).into_iter().flatten().flatten() {
            candidates.push(entry.path().join("bin/python"));
        }
    }
    candidates.sort();
    candidates.push(PathBuf::from("python3"));
    candidates.retain(|python| {
        let output = Command::new(python).args(["-c", "import pickle"]).output();
        output.is_ok_and(|output| output.status.success())
    });
    candidates
}
