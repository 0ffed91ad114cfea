//! What makes the peak of loading a pickle smaller, as far as its own figures say.

use plainfigures::{format_bytes, thousands};
use pysizeof::{Build, Cost, Sizing};

use super::peak::peak;
use super::table::version;

/// A saving that is smaller than this part of the peak is no advice.
const WORTHWHILE: u64 = 20;

/// Sentences for one build, what takes the least effort first. `limit` is the memory
/// that there is, if it is known.
pub(super) fn advice(
    sizing: &Sizing,
    cost: &Cost,
    build: Build,
    limit: Option<u64>,
) -> Vec<String> {
    let own = peak(cost, build);
    let is_worthwhile = |bytes: u64| bytes > 0 && bytes >= own / WORTHWHILE;
    let enough = |saved: u64| match limit {
        Some(limit) if own > limit && own.saturating_sub(saved) <= limit => ", which is enough",
        _ => "",
    };
    let mut advice = Vec::new();
    let mut less = |saved: u64, how: &str| {
        if is_worthwhile(saved) {
            let saved_bytes = format_bytes(saved);
            advice.push(format!("{how}: {saved_bytes} less{}", enough(saved)));
        }
    };
    // Nobody goes back to an older one.
    let newer = Build::ALL.into_iter().skip_while(|&other| other != build);
    let newer = newer.filter(|&other| other != Build::Cpython27Windows && cost.can_load(other));
    if let Some(other) = newer.min_by_key(|&other| peak(cost, other)) {
        let needed = peak(cost, other);
        let how = format!(
            "load it with Python {}, {}",
            version(other),
            format_bytes(needed)
        );
        less(own.saturating_sub(needed), &how);
    }
    if cost.protocol() < 4 {
        less(
            cost.arguments().of(build),
            "dump it by protocol 4 or 5, which needs no calls for bytes, sets and their like",
        );
    }
    if !sizing.is_recursive() {
        less(
            cost.memo().of(build),
            "dump it with Pickler.fast = True, if no object in it is there twice on purpose, \
             for loading it then needs no memo",
        );
    }
    let repeated = sizing
        .parts()
        .map(|parts| parts.repeated())
        .unwrap_or_default();
    let sampled = match repeated.one_in {
        0 | 1 => String::new(),
        one_in => format!(", by a sample of one in {}", thousands(one_in)),
    };
    less(
        repeated.bytes,
        &format!(
            "intern its str before dumping (sys.intern): {} are equal to another one{sampled}",
            thousands(repeated.count)
        ),
    );
    let dicts = sizing.tuples_for_dicts();
    less(
        dicts.bytes.of(build),
        &format!("make its {} like dicts tuples", thousands(dicts.count)),
    );
    for form in sizing.forms() {
        let saved = sizing
            .total()
            .of(build)
            .saturating_sub(form.bytes.of(build));
        match form.name {
            "numpy" => less(
                saved,
                "hold its columns of numbers and str in numpy arrays or array.array rather \
                 than as objects",
            ),
            "arrow" => less(saved, "hold its columns in pyarrow arrays"),
            _ => {}
        }
    }
    let root = sizing.root();
    if root.type_name() == "list" && root.len() > 1 {
        advice.push("read its records one at a time: picklebench convert makes JSON lines of it, in constant memory".to_owned());
    } else if root.type_name() == "dict" && root.len() > 2 {
        advice.push(
            "read its items one at a time: picklebench convert --items makes JSON lines of them"
                .to_owned(),
        );
    }
    advice
}
