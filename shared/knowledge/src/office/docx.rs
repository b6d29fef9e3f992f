//! Texts of Word.

mod notes;
mod styles;

use std::collections::HashMap;

use url::Url;

use self::{
    notes::{ENDNOTE, FOOTNOTE, notes_of},
    styles::{Styles, counted_lists},
};
use super::{
    Archive, OfficeError,
    markup::{self, Element, Event, PageWriter},
    spans::{MAX_SPAN, SpannedTable},
};
use crate::extract::{Document, markdown};

/// Levels of lists at most.
const MAX_LEVELS: usize = 9;
/// Fields within fields at most.
const MAX_FIELDS: usize = 64;

/// Reads a DOCX file that was found at `url`.
pub(crate) fn docx(bytes: &[u8], url: &Url) -> Result<Document, OfficeError> {
    let mut archive = Archive::open(bytes)?;
    let package = archive.relations("")?;
    let main = package
        .values()
        .find(|part| part.ends_with("document.xml") || part.ends_with("document2.xml"));
    let main = main.cloned().unwrap_or_else(|| "word/document.xml".to_owned());
    let text = archive.needed(&main)?;
    let styles = archive.text("word/styles.xml")?.map(|xml| Styles::of(&xml));
    let counted = archive.text("word/numbering.xml")?.map(|xml| counted_lists(&xml));
    let relations = archive.relations(&main)?;
    let mut notes = HashMap::new();
    for part in ["word/footnotes.xml", "word/endnotes.xml"] {
        notes.extend(archive.text(part)?.map(|xml| notes_of(&xml)).unwrap_or_default());
    }
    let title = markup::title(archive.text("docProps/core.xml")?);
    let mut writer = Writer {
        page: PageWriter::default(),
        styles: styles.unwrap_or_default(),
        counted: counted.unwrap_or_default(),
        relations,
        notes,
        paragraph: Paragraph::default(),
        lists: Vec::new(),
        skipped: 0,
        is_text: false,
        cells: Vec::new(),
        tables: Vec::new(),
        counts: HashMap::new(),
        hidden: false,
        contents: 0,
        fields: Vec::new(),
        is_field: false,
    };
    markup::each(&text, |event| writer.meet(event));
    writer.end_lists(0);
    Ok(markdown::document(&writer.page.html, url, title)?)
}

/// What is known of a paragraph before it is written.
#[derive(Default)]
struct Paragraph {
    /// Notes that it has marks of.
    notes: Vec<String>,
    style: String,
    outline: Option<u8>,
    number: Option<String>,
    level: usize,
    html: PageWriter,
    bold: bool,
    /// The tags that the run has opened beside that, which end with it.
    marks: Vec<&'static str>,
    /// Whether it begins in a table of contents.
    in_contents: bool,
}

struct Writer {
    page: PageWriter,
    styles: Styles,
    counted: HashMap<(String, usize), bool>,
    relations: HashMap<String, String>,
    notes: HashMap<(&'static str, String), String>,
    paragraph: Paragraph,
    /// The lists that are open: their tags.
    lists: Vec<&'static str>,
    /// How many items each level of each list has had.
    counts: HashMap<(String, usize), u32>,
    /// How many elements deep in something that is not read.
    skipped: usize,
    is_text: bool,
    /// For each table that is open, whether its cell has text already.
    cells: Vec<bool>,
    /// The tables that are open.
    tables: Vec<SpannedTable>,
    hidden: bool,
    /// How many elements are open in a table of contents.
    contents: usize,
    /// For each field that is open, whether it makes a table of contents.
    fields: Vec<bool>,
    is_field: bool,
}

impl Writer {
    fn meet(&mut self, event: Event<'_>) {
        match event {
            Event::Open(tag) => {
                // What was deleted, substitutes for older programs, and the notes of
                // those who wrote it.
                let skip =
                    matches!(tag.name.as_str(), "del" | "moveFrom" | "Fallback" | "instrText");
                self.contents += usize::from(self.contents > 0 && tag.name == "sdt");
                if self.skipped > 0 || skip {
                    self.skipped += 1;
                    self.is_field = tag.name == "instrText";
                } else {
                    self.open(tag);
                }
            }
            Event::Close(name) => {
                self.contents -= usize::from(self.contents > 0 && name == "sdt");
                if self.skipped > 0 {
                    self.skipped -= 1;
                    self.is_field = false;
                } else {
                    self.close(name);
                }
            }
            Event::Text(text) => {
                let of_contents = || text.split_whitespace().next() == Some("TOC");
                if self.is_field
                    && let Some(field) = self.fields.last_mut()
                {
                    *field |= of_contents();
                }
                if self.skipped == 0 && self.is_text && !self.hidden {
                    self.paragraph.html.text(text);
                }
            }
        }
    }

    fn open(&mut self, tag: &Element) {
        let val = tag.get("val");
        let off = matches!(val, Some("0" | "false" | "none"));
        match tag.name.as_str() {
            "p" => {
                let in_contents = self.contents > 0 || self.fields.contains(&true);
                self.paragraph = Paragraph { in_contents, ..Paragraph::default() };
            }
            "pStyle" => val.unwrap_or_default().clone_into(&mut self.paragraph.style),
            "outlineLvl" => {
                let level: Option<u8> = val.and_then(|level| level.parse().ok());
                self.paragraph.outline = level.filter(|level| *level < 9).map(|level| level + 1);
            }
            "numId" => self.paragraph.number = val.filter(|id| *id != "0").map(str::to_owned),
            "ilvl" => {
                self.paragraph.level = tag.number("val", MAX_LEVELS - 1).unwrap_or(0);
            }
            "r" => self.hidden = false,
            "vanish" => self.hidden = !off,
            "b" if !off && !self.paragraph.bold => {
                self.paragraph.bold = true;
                self.paragraph.html.raw("<b>");
            }
            "vertAlign" if matches!(val, Some("superscript" | "subscript")) => {
                self.mark(if val == Some("superscript") { "sup" } else { "sub" });
            }
            "strike" | "dstrike" if !off => self.mark("s"),
            "t" => self.is_text = true,
            "tab" if self.is_text || !self.paragraph.html.html.is_empty() => {
                self.paragraph.html.raw(" ");
            }
            "br" | "cr" => self.paragraph.html.raw("<br>"),
            FOOTNOTE | ENDNOTE => {
                let mark = if tag.name == FOOTNOTE { FOOTNOTE } else { ENDNOTE };
                let note = tag.get("id").and_then(|id| self.notes.get(&(mark, id.to_owned())));
                self.paragraph.notes.extend(note.cloned());
            }
            "docPartGallery" if self.contents == 0 && val == Some("Table of Contents") => {
                self.contents = 1;
            }
            "fldChar" => match tag.get("fldCharType") {
                Some("begin") if self.fields.len() < MAX_FIELDS => self.fields.push(false),
                Some("end") => drop(self.fields.pop()),
                _ => {}
            },
            "noBreakHyphen" => self.paragraph.html.raw("-"),
            "hyperlink" => {
                let target = tag.get("id").and_then(|id| self.relations.get(id));
                let href = target.map(|to| to.replace('"', "%22")).unwrap_or_default();
                // The targets of links are not names of parts.
                let href = href.rsplit_once("mailto:").map(|(_, to)| format!("mailto:{to}"));
                self.paragraph.html.raw(&format!("<a href=\"{}\">", href.unwrap_or_default()));
            }
            "tbl" => {
                self.end_lists(0);
                self.cells.push(false);
                self.page.raw("<table>");
                self.tables.push(SpannedTable::default());
            }
            "tr" => {
                self.page.raw("<tr>");
                self.tables.last_mut().into_iter().for_each(SpannedTable::row);
            }
            "gridSpan" => {
                let wide = tag.number("val", MAX_SPAN).unwrap_or(1).max(1);
                self.tables.last_mut().into_iter().for_each(|table| table.wide = wide);
            }
            "vMerge" => {
                let goes_on = val.is_none_or(|val| val == "continue");
                self.tables.last_mut().into_iter().for_each(|table| table.goes_on = goes_on);
            }
            "tc" => {
                let begin = self.page.html.len();
                self.tables.last_mut().into_iter().for_each(|table| table.cell(begin));
                if let Some(cell) = self.cells.last_mut() {
                    *cell = false;
                }
            }
            _ => {}
        }
    }

    /// Opens a tag that ends with the run.
    fn mark(&mut self, tag: &'static str) {
        if self.paragraph.marks.len() < 3 {
            self.paragraph.html.raw(&format!("<{tag}>"));
            self.paragraph.marks.push(tag);
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.is_text = false,
            "r" => {
                self.hidden = false;
                while let Some(mark) = self.paragraph.marks.pop() {
                    self.paragraph.html.raw(&format!("</{mark}>"));
                }
                if std::mem::take(&mut self.paragraph.bold) {
                    self.paragraph.html.raw("</b>");
                }
            }
            "hyperlink" => self.paragraph.html.raw("</a>"),
            "p" => self.end_paragraph(),
            "tc" => {
                self.end_lists(0);
                if let Some(table) = self.tables.last_mut() {
                    table.end_cell(&mut self.page);
                }
            }
            "tr" => self.page.raw("</tr>"),
            "tbl" => {
                self.cells.pop();
                self.tables.pop();
                self.page.raw("</table>");
            }
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        let mut written = paragraph.html;
        // Its first line begins the field that makes a table of contents, and its last one may end it.
        let of_contents = paragraph.in_contents
            || self.fields.contains(&true)
            || self.styles.contents.contains(&paragraph.style)
            || paragraph.style.starts_with("TOC");
        if of_contents || written.html.trim().is_empty() {
            return;
        }
        for note in &paragraph.notes {
            written.raw("<br>");
            written.text(note);
        }
        let html = written.html;
        let level = paragraph.outline.or_else(|| self.styles.levels.get(&paragraph.style).copied());
        if let Some(level) = level.filter(|_| self.cells.is_empty()) {
            self.end_lists(0);
            let level = level.min(6);
            return self.page.raw(&format!("<h{level}>{html}</h{level}>"));
        }
        let of_style = || self.styles.lists.get(&paragraph.style).cloned();
        let listed = paragraph.number.or_else(of_style).filter(|_| self.cells.is_empty());
        match listed {
            Some(number) => {
                let of = (number, paragraph.level);
                let counted = self.counted.get(&of).copied().unwrap_or(false);
                let number = self.number(of);
                self.item(paragraph.level, counted.then_some(number), &html);
            }
            None if self.cells.is_empty() => {
                self.end_lists(0);
                self.page.raw(&format!("<p>{html}</p>"));
            }
            None => {
                if let Some(true) = self.cells.last() {
                    self.page.raw("<br>");
                }
                if let Some(cell) = self.cells.last_mut() {
                    *cell = true;
                }
                self.page.raw(&html);
            }
        }
    }

    /// The number of the next item of a list's level: those below it begin again.
    fn number(&mut self, of: (String, usize)) -> u32 {
        self.counts.retain(|(list, level), _| *list != of.0 || *level <= of.1);
        let count = self.counts.entry(of).or_insert(0);
        *count += 1;
        *count
    }

    fn item(&mut self, level: usize, number: Option<u32>, html: &str) {
        let list = if number.is_some() { "ol" } else { "ul" };
        self.end_lists(level + 1);
        if self.lists.len() == level + 1 && self.lists.last() != Some(&list) {
            self.end_lists(level);
        }
        while self.lists.len() <= level {
            self.page.raw(&format!("<{list}>"));
            self.lists.push(list);
        }
        match number {
            Some(number) => self.page.raw(&format!("<li value={number}>{html}</li>")),
            None => self.page.raw(&format!("<li>{html}</li>")),
        }
    }

    fn end_lists(&mut self, keep: usize) {
        while self.lists.len() > keep {
            if let Some(list) = self.lists.pop() {
                self.page.raw(&format!("</{list}>"));
            }
        }
    }
}
