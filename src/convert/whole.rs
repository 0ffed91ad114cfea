//! A whole conversion by one call, for programs that are not the command.

use std::error::Error as StdError;
use std::fs::File;
use std::io::{self, Seek};

use picklestream::known::Policy;
use picklestream::pickle;

use super::{Allowance, OutputFile, Source, convert, find_schema};
use crate::formats::{self, Chosen, Expansion, FileKind, Formats, InputFile, ReadLimits};
use crate::results::Operation;
use crate::schema::{Finder, Fit, Texts, Unfit};

/// Writes all records of `input` to `output` in the format named `to`, as
/// `picklebench convert` does: compressed data is read through, the format is told
/// from the content where `from` does not name it, objects become dicts. Returns how many records there were.
/// Hidden: it is how the command is fuzzed, and no promise.
///
/// # Errors
///
/// What the command says, if an input cannot be read or converted, or would become
/// more than `most_bytes`.
#[doc(hidden)]
pub fn convert_file(
    input: &File,
    from: Option<&str>,
    output: File,
    to: &str,
    most_bytes: u64,
    formats: &Formats,
) -> Result<u64, Box<dyn StdError + Send + Sync>> {
    let mut looked_into = look_into(input, formats)?;
    let prefix = looked_into.peek()?;
    let from = match from {
        Some(name) => formats.find(name),
        None => formats.recognise(&prefix, looked_into.content_name()),
    };
    let from = from.ok_or("it is in no format that is known")?;
    let mut known = formats.for_any_record(Operation::StreamWrite);
    let format = known.find(|format| format.name() == to);
    let format = format.ok_or("there is no such format to write")?;
    let variant = format.variant(&Chosen::default());
    let kind = FileKind { format, variant };
    let mut limits = ReadLimits::default();
    limits.pickle.objects = pickle::Objects::AsData;
    let source = |file: InputFile| -> io::Result<Source> {
        let (once_more, registry) = (input.try_clone()?, formats.clone());
        Ok(Source {
            input: formats::input(file),
            format: from,
            others: Vec::new(),
            again: Some(Box::new(move || look_into(&once_more, &registry).ok())),
            limits: limits.clone(),
            objects: Policy::Fields,
        })
    };
    let fit = match format.table() {
        None => None,
        Some(table) => {
            let holds = table.can_hold(format.title());
            let finder = Finder::new(Unfit::Text, holds, Texts::AsTheyAre);
            let schema = find_schema(source(look_into(input, formats)?)?, finder)?;
            looked_into = look_into(input, formats)?;
            Some(Fit::new(schema, Unfit::Text, false))
        }
    };
    let done = convert(source(looked_into)?, &kind, fit, || {
        let file = OutputFile::stream(output, "the output".to_owned())?;
        Ok(file.within(Allowance::Bytes(most_bytes)))
    })?;
    done.output.finish()?;
    Ok(done.records)
}

/// The file from its beginning.
fn look_into(file: &File, formats: &Formats) -> io::Result<InputFile> {
    let mut file = file.try_clone()?;
    file.rewind()?;
    let input = InputFile::new(file, "the input".to_owned())?;
    formats.look_into(input, Expansion::default())
}
