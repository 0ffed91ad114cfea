//! Objects that are known to be data, as the opcodes that make them.

use std::io::Write;

use serde::ser::Serialize;

use super::encoder::Encoder;
use super::items::Part;
use super::meaning::{Meaning, ValueWriter, refuse};
use crate::pickle::error::{Error, Result};
use crate::pickle::opcodes::opcode as op;
use crate::value::{Receiver, captured_str};

/// Writes an object, part by part: see `value::parts`.
pub(super) struct ObjectWriter<'e, W> {
    encoder: &'e mut Encoder<W>,
    known: bool,
    tag: String,
    module: String,
    name: String,
}

impl<'e, W: Write> ObjectWriter<'e, W> {
    pub(super) fn new(encoder: &'e mut Encoder<W>) -> Self {
        ObjectWriter {
            encoder,
            known: false,
            tag: String::new(),
            module: String::new(),
            name: String::new(),
        }
    }

    fn write<T: Serialize + ?Sized>(&mut self, part: &T, meaning: Meaning) -> Result<()> {
        part.serialize(&mut ValueWriter {
            encoder: &mut *self.encoder,
            meaning,
        })
    }

    /// Only what is known to be data is written, and classes and functions within
    /// what makes such an object.
    fn check(&self) -> Result<()> {
        let is_part = self.tag == "global" && self.encoder.within_known > 0;
        if self.known || is_part {
            return Ok(());
        }
        let what = match &*self.module {
            "" => "an object that is made by code".to_owned(),
            module => format!("an object of {module}.{}", self.name),
        };
        Err(refuse(&format!("{what}, which is not written")))
    }

    /// What comes before the arguments.
    fn begin(&mut self) -> Result<()> {
        match &*self.tag {
            "new" if self.encoder.protocol < 2 => {
                self.encoder.named_global("copyreg", "__newobj__")
            }
            "new by name" if self.encoder.protocol < 4 => {
                self.encoder.named_global("copyreg", "__newobj_ex__")?;
                self.encoder.begin_tuple(3)?;
                self.encoder.named_global(&self.module, &self.name)
            }
            "call of" => Ok(()),
            _ => self.encoder.named_global(&self.module, &self.name),
        }
    }

    /// The arguments.
    fn arguments<T: Serialize + ?Sized>(&mut self, arguments: &T) -> Result<()> {
        match &*self.tag {
            "global" => Ok(()),
            "new" if self.encoder.protocol < 2 => {
                self.encoder.class = Some((self.module.clone(), self.name.clone()));
                self.write(arguments, Meaning::AfterClass)
            }
            _ => self.write(arguments, Meaning::Plain),
        }
    }

    /// What makes the object of its arguments.
    fn make<T: Serialize + ?Sized>(&mut self, by_name: &T) -> Result<()> {
        let opcode = match (&*self.tag, self.encoder.protocol) {
            ("global", _) => return Ok(()),
            ("new by name", protocol) => {
                self.write(by_name, Meaning::Plain)?;
                if protocol < 4 {
                    self.encoder.end_tuple(3)?;
                    op::REDUCE
                } else {
                    op::NEWOBJ_EX
                }
            }
            ("new", 2..) => op::NEWOBJ,
            _ => op::REDUCE,
        };
        self.encoder.out.put(&[opcode]);
        self.encoder.memoize(None)
    }
}

impl<W: Write> Encoder<W> {
    /// A class or function that the data names.
    pub(super) fn named_global(&mut self, module: &str, name: &str) -> Result<()> {
        self.out.boundary()?;
        if self.protocol >= 4 {
            self.str(module)?;
            self.str(name)?;
            self.out.put(&[op::STACK_GLOBAL]);
            return self.memoize(None);
        }
        if module.contains('\n') || name.contains('\n') {
            return Err(refuse("a name with a line feed in it, before protocol 4"));
        }
        let module = match module {
            "builtins" if self.protocol < 3 => "__builtin__",
            "copyreg" if self.protocol < 3 => "copy_reg",
            module => module,
        };
        for part in [
            &[op::GLOBAL],
            module.as_bytes(),
            b"\n",
            name.as_bytes(),
            b"\n",
        ] {
            self.out.put(part);
        }
        self.memoize(None)
    }
}

impl<W: Write> Receiver for ObjectWriter<'_, W> {
    type Error = Error;

    fn part<T: Serialize + ?Sized>(&mut self, number: usize, part: &T) -> Result<()> {
        let word = || captured_str(part).unwrap_or_default();
        match number {
            0 => self.known = word() == "known",
            1 => self.tag = word(),
            2 => self.module = word(),
            3 => {
                self.name = word();
                self.check()?;
                self.encoder.within_known += 1;
                self.begin()?;
            }
            4 if self.tag == "call of" => self.write(part, Meaning::Plain)?,
            4 => {}
            5 => self.arguments(part)?,
            6 => {
                self.make(part)?;
                self.encoder.within_known -= 1;
            }
            7 => self.write(part, Meaning::Of(Part::Items))?,
            8 => self.write(part, Meaning::Of(Part::Pairs))?,
            _ => self.write(part, Meaning::Of(Part::States))?,
        }
        Ok(())
    }
}
