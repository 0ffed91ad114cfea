//! What the data takes in other forms, as a table.

use plainfigures::{Align, Table, format_bytes, format_ratio};
use pysizeof::{Build, Sizing};

use super::table::version;

/// The forms for people, beside Python's objects in one build.
pub(super) fn forms(sizing: &Sizing, build: Build) -> String {
    let total = sizing.total().of(build);
    let mut table = Table::new([Align::Left, Align::Right, Align::Right, Align::Left]);
    let python = format!("objects in Python {}", version(build));
    table.row(["in other forms", "", "×", ""]);
    table.row([python, format_bytes(total), "1".to_owned(), String::new()]);
    for form in sizing.forms() {
        let bytes = form.bytes.of(build);
        let ratio = bytes as f64 / total.max(1) as f64;
        table.row([
            form.what.to_owned(),
            format_bytes(bytes),
            format_ratio(ratio).trim_start_matches("× ").to_owned(),
            form.assumption.to_owned(),
        ]);
    }
    let mut text = table.to_string();
    text.push('\n');
    text
}
