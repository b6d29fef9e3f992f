//! Presentations of PowerPoint: each slide under its title, with what its speaker says to it.

use url::Url;

use super::{
    Archive, OfficeError,
    markup::{self, Event, PageWriter},
};
use crate::extract::{Document, markdown, superscript};

/// Slides read of one presentation at most.
const MAX_SLIDES: usize = 500;

/// Reads a PPTX file that was found at `url`.
pub(crate) fn pptx(bytes: &[u8], url: &Url) -> Result<Document, OfficeError> {
    let mut archive = Archive::open(bytes)?;
    let main = "ppt/presentation.xml";
    let order = archive.needed(main)?;
    let relations = archive.relations(main)?;
    let mut slides: Vec<String> = Vec::new();
    markup::each(&order, |event| {
        // Its own id has the same name without a prefix, and leads nowhere.
        if let Event::Open(tag) = event
            && tag.name == "sldId"
        {
            slides.extend(tag.all("id").find_map(|id| relations.get(id)).cloned());
        }
    });
    let mut page = PageWriter::default();
    for slide in slides.iter().take(MAX_SLIDES) {
        let Some(xml) = archive.text(slide)? else { continue };
        if write(&xml, &mut page) {
            let parts = archive.relations(slide)?;
            let mut diagrams: Vec<&String> =
                parts.values().filter(|part| part.contains("diagrams/data")).collect();
            diagrams.sort();
            for diagram in diagrams {
                let xml = archive.text(diagram)?.unwrap_or_default();
                write_diagram(&xml, &mut page);
            }
            let notes = parts.values().find(|part| part.contains("notesSlide"));
            if let Some(xml) = notes.map(|notes| archive.text(notes)).transpose()?.flatten() {
                write_notes(&xml, &mut page);
            }
        }
    }
    let title = markup::title(archive.text("docProps/core.xml")?);
    let title = title.filter(|title| title != "PowerPoint Presentation");
    Ok(markdown::document(&page.html, url, title)?)
}

/// A shape of a slide.
#[derive(Default)]
struct Shape {
    is_title: bool,
    /// A date, a slide's number, a foot.
    is_edge: bool,
    paragraphs: Vec<(String, bool)>,
}

/// Writes a slide, unless it is hidden; whether it isn't.
fn write(xml: &str, page: &mut PageWriter) -> bool {
    let mut shapes: Vec<Shape> = Vec::new();
    let mut shape = Shape::default();
    let (mut text, mut bullet, mut is_text, mut in_table) = (String::new(), false, false, false);
    let (mut hidden, mut named, mut raised) = (false, false, false);
    let mut table = PageWriter::default();
    let mut tables: Vec<String> = Vec::new();
    markup::each(xml, |event| match event {
        Event::Open(tag) => match tag.name.as_str() {
            "sld" => hidden = tag.get("show") == Some("0"),
            "sp" => shape = Shape::default(),
            "ph" => {
                let kind = tag.get("type").unwrap_or_default();
                shape.is_title = matches!(kind, "title" | "ctrTitle");
                shape.is_edge = matches!(kind, "dt" | "ftr" | "sldNum" | "hdr");
            }
            "p" => {
                text.clear();
                bullet = false;
            }
            "buChar" | "buAutoNum" => bullet = true,
            // A raised number behind one is its cents; behind a letter it is a power or a mark.
            "rPr" => raised = tag.get("baseline").is_some_and(|by| !by.starts_with(['-', '0'])),
            "r" => raised = false,
            "t" => is_text = true,
            "br" => text.push(' '),
            "tbl" => {
                in_table = true;
                table = PageWriter::default();
                table.raw("<table>");
            }
            "tblPr" => named = tag.get("firstRow") == Some("1"),
            "tr" => table.raw("<tr>"),
            "tc" => table.raw(if named { "<th>" } else { "<td>" }),
            _ => {}
        },
        Event::Text(said) if is_text && raised => text.push_str(&superscript(&text, said)),
        Event::Text(said) if is_text => text.push_str(said),
        Event::Text(_) => {}
        Event::Close(name) => match name {
            "t" => is_text = false,
            "p" if in_table => table.text(&format!("{text} ")),
            "p" => shape.paragraphs.push((std::mem::take(&mut text), bullet)),
            "tc" => table.raw(if named { "</th>" } else { "</td>" }),
            "tr" => {
                table.raw("</tr>");
                named = false;
            }
            "tbl" => {
                in_table = false;
                table.raw("</table>");
                tables.push(std::mem::take(&mut table.html));
            }
            "sp" => shapes.push(std::mem::take(&mut shape)),
            _ => {}
        },
    });
    if !hidden {
        write_shapes(&shapes, &tables, page);
    }
    !hidden
}

/// Writes the text of a slide's notes, paragraph by paragraph; beside it they have a picture of the slide
/// and its number.
fn write_notes(xml: &str, page: &mut PageWriter) {
    let (mut is_body, mut is_text, mut text) = (false, false, String::new());
    markup::each(xml, |event| match event {
        Event::Open(tag) => match tag.name.as_str() {
            "sp" => is_body = false,
            "ph" => is_body = tag.get("type") == Some("body"),
            "p" => text.clear(),
            "t" => is_text = is_body,
            "br" => text.push(' '),
            _ => {}
        },
        Event::Text(said) if is_text => text.push_str(said),
        Event::Text(_) => {}
        Event::Close("t") => is_text = false,
        Event::Close("p") if is_body && !text.trim().is_empty() => page.element("p", text.trim()),
        Event::Close(_) => {}
    });
}

/// Writes what is in the boxes of a diagram, an item each.
fn write_diagram(xml: &str, page: &mut PageWriter) {
    let (mut is_text, mut text) = (false, String::new());
    page.raw("<ul>");
    markup::each(xml, |event| match event {
        Event::Open(tag) => match tag.name.as_str() {
            "pt" => text.clear(),
            // A box has an element of the same name around its paragraphs.
            "t" => is_text = true,
            "p" if !text.is_empty() => text.push(' '),
            _ => {}
        },
        Event::Text(said) if is_text => text.push_str(said),
        Event::Text(_) => {}
        Event::Close("t") => is_text = false,
        Event::Close("pt") if !text.trim().is_empty() => page.element("li", text.trim()),
        Event::Close(_) => {}
    });
    page.raw("</ul>");
}

/// A slide's title, then its other shapes, then its tables.
fn write_shapes(shapes: &[Shape], tables: &[String], page: &mut PageWriter) {
    for shape in shapes.iter().filter(|shape| shape.is_title) {
        let title: Vec<&str> = shape.paragraphs.iter().map(|(text, _)| text.trim()).collect();
        page.element("h2", title.join(" ").trim());
    }
    for shape in shapes.iter().filter(|shape| !shape.is_title && !shape.is_edge) {
        let listed =
            shape.paragraphs.iter().filter(|(text, _)| !text.trim().is_empty()).count() > 1;
        page.raw(if listed { "<ul>" } else { "<div>" });
        for (text, _) in shape.paragraphs.iter().filter(|(text, _)| !text.trim().is_empty()) {
            page.element(if listed { "li" } else { "p" }, text);
        }
        page.raw(if listed { "</ul>" } else { "</div>" });
    }
    tables.iter().for_each(|table| page.raw(table));
}
