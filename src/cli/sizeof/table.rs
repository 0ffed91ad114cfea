//! The tree of objects as a table.

use plainfigures::{ABSENT, thousands};
use pysizeof::{Build, Made, Memory, Object, Sizes, Sizing};

/// Of more parts than this, only the first are shown.
const MOST_PARTS: usize = 10;

/// So many of them.
const FIRST_PARTS: usize = 3;

/// Objects that are shown in all.
const MOST_ROWS: usize = 200;

/// Characters of a value.
const VALUE_CHARS: usize = 48;

/// A line of the table: what it is, its figures, its value.
struct Row {
    label: String,
    figures: Vec<String>,
    value: String,
}

/// The table for people: a line for each object.
pub(super) fn table(sizing: &Sizing, depth: usize) -> String {
    let mut rows = vec![Row {
        label: "bytes".to_owned(),
        figures: header(sizing),
        value: "value".to_owned(),
    }];
    let has_records = sizing.record_total().is_some();
    add_rows(
        &mut rows,
        sizing.root(),
        depth,
        has_records,
        &mut Vec::new(),
    );
    if rows.len() > MOST_ROWS {
        rows.push(Row::note(
            "…",
            "more objects: --depth N shows fewer levels".to_owned(),
        ));
    }
    let mut total = figures(sizing.total(), sizing.rust_total());
    if has_records {
        total.push(figure(sizing.record_total()));
    }
    rows.push(Row {
        label: "total".to_owned(),
        figures: total,
        value: "each object once".to_owned(),
    });
    let mut text = aligned(&rows);
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
    for opaque in sizing.opaque() {
        let name: String = opaque.name.chars().filter(|c| !c.is_control()).collect();
        let count = thousands(opaque.count);
        text.push_str(&format!(
            "opaque, not counted but for its parts: {name} ({count})\n"
        ));
    }
    text
}

fn header(sizing: &Sizing) -> Vec<String> {
    let mut names: Vec<String> = Build::ALL
        .map(|build| match build {
            Build::Cpython27Windows => "2.7 win".to_owned(),
            build => build.name().trim_start_matches("cpython-").to_owned(),
        })
        .into();
    names.push("Rust".to_owned());
    if sizing.record_total().is_some() {
        names.push("record".to_owned());
    }
    names
}

fn figure(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| ABSENT.to_owned(), thousands)
}

fn figures(sizes: Sizes, rust: Option<u64>) -> Vec<String> {
    let python = Build::ALL.map(|build| Some(sizes.of(build)));
    python.into_iter().chain([rust]).map(figure).collect()
}

impl Row {
    fn note(label: &str, value: String) -> Row {
        Row {
            label: label.to_owned(),
            figures: Vec::new(),
            value,
        }
    }
}

fn add_rows<'o>(
    rows: &mut Vec<Row>,
    object: &'o Object,
    depth: usize,
    has_records: bool,
    around: &mut Vec<&'o Object>,
) {
    if rows.len() > MOST_ROWS {
        return;
    }
    let indent = "  ".repeat(around.len().min(12));
    let mut value = object.repr(VALUE_CHARS);
    let within = object.is_within_itself(around);
    if within {
        value.push_str("  (itself: counted above)");
    } else if object.is_counted_before() {
        value.push_str("  (counted above)");
    }
    let mut figures = figures(object.bytes(), Some(object.rust_bytes()));
    if has_records {
        figures.push(object.record_bytes().map_or_else(String::new, thousands));
    }
    let name: String = object.type_name().chars().take(24).collect();
    rows.push(Row {
        label: format!("{indent}{name}"),
        figures,
        value,
    });
    if depth == 0 || object.is_counted_before() {
        return;
    }
    let shown = shown_parts(object);
    around.push(object);
    for child in object.children().take(shown) {
        add_rows(rows, child, depth - 1, has_records, around);
    }
    around.pop();
    let more = more(object, shown);
    if more > 0 && rows.len() <= MOST_ROWS {
        let label = format!("{indent}  …");
        rows.push(Row::note(&label, format!("{} more", thousands(more))));
    }
}

fn aligned(rows: &[Row]) -> String {
    let chars = |text: &str| text.chars().count();
    let width = rows.iter().map(|row| chars(&row.label)).max().unwrap_or(0);
    let columns = rows.first().map_or(0, |row| row.figures.len());
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let figures = rows.iter().filter_map(|row| row.figures.get(column));
            figures.map(|figure| chars(figure)).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = format!("{:<width$}", row.label);
        for (column, &width) in widths.iter().enumerate() {
            let figure = row.figures.get(column).map_or("", String::as_str);
            line.push_str(&format!("  {figure:>width$}"));
        }
        line.push_str("  ");
        // Nothing that a terminal would obey.
        line.extend(
            row.value
                .chars()
                .map(|c| if c.is_control() { '\u{FFFD}' } else { c }),
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
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
