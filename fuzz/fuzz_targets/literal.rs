//! The target `literal` for libFuzzer: `cargo +nightly fuzz run literal --features libfuzzer
//! fuzz/corpus/literal fuzz/seeds/literal`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = picklebench_fuzz::literal(bytes);
});
