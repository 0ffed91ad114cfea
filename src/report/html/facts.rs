//! Small pieces of markup that several sections share.

use maud::{Markup, html};

use crate::results::{Case, Status};
use crate::units::{ABSENT, Unit, format_bytes};

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
            Some(bytes) => td.num data-bytes=(bytes) { (unit.number(bytes)) },
            None => td.num.absent { (ABSENT) },
        }
    }
}

/// A difference of sizes in a table column.
pub(super) fn difference_cell(unit: Unit, bytes: Option<i64>) -> Markup {
    html! {
        @match bytes {
            Some(bytes) => td.num data-bytes=(bytes) { (unit.signed_number(bytes)) },
            None => td.num.absent { (ABSENT) },
        }
    }
}

/// Another figure in a table column, with the value it is sorted by.
pub(super) fn number_cell(figure: Option<(String, f64)>) -> Markup {
    html! {
        @match figure {
            Some((text, value)) => td.num data-value=(value) { (text) },
            None => td.num.absent { (ABSENT) },
        }
    }
}

/// The name of a case. Isolated, so that a right-to-left name cannot reorder
/// what stands beside it.
pub(super) fn case_id(case: &Case) -> Markup {
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
pub(super) fn status(case: &Case) -> Markup {
    let class = match case.status {
        Status::Ok => "status ok",
        Status::Unsupported => "status unsupported",
        _ => "status broken",
    };
    html! { span class=(class) { (figures::status_name(case.status)) } }
}

/// The unit for a column of sizes.
pub(super) fn unit_of<'a>(
    cases: impl IntoIterator<Item = &'a Case>,
    figure: impl Fn(&Case) -> Option<u64>,
) -> Unit {
    let largest = cases.into_iter().filter_map(figure).max();
    largest.map_or(Unit::MiB, Unit::for_largest)
}
