//! The section on how the run was measured, what is biased and where the
//! figures cease to hold.

use maud::{Markup, html};

use crate::report::figures;
use crate::results::{DatasetSource, Run};
use plainfigures::{format_bytes, thousands};

use super::Section;

#[expect(clippy::unnecessary_wraps, reason = "all sections have one shape")]
pub(super) fn section(run: &Run) -> Option<Section> {
    let dataset = &run.dataset;
    let environment = &run.environment;
    let glibc = environment.allocator.contains("glibc");
    let pinned = environment
        .worker_environment
        .iter()
        .any(|setting| setting == "MALLOC_MMAP_THRESHOLD_=131072");
    Some(Section {
        anchor: "method",
        title: "Method, bias and limits",
        body: html! {
            div.prose {
                h3 { "How it was measured" }
                ul {
                    li { strong { "One process a case. " } "Each case runs in a fresh process that does nothing else. One that dies becomes a row that says so." }
                    li { strong { "The allocator counts. " } "Heap figures come from a wrapper around the program’s allocator. Nothing is sampled: the same case gives the same peak to the byte, and this is checked." }
                    li { strong { "The window is the same for all. " } "It opens after set-up and closes when the operation is done. Opening the file and a buffer of 64 KiB are inside; making the records and dropping the result are outside." }
                    li { strong { "The resident set comes from the kernel. " } "Its high-water mark is reset when the window opens. Where a system has no such mark, the figure is absent, not guessed." }
                    li { strong { "Results are checked. " } "What was read equals what was written, by digest, outside the window." }
                    li { strong { "An empty case runs with the others. " } "It shows what measuring itself costs." }
                }
                h3 { "The records" }
                p {
                    @match &dataset.source {
                        None => { bdi { (figures::named_records(dataset)) } ", made from seed " (dataset.seed) ". " }
                        Some(source) => { bdi { (figures::dataset(dataset)) } ", " (format_bytes(source.bytes)) " of " (source.format) ", read as values of a type that nobody wrote. " }
                    }
                    "SHA-256 of them as text: "
                    code.digest { (dataset.digest) }
                }
                @if let Some(source) = &dataset.source { (fields(source)) }
                h3 #bias { "Bias" }
                ul {
                    li { strong { "Who wrote it. " } "picklebench was written by the authors of " (ours(run)) ". Other formats are other people’s work, which we know less well. All get the same records, buffer and window; whoever finds a format used badly can change its one file." }
                    li { strong { "What the dataset favours. " } "The records are short, flat, all alike and of random bits: a best case for typed readers and for formats without names of fields, a worst case for sharing and for compression. No string comes twice, so a reader that interns strings only loses by it. Nested or optional fields would cost every format more." }
                    li { strong { "What the figures reward. " } "Each format is used the way its documentation shows. Of ours, the reader of " code { "pickle" } " has a shortcut for a tuple of a float, a short string and an integer, which is the shape measured here: it saves time, not memory. A format is not asked to check its input, to read a part of it or to be read by another language, where some would shine." }
                    li { strong { "A warm page cache. " } "Files are read once beforehand, so times say nothing about a disk, and a smaller file gains nothing by being small. The cache’s own memory is in no figure." }
                    li { strong { "One thread. " } "A format that could use several is not asked to." }
                    li { strong { "One system. " } "Measured here with the allocator “" bdi { (environment.allocator) } "” on " bdi { (environment.os) } ", " code { (environment.target) } ". The heap figures carry over to another allocator; the resident set does not." }
                    li { code { "serde-pickle" } " is read through its own value type, because its typed reader refuses integers above 2" sup { "63" } " − 1, which half of these records hold. Records within that range could be read typed, for less." }
                }
                h3 { "Where the figures mislead" }
                ul {
                    li { strong { "Heap is not resident set. " } "The allocator adds a header to each block and rounds it up" @if glibc { " (glibc: to 16 bytes, 24 usable at least)" } ", the system counts whole pages, and the program itself comes on top. Many small blocks make the difference large: compare peak heap with the high-water mark." }
                    li { strong { "A block that grows may move. " } "Peak heap counts its change of size; if the allocator has to copy, old and new exist together for a moment. " em { "Peak upper" } " counts both whenever a block moved. The truth lies between." }
                    li {
                        strong { "Huge pages. " }
                        "Transparent huge pages make the resident set grow by 2 MiB at a time"
                        @if let Some(setting) = &environment.transparent_huge_pages { "; the setting here is " code { (setting) } } ". The heap figures do not know of them."
                    }
                    li { strong { "Memory that is reserved and not touched " } "counts as heap from the moment it is asked for, and as resident set only when it is written to." }
                    li { strong { "Stacks, code and memory mapped outside the allocator " } "are in the high-water mark only." }
                    @if pinned {
                        li { strong { "glibc’s moving threshold is pinned " } "(" code { "MALLOC_MMAP_THRESHOLD_=131072" } "), or the resident set of two runs would differ. A program of yours may not do that." }
                    }
                    li { strong { "Several threads: " } "live bytes are exact on the thread that opened the window; what other threads do is counted together and can be one store late." }
                    li { strong { "Times are with the meter on, " } "which costs a few per cent, more where a format does little but allocate. Throughput, where it is shown, was measured without." }
                }
                h3 { "Why they can be trusted" }
                ul {
                    li { "Peak heap is counted, not sampled, and every case that ran more than once had to give the same bytes; where one did not, the top of this page says so." }
                    li { "The tests compare the meter with " code { "dhat" } ", which is slow and independent: both must agree to the byte." }
                    li { "The empty case is in the table: what measuring itself costs is there to be seen." }
                    li { "Nothing here was typed in: the sentences at the top are computed from " code { "run.json" } ", and anybody can make this page again from it." }
                }
                h3 { "Run it again" }
                p { "In a checkout of picklebench at the same commit, for the whole run or for one row:" }
                pre { code {
                    @if dataset.source.is_some() { (environment.command.join(" ")) } @else {
                    "cargo bench --bench memory -- --records " (dataset.records) " --seed " (dataset.seed) "\n"
                    "cargo bench --bench memory -- --records " (dataset.records) " --seed " (dataset.seed) " --exact read/text"
                    }
                } }
            }
        },
    })
}

/// What somebody's records look like.
fn fields(source: &DatasetSource) -> Markup {
    html! {
        table {
            caption { "Fields of the records, and how often each is of which type" }
            thead { tr { th scope="col" { "field" } th scope="col" { "types" } } }
            tbody {
                @for field in &source.fields {
                    tr {
                        th scope="row" {
                            @if field.path.is_empty() { "the record" } @else { code { bdi { (field.path) } } }
                        }
                        td {
                            @for (at, it) in field.types.iter().enumerate() {
                                @if at > 0 { ", " }
                                bdi { (it.name) } " × " (thousands(it.count))
                            }
                        }
                    }
                }
            }
        }
        @if source.values_left_out > 0 {
            p { (thousands(source.values_left_out)) " values more are in fields that are not listed." }
        }
    }
}

/// Our own formats among those of the run, in words.
fn ours(run: &Run) -> Markup {
    const OURS: [&str; 2] = ["pickle", "text"];
    let shown: Vec<&str> = OURS
        .into_iter()
        .filter(|format| run.cases.iter().any(|case| case.format == *format))
        .collect();
    html! {
        @match shown.as_slice() {
            [] => "none of the formats in this run, but of others that it was made to measure",
            [one] => { "the format " code { (one) } " in this run" },
            more => {
                "the formats "
                @for (index, format) in more.iter().enumerate() {
                    @if index > 0 { " and " }
                    code { (format) }
                }
                " in this run"
            },
        }
    }
}
