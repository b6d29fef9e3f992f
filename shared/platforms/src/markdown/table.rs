//! A table, for platforms that have none.

use unicode_segmentation::UnicodeSegmentation;

/// Columns that are aligned; a table of more is as wide as its cells.
const MAX_COLUMNS: usize = 30;
/// Graphemes of a cell up to which its column is padded.
const MAX_PADDED: usize = 40;

#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Vec<String>>,
    row: Vec<String>,
    cell: String,
}

impl Table {
    pub(super) fn push(&mut self, text: &str) {
        self.cell.push_str(&text.replace('\n', " "));
    }

    pub(super) fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        self.row.push(cell.trim().to_owned());
    }

    pub(super) fn end_row(&mut self) {
        self.rows.push(std::mem::take(&mut self.row));
    }

    /// In columns, with a line under the head.
    pub(super) fn columns(&self) -> String {
        let mut widths = [0; MAX_COLUMNS];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(width_of(cell).min(MAX_PADDED));
            }
        }
        let lines = self.rows.iter().map(|row| {
            let cells = row.iter().enumerate().map(|(column, cell)| {
                let width = widths.get(column).copied().unwrap_or_default();
                format!("{cell}{}", " ".repeat(width.saturating_sub(width_of(cell))))
            });
            cells.collect::<Vec<_>>().join(" | ").trim_end().to_owned()
        });
        let mut lines: Vec<String> = lines.collect();
        let columns = self.rows.first().map_or(0, Vec::len);
        let rules: Vec<String> =
            widths.iter().take(columns).map(|width| "-".repeat(*width)).collect();
        if lines.len() > 1 {
            lines.insert(1, rules.join("-|-"));
        }
        lines.join("\n")
    }

    /// In lines, for proportional type.
    pub(super) fn rows(&self) -> String {
        let lines = self.rows.iter().map(|row| row.join(" | "));
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn width_of(cell: &str) -> usize {
    cell.graphemes(true).count()
}
