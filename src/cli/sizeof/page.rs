//! What the page shows, of what was counted.

use pysizeof::{Build, Memory, Part, Sizing};

use crate::report::sizeof::{Block, Page, Version, render};

use super::fits::Fits;
use super::less::advice;
use super::part_path::PartPath;
use super::table::version;
use super::words;

/// Parts that take less than one in so many of the whole are left out.
const SMALL: u64 = 2000;

/// The page of some data by its name, with the tree in one build.
pub(super) fn page(sizing: &Sizing, name: &str, build: Build, fits: Option<&Fits>) -> String {
    let total = sizing.total();
    let cost = sizing.cost();
    let versions = Build::ALL.map(|build| {
        let cost = cost.filter(|cost| cost.can_load(build));
        Version {
            name: version(build).to_owned(),
            total: total.of(build),
            kept: cost.map(|cost| cost.kept().of(build)),
            load_peak: cost.map(|cost| cost.load_peak().of(build)),
            dump_extra: cost.map(|cost| cost.dump_extra().of(build)),
        }
    });
    let mut page = Page {
        name: name.to_owned(),
        picklebench: env!("CARGO_PKG_VERSION").to_owned(),
        counted: match sizing.memory() {
            Memory::Requested => "bytes as sys.getsizeof tells them".to_owned(),
            Memory::Allocated => "blocks of the allocators".to_owned(),
        },
        versions: versions.to_vec(),
        shown: Build::ALL.iter().position(|&it| it == build).unwrap_or(0),
        warnings: warnings(sizing),
        ..Page::default()
    };
    if let Some(parts) = sizing.parts() {
        let least = total.of(build) / SMALL;
        let root = PartPath::root();
        page.tree = block(parts.root(), root.shown().to_owned(), &root, build, least);
        page.elsewhere = (parts.elsewhere().of(build), words::ELSEWHERE.to_owned());
        let types = parts.types().iter();
        let types = types.map(|one| (one.type_name.to_string(), one.count, one.bytes.of(build)));
        page.types = types.collect();
        page.types
            .sort_by_key(|(_, _, bytes)| std::cmp::Reverse(*bytes));
    }
    let forms = sizing.forms().into_iter();
    page.forms = forms
        .map(|form| {
            let bytes = form.bytes.of(build);
            (form.what.to_owned(), bytes, form.assumption.to_owned())
        })
        .collect();
    if let Some(cost) = cost.filter(|cost| cost.can_load(build)) {
        page.advice = advice(sizing, cost, build, None);
    }
    if let Some(fits) = fits {
        page.fits = fits.sentences();
    }
    render(&page)
}

fn block(part: &Part, step: String, path: &PartPath, build: Build, least: u64) -> Block {
    let mut parts: Vec<Block> = Vec::new();
    for part in part.parts() {
        if part.bytes().of(build) >= least.max(1) {
            let to = path.to(part);
            let step = to.shown()[common(path, &to)..]
                .trim_start_matches('.')
                .to_owned();
            let step = if step.is_empty() {
                part.type_name().to_owned()
            } else {
                step
            };
            parts.push(block(part, step, &to, build, least));
        }
    }
    parts.sort_by_key(|part| std::cmp::Reverse(part.bytes));
    Block {
        path: path.shown().to_owned(),
        step,
        what: words::what(part, build),
        bytes: part.bytes().of(build),
        parts,
    }
}

/// Bytes with which the text of both begins: the path above.
fn common(above: &PartPath, path: &PartPath) -> usize {
    if path.shown().starts_with(above.shown()) {
        above.shown().len()
    } else {
        0
    }
}

fn warnings(sizing: &Sizing) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(byte) = sizing.cut_short() {
        warnings.push(format!(
            "The pickle is cut short at byte {byte}: the figures are of what came before."
        ));
    }
    if !sizing.unknown().is_empty() {
        let names = sizing.unknown().iter().take(5);
        let names: Vec<String> = names
            .map(|unknown| format!("{} ({})", unknown.name, unknown.count))
            .collect();
        warnings.push(format!(
            "All figures are at least: some objects are of unknown size and counted by their \
             parts only: {}.",
            names.join(", ")
        ));
    }
    if sizing.is_recursive() {
        warnings.push("A container contains itself; it is counted once.".to_owned());
    }
    let is_merged = sizing.parts().is_some_and(|parts| has_merged(parts.root()));
    if is_merged {
        warnings.push(
            "There are more different parts than are told apart: the smallest are merged."
                .to_owned(),
        );
    }
    warnings
}

fn has_merged(part: &Part) -> bool {
    part.is_merged() || part.parts().iter().any(has_merged)
}
