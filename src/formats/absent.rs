//! Formats that are not in every build, so that who asks for one that is not in this is
//! told which build has it.

use std::path::Path;

use crate::results::Operation;

use super::registry::Formats;

/// A format of a cargo feature, into which any records can be written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Absent {
    /// The format's name.
    pub(crate) name: &'static str,
    /// How names of its files end, without the dot.
    extension: &'static str,
    /// The feature.
    feature: &'static str,
}

const ALL: &[Absent] = &[
    Absent::new("json-lines+zstd-3", "jsonl.zst", "more-formats"),
    Absent::new("json-lines+zstd-1", "jsonl.zst", "more-formats"),
    Absent::new("json-lines+zstd-19", "jsonl.zst", "more-formats"),
    Absent::new("pickle+zstd-3", "pkl.zst", "more-formats"),
    Absent::new("parquet", "parquet", "parquet"),
    Absent::new("arrow-ipc", "arrow", "arrow-ipc"),
    Absent::new("avro", "avro", "avro"),
];

impl Absent {
    const fn new(name: &'static str, extension: &'static str, feature: &'static str) -> Absent {
        Absent {
            name,
            extension,
            feature,
        }
    }

    /// Which build has it.
    pub(crate) fn way_out(&self) -> String {
        let Absent { name, feature, .. } = self;
        format!(
            "{name} is not in this build: cargo install picklebench --features {feature} makes one \
             that has it"
        )
    }
}

impl Formats {
    /// Those that only other builds read or write. (What is compressed is read through by
    /// each.)
    pub(crate) fn absent(&self, operation: Operation) -> impl Iterator<Item = &'static Absent> {
        let is_absent = move |format: &&Absent| {
            let is_packed = format.name.contains('+');
            self.find(format.name).is_none() && (operation.writes() || !is_packed)
        };
        ALL.iter().filter(is_absent)
    }

    /// The one of this name that only other builds read or write.
    pub(crate) fn absent_by_name(
        &self,
        name: &str,
        operation: Operation,
    ) -> Option<&'static Absent> {
        self.absent(operation).find(|format| format.name == name)
    }

    /// The one in which a file of this name would be written, that only other builds write.
    pub(crate) fn absent_by_path(&self, path: &Path) -> Option<&'static Absent> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        self.absent(Operation::StreamWrite).find(|format| {
            let before = name.strip_suffix(format.extension);
            before.is_some_and(|before| before.len() > 1 && before.ends_with('.'))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_here_is_not_absent() {
        let here = Formats::built_in();
        for format in ALL {
            let is_absent = here.absent_by_name(format.name, Operation::StreamWrite);
            assert_ne!(is_absent.is_some(), here.find(format.name).is_some());
        }
        let none = Formats::none();
        assert_eq!(none.absent(Operation::StreamWrite).count(), ALL.len());
        assert_eq!(none.absent(Operation::StreamRead).count(), 3);
        let by_path = |path: &str| none.absent_by_path(Path::new(path)).map(|it| it.name);
        assert_eq!(by_path("a.parquet"), Some("parquet"));
        assert_eq!(by_path("x/A.JSONL.ZST"), Some("json-lines+zstd-3"));
        assert_eq!(by_path(".parquet"), None);
        assert_eq!(by_path("parquet"), None);
    }
}
