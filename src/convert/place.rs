//! What errors say of the input of a conversion.

use std::path::PathBuf;

use picklestream::pickle;

use crate::formats::{self, Fault};
use crate::job::interrupt;

use super::advice;
use super::excerpt::excerpt;
use super::words::any_of;
use super::{Error, Source};

/// The input, for those who are told that something is wrong with it.
pub(super) struct Place {
    name: String,
    /// A file that is text, where the line of an error can be looked up.
    path: Option<PathBuf>,
    /// What to do where the format may have been guessed wrongly, from the next
    /// line on.
    if_guessed: String,
}

impl Place {
    pub(super) fn of(source: &Source) -> Place {
        let (input, format) = (source.input.get_ref(), source.format);
        let is_file = input.length().is_some();
        let others: Vec<_> = source
            .others
            .iter()
            .copied()
            .filter(|other| *other != format.name())
            .collect();
        let others = any_of(&others);
        Place {
            name: input.name().to_owned(),
            path: source.path.clone().filter(|_| is_file && format.is_text()),
            if_guessed: match others.is_empty() {
                true => String::new(),
                false => format!("\nif it is not {}, say --from {others}", format.title()),
            },
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
        let place = self.path.as_deref().zip(fault.offset);
        Error::Read {
            name: self.name.clone(),
            excerpt: place.map_or(String::new(), |(path, offset)| excerpt(path, offset)),
            hint: if fault.is_format {
                self.if_guessed.clone()
            } else {
                String::new()
            },
            cause: match fault.cause.downcast_ref::<pickle::Error>() {
                Some(error) => advice::told_with_flags(error).into(),
                None => fault.cause,
            },
        }
    }
}
