//! PDF files: the text of their pages in the order in which people read it. [`content`] carries out
//! what a page draws, with [`font`] and [`letters`] telling letters and widths; [`lines`] puts what was drawn
//! together to lines, columns and rows; [`layout`] makes paragraphs and headings of them. Pictures
//! of text are not read.

mod content;
mod encoding;
mod encrypted;
mod font;
mod layout;
mod letters;
mod lines;
mod size;

use std::time::Duration;

use lopdf::{Document as Pdf, LoadOptions};
use url::Url;

use self::content::{Budget, Reader};
use crate::extract::Document;

/// Pages read of one file at most.
const MAX_PAGES: usize = 500;
/// The largest stream that is unpacked while a file is loaded.
const MAX_STREAM: usize = 4 * 1024 * 1024;
/// Bytes of text taken from one file at most.
const MAX_TEXT: usize = 2 * 1024 * 1024;
/// Nothing more is drawn after this time.
const TIME: Duration = Duration::from_secs(10);

/// Why a file has no text. Fit for its owner's eyes.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum PdfError {
    /// No PDF file, whatever its type says.
    #[error("the PDF file can't be understood")]
    Broken,
    /// It opens with a password only.
    #[error("the PDF file is encrypted")]
    Encrypted,
    /// It holds far more than it seems to.
    #[error("the PDF file is too large once it is unpacked")]
    TooLarge,
    /// It draws letters and does not say which.
    #[error("the PDF file does not say which letters its fonts draw")]
    NoLetters,
    /// It has no text, or only pictures of it.
    #[error("the PDF file has no readable text")]
    Empty,
}

/// Reads a PDF file that was found at `url`. What it links to is not followed.
pub(crate) fn pdf(bytes: &[u8], url: &Url) -> Result<Document, PdfError> {
    size::check(bytes)?;
    let bytes = encrypted::with_object(bytes);
    let pdf = load(&bytes)?;
    if pdf.is_encrypted() {
        return Err(PdfError::Encrypted);
    }
    let mut reader = Reader::new(&pdf, Budget::new(TIME));
    let mut pages = Vec::new();
    let mut text = 0;
    for (number, page) in pdf.get_pages().into_iter().take(MAX_PAGES) {
        if reader.budget.is_spent() || text > MAX_TEXT {
            break;
        }
        let pieces = reader.page(page);
        text += pieces.iter().map(|piece| piece.text.len()).sum::<usize>();
        pages.push((number, lines::regions(pieces)));
    }
    let blocks = layout::blocks(pages);
    if blocks.is_empty() {
        return Err(if reader.has_unknown { PdfError::NoLetters } else { PdfError::Empty });
    }
    let name = || url.path_segments().and_then(|mut all| all.next_back()).unwrap_or_default();
    let title = title(&pdf).unwrap_or_else(|| name().to_owned());
    Ok(Document { title, blocks, ..Document::default() })
}

/// Loads a file. Where what it says of its objects' places leads to no page, they are looked for.
fn load(bytes: &[u8]) -> Result<Pdf, PdfError> {
    let load = |force_reconstruct| {
        size::check(bytes)?;
        let options = LoadOptions {
            max_decompressed_size: Some(MAX_STREAM),
            filter: Some(size::admit),
            force_reconstruct,
            ..LoadOptions::default()
        };
        let pdf = Pdf::load_mem_with_options(bytes, options);
        match size::is_exceeded() {
            true => Err(PdfError::TooLarge),
            false => pdf.map_err(|_| PdfError::Broken),
        }
    };
    let pdf = load(false)?;
    match pdf.is_encrypted() || pdf.page_iter().next().is_some() {
        true => Ok(pdf),
        false => Ok(load(true).unwrap_or(pdf)),
    }
}

fn title(pdf: &Pdf) -> Option<String> {
    let info = pdf.trailer.get(b"Info").ok()?;
    let (_, info) = pdf.dereference(info).ok()?;
    let title = lopdf::decode_text_string(info.as_dict().ok()?.get(b"Title").ok()?).ok()?;
    // What programs put there that know of none.
    const NONE: &[&str] = &["", "(anonymous)", "anonymous", "untitled", "unknown", "title"];
    let title = title.trim().trim_start_matches("Microsoft Word - ").trim().to_owned();
    Some(title).filter(|title| !NONE.contains(&title.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests;
