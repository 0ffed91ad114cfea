//! CPython as the peer: a process does one thing to a file, with its garbage
//! collector off, which is its best case, and tells how long it took.

use std::path::Path;
use std::process::{Command, Stdio};

/// Prints the seconds of processor time that it took: `python3 -c SCRIPT FILE
/// OUTPUT PROTOCOL WHAT`. What it needs beforehand it makes before the clock
/// starts; what it makes it drops after the clock stops.
const SCRIPT: &str = r#"
import gc, json, pickle, sys, time

path, output, protocol = sys.argv[1:4]
gc.disable()

def load():
    with open(path, "rb") as file:
        return pickle.load(file)

def dump():
    with open(output, "wb") as file:
        pickle.dump(records, file, int(protocol))

def convert():
    loaded = load()
    with open(output, "w") as file:
        for record in loaded if isinstance(loaded, list) else [loaded]:
            print(json.dumps(record), file=file)

def split():
    with open(path) as file:
        for line in file:
            number, text, integer = line.strip()[1:-1].split(", ")
            record = (float(number), text[1:-1], int(integer))

def evaluate():
    with open(path) as file:
        for line in file:
            record = eval(line)

def lines():
    with open(output, "w") as file:
        for record in records:
            print(record, file=file)

what = sys.argv[4]
records = load() if what in ("dump", "lines") else None
work = globals()[what]
start = time.process_time()
kept = work()
print(time.process_time() - start)
"#;

/// Whether there is a CPython, and of which version.
pub fn version() -> Option<String> {
    let script = "import platform as p; print(p.python_implementation(), p.python_version())";
    let said = Command::new("python3").args(["-c", script]).output().ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    Some(said.trim().to_owned()).filter(|version| version.starts_with("CPython"))
}

/// Seconds that CPython takes to do `what` with the file at `path`.
pub fn seconds(path: &Path, output: &Path, protocol: u8, what: &str) -> f64 {
    let said = Command::new("python3")
        .args(["-c", SCRIPT])
        .args([path, output])
        .args([&protocol.to_string(), what])
        .stderr(Stdio::inherit())
        .output()
        .expect("python3 starts");
    let said = String::from_utf8_lossy(&said.stdout);
    let seconds = said.trim().parse();
    seconds.expect("python3 did it, or said why not")
}
