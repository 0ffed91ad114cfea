//! Sizes against the committed figures of the interpreters.

use pysizeof::{Build, Memory};

/// What the interpreters told of objects around the places where their sizes
/// change; `tests/golden/sizeof/make.py` asked them.
#[test]
fn reference_figures() {
    let literals = include_str!("golden/sizeof/literals.txt");
    for (build, told) in [
        (
            Build::Cpython27,
            include_str!("golden/sizeof/cpython-2.7.txt"),
        ),
        (
            Build::Cpython38,
            include_str!("golden/sizeof/cpython-3.8.txt"),
        ),
        (
            Build::Cpython311,
            include_str!("golden/sizeof/cpython-3.11.txt"),
        ),
        (
            Build::Cpython312,
            include_str!("golden/sizeof/cpython-3.12.txt"),
        ),
    ] {
        assert_eq!(literals.lines().count(), told.lines().count());
        for (literal, bytes) in literals.lines().zip(told.lines()) {
            let sizing = pysizeof::of_literal(literal, Memory::Requested).unwrap();
            let ours = sizing.root().bytes().of(build).to_string();
            assert_eq!(ours, bytes, "{} of {literal}", build.name());
        }
    }
}
