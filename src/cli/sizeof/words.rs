//! What a part is, in words: used by the table and by the page.

use plainfigures::{format_bytes, thousands};
use pysizeof::{Build, Label, Part};

/// What a part is: its type, how many, how large each.
pub(super) fn what(part: &Part, build: Build) -> String {
    let (count, shared) = (part.count(), part.shared());
    let name = part.type_name();
    let mut text = match (count, shared) {
        (0, 0 | 1) => format!("{name}, counted elsewhere"),
        (0, _) => format!("{} × {name}, counted elsewhere", thousands(shared)),
        (1, _) => name.to_owned(),
        _ => {
            let each = each(part, build);
            format!("{} × {name}, {each}", thousands(count))
        }
    };
    if count > 0 && shared > 0 {
        text.push_str(&format!("; and {} counted elsewhere", thousands(shared)));
    }
    if *part.label() == Label::Values {
        text.push_str("; under other keys");
    }
    text
}

/// How large the objects of a part are. The largest is known in the newest build only.
fn each(part: &Part, build: Build) -> String {
    let (least, most) = part.range();
    let mean = small(part.bytes().of(build).div_ceil(part.count().max(1)));
    if least == most {
        format!("{mean} each")
    } else if mean == small(most) || build != Build::ALL[Build::ALL.len() - 1] {
        format!("about {mean} each")
    } else {
        format!("{mean} on average, the largest {}", small(most))
    }
}

/// Bytes by the byte up to a few KiB.
fn small(bytes: u64) -> String {
    if bytes < 10_000 {
        format!("{} B", thousands(bytes))
    } else {
        format_bytes(bytes)
    }
}

/// What the tree does not place.
pub(super) const ELSEWHERE: &str =
    "in no part: None, small ints and others of which there is one for all";

/// What an object takes beside its parts.
pub(super) const ITSELF: &str = "without its parts";
