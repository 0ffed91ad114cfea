//! Small pieces of markup that several sections share.

use maud::{Markup, html};

use crate::results::{Footprint, Status};
use plainfigures::{ABSENT, MIB, Unit, format_bytes};

use crate::report::chart::{Linear, percent, tick_label};
use crate::report::figures;

/// A size in running text.
pub(super) fn size(bytes: Option<u64>) -> Markup {
    html! {
        @match bytes {
            Some(bytes) => span.num data-bytes=(bytes) { (format_bytes(bytes)) },
            None => (ABSENT),
        }
    }
}

/// A size in a table column that names its unit in the header.
pub(super) fn size_cell(unit: Unit, bytes: Option<u64>) -> Markup {
    html! {
        @match bytes {
            Some(bytes) => td data-bytes=(bytes) { (unit.number(bytes)) },
            None => td.num.absent { (ABSENT) },
        }
    }
}

/// A difference of sizes in a table column.
pub(super) fn difference_cell(unit: Unit, bytes: Option<i64>) -> Markup {
    html! {
        @match bytes {
            Some(bytes) => td data-bytes=(bytes) { (unit.signed_number(bytes)) },
            None => td.num.absent { (ABSENT) },
        }
    }
}

/// Another figure in a table column, with the value it is sorted by.
pub(super) fn number_cell(figure: Option<(String, f64)>) -> Markup {
    html! {
        @match figure {
            Some((text, value)) => td data-value=(value) { (text) },
            None => td.num.absent { (ABSENT) },
        }
    }
}

/// The name of a case. Isolated, so that a right-to-left name cannot reorder
/// what stands beside it.
pub(super) fn case_id(case: &Footprint) -> Markup {
    name(&case.id)
}

/// A name with `/`, where a long one may be broken after each slash.
pub(super) fn name(text: &str) -> Markup {
    html! {
        bdi.id {
            @for (index, part) in text.split('/').enumerate() {
                @if index > 0 { "/" wbr; }
                (part)
            }
        }
    }
}

/// A status as a labelled mark: never by colour alone.
pub(super) fn status(case: &Footprint) -> Markup {
    let class = match case.status {
        Status::Ok => "status ok",
        Status::Unsupported | Status::LeftOut => "status unsupported",
        _ => "status broken",
    };
    html! { span class=(class) { (figures::status_name(case.status)) } }
}

/// The axis above a group of bars. Each bar says its own figure, so those who
/// hear the page are spared the axis.
pub(in crate::report) fn bar_axis(
    scale: Linear,
    ticks: &[u64],
    label: impl Fn(u64) -> String,
) -> Markup {
    html! {
        div.bar-axis aria-hidden="true" {
            svg width="100%" height="18" {
                @for tick in ticks {
                    text x=(percent(scale.place(*tick))) y="12" text-anchor=(if *tick == 0 { "start" } else { "middle" }) {
                        (label(*tick))
                    }
                }
            }
        }
    }
}

/// A power of ten of MiB beside a logarithmic axis.
pub(super) fn axis_size(bytes: f64) -> String {
    let mebibytes = bytes / figures::float(MIB);
    if mebibytes >= 1.0 {
        tick_label(Unit::MiB, figures::whole(bytes))
    } else {
        format!("{} MiB", format!("{mebibytes:.6}").trim_end_matches('0'))
    }
}

/// The unit for a column of sizes.
pub(super) fn unit_of<'a>(
    cases: impl IntoIterator<Item = &'a Footprint>,
    figure: impl Fn(&Footprint) -> Option<u64>,
) -> Unit {
    let largest = cases.into_iter().filter_map(figure).max();
    largest.map_or(Unit::MiB, Unit::for_largest)
}

#[cfg(test)]
mod tests {
    use super::axis_size;

    #[test]
    fn sizes_beside_an_axis_read_well() {
        assert_eq!(axis_size(10_485_760_000.0), "10,000 MiB");
        assert_eq!(axis_size(104_857.6), "0.1 MiB");
    }
}
