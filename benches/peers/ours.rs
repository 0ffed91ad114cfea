//! What our side of each measure does, and what the peers written in Rust do.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, io};

use picklebench::cli;
use picklebench::dataset::{Measured, Recipe, Record, Shape};
use picklebench::formats::{self, Codec, FileKind, Formats, InputFile};
use picklebench::results::Operation;
use picklebench::suite::DataFolder;
use picklebench::suite::operate::{Prepared, operate};
use picklebench_benches::cpu;
use picklestream::Value;
use picklestream::pickle::PickleRecords;

use super::floor;
use super::measure::Measure;
use super::panel::Panel;

/// Set where this program is to be the command `picklebench`.
const AS_COMMAND: &str = "PICKLEBENCH_PEERS_AS_COMMAND";

/// The command, if that is what this program was started for. It says on the
/// last line of stderr how long it took.
pub fn run_if_command() -> Option<ExitCode> {
    env::var_os(AS_COMMAND)?;
    let mut code = ExitCode::SUCCESS;
    let seconds = cpu::of(|| code = cli::main(None, &Formats::built_in()));
    eprintln!("\n{seconds}");
    Some(code)
}

/// Some records of one shape, and where files of them lie.
pub struct Files<'a> {
    folder: &'a Path,
    recipe: Recipe,
}

impl Files<'_> {
    /// Of this dataset, within a folder.
    pub fn new(folder: &Path, recipe: Recipe) -> Files<'_> {
        Files { folder, recipe }
    }

    /// The file of a format, made if it is not there.
    pub fn file(&self, format: &str, variant: Option<String>) -> PathBuf {
        let format = Formats::built_in().find(format).expect("it is registered");
        let kind = FileKind { format, variant };
        let data = DataFolder::open(self.folder).expect("a writable folder");
        data.file(&self.recipe.into(), &kind, &mut |_| {})
            .expect("a data file")
    }

    /// A pickle as CPython writes it.
    pub fn pickle(&self, protocol: u8) -> PathBuf {
        self.file("pickle", Some(format!("cpython-{protocol}")))
    }

    /// Removes all of them.
    pub fn remove(&self) {
        for entry in fs::read_dir(self.folder).into_iter().flatten().flatten() {
            // It is a temporary folder: what stays goes with it.
            let _ = fs::remove_file(entry.path());
        }
    }

    /// Where a file can be written that is not there yet: to empty an old one
    /// takes a tenth of the time that we need to write it.
    pub fn new_file(&self) -> PathBuf {
        let path = self.folder.join("written");
        // None is there the first time.
        let _ = fs::remove_file(&path);
        path
    }
}

/// Records in memory, and the files of them.
pub struct Ours<'a, T> {
    files: &'a Files<'a>,
    list: Vec<T>,
}

impl<'a, T: Panel> Ours<'a, T> {
    /// Makes the records.
    pub fn new(files: &'a Files<'a>) -> Ours<'a, T> {
        let list = T::source(files.recipe.records, files.recipe.seed).collect();
        Ours { files, list }
    }

    /// Seconds of our side of a measure.
    pub fn seconds(&self, measure: Measure, protocol: u8) -> f64 {
        let file = self.files.pickle(protocol);
        match measure {
            Measure::Borrowed => {
                let read = T::BORROWED.expect("asked only where there is such a type");
                let mut input = open(&file);
                self.counted(|| read(&mut input).expect("the records fit the type"))
            }
            Measure::Owned | Measure::SerdePickle | Measure::Floor => {
                let mut input = open(&file);
                self.counted(|| each::<T>(&mut input))
            }
            Measure::Value => {
                let mut input = open(&file);
                self.counted(|| each::<Value>(&mut input))
            }
            Measure::Write => self.operate(
                "pickle",
                Some(&format!("protocol-{protocol}")),
                Operation::Write,
            ),
            Measure::Inspect => command(&["inspect".as_ref(), &file]),
            Measure::Convert => {
                let output = self.files.new_file();
                let to = ["--to".as_ref(), "json-lines".as_ref()];
                command(&["convert".as_ref(), &file, &output, to[0], to[1]])
            }
            Measure::Split | Measure::Eval => self.operate("text", None, Operation::StreamRead),
            Measure::Lines => self.operate("text", None, Operation::Write),
        }
    }

    /// Seconds of a peer that is written in Rust; or why it cannot do this.
    pub fn peer(&self, measure: Measure, protocol: u8) -> Result<f64, String> {
        let file = self.files.pickle(protocol);
        match (measure, T::SHAPE) {
            (Measure::SerdePickle, _) => serde_pickle::<T>(&file),
            (Measure::Floor, Shape::Tuples) => {
                let input = open(&file);
                Ok(self.counted(|| floor::tuples::read(input)))
            }
            (Measure::Floor, Shape::Dicts) => {
                let input = open(&file);
                Ok(self.counted(|| floor::dicts::read(input)))
            }
            (Measure::Floor, Shape::Blobs) => {
                let lengths: Vec<usize> = self.list.iter().map(Measured::owned_bytes).collect();
                let input = open(&file);
                Ok(self.counted(|| floor::blobs::copy(input, &lengths)))
            }
            _ => Err("it is not a peer of ours".to_owned()),
        }
    }

    /// Times reading, which says how many records there were.
    fn counted(&self, read: impl FnOnce() -> u64) -> f64 {
        let mut records = 0;
        let seconds = cpu::of(|| records = read());
        assert_eq!(records, self.list.len() as u64, "all of them are read");
        seconds
    }

    /// Times an operation of the suite.
    fn operate(&self, format: &str, variant: Option<&str>, operation: Operation) -> f64 {
        let format = Formats::built_in().find(format).expect("it is registered");
        let codec: &dyn Codec<T> = T::codec(format);
        let path = match operation.writes() {
            true => self.files.new_file(),
            false => self.files.file(codec.name(), variant.map(str::to_owned)),
        };
        let prepared = match operation.writes() {
            true => Prepared::List(self.list.clone()),
            false => Prepared::Nothing,
        };
        let mut product = None;
        let seconds =
            cpu::of(|| product = operate(codec, variant, prepared, operation, &path).ok());
        drop(product.expect("it works"));
        seconds
    }
}

/// A file with the buffer that every format has.
fn open(path: &Path) -> formats::Input {
    let file = File::open(path).and_then(|file| InputFile::new(file, String::new()));
    formats::input(file.expect("the file is there"))
}

fn each<T: Record>(input: &mut formats::Input) -> u64 {
    let records = PickleRecords::<_, T>::new(input).expect("the memo is small");
    let mut count = 0;
    for record in records {
        black_box(record.expect("a record as it was written"));
        count += 1;
    }
    count
}

fn serde_pickle<T: Record>(path: &Path) -> Result<f64, String> {
    let file = File::open(path).expect("the file is there");
    let input = BufReader::with_capacity(64 * 1024, file);
    let options = serde_pickle::DeOptions::new();
    let mut failed = None;
    let seconds = cpu::of(|| {
        failed = match T::IS_ROOT {
            true => black_box(serde_pickle::from_reader::<_, T>(input, options)).err(),
            false => black_box(serde_pickle::from_reader::<_, Vec<T>>(input, options)).err(),
        };
    });
    match failed {
        None => Ok(seconds),
        Some(error) => Err(error.to_string()),
    }
}

/// Seconds that the command takes, in a process of its own.
fn command(arguments: &[&Path]) -> f64 {
    let program = env::current_exe().expect("this program has a name");
    let said = Command::new(program)
        .args(arguments)
        .env(AS_COMMAND, "1")
        .output()
        .expect("this program starts");
    let said = String::from_utf8_lossy(&said.stderr);
    let seconds = said.lines().last().and_then(|line| line.parse().ok());
    seconds.unwrap_or_else(|| {
        // Whoever sees it wants all of it; there is nobody to tell of a failure.
        let _ = io::stderr().write_all(said.as_bytes());
        panic!("{arguments:?} failed")
    })
}
