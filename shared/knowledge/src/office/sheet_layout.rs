//! What a sheet hides, and which of its cells are one.

use std::collections::{HashMap, HashSet};

use super::markup::{self, Event};

/// Ranges of merged cells of one sheet at most.
const MAX_MERGED: usize = 2_000;
/// Hidden rows of one sheet at most.
const MAX_HIDDEN: usize = 100_000;
/// Ranges of hidden columns of one sheet at most.
const MAX_RANGES: usize = 60;
/// Rows that one cell reaches into at most.
const MAX_DOWN: u32 = 500;
/// Columns told apart at most.
const MAX_COLUMNS: u32 = 16_384;

/// The layout of a sheet.
#[derive(Debug, Default)]
pub(super) struct SheetLayout {
    rows: HashSet<u32>,
    /// From the first hidden column of each range to the last.
    columns: Vec<(u32, u32)>,
    /// Cells that are one, over several rows: the last row, by the first one and the column.
    merged: HashMap<(u32, u32), u32>,
}

impl SheetLayout {
    /// That of the sheet in `xml`.
    pub(super) fn of(xml: &str) -> Self {
        let mut layout = Self::default();
        markup::each(xml, |event| {
            let Event::Open(tag) = event else { return };
            let hidden = || matches!(tag.get("hidden"), Some("1" | "true"));
            let number =
                |name: &str| tag.get(name).and_then(|n| n.parse::<u32>().ok()?.checked_sub(1));
            match tag.name.as_str() {
                "col" if hidden() && layout.columns.len() < MAX_RANGES => {
                    layout.columns.extend(number("min").zip(number("max")));
                }
                "row" if hidden() && layout.rows.len() < MAX_HIDDEN => {
                    layout.rows.extend(number("r"));
                }
                "mergeCell" if layout.merged.len() < MAX_MERGED => {
                    layout.merged.extend(tag.get("ref").and_then(merged));
                }
                _ => {}
            }
        });
        layout
    }

    /// Whether readers of the sheet don't see a cell.
    pub(super) fn hides(&self, row: u32, column: u32) -> bool {
        self.rows.contains(&row)
            || self.columns.iter().any(|(first, last)| (*first..=*last).contains(&column))
    }

    /// The rows into which a cell reaches down, without its own.
    pub(super) fn below(&self, row: u32, column: u32) -> std::ops::RangeInclusive<u32> {
        let last = self.merged.get(&(row, column)).copied().unwrap_or(row);
        row.saturating_add(1)..=last.min(row.saturating_add(MAX_DOWN))
    }
}

/// The first row and the column of cells that are one over several rows, and the last row.
fn merged(range: &str) -> Option<((u32, u32), u32)> {
    let (first, last) = range.split_once(':')?;
    let ((top, left), (bottom, _)) = (place(first)?, place(last)?);
    (bottom > top).then_some(((top, left), bottom))
}

/// The row and the column that `B12` means, from 0 on.
pub(super) fn place(name: &str) -> Option<(u32, u32)> {
    let digits = name.find(|c: char| c.is_ascii_digit())?;
    let column = name.get(..digits)?.bytes().try_fold(0u32, |column, byte| {
        let letter = u32::from(byte.to_ascii_uppercase().checked_sub(b'A')?);
        (letter < 26).then_some(column.checked_mul(26)?.checked_add(letter + 1)?)
    });
    let row: u32 = name.get(digits..)?.parse().ok()?;
    let column = column?.checked_sub(1).filter(|column| *column < MAX_COLUMNS);
    Some((row.checked_sub(1)?, column?))
}
