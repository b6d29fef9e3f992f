//! From the lines of a file's pages to blocks: paragraphs by the space between lines, headings by
//! the size of their letters, without what each page repeats at its edges.

use std::{collections::HashMap, sync::Arc};

use super::lines::{Line, Region};
use crate::extract::{Block, BlockKind, Outline, runs_on, tables};

/// Pages on which a line at the edge is at least, to be one that each page has.
const REPEATED: usize = 3;
/// Lines at the top and at the bottom of a page that may be at its edge.
const EDGE: usize = 2;
/// The longest heading, in characters.
const LONGEST_HEADING: usize = 120;

/// A page's number and its regions.
pub(super) type Page = (u32, Vec<Region>);

/// The blocks of all pages.
pub(super) fn blocks(mut pages: Vec<Page>) -> Vec<Block> {
    without_edges(&mut pages);
    let sizes = Sizes::of(&pages);
    let mut writer =
        Writer { outline: Outline::keeping_headings(), sizes, open: None, table: None };
    for (number, regions) in pages {
        writer.outline.at(None);
        for region in regions {
            writer.region(number, region);
        }
    }
    writer.close_table();
    writer.close();
    writer.outline.finish()
}

fn lines(region: &Region) -> &Vec<Line> {
    match region {
        Region::Column(lines) | Region::Table(lines) => lines,
    }
}

/// What a line is but for its numbers, which differ from page to page.
fn pattern(line: &Line) -> String {
    let mut pattern = String::new();
    for c in line.text.trim().chars() {
        let c = if c.is_ascii_digit() { '0' } else { c };
        if !(c == '0' && pattern.ends_with('0')) {
            pattern.extend(c.to_lowercase());
        }
    }
    pattern
}

/// Takes away what pages have at their edges again and again, and their numbers.
fn without_edges(pages: &mut [Page]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let edges = |regions: &[Region]| -> Vec<(f32, String)> {
        let mut all: Vec<&Line> = regions.iter().flat_map(lines).collect();
        all.sort_by(|one, other| other.base.total_cmp(&one.base));
        let top = all.iter().take(EDGE);
        let bottom = all.iter().skip(EDGE.max(all.len().saturating_sub(EDGE)));
        top.chain(bottom).map(|line| (line.base, pattern(line))).collect()
    };
    for (_, regions) in pages.iter() {
        let mut of_page: Vec<String> = edges(regions).into_iter().map(|(_, p)| p).collect();
        of_page.sort_unstable();
        of_page.dedup();
        of_page.into_iter().for_each(|pattern| *seen.entry(pattern).or_default() += 1);
    }
    let count = pages.len();
    for (_, regions) in pages.iter_mut() {
        let at: Vec<(f32, String)> = edges(regions)
            .into_iter()
            .filter(|(_, pattern)| {
                let times = seen.get(pattern).copied().unwrap_or(0);
                let number = is_page_number(pattern) && count > 1;
                number || (times >= REPEATED && times * 2 >= count)
            })
            .collect();
        for region in regions.iter_mut() {
            let (Region::Column(lines) | Region::Table(lines)) = region;
            lines.retain(|line| {
                !at.iter().any(|(base, of)| (base - line.base).abs() < 0.1 && *of == pattern(line))
            });
        }
        regions.retain(|region| !lines(region).is_empty());
    }
}

/// Whether a line is one of a table of contents: a heading, dots, the number of a page.
fn leads_to_a_page(text: &str) -> bool {
    const FEWEST: usize = 5;
    let before = text.trim_end_matches(|c: char| c.is_ascii_digit() || "ivxlc".contains(c));
    let dots = before.trim_end();
    let rest = dots.trim_end_matches(['.', '…', '·', '_', ' ']);
    let count: usize =
        dots[rest.len()..].chars().map(|c| if c == '…' { 3 } else { usize::from(c != ' ') }).sum();
    before.len() < text.len() && count >= FEWEST && rest.contains(char::is_alphabetic)
}

/// `3`, `– 3 –`, `Page 3 of 12`.
fn is_page_number(pattern: &str) -> bool {
    let plain = pattern.trim_matches(|c: char| !c.is_alphanumeric());
    let words: Vec<&str> =
        plain.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let known =
        ["page", "seite", "página", "pagina", "p", "of", "von", "de", "sur", "di", "strana", "0"];
    !words.is_empty()
        && words.len() <= 4
        && words.contains(&"0")
        && words.iter().all(|word| known.contains(word))
}

/// The sizes of letters in a file.
struct Sizes {
    /// That of most of its text.
    body: f32,
    /// Those of its headings, from the largest.
    headings: Vec<f32>,
}

impl Sizes {
    fn of(pages: &[Page]) -> Self {
        let mut letters: HashMap<u32, usize> = HashMap::new();
        let half = |size: f32| (size.clamp(0.0, 1_000.0) * 2.0).round() as u32;
        for line in pages.iter().flat_map(|(_, regions)| regions).flat_map(lines) {
            *letters.entry(half(line.size)).or_default() += line.text.chars().count();
        }
        let body = letters.iter().max_by_key(|(size, count)| (**count, **size));
        let body = body.map_or(0.0, |(size, _)| *size as f32 / 2.0);
        let mut headings: Vec<u32> =
            letters.into_keys().filter(|size| *size as f32 / 2.0 >= body * 1.12).collect();
        headings.sort_unstable_by(|one, other| other.cmp(one));
        Self { body, headings: headings.into_iter().map(|size| size as f32 / 2.0).collect() }
    }

    /// The level of a heading with letters of this size.
    fn level(&self, size: f32) -> Option<u8> {
        let at = self.headings.iter().position(|heading| (heading - size).abs() <= 0.3)?;
        u8::try_from(at + 1).ok().map(|level| level.min(4))
    }
}

/// A paragraph that is not closed yet.
struct Open {
    page: u32,
    text: String,
    last: Line,
    is_heading: Option<u8>,
    indent: f32,
}

struct Writer {
    outline: Outline,
    sizes: Sizes,
    open: Option<Open>,
    /// A table that is not closed yet, and the page that it begins on.
    table: Option<(u32, Vec<Line>)>,
}

impl Writer {
    fn region(&mut self, page: u32, region: Region) {
        match region {
            Region::Table(lines) => {
                let width = |lines: &[Line]| lines.iter().map(|line| line.cells.len()).max();
                if self.table.as_ref().is_some_and(|(_, rows)| width(rows) != width(&lines)) {
                    self.close_table();
                }
                self.close();
                self.table.get_or_insert((page, Vec::new())).1.extend(lines);
            }
            Region::Column(lines) => {
                let pitch = pitch(&lines);
                for line in lines {
                    // A table goes over to the next page, where it may be a row.
                    let columns = self
                        .table
                        .as_ref()
                        .map(|(_, rows)| rows.iter().map(|row| row.cells.len()).max());
                    match &mut self.table {
                        Some((_, rows)) if columns == Some(Some(line.cells.len())) => {
                            rows.push(line)
                        }
                        _ => self.line(page, line, pitch),
                    }
                }
            }
        }
    }

    fn close_table(&mut self) {
        let Some((page, lines)) = self.table.take() else { return };
        self.outline.at(Some(&format!("page={page}")));
        let rows: Vec<tables::Row> = lines
            .iter()
            .enumerate()
            .map(|(at, line)| tables::Row {
                cells: line.cells.iter().map(|cell| Arc::from(cell.as_str())).collect(),
                width: line.cells.len(),
                names: at == 0 && line.bold && lines.iter().any(|line| !line.bold),
                ..tables::Row::default()
            })
            .collect();
        for line in tables::lines(&rows) {
            self.outline.block(BlockKind::Row, &line);
        }
    }

    fn line(&mut self, page: u32, line: Line, pitch: f32) {
        let text = line.text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() || leads_to_a_page(&text) {
            return;
        }
        self.close_table();
        let short = text.chars().count() <= LONGEST_HEADING;
        let large = line.size >= self.sizes.body * 1.12;
        let level = Some(()).filter(|()| short && large).and_then(|()| self.sizes.level(line.size));
        if let Some(open) = &mut self.open
            && continues(open, &line, &text, page, level, pitch)
        {
            append(&mut open.text, &text);
            open.last = line;
            return;
        }
        self.close();
        let indent = line.left;
        self.open = Some(Open { page, text, last: line, is_heading: level, indent });
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let page = format!("page={}", open.page);
        self.outline.at(Some(&page));
        match open.is_heading {
            Some(level) => self.outline.heading(level, &open.text),
            None => {
                let names = open.last.bold
                    && open.text.chars().count() <= 80
                    && !open.text.ends_with(['.', ',', ';', ':'])
                    && open.text.contains(char::is_alphabetic);
                if names {
                    self.outline.label(&open.text, None);
                } else {
                    self.outline.block(kind(&open.text), &open.text);
                }
            }
        }
    }
}

fn kind(text: &str) -> BlockKind {
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let counted =
        number.len() < text.len() && (number.starts_with(". ") || number.starts_with(") "));
    match (counted, is_item(text)) {
        (true, _) => BlockKind::Step,
        (_, true) => BlockKind::Item,
        _ => BlockKind::Text,
    }
}

/// Whether a line begins as an item of a list does.
fn is_item(text: &str) -> bool {
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let counted = (1..=2).contains(&(text.len() - number.len()))
        && (number.starts_with(". ") || number.starts_with(") "));
    counted
        || ["• ", "– ", "- ", "▪ ", "● ", "◦ ", "· ", "* "]
            .iter()
            .any(|sign| text.starts_with(sign))
}

/// The usual space between the baselines of lines.
fn pitch(lines: &[Line]) -> f32 {
    let gaps = lines.windows(2).filter_map(|pair| match pair {
        [one, other] => Some((one.base - other.base) / other.size.max(1.0)),
        _ => None,
    });
    let mut gaps: Vec<f32> = gaps.filter(|gap| (0.8..2.2).contains(gap)).collect();
    gaps.sort_by(f32::total_cmp);
    gaps.get(gaps.len() / 3).copied().unwrap_or(1.3)
}

/// Whether a line belongs to the paragraph above it.
fn continues(
    open: &Open,
    line: &Line,
    text: &str,
    page: u32,
    level: Option<u8>,
    pitch: f32,
) -> bool {
    let last = &open.last;
    if level != open.is_heading || is_item(text) || (line.size - last.size).abs() > 0.12 * last.size
    {
        return false;
    }
    let down = (last.base - line.base) / line.size.max(1.0);
    let near = (0.0..=(pitch * 1.25).max(1.0)).contains(&down) && down <= 2.2;
    if page == open.page && near {
        // A heading set bold is a line of its own; so is one that begins further in.
        let turns_bold = last.bold != line.bold && (last.bold || line.bold);
        let ends = last.text.trim_end().ends_with(['.', '!', '?', ':']);
        let begins = line.left - open.indent > 1.0 * line.size && ends;
        return !(turns_bold && (ends || last.bold && text.starts_with(char::is_uppercase)))
            && !begins;
    }
    // In the next column, or on the next page, a sentence may run on.
    let away = down < 0.0 || page != open.page;
    away && level.is_none() && runs_on(&open.text, text) && text.starts_with(char::is_lowercase)
}

/// Adds a line, and puts a word together that was divided at its end.
fn append(text: &mut String, line: &str) {
    let runs = line.chars().next().is_some_and(char::is_lowercase);
    let divided = text
        .strip_suffix(['-', '\u{ad}', '‐'])
        .filter(|before| runs && before.chars().next_back().is_some_and(char::is_alphabetic));
    let wide = |c: Option<char>| c.is_some_and(|c| matches!(c, '\u{2e80}'..='\u{9fff}'));
    if let Some(before) = divided.map(str::len) {
        text.truncate(before);
    } else if !(wide(text.chars().next_back()) && wide(line.chars().next())) {
        text.push(' ');
    }
    text.push_str(line);
}
