//! How the cells of a workbook show their numbers, as far as that is part of what they say: a share of a
//! hundred, an amount of money.

use std::{collections::HashMap, sync::Arc};

use super::{
    Archive, OfficeError,
    markup::{self, Event},
    sheet_layout::{SheetLayout, place},
};

/// Cells of one sheet whose format is kept at most.
const MAX_CELLS: usize = 200_000;
/// Digits behind the decimal point at most.
const MAX_DECIMALS: usize = 10;
/// The longest name of a currency, in characters.
const LONGEST_UNIT: usize = 6;

/// How a number is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Format {
    decimals: usize,
    percent: bool,
    /// A currency, before the number or behind it.
    before: String,
    behind: String,
}

/// The formats of a workbook.
pub(super) struct Formats<'b> {
    archive: Archive<'b>,
    /// Which part each sheet is.
    sheets: HashMap<String, String>,
    /// By the numbers of the cells' styles.
    styles: HashMap<String, Arc<Format>>,
}

/// The formats of the cells of one sheet.
#[derive(Debug, Default)]
pub(super) struct CellFormats(HashMap<(u32, u32), Arc<Format>>);

impl<'b> Formats<'b> {
    pub(super) fn of(bytes: &'b [u8]) -> Result<Self, OfficeError> {
        let mut archive = Archive::open(bytes)?;
        let styles = archive.text("xl/styles.xml")?.map(|xml| styles(&xml)).unwrap_or_default();
        let mut sheets = HashMap::new();
        let relations = archive.relations("xl/workbook.xml")?;
        let book = archive.text("xl/workbook.xml")?.unwrap_or_default();
        markup::each(&book, |event| {
            if let Event::Open(tag) = event
                && tag.name == "sheet"
                && let Some(name) = tag.get("name")
                && let Some(part) = tag.all("id").find_map(|id| relations.get(id))
            {
                sheets.insert(name.to_owned(), part.clone());
            }
        });
        Ok(Self { archive, sheets, styles })
    }

    /// The formats of a sheet's cells, and its layout.
    pub(super) fn sheet(&mut self, name: &str) -> Result<(CellFormats, SheetLayout), OfficeError> {
        let Some(part) = self.sheets.get(name) else { return Ok(Default::default()) };
        let xml = self.archive.text(part)?.unwrap_or_default();
        let mut cells = HashMap::new();
        markup::each(&xml, |event| {
            if let Event::Open(tag) = event
                && tag.name == "c"
                && cells.len() < MAX_CELLS
                && let Some(format) = tag.get("s").and_then(|style| self.styles.get(style))
                && let Some(at) = tag.get("r").and_then(place)
            {
                cells.insert(at, format.clone());
            }
        });
        Ok((CellFormats(cells), SheetLayout::of(&xml)))
    }
}

impl CellFormats {
    /// A number as its cell shows it, if that says more than the number.
    pub(super) fn shown(&self, row: u32, column: u32, number: f64) -> Option<String> {
        let Format { decimals, percent, before, behind } = &**self.0.get(&(row, column))?;
        let number = if *percent { number * 100.0 } else { number };
        let digits = format!("{:.*}", *decimals, number.abs());
        let sign = if number < 0.0 { "-" } else { "" };
        let percent = if *percent { "%" } else { "" };
        Some(format!("{sign}{before}{digits}{percent}{behind}"))
    }
}

/// The formats of a workbook's styles that say more than a number.
fn styles(xml: &str) -> HashMap<String, Arc<Format>> {
    let mut codes: HashMap<String, String> = HashMap::new();
    let mut styles = HashMap::new();
    let (mut in_cells, mut count) = (false, 0);
    markup::each(xml, |event| match event {
        Event::Open(tag) => match tag.name.as_str() {
            "numFmt" => {
                if let (Some(id), Some(code)) = (tag.get("numFmtId"), tag.get("formatCode")) {
                    codes.insert(id.to_owned(), code.to_owned());
                }
            }
            "cellXfs" => in_cells = true,
            "xf" if in_cells => {
                let id = tag.get("numFmtId").unwrap_or_default();
                let code = codes.get(id).map(String::as_str).or_else(|| built_in(id));
                if let Some(format) = code.and_then(format) {
                    styles.insert(count.to_string(), Arc::new(format));
                }
                count += 1;
            }
            _ => {}
        },
        Event::Close("cellXfs") => in_cells = false,
        Event::Close(_) | Event::Text(_) => {}
    });
    styles
}

/// Formats that every workbook has (ECMA-376, 18.8.30) and that say more than a number.
fn built_in(id: &str) -> Option<&'static str> {
    match id {
        "9" => Some("0%"),
        "10" => Some("0.00%"),
        _ => None,
    }
}

/// What a code says of positive numbers, if they are shares of a hundred or money.
fn format(code: &str) -> Option<Format> {
    let mut format =
        Format { decimals: 0, percent: false, before: String::new(), behind: String::new() };
    let (mut digits, mut behind_point) = (false, false);
    let mut unit = String::new();
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            ';' => break,
            '0' | '#' | '?' => {
                if !digits {
                    format.before = std::mem::take(&mut unit);
                }
                digits = true;
                format.decimals += usize::from(behind_point && c == '0');
            }
            '.' if digits => behind_point = true,
            '%' => format.percent = true,
            '"' => unit.extend(chars.by_ref().take_while(|c| *c != '"')),
            // A currency and a language: [$€-407].
            '[' => {
                let said: String = chars.by_ref().take_while(|c| *c != ']').collect();
                let currency = said.strip_prefix('$').and_then(|said| said.split('-').next());
                unit.extend(currency);
            }
            '\\' => unit.extend(chars.next()),
            '_' | '*' => drop(chars.next()),
            c if c == ' ' || c == '\u{a0}' || is_currency(c) => unit.push(c),
            // A date, a time, an exponent, a fraction.
            c if c.is_alphabetic() || c == '/' => return None,
            _ => {}
        }
    }
    format.behind = unit;
    format.decimals = format.decimals.min(MAX_DECIMALS);
    for unit in [&mut format.before, &mut format.behind] {
        *unit = unit.replace('\u{a0}', " ");
    }
    format.before = format.before.trim_start().to_owned();
    format.behind = format.behind.trim_end().to_owned();
    let units = [format.before.trim(), format.behind.trim()];
    let names = |unit: &str| unit.contains(|c: char| c.is_alphabetic() || is_currency(c));
    let short = units.iter().all(|unit| unit.chars().count() <= LONGEST_UNIT);
    (digits && short && (format.percent || units.into_iter().any(names))).then_some(format)
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '€' | '£' | '¥' | '₹' | '₽' | '₩' | '₺' | '₴' | '₫' | '฿')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_how_numbers_are_shown() {
        let shown = |code: &str, number: f64| {
            let format = Arc::new(format(code)?);
            CellFormats([((0, 0), format)].into()).shown(0, 0, number)
        };
        for (code, number, expected) in [
            ("0%", 0.15, Some("15%")),
            ("0.0%", 0.075, Some("7.5%")),
            ("#,##0.00\\ \"€\"", 38.5, Some("38.50 €")),
            ("[$£-809]#,##0.00", 12.0, Some("£12.00")),
            ("\"CHF\"\\ #,##0.00;[Red]\\-\"CHF\"\\ #,##0.00", 7.25, Some("CHF 7.25")),
            ("_-* #,##0.00\\ \"€\"_-", 4.0, Some("4.00 €")),
            ("$#,##0", -1250.0, Some("-$1250")),
            ("0 \"kg\"", 12.0, Some("12 kg")),
            ("0.00", 1.5, None),
            ("General", 1.5, None),
            ("dd.mm.yyyy", 46000.0, None),
            ("0.00E+00", 46000.0, None),
        ] {
            assert_eq!(shown(code, number).as_deref(), expected, "{code}");
        }
    }

    #[test]
    fn names_of_cells_are_places() {
        assert_eq!(place("A1"), Some((0, 0)));
        assert_eq!(place("AB12"), Some((11, 27)));
        assert_eq!(
            (place("A0"), place("12"), place("ZZZZZZZZZZZZ1"), place("")),
            (None, None, None, None)
        );
    }
}
