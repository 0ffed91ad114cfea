//! The target `pickle` for libFuzzer: `cargo +nightly fuzz run pickle --features libfuzzer
//! fuzz/corpus/pickle fuzz/seeds/pickle`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = picklebench_fuzz::pickle(bytes);
});
