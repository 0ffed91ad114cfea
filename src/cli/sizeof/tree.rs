//! Which part takes how much, as a table.

use plainfigures::{Align, Table, format_bytes, shorten, thousands, visible};
use pysizeof::{Build, Part, Parts, Sizing};

use super::part_path::PartPath;
use super::table::version;
use super::words;

/// Rows of a table.
const MOST_ROWS: usize = 200;

/// Parts that take less than one in so many of the whole are not shown by themselves.
const SMALL: u64 = 200;

/// Columns of a path.
const PATH_WIDTH: usize = 60;

/// The tree for people, a line for each part: those that take most come first.
pub(super) fn tree(sizing: &Sizing, parts: &Parts, depth: usize, build: Build) -> String {
    let total = sizing.total().of(build);
    let mut rows = Rows {
        table: Table::new([Align::Right, Align::Right, Align::Left, Align::Left]),
        count: 0,
        build,
        total,
        depth,
        is_merged: false,
    };
    rows.add([
        version(build).to_owned(),
        "%".to_owned(),
        "part".to_owned(),
        "what, with all below it".to_owned(),
    ]);
    rows.add_part(parts.root(), &PartPath::root(), 0);
    let elsewhere = parts.elsewhere().of(build);
    if elsewhere > 0 {
        rows.add_bytes(elsewhere, "–", words::ELSEWHERE);
    }
    let mut text = rows.table.to_string();
    text.push('\n');
    if rows.count > MOST_ROWS {
        text.push_str("more parts: --depth N shows fewer levels\n");
    }
    if rows.is_merged {
        text.push_str(
            "there are more different parts than are told apart: the smallest are merged\n",
        );
    }
    text.push_str("each object once, where it occurs first; --python 3.8 shows another version\n");
    if sizing.is_at_least() {
        text.push_str("at least, for some are not known\n");
    }
    text
}

struct Rows {
    table: Table,
    count: usize,
    build: Build,
    total: u64,
    depth: usize,
    is_merged: bool,
}

impl Rows {
    fn add(&mut self, cells: [String; 4]) {
        self.count += 1;
        self.table.row(cells.map(|cell| visible(&cell)));
    }

    fn add_bytes(&mut self, bytes: u64, path: &str, what: &str) {
        let share = 100.0 * bytes as f64 / self.total.max(1) as f64;
        self.add([
            format_bytes(bytes),
            format!("{share:.1}"),
            shorten(path, PATH_WIDTH),
            what.to_owned(),
        ]);
    }

    fn add_part(&mut self, part: &Part, path: &PartPath, level: usize) {
        if self.count > MOST_ROWS {
            return;
        }
        let indent = "  ".repeat(level.min(12));
        let shown = format!("{indent}{}", path.shown());
        self.add_bytes(
            part.bytes().of(self.build),
            &shown,
            &words::what(part, self.build),
        );
        self.is_merged |= part.is_merged();
        if level >= self.depth {
            return;
        }
        let mut parts: Vec<&Part> = part.parts().iter().collect();
        parts.sort_by_key(|part| std::cmp::Reverse(part.bytes().of(self.build)));
        let is_shown = |part: &&&Part| part.bytes().of(self.build) >= self.total / SMALL;
        let shown = parts.iter().take_while(is_shown).count();
        // One line more is no more than a line that tells of one.
        let shown = if shown + 1 == parts.len() {
            parts.len()
        } else {
            shown
        };
        let own = part.own_bytes().of(self.build);
        let mut is_own_shown = parts.is_empty() || own < self.total / SMALL;
        for part in &parts[..shown] {
            if !is_own_shown && own > part.bytes().of(self.build) {
                self.add_bytes(own, &format!("{indent}  (itself)"), words::ITSELF);
                is_own_shown = true;
            }
            self.add_part(part, &path.to(part), level + 1);
        }
        if !is_own_shown {
            self.add_bytes(own, &format!("{indent}  (itself)"), words::ITSELF);
        }
        let rest = &parts[shown..];
        if !rest.is_empty() && self.count <= MOST_ROWS {
            let bytes = rest.iter().map(|part| part.bytes().of(self.build)).sum();
            let what = format!("{} smaller parts", thousands(rest.len() as u64));
            self.add_bytes(bytes, &format!("{indent}  …"), &what);
        }
    }
}
