//! What to do about an error of the pickle reader, in words of the command: the
//! library knows limits and policies, but no flags.

use std::error::Error as StdError;

use picklestream::pickle::{Error, ErrorKind, PickleLimits};

use crate::formats::{Damage, DamageKind, Unfit};

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
            format!("refused: {name}{at}: picklebench reads data, it does not run code")
        }
        ErrorKind::NotKept(id) => not_kept(*id, "with a larger memo budget"),
        _ => error.to_string(),
    }
}

fn not_kept(id: u32, remedy: &str) -> String {
    format!(
        "memo id {id} was not kept; read from a file, or {remedy}, which keeps objects that \
         cannot change, of up to 1/256 of it each"
    )
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
        ErrorKind::Limit { name, .. } => {
            let flag = name.replace('_', "-");
            format!("{told}; if you trust the file, raise --{flag}")
        }
        _ => told,
    }
}
