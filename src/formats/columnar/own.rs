//! A list of Python's data, whose fields are found first: that of a user's records, as
//! they are measured.

use std::borrow::Cow;

use picklestream::value::Value;

use crate::formats::{Error, OfRecord, Output, Rows, Table};
use crate::schema::{CanHold, Finder, Fit, Texts, Unfit};

/// What formats say of a stream of records of which nobody told the fields.
pub(super) const NOT_TOLD: &str =
    "its files begin with the fields, which only a first pass over the records can tell";

/// Writes a list.
///
/// # Errors
///
/// If the records have no fields in common, hold what no field does, or would come back
/// as others; and that of the output.
pub(super) fn write_list(
    table: &dyn Table,
    variant: Option<&str>,
    list: &[Value],
    output: &mut Output,
) -> Result<(), Error> {
    let mut finder = Finder::new(Unfit::Refuse, CanHold::ALL, Texts::AsTheyAre);
    for (record, value) in (1..).zip(list) {
        let added = finder.add(value).map_err(Error::from);
        let kept = added.and_then(|()| match finder.loss() {
            Some(loss) => Err(loss.into()),
            None => Ok(()),
        });
        kept.map_err(|cause| OfRecord { record, cause })?;
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
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::formats::{Codec, FileFormat, InputFile, input};
    use crate::schema::MOST_DEPTH;

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
            assert_comes_back(&list);
        }
    }

    /// Lists and dicts in fields, with nulls and nothing in them, and within each other.
    #[test]
    fn nested_values_come_back() {
        for list in [
            values(&[
                "{'a': ['x', '']}",
                "{'a': []}",
                "{'a': None}",
                "{'a': [None, 'y']}",
            ]),
            values(&["{'a': [True, None]}", "{'a': []}", "{'a': [False]}"]),
            values(&["{'a': [-1], 'b': [0.5, -0.0]}", "{'a': [], 'b': [1e300]}"]),
            values(&["[[18446744073709551615, 0], 1]", "[[], 2]", "[[None], 3]"]),
            values(&[
                "[[18446744073709551615], [b'12345678', b'']]",
                "[[7], [b'\\xff']]",
            ]),
            values(&[
                "{'a': [[1, 2], [], None]}",
                "{'a': [[3, None]]}",
                "{'a': []}",
            ]),
            values(&["[[[['x']]], 0]", "[[[]], 1]", "[[[[]], []], 2]"]),
            values(&["{'a': {'x': 1, 'y': 'b'}, 'b': 1}", "{'a': None, 'b': 2}"]),
            values(&[
                "{'a': {'x': None, 'y': True}}",
                "{'a': {'x': b'z', 'y': False}}",
            ]),
            values(&["{'a': {'b': {'c': {'d': 18446744073709551615}}}}"]),
            values(&[
                "{'a': {'b': {'c': 18446744073709551615}, 'l': [18446744073709551615]}}",
                "{'a': {'b': None, 'l': None}}",
                "{'a': {'b': {'c': None}, 'l': [None, 0]}}",
            ]),
            values(&[
                "{'a': [{'x': 1, 'y': [1]}, {'x': 2, 'y': []}]}",
                "{'a': []}",
                "{'a': [{'x': 3, 'y': None}, None]}",
            ]),
            values(&["{'x': {'Record': {'x': [{'Record': 1}]}}}", "{'x': None}"]),
            values(&["[{'item': [{'item': 'deep'}]}]", "[{'item': []}]"]),
        ] {
            assert_comes_back(&list);
        }
    }

    /// Nullable, which takes the most of a schema.
    #[test]
    fn the_deepest_come_back() {
        for is_list in [true, false] {
            let within = |value| match is_list {
                true => Value::List(vec![value, Value::None]),
                false => Value::Dict(vec![(key(0), value)]),
            };
            let nested = |depth| (0..depth).fold(Value::None, |value, _| within(value));
            let all = (0..=MOST_DEPTH).map(|depth| Value::Dict(vec![(key(0), nested(depth))]));
            assert_comes_back(&all.collect::<Vec<_>>());
        }
    }

    fn assert_comes_back(list: &[Value]) {
        for format in FORMATS {
            for variant in format.files() {
                let name = format!("{} {variant:?} {list:?}", format.name());
                let file = written(*format, variant, list);
                let file = file.unwrap_or_else(|error| panic!("{name}: {error}"));
                let back = read(*format, &file);
                let back = back.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(back, list, "{name}");
            }
        }
    }

    /// Records of any types, drawn from a seed.
    #[test]
    fn any_records_of_one_shape_come_back() {
        let mut rng = ChaCha8Rng::seed_from_u64(16);
        for _ in 0..100 {
            let kinds: Vec<Kind> = (0..1 + rng.next_u32() % 4)
                .map(|_| Kind::draw(&mut rng, 4))
                .collect();
            let rows = 1 + rng.next_u32() % 8;
            let row = |_| {
                let values = kinds.iter().map(|kind| kind.value(&mut rng));
                let named = (0..).zip(values);
                Value::Dict(named.map(|(at, value)| (key(at), value)).collect())
            };
            assert_comes_back(&(0..rows).map(row).collect::<Vec<_>>());
        }
    }

    /// A type of values.
    enum Kind {
        Of(&'static [&'static str]),
        List(Box<Kind>),
        Dict(Vec<Kind>),
    }

    impl Kind {
        fn draw(rng: &mut ChaCha8Rng, depth: u32) -> Kind {
            match rng.next_u32() % if depth == 0 { 6 } else { 10 } {
                0 => Kind::Of(&["True", "False"]),
                1 => Kind::Of(&["0", "-1", "9223372036854775807"]),
                2 => Kind::Of(&["0", "18446744073709551615"]),
                3 => Kind::Of(&["0.5", "-0.0", "1e300", "inf"]),
                4 => Kind::Of(&["''", "'a'", "'日本'"]),
                5 => Kind::Of(&["b''", "b'12345678'", "b'\\xff'"]),
                6 | 7 => Kind::List(Box::new(Kind::draw(rng, depth - 1))),
                _ => {
                    let fields = 0..1 + rng.next_u32() % 3;
                    Kind::Dict(fields.map(|_| Kind::draw(rng, depth - 1)).collect())
                }
            }
        }

        fn value(&self, rng: &mut ChaCha8Rng) -> Value {
            if rng.next_u32().is_multiple_of(5) {
                return Value::None;
            }
            match self {
                Kind::Of(literals) => {
                    let at = rng.next_u32() as usize % literals.len();
                    literal::from_str(literals[at]).unwrap()
                }
                Kind::List(item) => {
                    let items = 0..rng.next_u32() % 4;
                    Value::List(items.map(|_| item.value(rng)).collect())
                }
                Kind::Dict(fields) => {
                    let named = (0..).zip(fields);
                    Value::Dict(named.map(|(at, it)| (key(at), it.value(rng))).collect())
                }
            }
        }
    }

    fn key(at: u32) -> Value {
        Value::Str(format!("k{at}"))
    }

    /// A batch ends by what is in its lists, too.
    #[test]
    #[cfg(feature = "arrow-ipc")]
    fn long_lists_end_a_batch() {
        let list = Value::List(vec![Value::Int(1); 1 << 18]);
        let records: Vec<Value> = (0..10).map(|_| Value::List(vec![list.clone()])).collect();
        let file = written(&super::super::ArrowIpc, None, &records).unwrap();
        let mut input = &file[..];
        let mut batches = 0;
        let reader = arrow_ipc::reader::StreamReader::try_new(&mut input, None).unwrap();
        for batch in reader {
            assert!(batch.unwrap().num_rows() <= 4);
            batches += 1;
        }
        assert_eq!(batches, 3);
    }

    /// More rows than a batch has, and texts that end one before.
    #[test]
    fn batches_and_blocks_join() {
        let row = |at: u64| {
            let text = "x".repeat(if at.is_multiple_of(5000) { 5 << 20 } else { 3 });
            let int = Value::Int(at.into());
            let list = (0..at % 4).map(|part| match part {
                1 => Value::None,
                _ => Value::Dict(vec![(key(0), int.clone())]),
            });
            let list = match at % 7 {
                0 => Value::None,
                _ => Value::List(list.collect()),
            };
            Value::List(vec![int, Value::Str(text), list])
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
            (values(&["{'a': [1, 'x']}"]), "\"a[]\""),
            (
                values(&["{'a': 1}", "{'b': 1}"]),
                "only some of the dicts have",
            ),
            (values(&["{'a': [0.5, 1]}"]), "come back as floats"),
            (values(&["{'a': {}}"]), "an empty dict in the field \"a\""),
            (values(&["{'a': [{'b': {1, 2}}]}"]), "\"a[].b\""),
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
