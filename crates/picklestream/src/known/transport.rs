//! How an object passes through serde: whole between our own codecs; to any other
//! format in its plain form where it is known, and else as a map of its fields.
//!
//! It is a newtype struct of the name [`name::OBJECT`], whose content does not know
//! who asks for it, and therefore counts how often it is asked. Other formats ask
//! once. Our pickles ask twice, for its parts; our literals three times, for
//! Python's notation. [`captured_str`](crate::value::captured_str) asks without
//! taking anything.

use std::cell::Cell;

use serde::ser::{Error, Serialize, Serializer};

use crate::value::{Object, fields, name, parts};

use super::{Form, is_known, read};

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let content = Content {
            object: self,
            asked: Cell::new(0),
        };
        serializer.serialize_newtype_struct(name::OBJECT, &content)
    }
}

struct Content<'a> {
    object: &'a Object,
    asked: Cell<u32>,
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let asked = self.asked.get();
        self.asked.set(asked + 1);
        match asked {
            0 => match read(self.object) {
                Some(known) => known.part(Form::Plain).serialize(serializer),
                None => fields(self.object, serializer),
            },
            1 => parts(self.object, is_known(self.object), serializer),
            _ => match read(self.object) {
                Some(known) => known.part(Form::Python).serialize(serializer),
                None => Err(S::Error::custom(format_args!(
                    "an object of {}, which no literal can hold",
                    self.object.class_name()
                ))),
            },
        }
    }
}
