//! Tells the code what built it, and from what, for the environment in
//! `run.json`.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

/// All that the program is built from: what differs here is another program.
const SOURCES: [&str; 8] = [
    "src",
    "crates/peakheap/src",
    "crates/picklestream/src",
    "crates/plainfigures/src",
    "crates/pysizeof/src",
    "Cargo.toml",
    "Cargo.lock",
    "build.rs",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = output(Command::new(rustc).arg("--version")).unwrap_or_default();
    tell("RUSTC", &version);
    tell("TARGET", &env::var("TARGET").unwrap_or_default());
    tell("SOURCES", &SOURCES.join(" "));
    if Path::new(".git").exists() {
        commit_of_the_repository();
    } else if let Some(commit) = commit_of_the_package() {
        tell("COMMIT", &commit);
        tell("DIRTY", "false");
    }
}

/// The commit that is checked out, and whether the sources differ from it.
fn commit_of_the_repository() {
    for path in SOURCES {
        println!("cargo::rerun-if-changed={path}");
    }
    // Every commit and every checkout adds a line to the log of HEAD. A development
    // build tells of the commit at which its sources last changed: to build anew
    // after each commit would cost more than that is worth.
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    for name in ["HEAD", "logs/HEAD"] {
        if is_release
            && let Some(path) = git(&["rev-parse", "--git-path", name])
            && Path::new(&path).exists()
        {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    let status = ["status", "--porcelain", "-uno", "--"];
    let changes = git(&status.into_iter().chain(SOURCES).collect::<Vec<_>>());
    if let (Some(commit), Some(changes)) = (git(&["rev-parse", "HEAD"]), changes) {
        tell("COMMIT", &commit);
        tell("DIRTY", &(!changes.is_empty()).to_string());
    }
}

/// The commit that a package was made from, as cargo notes it in a package.
fn commit_of_the_package() -> Option<String> {
    let note = fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, rest) = note.split_once("\"sha1\"")?;
    let commit = rest.split('"').nth(1)?;
    // A package of changed sources says so, and then no commit made it.
    let is_commit = commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_commit && !note.contains("\"dirty\"")).then(|| commit.to_owned())
}

fn git(arguments: &[&str]) -> Option<String> {
    output(Command::new("git").args(arguments))
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

fn tell(name: &str, value: &str) {
    println!("cargo::rustc-env=PICKLEBENCH_{name}={value}");
}
