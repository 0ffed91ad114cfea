//! The dict before the rows, and what it says of them.

use std::io::Read;

use picklestream::literal;
use picklestream::value::Value;

use crate::formats::Error;

/// What a file begins with.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// The dict is no longer: NumPy itself reads 10,000 bytes of one that is not
/// trusted.
const MOST_BYTES: u32 = 64 * 1024;

/// A value in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    Bool,
    /// Of so many bytes: 1, 2, 4, 8.
    Signed(usize),
    Unsigned(usize),
    /// Of 4 or 8 bytes.
    Float(usize),
    /// Bytes, with NULs behind them.
    Bytes(usize),
    /// Code points of four bytes each, with NULs behind them.
    Text(usize),
    /// No value.
    Padding(usize),
}

impl Item {
    /// Its bytes in a row.
    pub(super) fn width(self) -> usize {
        match self {
            Item::Bool => 1,
            Item::Text(points) => points * 4,
            Item::Signed(width)
            | Item::Unsigned(width)
            | Item::Float(width)
            | Item::Bytes(width)
            | Item::Padding(width) => width,
        }
    }

    /// What NumPy calls it, little-endian.
    fn code(self) -> String {
        match self {
            Item::Bool => "|b1".to_owned(),
            Item::Signed(1) => "|i1".to_owned(),
            Item::Unsigned(1) => "|u1".to_owned(),
            Item::Signed(width) => format!("<i{width}"),
            Item::Unsigned(width) => format!("<u{width}"),
            Item::Float(width) => format!("<f{width}"),
            Item::Bytes(width) => format!("|S{width}"),
            Item::Text(points) => format!("<U{points}"),
            Item::Padding(width) => format!("|V{width}"),
        }
    }
}

/// A field of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) item: Item,
    /// Whether its most significant byte is the first.
    pub(super) is_big_endian: bool,
}

/// What a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dtype {
    pub(super) fields: Vec<Field>,
    /// Of the fields, unless a row is its only one.
    names: Vec<String>,
    /// Whether a row is its only field, and no record of fields.
    pub(super) is_plain: bool,
    row_bytes: usize,
}

impl Dtype {
    /// A record of these, which are called `f0`, `f1` and so on.
    pub(super) fn of_fields(items: &[Item]) -> Dtype {
        let fields = items.iter().map(|item| Field {
            item: *item,
            is_big_endian: false,
        });
        Dtype {
            fields: fields.collect(),
            names: (0..items.len()).map(unnamed).collect(),
            is_plain: false,
            row_bytes: items.iter().map(|item| item.width()).sum(),
        }
    }

    /// A record of these, which are called so.
    ///
    /// # Errors
    ///
    /// If the header becomes longer than one that is read.
    pub(super) fn of_named(items: &[Item], names: Vec<String>) -> Result<Dtype, String> {
        let dtype = Dtype {
            names,
            ..Dtype::of_fields(items)
        };
        let length = dtype.dict(usize::MAX)?.len();
        match length > MOST_BYTES as usize {
            true => Err(format!(
                "has names that make a header of {length} bytes, and a .npy file's has {MOST_BYTES} at most"
            )),
            false => Ok(dtype),
        }
    }

    /// The names of its values, unless they have none of their own: NumPy calls such
    /// fields `f0`, `f1` and so on.
    pub(super) fn names(&self) -> Option<Vec<&str>> {
        let named = self.fields.iter().zip(&self.names);
        let named = named.filter(|(field, _)| !matches!(field.item, Item::Padding(_)));
        let names: Vec<&str> = named.map(|(_, name)| name.as_str()).collect();
        let are_own = names
            .iter()
            .enumerate()
            .any(|(at, name)| *name != unnamed(at));
        (!self.is_plain && are_own).then_some(names)
    }

    /// A number or string by itself.
    pub(super) fn of_one(item: Item) -> Dtype {
        Dtype {
            is_plain: true,
            names: Vec::new(),
            ..Dtype::of_fields(&[item])
        }
    }

    /// Bytes of a row.
    pub(super) fn row_bytes(&self) -> usize {
        self.row_bytes
    }

    /// The beginning of a file of so many rows, which ends at a multiple of 64
    /// bytes, as NumPy's do.
    ///
    /// # Errors
    ///
    /// If a name cannot be written.
    pub(super) fn header(&self, rows: usize) -> Result<Vec<u8>, String> {
        let mut dict = self.dict(rows)?;
        // NumPy's own choice: two bytes of length, unless a name is not ASCII.
        let is_short = dict.is_ascii() && dict.len() < usize::from(u16::MAX) - 64;
        let (version, length_bytes) = if is_short { (1, 2) } else { (3, 4) };
        let before = MAGIC.len() + 2 + length_bytes;
        let end = (before + dict.len() + 1).next_multiple_of(64);
        dict.push_str(&" ".repeat(end - before - dict.len() - 1));
        dict.push('\n');
        let length = u32::try_from(dict.len()).map_err(|error| error.to_string())?;
        let length = &length.to_le_bytes()[..length_bytes];
        Ok([MAGIC, &[version, 0], length, dict.as_bytes()].concat())
    }

    /// The dict of the header.
    fn dict(&self, rows: usize) -> Result<String, String> {
        let descr = match self.is_plain {
            true => format!("'{}'", self.fields[0].item.code()),
            false => {
                let fields = self.fields.iter().zip(&self.names).map(|(field, name)| {
                    let name = literal::to_string(name).map_err(|error| error.to_string())?;
                    Ok(format!("({name}, '{}')", field.item.code()))
                });
                format!(
                    "[{}]",
                    fields.collect::<Result<Vec<_>, String>>()?.join(", ")
                )
            }
        };
        Ok(format!(
            "{{'descr': {descr}, 'fortran_order': False, 'shape': ({rows},), }}"
        ))
    }

    fn read(descr: &Value) -> Result<Dtype, String> {
        let (fields, names, is_plain) = match descr {
            Value::Str(code) => (vec![field(code)?], Vec::new(), true),
            Value::List(fields) => {
                let fields = fields.iter().map(named_field);
                let fields: Vec<(Field, String)> = fields.collect::<Result<_, _>>()?;
                let (fields, names) = fields.into_iter().unzip();
                (fields, names, false)
            }
            _ => return Err("its header names no dtype".to_owned()),
        };
        let widths = fields.iter().map(|field: &Field| field.item.width());
        let row_bytes = widths.fold(0_usize, usize::saturating_add);
        match row_bytes {
            0 => Err("its rows have no bytes".to_owned()),
            _ => Ok(Dtype {
                fields,
                names,
                is_plain,
                row_bytes,
            }),
        }
    }
}

/// A field as `(name, code)`; NumPy names padding `''`, and a field with a title
/// `(title, name)`.
fn named_field(described: &Value) -> Result<(Field, String), String> {
    match described {
        Value::Tuple(parts) => match &parts[..] {
            [name, Value::Str(code)] => match name {
                Value::Str(name) => Ok((field(code)?, name.clone())),
                Value::Tuple(names) => match &names[..] {
                    [_, Value::Str(name)] => Ok((field(code)?, name.clone())),
                    _ => Err("its header names no fields".to_owned()),
                },
                _ => Err("its header names no fields".to_owned()),
            },
            [_, _, _] => Err("a field of it is an array, which is not read".to_owned()),
            _ => Err("a field of it is a record, which is not read".to_owned()),
        },
        _ => Err("its header names no fields".to_owned()),
    }
}

/// What NumPy calls a field that nobody names.
fn unnamed(at: usize) -> String {
    format!("f{at}")
}

fn field(code: &str) -> Result<Field, String> {
    let unknown =
        || format!("numbers or text of dtype {code:?} are not read; NumPy's numpy.load reads them");
    let mut rest = code.chars();
    let order = rest.next().ok_or_else(unknown)?;
    let kind = rest.next().ok_or_else(unknown)?;
    let width: usize = rest.as_str().parse().map_err(|_| unknown())?;
    // Far beyond any row that is read, and no product of it overflows.
    if width > u32::MAX as usize {
        return Err(unknown());
    }
    let item = match (kind, width) {
        ('b', 1) => Item::Bool,
        ('i', 1 | 2 | 4 | 8) => Item::Signed(width),
        ('u', 1 | 2 | 4 | 8) => Item::Unsigned(width),
        ('f', 4 | 8) => Item::Float(width),
        ('S', _) => Item::Bytes(width),
        ('U', _) => Item::Text(width),
        ('V', _) => Item::Padding(width),
        _ => return Err(unknown()),
    };
    match order {
        '<' | '|' | '>' | '=' => Ok(Field {
            item,
            is_big_endian: order == '>' || order == '=' && cfg!(target_endian = "big"),
        }),
        _ => Err(unknown()),
    }
}

/// What comes before the rows.
pub(super) struct Header {
    pub(super) dtype: Dtype,
    pub(super) rows: u64,
}

impl Header {
    /// Reads all that comes before the rows.
    ///
    /// # Errors
    ///
    /// If it is damaged, or the array is of a kind that is not read.
    pub(super) fn read(input: &mut impl Read) -> Result<Header, Error> {
        let mut start = [0; 8];
        input.read_exact(&mut start)?;
        if !start.starts_with(MAGIC) {
            return Err("it does not begin as a .npy file does".into());
        }
        let mut length = [0; 4];
        match start[6] {
            1 => input.read_exact(&mut length[..2])?,
            2 | 3 => input.read_exact(&mut length)?,
            version => return Err(format!("its version {version} is not known").into()),
        }
        let length = u32::from_le_bytes(length);
        if length > MOST_BYTES {
            return Err(format!("a header of {length} bytes, more than {MOST_BYTES}").into());
        }
        let mut dict = Vec::new();
        if input.take(length.into()).read_to_end(&mut dict)? as u64 != u64::from(length) {
            return Err("it ends within its header".into());
        }
        let dict: Value = literal::from_slice(dict.trim_ascii())?;
        let Value::Dict(pairs) = &dict else {
            return Err("its header is no dict".into());
        };
        let get = |name: &str| {
            let found = pairs
                .iter()
                .find(|(key, _)| matches!(key, Value::Str(key) if key == name));
            found.map(|(_, value)| value)
        };
        let dtype = Dtype::read(get("descr").unwrap_or(&Value::None))?;
        let rows = match get("shape") {
            Some(Value::Tuple(shape)) => match &shape[..] {
                [Value::Int(rows)] => u64::try_from(*rows).ok(),
                _ => {
                    return Err(
                        "it has not one dimension, and only that is a list; numpy.load reads \
                                it"
                        .into(),
                    );
                }
            },
            _ => None,
        };
        let rows = rows.ok_or("its header does not tell how many rows there are")?;
        Ok(Header { dtype, rows })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `numpy.save` of NumPy 2.3 writes it of `zeros(3, 'f8,S20,u8')`, but for
    /// the `|`, which `dtype.descr` has as well.
    #[test]
    fn the_header_is_numpys() {
        let dtype = Dtype::of_fields(&[Item::Float(8), Item::Bytes(20), Item::Unsigned(8)]);
        let header = dtype.header(3).unwrap();
        assert_eq!(header.len(), 128);
        assert!(
            header.starts_with(b"\x93NUMPY\x01\x00v\x00{'descr': [('f0', '<f8'), ('f1', '|S20'), ")
        );
        assert!(header.ends_with(b" \n"));
        let read = Header::read(&mut &header[..]).unwrap();
        assert_eq!((read.dtype, read.rows), (dtype, 3));
    }

    /// As `numpy.save` writes names of its own, and those that are not ASCII.
    #[test]
    fn names_are_kept() {
        for (names, version) in [(["id", "it's"], 1), (["é", "日本"], 3)] {
            let owned = names.map(str::to_owned).to_vec();
            let dtype = Dtype::of_named(&[Item::Bool, Item::Text(3)], owned).unwrap();
            let header = dtype.header(7).unwrap();
            assert_eq!((header.len() % 64, header[6]), (0, version));
            let read = Header::read(&mut &header[..]).unwrap();
            assert_eq!(read.dtype.names().unwrap(), names);
            assert_eq!((read.dtype, read.rows), (dtype, 7));
        }
        assert!(Dtype::of_fields(&[Item::Bool; 12]).names().is_none());
        assert!(Dtype::of_one(Item::Bool).names().is_none());
        let long = vec!["x".repeat(1 << 17)];
        let told = Dtype::of_named(&[Item::Bool], long).unwrap_err();
        assert!(told.contains("a header of 131"), "{told}");
    }

    #[test]
    fn what_is_not_read_is_said() {
        let read = |dict: &str| {
            let length = u16::try_from(dict.len()).unwrap().to_le_bytes();
            let file = [MAGIC, &[1, 0], &length, dict.as_bytes()].concat();
            match Header::read(&mut &file[..]) {
                Ok(header) => format!("{:?} {}", header.dtype.fields, header.rows),
                Err(error) => error.to_string(),
            }
        };
        let of = |descr: &str, shape: &str| {
            read(&format!(
                "{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}"
            ))
        };
        assert!(of("'>u2'", "(7,)").ends_with("is_big_endian: true }] 7"));
        for (descr, shape, message) in [
            ("'<c16'", "(1,)", "\"<c16\" are not read"),
            ("'|O'", "(1,)", "\"|O\" are not read"),
            ("'<f8'", "(2, 2)", "not one dimension"),
            ("'<f8'", "()", "not one dimension"),
            ("'<f8'", "(-1,)", "how many rows"),
            ("'|S0'", "(1,)", "no bytes"),
            ("[('a', '<f8', (2,))]", "(1,)", "is an array"),
            ("[('a', [('b', '<f8')])]", "(1,)", "is a record"),
            ("[(1, '<f8')]", "(1,)", "names no fields"),
            ("'|S99999999999'", "(1,)", "are not read"),
            ("[]", "(1,)", "no bytes"),
            ("1", "(1,)", "names no dtype"),
        ] {
            let told = of(descr, shape);
            assert!(told.contains(message), "{descr} {shape}: {told}");
        }
        assert!(read("[1]").contains("no dict"));
    }
}
