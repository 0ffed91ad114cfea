//! The tutorial's experiments, by name: the one list that Rust, Python and the
//! claims draw on.

/// One of the tutorial's experiments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Experiment {
    /// A list copied, then both dropped.
    Deepcopy,
    /// Many objects freed, some kept.
    FreeList,
    /// The list as a pickle.
    Pickle,
    /// The list as lines of text.
    Flat,
    /// One record at a time.
    Streaming,
    /// The memo of CPython's pickler.
    Memo,
    /// Sizes of single objects.
    Objects,
}

impl Experiment {
    /// All of them, in the tutorial's order, which is the order in which they run.
    pub const ALL: [Experiment; 7] = [
        Experiment::Deepcopy,
        Experiment::FreeList,
        Experiment::Pickle,
        Experiment::Flat,
        Experiment::Streaming,
        Experiment::Memo,
        Experiment::Objects,
    ];

    /// The experiment of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Experiment> {
        let mut all = Self::ALL.into_iter();
        all.find(|experiment| experiment.name() == name)
    }

    /// Its name: lower case with hyphens.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Experiment::Deepcopy => "deepcopy",
            Experiment::FreeList => "free-list",
            Experiment::Pickle => "pickle",
            Experiment::Flat => "flat",
            Experiment::Streaming => "streaming",
            Experiment::Memo => "memo",
            Experiment::Objects => "objects",
        }
    }

    /// What it shows, in one sentence.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Experiment::Deepcopy => {
                "a list of integers, a deep copy of it, one dropped, the other dropped"
            }
            Experiment::FreeList => {
                "many objects freed, with a small one kept in every page, or some large ones"
            }
            Experiment::Pickle => "a list of tuples dumped to a pickle, and loaded from one",
            Experiment::Flat => "the same list written as lines of text, and read from them",
            Experiment::Streaming => {
                "records processed one at a time; columns filled row by row, or from a list"
            }
            Experiment::Memo => {
                "pickle.dump either side of the record at which its memo doubles: CPython only"
            }
            Experiment::Objects => {
                "show_sizeof: what single objects take, by layout tables and by each CPython"
            }
        }
    }
}
