//! What somebody's records look like: which fields they have, of which types, and how
//! often.

use std::collections::BTreeMap;

use picklestream::value::Value;

use crate::results::{Field, TypeCount};

/// So many fields are told apart; of the others it is said how many there were.
const MOST_FIELDS: usize = 64;

/// Records with more parts than this are lists of something rather than fields of
/// their own.
const MOST_PARTS: usize = 32;

/// A name longer than this is data, not a field's.
const LONGEST_NAME: usize = 64;

/// What was seen of the fields so far, in bounded memory.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    /// Where each stands, in the order in which they came.
    places: BTreeMap<String, usize>,
    seen: Vec<(String, BTreeMap<&'static str, u64>)>,
    left_out: u64,
}

impl Fields {
    /// Looks at a record, one level deep.
    pub(crate) fn add(&mut self, record: &Value) {
        self.count(String::new(), record);
        match record {
            Value::Dict(pairs) => {
                for (key, value) in pairs {
                    match key {
                        Value::Str(name) if name.len() <= LONGEST_NAME => {
                            self.count(
                                picklestream::literal::to_string(name)
                                    .map_or_else(|_| "[…]".to_owned(), |name| format!("[{name}]")),
                                value,
                            );
                        }
                        _ => self.count("[…]".to_owned(), value),
                    }
                }
            }
            Value::Tuple(parts) | Value::List(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    let place = match parts.len() <= MOST_PARTS {
                        true => format!("[{at}]"),
                        false => "[…]".to_owned(),
                    };
                    self.count(place, part);
                }
            }
            _ => {}
        }
    }

    fn count(&mut self, place: String, value: &Value) {
        let at = match self.places.get(&place) {
            Some(at) => *at,
            None if self.seen.len() == MOST_FIELDS => {
                self.left_out += 1;
                return;
            }
            None => {
                self.places.insert(place.clone(), self.seen.len());
                self.seen.push((place, BTreeMap::new()));
                self.seen.len() - 1
            }
        };
        *self.seen[at].1.entry(value.type_name()).or_default() += 1;
    }

    /// The fields in the order in which they came, the record itself first, and how
    /// many values belong to none of them.
    pub(crate) fn finish(self) -> (Vec<Field>, u64) {
        let fields = self.seen.into_iter().map(|(path, types)| {
            let types = types.into_iter();
            let mut types: Vec<TypeCount> = types
                .map(|(name, count)| TypeCount {
                    name: name.to_owned(),
                    count,
                })
                .collect();
            types.sort_by_key(|it| std::cmp::Reverse(it.count));
            Field { path, types }
        });
        (fields.collect(), self.left_out)
    }
}
