//! What errors say of the input of a conversion.

use picklestream::known::{self, Policy};
use picklestream::pickle::{self, Refused};

use crate::formats::{self, Fault};
use crate::job::interrupt;

use super::advice;
use super::excerpt::excerpt;
use super::objects::Unknown;
use super::words::any_of;
use super::{Again, Error, Source};

/// The input, for those who are told that something is wrong with it.
pub(super) struct Place {
    name: String,
    /// Opens it once more, to look up the place of an error.
    again: Option<Again>,
    /// Whether it has lines that can be shown.
    is_text: bool,
    /// What to do where the format may have been guessed wrongly, from the next
    /// line on.
    if_guessed: String,
    /// Bytes of it, if that is known.
    length: Option<u64>,
    /// What to ask where it is damaged.
    if_damaged: &'static str,
    /// Whether objects that are not known are refused.
    refuses: bool,
}

impl Place {
    pub(super) fn of(source: &mut Source) -> Place {
        let (input, format) = (source.input.get_ref(), source.format);
        let can_seek = input.can_seek();
        let others: Vec<_> = source
            .others
            .iter()
            .copied()
            .filter(|other| *other != format.name())
            .collect();
        let others = any_of(&others);
        Place {
            name: input.name().to_owned(),
            again: source.again.take().filter(|_| can_seek),
            is_text: format.is_text(),
            if_guessed: match others.is_empty() {
                true => String::new(),
                false => format!("\nif it is not {}, say --from {others}", format.title()),
            },
            length: input.length(),
            if_damaged: input.question_if_damaged(),
            refuses: source.objects == Policy::Refuse,
        }
    }

    /// What messages call the input.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The error of a format that reads the input.
    pub(super) fn error(&self, error: formats::Error) -> Error {
        if interrupt::asked() {
            return Error::Interrupted;
        }
        let fault = Fault::of(error);
        if let Some(told) = advice::told_of_input(&*fault.cause) {
            return Error::read(&self.name, told);
        }
        let pickle_error = fault.cause.downcast_ref::<pickle::Error>();
        if let Some(refused) = pickle_error.and_then(|error| self.refused_before(error)) {
            return Error::read(&self.name, refused);
        }
        let file = self.again.as_ref();
        let file = file.filter(|_| self.is_text && fault.offset.is_some());
        let place = file.and_then(|again| again()).zip(fault.offset);
        Error::Read {
            name: self.name.clone(),
            excerpt: place.map_or(String::new(), |(file, offset)| excerpt(file, offset)),
            hint: match pickle_error {
                Some(error) if !self.if_damaged.is_empty() && advice::is_damage(error) => {
                    self.if_damaged.to_owned()
                }
                _ if fault.is_format => self.if_guessed.clone(),
                _ => String::new(),
            },
            cause: match pickle_error {
                Some(error) => advice::told_of_end(error, self.length)
                    .unwrap_or_else(|| advice::told_with_flags(error))
                    .into(),
                None => fault.cause,
            },
        }
    }

    /// The error of an object in a record, from 1, that has no form anywhere.
    pub(super) fn unknown(&self, unknown: Unknown, record: u64) -> Error {
        let (class, what, remedy) = match unknown {
            Unknown::Columns(columns) => {
                let what = format!("in record {record}, a table, {columns}");
                (None, what, advice::SKIP_COLUMNS)
            }
            Unknown::Object(refusal) => {
                let what = format!("in record {record}, {refusal}");
                (Some(refusal.class), what, advice::SAY_OBJECTS)
            }
        };
        let found = class.and_then(|class| self.refused(|it| it.name == class));
        let found = found.map(|it| advice::told_of_refused(&it));
        let told = found.unwrap_or_else(|| format!("refused: {what}"));
        Error::read(&self.name, format!("{told}{remedy}"))
    }

    /// What to say first of a damaged pickle: that it names what would be refused, or
    /// that it is part of a file of another kind, which explains the damage.
    fn refused_before(&self, error: &pickle::Error) -> Option<String> {
        if !advice::is_damage(error) {
            return None;
        }
        let is_known = |it: &Refused| known::is_name(&it.name);
        let told =
            |it: &Refused| advice::container(&it.name).is_some() || self.refuses && !is_known(it);
        let refused = self.refused(told)?;
        Some(advice::told_of_refused(&refused))
    }

    /// The first of what is refused that is looked for, if the input can be read
    /// once more.
    fn refused(&self, wanted: impl Fn(&Refused) -> bool) -> Option<Refused> {
        let again = self.again.as_ref()?;
        let (summary, _) = pickle::summary_so_far(formats::input(again()?));
        summary.refused.into_iter().find(wanted)
    }
}
