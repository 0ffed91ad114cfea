//! The cross-check: dhat, slow and long trusted, must see the same peak of the
//! same operation, to the byte. A test file of its own, because dhat is the
//! allocator here.

#[allow(
    dead_code,
    reason = "one test needs little of what the tests in `it` share"
)]
#[path = "it/command/mod.rs"]
mod command;

use std::hint::black_box;

use command::{figure, measure};
use picklebench::dataset::Tuple;
use picklebench::formats::{Codec, Formats};
use picklebench::results::Operation;
use picklebench::suite::operate::{Prepared, operate};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

#[test]
fn peaks_equal_dhats_to_the_byte() {
    const RECORDS: u64 = 5000;
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        ("serde-pickle", "own-3", "serde-pickle-protocol-3"),
        ("serde-pickle", "protocol-2", "pickle-cpython-2"),
        ("pickle", "protocol-4", "pickle-cpython-4"),
    ];
    let records = RECORDS.to_string();
    let (_, run) = measure(&folder, &["read/", "-n", &records, "--runs", "1"]);
    for (name, variant, file) in cases {
        let codec: &dyn Codec<Tuple> = Formats::built_in().find(name).unwrap();
        let path = folder
            .path()
            .join(format!("data/tuples-{RECORDS}-42-{file}.pkl"));
        let nothing = Prepared::Nothing;

        let profiler = dhat::Profiler::builder().testing().build();
        let product = operate(codec, Some(variant), nothing, Operation::Read, &path);
        let product = black_box(product.unwrap());
        let dhat = dhat::HeapStats::get();
        drop(profiler);
        drop(product);

        let id = format!("read/{name}/{variant}");
        let peak = figure(&run, &id, "/heap/peak_bytes");
        let floor = figure(&run, &id, "/heap/floor_bytes");
        assert_eq!(peak - floor, dhat.max_bytes as i64, "{id}");
        assert!(dhat.max_bytes > 100_000, "{id}: too little to compare");
    }
}
