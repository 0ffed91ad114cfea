//! What users may choose in how a format's files are written.

/// Something to choose: `convert` has a flag of its name.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// Lower case with hyphens. Where formats share a name, they mean the same
    /// by it.
    pub name: &'static str,
    /// What the value is called in a help: `FORM`.
    pub value_name: &'static str,
    /// The values that there are.
    pub values: &'static [&'static str],
    /// What it is about, in a line of help, with what holds without it.
    pub help: &'static str,
}

/// What a user has chosen.
#[derive(Debug, Clone, Default)]
pub struct Chosen(Vec<(&'static str, String)>);

impl Chosen {
    /// Adds a value of the choice of this name.
    pub fn add(&mut self, name: &'static str, value: String) {
        self.0.push((name, value));
    }

    /// The value of the choice of this name, if it was made.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(choice, _)| *choice == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The names of the choices that were made.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }

    /// The choices as one word, such as `keys=str,bytes=hex`; `None` if none was
    /// made.
    #[must_use]
    pub fn as_variant(&self) -> Option<String> {
        let words = self.0.iter().map(|(name, value)| format!("{name}={value}"));
        let words: Vec<_> = words.collect();
        (!words.is_empty()).then(|| words.join(","))
    }
}
