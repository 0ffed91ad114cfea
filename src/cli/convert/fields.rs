//! What is said of the fields of records, and found of them in a pass before.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, Command, ValueEnum};

use crate::cli::reading::Opened;
use crate::cli::streams::is_dash;
use crate::convert::{Error, any_of, find_schema, with_sizes};
use crate::files::shown;
use crate::formats::{FileFormat, Formats};
use crate::results::Operation;
use crate::schema::{self, CanHold, Finder, Fit, Schema, Texts};

/// The flags that are about fields.
#[derive(Debug, Args)]
#[command(next_help_heading = "Fields of a table")]
pub(super) struct Fields {
    /// The fields of the records and their types, as --find-schema writes them, for OUT in
    /// TABLES, and for IN in csv. Without it they are found in a pass over IN, which must
    /// be a file
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// Write to OUT which fields the records have, and of which types, instead of the
    /// records
    #[arg(long, conflicts_with_all = ["schema", "to", "resume"])]
    pub(super) find_schema: bool,
    /// What becomes of a value that its field, its list or its dict does not hold [default:
    /// an error]: null, or all values in its place become text, as Python writes them
    #[arg(long, value_enum, value_name = "WHAT", hide_possible_values = false)]
    unfit: Option<Unfit>,
    /// Columns of CSV are bools, ints or floats where all their cells are written so,
    /// and empty cells null [default: all of it is text]
    #[arg(long, conflicts_with_all = ["schema", "unfit"])]
    guess_types: bool,
}

/// The values of [`schema::Unfit`] that users type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Unfit {
    Null,
    Text,
}

/// Says in the help of `convert` which formats are tables.
pub(super) fn describe(command: Command, formats: &Formats) -> Command {
    command.mut_arg("schema", |argument| {
        let help = argument.get_help().map(ToString::to_string);
        argument.help(
            help.unwrap_or_default()
                .replace("TABLES", &any_of(&tables(formats))),
        )
    })
}

/// The names of the formats whose files are tables.
pub(super) fn tables(formats: &Formats) -> Vec<&'static str> {
    let formats = formats.for_any_record(Operation::StreamWrite);
    let tables = formats.filter(|format| format.table().is_some());
    tables.map(|format| format.name()).collect()
}

impl Fields {
    /// What the records of `opened` are held to on their way into `to`, and the input
    /// once more from its beginning, by `again` if a pass over it was needed.
    pub(super) fn fit(
        &self,
        opened: Opened,
        to: &'static dyn FileFormat,
        formats: &Formats,
        path: &Path,
        again: impl FnOnce() -> Result<Opened, Error>,
    ) -> Result<(Opened, Option<Fit>), Error> {
        self.refuse_without_table(&opened, to, formats)?;
        let reads_texts = !opened.source.format.keeps_types();
        let wants_sizes = to.table().is_some_and(|table| table.wants_sizes());
        let can_repeat = !is_dash(path) && opened.source.input.get_ref().can_seek();
        if let Some(file) = &self.schema {
            let fit = Fit::new(read(file)?, self.unfit(), reads_texts);
            if wants_sizes && can_repeat {
                let fit = with_sizes(opened.source, fit)?;
                return Ok((again()?, Some(fit)));
            }
            return Ok((opened, Some(fit)));
        }
        if to.table().is_none() && !self.guess_types {
            return Ok((opened, None));
        }
        if !can_repeat {
            return Err(Error::Usage(format!(
                "{} is read once, and the fields of its records are found in a pass before: save \
                 it to a file, or say --schema FILE, which --find-schema writes",
                opened.source.input.get_ref().name()
            )));
        }
        let table = to.table();
        let holds = table.map_or(CanHold::ALL, |table| table.can_hold(to.title()));
        let schema = self.find(opened, holds)?;
        let fit = Fit::new(schema, self.unfit(), reads_texts && self.guess_types);
        Ok((again()?, Some(fit)))
    }

    /// The fields that all records have in common.
    pub(super) fn find(&self, opened: Opened, holds: CanHold) -> Result<Schema, Error> {
        if self.guess_types {
            refuse_guess(&opened)?;
        }
        let texts = match self.guess_types {
            true => Texts::Guessed,
            false => Texts::AsTheyAre,
        };
        find_schema(opened.source, Finder::new(self.unfit(), holds, texts))
    }

    fn unfit(&self) -> schema::Unfit {
        match self.unfit {
            None => schema::Unfit::Refuse,
            Some(Unfit::Null) => schema::Unfit::Null,
            Some(Unfit::Text) => schema::Unfit::Text,
        }
    }

    /// An error if a flag is there that has nothing to do.
    fn refuse_without_table(
        &self,
        opened: &Opened,
        to: &'static dyn FileFormat,
        formats: &Formats,
    ) -> Result<(), Error> {
        if self.guess_types {
            refuse_guess(opened)?;
        }
        let given = [
            ("--schema", self.schema.is_some()),
            ("--unfit", self.unfit.is_some()),
        ];
        let from = opened.source.format;
        let Some(table) = to.table() else {
            // Its cells become what the schema says.
            let is_used = self.schema.is_some() && !from.keeps_types();
            let given = given
                .into_iter()
                .find(|(_, is_given)| *is_given && !is_used);
            return match given {
                None => Ok(()),
                Some((flag, _)) => Err(Error::Usage(format!(
                    "{flag} is for tables, and {} has records of any shape: leave it out, or \
                     choose another --to ({})",
                    to.title(),
                    any_of(&tables(formats))
                ))),
            };
        };
        match self.unfit {
            Some(Unfit::Null) if !table.has_nulls() => Err(Error::Usage(format!(
                "{} has no null: say --unfit text, or choose another --to",
                to.title()
            ))),
            _ => Ok(()),
        }
    }
}

/// An error unless the input has nothing but text.
fn refuse_guess(opened: &Opened) -> Result<(), Error> {
    let from = opened.source.format;
    match from.keeps_types() {
        false => Ok(()),
        true => Err(Error::Usage(format!(
            "--guess-types is for CSV, whose cells are text, and {} is read as {}: leave it out",
            opened.source.input.get_ref().name(),
            from.name()
        ))),
    }
}

/// The schema in a file of the user's.
fn read(path: &Path) -> Result<Schema, Error> {
    let name = shown(path);
    let read = |cause: std::io::Error| Error::read(&name, cause);
    let mut text = String::new();
    let file = File::open(path).map_err(read)?;
    let bytes = file.take(Schema::MOST_BYTES + 1).read_to_string(&mut text);
    if bytes.map_err(read)? as u64 > Schema::MOST_BYTES {
        let most = plainfigures::format_bytes(Schema::MOST_BYTES);
        return Err(Error::read(
            &name,
            format!("it has more than {most}, which is no schema"),
        ));
    }
    let schema = Schema::from_json(&text);
    schema.map_err(|error| {
        Error::read(
            &name,
            format!("{error}; picklebench convert IN {name} --find-schema writes one"),
        )
    })
}
