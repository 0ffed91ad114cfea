//! A list of Python's data, whose fields are found first: that of a user's records, as
//! they are measured.

use std::borrow::Cow;

use picklestream::value::Value;

use crate::formats::{Error, Output, Rows, Table};
use crate::schema::{Finder, Fit, Nulls, Texts, Unfit};

/// What formats say of a stream of records of which nobody told the fields.
pub(super) const NOT_TOLD: &str =
    "its files begin with the fields, which only a first pass over the records can tell";

/// Writes a list. A record may lack a field that others have.
///
/// # Errors
///
/// If the records have no fields in common, or hold what no field does; and that of
/// the output.
pub(super) fn write_list(
    table: &dyn Table,
    variant: Option<&str>,
    list: &[Value],
    output: &mut Output,
) -> Result<(), Error> {
    let mut finder = Finder::new(Unfit::Refuse, Nulls::Allowed, Texts::AsTheyAre);
    for record in list {
        finder.add(record)?;
    }
    let schema = finder
        .finish()
        .ok_or("there are no records to tell the fields")?;
    let mut fit = Fit::new(schema, Unfit::Refuse, false);
    let mut records = list.iter().map(|record| Ok(Cow::Borrowed(record)));
    table.write_rows(variant, &mut Rows::new(&mut fit, &mut records), output)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek, Write};

    use picklestream::literal;

    use super::*;
    use crate::formats::{Codec, FileFormat, InputFile, input};

    /// Those that are compiled.
    const FORMATS: &[&dyn FileFormat] = &[
        #[cfg(feature = "arrow-ipc")]
        &super::super::ArrowIpc,
        #[cfg(feature = "parquet")]
        &super::super::Parquet,
        #[cfg(feature = "avro")]
        &super::super::Avro,
    ];

    fn values(literals: &[&str]) -> Vec<Value> {
        let literals = literals.iter();
        literals.map(|it| literal::from_str(it).unwrap()).collect()
    }

    fn written(
        format: &dyn FileFormat,
        variant: Option<&str>,
        list: &[Value],
    ) -> Result<Vec<u8>, Error> {
        let mut file = tempfile::tempfile()?;
        let mut output = Output::new(file.try_clone()?);
        let codec: &dyn Codec<Value> = format;
        codec.write_list(variant, list, &mut output)?;
        output.flush()?;
        file.rewind()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn read(format: &dyn FileFormat, bytes: &[u8]) -> Result<Vec<Value>, Error> {
        let mut file = tempfile::tempfile()?;
        file.write_all(bytes)?;
        file.rewind()?;
        let mut list = Vec::new();
        let codec: &dyn Codec<Value> = format;
        let input = input(InputFile::new(file, String::new())?);
        codec.for_each(None, input, &mut |record| {
            list.push(record);
            Ok(())
        })?;
        Ok(list)
    }

    #[test]
    fn rows_come_back() {
        for list in [
            values(&[
                "{'a': True, 'b': -9223372036854775808, 'c': 18446744073709551615, 'd': 0.1, \
                  'e': 'x', 'f': b'\\xff'}",
                "{'a': None, 'b': None, 'c': None, 'd': None, 'e': None, 'f': None}",
                "{'a': False, 'b': 1, 'c': 0, 'd': -0.0, 'e': '', 'f': b''}",
            ]),
            values(&["['a', 1]", "['', 2]"]),
            values(&["[18446744073709551615]", "[0]"]),
            values(&["1", "2"]),
            values(&["18446744073709551615", "None"]),
            values(&["{'only': 'one'}"]),
        ] {
            for format in FORMATS {
                for variant in format.files() {
                    let name = format!("{} {variant:?} {list:?}", format.name());
                    let file = written(*format, variant, &list);
                    let file = file.unwrap_or_else(|error| panic!("{name}: {error}"));
                    let back = read(*format, &file);
                    let back = back.unwrap_or_else(|error| panic!("{name}: {error}"));
                    assert_eq!(back, list, "{name}");
                }
            }
        }
    }

    /// More rows than a batch has, and texts that end one before.
    #[test]
    fn batches_and_blocks_join() {
        let row = |at: u64| {
            let text = "x".repeat(if at.is_multiple_of(5000) { 5 << 20 } else { 3 });
            Value::List(vec![Value::Int(at.into()), Value::Str(text)])
        };
        let list: Vec<Value> = (0..20_000).map(row).collect();
        for format in FORMATS {
            let file = written(*format, None, &list).unwrap();
            assert!(read(*format, &file).unwrap() == list, "{}", format.name());
        }
    }

    #[test]
    fn what_no_column_holds_is_refused() {
        for (list, says) in [
            (values(&["{'a': 1}", "{'a': 'x'}"]), "\"a\""),
            (values(&["{'a': [1, 2]}"]), "\"a\""),
            (values(&["{'a': 36893488147419103232}"]), "\"a\""),
            (values(&["{'a': 1}", "[1]"]), "another sort of row"),
        ] {
            for format in FORMATS {
                let error = written(*format, None, &list).unwrap_err().to_string();
                assert!(error.contains(says), "{} {list:?}: {error}", format.name());
            }
        }
    }
}
