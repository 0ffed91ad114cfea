//! What the tests of the command have in common.

#[cfg(unix)]
mod heard;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A folder with these files in it.
pub fn folder_with(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

/// A folder with what these commands leave in it.
pub fn folder_after(commands: &[&[&str]]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for arguments in commands {
        let output = run(&folder, arguments);
        assert!(output.status.success(), "{}", stderr(&output));
    }
    folder
}

/// The command, in a folder of its own.
pub fn picklebench(folder: &TempDir) -> Command {
    #[cfg(unix)]
    heard::let_children_hear();
    let mut command = Command::new(env!("CARGO_BIN_EXE_picklebench"));
    command.current_dir(folder).env("NO_COLOR", "1");
    command
}

pub fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    picklebench(folder).args(arguments).output().unwrap()
}

/// Runs it after `limit`, a command of the shell such as `ulimit -v 32768`,
/// which holds for it alone.
pub fn run_within(folder: &TempDir, limit: &str, arguments: &[&str]) -> Output {
    let script = format!("{limit}; exec \"$0\" \"$@\"");
    Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_picklebench")])
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

/// Runs it with a limit on the size of a file, which stands in for a full disk:
/// a write fails in the middle. (`trap` keeps the limit's signal from ending
/// the program.)
pub fn run_with_room_for(folder: &TempDir, blocks: u32, arguments: &[&str]) -> Output {
    let limit = format!("trap '' XFSZ; ulimit -f {blocks}");
    run_within(folder, &limit, arguments)
}

/// Sends a signal, such as `INT`.
pub fn signal(name: &str, process: u32) {
    let process = process.to_string();
    let kill = Command::new("sh")
        .args(["-c", "kill -$0 $1", name, &process])
        .status();
    assert!(kill.unwrap().success());
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What the command printed, as JSON.
pub fn json_of(output: &Output) -> Value {
    let json = serde_json::from_slice(&output.stdout);
    json.unwrap_or_else(|error| panic!("{error}: {}", stderr(output)))
}

/// Runs a command that prints JSON: its exit code, and what it prints.
pub fn run_json(folder: &TempDir, arguments: &[&str]) -> (Option<i32>, Value) {
    let output = run(folder, arguments);
    (output.status.code(), json_of(&output))
}

/// Runs `measure` with `--json` and gives what it prints.
pub fn measure(folder: &TempDir, arguments: &[&str]) -> (Option<i32>, Value) {
    run_json(folder, &[&["measure", "--json"], arguments].concat())
}

/// What `run` printed is what lies in the folder of its results, and is as the
/// schema beside it says.
pub fn assert_keeps_the_contract(results: &Path, run: &Value) {
    let read = |name: &str| -> Value {
        let text = fs::read_to_string(results.join(name)).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    assert_eq!(read("run.json"), *run);
    let schema = jsonschema::validator_for(&read("run.schema.json")).unwrap();
    let faults: Vec<String> = schema
        .iter_errors(run)
        .map(|fault| fault.to_string())
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

/// The row of a case.
pub fn case<'a>(run: &'a Value, id: &str) -> &'a Value {
    let cases = run["cases"].as_array().unwrap();
    cases
        .iter()
        .find(|case| case["id"] == id)
        .unwrap_or_else(|| panic!("no row for {id}"))
}

/// A figure of a case, such as `/heap/peak_bytes`.
pub fn figure(run: &Value, id: &str, pointer: &str) -> i64 {
    let figure = case(run, id).pointer(pointer).and_then(Value::as_i64);
    figure.unwrap_or_else(|| panic!("{id} has no {pointer}: {}", case(run, id)))
}

/// Everything below a folder, but for the lock of a results folder.
pub fn files(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            }
            names.push(entry.file_name().into_string().unwrap());
        }
    }
    names.retain(|name| name != ".lock");
    names.sort();
    names
}

/// Waits for the child's end, at most so long.
pub fn end_within(mut child: Child, seconds: u64) -> Output {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("it has not ended after {seconds} s");
        }
        thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

/// Waits until it is so, for a minute at most.
pub fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "no {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Whether a process is there and no zombie.
pub fn is_alive(process: u32) -> bool {
    let state = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    !state.is_empty() && !state.contains(") Z ")
}
