//! The target `run_json` for libFuzzer: `cargo +nightly fuzz run run_json --features libfuzzer
//! fuzz/corpus/run_json fuzz/seeds/run_json`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = picklebench_fuzz::run_json(bytes);
});
