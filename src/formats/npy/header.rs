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
            is_plain: false,
            row_bytes: items.iter().map(|item| item.width()).sum(),
        }
    }

    /// A number or string by itself.
    pub(super) fn of_one(item: Item) -> Dtype {
        Dtype {
            is_plain: true,
            ..Dtype::of_fields(&[item])
        }
    }

    /// Bytes of a row.
    pub(super) fn row_bytes(&self) -> usize {
        self.row_bytes
    }

    /// The beginning of a file of so many rows, which ends at a multiple of 64
    /// bytes, as NumPy's do.
    pub(super) fn header(&self, rows: usize) -> Vec<u8> {
        let descr = match self.is_plain {
            true => format!("'{}'", self.fields[0].item.code()),
            false => {
                let fields = self.fields.iter().enumerate();
                let fields =
                    fields.map(|(at, field)| format!("('f{at}', '{}')", field.item.code()));
                format!("[{}]", fields.collect::<Vec<_>>().join(", "))
            }
        };
        let mut dict =
            format!("{{'descr': {descr}, 'fortran_order': False, 'shape': ({rows},), }}");
        let before = MAGIC.len() + 4;
        let end = (before + dict.len() + 1).next_multiple_of(64);
        dict.push_str(&" ".repeat(end - before - dict.len() - 1));
        dict.push('\n');
        // The dtypes that are written here are short.
        let length = u16::try_from(dict.len()).unwrap_or(u16::MAX);
        [MAGIC, &[1, 0], &length.to_le_bytes(), dict.as_bytes()].concat()
    }

    fn read(descr: &Value) -> Result<Dtype, String> {
        let (fields, is_plain) = match descr {
            Value::Str(code) => (vec![field(code)?], true),
            Value::List(fields) => {
                let fields = fields.iter().map(named_field).collect::<Result<_, _>>()?;
                (fields, false)
            }
            _ => return Err("its header names no dtype".to_owned()),
        };
        let widths = fields.iter().map(|field: &Field| field.item.width());
        let row_bytes = widths.fold(0_usize, usize::saturating_add);
        match row_bytes {
            0 => Err("its rows have no bytes".to_owned()),
            _ => Ok(Dtype {
                fields,
                is_plain,
                row_bytes,
            }),
        }
    }
}

/// A field as `(name, code)`; NumPy names padding `''`.
fn named_field(described: &Value) -> Result<Field, String> {
    match described {
        Value::Tuple(parts) => match &parts[..] {
            [_, Value::Str(code)] => field(code),
            [_, _, _] => Err("a field of it is an array, which is not read".to_owned()),
            _ => Err("a field of it is a record, which is not read".to_owned()),
        },
        _ => Err("its header names no fields".to_owned()),
    }
}

fn field(code: &str) -> Result<Field, String> {
    let unknown = || format!("numbers or text of dtype {code:?} are not read");
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
                _ => return Err("it has not one dimension, and only that is a list".into()),
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
        let header = dtype.header(3);
        assert_eq!(header.len(), 128);
        assert!(
            header.starts_with(b"\x93NUMPY\x01\x00v\x00{'descr': [('f0', '<f8'), ('f1', '|S20'), ")
        );
        assert!(header.ends_with(b" \n"));
        let read = Header::read(&mut &header[..]).unwrap();
        assert_eq!((read.dtype, read.rows), (dtype, 3));
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
