//! How long sizing a pickle takes in every build at once, without and with which part
//! takes how much, against how long `python3` takes to load it, in processor time: over the shapes of `peak/make.py`.
//!
//!     cargo bench -p pysizeof --bench load
//!     cargo bench -p pysizeof --bench load -- words dicts

use std::env;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::Command;

use pysizeof::{Detail, Memory};

/// Shapes that are measured unless others are named.
const SHAPES: [&str; 8] = [
    "tuples", "dicts", "floats", "integers", "strings", "words", "blobs", "mapping",
];

/// Loads the files that it is given, each three times, and prints the least seconds.
const LOAD: &str = "
import pickle, sys, time
for path in sys.argv[1:]:
    best = 1e9
    for _ in range(3):
        with open(path, 'rb') as file:
            start = time.process_time()
            data = pickle.load(file)
            best = min(best, time.process_time() - start)
        del data
    print(best)
";

fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    let given = |word: &str| words.iter().any(|w| w == word);
    if !given("--bench") || given("--test") || seconds().is_none() {
        println!("measures only under cargo bench, on Linux");
        return;
    }
    let named: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let shapes = if named.is_empty() {
        &SHAPES
    } else {
        &named[..]
    };
    let folder = env::temp_dir().join(format!("pysizeof-load-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a temporary folder");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peak/make.py");
    let made = Command::new("python3")
        .arg(script)
        .arg(&folder)
        .arg("1")
        .args(shapes)
        .status();
    if !made.is_ok_and(|status| status.success()) {
        println!("there is no python3 to compare with");
        return;
    }
    let entries = fs::read_dir(&folder).expect("the folder just made");
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "pkl"));
    paths.sort();
    let python = Command::new("python3")
        .args(["-c", LOAD])
        .args(&paths)
        .output();
    let told = String::from_utf8_lossy(&python.expect("it ran before").stdout).into_owned();
    for (path, line) in paths.iter().zip(told.lines()) {
        let theirs: f64 = line.parse().expect("seconds");
        let best = |detail| {
            let each = (0..3).map(|_| sized(path, detail));
            each.fold(f64::INFINITY, f64::min)
        };
        let (totals, parts) = (best(Detail::Totals), best(Detail::Parts));
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        println!(
            "{name}: totals {totals:.3} s, {:.2} of loading it; parts {parts:.3} s, {:.2}",
            totals / theirs,
            parts / theirs
        );
    }
    let _ = fs::remove_dir_all(&folder);
}

/// Seconds of processor time of sizing one file.
fn sized(path: &Path, detail: Detail) -> f64 {
    let start = seconds().unwrap_or_default();
    let file = BufReader::with_capacity(64 << 10, File::open(path).expect("a pickle just made"));
    let sizing =
        pysizeof::of_pickle_in_detail(file, Memory::Requested, detail).expect("it is plain data");
    assert!(!sizing.is_at_least());
    seconds().unwrap_or_default() - start
}

/// Seconds that this process was on a processor.
fn seconds() -> Option<f64> {
    let told = fs::read_to_string("/proc/self/schedstat").ok()?;
    let nanos: u64 = told.split_whitespace().next()?.parse().ok()?;
    Some(nanos as f64 / 1e9)
}
