//! How it was measured, what is biased, where it ends.

use maud::html;

use crate::results::Run;
use crate::units::thousands;

use super::Section;

#[expect(clippy::unnecessary_wraps, reason = "all sections have one shape")]
pub(super) fn section(run: &Run) -> Option<Section> {
    let dataset = &run.dataset;
    let records = thousands(dataset.records);
    let pinned = run
        .environment
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
                    (records) " " bdi { (dataset.name) } ", made from seed " (dataset.seed) ". SHA-256 of them as text: "
                    code.digest { (dataset.digest) }
                }
                h3 { "Bias" }
                ul {
                    li { "picklebench was written by the authors of the formats " code { "pickle" } " and " code { "text" } " in this table; " code { "serde-pickle" } " is other people’s work. All of them get the same records, buffer and window." }
                    li { "Each format is used the way its documentation shows, with no tuning for this dataset. The records are a best case for typed readers: short, flat and all alike." }
                    li { code { "serde-pickle" } " is read through its own value type, because its typed reader refuses integers above 2" sup { "63" } " − 1, which half of these records hold." }
                }
                h3 { "Limits" }
                ul {
                    li { strong { "Heap is not resident set. " } "Block headers, rounding to 16 bytes, page size and transparent huge pages come on top and differ between allocators." }
                    li { strong { "The page cache is warm. " } "Files are read once beforehand. Times say nothing about a disk, and the cache’s own memory is in no figure." }
                    li { strong { "Stacks, code and memory mapped outside the allocator " } "are in the high-water mark only." }
                    @if pinned {
                        li { strong { "glibc’s moving threshold is pinned " } "(" code { "MALLOC_MMAP_THRESHOLD_=131072" } "), or the resident set of two runs would differ. A program of yours may not do that." }
                    }
                    li { strong { "Several threads: " } "live bytes are exact on the thread that opened the window; what other threads do is counted together and can be one store late." }
                }
                h3 { "Run it again" }
                p { "In a checkout of picklebench at the same commit, for the whole run or for one row:" }
                pre { code {
                    "cargo bench --bench memory -- --records " (dataset.records) " --seed " (dataset.seed) "\n"
                    "cargo bench --bench memory -- --records " (dataset.records) " --seed " (dataset.seed) " --exact read/text"
                } }
            }
        },
    })
}
