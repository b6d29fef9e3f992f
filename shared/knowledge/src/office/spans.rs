//! Cells of a text's table that reach over columns and rows, as Word and LibreOffice tell of them: what
//! reaches down is said in each row that it reaches into.

use super::markup::PageWriter;

/// Columns that one cell reaches over at most.
pub(super) const MAX_SPAN: usize = 60;
/// Bytes of a cell that is said again in the rows that it reaches into, at most.
const MAX_SAID_AGAIN: usize = 2_000;

/// A table that is being written.
#[derive(Debug, Default)]
pub(super) struct SpannedTable {
    /// What is in each column of the row above.
    above: Vec<String>,
    /// The column of the next cell.
    column: usize,
    begin: usize,
    /// How many columns the cell that is open reaches over.
    pub(super) wide: usize,
    /// Whether it is the rest of the cell above it.
    pub(super) goes_on: bool,
}

impl SpannedTable {
    /// A row begins.
    pub(super) fn row(&mut self) {
        self.column = 0;
    }

    /// A cell begins; its text is written from `begin` on.
    pub(super) fn cell(&mut self, begin: usize) {
        (self.begin, self.wide, self.goes_on) = (begin, 1, false);
    }

    /// The cell ends.
    pub(super) fn end_cell(&mut self, page: &mut PageWriter) {
        let said = page.html.get(self.begin..).unwrap_or_default().to_owned();
        page.html.truncate(self.begin);
        let said = match self.goes_on {
            true => self.above.get(self.column).cloned().unwrap_or(said),
            false => said,
        };
        match self.wide {
            1 => page.raw("<td>"),
            wide => page.raw(&format!("<td colspan={wide}>")),
        }
        page.raw(&said);
        page.raw("</td>");
        // A cell that reaches down begins in the same column in each row.
        if self.column < MAX_SPAN {
            self.above.resize(self.above.len().max(self.column + 1), String::new());
            let again = if said.len() <= MAX_SAID_AGAIN { said } else { String::new() };
            self.above[self.column] = again;
        }
        self.column = self.column.saturating_add(self.wide);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(table: &mut SpannedTable, page: &mut PageWriter, text: &str, goes_on: bool) {
        table.cell(page.html.len());
        table.goes_on = goes_on;
        page.text(text);
        table.end_cell(page);
    }

    #[test]
    fn what_is_kept_of_the_row_above_has_a_bound() {
        let (mut table, mut page) = (SpannedTable::default(), PageWriter::default());
        table.row();
        (0..10 * MAX_SPAN).for_each(|_| write(&mut table, &mut page, "a", false));
        assert_eq!(table.above.len(), MAX_SPAN);
        // A wide cell moves those behind it, and takes no more room than another one.
        let mut table = SpannedTable::default();
        table.row();
        for _ in 0..10 {
            table.cell(page.html.len());
            table.wide = MAX_SPAN;
            table.end_cell(&mut page);
        }
        assert_eq!((table.above.len(), table.column), (1, 10 * MAX_SPAN));
    }

    #[test]
    fn a_long_cell_is_said_in_its_own_row_alone() {
        let (mut table, mut page) = (SpannedTable::default(), PageWriter::default());
        let long = "b".repeat(MAX_SAID_AGAIN + 1);
        table.row();
        write(&mut table, &mut page, &long, false);
        write(&mut table, &mut page, "short", false);
        for _ in 0..20 {
            table.row();
            write(&mut table, &mut page, "", true);
            write(&mut table, &mut page, "", true);
        }
        assert_eq!(page.html.matches(&long).count(), 1);
        assert_eq!(page.html.matches("short").count(), 21);
    }
}
