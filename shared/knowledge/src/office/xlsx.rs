//! Workbooks of Excel: each sheet a table, its rows with the names of their columns.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

use calamine::{DataRef, Reader, Xlsx};

use super::{
    Archive, OfficeError,
    number_formats::{CellFormats, Formats},
    sheet_layout::SheetLayout,
};
use crate::{
    extract::{Document, Outline},
    records,
};

/// Bytes unpacked of one workbook at most: what is read of it takes several times as much.
const MAX_UNPACKED: u64 = 24 * 1024 * 1024;
/// Sheets read of one workbook at most.
const MAX_SHEETS: usize = 50;
/// Rows read of one sheet at most.
const MAX_ROWS: usize = 20_000;
/// Columns read of one sheet at most.
const MAX_COLUMNS: usize = 60;
/// Bytes of text of one workbook at most, told as often as cells have it: many may share one.
const MAX_TEXT: usize = 24 * 1024 * 1024;

/// Reads an XLSX file.
pub(crate) fn xlsx(bytes: &[u8]) -> Result<Document, OfficeError> {
    check_size(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| OfficeError::Broken)?;
    let mut formats = Formats::of(bytes)?;
    let mut outline = Outline::default();
    let names: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible == calamine::SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut room = MAX_TEXT;
    for name in names.iter().take(MAX_SHEETS) {
        let (formats, layout) = formats.sheet(name)?;
        let tables = tables(rows(&mut book, name, (&formats, &layout), &mut room)?);
        if names.len() > 1 {
            outline.heading(2, name);
        }
        tables.iter().for_each(|rows| records::write(&mut outline, rows));
    }
    let blocks = outline.finish();
    match blocks.is_empty() {
        true => Err(OfficeError::Empty),
        false => Ok(Document { blocks, ..Document::default() }),
    }
}

/// Unpacks all parts once and keeps nothing: the reader has no bound of its own.
fn check_size(bytes: &[u8]) -> Result<(), OfficeError> {
    let mut archive = Archive::open(bytes)?;
    let mut left = MAX_UNPACKED;
    for at in 0..archive.zip.len() {
        let part = archive.zip.by_index(at).map_err(|_| OfficeError::Broken)?;
        if part.encrypted() {
            return Err(OfficeError::Encrypted);
        }
        // Pictures are not read.
        let read = part.name().is_ok_and(|n| n.ends_with(".xml") || n.ends_with(".rels"));
        if !read {
            continue;
        }
        let mut part = part.take(left + 1);
        let read =
            std::io::copy(&mut part, &mut std::io::sink()).map_err(|_| OfficeError::Broken)?;
        left = left.checked_sub(read).ok_or(OfficeError::TooLarge)?;
    }
    Ok(())
}

/// The rows of a sheet that say something, as text, each with its number, as far as there is room for it.
fn rows(
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    (formats, layout): (&CellFormats, &SheetLayout),
    room: &mut usize,
) -> Result<BTreeMap<u32, Vec<String>>, OfficeError> {
    let mut cells = book.worksheet_cells_reader(name).map_err(|_| OfficeError::Broken)?;
    let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    while let Ok(Some(cell)) = cells.next_cell() {
        let (row, column) = cell.get_position();
        let shown = match cell.get_value() {
            DataRef::Float(number) => formats.shown(row, column, *number),
            DataRef::Int(number) => formats.shown(row, column, *number as f64),
            _ => None,
        };
        let text = shown.unwrap_or_else(|| text(cell.get_value()));
        let at = usize::try_from(column).unwrap_or(usize::MAX);
        if text.is_empty() || at >= MAX_COLUMNS || layout.hides(row, column) {
            continue;
        }
        for row in std::iter::once(row).chain(layout.below(row, column)) {
            if rows.len() >= MAX_ROWS && !rows.contains_key(&row) || *room < text.len() {
                break;
            }
            *room -= text.len();
            let cells = rows.entry(row).or_default();
            cells.resize(cells.len().max(at + 1), String::new());
            text.clone_into(&mut cells[at]);
        }
    }
    Ok(rows)
}

/// The tables of a sheet: what comes behind an empty row is one of its own if it begins with names.
fn tables(rows: BTreeMap<u32, Vec<String>>) -> Vec<Vec<Vec<String>>> {
    let mut parts: Vec<Vec<Vec<String>>> = Vec::new();
    let mut last = None;
    for (number, row) in rows {
        if last.is_none_or(|last| number > last + 1) {
            parts.push(Vec::new());
        }
        last = Some(number);
        if let Some(part) = parts.last_mut() {
            part.push(row);
        }
    }
    let mut tables: Vec<Vec<Vec<String>>> = Vec::new();
    for part in parts {
        match tables.last_mut() {
            Some(table) if !(has_names(table) && has_names(&part)) => table.extend(part),
            _ => tables.push(part),
        }
    }
    tables
}

/// Whether rows begin with names of their columns: no numbers, and numbers below them.
fn has_names(rows: &[Vec<String>]) -> bool {
    let filled = |row: &&Vec<String>| row.iter().filter(|cell| !cell.is_empty()).count() > 1;
    let mut rows = rows.iter().skip_while(|row| !filled(row));
    let counts = |cell: &String| cell.contains(|c: char| c.is_ascii_digit());
    let Some(head) = rows.next().filter(|head| !head.iter().any(counts)) else { return false };
    let named = |row: &Vec<String>| {
        let mut cells = row.iter().zip(head);
        cells.any(|(cell, name)| counts(cell) && !name.is_empty())
    };
    rows.next().is_some_and(named)
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Int(number) => number.to_string(),
        // Fifteen digits are what Excel has; more are made by counting in twos.
        DataRef::Float(number) => {
            let rounded = format!("{number:.10}");
            rounded.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        DataRef::Bool(true) => "yes".to_owned(),
        DataRef::Bool(false) => "no".to_owned(),
        DataRef::DateTime(at) if at.is_datetime() => {
            let (year, month, day, hour, minute, ..) = at.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            let time = format!("{hour:02}:{minute:02}");
            match (at.as_f64() < 1.0, at.as_f64().fract() == 0.0) {
                (true, _) => time,
                (false, true) => date,
                (false, false) => format!("{date} {time}"),
            }
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::DateTime(at) => at.to_string(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}
