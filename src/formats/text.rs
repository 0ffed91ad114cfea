//! `text`: one Python literal a line, as `print(record, file=f)` writes it.

use crate::dataset::Record;
use crate::literal;

use super::gather::gather;
use super::{Error, Format, Input, Loaded, Operation, Output, Support};

/// Python literals, one record a line.
#[derive(Debug, Clone, Copy)]
pub struct Text;

impl<T: Record> Format<T> for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn extension(&self) -> &'static str {
        "txt"
    }

    fn support(&self, _: Operation) -> Support {
        Support::Plain
    }

    fn write(&self, _: Option<&str>, records: &[T], output: &mut Output) -> Result<(), Error> {
        let mut writer = literal::Writer::new(output);
        Ok(records.iter().try_for_each(|record| writer.write(record))?)
    }

    fn read(&self, _: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        let total = input.get_ref().metadata()?.len();
        let records = literal::Records::new(input);
        Ok(Loaded::List(gather(
            records,
            total,
            literal::Records::position,
        )?))
    }

    fn stream_write(
        &self,
        _: Option<&str>,
        records: &mut dyn Iterator<Item = T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let mut writer = literal::Writer::new(output);
        for record in records {
            writer.write(&record)?;
        }
        Ok(())
    }

    fn stream_read(
        &self,
        _: Option<&str>,
        input: Input,
        each: &mut dyn FnMut(T) -> Result<(), Error>,
    ) -> Result<(), Error> {
        literal::Records::new(input).try_for_each(|record| each(record?))
    }
}
