//! Our codecs beside their peers, in processor time, over every shape of records:
//! CPython's C pickler and its loops over text, serde-pickle, and decoders written
//! by hand: `cargo bench --bench peers`.
//!
//! Ours and its peer run in turn several times, and the ratio is taken within each
//! round, so that a machine that slows down slows both sides. Ours is the middle
//! of three runs, which are short and have more of the machine's ups and downs in
//! them; two of them come before the peer's, one after it.
//!
//! `-- --rounds 15` for steadier figures; `-- --write-docs` puts them into
//! `docs/performance.md`.

mod floor;
mod measure;
mod ours;
mod panel;
mod python;
mod table;

use std::path::Path;
use std::process::ExitCode;

use picklebench::dataset::{Blob, DictRecord, Mapping, Object, Recipe, Shape, Tuple};
use picklebench_benches::arguments::Arguments;
use picklebench_benches::{cpu, document, enter_workspace};

use measure::Measure;
use ours::{Files, Ours};
use panel::Panel;
use table::{Found, Row};

const PAGE: &str = "docs/performance.md";

/// Rounds, unless somebody says how many.
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    if let Some(code) = ours::run_if_command() {
        return code;
    }
    enter_workspace().expect("the workspace is there");
    let arguments = Arguments::new();
    let python = python::version();
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let mut rows = Vec::new();
    for shape in Shape::ALL {
        let wanted = wanted(&arguments, shape);
        if arguments.list {
            for (measure, protocol) in wanted {
                println!("{}: benchmark", table::name(measure, shape, protocol));
            }
            continue;
        }
        let bench = Bench {
            arguments: &arguments,
            has_python: python.is_some(),
            folder: folder.path(),
            wanted,
        };
        rows.extend(match shape {
            Shape::Tuples => bench.run::<Tuple>(),
            Shape::Dicts => bench.run::<DictRecord>(),
            Shape::Objects => bench.run::<Object>(),
            Shape::Floats => bench.run::<f64>(),
            Shape::Integers => bench.run::<i64>(),
            Shape::Strings => bench.run::<String>(),
            Shape::Words => bench.run::<Vec<String>>(),
            Shape::Blobs => bench.run::<Blob>(),
            Shape::Mapping => bench.run::<Mapping>(),
        });
    }
    if arguments.writes_docs {
        let python = python.as_deref().unwrap_or("no CPython");
        let text = format!(
            "{python} with its garbage collector off; {} rounds.\n\n{}",
            arguments.rounds(ROUNDS),
            table::tables(&rows)
        );
        if let Err(error) = document::replace_part(Path::new(PAGE), "peers", &text) {
            eprintln!("error: {PAGE} was not written: {error}");
            return ExitCode::FAILURE;
        }
        println!("the tables are in {PAGE}");
    }
    ExitCode::SUCCESS
}

/// The measures of a shape that the filters let through.
fn wanted(arguments: &Arguments, shape: Shape) -> Vec<(Measure, u8)> {
    let all = Measure::ALL.into_iter().flat_map(|measure| {
        let protocols = measure.protocols().iter();
        protocols.map(move |protocol| (measure, *protocol))
    });
    all.filter(|(measure, protocol)| arguments.wants(&table::name(*measure, shape, *protocol)))
        .collect()
}

/// The measures of one shape.
struct Bench<'a> {
    arguments: &'a Arguments,
    has_python: bool,
    folder: &'a Path,
    wanted: Vec<(Measure, u8)>,
}

impl Bench<'_> {
    fn run<T: Panel>(&self) -> Vec<Row> {
        let records = match self.arguments.measures {
            true => panel::records(T::SHAPE),
            false => 100,
        };
        let files = Files::new(
            self.folder,
            Recipe {
                shape: T::SHAPE,
                records,
                seed: 42,
            },
        );
        let mut ours = None;
        let mut rows = Vec::new();
        for (measure, protocol) in self.wanted.iter().copied() {
            let found = match self.obstacle(measure, T::SHAPE) {
                Some(why) => Err(why.to_owned()),
                None => {
                    let ours = ours.get_or_insert_with(|| Ours::<T>::new(&files));
                    self.compare(ours, &files, measure, protocol)
                }
            };
            let found = found.map(|(ratios, seconds)| {
                let (ratio, least, most) = cpu::spread(ratios);
                Found {
                    ratio,
                    least,
                    most,
                    nanoseconds: cpu::spread(seconds).0 * 1e9 / records as f64,
                }
            });
            let row = Row {
                measure,
                shape: T::SHAPE,
                protocol,
                found,
            };
            match self.arguments.measures {
                true => println!("{}", row.line()),
                false => println!("Testing {}\nSuccess", row.name()),
            }
            rows.push(row);
        }
        // The files of one shape make room for those of the next.
        drop(ours);
        files.remove();
        rows
    }

    fn obstacle(&self, measure: Measure, shape: Shape) -> Option<&'static str> {
        let python = measure.python().is_some() && !self.has_python;
        measure
            .obstacle(shape)
            .or(python.then_some("there is no CPython here"))
    }

    /// The ratios of all rounds, and our seconds.
    fn compare<T: Panel>(
        &self,
        ours: &Ours<'_, T>,
        files: &Files<'_>,
        measure: Measure,
        protocol: u8,
    ) -> Result<(Vec<f64>, Vec<f64>), String> {
        let peer = || match measure.python() {
            None => ours.peer(measure, protocol),
            Some(what) => {
                let file = match measure.is_of_a_text() {
                    true => files.file("text", None),
                    false => files.pickle(protocol),
                };
                Ok(python::seconds(&file, &files.new_file(), protocol, what))
            }
        };
        // Makes the files, and says whether the peer can do it.
        peer()?;
        let (mut ratios, mut own) = (Vec::new(), Vec::new());
        for _ in 0..self.arguments.rounds(ROUNDS) {
            let mut times = vec![
                ours.seconds(measure, protocol),
                ours.seconds(measure, protocol),
            ];
            let peer = peer()?;
            times.push(ours.seconds(measure, protocol));
            let (seconds, ..) = cpu::spread(times);
            own.push(seconds);
            ratios.push(seconds / peer);
        }
        Ok((ratios, own))
    }
}
