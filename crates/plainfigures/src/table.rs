//! Text in columns.

/// Lines of a table: every cell is padded on its left to the width of its
/// column, but for the last of each row, which is text. Columns are two spaces
/// apart.
pub fn align(rows: &[Vec<String>]) -> Vec<String> {
    let width = |cell: &String| cell.chars().count();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|at| {
            let cells = rows.iter().filter_map(|row| row.get(at));
            cells.map(width).max().unwrap_or(0)
        })
        .collect();
    let line = |row: &Vec<String>| {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let last = at + 1 == columns;
            let padding = if last { 0 } else { widths[at] - width(cell) };
            line.extend((0..padding + if at > 0 { 2 } else { 0 }).map(|_| ' '));
            line.push_str(cell);
        }
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::align;

    #[test]
    fn numbers_to_the_right_text_to_the_left() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let lines = align(&[row(["MiB", "±", "text"]), row(["1,024.0", "", "a b"])]);
        assert_eq!(lines, ["    MiB  ±  text", "1,024.0     a b"]);
        assert!(align(&[]).is_empty());
    }
}
