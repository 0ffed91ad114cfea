//! Text in aligned columns.

use std::fmt;
use std::iter;

use crate::text::width;

/// The side of its column that a cell keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// As text is read.
    Left,
    /// As numbers are compared.
    Right,
}

/// What stands between two columns.
const GAP: &str = "  ";

/// Rows of cells that are printed in columns, two spaces apart. Widths are
/// those of a terminal (see [`width`]), so a cell may hold any text, but no
/// colours: paint the cells that [`padded`](Table::padded) gives.
///
/// ```
/// use plainfigures::{Align, Table};
///
/// let mut table = Table::new([Align::Left, Align::Right, Align::Left]);
/// table.row(["case", "MiB", "remark"]);
/// table.row(["read", "1,024.0", "the largest"]);
/// table.row(["write", "0.1"]);
/// assert_eq!(
///     table.to_string(),
///     "case       MiB  remark\n\
///      read   1,024.0  the largest\n\
///      write      0.1\n"
/// );
/// ```
#[derive(Debug, Clone, Default)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

#[derive(Debug, Clone, Copy)]
struct Column {
    align: Align,
    /// Columns of the terminal that its widest cell takes.
    width: usize,
}

impl Table {
    /// A table without rows, of columns aligned like this.
    #[must_use]
    pub fn new(columns: impl IntoIterator<Item = Align>) -> Table {
        let column = |align| Column { align, width: 0 };
        Table {
            columns: columns.into_iter().map(column).collect(),
            rows: Vec::new(),
        }
    }

    /// A table of so many columns of figures with text after them.
    #[must_use]
    pub fn of_figures(count: usize) -> Table {
        Table::new(iter::repeat_n(Align::Right, count).chain([Align::Left]))
    }

    /// Makes the first column at least so wide, so that several tables below
    /// each other have their second columns in one line.
    #[must_use]
    pub fn first_at_least(mut self, width: usize) -> Table {
        if let Some(first) = self.columns.first_mut() {
            first.width = first.width.max(width);
        }
        self
    }

    /// Adds a row. One with fewer cells than the table has columns ends early;
    /// cells beyond the last column are columns of text.
    pub fn row<C: Into<String>>(&mut self, cells: impl IntoIterator<Item = C>) {
        let cells: Vec<String> = cells.into_iter().map(Into::into).collect();
        for (at, cell) in cells.iter().enumerate() {
            let width = width(cell);
            match self.columns.get_mut(at) {
                Some(column) => column.width = column.width.max(width),
                None => self.columns.push(Column {
                    align: Align::Left,
                    width,
                }),
            }
        }
        self.rows.push(cells);
    }

    /// The cells of each row, padded to the widths of their columns. Text in
    /// the last column is not padded: nothing stands to the right of it.
    pub fn padded(&self) -> impl Iterator<Item = Vec<String>> {
        self.rows.iter().map(|row| {
            let cells = row.iter().zip(&self.columns).enumerate();
            cells
                .map(|(at, (cell, column))| {
                    let padding = " ".repeat(column.width - width(cell));
                    match column.align {
                        Align::Right => padding + cell,
                        Align::Left if at + 1 == self.columns.len() => cell.clone(),
                        Align::Left => cell.clone() + &padding,
                    }
                })
                .collect()
        })
    }

    /// Each row as a line, without spaces at its end.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.padded()
            .map(|cells| cells.join(GAP).trim_end().to_owned())
    }
}

/// All lines, each with a line break.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines().try_for_each(|line| writeln!(f, "{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_to_the_right_text_to_the_left() {
        let mut table = Table::of_figures(2);
        table.row(["MiB", "±", "text"]);
        table.row(["1,024.0", "", "a b"]);
        let lines: Vec<String> = table.lines().collect();
        assert_eq!(lines, ["    MiB  ±  text", "1,024.0     a b"]);
        assert_eq!(Table::default().to_string(), "");
    }

    #[test]
    fn columns_are_as_wide_as_a_terminal_shows_them() {
        let mut table = Table::new([Align::Left, Align::Right]);
        table.row(["表", "1"]); // Two columns of the terminal.
        table.row(["e\u{301}", "22"]); // One: the accent lies on the letter.
        table.row(["abc", "333"]);
        let expected = "表     1\ne\u{301}     22\nabc  333\n";
        assert_eq!(table.to_string(), expected);
    }

    #[test]
    fn rows_may_be_short_or_long() {
        let mut table = Table::new([Align::Left, Align::Right]).first_at_least(6);
        table.row([""; 0]);
        table.row(["a"]);
        table.row(["b", "1", "more"]);
        table.row(["c", "22", "x", "y"]);
        assert_eq!(
            table.to_string(),
            "\na\nb        1  more\nc       22  x     y\n"
        );
    }
}
