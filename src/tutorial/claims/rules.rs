//! The claims, one after another, each with its rule.

use plainfigures::format_ratio;

use crate::tutorial::experiment::Experiment;

use super::figure::{Figure, change, plus, share};
use super::rule::{Rule, Then};

/// Bytes of one record in columns: a float, twenty characters, an integer.
const COLUMNS_BYTES: u64 = 8 + 20 + 8;

pub(super) const RULES: [Rule; 16] = [
    Rule {
        id: "integers",
        then: Then::Figures,
        claim: "A list of a million integers takes several times what an array of them takes in C.",
        rule: "Building it takes at least 3 times the pointers alone.",
        why: "Each integer is an object of its own beside the pointer to it, of 24 bytes in 2.7 and 28 in 3.x; Vec<i64> has neither.",
        experiment: Experiment::Deepcopy,
        function: "copy_and_del",
        python: &["list of int"],
        figure: |seen| {
            let built = seen.kept("build")?;
            let ratio = share(built, seen.pointers())?;
            Some(Figure {
                text: change(built, ratio, "the pointers"),
                holds: ratio >= 3.0,
            })
        },
    },
    Rule {
        id: "deepcopy-doubles",
        then: Then::Figures,
        claim: "A deep copy takes as much memory again.",
        rule: "What deepcopy keeps is at least 0.9 times what the list took.",
        why: "Integers cannot change, so deepcopy shares them and copies 8 bytes an item; what Python 2.7 kept on top was the table of what it had copied. Rust does copy.",
        experiment: Experiment::Deepcopy,
        function: "copy_and_del",
        python: &["list of int"],
        figure: |seen| {
            let copied = seen.kept("deepcopy")?;
            let ratio = share(copied, seen.kept("build")?)?;
            Some(Figure {
                text: change(copied, ratio, "the list"),
                holds: ratio >= 0.9,
            })
        },
    },
    Rule {
        id: "del-frees-the-list-only",
        then: Then::Figures,
        claim: "del x frees the list and not the integers in it.",
        rule: "del x gives back between 0.85 and 1.15 times the pointers.",
        why: "The figure is right and the reason is not: the integers stay because y shares them, not because Python holds on to freed integers.",
        experiment: Experiment::Deepcopy,
        function: "copy_and_del",
        python: &["list of int"],
        figure: |seen| {
            let back = -seen.kept("del x")?;
            let ratio = share(back, seen.pointers())?;
            Some(Figure {
                text: change(-back, ratio, "the pointers"),
                holds: (0.85..=1.15).contains(&ratio),
            })
        },
    },
    Rule {
        id: "freed-memory-stays",
        then: Then::Words("“memory is not given back”"),
        claim: "Freed memory does not go back to the system.",
        rule: "With both lists gone and garbage collected, at least half of the growth is still resident.",
        why: "Python 2.7 took such objects from malloc and from free lists that were never emptied; Python 3 gives empty arenas back, and malloc gives back what is large or at the end of the heap.",
        experiment: Experiment::Deepcopy,
        function: "copy_and_del",
        python: &["list of int"],
        figure: |seen| seen.left("del y", |left| left >= 0.5),
    },
    Rule {
        id: "trim-gives-it-back",
        then: Then::Nothing,
        claim: "What stays of freed memory comes back with malloc_trim(0).",
        rule: "After it, less than half of the growth is still resident.",
        why: "It hands back every whole free page, in the middle of the heap too, and can be called from Python through ctypes.",
        experiment: Experiment::Deepcopy,
        function: "copy_and_del",
        python: &["list of int"],
        figure: |seen| seen.left("trim", |left| left < 0.5),
    },
    Rule {
        id: "small-objects-pin-pages",
        then: Then::Words("small objects are kept for reuse"),
        claim: "Small objects are why: memory in free lists cannot be given back while one neighbour lives.",
        rule: "With one small object in every page kept, at least half stays resident even after malloc_trim(0).",
        why: "The system takes back whole pages only. It is so in every language without a moving collector, Rust included; large objects have pages of their own.",
        experiment: Experiment::FreeList,
        function: "free_all_but_some",
        python: &["small objects"],
        figure: |seen| {
            let holds = |left| (left >= 0.5) == (seen.profile.variant == "small objects");
            seen.left("trim", holds)
                .or_else(|| seen.left("free", holds))
        },
    },
    Rule {
        id: "dump-doubles",
        then: Then::Figures,
        claim: "pickle.dump needs as much memory again as the list.",
        rule: "Within dump, memory rises by at least 0.9 times the list.",
        why: "What is needed is the memo, a table of every object seen in case it comes again; the C pickler of Python 3 keeps it in 32 bytes an object, and a writer without a memo needs nothing.",
        experiment: Experiment::Pickle,
        function: "create_file",
        python: &["protocol-4", "pickle"],
        figure: |seen| seen.beside_the_list("dump", |ratio| ratio >= 0.9),
    },
    Rule {
        id: "memo-is-what-costs",
        then: Then::Nothing,
        claim: "It is the memo that costs, in steps: one record more can double it.",
        rule: "dump takes at least 1.8 times as much on one side of the step as on the other.",
        why: "The memo is a table of a power of two entries that doubles when two thirds are full, old and new alive together.",
        experiment: Experiment::Memo,
        function: "dump_at_step",
        python: &["above"],
        figure: |seen| {
            let above = seen.taken("dump")?;
            let below = seen
                .other(Experiment::Memo, "dump_at_step", "below")?
                .taken("dump")?;
            Some(Figure {
                text: format!("{} below the step, {} above", plus(below), plus(above)),
                holds: share(above, below)? >= 1.8,
            })
        },
    },
    Rule {
        id: "fast-dump-is-free",
        then: Then::Nothing,
        claim: "Without its memo (Pickler.fast = True), dump needs no memory to speak of.",
        rule: "Within dump, memory rises by at most 0.05 times the list.",
        why: "No table, and from protocol 4 on the output leaves in frames of 64 KiB. Only for data without shared or recursive parts.",
        experiment: Experiment::Pickle,
        function: "create_file",
        python: &["protocol-4 fast"],
        figure: |seen| seen.beside_the_list("dump", |ratio| ratio <= 0.05),
    },
    Rule {
        id: "load-more-than-data",
        then: Then::Figures,
        claim: "pickle.load needs more than the list itself, and less than twice as much.",
        rule: "Within load, memory rises by 1 to 2 times the list.",
        why: "List and memo; the C unpickler's memo is an array of 16 bytes an object. serde-pickle builds a tree of everything first; picklebench's reader keeps only what is fetched again.",
        experiment: Experiment::Pickle,
        function: "load_file",
        python: &["protocol-4", "pickle"],
        figure: |seen| seen.beside_the_list("load", |ratio| (0.995..2.0).contains(&ratio)),
    },
    Rule {
        id: "text-write-is-cheap",
        then: Then::Figures,
        claim: "Writing the list as lines of text needs far less than pickling it.",
        rule: "Within the writing, memory rises by at most 0.3 times the list.",
        why: "One line at a time needs memory for one line.",
        experiment: Experiment::Flat,
        function: "create_file",
        python: &["repr"],
        figure: |seen| seen.beside_the_list("write", |ratio| ratio <= 0.3),
    },
    Rule {
        id: "text-write-costs-62-mib",
        then: Then::Figures,
        claim: "Writing the list as text still takes 62 MiB.",
        rule: "Within the writing, memory rises by at least 0.2 times the list.",
        why: "Nothing in writing lines keeps anything; the figure cannot be had again with any Python in this run.",
        experiment: Experiment::Flat,
        function: "create_file",
        python: &["repr"],
        figure: |seen| seen.beside_the_list("write", |ratio| ratio >= 0.2),
    },
    Rule {
        id: "text-read-is-the-data",
        then: Then::Figures,
        claim: "Reading the text back with eval takes about the list itself.",
        rule: "Within the reading, memory rises by 0.9 to 1.3 times the list.",
        why: "Each line is dropped as soon as it is a tuple; eval keeps a little more than the tuple, as it interns strings.",
        experiment: Experiment::Flat,
        function: "load_file",
        python: &["eval"],
        figure: |seen| seen.beside_the_list("read", |ratio| (0.9..=1.3).contains(&ratio)),
    },
    Rule {
        id: "eval-gives-back",
        then: Then::Nothing,
        claim: "What eval has read is given back when it is dropped.",
        rule: "After del and a collection, less than half of the growth is still resident.",
        why: "eval interns the strings that it compiles; Python 3.12 made interned strings immortal, and there they leak.",
        experiment: Experiment::Flat,
        function: "load_file",
        python: &["eval"],
        figure: |seen| seen.left("del", |left| left < 0.5),
    },
    Rule {
        id: "streaming-is-flat",
        then: Then::Words("its advice, without a figure"),
        claim: "Read a few items, process them, reuse the memory: then memory stays flat.",
        rule: "Over the whole file, memory rises by at most 0.05 times the list.",
        why: "It is the advice of the tutorial, and it is good: any format will do whose reader hands out one record after another.",
        experiment: Experiment::Streaming,
        function: "process_file",
        python: &["split", "pickle per record", "eval"],
        figure: |seen| seen.beside_the_list("stream", |ratio| ratio <= 0.05),
    },
    Rule {
        id: "pickle-needs-twice-the-array",
        then: Then::Words("“at least twice”"),
        claim: "To fill an array from a pickle takes at least twice the array.",
        rule: "Loading the list and converting it to columns peaks at 2 times the columns or more.",
        why: "Understated: the list of objects is several times the columns by itself. Filled one record at a time, columns allocated beforehand are all that it takes.",
        experiment: Experiment::Streaming,
        function: "load_then_convert",
        python: &["pickle then arrays"],
        figure: |seen| {
            let taken = seen.taken_by_all()?;
            let columns = i64::try_from(seen.profile.records.checked_mul(COLUMNS_BYTES)?).ok()?;
            let ratio = share(taken, columns)?;
            let same = &seen.profile.variant;
            let filled = seen
                .other(Experiment::Streaming, "fill_columns", same)
                .or_else(|| seen.other(Experiment::Streaming, "fill_columns", ""));
            let filled = filled.and_then(|seen| share(seen.taken_by_all()?, columns));
            let filled = filled.map_or(String::new(), |ratio| {
                format!("; filled row by row {}", format_ratio(ratio))
            });
            Some(Figure {
                text: format!("{}{filled}", change(taken, ratio, "the columns")),
                holds: ratio >= 2.0,
            })
        },
    },
];
