//! Formats that are not in this build, so that who asks for one is told which build
//! has it.

use std::path::Path;

/// A format of a cargo feature.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Absent {
    /// The format's name.
    pub(crate) name: &'static str,
    /// How names of its files end, without the dot.
    extension: &'static str,
    /// The feature.
    feature: &'static str,
    is_here: bool,
}

impl Absent {
    /// Where it is.
    pub(crate) fn way_out(&self) -> String {
        let Absent { name, feature, .. } = self;
        format!(
            "{name} is not in this build: cargo install picklebench --features {feature} makes one \
             that has it"
        )
    }
}

/// The features that have formats into which any records can be written.
const ALL: &[Absent] = &[
    Absent {
        name: "json-lines+zstd-3",
        extension: "jsonl.zst",
        feature: "more-formats",
        is_here: cfg!(feature = "more-formats"),
    },
    Absent {
        name: "json-lines+zstd-1",
        extension: "jsonl.zst",
        feature: "more-formats",
        is_here: cfg!(feature = "more-formats"),
    },
    Absent {
        name: "json-lines+zstd-19",
        extension: "jsonl.zst",
        feature: "more-formats",
        is_here: cfg!(feature = "more-formats"),
    },
    Absent {
        name: "pickle+zstd-3",
        extension: "pkl.zst",
        feature: "more-formats",
        is_here: cfg!(feature = "more-formats"),
    },
];

/// Those that this build has not.
pub(crate) fn absent() -> impl Iterator<Item = &'static Absent> {
    ALL.iter().filter(|format| !format.is_here)
}

/// The one of this name that this build has not.
pub(crate) fn absent_by_name(name: &str) -> Option<&'static Absent> {
    absent().find(|format| format.name == name)
}

/// The one in which a file of this name would be, that this build has not.
pub(crate) fn absent_by_path(path: &Path) -> Option<&'static Absent> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    absent().find(|format| {
        let before = name.strip_suffix(format.extension);
        before.is_some_and(|before| before.len() > 1 && before.ends_with('.'))
    })
}
