//! Whatever a command writes to: one table over all commands, so that a new one
//! is held to the same from its first day.

use std::fs;
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;

use crate::command::{end_within, files, folder_after, picklebench, run, stderr, stdout};
use tempfile::TempDir;

/// What a command prints to standard output, and how it writes to a file.
struct Row {
    command: &'static str,
    /// Arguments with which it prints something to standard output.
    prints: &'static [&'static [&'static str]],
    /// Arguments before the name of an output; none where it names its own.
    writes: &'static [&'static [&'static str]],
}

const TABLE: &[Row] = &[
    Row {
        command: "measure",
        prints: &[
            &["measure", "--list"],
            &["measure", "empty", "-n", "10", "--runs", "1"],
            &["measure", "empty", "-n", "10", "--runs", "1", "--json"],
        ],
        writes: &[],
    },
    Row {
        command: "fit",
        prints: &[
            &["fit", "--list"],
            &["fit", "empty", "-n", "10"],
            &["fit", "empty", "-n", "10", "--json"],
        ],
        writes: &[],
    },
    Row {
        command: "scale",
        prints: &[
            &["scale", "--list"],
            &["scale", "stream-write/text", "-n", "1..10", "--points", "2"],
            &[
                "scale",
                "stream-write/text",
                "-n",
                "1..10",
                "--points",
                "2",
                "--json",
            ],
        ],
        writes: &[],
    },
    Row {
        command: "tutorial",
        prints: &[
            &["tutorial", "--list"],
            &["tutorial", "objects", "-n", "10", "--no-python"],
            &["tutorial", "objects", "-n", "10", "--no-python", "--json"],
        ],
        writes: &[],
    },
    Row {
        command: "report",
        prints: &[
            &["report", "run", "-o", "-"],
            &["report", "run", "--format", "csv"],
            &["report", "run", "--format", "markdown"],
            &["report", "run", "--format", "bencher"],
        ],
        writes: &[&["report", "run", "-o"], &["report", "run", "run", "-o"]],
    },
    Row {
        command: "compare",
        prints: &[
            &["compare", "run", "run"],
            &["compare", "run", "run", "--json"],
            &["compare", "run", "run", "--format", "markdown"],
            &["compare", "run", "run", "--format", "html"],
        ],
        writes: &[&["compare", "run", "run", "-o"]],
    },
    Row {
        command: "publish",
        prints: &[],
        writes: &[],
    },
    Row {
        command: "generate",
        prints: &[
            &["generate", "text", "-n", "1000", "-o", "-"],
            &["generate", "text", "-n", "10"],
        ],
        writes: &[&["generate", "text", "-n", "1000", "-o"]],
    },
    Row {
        command: "convert",
        prints: &[
            &["convert", "data.txt", "-", "--to", "pickle"],
            &["convert", "data.txt", "-", "--to", "npy"],
            &["convert", "data.txt", "-", "--find-schema"],
        ],
        writes: &[
            &["convert", "data.txt", "--to", "pickle"],
            &["convert", "data.txt", "--to", "npy"],
            &["convert", "data.txt", "--find-schema"],
        ],
    },
    Row {
        command: "inspect",
        prints: &[
            &["inspect", "data.pkl"],
            &["inspect", "data.pkl", "--json"],
            &["inspect", "pickles"],
            &["inspect", "pickles", "--json", "--jobs", "2"],
        ],
        writes: &[],
    },
    Row {
        command: "sizeof",
        prints: &[
            &["sizeof", "[1, 2]"],
            &["sizeof", "[1, 2]", "--json"],
            &["sizeof", "--file", "data.pkl"],
            &["sizeof", "--tree", "--types", "--file", "data.pkl"],
            &["sizeof", "--file", "data.pkl", "--html", "-o", "-"],
            &["sizeof", "--file", "pickles"],
            &["sizeof", "--file", "pickles", "--json", "--jobs", "2"],
        ],
        writes: &[&["sizeof", "--file", "data.pkl", "--html", "-o"]],
    },
    Row {
        command: "completions",
        prints: &[&["completions", "bash"]],
        writes: &[],
    },
];

/// What every command answers, and the program itself.
fn all_that_print() -> Vec<Vec<&'static str>> {
    let mut all = vec![vec!["--help"], vec!["-h"], vec!["--version"], vec!["help"]];
    for row in TABLE {
        all.extend(row.prints.iter().map(|arguments| arguments.to_vec()));
        all.push(vec![row.command, "--help"]);
        all.push(vec![row.command, "--version"]);
    }
    all
}

/// A folder with a run, with data as text and as a pickle, and with a folder of
/// pickles.
pub fn folder() -> TempDir {
    let folder = folder_after(&[
        &[
            "measure",
            "empty",
            "-n",
            "10",
            "--runs",
            "1",
            "--results",
            "run",
        ],
        &["generate", "text", "-n", "2000", "-o", "data.txt"],
        &[
            "generate",
            "pickle/protocol-4",
            "-n",
            "100",
            "-o",
            "data.pkl",
        ],
    ]);
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("pickles")).unwrap();
    for name in ["pickles/a.pkl", "pickles/b.pkl"] {
        fs::copy(at("data.pkl"), at(name)).unwrap();
    }
    folder
}

fn run_into(folder: &TempDir, arguments: &[&str], stdout: impl Into<Stdio>) -> Output {
    let mut command = picklebench(folder);
    command
        .args(arguments)
        .stdout(stdout)
        .stderr(Stdio::piped());
    command.spawn().unwrap().wait_with_output().unwrap()
}

/// The commands that there are, by the program's own help.
pub fn commands() -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let help = stdout(&run(&folder, &["--help"]));
    let commands = help.split("Commands:\n").nth(1).unwrap();
    let commands = commands.split("\n\n").next().unwrap();
    let listed: Vec<String> = commands
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect();
    assert!(listed.len() >= 10, "{listed:?}");
    listed
}

#[test]
fn every_command_has_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let listed = commands();
    for name in &listed {
        assert!(
            TABLE.iter().any(|row| row.command == *name),
            "{name} has no row in the table of tests/it/outputs.rs"
        );
        let own = stdout(&run(&folder, &[name, "--help"]));
        let row = TABLE.iter().find(|row| row.command == *name).unwrap();
        assert!(
            !own.contains("--output") || !row.writes.is_empty(),
            "{name} has --output, and the table does not say how to use it"
        );
    }
    assert_eq!(listed.len(), TABLE.len());
}

#[test]
#[cfg(target_os = "linux")]
fn a_standard_output_that_fails_is_an_error() {
    let folder = folder();
    for arguments in all_that_print() {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        // A standard output that is open for reading only takes nothing either.
        let closed = fs::File::open("/dev/null").unwrap();
        for (broken, says) in [(full, "No space left"), (closed, "Bad file descriptor")] {
            let output = run_into(&folder, &arguments, broken);
            let message = stderr(&output);
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
            assert!(
                message.contains("error: cannot write standard output: "),
                "{arguments:?}: {message}"
            );
            assert!(message.contains(says), "{arguments:?}: {message}");
            assert!(!message.contains("panicked"), "{arguments:?}: {message}");
        }
    }
}

#[test]
fn a_reader_that_had_enough_ends_every_command_quietly() {
    let folder = folder();
    for arguments in all_that_print() {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = run_into(&folder, &arguments, writer);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {message}");
        assert!(!message.contains("error"), "{arguments:?}: {message}");
        assert!(!message.contains("panicked"), "{arguments:?}: {message}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn messages_that_nobody_can_hear_stop_nothing() {
    let folder = folder();
    for arguments in [
        &["publish", "run", "--allow-dirty"][..],
        &["convert", "data.txt", "out.pkl"],
        &["generate", "text", "-n", "10"],
        &["report", "run"],
    ] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = picklebench(&folder);
        let status = command.args(arguments).stderr(full).stdout(Stdio::null());
        assert_eq!(status.status().unwrap().code(), Some(0), "{arguments:?}");
    }
}

/// Every way to write to a file, with the name of the output.
fn every_output(mut check: impl FnMut(&TempDir, &dyn Fn(&str) -> Vec<String>, &str)) {
    let folder = folder();
    for arguments in TABLE.iter().flat_map(|row| row.writes) {
        let expected = {
            let mut all: Vec<&str> = arguments.to_vec();
            insert_output(&mut all, "expected");
            let output = run(&folder, &all);
            assert!(output.status.success(), "{}", stderr(&output));
            "expected"
        };
        let with = |name: &str| {
            let mut all: Vec<&str> = arguments.to_vec();
            insert_output(&mut all, name);
            all.into_iter().map(str::to_owned).collect()
        };
        check(&folder, &with, expected);
        fs::remove_file(folder.path().join("expected")).unwrap();
    }
}

/// `convert` takes its output as an argument, before its flags.
fn insert_output<'a>(arguments: &mut Vec<&'a str>, name: &'a str) {
    if arguments[0] == "convert" {
        arguments.insert(2, name);
    } else {
        arguments.push(name);
    }
}

fn succeed(folder: &TempDir, arguments: &[String]) {
    let mut command = picklebench(folder);
    let output = command.args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        stderr(&output)
    );
}

#[test]
fn a_link_stays_one_and_its_target_is_replaced() {
    every_output(|folder, with, expected| {
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("far")).unwrap();
        fs::write(at("far/target"), "old").unwrap();
        symlink("far/target", at("link")).unwrap();
        symlink("far/nothing", at("dangling")).unwrap();
        for (link, target) in [("link", "far/target"), ("dangling", "far/nothing")] {
            succeed(folder, &with(link));
            assert!(at(link).is_symlink());
            assert!(fs::read(at(target)).unwrap() == fs::read(at(expected)).unwrap());
            fs::remove_file(at(link)).unwrap();
        }
        assert_eq!(files(&at("far")), ["nothing", "target"]);
        fs::remove_dir_all(at("far")).unwrap();
    });
}

#[test]
fn a_private_file_stays_private() {
    every_output(|folder, with, _| {
        let path = folder.path().join("private");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        // Only the superuser can give it away.
        let given = std::os::unix::fs::chown(&path, Some(12345), Some(12345)).is_ok();
        succeed(folder, &with("private"));
        let after = fs::metadata(&path).unwrap();
        assert_eq!(after.permissions().mode() & 0o777, 0o600);
        if given {
            use std::os::unix::fs::MetadataExt;
            assert_eq!((after.uid(), after.gid()), (12345, 12345));
        }
        fs::remove_file(path).unwrap();
    });
}

#[test]
fn a_pipe_is_written_through() {
    every_output(|folder, with, expected| {
        let path = folder.path().join("pipe");
        let made = Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        let reader = {
            let path = path.clone();
            thread::spawn(move || {
                let mut content = Vec::new();
                fs::File::open(path)
                    .unwrap()
                    .read_to_end(&mut content)
                    .unwrap();
                content
            })
        };
        succeed(folder, &with("pipe"));
        assert!(reader.join().unwrap() == fs::read(folder.path().join(expected)).unwrap());
        assert!(fs::metadata(&path).unwrap().file_type().is_fifo());
        fs::remove_file(path).unwrap();
    });
}

/// A device in a folder of our own: who is the superuser, and breaks this, would
/// otherwise replace the system's.
#[cfg(target_os = "linux")]
fn device(folder: &TempDir, name: &str, minor: &str) -> Option<()> {
    let path = folder.path().join(name);
    let mut mknod = Command::new("mknod");
    let made = mknod
        .arg(&path)
        .args(["c", "1", minor])
        .stderr(Stdio::null());
    let can = made.status().is_ok_and(|status| status.success())
        && fs::File::options().write(true).open(&path).is_ok();
    can.then_some(())
}

#[test]
#[cfg(target_os = "linux")]
fn a_device_stays_a_device() {
    every_output(|folder, with, _| {
        let made = device(folder, "null", "3").and_then(|()| device(folder, "full", "7"));
        if made.is_none() {
            eprintln!("SKIPPED: this process may make no devices");
            return;
        }
        succeed(folder, &with("null"));
        let null = fs::metadata(folder.path().join("null")).unwrap();
        assert!(null.file_type().is_char_device());
        let mut command = picklebench(folder);
        let output = command.args(with("full")).output().unwrap();
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(
            message.contains("error: cannot write full: No space left"),
            "{message}"
        );
        for name in ["null", "full"] {
            fs::remove_file(folder.path().join(name)).unwrap();
        }
    });
}

#[test]
fn a_folder_is_no_output() {
    every_output(|folder, with, _| {
        let mut command = picklebench(folder);
        let output = command.args(with("run")).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(
            stderr(&output).contains("error: cannot write run: "),
            "{}",
            stderr(&output)
        );
    });
}

#[test]
fn names_of_our_own_are_not_followed() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let measure = ["measure", "read/text", "-n", "10", "--runs", "1"];
    let data = "data/tuples-10-42-text.txt";
    for name in [
        "results/latest/.lock",
        "results/latest/run.json",
        "results/latest/report.html",
        data,
        "data/tuples-10-42-text.txt.sha256",
    ] {
        fs::create_dir_all(at("results/latest")).unwrap();
        fs::create_dir_all(at("data")).unwrap();
        fs::write(at("victim"), "precious").unwrap();
        let _ = fs::remove_file(at(name));
        symlink(at("victim"), at(name)).unwrap();
        let output = run(&folder, &measure);
        assert_eq!(
            fs::read_to_string(at("victim")).unwrap(),
            "precious",
            "{name}"
        );
        if name.ends_with(".lock") {
            let message = stderr(&output);
            assert_eq!(output.status.code(), Some(2), "{message}");
            assert!(message.contains(".lock: it is a link"), "{message}");
            fs::remove_file(at(name)).unwrap();
        } else {
            assert!(output.status.success(), "{name}: {}", stderr(&output));
            assert!(!at(name).is_symlink(), "{name}");
        }
        fs::remove_file(at(name)).unwrap_or(());
    }
    fs::write(at("victim"), "precious").unwrap();
    symlink(at("victim"), at("run/link")).unwrap();
    fs::rename(at("run/link"), at("run/report.html")).unwrap();
    assert!(run(&folder, &["report", "run"]).status.success());
    assert_eq!(fs::read_to_string(at("victim")).unwrap(), "precious");
    // A folder that is a link is followed.
    fs::remove_dir_all(at("results")).unwrap();
    fs::create_dir(at("elsewhere")).unwrap();
    symlink("elsewhere", at("results")).unwrap();
    let output = run(&folder, &measure);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(at("elsewhere/latest/run.json").exists());
}

#[test]
fn pipes_of_our_own_names_hang_nobody() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let measure: &[&str] = &["measure", "read/text", "-n", "10", "--runs", "1"];
    for (name, arguments) in [
        ("results/latest/.lock", measure),
        ("results/latest/run.json", measure),
        ("data/tuples-10-42-text.txt", measure),
        ("data/tuples-10-42-text.txt.sha256", measure),
        (
            "results/2026-01-01-vm-abc/run.json",
            &["publish", "--rebuild"],
        ),
        ("results/.picklebench-AbCd12", &["publish", "--rebuild"]),
        ("folder/run.json", &["report", "folder"]),
        ("folder/run.json", &["compare", "folder", "run"]),
        ("folder/run.json", &["publish", "folder", "--allow-dirty"]),
        (
            "results/latest/unfinished.json",
            &["measure", "empty", "-n", "10", "--resume"],
        ),
    ] {
        fs::create_dir_all(at(name).parent().unwrap()).unwrap();
        let _ = fs::remove_file(at(name));
        let made = Command::new("mkfifo").arg(at(name)).status().unwrap();
        assert!(made.success());
        let mut command = picklebench(&folder);
        let child = command
            .args(arguments)
            .stderr(Stdio::piped())
            .stdout(Stdio::null());
        // Shown where it hangs.
        println!("{name}");
        let output = end_within(child.spawn().unwrap(), 60);
        assert!(!stderr(&output).contains("panicked"), "{}", stderr(&output));
        let _ = fs::remove_file(at(name));
    }
}

#[test]
fn one_place_writes_and_one_place_shows_paths() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.extension().is_none_or(|end| end != "rs") || path.ends_with("cli/output.rs") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for line in code.lines() {
                let line = line.trim();
                if line.starts_with("//") {
                    continue;
                }
                for word in [
                    "print!(",
                    "println!(",
                    "stdout()",
                    "stderr()",
                    ".display()",
                    "fs::write(",
                ] {
                    if line.contains(word)
                        && !line.contains("is_terminal()")
                        && !line.contains("use_stderr()")
                    {
                        found.push(format!("{}: {line}", path.display()));
                    }
                }
            }
        }
    }
    // A worker answers on standard output, and marks its steps on standard error: both
    // are its parent's.
    let of_a_worker = ["job/child.rs", "job/program.rs", "job/mark.rs"];
    found.retain(|line| !of_a_worker.iter().any(|file| line.contains(file)));
    found.retain(|line| !line.contains("= stdout()") && !line.contains("match stdout()"));
    assert!(found.is_empty(), "{found:#?}");
}
