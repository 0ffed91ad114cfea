//! What the meter itself costs: CPU time of a load with it, over the same load
//! without, beside dhat and peak_alloc: `cargo bench --bench meter`; with
//! `-- --write-docs` the table goes into `docs/performance.md`.
//!
//! One program cannot change its allocator, so the allocator here decides at
//! each call which meter to go through. That decision is the same for all, the
//! plain one included.
#![allow(unsafe_code)] // `GlobalAlloc` again, to choose between meters.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use peak_alloc::PeakAlloc;
use peakheap::Metered;
use picklebench::dataset::Tuple;
use picklebench::formats::{Codec, FileKind, Formats};
use picklebench::results::Operation;
use picklebench::suite::DataFolder;
use picklebench::suite::operate::{Prepared, operate};
use picklebench_benches::arguments::Arguments;
use picklebench_benches::{cpu, document, enter_workspace, tuples};

static OURS: Metered = Metered::system();
static PEAK_ALLOC: PeakAlloc = PeakAlloc;
static DHAT: dhat::Alloc = dhat::Alloc;

/// Which meter the allocations go through: an index into [`METERS`].
static CHOSEN: AtomicU8 = AtomicU8::new(0);
const METERS: [&str; 4] = ["plain", "picklebench", "peak_alloc", "dhat"];

struct Chosen;

#[global_allocator]
static ALLOCATOR: Chosen = Chosen;

macro_rules! through_chosen {
    ($meter:ident => $call:expr) => {
        match CHOSEN.load(Relaxed) {
            0 => {
                let $meter = &System;
                $call
            }
            1 => {
                let $meter = &OURS;
                $call
            }
            2 => {
                let $meter = &PEAK_ALLOC;
                $call
            }
            _ => {
                let $meter = &DHAT;
                $call
            }
        }
    };
}

// SAFETY: all four hand the call on to `System` as it is, so that a block may
// be taken through one and given back through another.
unsafe impl GlobalAlloc for Chosen {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promised; so below.
        through_chosen!(meter => unsafe { meter.alloc(layout) })
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: see `alloc`.
        through_chosen!(meter => unsafe { meter.alloc_zeroed(layout) })
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: see `alloc`.
        through_chosen!(meter => unsafe { meter.dealloc(block, layout) });
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: see `alloc`.
        through_chosen!(meter => unsafe { meter.realloc(block, layout, new_size) })
    }
}

fn main() {
    let arguments = Arguments::new();
    let (records, blocks) = match arguments.measures {
        true => (50_000, 1_000_000),
        false => (500, 10_000),
    };
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let read = || {
        let kind = FileKind {
            format: Formats::built_in()
                .find("pickle")
                .expect("it is registered"),
            variant: Some("cpython-2".to_owned()),
        };
        let data = DataFolder::open(folder.path()).expect("a writable folder");
        data.file(&tuples(records).into(), &kind, &mut |_| {})
            .expect("a data file")
    };
    let loads: [(&str, Load); 2] = [
        (
            "meter/read/serde-pickle",
            Box::new(|| read_serde_pickle(&read())),
        ),
        ("meter/storm", Box::new(move || storm(blocks))),
    ];
    let mut table = format!("| load | {} |\n", METERS[1..].join(" | "));
    table += &format!("|{}\n", "---|".repeat(METERS.len()));
    for (name, load) in loads {
        if arguments.list {
            println!("{name}: benchmark");
        } else if arguments.wants(name) {
            table += &report(name, &*load, &arguments);
        }
    }
    if arguments.writes_docs {
        enter_workspace().expect("the workspace is there");
        let page = Path::new("docs/performance.md");
        document::replace_part(page, "meter", &table).expect("the page has a part for the meter");
    }
}

/// Something to measure.
type Load<'a> = Box<dyn Fn() + 'a>;

/// The load that the meter is made for.
fn read_serde_pickle(path: &Path) {
    let format = Formats::built_in().find("serde-pickle");
    let codec: &dyn Codec<Tuple> = format.expect("it is registered");
    let tree = operate(
        codec,
        Some("protocol-2"),
        Prepared::Nothing,
        Operation::Read,
        path,
    );
    drop(black_box(tree.expect("the file is whole")));
}

/// Nothing but allocations: many sizes, many lives.
fn storm(blocks: u32) {
    let mut live: Vec<Vec<u8>> = vec![Vec::new(); 1024];
    let mut state = 42u64;
    for _ in 0..blocks {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let slot = (state >> 33) as usize % live.len();
        live[slot] = black_box(Vec::with_capacity(8 + (state >> 50) as usize % 500));
    }
    black_box(live);
}

/// CPU seconds of a load through one meter, with everything on.
fn measure(meter: usize, load: &dyn Fn()) -> f64 {
    CHOSEN.store(meter as u8, Relaxed);
    let window = (METERS[meter] == "picklebench").then(|| OURS.heap().open());
    let profiler = (METERS[meter] == "dhat").then(|| dhat::Profiler::builder().testing().build());
    let seconds = cpu::of(load);
    drop(profiler);
    drop(window.map(|window| window.close()));
    CHOSEN.store(0, Relaxed);
    seconds
}

/// Rounds of all meters in turn, so that a machine that slows down slows all
/// of them; the ratio is taken within each round.
///
/// Gives the row of the page.
fn report(name: &str, load: &dyn Fn(), arguments: &Arguments) -> String {
    load();
    let mut ratios = vec![Vec::new(); METERS.len()];
    for round in 0..arguments.rounds(31) {
        // dhat is the last, and so slow that a few rounds tell enough.
        let mut meters: Vec<usize> = (0..METERS.len() - usize::from(round >= 3)).collect();
        if round % 2 == 1 {
            meters.reverse();
        }
        let mut seconds = [0.0; METERS.len()];
        for meter in &meters {
            seconds[*meter] = measure(*meter, load);
        }
        for meter in meters {
            ratios[meter].push(seconds[meter] / seconds[0]);
        }
    }
    if !arguments.measures {
        println!("Testing {name}\nSuccess");
        return String::new();
    }
    println!("{name}: CPU time over that without a meter, median of the pairs (least to most)");
    let mut row = format!("| {} |", name.trim_start_matches("meter/"));
    for (meter, ratios) in METERS.iter().zip(ratios).skip(1) {
        let (median, least, most) = cpu::spread(ratios);
        println!("  {meter:<12} {median:>6.3}  ({least:.3} to {most:.3})");
        row += &format!(" {median:.2} ({least:.2}–{most:.2}) |");
    }
    row + "\n"
}
