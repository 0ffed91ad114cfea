//! A format from outside the crate, handed to the registry in one line, is
//! measured, listed, generated, converted, recognised, completed and reported
//! like all others. It is the example of CONTRIBUTING.md.
//!
//! Without libtest: this program is also the `picklebench` command that knows
//! the format, and the worker that measures it.

#[path = "own_format/frames.rs"]
mod frames;

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use peakheap::Metered;
use picklebench::cli;
use picklebench::formats::Formats;

#[global_allocator]
static ALLOCATOR: Metered = Metered::system();

/// Set where this program is to be the command.
const AS_COMMAND: &str = "PICKLEBENCH_WITH_FRAMES";

fn main() -> ExitCode {
    if env::var_os(AS_COMMAND).is_some() {
        return cli::main(
            Some(ALLOCATOR.heap()),
            &Formats::built_in().and(&frames::Frames),
        );
    }
    it_is_everywhere();
    it_is_the_example_of_the_guide();
    println!("\ntest result: ok. 2 passed; 0 failed; 0 ignored");
    ExitCode::SUCCESS
}

/// Runs the command in `folder`; gives what it prints.
fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env::current_exe().unwrap())
        .args(arguments)
        .env(AS_COMMAND, "1")
        .current_dir(folder)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn it_is_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();

    let list = run(folder, &["measure", "--list"]);
    for operation in [
        "write",
        "read",
        "stream-write",
        "stream-read",
        "column-read",
    ] {
        let id = format!("{operation}/frames");
        assert!(list.lines().any(|line| line == id), "{id}: {list}");
    }
    // Each of its five operations runs, and is right.
    run(folder, &["measure", "frames", "-n", "500", "--runs", "2"]);
    let page = fs::read_to_string(folder.join("results/latest/report.html")).unwrap();
    assert!(page.contains("column-read/frames"));
    let run_json = fs::read_to_string(folder.join("results/latest/run.json")).unwrap();
    let told: serde_json::Value = serde_json::from_str(&run_json).unwrap();
    let cases = told["cases"].as_array().unwrap();
    let ran = cases.iter().filter(|case| case["format"] == "frames");
    assert_eq!(ran.filter(|case| case["status"] == "ok").count(), 5);

    let made = run(folder, &["generate", "frames", "-n", "3"]);
    assert_eq!(made, "data/tuples-3-42-frames.frames\n");
    // By its name, there and back again: what no other format tells apart.
    let text = "(1, 'one', [None, b'\\xff'])\n{2: {3}}\n";
    fs::write(folder.join("a.txt"), text).unwrap();
    run(folder, &["convert", "a.txt", "b.frames"]);
    run(folder, &["convert", "b.frames", "c", "--to=text"]);
    assert_eq!(fs::read_to_string(folder.join("c")).unwrap(), text);
    run(folder, &["convert", "a.txt", "d", "--to=frames"]);
    assert_eq!(
        run(folder, &["convert", "d", "-", "--from=frames", "--to=text"]),
        text
    );

    // Among the others, wherever the lines break and whichever stand beside it.
    let help = run(folder, &["convert", "--help"]);
    let words: Vec<&str> = help.split_whitespace().collect();
    let adjoining = |pair: [&str; 2]| words.windows(2).any(|found| found == pair);
    assert!(adjoining(["or", "frames"]), "{help}");
    assert!(help.contains(".frames"), "{help}");
    let completions = run(folder, &["completions", "bash"]);
    let formats = completions
        .lines()
        .filter(|line| line.contains("messagepack"))
        .filter(|line| line.split([' ', '"']).any(|word| word == "frames"));
    // Those of `--to` and of `--from`.
    assert!(formats.count() >= 2, "{completions}");
}

fn it_is_the_example_of_the_guide() {
    let guide = fs::read_to_string("CONTRIBUTING.md").unwrap();
    let example = include_str!("own_format/frames.rs");
    // Within the crate, its own paths.
    let example = example
        .replace("picklebench::dataset::Record", "crate::dataset::Record")
        .replace("use picklebench::formats::{", "use super::{");
    assert!(
        guide.contains(&example),
        "CONTRIBUTING.md shows:\n{example}"
    );
}
