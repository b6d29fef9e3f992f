//! PDF files: the text of their pages in the order in which it is drawn, put together to lines and
//! paragraphs by where it stands. Pictures of text are not read.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use lopdf::{Document as Pdf, Encoding, LoadOptions, Object, content::Content};
use url::Url;

use crate::extract::{Block, Document};

/// Pages read of one file at the most.
const MAX_PAGES: usize = 300;
/// The largest stream, unpacked.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// Text taken from one file at the most.
const MOST_TEXT: usize = 2 * 1024 * 1024;
/// No page is begun after this time.
const TIME: Duration = Duration::from_secs(10);
/// Thousandths of the font's size: a gap in a line that is at least so wide parts words.
const WORD_GAP: f32 = 180.0;

/// Why a file has no text. Fit for its owner's eyes.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum PdfError {
    /// No PDF file, whatever its type says.
    #[error("the PDF file can't be understood")]
    Broken,
    /// It opens with a password only.
    #[error("the PDF file is encrypted")]
    Encrypted,
    /// It has no text, or only pictures of it.
    #[error("the PDF file has no readable text")]
    Empty,
}

/// Reads a PDF file that was found at `url`. What it links to is not followed.
pub(crate) fn pdf(bytes: &[u8], url: &Url) -> Result<Document, PdfError> {
    let begun = Instant::now();
    let options = LoadOptions { max_decompressed_size: Some(MOST_BYTES), ..LoadOptions::default() };
    let pdf = Pdf::load_mem_with_options(bytes, options).map_err(|_| PdfError::Broken)?;
    if pdf.is_encrypted() {
        return Err(PdfError::Encrypted);
    }
    let mut text = String::new();
    for page in pdf.get_pages().into_values().take(MAX_PAGES) {
        if begun.elapsed() > TIME || text.len() > MOST_TEXT {
            break;
        }
        text.push_str(&page_text(&pdf, page));
        text.push_str("\n\n");
    }
    let blocks: Vec<Block> = text
        .split("\n\n")
        .map(joined)
        .filter(|text| !text.is_empty())
        .map(|text| Block { headings: Vec::new(), text })
        .collect();
    if blocks.is_empty() {
        return Err(PdfError::Empty);
    }
    let name = || url.path_segments().and_then(|mut all| all.next_back()).unwrap_or_default();
    let title = title(&pdf).unwrap_or_else(|| name().to_owned());
    Ok(Document { title, blocks, links: Vec::new() })
}

fn title(pdf: &Pdf) -> Option<String> {
    let info = pdf.trailer.get(b"Info").ok()?;
    let (_, info) = pdf.dereference(info).ok()?;
    let title = lopdf::decode_text_string(info.as_dict().ok()?.get(b"Title").ok()?).ok()?;
    Some(title.trim().to_owned()).filter(|title| !title.is_empty())
}

/// The lines of a paragraph as one, with words that were divided put together again.
fn joined(paragraph: &str) -> String {
    let mut text = String::new();
    for line in paragraph.lines() {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let goes_on = line.chars().next().is_some_and(char::is_lowercase);
        let divided = text.strip_suffix('-').filter(|before| {
            goes_on && before.chars().next_back().is_some_and(char::is_alphabetic)
        });
        if let Some(before) = divided.map(str::len) {
            text.truncate(before);
        } else if !text.is_empty() && !line.is_empty() {
            text.push(' ');
        }
        text.push_str(&line);
    }
    text
}

fn page_text(pdf: &Pdf, page: lopdf::ObjectId) -> String {
    let Ok(fonts) = pdf.get_page_fonts(page) else { return String::new() };
    let encodings: BTreeMap<Vec<u8>, Encoding<'_>> = fonts
        .into_iter()
        .filter_map(|(name, font)| {
            Some((name, font.get_font_encoding_with_limit(pdf, MOST_BYTES).ok()?))
        })
        .collect();
    let content = pdf.get_page_content_with_limit(page, MOST_BYTES);
    let Some(content) = content.ok().and_then(|bytes| Content::decode(&bytes).ok()) else {
        return String::new();
    };
    let mut pen = Pen { leading: 0.0, scale: 1.0, ..Pen::default() };
    let mut encoding = None;
    for operation in &content.operations {
        let operands = &operation.operands;
        let number =
            |at: usize| operands.get(at).and_then(|o| o.as_float().ok()).unwrap_or_default();
        match operation.operator.as_str() {
            "BT" => pen.place(0.0, 0.0, 1.0),
            "Tf" => {
                encoding = operands.first().and_then(|o| encodings.get(o.as_name().ok()?));
                pen.size = number(1);
            }
            "TL" => pen.leading = number(0),
            "Td" => pen.go(number(0), number(1)),
            "TD" => {
                pen.leading = -number(1);
                pen.go(number(0), number(1));
            }
            "Tm" => pen.place(number(4), number(5), number(3)),
            "T*" => pen.go(0.0, -pen.leading),
            "Tj" | "TJ" => pen.show(encoding, operands),
            "'" => {
                pen.go(0.0, -pen.leading);
                pen.show(encoding, operands);
            }
            "\"" => {
                pen.go(0.0, -pen.leading);
                pen.show(encoding, operands.get(2..).unwrap_or_default());
            }
            _ => {}
        }
        if pen.text.len() > MOST_TEXT {
            break;
        }
    }
    pen.text
}

/// Where text is drawn, and what was.
#[derive(Default)]
struct Pen {
    text: String,
    size: f32,
    scale: f32,
    leading: f32,
    x: f32,
    y: f32,
    /// Where the text drawn last began, and where it ended as far as can be told without its
    /// font's widths.
    last: Option<(f32, f32, f32)>,
}

impl Pen {
    fn place(&mut self, x: f32, y: f32, scale: f32) {
        (self.x, self.y) = (x, y);
        self.scale = if scale.abs() > 0.0 { scale.abs() } else { 1.0 };
    }

    fn go(&mut self, x: f32, y: f32) {
        self.x += x * self.scale;
        self.y += y * self.scale;
    }

    fn show(&mut self, encoding: Option<&Encoding<'_>>, operands: &[Object]) {
        let Some(encoding) = encoding else { return };
        self.part();
        let begun = self.text.len();
        for operand in operands {
            match operand {
                Object::Array(parts) => parts.iter().for_each(|part| self.piece(encoding, part)),
                other => self.piece(encoding, other),
            }
        }
        let drawn = self.text.get(begun..).map_or(0, |drawn| drawn.chars().count());
        let em = self.em();
        // Half the size is about what a character takes.
        #[expect(clippy::cast_precision_loss, reason = "a line has few characters")]
        let end = self.x + drawn as f32 * em / 2.0;
        self.last = Some((self.x, end, self.y));
    }

    fn piece(&mut self, encoding: &Encoding<'_>, piece: &Object) {
        match piece {
            Object::String(bytes, _) => {
                let text = Pdf::decode_text(encoding, bytes).unwrap_or_default();
                self.text.extend(text.chars().filter(|c| !c.is_control()));
            }
            other if other.as_float().is_ok_and(|gap| gap < -WORD_GAP) => self.space(),
            _ => {}
        }
    }

    fn em(&self) -> f32 {
        (self.size * self.scale).abs().max(1.0)
    }

    fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(char::is_whitespace) {
            self.text.push(' ');
        }
    }

    /// What is between the text drawn last and that which follows.
    fn part(&mut self) {
        let Some((begun, end, y)) = self.last else { return };
        let (down, em) = ((y - self.y).abs(), self.em());
        if down > 1.8 * em {
            self.text.push_str("\n\n");
        } else if down > 0.5 * em {
            self.text.push('\n');
        } else if self.x < begun || self.x - end > em / 5.0 {
            self.space();
        }
    }
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
