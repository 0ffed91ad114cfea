//! A run with as many cases as all formats together have.

use picklebench::results::{Footprint, Operation, Run, Timeline};

/// Formats by the names that they have in a run, each with variants.
pub const FORMATS: [&str; 19] = [
    "pickle",
    "serde-pickle",
    "text",
    "json",
    "json-lines",
    "csv",
    "messagepack",
    "cbor",
    "postcard",
    "bitcode",
    "npy",
    "bincode",
    "borsh",
    "rkyv",
    "prost",
    "flexbuffers",
    "bson",
    "arrow-ipc",
    "parquet",
];

/// The fixture's empty case, and `count` less one of made-up others: every format in
/// every operation, then more variants and compressed ones. All have a
/// timeline, a peak at fewer records, slack where a list was read, and those that
/// write or read a list a speed.
pub fn run(count: usize) -> Run {
    let mut run = super::run();
    let like: Vec<Footprint> = Operation::ALL
        .into_iter()
        .filter_map(|operation| {
            let mut cases = run.cases.iter();
            cases
                .find(|case| case.operation == operation && case.is_ok())
                .cloned()
        })
        .collect();
    run.cases.truncate(1);
    let mut number = 0_u32;
    while run.cases.len() < count {
        let index = run.cases.len() - 1;
        let count = FORMATS.len() + 1;
        let is_python = index % count == FORMATS.len();
        let format = FORMATS.get(index % count).unwrap_or(&"python-pickle");
        let round = index / count;
        let mut case = like[round % like.len()].clone();
        let variants = match is_python {
            true => ["load-3.11", "loads-3.11", "load-3.13"],
            false => ["reader", "slice", "protocol-3"],
        };
        let compressed = ["", "+gzip", "+lz4"][round % 3 * usize::from(round >= 9 && !is_python)];
        let variant = variants[round / like.len() % variants.len()];
        case.format = format!("{format}{compressed}");
        case.variant = Some(variant.into());
        case.id = format!("{}/{}/{variant}", case.operation, case.format);
        if let Some(heap) = &mut case.heap {
            number += 1;
            // Scattered, and the same each time.
            let more = u64::from(number * 7_919 % 1_000) * 60_000;
            heap.peak_bytes += more;
            heap.peak_upper_bytes += more;
            heap.extra_bytes += i64::try_from(more).unwrap();
            heap.slack_bytes = (case.operation == Operation::Read).then_some(more / 3);
        }
        for seconds in &mut case.seconds {
            *seconds *= 1.0 + f64::from(number * 31 % 17);
        }
        case.file_bytes = Some(40_000_000 + u64::from(number * 101 % 97) * 1_000_000);
        case.timeline = Some(Timeline {
            seconds: (0..1_000).map(|index| f64::from(index) / 1_000.0).collect(),
            live_bytes: (0..1_000)
                .map(|index| (index * 7_919) % 60_000_000)
                .collect(),
        });
        if is_python {
            (case.heap, case.timeline) = (None, None);
            case.scaling.clear();
        }
        run.cases.push(case);
    }
    run
}
