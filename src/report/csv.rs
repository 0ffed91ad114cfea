//! One line a case, for a spreadsheet or a data frame. No timelines, no steps.

use crate::results::Run;
use plainfigures::visible;

use super::figures;

const HEADER: &[&str] = &[
    "case",
    "operation",
    "format",
    "variant",
    "status",
    "message",
    "file_bytes",
    "floor_bytes",
    "peak_bytes",
    "peak_upper_bytes",
    "extra_bytes",
    "slack_bytes",
    "cost_bytes",
    "times_data",
    "result_bytes",
    "heap_retained_bytes",
    "allocated_bytes",
    "allocations",
    "largest_bytes",
    "deterministic",
    "high_water_bytes",
    "resident_retained_bytes",
    "seconds",
    "records_per_second",
    "file_bytes_per_second",
];

/// The run as CSV (RFC 4180) with a header line. Absent figures are empty.
///
/// A field that a spreadsheet would take for a formula gets an apostrophe in
/// front, so that opening somebody else's run cannot run anything.
#[must_use]
pub fn render(run: &Run) -> String {
    let mut out = String::new();
    line(&mut out, HEADER.iter().map(ToString::to_string));
    for case in &run.cases {
        let heap = case.heap.as_ref();
        line(
            &mut out,
            [
                text(&case.id),
                text(case.operation.name()),
                text(&case.format),
                text(case.variant.as_deref().unwrap_or_default()),
                figures::status_name(case.status).replace(' ', "-"),
                text(case.message.as_deref().unwrap_or_default()),
                number(case.file_bytes),
                number(heap.map(|heap| heap.floor_bytes)),
                number(heap.map(|heap| heap.peak_bytes)),
                number(heap.map(|heap| heap.peak_upper_bytes)),
                number(heap.map(|heap| heap.extra_bytes)),
                number(figures::slack(case)),
                number(figures::cost(case)),
                number(figures::times_data(run, case)),
                number(heap.map(|heap| heap.result_bytes)),
                number(heap.map(|heap| heap.retained_bytes)),
                number(heap.map(|heap| heap.allocated_bytes)),
                number(heap.map(|heap| heap.allocations)),
                number(heap.map(|heap| heap.largest_bytes)),
                number(heap.and_then(|heap| heap.deterministic)),
                number(figures::high_water(case)),
                number(figures::retained(case)),
                number(figures::seconds(case)),
                number(figures::records_per_second(case)),
                number(figures::bytes_per_second(case)),
            ],
        );
    }
    out
}

fn line(out: &mut String, fields: impl IntoIterator<Item = String>) {
    for (index, field) in fields.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&field);
    }
    out.push_str("\r\n");
}

fn number<T: ToString>(figure: Option<T>) -> String {
    figure.map(|figure| figure.to_string()).unwrap_or_default()
}

fn text(field: &str) -> String {
    let field = visible(field);
    let guard = if field.starts_with(['=', '+', '-', '@']) {
        "'"
    } else {
        ""
    };
    if field.contains([',', '"']) {
        format!("\"{guard}{}\"", field.replace('"', "\"\""))
    } else {
        format!("{guard}{field}")
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn fields_are_quoted_and_disarmed() {
        assert_eq!(text("read/text"), "read/text");
        assert_eq!(text("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(text("=1+1"), "'=1+1");
        assert_eq!(text("-x\n"), "'-x\u{fffd}");
        assert_eq!(text("\t=x\u{202e}"), "\u{fffd}=x\u{fffd}");
    }
}
