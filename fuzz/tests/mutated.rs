//! Seeds, changed at random a few thousand times: enough to find what is broken
//! everywhere. `FUZZ_SECONDS=60` in the environment goes on for so long, or for a
//! million times, which is what `.ci/run` does; `FUZZ_SEED` takes other numbers.
//!
//! What came of the bytes stands in for coverage: those that come to something new
//! are changed in their turn.

mod mutator;

use std::collections::HashSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use mutator::Mutator;
use picklebench_fuzz::TARGETS;

/// Executions of each target, unless seconds are given.
const FEW: u64 = 3000;

/// No more of them in any case.
const MOST: u64 = 1_000_000;

/// So many inputs are kept to be changed.
const MOST_KEPT: usize = 2000;

/// A number of the environment.
fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is a number")),
    )
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("seeds")
        .join(target);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("there are seeds")
        .map(|entry| entry.expect("the folder can be listed").path())
        .collect();
    paths.sort();
    assert!(paths.len() > 2, "{target}: seeds are missing");
    let read = |path| fs::read(path).expect("a seed can be read");
    paths.into_iter().map(read).collect()
}

/// The bytes that are looked at, which are kept if that fails.
struct Looking<'a> {
    target: &'a str,
    bytes: &'a [u8],
}

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            let path = env::temp_dir().join(format!("fuzz-{}-failed", self.target));
            let kept = fs::write(&path, self.bytes);
            eprintln!("{}: {path:?}, {kept:?}", self.target);
        }
    }
}

/// What came of it, without what differs from one input to the next.
fn gist(told: &str) -> String {
    let is_kept = |c: &char| !c.is_ascii_digit();
    told.chars().filter(is_kept).take(120).collect()
}

fn fuzz(name: &str) {
    let (target, look) = TARGETS
        .into_iter()
        .find(|(target, _)| *target == name)
        .expect("there is such a target");
    let seconds = number("FUZZ_SECONDS");
    let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut kept = seeds(target);
    let mut mutator = Mutator::new(number("FUZZ_SEED").unwrap_or(1));
    let mut met = HashSet::new();
    let mut run = |bytes: &[u8]| {
        let looking = Looking { target, bytes };
        met.insert(gist(&look(looking.bytes)))
    };
    for seed in &kept {
        run(seed);
    }
    let began = Instant::now();
    let mut done = 0;
    while done < if until.is_some() { MOST } else { FEW } {
        if until.is_some_and(|until| Instant::now() >= until) {
            break;
        }
        let changed = mutator.changed(&kept);
        if run(&changed) && kept.len() < MOST_KEPT {
            kept.push(changed);
        }
        done += 1;
    }
    println!(
        "{target}: {done} executions in {:.1} s, {} kinds of outcome",
        began.elapsed().as_secs_f64(),
        met.len()
    );
    assert!(done >= FEW || until.is_some());
}

#[test]
fn convert() {
    fuzz("convert");
}

#[test]
fn literal() {
    fuzz("literal");
}

#[test]
fn pickle() {
    fuzz("pickle");
}

#[test]
fn run_json() {
    fuzz("run_json");
}

#[test]
fn every_target_has_an_entry_for_libfuzzer_and_a_test_here() {
    let here = include_str!("mutated.rs");
    for (target, _) in TARGETS {
        let entry = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fuzz_targets/{target}.rs"));
        let entry = fs::read_to_string(entry).expect("there is an entry");
        assert!(entry.contains(&format!("picklebench_fuzz::{target}(")));
        assert!(here.contains(&format!("fuzz(\"{target}\")")), "{target}");
    }
}
