//! The target `convert` for libFuzzer: `cargo +nightly fuzz run convert --features libfuzzer
//! fuzz/corpus/convert fuzz/seeds/convert`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = picklebench_fuzz::convert(bytes);
});
