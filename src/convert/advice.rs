//! What to do about an error of the pickle reader, in words of the command: the
//! library knows limits and policies, but no flags.

use picklestream::pickle::{Error, ErrorKind, PickleLimits};

/// The error as a person reads it.
pub(crate) fn told(error: &Error) -> String {
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
