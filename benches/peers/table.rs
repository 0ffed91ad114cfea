//! The figures as lines for a terminal and as the tables of `docs/performance.md`.

use std::collections::BTreeMap;
use std::fmt::Write;

use picklebench::dataset::Shape;

use super::measure::Measure;

/// One measure of one shape under one protocol.
pub struct Row {
    /// What was measured.
    pub measure: Measure,
    /// Of which records.
    pub shape: Shape,
    /// Under which protocol; of text it says nothing.
    pub protocol: u8,
    /// What came out; or why nothing did.
    pub found: Result<Found, String>,
}

/// Ratios of several rounds, and our own time.
pub struct Found {
    /// The middle of the ratios of our time to the peer's.
    pub ratio: f64,
    /// The least of them.
    pub least: f64,
    /// The most of them.
    pub most: f64,
    /// Our own time for a record, in nanoseconds.
    pub nanoseconds: f64,
}

impl Row {
    /// The name of the bench.
    pub fn name(&self) -> String {
        name(self.measure, self.shape, self.protocol)
    }

    fn is_missed(&self) -> bool {
        let target = self.measure.target(self.shape, self.protocol);
        match (&self.found, target) {
            (Ok(found), Some(target)) => digits(found.ratio) > digits(target),
            _ => false,
        }
    }

    /// For a terminal.
    pub fn line(&self) -> String {
        let name = self.name();
        match &self.found {
            Err(why) => format!("{name:<70} -  {why}"),
            Ok(found) => {
                let target = self.measure.target(self.shape, self.protocol);
                let target = target.map_or(String::new(), |target| format!("  wanted {target}"));
                format!(
                    "{name:<70} {:.3} ({:.3} to {:.3})  {:6.0} ns a record{target}{}",
                    found.ratio,
                    found.least,
                    found.most,
                    found.nanoseconds,
                    if self.is_missed() { "  MISSED" } else { "" },
                )
            }
        }
    }

    fn cell(&self) -> String {
        match &self.found {
            Err(_) => "–".to_owned(),
            Ok(found) => {
                let mark = if self.is_missed() { "**" } else { "" };
                let [ratio, least, most] =
                    [found.ratio, found.least, found.most].map(|ratio| format!("{ratio:.2}"));
                format!("{mark}{ratio}{mark} ({least}–{most})")
            }
        }
    }
}

/// As a reader sees it: two digits after the point.
fn digits(ratio: f64) -> i64 {
    (ratio * 100.0).round() as i64
}

/// The name of a bench.
pub fn name(measure: Measure, shape: Shape, protocol: u8) -> String {
    let records = match measure.is_about_text() {
        true => shape.to_string(),
        false => format!("{shape}/protocol-{protocol}"),
    };
    format!("peers/{records}/{}", measure.name())
}

/// The tables of the page: one for each measure.
pub fn tables(rows: &[Row]) -> String {
    let mut text = String::new();
    for measure in Measure::ALL {
        let of_measure: Vec<&Row> = rows.iter().filter(|row| row.measure == measure).collect();
        if !of_measure.is_empty() {
            table(&mut text, measure, &of_measure).expect("a string takes all text");
        }
    }
    text
}

fn table(text: &mut String, measure: Measure, rows: &[&Row]) -> std::fmt::Result {
    writeln!(text, "### {}\n", measure.title())?;
    let protocols = measure.protocols();
    write!(text, "| records |")?;
    for protocol in protocols {
        match measure.is_about_text() {
            true => write!(text, " ratio |")?,
            false => write!(text, " protocol {protocol} |")?,
        }
    }
    writeln!(text, " to reach |")?;
    writeln!(text, "|---|{}---|", "---|".repeat(protocols.len()))?;
    let mut notes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for shape in Shape::ALL {
        let of_shape: Vec<&&Row> = rows.iter().filter(|row| row.shape == shape).collect();
        if of_shape.iter().all(|row| row.found.is_err()) {
            if let Some(Err(why)) = of_shape.first().map(|row| &row.found) {
                notes.entry(why).or_default().push(shape.name());
            }
            continue;
        }
        write!(text, "| {shape} |")?;
        for protocol in protocols {
            let row = of_shape.iter().find(|row| row.protocol == *protocol);
            write!(text, " {} |", row.map_or("–".to_owned(), |row| row.cell()))?;
        }
        writeln!(text, " {} |", targets(measure, shape))?;
    }
    if !notes.is_empty() {
        let notes = notes.iter();
        let notes = notes.map(|(why, shapes)| format!("{} ({why})", shapes.join(", ")));
        let notes: Vec<String> = notes.collect();
        writeln!(text, "\nNot measured: {}.", notes.join("; "))?;
    }
    writeln!(text)
}

/// What is to be reached, once for protocols that have the same.
fn targets(measure: Measure, shape: Shape) -> String {
    let each = measure.protocols().iter();
    let mut all: Vec<String> = each
        .map(|protocol| {
            let target = measure.target(shape, *protocol);
            target.map_or("–".to_owned(), |target| format!("{target}"))
        })
        .collect();
    all.dedup();
    all.join(", ")
}
