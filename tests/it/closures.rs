//! How many crates someone takes on who wants only one of the libraries.

use std::collections::BTreeSet;
use std::process::Command;

/// The crates that a build of `package` needs, itself included.
fn closure(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "-e", "normal", "--prefix", "none", "--offline"])
        .args(["-p", package])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let lines = String::from_utf8(output.stdout).expect("names are ASCII");
    // ` (*)` says that what follows was shown before.
    let crates = lines.lines().map(|line| line.trim_end_matches(" (*)"));
    crates.map(ToOwned::to_owned).collect()
}

#[track_caller]
fn assert_needs_at_most(most: usize, package: &str) {
    let crates = closure(package);
    assert!(crates.len() > 1, "{package}: {crates:#?}");
    assert!(
        crates.len() <= most,
        "{package} needs {} crates, {most} are allowed: {crates:#?}",
        crates.len()
    );
}

#[test]
fn the_meter_needs_next_to_nothing() {
    assert_needs_at_most(8, "peakheap");
}

#[test]
fn the_codecs_need_no_application() {
    assert_needs_at_most(25, "picklestream");
}
