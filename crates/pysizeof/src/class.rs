//! The classes of the standard library whose objects are known: by name, and what
//! calling them makes.

/// A class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    OrderedDict,
    DefaultDict,
    Date,
    DateTime,
    Time,
    TimeDelta,
    /// `copyreg._reconstructor`, a function.
    Reconstructor,
}

impl Class {
    const ALL: [Class; 7] = [
        Class::OrderedDict,
        Class::DefaultDict,
        Class::Date,
        Class::DateTime,
        Class::Time,
        Class::TimeDelta,
        Class::Reconstructor,
    ];

    /// The class of this name, as a pickle has it.
    pub(super) fn find(name: &str) -> Option<Class> {
        Class::ALL
            .into_iter()
            .find(|class| class.names().contains(&name))
    }

    /// `module.name`
    pub(super) fn name(self) -> &'static str {
        self.names()[0]
    }

    /// All names that it ever had, the newest first.
    fn names(self) -> &'static [&'static str] {
        match self {
            Class::OrderedDict => &["collections.OrderedDict"],
            Class::DefaultDict => &["collections.defaultdict"],
            Class::Date => &["datetime.date"],
            Class::DateTime => &["datetime.datetime"],
            Class::Time => &["datetime.time"],
            Class::TimeDelta => &["datetime.timedelta"],
            Class::Reconstructor => &["copyreg._reconstructor", "copy_reg._reconstructor"],
        }
    }

    /// Bytes of an object without items, which are the same in all builds: the
    /// structs of `Include/datetime.h`. None for what has items.
    pub(super) fn bytes(self) -> Option<u64> {
        match self {
            Class::OrderedDict | Class::DefaultDict | Class::Reconstructor => None,
            Class::Date => Some(32),
            Class::DateTime => Some(48),
            Class::Time | Class::TimeDelta => Some(40),
        }
    }
}
