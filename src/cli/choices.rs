//! Flags for what the formats let users choose: the registry knows them, and no
//! command.

use std::collections::BTreeMap;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::formats::{Choice, Chosen, FileFormat, Formats};
use crate::results::Operation;

/// What was chosen on the command line. [`describe`] adds the flags.
#[derive(Debug)]
pub(super) struct Choices(Chosen);

/// A value of such a flag, which tells it from the others.
#[derive(Debug, Clone)]
struct ChoiceValue(&'static str, String);

impl Args for Choices {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}

impl FromArgMatches for Choices {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Choices, clap::Error> {
        let mut chosen = Chosen::default();
        for id in matches.ids() {
            if let Ok(Some(ChoiceValue(name, value))) = matches.try_get_one(id.as_str()) {
                chosen.add(name, value.clone());
            }
        }
        Ok(Choices(chosen))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Choices::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Adds a flag for each choice of each format that any record can be written in.
pub(super) fn describe(command: Command, formats: &Formats) -> Command {
    let mut names = Vec::new();
    let mut found: BTreeMap<&str, Choice> = BTreeMap::new();
    for format in formats.for_any_record(Operation::StreamWrite) {
        for choice in format.choices() {
            if found.insert(choice.name, *choice).is_none() {
                names.push(choice.name);
            }
        }
    }
    let choices = names.into_iter().map(|name| found[name]);
    choices.fold(command, |command, choice| {
        let name = choice.name;
        let values = PossibleValuesParser::new(choice.values);
        let argument = Arg::new(name)
            .long(name)
            .value_name(choice.value_name)
            .value_parser(values.map(move |value| ChoiceValue(name, value)))
            .help(choice.help)
            .help_heading("What is written");
        command.arg(argument)
    })
}

impl Choices {
    /// The variant of `format` that was chosen.
    ///
    /// # Errors
    ///
    /// If something was chosen that `format` has not: it says whose it is.
    pub(super) fn variant(
        &self,
        format: &'static dyn FileFormat,
        formats: &Formats,
    ) -> Result<Option<String>, String> {
        let has = |format: &dyn FileFormat, name: &str| {
            format.choices().iter().any(|choice| choice.name == name)
        };
        let mut foreign = self.0.names().filter(|name| !has(format, name));
        if let Some(name) = foreign.next() {
            let owners: Vec<_> = formats
                .for_any_record(Operation::StreamWrite)
                .filter(|format| has(*format, name))
                .map(|format| format.name())
                .collect();
            return Err(format!(
                "--{name} is for {}, and {} is written: leave it out, or choose another --to",
                crate::convert::any_of(&owners),
                format.name()
            ));
        }
        Ok(format.variant(&self.0))
    }
}
