//! Compression around another format, as `json-lines+gzip`: one format for each
//! pair that is listed, and one file for all.
//!
//! The format in it writes to an [`Output`] whose blocks are packed on their way to
//! the file's own, and reads what `input` unpacks. So there are two buffers, the
//! plain data's and the packed data's, and what the compression itself holds.

use std::io;

use flate2::Compression as Level;
use flate2::write::GzEncoder;
use lz4_flex::frame::FrameEncoder;

use picklestream::known::Form;

use crate::dataset::RecordKind;
use crate::results::Operation;

use super::about::About;
use super::compiled::{Compiled, FileFormat};
use super::output::Pack;
use super::{
    Chosen, Codec, Error, Expansion, Format, Given, Input, Loaded, MadeBy, Output, ReadLimits,
    Support, Take,
};

/// A format in a compression.
#[derive(Debug)]
pub(super) struct Packed {
    /// Such as `json-lines+gzip`.
    pub(super) name: &'static str,
    /// Such as `jsonl.gz`.
    pub(super) extensions: &'static [&'static str],
    /// What is in it.
    pub(super) inner: &'static dyn FileFormat,
    /// Those of its variants that there are; all of them, if it has none.
    pub(super) variants: Option<&'static [&'static str]>,
    /// How it is packed.
    pub(super) packing: Packing,
}

/// A way to make data smaller, at its own default level.
#[derive(Debug, Clone, Copy)]
pub(super) enum Packing {
    /// Of flate2 with zlib-rs, at level 6.
    Gzip,
    /// Of lz4_flex, in blocks of 64 KiB.
    Lz4,
    /// Of zstd's C library, at this level; its memory is counted. It is read
    /// through ruzstd, as every file is.
    #[cfg(feature = "more-formats")]
    Zstd(i32),
}

impl Packing {
    fn packer(self, output: Output) -> io::Result<Box<dyn Pack>> {
        Ok(match self {
            Packing::Gzip => Box::new(GzEncoder::new(output, Level::default())),
            Packing::Lz4 => Box::new(FrameEncoder::new(output)),
            #[cfg(feature = "more-formats")]
            Packing::Zstd(level) => Box::new(zstd::Encoder::new(output, level)?),
        })
    }
}

impl Pack for GzEncoder<Output> {
    fn finish(self: Box<Self>) -> io::Result<Output> {
        GzEncoder::finish(*self)
    }
}

impl Pack for FrameEncoder<Output> {
    fn finish(self: Box<Self>) -> io::Result<Output> {
        Ok(FrameEncoder::finish(*self)?)
    }
}

#[cfg(feature = "more-formats")]
impl Pack for zstd::Encoder<'static, Output> {
    fn finish(self: Box<Self>) -> io::Result<Output> {
        zstd::Encoder::finish(*self)
    }
}

impl Format for Packed {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> About {
        About {
            holds: match self.packing {
                Packing::Gzip => {
                    "the tables and the window of 32 KiB of flate2 with zlib-rs, level 6"
                }
                Packing::Lz4 => "blocks of 64 KiB of lz4_flex",
                #[cfg(feature = "more-formats")]
                Packing::Zstd(_) => "the tables and the window of zstd's level; read by ruzstd",
            },
            ..self.inner.about()
        }
    }

    fn keeps_tuples(&self) -> bool {
        self.inner.keeps_tuples()
    }

    fn extensions(&self) -> &'static [&'static str] {
        self.extensions
    }

    fn support(&self, operation: Operation, kind: RecordKind) -> Support {
        match (operation, self.inner.support(operation, kind)) {
            (Operation::MapRead, _) => Support::No("its records are not in the file as they are"),
            // Whatever a compressed file holds is found by its content.
            (operation, _) if kind == RecordKind::Any && !operation.writes() => {
                Support::No("it is read as what is in it")
            }
            (_, Support::No(why)) => Support::No(why),
            (_, _) if kind == RecordKind::Any => Support::Plain,
            _ => self.variants.map_or(Support::Plain, Support::Variants),
        }
    }

    fn is_usual(&self, operation: Operation, _: Option<&str>) -> bool {
        let streams = matches!(operation, Operation::StreamWrite | Operation::StreamRead);
        // One of them shows what a compression adds, and gzip takes its time.
        streams && self.inner.name() == "json-lines"
    }

    fn variant(&self, chosen: &Chosen) -> Option<String> {
        self.inner.variant(chosen)
    }

    fn made_by(&self, variant: Option<&str>) -> MadeBy {
        MadeBy {
            format: self.name,
            variant: self.inner.made_by(variant).variant,
        }
    }

    fn keeps_types(&self) -> bool {
        self.inner.keeps_types()
    }

    fn form(&self) -> Form {
        self.inner.form()
    }
}

impl<T: Compiled> Codec<T> for Packed {
    fn write_records(
        &self,
        variant: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        output.through(
            |output| self.packing.packer(output),
            |plain| T::codec(self.inner).write_records(variant, records, plain),
        )
    }

    fn write_list(
        &self,
        variant: Option<&str>,
        list: &[T],
        output: &mut Output,
    ) -> Result<(), Error> {
        output.through(
            |output| self.packing.packer(output),
            |plain| T::codec(self.inner).write_list(variant, list, plain),
        )
    }

    fn read_records(
        &self,
        variant: Option<&str>,
        input: Input,
        limits: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        T::codec(self.inner).read_records(variant, unpacked(input)?, limits, take)
    }

    fn read_list(&self, variant: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        T::codec(self.inner).read_list(variant, unpacked(input)?)
    }

    fn for_each(
        &self,
        variant: Option<&str>,
        input: Input,
        each: &mut dyn FnMut(T) -> Result<(), Error>,
    ) -> Result<(), Error> {
        T::codec(self.inner).for_each(variant, unpacked(input)?, each)
    }
}

/// What is in a file.
fn unpacked(input: Input) -> Result<Input, Error> {
    let file = input
        .into_inner()
        .look_into(Expansion::default(), |_| false)?;
    match file.compression() {
        Some(_) => Ok(super::input(file)),
        None => Err("it is not compressed".into()),
    }
}
