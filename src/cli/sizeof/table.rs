//! The tree of objects as a table.

use std::iter;

use plainfigures::{ABSENT, Align, Table, thousands, visible};
use pysizeof::{Build, Cost, Made, Memory, Object, Sizes, Sizing};

/// An object with more parts than this shows only the first of them.
const MOST_PARTS: usize = 10;

/// Parts that are shown of an object with more than [`MOST_PARTS`].
const FIRST_PARTS: usize = 3;

/// Rows of a table; beyond that, it says that there are more.
const MOST_ROWS: usize = 200;

/// Characters that are shown of a value.
const VALUE_CHARS: usize = 48;

/// The table for people: a line for each object.
pub(super) fn table(sizing: &Sizing, depth: usize) -> String {
    let titles = titles(sizing);
    let figures = titles.iter().map(|_| Align::Right);
    let mut rows = Rows {
        table: Table::new(iter::once(Align::Left).chain(figures)),
        figures: titles.len(),
        count: 0,
        has_records: sizing.record_total().is_some(),
    };
    rows.add("bytes", titles, "value");
    rows.add_object(sizing.root(), depth, &mut Vec::new());
    if rows.are_full() {
        rows.add_note("…", "more objects: --depth N shows fewer levels");
    }
    let mut total = figures_of(sizing.total(), sizing.rust_total());
    if rows.has_records {
        total.push(figure(sizing.record_total()));
    }
    let note = if sizing.is_at_least() {
        "each object once; at least, for some are not known"
    } else {
        "each object once"
    };
    rows.add("total", total, note);
    if let Some(cost) = sizing.cost() {
        rows.add_cost(cost);
    }
    let mut text = rows.table.to_string();
    text.push('\n');
    let how = made(sizing);
    let what = match sizing.memory() {
        Memory::Requested => "sys.getsizeof",
        Memory::Allocated => "blocks of the allocators",
    };
    text.push_str(&format!("{how}; {what}\n"));
    if sizing.is_recursive() {
        text.push_str(
            "a container contains itself: it is counted once, and Rust has no such value\n",
        );
    }
    for instances in sizing.instances() {
        let name = visible(&instances.class);
        let count = thousands(instances.count);
        text.push_str(&format!(
            "taken to be of a class written in Python: {name} ({count})\n"
        ));
    }
    for unknown in sizing.unknown() {
        let name = visible(&unknown.name);
        let count = thousands(unknown.count);
        text.push_str(&format!(
            "unknown, not counted but for its parts: {name} ({count})\n"
        ));
    }
    text
}

/// The version of a build, as people write it.
pub(super) fn version(build: Build) -> &'static str {
    match build {
        Build::Cpython27Windows => "2.7 win",
        build => build.name().trim_start_matches("cpython-"),
    }
}

fn titles(sizing: &Sizing) -> Vec<String> {
    let mut names: Vec<String> = Build::ALL.map(|build| version(build).to_owned()).into();
    names.push("Rust".to_owned());
    if sizing.record_total().is_some() {
        names.push("record".to_owned());
    }
    names
}

fn figure(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| ABSENT.to_owned(), thousands)
}

fn figures_of(sizes: Sizes, rust: Option<u64>) -> Vec<String> {
    let python = Build::ALL.map(|build| Some(sizes.of(build)));
    python.into_iter().chain([rust]).map(figure).collect()
}

/// The table while it is filled.
struct Rows {
    table: Table,
    /// Columns of figures.
    figures: usize,
    count: usize,
    /// Whether the last column of figures is that of records.
    has_records: bool,
}

impl Rows {
    fn add(&mut self, label: &str, figures: Vec<String>, value: &str) {
        self.count += 1;
        let cells = iter::once(visible(label)).chain(figures);
        self.table.row(cells.chain([visible(value)]));
    }

    /// What a process that loads it grows by.
    fn add_cost(&mut self, cost: &Cost) {
        let again = format!("more, to dump it again by protocol {}", cost.protocol());
        let (least, most) = cost.dump_extra_range();
        for (label, sizes, value) in [
            (
                "kept",
                cost.kept(),
                "what a process has grown by, once it is loaded",
            ),
            (
                "load peak",
                cost.load_peak(),
                "the same at the most, while it is loaded",
            ),
            ("dump extra", cost.dump_extra(), &again),
            ("  at least", least, "where a hole in the heap fits"),
            ("  at most", most, "and where none does"),
        ] {
            let figure_of = |build| figure(cost.can_load(build).then(|| sizes.of(build)));
            let mut figures: Vec<String> = Build::ALL.map(figure_of).into();
            figures.resize(self.figures, String::new());
            self.add(label, figures, value);
        }
    }

    /// A row without figures.
    fn add_note(&mut self, label: &str, value: &str) {
        self.add(label, vec![String::new(); self.figures], value);
    }

    fn are_full(&self) -> bool {
        self.count > MOST_ROWS
    }

    fn add_object<'o>(&mut self, object: &'o Object, depth: usize, around: &mut Vec<&'o Object>) {
        if self.are_full() {
            return;
        }
        let indent = "  ".repeat(around.len().min(12));
        let mut value = object.repr(VALUE_CHARS);
        if object.is_within_itself(around) {
            value.push_str("  (itself: counted above)");
        } else if object.is_counted_before() {
            value.push_str("  (counted above)");
        }
        let mut figures = figures_of(object.bytes(), Some(object.rust_bytes()));
        if self.has_records {
            figures.push(object.record_bytes().map_or_else(String::new, thousands));
        }
        let name: String = object.type_name().chars().take(24).collect();
        self.add(&format!("{indent}{name}"), figures, &value);
        if depth == 0 || object.is_counted_before() {
            return;
        }
        let shown = shown_parts(object);
        around.push(object);
        for child in object.children().take(shown) {
            self.add_object(child, depth - 1, around);
        }
        around.pop();
        let more = more(object, shown);
        if more > 0 && !self.are_full() {
            let more = format!("{} more", thousands(more));
            self.add_note(&format!("{indent}  …"), &more);
        }
    }
}

/// How many parts of an object are shown.
fn shown_parts(object: &Object) -> usize {
    let of_item = if object.type_name() == "dict" { 2 } else { 1 };
    if object.len() > (of_item * MOST_PARTS) as u64 {
        object.children().len().min(of_item * FIRST_PARTS)
    } else {
        object.children().len()
    }
}

/// Items that are not shown.
fn more(object: &Object, shown: usize) -> u64 {
    let of_item = if object.type_name() == "dict" { 2 } else { 1 };
    (object.len() - shown as u64) / of_item
}

fn made(sizing: &Sizing) -> &'static str {
    match sizing.made() {
        Made::Compiled => "a literal as CPython compiles it",
        Made::Unpickled => "a pickle as CPython's C unpickler builds it",
    }
}
