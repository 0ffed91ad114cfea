//! The least limit under which each case succeeds, in the terminal.

use anstyle::Style;
use plainfigures::{ABSENT, Align, Table, format_bytes, thousands, visible};

use crate::results::{FitKind, Footprint, Run, Status};

use super::figures;
use super::paint::{BAD, BOLD, DIM, Paint};

/// The least limits as an aligned table, with the reasons of cases that have none
/// below it. Ends with a line break. `color` says whether to use colours.
///
/// Control characters in names are shown as `�`.
#[must_use]
pub fn render(run: &Run, color: bool) -> String {
    let paint = Paint { color };
    let mut out = String::new();
    use Align::{Left, Right};
    let mut table = Table::new([Left, Right, Right, Left, Right]);
    table.row([
        "case",
        "peak",
        "smallest limit that works",
        "a limit on",
        "smallest container",
    ]);
    let (with, without): (Vec<_>, Vec<_>) = run.cases.iter().partition(|case| case.fit.is_some());
    for case in with {
        let Some(fit) = case.fit else { continue };
        table.row([
            visible(&case.id),
            peak(case).map_or(ABSENT.to_owned(), format_bytes),
            exact(fit.limit_bytes),
            kind_name(fit.kind).to_owned(),
            fit.container_bytes()
                .map_or(ABSENT.to_owned(), format_bytes),
        ]);
    }
    for (at, line) in table.lines().enumerate() {
        let style = if at == 0 { BOLD } else { Style::new() };
        paint.line(&mut out, style, &line);
    }
    if run.cases.iter().any(|case| case.fit.is_some()) {
        out.push_str(&format!("\n{}\n", WHICH_IS_WHICH.join("\n")));
    }
    for case in without {
        let style = match case.status {
            Status::Unsupported => DIM,
            _ => BAD,
        };
        let status = figures::status_name(case.status);
        let reason = match figures::reason(case) {
            "" => "it needs more than --memory-limit once it has a limit at all",
            reason => reason,
        };
        out.push('\n');
        paint.put(&mut out, style, &format!("{}: {status}", visible(&case.id)));
        out.push_str(&format!(": {}\n", visible(reason)));
    }
    out
}

/// Which of the two figures is which, in lines of a terminal.
pub(crate) const WHICH_IS_WHICH: [&str; 3] = [
    "The smallest limit is the least under which the case succeeded. The smallest container is",
    "what was resident at its peak within that limit, shared libraries included: what a",
    "container has to hold. Of a control group, both are the same limit.",
];

/// The peak that a least limit is to be compared with: of the heap, or without a
/// meter of the resident set.
pub(crate) fn peak(case: &Footprint) -> Option<u64> {
    figures::peak(case).or_else(|| figures::high_water(case).filter(|_| case.heap.is_none()))
}

/// What a limit is on, in words.
pub(crate) fn kind_name(kind: FitKind) -> &'static str {
    match kind {
        FitKind::Heap => "its heap, as the allocator counts",
        FitKind::Resident => "its resident set (control group)",
        FitKind::AddressSpace => "its writable address space (RLIMIT_DATA)",
    }
}

/// A limit for people, and as it can be typed.
fn exact(bytes: u64) -> String {
    let told = format_bytes(bytes);
    let typed = thousands(bytes / plainfigures::KIB);
    format!("{told} ({typed} KiB)")
}
