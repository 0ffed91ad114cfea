//! Where a part of the data is, as one would type it: `cache[17].name`. Where many
//! parts are one, what tells them apart is an ellipsis: `cache[…].name`.

use picklestream::path::{Path, Step};
use pysizeof::{Label, Part};

/// The way from the data to a part.
#[derive(Debug, Clone, Default)]
pub(super) struct PartPath {
    text: String,
    /// Whether each step is one that a path has.
    is_exact: bool,
}

impl PartPath {
    /// The data itself.
    pub(super) fn root() -> PartPath {
        PartPath {
            text: String::new(),
            is_exact: true,
        }
    }

    /// On to a part.
    pub(super) fn to(&self, part: &Part) -> PartPath {
        let mut path = self.clone();
        match part.label() {
            Label::At(step) => path.push(step.clone()),
            Label::Place(place) => path.push(Step::Index(i128::from(*place))),
            Label::Items(Some(index)) => path.push(Step::Index(i128::from(*index))),
            Label::Items(None) | Label::Values => path.push_text("[…]"),
            Label::Keys => path.push_text(" (keys)"),
            Label::Loose => path.push_text(" (not yet anywhere)"),
            // An object has under its own name what its state has.
            _ => {}
        }
        path
    }

    /// As it is typed; none where it stands for several parts.
    pub(super) fn exact(&self) -> Option<&str> {
        self.is_exact.then_some(&*self.text)
    }

    /// To be read.
    pub(super) fn shown(&self) -> &str {
        if self.text.is_empty() {
            "(all)"
        } else {
            &self.text
        }
    }

    fn push(&mut self, step: Step) {
        let step = Path::from(vec![step]).to_string();
        if !self.text.is_empty() && !step.starts_with('[') {
            self.text.push('.');
        }
        self.text.push_str(&step);
    }

    fn push_text(&mut self, text: &str) {
        self.text.push_str(text);
        self.is_exact = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_as_it_is_read() {
        let mut path = PartPath::root();
        for step in [
            Step::Name("a key".to_owned()),
            Step::Name("users".to_owned()),
            Step::Index(17),
            Step::Name("it's".to_owned()),
        ] {
            path.push(step);
        }
        let text = path.exact().unwrap();
        assert_eq!(text, "['a key'].users[17][\"it's\"]");
        assert_eq!(text.parse::<Path>().unwrap().to_string(), text);
        path.push_text("[…]");
        assert_eq!(path.exact(), None);
    }
}
