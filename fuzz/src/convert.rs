//! A file of any format, as `picklebench convert` reads it.

use std::fs::File;

use picklebench::formats::Formats;
use picklebench::{convert_file, formats};

use crate::scratch;

/// More than any seed comes to.
const MOST_BYTES: u64 = 1 << 20;

/// Any bytes as a file of records, into each format that holds any record. What
/// becomes text is text for good: the same once more, also by way of a pickle.
pub fn convert(bytes: &[u8]) -> String {
    let formats = Formats::built_in();
    let input = scratch::take(bytes);
    let mut all = Vec::new();
    for to in ["json-lines", "pickle", "text"] {
        all.push(match converted(&input, None, to, &formats) {
            Err(error) => error.to_string(),
            Ok(output) => {
                if to == "text" {
                    check_text(&output, &formats);
                }
                scratch::put(output);
                to.to_owned()
            }
        });
    }
    scratch::put(input);
    all.join(", ")
}

fn converted(
    input: &File,
    from: Option<&str>,
    to: &str,
    formats: &Formats,
) -> Result<File, formats::Error> {
    let output = scratch::take(b"");
    let done = convert_file(
        input,
        from,
        scratch::again(&output),
        to,
        MOST_BYTES,
        formats,
    );
    match done {
        Ok(_) => Ok(output),
        Err(error) => {
            scratch::put(output);
            Err(error)
        }
    }
}

/// The text that a file was converted to stays what it is, where it can be read: the
/// repr of an object is no literal.
fn check_text(text: &File, formats: &Formats) {
    let before = scratch::content(text);
    if before.is_empty() {
        return;
    }
    let Ok(pickle) = converted(text, Some("text"), "pickle", formats) else {
        return;
    };
    let again = converted(&pickle, Some("pickle"), "text", formats).expect("which becomes text");
    assert_eq!(scratch::content(&again), before);
    scratch::put(pickle);
    scratch::put(again);
}
