//! Books: pages in an archive, in the order in which they are read.

use std::collections::HashMap;

use url::Url;

use super::{
    Archive, OfficeError,
    markup::{self, Event},
    resolved,
};
use crate::extract::{Document, ExtractError, markdown, percent_decoded, xhtml};

/// Chapters read of one book at most.
const MAX_CHAPTERS: usize = 1_000;

/// Reads an EPUB file that was found at `url`.
pub(crate) fn epub(bytes: &[u8], url: &Url) -> Result<Document, OfficeError> {
    let mut archive = Archive::open(bytes)?;
    let container = archive.needed("META-INF/container.xml")?;
    let mut package = None;
    markup::each(&container, |event| {
        if let Event::Open(tag) = event
            && tag.name == "rootfile"
            && package.is_none()
        {
            package = tag.get("full-path").map(str::to_owned);
        }
    });
    let at = package.ok_or(OfficeError::Broken)?;
    let package = archive.needed(&at)?;
    let folder = at.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: HashMap<String, String> = HashMap::new();
    let mut order: Vec<String> = Vec::new();
    markup::each(&package, |event| {
        let Event::Open(tag) = event else { return };
        match (tag.name.as_str(), tag.get("id"), tag.get("href"), tag.get("idref")) {
            // The table of contents is a page too, and says nothing.
            ("item", Some(id), Some(href), _) if tag.get("properties") != Some("nav") => {
                parts.insert(id.to_owned(), resolved(folder, &percent_decoded(href)));
            }
            ("itemref", _, _, Some(id)) => order.push(id.to_owned()),
            _ => {}
        }
    });
    let mut book =
        Document { title: markup::title(Some(package)).unwrap_or_default(), ..Document::default() };
    for part in order.iter().take(MAX_CHAPTERS).filter_map(|id| parts.get(id)) {
        let Some(chapter) = archive.text(part)? else { continue };
        match markdown::document(&xhtml::opened(&chapter), url, None) {
            Ok(chapter) => book.blocks.extend(chapter.blocks),
            Err(ExtractError::Empty) => {}
            Err(error) => return Err(error.into()),
        }
    }
    match book.blocks.is_empty() {
        true => Err(OfficeError::Empty),
        false => Ok(book),
    }
}
