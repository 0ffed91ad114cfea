//! What loading costs the Python at hand, against what is predicted: a small form
//! of `benches/peak.rs`.

#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;
use std::process::Command;

use pysizeof::{Build, Memory};

fn build() -> Option<Build> {
    let script = "import sys; print('%d.%d' % sys.version_info[:2])";
    let output = Command::new("python3").args(["-c", script]).output().ok()?;
    match String::from_utf8_lossy(&output.stdout).trim() {
        "3.8" => Some(Build::Cpython38),
        "3.11" => Some(Build::Cpython311),
        "3.12" | "3.13" => Some(Build::Cpython312),
        _ => None,
    }
}

#[test]
fn loading_takes_what_is_predicted() {
    let Some(build) = build() else {
        eprintln!("SKIPPED: there is no python3 of a known version to measure");
        return;
    };
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peak");
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("python3")
        .arg(scripts.join("make.py"))
        .arg(folder.path())
        .args([
            "0.25", "tuples", "dicts", "complex", "mapping", "big-set", "matrix",
        ])
        .status();
    assert!(made.unwrap().success());
    let mut checked = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "pkl") {
            continue;
        }
        let file = BufReader::new(File::open(&path).unwrap());
        let sizing = pysizeof::of_pickle(file, Memory::Requested).unwrap();
        let cost = sizing.cost().unwrap();
        let output = Command::new("python3")
            .arg(scripts.join("measure.py"))
            .arg(&path)
            .arg(cost.protocol().to_string())
            .env_remove("PYTHONMALLOC")
            .env_remove("MALLOC_MMAP_THRESHOLD_")
            .output()
            .unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        let mut measured = told
            .split_whitespace()
            .map(|word| word.parse::<f64>().unwrap());
        for (what, sizes, share) in [
            ("kept", cost.kept(), 0.03),
            ("load peak", cost.load_peak(), 0.05),
        ] {
            let (ours, theirs) = (sizes.of(build) as f64, measured.next().unwrap());
            let bound = (share * theirs).max(1048576.0);
            assert!(
                (ours - theirs).abs() <= bound,
                "{what} of {}: {ours} instead of {theirs}",
                path.display()
            );
        }
        checked += 1;
    }
    assert_eq!(checked, 14);
}
