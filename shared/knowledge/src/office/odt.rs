//! Texts of LibreOffice and others (OpenDocument).

use std::collections::HashSet;

use url::Url;

use super::{
    Archive, OfficeError,
    markup::{self, Element, Event, PageWriter},
};
use crate::extract::{Document, markdown};

/// Columns that one cell is repeated over at most.
const MAX_REPEATED: usize = 30;

/// Reads an ODT file that was found at `url`.
pub(crate) fn odt(bytes: &[u8], url: &Url) -> Result<Document, OfficeError> {
    let mut archive = Archive::open(bytes)?;
    let content = archive.needed("content.xml")?;
    let title = markup::title(archive.text("meta.xml")?);
    let mut writer = Writer { counted: counted_lists(&content), ..Writer::default() };
    markup::each(&content, |event| writer.meet(event));
    Ok(markdown::document(&writer.page.html, url, title)?)
}

/// The styles of lists that are counted.
fn counted_lists(xml: &str) -> HashSet<String> {
    let (mut counted, mut style) = (HashSet::new(), String::new());
    markup::each(xml, |event| {
        let Event::Open(tag) = event else { return };
        match tag.name.as_str() {
            "list-style" => tag.get("name").unwrap_or_default().clone_into(&mut style),
            "list-level-style-number" if tag.get("level").is_none_or(|level| level == "1") => {
                counted.insert(style.clone());
            }
            _ => {}
        }
    });
    counted
}

#[derive(Default)]
struct Writer {
    page: PageWriter,
    counted: HashSet<String>,
    lists: Vec<&'static str>,
    level: u8,
    /// How many elements deep in something that is not read.
    skipped: usize,
    in_body: bool,
    /// How many paragraphs are open.
    paragraphs: usize,
    repeated: usize,
    cell: usize,
    /// What was written before each note that is open.
    notes: Vec<String>,
    /// Notes that wait for the end of their paragraph.
    noted: String,
}

impl Writer {
    fn meet(&mut self, event: Event<'_>) {
        match event {
            Event::Open(tag) => {
                let skip = matches!(
                    tag.name.as_str(),
                    "annotation"
                        | "tracked-changes"
                        | "note-citation"
                        | "sequence-decls"
                        | "table-of-content"
                );
                if self.skipped > 0 || skip {
                    self.skipped += 1;
                } else {
                    self.open(tag);
                }
            }
            Event::Close(_) if self.skipped > 0 => self.skipped -= 1,
            Event::Close(name) => self.close(name),
            Event::Text(text) => {
                if self.skipped == 0 && self.in_body && self.paragraphs > 0 {
                    self.page.text(text);
                }
            }
        }
    }

    fn open(&mut self, tag: &Element) {
        match tag.name.as_str() {
            "body" => self.in_body = true,
            "note" => self.notes.push(std::mem::take(&mut self.page.html)),
            "h" => {
                self.paragraphs += 1;
                self.level = tag.number("outline-level", 6).map_or(1, |l| l.max(1) as u8);
                self.page.raw(&format!("<h{}>", self.level));
            }
            "p" => {
                self.paragraphs += 1;
                self.page.raw("<p>");
            }
            "list" => {
                let style = tag.get("style-name");
                let counted = style.map(|style| self.counted.contains(style));
                let above = self.lists.last().copied().unwrap_or("ul");
                let list = counted.map_or(above, |counted| if counted { "ol" } else { "ul" });
                self.lists.push(list);
                self.page.raw(&format!("<{list}>"));
            }
            "list-item" => self.page.raw("<li>"),
            "table" if self.in_body => self.page.raw("<table>"),
            "table-row" => self.page.raw("<tr>"),
            "table-cell" => {
                self.repeated = tag.number("number-columns-repeated", MAX_REPEATED).unwrap_or(1);
                self.cell = self.page.html.len();
                let span = |name| tag.number(name, MAX_REPEATED).unwrap_or(1).max(1);
                let (wide, high) = (span("number-columns-spanned"), span("number-rows-spanned"));
                self.page.raw(&format!("<td colspan={wide} rowspan={high}>"));
            }
            "line-break" => self.page.raw("<br>"),
            "tab" | "s" => self.page.raw(" "),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "body" => self.in_body = false,
            "note" => {
                let text =
                    std::mem::replace(&mut self.page.html, self.notes.pop().unwrap_or_default());
                self.noted.push_str(&text);
            }
            "h" => {
                self.paragraphs = self.paragraphs.saturating_sub(1);
                self.page.raw(&format!("</h{}>", self.level));
            }
            "p" => {
                self.paragraphs = self.paragraphs.saturating_sub(1);
                self.page.raw("</p>");
                // Notes come behind the paragraph that has their mark.
                if self.paragraphs == 0 {
                    let noted = std::mem::take(&mut self.noted);
                    self.page.raw(&noted);
                }
            }
            "list" => {
                if let Some(list) = self.lists.pop() {
                    self.page.raw(&format!("</{list}>"));
                }
            }
            "list-item" => self.page.raw("</li>"),
            "table" if self.in_body => self.page.raw("</table>"),
            "table-row" => self.page.raw("</tr>"),
            "table-cell" => {
                self.page.raw("</td>");
                let cell = self.page.html.get(self.cell..).unwrap_or_default().to_owned();
                for _ in 1..std::mem::replace(&mut self.repeated, 1) {
                    self.page.raw(&cell);
                }
            }
            _ => {}
        }
    }
}
