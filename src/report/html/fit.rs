//! The section on the smallest limit under which each case works.

use maud::html;

use crate::results::{Footprint, Run};
use plainfigures::{Unit, format_bytes};

use crate::report::fit_table::{WHICH_IS_WHICH, kind_name, peak};

use super::{Section, facts, scrolling};

pub(super) fn section(run: &Run) -> Option<Section> {
    let mut cases: Vec<&Footprint> = run.cases.iter().filter(|case| case.fit.is_some()).collect();
    cases.sort_by_key(|case| (case.fit.map(|fit| fit.limit_bytes), &case.id));
    let fits = || cases.iter().filter_map(|case| case.fit);
    let largest = fits().map(|fit| fit.limit_bytes).max()?;
    let containers = fits().filter_map(|fit| fit.container_bytes());
    let unit = Unit::for_largest(containers.max().unwrap_or(0).max(largest));
    let table = html! {
        table {
            thead {
                tr {
                    th scope="col" { "Case" }
                    th.num scope="col" { "Peak " small { (unit.name()) } }
                    th.num scope="col" { "Smallest limit that works " small { (unit.name()) } }
                    th scope="col" { "A limit on" }
                    th.num scope="col" { "Smallest container " small { (unit.name()) } }
                }
            }
            tbody {
                @for case in &cases {
                    @if let Some(fit) = case.fit {
                        tr {
                            th scope="row" { (facts::case_id(case)) }
                            (facts::size_cell(unit, peak(case)))
                            (facts::size_cell(unit, Some(fit.limit_bytes)))
                            td { (kind_name(fit.kind)) }
                            (facts::size_cell(unit, fit.container_bytes()))
                        }
                    }
                }
            }
        }
    };
    Some(Section {
        anchor: "fit",
        title: "The smallest limit that works",
        body: html! {
            p.lede {
                "Each case was run under smaller and smaller limits until it failed. The largest of these limits is "
                (format_bytes(largest)) "."
            }
            (scrolling("The smallest limit of each case", &table))
            p { (WHICH_IS_WHICH.join(" ")) }
            p.note {
                strong { "Where this misleads. " }
                "A limit on the heap is the allocator’s own count and exact to 4 KiB; what the allocator rounds up, and the program itself, come on top of it. "
                "A limit on the writable address space does not count shared libraries, and counts what is reserved and never touched. "
                "So a container may need more than the limit or less: its own column tells."
            }
        },
    })
}
