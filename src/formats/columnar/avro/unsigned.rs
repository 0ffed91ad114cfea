//! Ints of a record that the crate reads as the bytes they are.

use apache_avro::Schema;
use apache_avro::schema::Name;
use picklestream::value::Value;

use super::schema::U64;

/// Where in a value there are such ints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unsigned {
    /// Nowhere.
    Nowhere,
    /// It is one, if it is there.
    Itself,
    /// In every item of a list, or every value of a map.
    Items(Box<Unsigned>),
    /// In some fields of a record, by their places.
    Fields(Vec<(usize, Unsigned)>),
}

impl Unsigned {
    /// Those of a schema that was [checked](super::schema::check): no record in it holds
    /// itself.
    pub(super) fn of(schema: &Schema) -> Unsigned {
        Known(Vec::new()).look_at(schema)
    }

    /// The value with ints for them.
    pub(super) fn read(&self, mut value: Value) -> Value {
        self.read_in(&mut value);
        value
    }

    fn read_in(&self, value: &mut Value) {
        match (self, value) {
            (Unsigned::Itself, value) => {
                if let Value::Bytes(bytes) = value
                    && let Ok(bytes) = bytes.as_slice().try_into()
                {
                    *value = Value::Int(u64::from_le_bytes(bytes).into());
                }
            }
            (Unsigned::Items(of_item), Value::List(items)) => {
                items.iter_mut().for_each(|item| of_item.read_in(item));
            }
            (Unsigned::Items(of_value), Value::Dict(pairs)) => {
                let values = pairs.iter_mut().map(|(_, value)| value);
                values.for_each(|value| of_value.read_in(value));
            }
            (Unsigned::Fields(fields), value) => {
                for (at, of_field) in fields {
                    let field = match value {
                        Value::Dict(pairs) => pairs.get_mut(*at).map(|(_, value)| value),
                        Value::List(items) => items.get_mut(*at),
                        _ => None,
                    };
                    if let Some(field) = field {
                        of_field.read_in(field);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Records that a schema has named so far.
struct Known<'s>(Vec<(&'s Name, Unsigned)>);

impl<'s> Known<'s> {
    fn look_at(&mut self, schema: &'s Schema) -> Unsigned {
        match schema {
            Schema::Fixed(fixed) if fixed.name.as_ref() == U64 => Unsigned::Itself,
            Schema::Ref { name } if name.as_ref() == U64 => Unsigned::Itself,
            Schema::Ref { name } => {
                let known = self.0.iter().find(|(known, _)| *known == name);
                known.map_or(Unsigned::Nowhere, |(_, found)| found.clone())
            }
            Schema::Array(array) => self.items(&array.items),
            Schema::Map(map) => self.items(&map.types),
            Schema::Record(record) => {
                let fields = record.fields.iter().enumerate();
                let fields = fields.map(|(at, field)| (at, self.look_at(&field.schema)));
                let fields: Vec<_> = fields
                    .filter(|(_, found)| *found != Unsigned::Nowhere)
                    .collect();
                let found = match fields.is_empty() {
                    true => Unsigned::Nowhere,
                    false => Unsigned::Fields(fields),
                };
                self.0.push((&record.name, found.clone()));
                found
            }
            Schema::Union(union) => {
                let variants = union.variants().iter();
                let found: Vec<_> = variants
                    .filter(|variant| !matches!(variant, Schema::Null))
                    .map(|variant| self.look_at(variant))
                    .collect();
                match &found[..] {
                    [only] => only.clone(),
                    // Of several records, nothing tells which one it is.
                    several if several.contains(&Unsigned::Itself) => Unsigned::Itself,
                    _ => Unsigned::Nowhere,
                }
            }
            _ => Unsigned::Nowhere,
        }
    }

    fn items(&mut self, items: &'s Schema) -> Unsigned {
        match self.look_at(items) {
            Unsigned::Nowhere => Unsigned::Nowhere,
            found => Unsigned::Items(Box::new(found)),
        }
    }
}
