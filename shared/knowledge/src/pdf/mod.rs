//! PDF files: the text of their pages in the order in which people read it. [`content`] carries out
//! what a page draws, with [`font`] telling letters and widths; [`lines`] puts what was drawn
//! together to lines, columns and rows; [`layout`] makes paragraphs and headings of them. Pictures
//! of text are not read.

mod content;
mod font;
mod layout;
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
const MAX_STREAM: usize = 16 * 1024 * 1024;
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
    let options = LoadOptions { max_decompressed_size: Some(MAX_STREAM), ..LoadOptions::default() };
    let pdf = Pdf::load_mem_with_options(bytes, options).map_err(|_| PdfError::Broken)?;
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

fn title(pdf: &Pdf) -> Option<String> {
    let info = pdf.trailer.get(b"Info").ok()?;
    let (_, info) = pdf.dereference(info).ok()?;
    let title = lopdf::decode_text_string(info.as_dict().ok()?.get(b"Title").ok()?).ok()?;
    Some(title.trim().to_owned()).filter(|title| !title.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url() -> Url {
        Url::parse("https://example.com/files/hours.pdf").unwrap()
    }

    /// A file whose one page draws `content`.
    fn file(content: &str) -> Vec<u8> {
        let stream = format!("<</Length {}>>stream\n{content}\nendstream", content.len());
        let objects = [
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
            &stream,
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
            "<</Title(Opening hours)>>",
        ];
        let mut file = "%PDF-1.4\n".to_owned();
        let mut places = Vec::new();
        for (at, object) in objects.iter().enumerate() {
            places.push(file.len());
            file += &format!("{} 0 obj\n{object}\nendobj\n", at + 1);
        }
        let table = file.len();
        file += &format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
        for place in places {
            file += &format!("{place:010} 00000 n \n");
        }
        file += &format!(
            "trailer<</Size {}/Root 1 0 R/Info 6 0 R>>\nstartxref\n{table}\n%%EOF\n",
            objects.len() + 1
        );
        file.into_bytes()
    }

    #[test]
    fn text_is_put_together_by_where_it_stands() {
        let bytes = file(
            "BT /F 12 Tf 72 700 Td (The museum opens) Tj 0 -14 Td (at ten o'clock in the morn-) Tj \
             0 -14 Td [(ing) -250 (on) -20 (e) -300 (day.)] TJ 0 -40 Td (Caf\\351) Tj ET",
        );
        let document = pdf(&bytes, &url()).unwrap();
        assert_eq!(document.title, "Opening hours");
        let texts: Vec<_> = document.blocks.iter().map(|block| block.text.as_str()).collect();
        assert_eq!(texts, ["The museum opens at ten o'clock in the morning one day.", "Café"]);
    }

    #[test]
    fn what_is_broken_or_empty_is_an_error_and_nothing_worse() {
        assert_eq!(pdf(b"%PDF-1.4\nnothing", &url()).unwrap_err(), PdfError::Broken);
        assert_eq!(pdf(&file("BT ET"), &url()).unwrap_err(), PdfError::Empty);
        let whole = file("BT /F 12 Tf 72 700 Td (Some text) Tj ET");
        for end in 0..whole.len() {
            let _ = pdf(&whole[..end], &url());
        }
        for at in 0..whole.len() {
            for byte in [0, b'9', b'-', b'<', b'[', 0xff] {
                let mut broken = whole.clone();
                broken[at] = byte;
                let _ = pdf(&broken, &url());
            }
        }
    }
}
