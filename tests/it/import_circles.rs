//! No two files or folders that lie side by side import each other, directly or
//! through others: each can be read, and moved, after those it imports.
//!
//! What is read is text: every path that begins with `crate::` or `super::`,
//! followed through the re-exports of a folder's `mod.rs`. Tests and comments do
//! not count, and neither does what a file takes from the `mod.rs` above it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::Path;

/// Names from the root of the crate on: `["report", "html"]`.
type ModulePath = Vec<String>;

/// A source file, without comments and tests.
struct Source {
    module: ModulePath,
    code: String,
}

/// The files of a crate.
struct Sources(Vec<Source>);

/// Who imports whom in one folder, each with an example.
type Room = BTreeMap<String, BTreeMap<String, String>>;

impl Sources {
    fn read(folder: &Path) -> Self {
        let mut files = Vec::new();
        let mut folders = vec![(folder.to_owned(), ModulePath::new())];
        while let Some((folder, module)) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder of sources") {
                let path = entry.expect("it can be listed").path();
                let stem = path.file_stem().expect("a name").to_string_lossy();
                let mut module = module.clone();
                if !matches!(&*stem, "mod" | "lib" | "main") {
                    module.push(stem.into_owned());
                }
                if path.is_dir() {
                    folders.push((path, module));
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = fs::read_to_string(&path).expect("a source file");
                    files.push((module, text));
                }
            }
        }
        Self::new(files)
    }

    fn new(files: Vec<(ModulePath, String)>) -> Self {
        let sources = files.into_iter().map(|(module, text)| Source {
            module,
            code: without_tests(&without_comments(&text)),
        });
        Self(sources.collect())
    }

    fn has(&self, module: &[String]) -> bool {
        module.is_empty()
            || self
                .0
                .iter()
                .any(|source| source.module.starts_with(module))
    }

    /// What `pub use` in each module makes of its names.
    fn re_exports(&self) -> BTreeMap<(ModulePath, String), ModulePath> {
        let mut found = BTreeMap::new();
        for source in &self.0 {
            for statement in source.code.split(';') {
                let Some(tree) = use_tree(statement) else {
                    continue;
                };
                for (path, name) in expand(tree) {
                    if let Some(target) = self.absolute(&source.module, &path) {
                        found.insert((source.module.clone(), name), target);
                    }
                }
            }
        }
        found
    }

    /// From the crate's root on; `None` for paths into other crates.
    fn absolute(&self, module: &[String], path: &[String]) -> Option<ModulePath> {
        let mut absolute = module.to_vec();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" => {
                absolute.clear();
                rest = &rest[1..];
            }
            "self" => rest = &rest[1..],
            "super" => {}
            first => {
                absolute.push(first.to_owned());
                rest = &rest[1..];
                if !self.has(&absolute) {
                    return None;
                }
            }
        }
        while rest.first().is_some_and(|name| name == "super") {
            absolute.pop()?;
            rest = &rest[1..];
        }
        absolute.extend_from_slice(rest);
        Some(absolute)
    }

    /// The rooms of the crate, by the path of their folder.
    fn rooms(&self) -> BTreeMap<ModulePath, Room> {
        let re_exports = self.re_exports();
        let mut rooms = BTreeMap::<ModulePath, Room>::new();
        for source in &self.0 {
            for path in paths(&source.code) {
                let Some(absolute) = self.absolute(&source.module, &path) else {
                    continue;
                };
                let target = self.module_of(absolute, &re_exports);
                let both = source.module.iter().zip(&target);
                let shared = both.take_while(|(one, other)| one == other).count();
                if let (Some(from), Some(to)) = (source.module.get(shared), target.get(shared)) {
                    let room = rooms.entry(target[..shared].to_vec()).or_default();
                    let imports = room.entry(from.clone()).or_default();
                    let example = || format!("{}: {}", source.module.join("/"), path.join("::"));
                    imports.entry(to.clone()).or_insert_with(example);
                }
            }
        }
        rooms
    }

    /// The module that holds what a path names.
    fn module_of(
        &self,
        mut path: ModulePath,
        re_exports: &BTreeMap<(ModulePath, String), ModulePath>,
    ) -> ModulePath {
        // A chain of re-exports is short; this ends one that bites its tail.
        for _ in 0..8 {
            let depth = (0..=path.len()).rev().find(|&n| self.has(&path[..n]));
            let depth = depth.expect("the root is a module");
            let Some(name) = path.get(depth) else { break };
            let Some(target) = re_exports.get(&(path[..depth].to_vec(), name.clone())) else {
                path.truncate(depth);
                break;
            };
            let rest = path.split_off(depth + 1);
            path.clone_from(target);
            path.extend(rest);
        }
        path
    }

    /// Every circle, as a line of names and an example of each of its imports.
    fn circles(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (folder, room) in self.rooms() {
            let mut told = BTreeSet::new();
            for start in room.keys() {
                let Some(circle) = circle(&room, start) else {
                    continue;
                };
                if !told.insert(circle.iter().cloned().collect::<BTreeSet<_>>()) {
                    continue;
                }
                let next = circle.iter().cycle().skip(1);
                let examples = circle.iter().zip(next).map(|(from, to)| &room[from][to]);
                let examples: String = examples.map(|e| format!("\n    {e}")).collect();
                let names = circle.join(" → ");
                let place: String = folder.iter().map(|name| format!("/{name}")).collect();
                found.push(format!("{place}: {names} → {start}{examples}"));
            }
        }
        found
    }
}

/// The shortest way from `start` over its imports back to itself.
fn circle(room: &Room, start: &str) -> Option<Vec<String>> {
    let mut ways = VecDeque::from([vec![start.to_owned()]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in room.get(way.last()?).into_iter().flat_map(BTreeMap::keys) {
            if next == start {
                return Some(way);
            }
            if seen.insert(next) {
                let mut longer = way.clone();
                longer.push(next.clone());
                ways.push_back(longer);
            }
        }
    }
    None
}

fn without_comments(text: &str) -> String {
    let lines = text.lines().map(|line| match line.find("//") {
        // Not the one of an address, in a string.
        Some(at) if !line[..at].ends_with(':') => &line[..at],
        _ => line,
    });
    lines.map(|line| format!("{line}\n")).collect()
}

/// Leaves out what follows `#[cfg(test)]`: a statement, or all up to the brace
/// that closes it, which rustfmt puts under its first letter.
fn without_tests(code: &str) -> String {
    let mut kept = String::new();
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        if line.trim() != "#[cfg(test)]" {
            kept.push_str(line);
            kept.push('\n');
            continue;
        }
        let indent = &line[..line.len() - line.trim_start().len()];
        let end = format!("{indent}}}");
        for line in lines.by_ref() {
            if line.trim_end().ends_with(';')
                && line.starts_with(indent)
                && !line[indent.len()..].starts_with(' ')
                || line == end
            {
                break;
            }
        }
    }
    kept
}

/// What a statement such as `pub(crate) use a::{b, c}` uses.
fn use_tree(statement: &str) -> Option<&str> {
    let at = statement.rfind("use ")?;
    let before = statement[..at].lines().last().unwrap_or("").trim();
    let is_use = before.is_empty() || before == "pub" || before.starts_with("pub(");
    is_use.then(|| &statement[at + 4..])
}

/// The paths of `a::{b, c::{self, d as e}}`, each with the name that it gets.
fn expand(tree: &str) -> Vec<(ModulePath, String)> {
    let mut found = Vec::new();
    expand_into(&mut tree.trim(), &[], &mut found);
    found
}

/// Takes one tree off the front of `rest`.
fn expand_into(rest: &mut &str, prefix: &[String], found: &mut Vec<(ModulePath, String)>) {
    let mut path = prefix.to_vec();
    loop {
        *rest = rest.trim_start();
        if let Some(inside) = rest.strip_prefix('{') {
            *rest = inside;
            loop {
                *rest = rest.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
                if rest.is_empty() {
                    return;
                }
                if let Some(after) = rest.strip_prefix('}') {
                    *rest = after;
                    return;
                }
                let before = rest.len();
                expand_into(rest, &path, found);
                if rest.len() == before {
                    // No tree: a block of code, say.
                    return;
                }
            }
        }
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
        let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
        if name.is_empty() {
            // `*`, or the `<` of a type's parameters.
            *rest = rest.strip_prefix('*').unwrap_or(rest);
            break;
        }
        *rest = after;
        if name != "self" || path.is_empty() {
            path.push(name.to_owned());
        }
        match rest.strip_prefix("::") {
            Some(after) => *rest = after,
            None => break,
        }
    }
    let mut name = path.last().cloned().unwrap_or_default();
    if let Some(after) = rest.trim_start().strip_prefix("as ") {
        let end = after.find(|c: char| !c.is_alphanumeric() && c != '_');
        let (given, after) = after.split_at(end.unwrap_or(after.len()));
        given.clone_into(&mut name);
        *rest = after;
    }
    if path.len() > prefix.len() || !prefix.is_empty() {
        found.push((path, name));
    }
}

/// All that begins with `crate::` or `super::`, in a `use` or anywhere else.
fn paths(code: &str) -> Vec<ModulePath> {
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back().unwrap_or(' ');
            let is_inside = before.is_alphanumeric() || matches!(before, '_' | ':' | '$');
            // `pub(in crate::a)` imports nothing.
            if !is_inside && !code[..at].ends_with("(in ") {
                found.extend(expand(&code[at..]).into_iter().map(|(path, _)| path));
            }
        }
    }
    found
}

#[test]
fn no_room_has_a_circle_of_imports() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src")];
    for entry in fs::read_dir(root.join("crates")).expect("the crates") {
        folders.push(entry.expect("it can be listed").path().join("src"));
    }
    folders.retain(|folder| folder.is_dir());
    assert!(folders.len() > 3, "{folders:?}");
    folders.sort();
    let mut found = Vec::new();
    for folder in folders {
        let crate_ = folder.strip_prefix(root).expect("it is below the root");
        let circles = Sources::read(&folder).circles();
        found.extend(circles.iter().map(|c| format!("{}{c}", crate_.display())));
    }
    assert!(
        found.is_empty(),
        "circles of imports:\n{}",
        found.join("\n")
    );
}

/// Circles between these files.
fn circles(files: &[(&str, &str)]) -> Vec<String> {
    let files = files.iter().map(|(path, text)| {
        let module = path.split('/').filter(|name| !name.is_empty());
        (module.map(ToOwned::to_owned).collect(), (*text).to_owned())
    });
    Sources::new(files.collect()).circles()
}

#[test]
fn a_circle_is_found_however_it_is_spelled() {
    let back = ("room/b", "use super::a::A;");
    for there in [
        "use super::b::B;",
        "pub(super) use crate::room::{\n    self as other,\n    c::C,\n    b::{B, D},\n};",
        "fn a() -> super::b::B { loop {} }",
        "use crate::room::Renamed;",
    ] {
        let above = ("room", "mod a; mod b;\npub use b::{B as Renamed};\n");
        let found = circles(&[above, ("room/a", there), back, ("room/c", "")]);
        assert_eq!(found.len(), 1, "{there}: {found:?}");
        assert!(found[0].starts_with("/room: a → b → a\n"), "{found:?}");
    }
    let found = circles(&[
        ("x/a", "use crate::y::B;"),
        ("y/b", "use super::super::z::C;"),
        ("z", "use crate::x::a::A;"),
    ]);
    assert!(found[0].starts_with(": x → y → z → x\n"), "{found:?}");
}

#[test]
fn tests_comments_and_one_way_imports_are_no_circle() {
    let b = "\
//! See [`super::a`].
use std::fmt::{self, Display};
/// Not [`crate::room::a::A`].
#[cfg(test)]
use super::a::Early;

pub struct B;

#[cfg(test)]
mod tests {
    use super::super::a::A;
    fn a() {
        let x = 1;
    }
}
";
    let found = circles(&[
        ("room", "mod a; mod b; pub use a::A; fn help() {}"),
        ("room/a", "use super::b::B; use super::help;"),
        ("room/b", b),
    ]);
    assert_eq!(found, [""; 0]);
}
