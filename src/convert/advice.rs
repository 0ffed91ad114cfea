//! What to do about an error of the pickle reader, in words of the command: the
//! library knows limits and policies, but no flags.

use std::error::Error as StdError;

use picklestream::pickle::{Error, ErrorKind, PickleLimits, Refused};
use plainfigures::thousands;

use crate::formats::{Choice, Damage, DamageKind, Unfit};
use crate::schema::{Misfit, Remedy};

use super::any_of;

/// What a person reads of an error that is about the input, and not about the
/// format that it is in; `None` of all others. Each command that reads has the
/// flags.
pub(crate) fn told_of_input(error: &(dyn StdError + 'static)) -> Option<String> {
    if let Some(damage) = Damage::of(error) {
        return Some(match damage.kind {
            DamageKind::Expands(_) => {
                format!("{damage}; if you trust the file, raise --expand-limit")
            }
            _ => damage.to_string(),
        });
    }
    let unfit = Unfit::of(error)?;
    Some(match unfit {
        Unfit::Archive(_) | Unfit::NoEntry(..) => {
            format!("{unfit}\nsay which one to read: --entry NAME")
        }
        Unfit::NoArchive => format!("{unfit}; --entry is for these"),
        _ => unfit.to_string(),
    })
}

/// The error as a person reads it.
pub(crate) fn told(error: &Error) -> String {
    if let Some(told) = told_of_input(error) {
        return told;
    }
    match error.kind() {
        ErrorKind::Refused(name) => {
            let at = error.offset().map(|offset| format!(" at byte {offset}"));
            let at = at.unwrap_or_default();
            match container(name) {
                Some(what) => format!("refused: {name}{at}: {what}"),
                None => {
                    format!("refused: {name}{at}: picklebench reads data, it does not run code")
                }
            }
        }
        ErrorKind::NotKept(id) => not_kept(*id, "with a larger memo budget"),
        _ => error.to_string(),
    }
}

/// The way out where a record holds objects that are not known.
pub(super) const SAY_OBJECTS: &str = "; say --objects fields to have what is in such objects, \
     null to have null in their place, or skip to leave out the records that hold one";

/// The way out where a table has columns that are not read.
pub(super) const SKIP_COLUMNS: &str =
    ", is of a kind that is not read; say --objects skip to leave it out";

/// How often a name is in a pickle, and where first.
pub(crate) fn told_place(name: &str, count: u64, offset: u64) -> String {
    match count {
        0 | 1 => format!("{name} at byte {offset}"),
        _ => format!("{name}, {} times, first at byte {offset}", thousands(count)),
    }
}

/// What is refused, how often, and where first.
pub(super) fn told_of_refused(refused: &Refused) -> String {
    let place = told_place(&refused.name, refused.count, refused.offset);
    let why = container(&refused.name).unwrap_or("picklebench reads data, it does not run code");
    format!("refused: {place}: {why}")
}

/// Why a record has no form in a format, and which flag gives it one, where the
/// format names one of its choices.
pub(crate) fn told_of_form(why: &str, choices: &[Choice]) -> String {
    let named = |choice: &&Choice| why.contains(&format!("(choice `{}`)", choice.name));
    match choices.iter().find(named) {
        Some(Choice { name, values, .. }) => {
            let why = why.replace(&format!(" (choice `{name}`)"), "");
            format!("{why}; or say --{name} {}", any_of(values))
        }
        None => why.to_owned(),
    }
}

/// Why a record is no row of a table, and which flag makes it one.
pub(super) fn told_of_misfit(misfit: &Misfit) -> String {
    let way_out = match misfit.remedy {
        Remedy::Shape => "--to json-lines or text takes records of any shape",
        Remedy::Schema => "change the schema",
        Remedy::Null => "say --unfit null to have null in its place",
        Remedy::Text => "say --unfit text to have the field as text",
        Remedy::TextOrNested => {
            "say --unfit text to have the field as text, or --to parquet, arrow-ipc or avro, whose \
             fields hold lists and dicts"
        }
        Remedy::NullOrText => {
            "say --unfit null to have null in its place, or --unfit text to have the field as text"
        }
    };
    format!("{misfit}; {way_out}")
}

fn not_kept(id: u32, remedy: &str) -> String {
    format!(
        "memo id {id} was not kept; read from a file, or {remedy}, which keeps objects that \
         cannot change, of up to 1/256 of it each"
    )
}

/// What to say of a limit that was met in an input of `length` bytes which could
/// not hold so much: a length that was read is wrong, or the end is missing.
/// `None` of all else.
pub(crate) fn told_of_end(error: &Error, length: Option<u64>) -> Option<String> {
    let ErrorKind::Limit { name, value } = error.kind() else {
        return None;
    };
    let is_length = matches!(*name, "item_bytes" | "integer_digits" | "line_bytes");
    let most = error.offset()?.saturating_add(*value);
    (is_length && most >= length?).then(|| {
        let end = length.unwrap_or_default();
        format!("the input ends at byte {end}, before the pickle does: is the file cut short?")
    })
}

/// Whether an error is that of a pickle that may have been damaged.
pub(crate) fn is_damage(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Malformed(_) | ErrorKind::Truncated)
}

/// What a file is, of which a pickle that names this class is only a part.
pub(crate) fn container(class: &str) -> Option<&'static str> {
    Some(match class {
        "joblib.numpy_pickle.NumpyArrayWrapper" => {
            "a joblib file, in which the bytes of arrays lie between the parts of the pickle, the \
             first of them so late that it was not taken for one: give it a name that ends in \
             .joblib"
        }
        "joblib.numpy_pickle.NDArrayWrapper" | "joblib.numpy_pickle.ZNDArrayWrapper" => {
            "a file of an old joblib, whose arrays lie in files beside it (_01.npy, _02.npy, ...), \
             which numpy.load reads; or load it with joblib, and pickle what you need"
        }
        _ => return None,
    })
}

/// The same, and which flag raises the limit that was met: for a command that
/// has a flag for each of [`PickleLimits`].
pub(crate) fn told_with_flags(error: &Error) -> String {
    let told = told(error);
    match error.kind() {
        ErrorKind::NotKept(id) => not_kept(*id, "raise --memo-budget"),
        ErrorKind::Limit { name: "depth", .. } => format!(
            "{told}; --depth may be {} at most, since each level takes stack",
            PickleLimits::MAX_DEPTH
        ),
        ErrorKind::Limit {
            name: "batch_bytes",
            ..
        } => format!(
            "{told}; if you trust the file, raise --batch-bytes; if it is one large record, \
             --items or --path make records of what is in it"
        ),
        ErrorKind::Limit { name, .. } => {
            let flag = name.replace('_', "-");
            format!("{told}; if you trust the file, raise --{flag}")
        }
        _ => told,
    }
}
