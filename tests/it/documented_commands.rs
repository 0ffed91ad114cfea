//! The commands of `docs/`, run as they stand there.

use std::fs;
use std::process::Command;

use crate::command::stderr;
use crate::support::run;

const PAGE: &str = include_str!("../../docs/continuous-benchmarking.md");

/// The lines of all fenced blocks of that language.
fn blocks(language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let blocks = PAGE.split(&fence).skip(1);
    let texts = blocks.map(|rest| rest.split("```").next().expect("a closed block"));
    texts
        .flat_map(|text| text.lines().map(ToOwned::to_owned))
        .collect()
}

#[test]
#[cfg(unix)]
fn every_command_of_the_page_works() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["base", "results/latest"] {
        fs::create_dir_all(folder.path().join(name)).unwrap();
        let file = folder.path().join(name).join("run.json");
        fs::write(file, run().to_json()).unwrap();
    }
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_picklebench"));
    let path = std::env::join_paths(
        std::iter::once(program.parent().unwrap().to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    )
    .unwrap();
    let commands = blocks("sh");
    assert!(commands.len() > 10, "{commands:?}");
    for line in commands {
        let output = Command::new("sh")
            .args(["-c", &line])
            .current_dir(&folder)
            .env("PATH", &path)
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}: {}", stderr(&output));
    }
    for made in [
        "comparison.md",
        "page.html",
        "figures.csv",
        "table.md",
        "bencher.json",
        "benchmark.json",
        "results/index.html",
        "site/index.html",
    ] {
        assert!(folder.path().join(made).exists(), "{made}");
    }
}

#[test]
fn the_excerpt_is_from_the_workflow() {
    let workflow = include_str!("../../docs/examples/memory.yml");
    let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let excerpt = PAGE.split("```yaml\n").nth(1).expect("an excerpt");
    let excerpt = excerpt.split("```").next().expect("a closed block");
    assert!(squeeze(workflow).contains(&squeeze(excerpt)));
}
