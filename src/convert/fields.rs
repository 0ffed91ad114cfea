//! The fields of records, found in a pass over them before they are converted.

use crate::schema::{Cell, Finder, Fit, Misfit, Schema};

use super::{Error, Source, read_through};

/// What all records of `source` have in common.
///
/// # Errors
///
/// The first of the source; that of a record that has nothing in common with those
/// before; and if there are no records.
pub(crate) fn find_schema(source: Source, mut finder: Finder) -> Result<Schema, Error> {
    let name = source.input.get_ref().name().to_owned();
    let mut records = 0;
    read_through(source, &mut |record| {
        records += 1;
        let added = finder.add(&record);
        added.map_err(|misfit| Error::misfit(&name, records, &misfit))?;
        Ok(true)
    })?;
    finder.finish().ok_or(Error::NoRecords { name })
}

/// `fit`, knowing how many records of `source` there are, and how wide their values.
///
/// # Errors
///
/// The first of the source, or of a record that does not fit.
pub(crate) fn with_sizes(source: Source, mut fit: Fit) -> Result<Fit, Error> {
    let name = source.input.get_ref().name().to_owned();
    let mut records = 0;
    let mut widths = vec![0; fit.schema().fields.len()];
    read_through(source, &mut |record| {
        records += 1;
        let fits = fit.cells::<Misfit>(&record, &mut |at, cell| {
            let width = match &cell {
                Cell::Text(text) => text.chars().count(),
                Cell::Bytes(bytes) => bytes.len(),
                _ => 0,
            };
            widths[at] = widths[at].max(width as u64);
            Ok(())
        });
        fits.map_err(|misfit| Error::misfit(&name, records, &misfit))?;
        Ok(true)
    })?;
    fit.set_sizes(records, &widths);
    Ok(fit)
}
