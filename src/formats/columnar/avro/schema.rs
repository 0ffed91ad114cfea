//! The schema of a file: what is asked of one that comes from anybody.

use apache_avro::Schema;
use apache_avro::schema::{DecimalSchema, InnerDecimalSchema, Name, UuidSchema};

use crate::formats::Error;

/// The attribute by which the crate knows a record that is a tuple.
pub(super) const TUPLE: &str = "org.apache.avro.rust.tuple";

/// What the crate calls eight bytes that are an int from 0 to 2**64 - 1, little-endian:
/// Avro itself has no type for them.
pub(super) const U64: &str = "org.apache.avro.rust.u64";

/// A schema with more parts than this, each named one counted as often as it is used,
/// is none that anybody wrote: four for each field that a table has at most.
const MOST_PARTS: usize = 16_384;

/// No value of a fixed size is larger, in bytes.
const MOST_FIXED_BYTES: usize = 1 << 20;

/// An error unless the records of a schema take memory in proportion to their bytes:
/// no type holds itself, no list is of what takes no bytes, no size is absurd.
///
/// # Errors
///
/// If they might not.
pub(super) fn check(schema: &Schema) -> Result<(), Error> {
    let mut walk = Walk {
        known: Vec::new(),
        open: Vec::new(),
        parts: 0,
    };
    match walk.takes_bytes(schema)? {
        true => Ok(()),
        false => Err("its records take no bytes, so that there may be any number".into()),
    }
}

/// A way through a schema, whose named parts are looked into where they are used.
struct Walk<'s> {
    known: Vec<(&'s Name, &'s Schema)>,
    /// Those that are being looked into.
    open: Vec<&'s Name>,
    parts: usize,
}

impl<'s> Walk<'s> {
    /// Whether a value takes at least a byte.
    fn takes_bytes(&mut self, schema: &'s Schema) -> Result<bool, Error> {
        self.parts += 1;
        if self.parts > MOST_PARTS {
            return Err("its schema has too many parts".into());
        }
        match schema {
            Schema::Null => Ok(false),
            Schema::Array(array) => self.items(&array.items),
            Schema::Map(map) => {
                self.takes_bytes(&map.types)?;
                Ok(true)
            }
            Schema::Union(union) => {
                for variant in union.variants() {
                    self.takes_bytes(variant)?;
                }
                Ok(true)
            }
            Schema::Record(record) => {
                self.know(&record.name, schema);
                if self.open.contains(&&record.name) {
                    return Err("a record of its schema holds records like itself".into());
                }
                if self.parts > 1 && is_one_tuple(schema) {
                    // The crate would read it as itself again, until there is no stack.
                    return Err("its schema has a tuple of one item within a record".into());
                }
                self.open.push(&record.name);
                let mut takes = false;
                for field in &record.fields {
                    takes |= self.takes_bytes(&field.schema)?;
                }
                self.open.pop();
                Ok(takes)
            }
            Schema::Enum(it) => {
                self.know(&it.name, schema);
                Ok(true)
            }
            Schema::Fixed(fixed)
            | Schema::Duration(fixed)
            | Schema::Uuid(UuidSchema::Fixed(fixed))
            | Schema::Decimal(DecimalSchema {
                inner: InnerDecimalSchema::Fixed(fixed),
                ..
            }) => {
                self.know(&fixed.name, schema);
                match fixed.size <= MOST_FIXED_BYTES {
                    true => Ok(fixed.size > 0),
                    false => Err(format!("values of {} bytes each", fixed.size).into()),
                }
            }
            Schema::Ref { name } => {
                let known = self.known.iter().find(|(known, _)| *known == name);
                match known.map(|(_, schema)| *schema) {
                    Some(schema) => self.takes_bytes(schema),
                    None => Err(format!("its schema does not say what {name:?} is").into()),
                }
            }
            _ => Ok(true),
        }
    }

    fn items(&mut self, items: &'s Schema) -> Result<bool, Error> {
        match self.takes_bytes(items)? {
            true => Ok(true),
            false => Err("a list in its schema is of what takes no bytes".into()),
        }
    }

    fn know(&mut self, name: &'s Name, schema: &'s Schema) {
        if !self.known.iter().any(|(known, _)| *known == name) {
            self.known.push((name, schema));
        }
    }
}

/// Whether a record is a tuple of one item, which the crate reads for ever where it is
/// not told what to expect.
pub(super) fn is_one_tuple(schema: &Schema) -> bool {
    match schema {
        Schema::Record(record) => {
            record.fields.len() == 1 && record.attributes.get(TUPLE) == Some(&true.into())
        }
        _ => false,
    }
}
