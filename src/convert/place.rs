//! What errors say of the input of a conversion.

use picklestream::pickle;

use crate::formats::{self, Fault};
use crate::job::interrupt;

use super::advice;
use super::excerpt::excerpt;
use super::words::any_of;
use super::{Again, Error, Source};

/// The input, for those who are told that something is wrong with it.
pub(super) struct Place {
    name: String,
    /// Opens it once more, to look up the line of an error, where it is text.
    again: Option<Again>,
    /// What to do where the format may have been guessed wrongly, from the next
    /// line on.
    if_guessed: String,
    /// Bytes of it, if that is known.
    length: Option<u64>,
    /// What to ask where it is damaged.
    if_damaged: &'static str,
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
            again: source.again.take().filter(|_| can_seek && format.is_text()),
            if_guessed: match others.is_empty() {
                true => String::new(),
                false => format!("\nif it is not {}, say --from {others}", format.title()),
            },
            length: input.length(),
            if_damaged: input.question_if_damaged(),
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
        let file = self.again.as_ref().filter(|_| fault.offset.is_some());
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
}
