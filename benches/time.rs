//! Throughput of every case, with the system's own allocator and nothing in
//! between: `cargo bench --bench time -- --help`. Criterion does the measuring;
//! its estimates then join the memory figures in the results folder.
//!
//! Over fewer records than the memory bench: time grows in step with records,
//! and criterion wants many iterations. Each case has 0.3 seconds, so that all
//! of `cargo bench` stays near five minutes; `--measurement-time 5` narrows the
//! intervals. Of the other shapes of records our own codec alone, over fewer
//! still: `panel/SHAPE/...`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs, process};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput};
use picklebench::dataset::{Builtin, Recipe, Shape, Tuple};
use picklebench::formats::{Compiled, FileKind, Formats, ShapeVisitor, with_records_of};
use picklebench::results::Operation;
use picklebench::results::criterion as estimates;
use picklebench::suite::operate::{Prepared, Product, operate};
use picklebench::suite::{Case, DataFolder, Opens, cases};
use picklebench::{cli, results};
use picklebench_benches::enter_workspace;

const RECORDS: u64 = 50_000;
const SMOKE_RECORDS: u64 = 1000;
const SEED: u64 = 42;

fn main() {
    enter_workspace().expect("the workspace is there");
    // As criterion does: measuring is what `cargo bench` asks for, anything
    // else is a test of whether the benches work.
    let measures = env::args().any(|word| word == "--bench")
        && !env::args().any(|word| word == "--test" || word == "--list");
    let criterion_folder = criterion_folder();
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300))
        .without_plots()
        .output_directory(&criterion_folder)
        .configure_from_args();

    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let records = if measures { RECORDS } else { SMOKE_RECORDS };
    let mut measured = BTreeMap::new();
    // Criterion takes any word for a filter; and a filter chooses from every case.
    let is_filtered = env::args().skip(1).any(|word| !word.starts_with('-'));
    // One group an operation: `group/function` is then the case's name.
    for operation in Operation::ALL {
        let mut group = criterion.benchmark_group(operation.name());
        group.sampling_mode(SamplingMode::Flat);
        for case in cases::<Tuple>(&Formats::built_in()) {
            let name = case.id.strip_prefix(operation.name());
            let name = name.and_then(|name| name.strip_prefix('/'));
            let task = case.task.of_format();
            if task.is_some_and(|task| task.operation == operation)
                && (case.is_usual || is_filtered)
                && let Some(name) = name
                && let Some(bytes) = bench::<Tuple>(&mut group, name, &case, records, folder.path())
            {
                measured.insert(case.id, bytes);
            }
        }
        group.finish();
    }
    for shape in Shape::ALL {
        let records = (records / 5).min(shape.usual_records() / 10);
        let mut group = criterion.benchmark_group(format!("panel/{shape}"));
        group.sampling_mode(SamplingMode::Flat);
        group.measurement_time(Duration::from_millis(200));
        with_records_of(
            shape,
            Panel {
                group: &mut group,
                records,
                folder: folder.path(),
            },
        );
        group.finish();
    }
    criterion.final_summary();
    if measures && let Err(error) = join_memory_figures(&criterion_folder, records, measured) {
        eprintln!("the times were not added to the report: {error}");
        process::exit(1);
    }
}

/// What our own pickles of one shape take.
struct Panel<'a, 'c> {
    group: &'a mut BenchmarkGroup<'c, WallTime>,
    records: u64,
    folder: &'a Path,
}

impl ShapeVisitor for Panel<'_, '_> {
    type Output = ();

    fn visit<T: Builtin + Compiled>(self) {
        for case in cases::<T>(&Formats::built_in()) {
            let ours = ["write/pickle/", "stream-read/pickle/"];
            if ours.iter().any(|prefix| case.id.starts_with(prefix)) {
                bench::<T>(self.group, &case.id, &case, self.records, self.folder);
            }
        }
    }
}

/// Benches one case that runs; gives the size of its file in bytes, if the
/// user's filter let it run.
fn bench<T: Builtin + Compiled>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    case: &Case,
    records: u64,
    folder: &Path,
) -> Option<u64> {
    let task = case.task.of_format()?;
    let (operation, codec) = (task.operation, task.codec::<T>());
    let recipe = Recipe {
        shape: T::SHAPE,
        records,
        seed: SEED,
    };
    // A case that writes makes the same file as the one that is made for its
    // readers, whose size is thus known beforehand.
    let kind = task.file.clone().unwrap_or_else(|| FileKind {
        format: task.format,
        variant: task.variant.map(Into::into),
    });
    let data = DataFolder::open(folder).expect("a writable folder");
    let file = data
        .file(&recipe.into(), &kind, &mut |_| {})
        .expect("a data file");
    let bytes = fs::metadata(&file).expect("the file that was made").len();
    let path = if operation.writes() {
        folder.join("written")
    } else {
        file
    };
    group.throughput(Throughput::ElementsAndBytes {
        elements: records,
        bytes,
    });
    let mut ran = false;
    group.bench_function(name, |bencher| {
        let mut list = None;
        bencher.iter_custom(|iterations| {
            let mut sum = Duration::ZERO;
            for _ in 0..iterations {
                // Outside the window, as in the suite: set-up and drop.
                let prepared = match list.take() {
                    Some(list) => Prepared::List(list),
                    None => Prepared::new(operation, &recipe as &dyn Opens<T>)
                        .expect("the records fit memory"),
                };
                let clock = Instant::now();
                let product = operate(codec, task.variant, prepared, operation, &path);
                sum += clock.elapsed();
                if let Product::Written(written) = product.expect("the case works") {
                    list = (operation == Operation::Write).then_some(written);
                }
            }
            sum
        });
        ran = true;
    });
    ran.then_some(bytes)
}

/// Adds criterion's estimates to the run that the memory bench left, so that
/// one report has both.
fn join_memory_figures(
    criterion: &Path,
    records: u64,
    measured: BTreeMap<String, u64>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut found = Vec::new();
    for (id, bytes) in measured {
        found.push((
            id.clone(),
            estimates::throughput(criterion, &id, records, bytes)?,
        ));
    }
    if found.is_empty() {
        return Ok(());
    }
    let results = Path::new("results/latest");
    if !results.join(results::ResultsFolder::RUN).exists() {
        println!(
            "no memory figures in {} to join: run all of cargo bench",
            results.display()
        );
        return Ok(());
    }
    let report = cli::add_throughput(results, found)?;
    println!("report with memory and time: {}", report.display());
    Ok(())
}

/// `target/criterion`, wherever the target folder is: benches lie in
/// `target/release/deps`.
fn criterion_folder() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let target = program.ancestors().nth(3).unwrap_or(Path::new("target"));
    target.join("criterion")
}
