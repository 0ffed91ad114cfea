//! Where the records of a run come from: a built-in dataset, or a file that
//! somebody brought.

use std::path::Path;
use std::rc::Rc;

use picklestream::value::Value;
use serde::{Deserialize, Serialize};

use crate::dataset::{Builtin, Recipe, RecordKind};
use crate::formats::{Compiled, Error, ShapeVisitor, with_records_of};

use super::opens::{Opens, Sourced};
use super::own::OwnRecords;
use super::typed::TypedRecords;
use super::visitors::{SourceVisitor, TypedSource};

/// The records of a run, the same whenever they are asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordSource {
    /// Those of a built-in dataset.
    Built(Recipe),
    /// Somebody's own.
    Own(OwnRecords),
    /// Those that a program of somebody's makes.
    Typed(TypedRecords),
}

impl RecordSource {
    /// How many records there are; of a mapping, items.
    #[must_use]
    pub fn records(&self) -> u64 {
        match self {
            RecordSource::Built(recipe) => recipe.records,
            RecordSource::Own(own) => own.records(),
            RecordSource::Typed(typed) => typed.records(),
        }
    }

    /// The first so many of them.
    #[must_use]
    pub fn first(&self, records: u64) -> RecordSource {
        match self {
            RecordSource::Built(recipe) => RecordSource::Built(Recipe { records, ..*recipe }),
            RecordSource::Own(own) => RecordSource::Own(own.first(records)),
            RecordSource::Typed(typed) => RecordSource::Typed(typed.first(records)),
        }
    }

    /// The name of the dataset.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            RecordSource::Built(recipe) => recipe.shape.name(),
            RecordSource::Own(_) => OwnRecords::NAME,
            RecordSource::Typed(typed) => typed.name(),
        }
    }

    /// The dataset's name, and of records that somebody brought which they are.
    pub(super) fn key(&self) -> String {
        match self {
            RecordSource::Built(_) | RecordSource::Typed(_) => self.name().to_owned(),
            RecordSource::Own(own) => own.key(),
        }
    }

    /// What they are, as far as formats differ in what they can hold.
    #[must_use]
    pub fn kind(&self) -> RecordKind {
        match self {
            RecordSource::Built(recipe) => RecordKind::Built(recipe.shape),
            RecordSource::Own(_) => RecordKind::Any,
            RecordSource::Typed(_) => RecordKind::Typed,
        }
    }

    /// What its random choices began with; 0 where there were none.
    #[must_use]
    pub fn seed(&self) -> u64 {
        match self {
            RecordSource::Built(recipe) => recipe.seed,
            RecordSource::Own(own) => own.seed(),
            RecordSource::Typed(typed) => typed.seed(),
        }
    }

    /// The folder for the files of their cases, where they have one of their own.
    pub(super) fn folder(&self) -> Option<&Path> {
        match self {
            RecordSource::Built(_) | RecordSource::Typed(_) => None,
            RecordSource::Own(own) => own.folder(),
        }
    }

    /// Does something with the records, whatever their type is.
    pub(crate) fn visit<V: SourceVisitor>(&self, visitor: V) -> V::Output {
        match self {
            RecordSource::Built(recipe) => {
                with_records_of(recipe.shape, OfRecipe { recipe, visitor })
            }
            RecordSource::Own(own) => visitor.visit::<Value>(own),
            RecordSource::Typed(typed) => typed.visit(visitor),
        }
    }

    /// The same for a worker whose file lies at `path`: what somebody brought lies
    /// beside it. `typed` is what makes the program's own.
    pub(super) fn in_worker(
        self,
        path: &Path,
        typed: Option<&Rc<dyn TypedSource>>,
    ) -> RecordSource {
        match self {
            RecordSource::Built(_) => self,
            RecordSource::Own(own) => RecordSource::Own(own.beside(path)),
            RecordSource::Typed(records) => RecordSource::Typed(records.made_by(typed)),
        }
    }
}

impl From<Recipe> for RecordSource {
    fn from(recipe: Recipe) -> RecordSource {
        RecordSource::Built(recipe)
    }
}

impl<T: Builtin> Opens<T> for Recipe {
    fn open(&self) -> Result<Sourced<T>, Error> {
        Ok(Box::new(T::source(self.records, self.seed).map(Ok)))
    }

    fn list_len(&self) -> u64 {
        T::list_len(self)
    }
}

struct OfRecipe<'a, V> {
    recipe: &'a Recipe,
    visitor: V,
}

impl<V: SourceVisitor> ShapeVisitor for OfRecipe<'_, V> {
    type Output = V::Output;

    fn visit<T: Builtin + Compiled>(self) -> V::Output {
        self.visitor.visit::<T>(self.recipe)
    }
}
