//! Programs that are no Python, Pythons that fail, and no Python at all: each
//! becomes a row that says so, and the run goes on.
//!
//! A binary of its own, because some of these tests start it again, alone and
//! with another environment or a handler of signals, and all of them start and
//! kill programs under deadlines.

#![cfg(unix)]

#[path = "it/cpython_support/mod.rs"]
mod cpython_support;
#[path = "it/command/heard.rs"]
mod heard;
#[path = "../crates/picklestream/tests/it/pickle_support/pythons.rs"]
mod pythons;

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use cpython_support::{Watching, limits, plan, run_plan};
use picklebench::job::interrupt;
use picklebench::results::{FunctionProfile, Interpreter, Status};
use picklebench::suite::Error;
use picklebench::tutorial::python::{self, PythonsMeasured};
use pythons::pythons;
use tempfile::TempDir;

/// For programs that take for ever.
const SHORT: Duration = Duration::from_secs(2);

/// For all others, on a slow machine.
const LONG: Duration = Duration::from_secs(300);

/// A shell script that can be started.
fn program(folder: &TempDir, name: impl AsRef<OsStr>, script: &str) -> PathBuf {
    let path = folder.path().join(name.as_ref());
    // Written by another process: had this one the file open, a child that
    // another test starts at that moment would too, and the system refuses to
    // start a program while someone may write to it.
    let mut shell = Command::new("sh")
        .args(["-c", "cat > \"$0\" && chmod +x \"$0\""])
        .arg(&path)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let text = format!("#!/bin/sh\n{script}\n");
    let mut pipe = shell.stdin.take().unwrap();
    pipe.write_all(text.as_bytes()).unwrap();
    drop(pipe);
    assert!(shell.wait().unwrap().success());
    path
}

/// The plain python3 of this machine.
fn python3() -> Option<PathBuf> {
    let found = pythons().pop();
    if found.is_none() {
        eprintln!("SKIPPED: no python3 on this machine to be hostile to");
    }
    found
}

/// Runs `deepcopy` with one program.
fn ask(folder: &TempDir, program: PathBuf, time: Duration) -> (Interpreter, PythonsMeasured) {
    let data = folder.path().join("data");
    let mut asked = plan(&data, vec![program], &["deepcopy"], 100);
    asked.limits = limits(time);
    let measured = run_plan(&asked).unwrap();
    (measured.interpreters[0].clone(), measured)
}

/// Asks a script, and expects it to be refused.
fn refused(script: &str, time: Duration) -> (Status, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = program(&folder, "fake", script);
    let (interpreter, measured) = ask(&folder, path.clone(), time);
    assert_eq!(interpreter.name, path.to_str().unwrap());
    assert_eq!(interpreter.version, "");
    assert_eq!(measured.profiles, []);
    (interpreter.status, interpreter.message.unwrap())
}

/// Waits until the process whose number is in a file is gone, or a corpse that
/// nobody has buried.
fn is_gone(pid: &Path) {
    if cfg!(not(target_os = "linux")) {
        return;
    }
    let pid = fs::read_to_string(pid).unwrap();
    let state = Path::new("/proc").join(pid.trim()).join("stat");
    let is_alive = || fs::read_to_string(&state).is_ok_and(|state| !state.contains(") Z "));
    while is_alive() {
        // For ever if it is not: that is a failure too.
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_program_that_is_no_python_says_what_it_is() {
    let (status, message) = refused("echo hello", LONG);
    assert_eq!(status, Status::Failed);
    assert_eq!(
        message,
        r#"it is not a Python: asked for its --version it says "hello""#
    );
    let (status, message) = refused("exit 0", LONG);
    assert_eq!(status, Status::Failed);
    assert!(message.ends_with(r#"it says """#), "{message}");
    let (status, message) = refused("printf '\\033[31m\\377red' >&2; exit 1", LONG);
    assert_eq!(status, Status::Failed);
    assert!(message.starts_with("it ended with code 1"), "{message}");
    assert!(!message.contains('\u{1b}'), "{message:?}");
}

#[test]
fn what_is_no_python_never_gets_the_script() {
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes");
    let script = format!("echo \"$@\" >> '{0}'; cat >> '{0}'", notes.display());
    let (interpreter, _) = ask(&folder, program(&folder, "shell", &script), LONG);
    assert_eq!(interpreter.status, Status::Failed);
    assert_eq!(fs::read_to_string(notes).unwrap(), "--version\n");
}

#[test]
fn a_python_of_which_only_the_name_is_right() {
    let says = |answer: &str| {
        let script = format!("if [ \"$1\" = --version ]; then echo Python 3.99; else {answer}; fi");
        refused(&script, LONG)
    };
    let (status, message) = says("echo '{\"name\": 3}'");
    assert_eq!(status, Status::Failed);
    assert!(
        message.starts_with("its answer is not the script's"),
        "{message}"
    );
    let (_, message) = says("echo what now >&2");
    assert_eq!(message, "it gave no answer; it said: what now");
    let (status, message) = says("kill -SEGV $$");
    assert_eq!(status, Status::Killed);
    assert_eq!(message, "signal 11 ended it");
}

#[test]
fn one_that_never_answers_is_ended_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let script = format!("sleep 1000 & echo $! > '{}'; wait", pid.display());
    let (interpreter, _) = ask(&folder, program(&folder, "slow", &script), SHORT);
    assert_eq!(interpreter.status, Status::TimedOut);
    let message = interpreter.message.unwrap();
    assert_eq!(message, "it took longer than 2 s");
    is_gone(&pid);
}

#[test]
fn one_that_leaves_a_process_behind_does_not_hold_us() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let script = format!("echo Python 3; sleep 1000 & echo $! > '{}'", pid.display());
    let (interpreter, _) = ask(&folder, program(&folder, "parent", &script), LONG);
    assert_eq!(interpreter.status, Status::Failed);
    is_gone(&pid);
}

#[test]
fn one_that_floods_its_output_is_ended() {
    let (status, _) = refused("yes 'Python 3'", SHORT);
    assert_eq!(status, Status::TimedOut);
    let (status, message) = refused("head -c 20000000 /dev/zero; echo; echo rubbish", LONG);
    assert_eq!(status, Status::Failed);
    assert!(message.ends_with(r#"it says "rubbish""#), "{message}");
}

#[test]
fn what_cannot_be_started_is_skipped_and_the_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    fs::write(&text, "not a program").unwrap();
    let mut pythons = vec![folder.path().join("nowhere"), text, folder.path().into()];
    let bad = pythons.len();
    pythons.extend(python3());
    let all = pythons.len();
    let data = folder.path().join("data");
    let mut watching = Watching::default();
    let asked = plan(&data, pythons, &["deepcopy"], 100);
    let measured = python::run(&asked, &mut watching).unwrap();
    for interpreter in &measured.interpreters[..bad] {
        assert_eq!(interpreter.status, Status::Failed);
        let message = interpreter.message.as_ref().unwrap();
        assert!(message.starts_with("it cannot be started: "), "{message}");
        let told = format!("skipping {}: {message}", interpreter.name);
        assert!(watching.said.contains(&told), "{:?}", watching.said);
    }
    assert_eq!(measured.interpreters.len(), all);
    assert_eq!(measured.profiles.len(), all - bad);
}

/// The part of a test that needs a process of its own runs in the same test
/// binary, which is told so by this variable.
const ALONE: &str = "PICKLEBENCH_TEST_ALONE";

fn alone(test: &str, data: &Path) -> Command {
    heard::let_children_hear();
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test]).env(ALONE, data);
    command
}

#[test]
fn without_any_python_the_run_is_a_stated_skip() {
    if let Some(data) = env::var_os(ALONE) {
        let measured = run_plan(&plan(Path::new(&data), Vec::new(), &[], 100)).unwrap();
        let [interpreter] = &measured.interpreters[..] else {
            panic!("{measured:?}");
        };
        assert_eq!(interpreter.name, "python3");
        assert_eq!(interpreter.status, Status::Unsupported);
        let message = interpreter.message.as_ref().unwrap();
        assert!(message.starts_with("it cannot be started: "), "{message}");
        let next = "; name a Python with --python PATH";
        assert!(message.ends_with(next), "{message}");
        assert_eq!(measured.profiles, []);
        assert_eq!(measured.objects.len(), 14);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut command = alone("without_any_python_the_run_is_a_stated_skip", &data);
    let output = command.env("PATH", folder.path()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(!data.exists());
}

#[test]
fn an_interrupt_ends_it_and_cleans_up() {
    if let Some(data) = env::var_os(ALONE) {
        interrupt::install().unwrap();
        let data = Path::new(&data);
        let fake = data.parent().unwrap().join("fake");
        let mut asked = plan(data, vec![fake], &["flat"], 100);
        asked.limits = limits(Duration::from_secs(600));
        assert!(matches!(run_plan(&asked), Err(Error::Interrupted)));
        return;
    }
    let Some(python) = python3() else { return };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let pid = folder.path().join("pid");
    let (python, shown) = (python.display(), pid.display());
    // A Python that hangs when it is to make its files.
    let script = format!(
        "case \"$*\" in *'\"task\":\"files\"'*) echo $$ > '{shown}.new'; \
         mv '{shown}.new' '{shown}'; exec sleep 1000;; *) exec '{python}' \"$@\";; esac"
    );
    program(&folder, "fake", &script);
    let mut command = alone("an_interrupt_ends_it_and_cleans_up", &data);
    let mut child = command.spawn().unwrap();
    while !pid.exists() {
        assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(
        fs::read_dir(&data).unwrap().count(),
        1,
        "the scratch folder"
    );
    let process = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(fs::read_dir(&data).unwrap().count(), 0);
    is_gone(&pid);
}

/// Runs `flat` with a Python that does `what` instead of a certain task.
fn failing(task: &str, what: &str, time: Duration) -> Option<Vec<FunctionProfile>> {
    let python = python3()?;
    let folder = tempfile::tempdir().unwrap();
    let python = python.display();
    let script = format!("case \"$*\" in *'{task}'*) {what};; *) exec '{python}' \"$@\";; esac");
    let fake = program(&folder, "fake", &script);
    let data = folder.path().join("data");
    let mut asked = plan(&data, vec![fake], &["flat"], 100);
    asked.limits = limits(time);
    let measured = run_plan(&asked).unwrap();
    assert_eq!(measured.interpreters[0].status, Status::Ok);
    assert_eq!(measured.profiles.len(), 4);
    assert_eq!(fs::read_dir(&data).unwrap().count(), 0);
    Some(measured.profiles)
}

#[test]
fn a_profile_that_fails_is_a_row_that_says_so() {
    let Some(rows) = failing(
        "\"repr\"",
        "echo 'Traceback'; echo 'OSError: no' >&2; exit 1",
        LONG,
    ) else {
        return;
    };
    assert_eq!(rows[0].status, Status::Failed);
    let message = "it ended with code 1; it said: OSError: no";
    assert_eq!(rows[0].message.as_deref(), Some(message));
    assert_eq!(rows[0].steps, []);
    assert!(rows[1..].iter().all(|row| row.status == Status::Ok));

    let rows = failing("\"split\"", "sleep 1000", Duration::from_secs(20)).unwrap();
    assert_eq!(rows[3].status, Status::TimedOut);
    let message = "it took longer than 20 s; see --timeout";
    assert!(rows[3].message.as_ref().unwrap().ends_with(message));
    let rows = failing("\"literal_eval\"", "kill -KILL $$", LONG).unwrap();
    assert_eq!(rows[2].status, Status::Killed);
    assert!(rows[2].message.as_ref().unwrap().contains("dmesg"));
}

#[test]
fn without_files_those_who_read_say_why() {
    let Some(rows) = failing("\"task\":\"files\"", "echo 'disk full' >&2; exit 1", LONG) else {
        return;
    };
    assert_eq!(rows[0].status, Status::Ok);
    for row in &rows[1..] {
        assert_eq!(row.status, Status::Failed);
        let message = row.message.as_ref().unwrap();
        assert!(
            message.starts_with("there is no file to read: "),
            "{message}"
        );
        assert!(message.ends_with("disk full"), "{message}");
    }
}

#[test]
fn without_heap_figures_the_others_stay() {
    let Some(rows) = failing("\"traced\":true", "exit 7", LONG) else {
        return;
    };
    for row in rows {
        assert_eq!(row.status, Status::Ok);
        assert!(row.steps.iter().all(|step| step.heap_peak_bytes.is_none()));
        if row.variant == "split" {
            let message = "no heap figures: it ended with code 7";
            assert_eq!(row.message.as_deref(), Some(message));
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn python_runs_out_of_the_memory_it_was_given_and_not_of_ours() {
    let Some(python) = python3() else { return };
    let data = tempfile::tempdir().unwrap();
    let mut asked = plan(data.path(), vec![python], &["deepcopy"], 4_000_000);
    asked.limits.memory_bytes = Some(64 << 20);
    let measured = run_plan(&asked).unwrap();
    let row = &measured.profiles[0];
    assert_eq!(row.status, Status::OutOfMemory, "{row:?}");
    let message = "MemoryError; Python was at its limit of 64 MiB; see --memory-limit";
    assert_eq!(row.message.as_deref(), Some(message));
}

#[test]
fn paths_need_not_be_unicode() {
    let Some(python) = python3() else { return };
    let folder = tempfile::tempdir().unwrap();
    let script = format!("exec '{}' \"$@\"", python.display());
    let fake = program(&folder, OsStr::from_bytes(b"p\xffthon '\"$"), &script);
    let data = folder.path().join(OsStr::from_bytes(b"d\xe9ta"));
    let measured = run_plan(&plan(&data, vec![fake], &["flat"], 100)).unwrap();
    assert_eq!(measured.interpreters[0].status, Status::Ok);
    assert!(measured.profiles.iter().all(|row| row.status == Status::Ok));
    // And one that is no Python goes by what can be shown of its name.
    let fake = program(&folder, OsStr::from_bytes(b"\xff"), "exit 1");
    let (interpreter, _) = ask(&folder, fake, LONG);
    assert!(interpreter.name.ends_with("/\u{fffd}"), "{interpreter:?}");
}

#[test]
fn modules_of_the_current_folder_are_none_of_ours() {
    let Some(python) = python3() else { return };
    let folder = tempfile::tempdir().unwrap();
    let trap = folder.path().join("trap");
    fs::create_dir(&trap).unwrap();
    for module in ["pickle.py", "json.py", "sitecustomize.py"] {
        fs::write(trap.join(module), "print('trap'); raise SystemExit(9)").unwrap();
    }
    let (python, shown) = (python.display(), trap.display());
    let script = format!("cd '{shown}'; exec '{python}' \"$@\"");
    let (interpreter, measured) = ask(&folder, program(&folder, "fake", &script), LONG);
    assert_eq!(interpreter.status, Status::Ok, "{interpreter:?}");
    assert_eq!(measured.profiles[0].status, Status::Ok);
}

#[test]
fn the_same_python_twice_runs_once_and_two_alike_have_two_names() {
    let Some(python) = python3() else { return };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let wrapped = format!("exec '{}' \"$@\"", python.display());
    let same = program(&folder, "same", &wrapped);
    let pythons = vec![python, same];
    let measured = run_plan(&plan(&data, pythons, &["deepcopy"], 100)).unwrap();
    assert_eq!(measured.interpreters.len(), 1);

    let identity = |file: &str| {
        format!(
            "case \"$*\" in --version) echo Python 3.99.0;; *'\"task\"'*) echo '[]';; *) echo \
             '{{\"name\": \"cpython-3.99.0\", \"short\": \"3.99\", \"version\": \"3.99.0\", \
             \"python_2\": false, \"traces\": false, \"executable\": \"{file}\"}}';; esac"
        )
    };
    let pythons = vec![
        program(&folder, "one", &identity("one")),
        program(&folder, "two", &identity("two")),
    ];
    let measured = run_plan(&plan(&data, pythons, &["deepcopy"], 100)).unwrap();
    let names: Vec<&str> = measured
        .profiles
        .iter()
        .map(|row| row.by.as_str())
        .collect();
    assert_eq!(names, ["cpython-3.99.0", "cpython-3.99.0-2"]);
}

#[test]
fn nothing_to_measure_and_nowhere_to_write_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = plan(folder.path(), Vec::new(), &[], 0);
    assert!(matches!(run_plan(&nothing), Err(Error::NoRecords)));
    let Some(python) = python3() else { return };
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let nowhere = plan(&file, vec![python], &["deepcopy"], 100);
    assert!(matches!(run_plan(&nowhere), Err(Error::Io { .. })));
}
