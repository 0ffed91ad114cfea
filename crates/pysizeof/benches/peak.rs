//! What loading and dumping cost the interpreters, against what is predicted, as a
//! table of Markdown: docs/sizeof.md has it.
//!
//! `peak/make.py` makes the pickles and `peak/measure.py` measures them, in a process
//! each. Where there is no Python, or no Linux, it says so and does nothing.
//!
//!     cargo bench -p pysizeof --bench peak
//!     cargo bench -p pysizeof --bench peak -- 0.1        a tenth of the items
//!     cargo bench -p pysizeof --bench peak -- 1 arrays   some of the shapes

use std::env;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::Command;

use pysizeof::{Build, Memory};

/// The interpreters that are looked for, and the build that each is.
const PYTHONS: [(&str, Build); 5] = [
    ("2.7", Build::Cpython27),
    ("3.8", Build::Cpython38),
    ("3.11", Build::Cpython311),
    ("3.12", Build::Cpython312),
    ("3.13", Build::Cpython312),
];

/// Bytes within which a figure is right in any case: arenas come in MiB.
const LEAST: f64 = 1048576.0;

fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    let given = |word: &str| words.iter().any(|w| w == word);
    if !given("--bench") || given("--test") {
        println!("measures only under cargo bench");
        return;
    }
    let named = words.iter().filter(|word| !word.starts_with('-'));
    let pythons = pythons();
    let newest = pythons.iter().rev().find(|(version, ..)| *version != "2.7");
    let Some((.., python)) = newest else {
        println!("there is no Python to measure");
        return;
    };
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peak");
    let folder = env::temp_dir().join(format!("pysizeof-peak-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a temporary folder");
    let made = Command::new(python)
        .arg(scripts.join("make.py"))
        .arg(&folder)
        .args(named)
        .status();
    assert!(made.expect("Python starts").success(), "no pickles made");
    println!(
        "| pickle | Python | kept | predicted | load peak | predicted | dump extra | predicted |"
    );
    println!("|---|---|--:|--:|--:|--:|--:|--:|");
    let mut right = [0; 3];
    let mut count = 0;
    for path in pickles(&folder) {
        for (version, build, python) in &pythons {
            let measure = scripts.join("measure.py");
            if let Some(row) = row(&path, *build, python, &measure) {
                println!("{}", row.text(&path, version));
                count += 1;
                for (sum, is_right) in right.iter_mut().zip(row.is_right()) {
                    *sum += usize::from(is_right);
                }
            }
        }
    }
    let [kept, load, dump] = right;
    println!(
        "\nOf {count}: kept within 3 % {kept}, load peak within 5 % {load}, dump extra {dump}."
    );
    let _ = fs::remove_dir_all(&folder);
}

/// The interpreters that pyenv has.
fn pythons() -> Vec<(&'static str, Build, PathBuf)> {
    let root = Command::new("pyenv").arg("root").output();
    let root = root.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let Ok(root) = root else {
        return Vec::new();
    };
    let versions = fs::read_dir(Path::new(&root).join("versions"));
    let folders: Vec<PathBuf> = versions
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    let found = PYTHONS.iter().filter_map(|(version, build)| {
        let prefix = format!("{version}.");
        let is_it = |folder: &&PathBuf| {
            let name = folder.file_name().unwrap_or_default();
            name.to_string_lossy().starts_with(&prefix)
        };
        let folder = folders.iter().find(is_it)?;
        Some((*version, *build, folder.join("bin/python")))
    });
    found.collect()
}

fn pickles(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder just made");
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "pkl"));
    paths.sort();
    paths
}

/// Kept, load peak, dump extra: measured and predicted.
struct Row([(f64, f64); 3]);

fn row(path: &Path, build: Build, python: &Path, measure: &Path) -> Option<Row> {
    let file = BufReader::new(File::open(path).expect("a pickle just made"));
    let sizing = pysizeof::of_pickle(file, Memory::Requested).expect("it is plain data");
    let cost = sizing.cost().filter(|cost| cost.can_load(build))?;
    let output = Command::new(python)
        .arg(measure)
        .arg(path)
        .arg(cost.protocol().to_string())
        .output()
        .expect("Python starts");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut measured = told.split_whitespace().filter_map(|word| word.parse().ok());
    let predicted = [cost.kept(), cost.load_peak(), cost.dump_extra()];
    let mut figures = [(0.0, 0.0); 3];
    for (figure, predicted) in figures.iter_mut().zip(predicted) {
        *figure = (measured.next()?, predicted.of(build) as f64);
    }
    Some(Row(figures))
}

impl Row {
    fn is_right(&self) -> [bool; 3] {
        let within = |(measured, predicted): (f64, f64), share: f64| {
            (measured - predicted).abs() <= (share * measured).max(LEAST)
        };
        let [kept, load, dump] = self.0;
        [within(kept, 0.03), within(load, 0.05), within(dump, 0.05)]
    }

    /// In MiB; what is not within its bounds is in italics.
    fn text(&self, path: &Path, version: &str) -> String {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let cells = self
            .0
            .iter()
            .zip(self.is_right())
            .map(|(figures, is_right)| {
                let mark = if is_right { "" } else { "*" };
                let (measured, predicted) = (figures.0 / LEAST, figures.1 / LEAST);
                format!("{measured:.1} | {mark}{predicted:.1}{mark}")
            });
        let cells: Vec<String> = cells.collect();
        format!("| {name} | {version} | {} |", cells.join(" | "))
    }
}
