//! What single objects take: then, by the layout tables, and by each Python.

use maud::{Markup, html};

use crate::report::html::scrolling;
use crate::results::{ObjectSizes, Tutorial};
use plainfigures::ABSENT;

use super::person;

pub(super) fn table(tutorial: &Tutorial) -> Markup {
    let objects = &tutorial.objects;
    let (modelled, measured) = (tutorial.modelled(), tutorial.measured());
    html! {
        @if !objects.is_empty() {
            h3.claims-title { "What single objects take" }
            (scrolling("What single objects take", &html! {
                table.objects {
                    thead {
                        tr {
                            th scope="col" { "Object" }
                            th.num scope="col" { "Then " small { "B" } }
                            @for name in &measured { th.num scope="col" { (person(name)) " " small { "measured" } } }
                            @for name in &modelled { th.num scope="col" { (person(name)) " " small { "by layout" } } }
                        }
                    }
                    tbody {
                        @for object in objects {
                            tr {
                                th scope="row" { code { bdi { (object.literal) } } }
                                td.num { (object.then_bytes) }
                                @for name in &measured { (cell(object, object.measured_bytes.get(*name))) }
                                @for name in &modelled { (cell(object, object.modelled_bytes.get(*name))) }
                            }
                        }
                    }
                }
            }))
            p.note {
                "Bytes, as sys.getsizeof gives them; what is as the tutorial printed it is in bold. “By layout” needs no Python: "
                code { "picklebench sizeof LITERAL" } " does the same for any object, and for pickles."
            }
        }
    }
}

fn cell(object: &ObjectSizes, bytes: Option<&u64>) -> Markup {
    html! {
        @match bytes {
            Some(bytes) if *bytes == object.then_bytes => td.num { strong { (bytes) } },
            Some(bytes) => td.num { (bytes) },
            None => td.num.absent { (ABSENT) },
        }
    }
}
