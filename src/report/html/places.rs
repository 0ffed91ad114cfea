//! The place of this project's own codec among the binary formats, by the shape of
//! the records: in memory and in time, from several runs.

use maud::{Markup, html};
use plainfigures::{ABSENT, format_seconds, format_signed_bytes};

use crate::report::operation;
use crate::report::place::{self, Place, Places, nth};
use crate::results::{CaseOperation, Operation, Run};

use super::shapes::named_dataset;
use super::{Section, scrolling};

/// A row: the places in one run.
type Row<'a> = (&'a Run, Places<'a>);

/// `runs` are of different datasets, the page's own first.
pub(super) fn section(runs: &[&Run]) -> Option<Section> {
    let all = runs
        .iter()
        .flat_map(|run| place::places(run).map(move |places| (*run, places)));
    let all: Vec<Row<'_>> = all.collect();
    let tables: Vec<(CaseOperation, Vec<&Row<'_>>)> = Operation::ALL
        .into_iter()
        .map(|operation| {
            let rows = all
                .iter()
                .filter(|(_, places)| places.operation == operation);
            (CaseOperation::Known(operation), rows.collect())
        })
        .filter(|(_, rows): &(_, Vec<_>)| !rows.is_empty())
        .collect();
    (runs.len() > 1 && !tables.is_empty()).then(|| Section {
        anchor: "places",
        title: "Pickle among binary formats",
        body: html! {
            p.lede {
                "Where this project’s own pickle codec stands among the binary formats, by what each costs on top of the data and by time: the best variant of each format, which need not be the same for both."
            }
            @for (operation, rows) in &tables {
                div.group {
                    h3 { (operation::title(operation)) " " span.meaning { (operation::meaning(operation)) } }
                    (scrolling(&format!("{}: pickle among binary formats", operation::title(operation)), &table(rows)))
                }
            }
            p.note {
                strong { "How to read it. " }
                "Peak heap is exact. Times are medians of few runs: places that lie near each other may change."
            }
        },
    })
}

fn table(rows: &[&Row<'_>]) -> Markup {
    html! {
        table.places {
            thead {
                tr {
                    th scope="col" { "Records" }
                    th.num scope="col" { "Place by memory" }
                    th.num scope="col" { "Pickle" }
                    th.num scope="col" { "Least" }
                    th.num scope="col" { "Place by time" }
                    th.num scope="col" { "Pickle" }
                    th.num scope="col" { "Least" }
                }
            }
            tbody {
                @for (run, places) in rows {
                    tr {
                        th scope="row" {
                            (named_dataset(&run.dataset))
                        }
                        (cells(Some(&places.memory), format_signed_bytes))
                        (cells(places.time.as_ref(), format_seconds))
                    }
                }
            }
        }
    }
}

/// The place, our figure, and the least there is.
fn cells<T: Copy>(place: Option<&Place<'_, T>>, figure: impl Fn(T) -> String) -> Markup {
    let Some(place) = place else {
        return html! { @for _ in 0..3 { td.num.absent { (ABSENT) } } };
    };
    html! {
        td.num data-value=(place.place) { (nth(place.place)) " of " (place.of) }
        td.num { (figure(place.ours)) }
        td.num { (figure(place.first.1)) small { bdi { (place.first.0) } } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::{case, run};

    #[test]
    fn each_run_with_a_field_of_formats_has_a_row() {
        let of = |shape: &str, kib: i64| {
            let mut run = run(vec![
                case("read/pickle/protocol-4", Some(kib << 10)),
                case("read/cbor", Some(64 << 10)),
                case("read/borsh", Some(3 << 20)),
                case("read/json", Some(1)),
            ]);
            run.dataset.name = shape.into();
            run
        };
        let (mut few, tuples, words) = (of("dicts", 0), of("tuples", 64), of("words", 4096));
        few.cases.truncate(2);
        assert!(section(&[&tuples]).is_none(), "its findings say it");
        assert!(section(&[&few, &few]).is_none());

        let section = section(&[&few, &tuples, &words]).unwrap();
        let page = section.body.into_string();
        let rows: Vec<&str> = page.split("<tr>").skip(2).collect();
        let [tuples, words] = rows[..] else {
            panic!("{page}")
        };
        assert!(
            tuples.contains(">1st of 3<"),
            "an equal is not before it: {tuples}"
        );
        assert!(
            words.contains(">3rd of 3<"),
            "json is no binary format: {words}"
        );
        assert!(words.contains(">4.0 MiB<") && words.contains(">64.0 KiB<small><bdi>cbor<"));
        // Nobody timed it.
        assert_eq!(words.matches("num absent").count(), 3, "{words}");
    }
}
