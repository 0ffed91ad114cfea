//! The runs that the report's tests render. See `tests/fixtures/make-runs.py`
//! and `make-tutorial.py`.

pub mod many;

use picklebench::results::{Run, Tutorial};
use picklebench::tutorial::{claims::claims, then};

/// A whole run, all well but for what serde-pickle cannot do.
pub fn run() -> Run {
    parse(include_str!("../../fixtures/run.json"))
}

/// A run in which most things went wrong, with hostile names.
pub fn troubled() -> Run {
    parse(include_str!("../../fixtures/troubled.json"))
}

/// The whole run, with the tutorial's section.
pub fn with_tutorial() -> Run {
    add_tutorial(run(), include_str!("../../fixtures/tutorial.json"))
}

/// The troubled run, with a section of hostile names and of failures.
pub fn with_troubled_tutorial() -> Run {
    add_tutorial(
        troubled(),
        include_str!("../../fixtures/tutorial-troubled.json"),
    )
}

/// As `picklebench tutorial` does it.
fn add_tutorial(mut run: Run, section: &str) -> Run {
    let mut tutorial: Tutorial = serde_json::from_str(section).expect("the section's shape");
    tutorial.claims = claims(&tutorial);
    tutorial.profiles.splice(0..0, then::profiles());
    run.tutorial = Some(tutorial);
    run
}

fn parse(text: &str) -> Run {
    serde_json::from_str(text).expect("the fixture has the shape of run.json")
}

/// The section of a page with this anchor.
pub fn section<'a>(page: &'a str, id: &str) -> &'a str {
    let start = page
        .find(&format!("<section id=\"{id}\""))
        .expect("a section");
    let end = page[start..].find("</section>").expect("closed");
    &page[start..start + end]
}

/// An opening or closing tag.
pub struct Tag<'a> {
    /// Where it begins.
    pub at: usize,
    /// Its element.
    pub name: &'a str,
    /// Whether it is a closing tag.
    pub closes: bool,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// The value of an attribute, still escaped.
    pub fn attribute(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.attributes;
        loop {
            let (_, after) = rest.split_once(char::is_whitespace)?;
            rest = after.trim_start();
            let key = rest.split(['=', ' ']).next()?;
            if let Some(value) = rest[key.len()..].strip_prefix("=\"") {
                let end = value.find('"').expect("a closed value");
                if key == name {
                    return Some(&value[..end]);
                }
                rest = &value[end + 1..];
            } else if key == name {
                return Some("");
            }
        }
    }

    /// Whether HTML closes it by itself.
    pub fn is_void(&self) -> bool {
        matches!(
            self.name,
            "meta" | "wbr" | "br" | "hr" | "input" | "link" | "img" | "!DOCTYPE"
        )
    }
}

/// All tags of markup that maud wrote: values are quoted, `<` in text is
/// escaped. What is between `<script>` or `<style>` and its end is skipped.
pub fn tags(markup: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(offset) = markup[at..].find('<') {
        let start = at + offset;
        let mut quoted = false;
        let length = markup[start..]
            .find(|char| {
                quoted ^= char == '"';
                char == '>' && !quoted
            })
            .expect("a closed tag");
        let inside = &markup[start + 1..start + length];
        let closes = inside.starts_with('/');
        let inside = inside.trim_start_matches('/');
        let name = inside.split_whitespace().next().expect("a name");
        at = start + length + 1;
        if matches!(name, "script" | "style") && !closes {
            let end = format!("</{name}>");
            at += markup[at..].find(&end).expect("a closed element");
        }
        tags.push(Tag {
            at: start,
            name,
            closes,
            attributes: &inside[name.len()..],
        });
    }
    tags
}
