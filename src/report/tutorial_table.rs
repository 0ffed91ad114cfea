//! The tutorial for the terminal: a table for each function, line by line, and
//! a verdict on each of the tutorial's claims.

use std::iter;

use anstyle::Style;

use crate::results::{Claim, FunctionProfile, ProfileStep, Status, Tutorial, Verdict};
use plainfigures::{ABSENT, Table, Unit, format_seconds, shorten, thousands, visible};

use super::figures;
use super::paint::{BAD, BOLD, DIM, DOUBT, GOOD, Paint};

/// Longest line of source that is shown.
const LONGEST_SOURCE: usize = 80;

/// The tutorial's profiles as tables in the manner of `memory_profiler`, a
/// summary of them, and the verdicts. Ends with a line break.
///
/// `color` says whether to use colours. Control characters, which a terminal would
/// obey, are shown as `�`.
#[must_use]
pub fn render(tutorial: &Tutorial, color: bool) -> String {
    let mut out = String::new();
    let paint = Paint { color };
    let profiles = in_order(tutorial);
    for profile in &profiles {
        profile_table(&mut out, profile, &paint);
    }
    summary(&mut out, &profiles, &paint);
    objects(&mut out, tutorial, &paint);
    interpreters(&mut out, tutorial, &paint);
    verdicts(&mut out, tutorial, &paint);
    out
}

/// The profiles in the order in which they ran, but with those of one function
/// next to each other, whoever ran it.
fn in_order(tutorial: &Tutorial) -> Vec<&FunctionProfile> {
    let all: Vec<&FunctionProfile> = tutorial.profiles.iter().collect();
    let first =
        |same: &dyn Fn(&FunctionProfile) -> bool| all.iter().position(|profile| same(profile));
    let mut ordered = all.clone();
    ordered.sort_by_key(|profile| {
        let experiment = first(&|other| other.experiment == profile.experiment);
        let function = first(&|other| {
            other.experiment == profile.experiment && other.function == profile.function
        });
        (experiment, function)
    });
    ordered
}

/// A column of a profile's table.
struct Column {
    title: &'static str,
    cell: fn(&ProfileStep, Unit) -> String,
    /// Whether its cells are sizes, in the unit that the second row names.
    sized: bool,
}

const fn sized(title: &'static str, cell: fn(&ProfileStep, Unit) -> String) -> Column {
    let sized = true;
    Column { title, cell, sized }
}

const fn plain(title: &'static str, cell: fn(&ProfileStep, Unit) -> String) -> Column {
    let sized = false;
    Column { title, cell, sized }
}

const LINE: [Column; 1] = [plain("Line #", |step, _| {
    step.line.map_or(ABSENT.to_owned(), |line| line.to_string())
})];

const HEAP: [Column; 3] = [
    sized("Heap", |step, unit| size(unit, step.heap_after_bytes)),
    sized("Increment", |step, unit| {
        increment(unit, step.heap_before_bytes, step.heap_after_bytes)
    }),
    sized("Peak", |step, unit| {
        increment(unit, step.heap_before_bytes, step.heap_peak_bytes)
    }),
];

const RESIDENT: [Column; 3] = [
    sized("Resident", |step, unit| {
        size(unit, step.resident_after_bytes)
    }),
    sized("Increment", |step, unit| {
        increment(unit, step.resident_before_bytes, step.resident_after_bytes)
    }),
    sized("Peak", |step, unit| {
        increment(unit, step.resident_before_bytes, step.resident_peak_bytes)
    }),
];

const COLLECTED: [Column; 1] = [sized("Collected", |step, unit| {
    size(unit, step.resident_collected_bytes)
})];

const TIMES: [Column; 2] = [
    plain("Times", |step, _| thousands(step.times)),
    plain("Line contents", |step, _| {
        let contents = step.source.as_ref().unwrap_or(&step.name);
        shorten(&visible(contents), LONGEST_SOURCE)
    }),
];

fn size(unit: Unit, bytes: Option<u64>) -> String {
    bytes.map_or(ABSENT.to_owned(), |bytes| unit.number(bytes))
}

fn increment(unit: Unit, before: Option<u64>, after: Option<u64>) -> String {
    let pair = before.zip(after);
    pair.map_or(ABSENT.to_owned(), |(before, after)| {
        unit.increment(before, after)
    })
}

/// The largest sizes of a step, for the unit.
fn sizes(step: &ProfileStep) -> [Option<u64>; 2] {
    [
        step.heap_peak_bytes.max(step.heap_after_bytes),
        step.resident_peak_bytes.max(step.resident_after_bytes),
    ]
}

fn profile_table(out: &mut String, profile: &FunctionProfile, paint: &Paint) {
    let title = format!(
        "{} {}: {}",
        visible(&profile.experiment),
        visible(&profile.function),
        visible(&profile.variant)
    );
    let by = format!(
        "  {}, {} items",
        visible(&profile.by),
        thousands(profile.records)
    );
    paint.put(out, BOLD, &title);
    paint.line(out, DIM, &by);
    if profile.status != Status::Ok {
        let status = figures::status_name(profile.status);
        let reason = visible(profile.message.as_deref().unwrap_or("no reason given"));
        paint.put(out, status_style(profile.status), status);
        out.push_str(": ");
        out.push_str(&reason);
        out.push_str("\n\n");
        return;
    }
    let has = |figure: fn(&ProfileStep) -> bool| profile.steps.iter().any(figure);
    let mut columns: Vec<&Column> = LINE.iter().collect();
    if has(|step| step.heap_after_bytes.is_some()) {
        columns.extend(&HEAP);
    }
    columns.extend(&RESIDENT);
    if has(|step| step.resident_collected_bytes.is_some()) {
        columns.extend(&COLLECTED);
    }
    columns.extend(&TIMES);

    let largest = profile.steps.iter().flat_map(sizes).flatten().max();
    let unit = Unit::for_largest(largest.unwrap_or(0));
    let units = columns
        .iter()
        .map(|column| if column.sized { unit.name() } else { "" });
    let mut table = Table::of_figures(columns.len() - 1);
    table.row(columns.iter().map(|column| column.title));
    table.row(units);
    for step in &profile.steps {
        table.row(columns.iter().map(|column| (column.cell)(step, unit)));
    }
    put_table(out, &table, paint);
}

/// Writes a table with its first row bold and its second dim, and an empty line
/// below it.
fn put_table(out: &mut String, table: &Table, paint: &Paint) {
    for (at, line) in table.lines().enumerate() {
        let style = match at {
            0 => BOLD,
            1 => DIM,
            _ => Style::new(),
        };
        paint.line(out, style, &line);
    }
    out.push('\n');
}

/// A row for each profile: the peak over what there was when it began, and what
/// was left at its end.
fn summary(out: &mut String, profiles: &[&FunctionProfile], paint: &Paint) {
    let shown: Vec<&&FunctionProfile> = profiles
        .iter()
        .filter(|profile| profile.status == Status::Ok && !profile.steps.is_empty())
        .collect();
    if shown.is_empty() {
        return;
    }
    let unit = Unit::MiB;
    let mut table = Table::of_figures(5);
    table.row(["heap", "resident", "stays", "time", "by", "function"]);
    table.row(["peak, MiB", "peak, MiB", "resident", "", "", ""]);
    for profile in shown {
        let (first, last) = (&profile.steps[0], &profile.steps[profile.steps.len() - 1]);
        let steps = profile.steps.iter();
        let heap = steps.clone().filter_map(|step| step.heap_peak_bytes);
        let resident = steps.filter_map(|step| step.resident_peak_bytes);
        let left = last.resident_collected_bytes.or(last.resident_after_bytes);
        let seconds: f64 = profile.steps.iter().map(|step| step.seconds).sum();
        // The tutorial's own figures come without times.
        let time = if seconds > 0.0 {
            format_seconds(seconds)
        } else {
            ABSENT.to_owned()
        };
        table.row([
            increment(unit, first.heap_before_bytes, heap.max()),
            increment(unit, first.resident_before_bytes, resident.max()),
            increment(unit, first.resident_before_bytes, left),
            time,
            visible(&profile.by),
            format!(
                "{} {}: {}",
                visible(&profile.experiment),
                visible(&profile.function),
                visible(&profile.variant)
            ),
        ]);
    }
    put_table(out, &table, paint);
}

/// The sizes of single objects: as the tutorial gives them, as each Python
/// says, and by the layout tables.
fn objects(out: &mut String, tutorial: &Tutorial, paint: &Paint) {
    if tutorial.objects.is_empty() {
        return;
    }
    let (measured, modelled) = (tutorial.measured(), tutorial.modelled());
    let kinds = measured.iter().map(|_| "measured");
    let kinds = kinds.chain(modelled.iter().map(|_| "by layout"));
    let names = measured.iter().chain(&modelled).map(|name| visible(name));
    let mut table = Table::of_figures(1 + measured.len() + modelled.len());
    let object = iter::once("object".to_owned());
    table.row(iter::once("then".to_owned()).chain(names).chain(object));
    table.row(iter::once("bytes").chain(kinds));
    for object in &tutorial.objects {
        let sizes = measured.iter().map(|name| object.measured_bytes.get(*name));
        let sizes = sizes.chain(modelled.iter().map(|name| object.modelled_bytes.get(*name)));
        let mut row = vec![object.then_bytes.to_string()];
        row.extend(sizes.map(|size| size.map_or(ABSENT.to_owned(), u64::to_string)));
        row.push(shorten(&visible(&object.literal), LONGEST_SOURCE / 2));
        table.row(row);
    }
    put_table(out, &table, paint);
}

/// The Pythons that could not answer, with the reason.
fn interpreters(out: &mut String, tutorial: &Tutorial, paint: &Paint) {
    let mut silent = tutorial
        .interpreters
        .iter()
        .filter(|interpreter| interpreter.status != Status::Ok)
        .peekable();
    if silent.peek().is_none() {
        return;
    }
    for interpreter in silent {
        let what = format!(
            "{}: {}",
            visible(&interpreter.name),
            figures::status_name(interpreter.status)
        );
        paint.put(out, status_style(interpreter.status), &what);
        if let Some(message) = &interpreter.message {
            out.push_str(": ");
            out.push_str(&visible(message));
        }
        out.push('\n');
    }
    out.push('\n');
}

fn verdicts(out: &mut String, tutorial: &Tutorial, paint: &Paint) {
    if tutorial.claims.is_empty() {
        return;
    }
    paint.line(out, BOLD, "What became of the tutorial's claims");
    for claim in &tutorial.claims {
        verdict(out, claim, paint);
    }
}

fn verdict(out: &mut String, claim: &Claim, paint: &Paint) {
    let (word, style) = match claim.verdict {
        Verdict::Holds => ("holds", GOOD),
        Verdict::NoLonger => ("no longer", DOUBT),
        Verdict::NeverDid => ("never did", BAD),
        Verdict::Unknown => ("unknown", DIM),
    };
    out.push('\n');
    paint.put(out, style, &format!("{word:<9}"));
    out.push_str("  ");
    paint.line(out, BOLD, &visible(&claim.claim));
    let mut line = |mark: &str, who: &str, what: &str| {
        let indent = " ".repeat(9);
        out.push_str(&format!(
            "{indent}{mark} {}: {}\n",
            visible(who),
            visible(what)
        ));
    };
    line(" ", "then", &claim.then);
    for finding in &claim.findings {
        let mark = match finding.holds {
            Some(true) => "✓",
            Some(false) => "✗",
            None => " ",
        };
        let variant = finding.variant.as_deref().unwrap_or_default();
        let who = format!("{} {variant}", finding.by);
        line(
            mark,
            who.trim_end(),
            finding.now.as_deref().unwrap_or("no figure"),
        );
    }
    line(" ", "why", &claim.why);
}

fn status_style(status: Status) -> Style {
    match status {
        Status::Ok => Style::new(),
        Status::Unsupported => DIM,
        _ => BAD,
    }
}
