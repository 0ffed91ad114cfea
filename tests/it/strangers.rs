//! The libraries in the hands of someone who has only their READMEs: the first
//! example of each is put into a new package outside of this repository, and run.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use picklebench::results::{Run, Status};

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

/// The bench of a crate that lies outside of the workspace, as a user's does.
#[test]
fn a_stranger_benches_the_memory_of_a_crate() {
    let folder = tempfile::tempdir().expect("a folder for the package");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let example = root.join("examples/own-bench");
    for name in [
        "src/lib.rs",
        "benches/memory.rs",
        "benches/records/main.rs",
        "benches/records/lengths.rs",
    ] {
        let to = folder.path().join(name);
        fs::create_dir_all(to.parent().expect("a folder")).expect("it can be made");
        fs::copy(example.join(name), to).expect("it can be copied");
    }
    let manifest = fs::read_to_string(example.join("Cargo.toml")).expect("a manifest");
    // The paths are those of the example's place; a bench of the development profile
    // is there sooner.
    let manifest = manifest.replace("\"../..", &format!("\"{}", root.display()));
    let manifest = manifest + "\n[profile.bench]\ninherits = \"dev\"\ndebug = 0\n";
    fs::write(folder.path().join("Cargo.toml"), manifest).expect("it can be written");
    let lock = root.join("Cargo.lock");
    fs::copy(lock, folder.path().join("Cargo.lock")).expect("it can be copied");
    let bench = |name: &str, arguments: &[&str]| {
        let output = Command::new(env!("CARGO"))
            .args(["bench", "--offline", "--quiet", "--bench", name, "--"])
            .args(arguments)
            .current_dir(&folder)
            .env(
                "CARGO_TARGET_DIR",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("strangers"),
            )
            .env("NO_COLOR", "1")
            .output()
            .expect("cargo starts");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{complaint}");
        String::from_utf8(output.stdout).expect("text")
    };
    let listed = bench("memory", &["--list"]);
    for name in ["make-text", "count-words", "count-borrowed-words"] {
        assert!(
            listed.contains(&format!("plain/{name}: benchmark")),
            "{listed}"
        );
    }
    let table = bench("memory", &["-n", "200_000", "--runs", "2"]);
    assert!(table.contains("plain/count-words"), "{table}");
    let run = latest(&folder);
    let row = |id: &str| {
        let found = run.cases.iter().find(|case| case.id == id);
        let found = found.unwrap_or_else(|| panic!("no {id}"));
        assert_eq!((found.status, &found.message), (Status::Ok, &None));
        (found.heap.as_ref().expect("heap figures"), found)
    };
    let (made, _) = row("plain/make-text");
    // 100,000 words of five to ten bytes and a space.
    assert!((900_000..3_000_000).contains(&made.peak_bytes), "{made:?}");
    let (owned, scaled) = row("plain/count-words");
    let (borrowed, _) = row("plain/count-borrowed-words");
    for heap in [owned, borrowed] {
        assert_eq!((heap.deterministic, heap.retained_bytes), (Some(true), 0));
        // The text is the floor.
        assert!(
            (2_000_000..5_000_000).contains(&heap.floor_bytes),
            "{heap:?}"
        );
    }
    assert!(
        owned.extra_bytes > borrowed.extra_bytes,
        "{owned:?} {borrowed:?}"
    );
    assert_eq!(scaled.scaling.len(), 2);

    bench("records", &["-n", "20_000", "--runs", "2", "--no-scaling"]);
    let run = latest(&folder);
    assert_eq!(
        (&*run.dataset.name, run.dataset.records),
        ("orders", 20_000)
    );
    // 80 bytes each, and what they own: a customer of 10 to 12 bytes, 12 bytes of
    // amounts, one byte of notes.
    let (least, most) = (20_000 * 100, 20_000 * 108);
    assert!(
        (least..most).contains(&run.dataset.heap_bytes),
        "{:?}",
        run.dataset
    );
    let mut ran = 0;
    for case in &run.cases {
        match case.status {
            Status::Ok => ran += 1,
            Status::Unsupported => {}
            _ => panic!("{}: {:?}", case.id, case.message),
        }
    }
    assert!(ran > 30, "{ran}");
    // A format of their own over records of their own: each way in and out.
    for operation in ["write", "read", "stream-write", "stream-read"] {
        let id = format!("{operation}/lengths");
        let found = run.cases.iter().find(|case| case.id == id);
        let found = found.unwrap_or_else(|| panic!("no {id}"));
        assert_eq!(found.status, Status::Ok, "{id}: {:?}", found.message);
        // JSON of 55 to 100 bytes, and 4 of its length.
        let bytes = found.file_bytes.expect("a file");
        assert!((20_000 * 60..20_000 * 110).contains(&bytes), "{bytes}");
    }
    let floor = |id: &str| {
        let found = run.cases.iter().find(|case| case.id == id);
        found
            .and_then(|case| case.heap.as_ref())
            .map(|heap| heap.floor_bytes)
    };
    let list = floor("write/postcard").expect("it writes a list");
    let data = run.dataset.heap_bytes;
    // `format!` leaves some room in its strings, which a copy has not.
    assert!((data..data + data / 10).contains(&list), "{list} {data}");
}

/// The run that a bench has left in a folder.
fn latest(folder: &tempfile::TempDir) -> Run {
    let run = fs::read_to_string(folder.path().join("results/latest/run.json"));
    serde_json::from_str(&run.expect("a run")).expect("the shape of a run")
}
