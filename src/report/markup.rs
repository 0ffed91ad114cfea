//! Text from a run in GitHub's Markdown, where it must not become markup.

use std::fmt::Write as _;

use plainfigures::visible;

/// A name as code, whatever is in it.
pub(crate) fn code(name: &str) -> String {
    let plain = |char: char| char.is_ascii_alphanumeric() || "/-_. ".contains(char);
    if !name.is_empty() && name.trim() == name && name.chars().all(plain) {
        format!("`{name}`")
    } else {
        format!("<code>{}</code>", text(name))
    }
}

/// Running text in which nothing is markup: no link, no mention, no cell, no
/// element. Characters that reorder a line or drive a terminal are shown as �.
pub(crate) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in visible(text).chars() {
        match char {
            // A character reference is never markup.
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&'
            | '!' | '$' => {
                let _ = write!(out, "&#{};", u32::from(char));
            }
            // GitHub looks for mentions after it has resolved references, so
            // the name is parted from its sign.
            '@' => out.push_str("@\u{200b}"),
            _ => out.push(char),
        }
    }
    // An address becomes a link by itself.
    out.replace("://", "&#58;//").replace("www.", "www&#46;")
}

#[cfg(test)]
mod tests {
    use super::{code, text};

    #[test]
    fn nothing_is_markup() {
        assert_eq!(code("read/serde-pickle/own-3"), "`read/serde-pickle/own-3`");
        assert_eq!(code("a|b"), "<code>a&#124;b</code>");
        assert_eq!(code("a`b"), "<code>a&#96;b</code>");
        assert_eq!(code(""), "<code></code>");
        assert_eq!(text("<script>"), "&#60;script&#62;");
        assert_eq!(text("[x](http://y)"), "&#91;x&#93;(http&#58;//y)");
        assert_eq!(text("@all"), "@\u{200b}all");
        assert_eq!(text("two\nlines"), "two\u{fffd}lines");
    }
}
