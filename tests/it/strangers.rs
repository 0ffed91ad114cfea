//! The libraries in the hands of someone who has only their READMEs: the first
//! example of each is put into a new package outside of this repository, and run.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The first Rust block of a crate's README.
fn example(library: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("crates").join(library).join("README.md");
    let readme = fs::read_to_string(&path).expect("a README");
    let mut lines = readme.lines();
    let has_block = lines.any(|line| line.starts_with("```rust"));
    assert!(has_block, "{} has no Rust example", path.display());
    let block = lines.take_while(|line| *line != "```");
    // What rustdoc hides is code all the same.
    let block = block.map(|line| line.strip_prefix("# ").unwrap_or(line));
    block.map(|line| format!("{line}\n")).collect()
}

/// As rustdoc does it: what is no whole program becomes the body of one.
fn program(example: &str) -> String {
    if example.contains("fn main()") {
        return example.to_owned();
    }
    let body = match example.trim_end().ends_with("(())") {
        true => format!(
            "fn body() -> Result<(), impl std::fmt::Debug> {{\n{example}}}\nbody().unwrap();\n"
        ),
        false => example.to_owned(),
    };
    format!("fn main() {{\n{body}}}\n")
}

/// Runs cargo in a new package that has this one source file, and of our crates
/// only `library`.
fn cargo(library: &str, command: &str, file: &str, source: &str) {
    let folder = tempfile::tempdir().expect("a folder for the package");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("crates").join(library);
    let section = match command {
        "test" => "dev-dependencies",
        _ => "dependencies",
    };
    let mut manifest = format!(
        "[package]\nname = \"stranger\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [{section}]\n{library} = {{ path = {path:?} }}\n"
    );
    for (name, dependency) in [
        (
            "serde",
            "serde = { version = \"1\", features = [\"derive\"] }\n",
        ),
        ("tempfile", "tempfile = \"3\"\n"),
    ] {
        if source.contains(&format!("{name}::")) {
            manifest.push_str(dependency);
        }
    }
    let write = |name: &str, text: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    };
    write("Cargo.toml", manifest.as_bytes());
    // The versions that are here already, so that nothing has to be fetched.
    let lock = fs::read(root.join("Cargo.lock")).expect("the workspace's lock file");
    write("Cargo.lock", &lock);
    write("src/lib.rs", b"");
    write(file, source.as_bytes());

    let output = Command::new(env!("CARGO"))
        .args([OsStr::new(command), OsStr::new("--offline")])
        .current_dir(&folder)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("strangers"),
        )
        .output()
        .expect("cargo starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{source}\n{said}\n{complaint}");
    if command == "test" {
        assert!(said.contains("1 passed"), "no test ran: {said}");
    }
}

#[test]
fn a_stranger_measures_the_heap_of_a_test() {
    let source = example("peakheap");
    assert!(source.contains("#[global_allocator]"), "{source}");
    if source.contains("#[test]") {
        cargo("peakheap", "test", "tests/memory.rs", &source);
    } else {
        cargo("peakheap", "run", "src/main.rs", &program(&source));
    }
}

#[test]
fn a_stranger_streams_a_pickle() {
    let source = example("picklestream");
    assert!(source.contains("PickleRecords"), "{source}");
    cargo("picklestream", "run", "src/main.rs", &program(&source));
}
