//! What dependencies may be, without the tool that `.ci/run` uses where it is there:
//! all from the registry, under the licences that `deny.toml` allows.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::process::Command;
use std::str::SplitWhitespace;

/// What the source of a crate begins with that is neither a folder nor a repository.
const REGISTRY: &str = "registry+";

/// The licences in `deny.toml`, which is this list's only place.
fn allowed() -> BTreeSet<&'static str> {
    let rules = include_str!("../../deny.toml");
    let (_, list) = rules.split_once("allow = [").expect("there is a list");
    let (list, _) = list.split_once(']').expect("the list ends");
    let lines = list.lines().map(str::trim);
    let names = lines.filter_map(|line| line.strip_prefix('"')?.strip_suffix("\","));
    names.collect()
}

/// Whether an SPDX expression leaves a choice that is allowed.
fn allows(allowed: &BTreeSet<&str>, expression: &str) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let allows = any(allowed, &mut words);
    allows && words.next().is_none()
}

fn any(allowed: &BTreeSet<&str>, words: &mut Peekable<SplitWhitespace<'_>>) -> bool {
    let mut found = all(allowed, words);
    while words.next_if_eq(&"OR").is_some() {
        found |= all(allowed, words);
    }
    found
}

fn all(allowed: &BTreeSet<&str>, words: &mut Peekable<SplitWhitespace<'_>>) -> bool {
    let mut found = one(allowed, words);
    while words.next_if_eq(&"AND").is_some() {
        found &= one(allowed, words);
    }
    found
}

fn one(allowed: &BTreeSet<&str>, words: &mut Peekable<SplitWhitespace<'_>>) -> bool {
    if words.next_if_eq(&"(").is_some() {
        let found = any(allowed, words);
        return words.next_if_eq(&")").is_some() && found;
    }
    let mut name = words.next().unwrap_or_default().to_owned();
    if words.next_if_eq(&"WITH").is_some() {
        name += &format!(" WITH {}", words.next().unwrap_or_default());
    }
    allowed.contains(&*name)
}

/// All packages that a build on this system needs, those of tests and benches among
/// them, as cargo tells them.
fn packages() -> Vec<serde_json::Value> {
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO"));
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        let output = command.args(arguments).output().expect("cargo starts");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{complaint}");
        String::from_utf8(output.stdout).expect("cargo writes UTF-8")
    };
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    // What other systems need may not be here.
    let host = host.expect("cargo knows its system");
    let arguments = ["metadata", "--offline", "--format-version", "1"];
    let told = cargo(&[&arguments[..], &["--filter-platform", host]].concat());
    let told: serde_json::Value = serde_json::from_str(&told).expect("cargo writes JSON");
    told["packages"].as_array().expect("there are some").clone()
}

#[test]
fn dependencies_are_from_the_registry_and_may_be_used() {
    let allowed = allowed();
    assert!(allowed.contains("MIT") && allowed.len() > 5, "{allowed:?}");
    let packages = packages();
    assert!(packages.len() > 100, "{}", packages.len());
    for package in packages {
        let name = &package["name"];
        let licence = package["license"].as_str().unwrap_or_default();
        assert!(
            allows(&allowed, licence),
            "{name}: {licence:?} is not in deny.toml"
        );
        match package["source"].as_str() {
            Some(source) => assert!(source.starts_with(REGISTRY), "{name}: {source}"),
            // One of ours.
            None => assert_eq!(licence, "MIT OR Apache-2.0", "{name}"),
        }
    }
}

#[test]
fn a_licence_is_judged_by_its_expression() {
    let allowed = BTreeSet::from(["MIT", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"]);
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0/MIT", true),
        ("GPL-3.0 AND MIT", false),
        ("(GPL-3.0 OR MIT) AND Unicode-3.0", true),
        ("(GPL-3.0 OR MIT) AND NCSA", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0", false),
        ("", false),
        ("MIT MIT", false),
        ("(MIT", false),
    ] {
        assert_eq!(allows(&allowed, expression), expected, "{expression:?}");
    }
}
