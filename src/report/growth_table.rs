//! How peaks grow with the number of records, in the terminal.

use std::iter;

use plainfigures::{ABSENT, Align, Table, format_bytes, format_signed_bytes, thousands, visible};

use crate::results::Run;

use super::figures;
use super::growth::{self, Growth, rate};
use super::law::Estimate;
use super::paint::{BAD, BOLD, DIM, Paint};

/// For how many records the law is carried on.
pub(crate) const FAR_RECORDS: u64 = 1_000_000_000;

/// More cases than this would bury their laws under their points.
const MOST_WITH_POINTS: usize = 4;

/// The laws of all cases as an aligned table, and below it the points of each with
/// what its law says, if there are few. Ends with a line break. `color` says whether
/// to use colours.
///
/// Control characters in names are shown as `�`.
#[must_use]
pub fn render(run: &Run, color: bool) -> String {
    let paint = Paint { color };
    let growths = growth::all(run);
    let mut out = String::new();
    if !growths.is_empty() {
        laws(&mut out, &growths, &paint);
    }
    if growths.len() <= MOST_WITH_POINTS {
        for growth in &growths {
            points(&mut out, growth, &paint);
        }
    } else {
        out.push_str("\nEach point and its residual: on the page, and with --json.\n");
    }
    let without = |case: &&crate::results::Footprint| {
        !case.is_ok() || !growths.iter().any(|growth| growth.case.id == case.id)
    };
    for case in run.cases.iter().filter(without) {
        let status = figures::status_name(case.status);
        let reason = match figures::reason(case) {
            "" => "its memory was measured at too few numbers of records",
            reason => reason,
        };
        let name = visible(&case.id);
        let style = if case.status == crate::results::Status::Unsupported {
            DIM
        } else {
            BAD
        };
        out.push('\n');
        paint.put(&mut out, style, &format!("{name}: {status}"));
        out.push_str(&format!(": {}\n", visible(reason)));
    }
    out
}

fn laws(out: &mut String, growths: &[Growth<'_>], paint: &Paint) {
    use Align::{Left, Right};
    let mut table = Table::new([Left, Left, Left, Right, Right, Left, Right, Left]);
    let far = format!("at {} records", thousands(FAR_RECORDS));
    table.row([
        "case",
        "peak of",
        "grows",
        "fixed",
        "bytes a record",
        "last step",
        "residual",
        &far,
    ]);
    for growth in growths {
        let name = visible(&growth.case.id);
        let of = growth.of.whose().to_owned();
        let Some(law) = &growth.law else {
            let words = growth.in_words();
            let cells = [name, of, words].into_iter();
            table.row(cells.chain(iter::repeat_n(ABSENT.to_owned(), 5)));
            continue;
        };
        let grows = match (law.is_flat(), law.last_step()) {
            (true, _) => "not at all",
            (_, None) => "evenly",
            (_, Some(_)) if law.bytes_a_record() > 0.0 => "evenly and by doubling",
            (_, Some(_)) => "by doubling",
        };
        let step = law.last_step().map_or(ABSENT.to_owned(), |step| {
            format!(
                "{} at {} to {}",
                format_bytes(step.bytes),
                thousands(step.from_records),
                thousands(step.to_records)
            )
        });
        table.row([
            name,
            of,
            grows.to_owned(),
            format_signed_bytes(signed(law.fixed_bytes())),
            rate(law.bytes_a_record()),
            step,
            percent(growth.largest_residual()),
            estimate(law.estimate(FAR_RECORDS)),
        ]);
    }
    for (at, line) in table.lines().enumerate() {
        let style = if at == 0 { BOLD } else { anstyle::Style::new() };
        paint.line(out, style, &line);
    }
    out.push_str(
        "\nThe residual is the largest difference between a point and the law, as a share of \
         the point.\nIn brackets: where a new measurement would lie in 19 of 20 cases, if the law \
         holds that far.\n",
    );
}

fn points(out: &mut String, growth: &Growth<'_>, paint: &Paint) {
    out.push('\n');
    paint.line(out, BOLD, &visible(&growth.case.id));
    let mut table = Table::new([Align::Right; 4]);
    table.row(["records", growth.of.name(), "law", "residual"]);
    let law = growth.law.as_ref();
    for (at, point) in growth.points.iter().enumerate() {
        let (says, residual) = match law {
            Some(law) => (
                format_signed_bytes(signed(law.at(point.records))),
                format_signed_bytes(signed(law.residuals[at])),
            ),
            None => (ABSENT.to_owned(), ABSENT.to_owned()),
        };
        table.row([
            thousands(point.records),
            format_bytes(point.peak_bytes),
            says,
            residual,
        ]);
    }
    for line in table.lines() {
        out.push_str(&line);
        out.push('\n');
    }
}

/// `57.3 GiB (57.1 GiB to 57.5 GiB)`; without the range where it reads the same.
pub(crate) fn estimate(estimate: Estimate) -> String {
    let [bytes, low, high] =
        [estimate.bytes, estimate.low_bytes, estimate.high_bytes].map(format_bytes);
    if low == bytes && high == bytes {
        bytes
    } else {
        format!("{bytes} ({low} to {high})")
    }
}

/// A share in percent, such as of the residual.
pub(crate) fn percent(share: f64) -> String {
    match share {
        _ if share < 0.000_05 => "0 %".to_owned(),
        _ if share < 0.01 => format!("{:.2} %", share * 100.0),
        _ => format!("{:.1} %", share * 100.0),
    }
}

/// The whole number of bytes next to a figure.
#[expect(
    clippy::cast_possible_truncation,
    reason = "no case takes 2^63 bytes, and beyond that the largest number is told"
)]
pub(crate) fn signed(bytes: f64) -> i64 {
    bytes.round() as i64
}
