//! Our codecs beside their peers, in processor time: CPython's C pickler and
//! its text, serde-pickle, and a decoder written by hand for this one shape of
//! record: `cargo bench --bench peers`.
//!
//! Each pair is run in turn several times, and the ratio taken within each
//! round, so that a machine that slows down slows both sides. Ours is the middle
//! of three runs on either side of the peer's, which takes ten times as long
//! and so has more of the machine's ups and downs in it. Both write a new
//! file: to empty an old one takes a tenth of the time that we need to write
//! it, and next to nothing of CPython's.

mod floor;

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use picklebench::dataset::{Tuple, Tuples};
use picklebench::formats::{self, FileKind, Formats, InputFile};
use picklebench::suite::operate::{Prepared, operate};
use picklebench::suite::{DataFolder, Task, cases};
use picklebench_benches::{cpu, tuples};

const SEED: u64 = 42;

/// Does one thing to the dataset in CPython and prints the seconds of processor
/// time that it took: `python3 -c SCRIPT WHAT FILE OUTPUT`. What it needs
/// beforehand, it makes before the clock starts.
const SCRIPT: &str = r#"
import gc, pickle, sys, time

what, path, output = sys.argv[1:]

def load():
    with open(path, "rb") as file:
        return pickle.load(file)

def dump(records):
    with open(output, "wb") as file:
        pickle.dump(records, file, protocol=4)

def lines(records):
    with open(output, "w") as file:
        for record in records:
            print(record, file=file)

def split():
    with open(path) as file:
        for line in file:
            number, text, integer = line.strip()[1:-1].split(", ")
            record = (float(number), text[1:-1], int(integer))

def evaluate():
    with open(path) as file:
        for line in file:
            record = eval(line)

work = {"load": load, "dump": dump, "lines": lines, "split": split, "eval": evaluate}[what]
arguments = [load()] if what in ("dump", "lines") else []
gc.collect()
start = time.process_time()
kept = work(*arguments)
print(time.process_time() - start)
"#;

/// What a case is held against.
#[derive(Clone, Copy)]
enum Peer {
    /// CPython doing this (see [`SCRIPT`]) with the file of that format.
    CPython(&'static str, &'static str, Option<&'static str>),
    /// Another case.
    Case(&'static str),
    /// The decoder written by hand.
    Floor,
}

/// Case, peer, and over which part of the records: `eval` is slow.
const PAIRS: [(&str, Peer, u64); 8] = [
    (
        "stream-read/pickle/protocol-4",
        Peer::CPython("load", "pickle", Some("cpython-4")),
        1,
    ),
    (
        "stream-read/pickle/protocol-4",
        Peer::Case("read/serde-pickle/protocol-4"),
        1,
    ),
    ("stream-read/pickle/protocol-4", Peer::Floor, 1),
    (
        "stream-read/pickle/protocol-0",
        Peer::CPython("load", "pickle", Some("cpython-0")),
        1,
    ),
    (
        "write/pickle/protocol-4",
        Peer::CPython("dump", "pickle", Some("cpython-4")),
        1,
    ),
    ("stream-read/text", Peer::CPython("split", "text", None), 1),
    ("stream-read/text", Peer::CPython("eval", "text", None), 10),
    (
        "write/text",
        Peer::CPython("lines", "pickle", Some("cpython-4")),
        1,
    ),
];

impl Peer {
    fn name(self) -> String {
        match self {
            Peer::CPython(what, ..) => format!("cpython-{what}"),
            Peer::Case(id) => id.replace('/', "-"),
            Peer::Floor => "floor".to_owned(),
        }
    }
}

fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    let given = |word: &str| words.iter().any(|w| w == word);
    let filters: Vec<&String> = words.iter().filter(|word| !word.starts_with('-')).collect();
    let wanted =
        |name: &str| filters.is_empty() || filters.iter().any(|filter| name.contains(*filter));
    let measures = given("--bench") && !given("--test");
    let (records, rounds) = if measures { (1_000_000, 5) } else { (1000, 1) };
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let has_python = Command::new("python3").arg("--version").output().is_ok();

    for (case, peer, part) in PAIRS {
        let name = format!("peers/{case}/{}", peer.name());
        if given("--list") {
            println!("{name}: benchmark");
        } else if matches!(peer, Peer::CPython(..)) && !has_python {
            println!("{name}: SKIPPED, there is no python3 here");
        } else if wanted(&name) {
            let bench = Bench {
                folder: folder.path(),
                records: records / part,
            };
            let (mut ratios, mut own) = (Vec::new(), Vec::new());
            for _ in 0..rounds {
                let mut ours = vec![bench.case(case)];
                let peer = bench.peer(peer);
                ours.extend([bench.case(case), bench.case(case)]);
                let (seconds, ..) = cpu::spread(ours);
                own.push(seconds);
                ratios.push(seconds / peer);
            }
            let ((ratio, least, most), (own, ..)) = (cpu::spread(ratios), cpu::spread(own));
            let own = own * 1e9 / bench.records as f64;
            if measures {
                println!("{name:<62} {ratio:.4} ({least:.4} to {most:.4})  {own:4.0} ns a record");
            } else {
                println!("Testing {name}\nSuccess");
            }
        }
    }
}

/// Some records of the dataset, and where files of them lie.
struct Bench<'a> {
    folder: &'a Path,
    records: u64,
}

impl Bench<'_> {
    fn file(&self, kind: &FileKind) -> PathBuf {
        let data = DataFolder::open(self.folder).expect("a writable folder");
        data.file(&tuples(self.records), kind, &mut |_| {})
            .expect("a data file")
    }

    /// Where a file can be written that is not there yet.
    fn new_file(&self) -> PathBuf {
        let path = self.folder.join("written");
        // None is there the first time.
        let _ = fs::remove_file(&path);
        path
    }

    /// Seconds that a case's operation takes, without set-up and drop.
    fn case(&self, id: &str) -> f64 {
        let cases = cases::<Tuple>(&Formats::built_in());
        let case = cases.into_iter().find(|case| case.id == id);
        let case = case.expect("the case is there");
        let Task::Run(operation) = case.task else {
            panic!("{id} does not run")
        };
        let codec = case
            .codec::<Tuple>()
            .expect("a case that runs has a format");
        let path = match &case.file {
            None => self.new_file(),
            Some(kind) => self.file(kind),
        };
        let len = usize::try_from(self.records).expect("the records fit memory");
        let prepared = Prepared::new(operation, Tuples::new(self.records, SEED), len);
        let mut product = None;
        let seconds = cpu::of(|| {
            product = operate(codec, case.variant, prepared, operation, &path).ok();
        });
        drop(product.expect("the case works"));
        seconds
    }

    fn peer(&self, peer: Peer) -> f64 {
        match peer {
            Peer::Case(id) => self.case(id),
            Peer::Floor => {
                let path = self.file(&kind("pickle", Some("cpython-4")));
                let mut records = 0;
                let seconds = cpu::of(|| {
                    let file = File::open(path).expect("the file is there");
                    let file = InputFile::new(file, String::new()).expect("it is a file");
                    records = floor::read(formats::input(file));
                });
                assert_eq!(records, self.records, "the floor reads all of them");
                seconds
            }
            Peer::CPython(what, format, variant) => {
                let file = self.file(&kind(format, variant));
                let output = Command::new("python3")
                    .args(["-c", SCRIPT, what])
                    .args([&file, &self.new_file()])
                    .output()
                    .expect("python3 starts");
                let text = String::from_utf8_lossy(&output.stdout);
                let complaint = String::from_utf8_lossy(&output.stderr);
                text.trim()
                    .parse()
                    .unwrap_or_else(|_| panic!("python3 said: {complaint}"))
            }
        }
    }
}

fn kind(format: &str, variant: Option<&str>) -> FileKind {
    FileKind {
        format: Formats::built_in().find(format).expect("it is registered"),
        variant: variant.map(str::to_owned),
    }
}
