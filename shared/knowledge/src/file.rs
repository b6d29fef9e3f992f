//! An uploaded file: of what type it is, and what it says.

use encoding_rs::Encoding;
use url::Url;

use crate::{
    extract::{self, Document},
    fetch::{PageError, charset_in, decoded},
    pdf,
};

/// Bytes of a file that are looked at to tell what it is.
const HEAD: usize = 1024;
/// How a PDF file begins, somewhere in its head.
const PDF_MARK: &[u8] = b"%PDF-";
/// The types that can be read, each with the endings of names and the media types that stand for
/// it. The first media type is the one that is kept.
const TYPES: [(FileType, &[&str], &[&str]); 4] = [
    (FileType::Html, &["html", "htm", "xhtml"], &["text/html", "application/xhtml+xml"]),
    (FileType::Text, &["txt", "text"], &["text/plain"]),
    (FileType::Markdown, &["md", "markdown"], &["text/markdown", "text/x-markdown"]),
    (FileType::Pdf, &["pdf"], &["application/pdf", "application/x-pdf"]),
];
/// What clients send where they don't know better.
const ANYTHING: &str = "application/octet-stream";

/// A type of file that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileType {
    /// HTML.
    Html,
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// PDF.
    Pdf,
}

/// Why a file is not taken. Fit for its owner's eyes.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum FileTypeError {
    /// Neither its name nor what was declared says that it can be read.
    #[error("must be HTML, plain text, Markdown or PDF, by its name or its media type")]
    Unknown,
    /// It says to be a PDF file.
    #[error("is no PDF file, though it is called one")]
    NoPdf,
    /// It says to be text.
    #[error("is no text, though it is called one")]
    NoText,
}

impl FileType {
    fn of_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        let ending = ending.to_ascii_lowercase();
        TYPES.iter().find(|(_, endings, _)| endings.contains(&ending.as_str())).map(|t| t.0)
    }

    fn of_media_type(kind: &str) -> Option<Self> {
        TYPES.iter().find(|(_, _, kinds)| kinds.contains(&kind)).map(|t| t.0)
    }

    fn media_type(self) -> &'static str {
        let kinds = TYPES.iter().find(|(of, _, _)| *of == self).map(|t| t.2);
        kinds.and_then(<[_]>::first).copied().unwrap_or(ANYTHING)
    }
}

/// The essence of a media type, without parameters, in lower case.
fn essence(declared: &str) -> String {
    declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The media type of a file called `name` that was `declared` to be one: by the name's ending or,
/// where that says nothing, by what was declared; with the character set, if one was declared that
/// is known.
pub fn media_type(name: &str, declared: Option<&str>) -> Result<String, FileTypeError> {
    let declared = declared.unwrap_or(ANYTHING).to_ascii_lowercase();
    let kind = essence(&declared);
    let said = FileType::of_media_type(&kind);
    if said.is_none() && kind != ANYTHING {
        return Err(FileTypeError::Unknown);
    }
    let is = FileType::of_name(name).or(said).ok_or(FileTypeError::Unknown)?;
    let label = charset_in(&declared).filter(|_| is != FileType::Pdf);
    let charset = label.and_then(|label| Encoding::for_label(label.as_bytes()));
    Ok(match charset {
        Some(charset) => {
            format!("{}; charset={}", is.media_type(), charset.name().to_ascii_lowercase())
        }
        None => is.media_type().to_owned(),
    })
}

/// Whether `bytes` may be of `media_type`, which [`media_type`] made.
pub fn check(media_type: &str, bytes: &[u8]) -> Result<(), FileTypeError> {
    let head = &bytes[..bytes.len().min(HEAD)];
    let marked = head.windows(PDF_MARK.len()).any(|window| window == PDF_MARK);
    let of_pdf = FileType::of_media_type(&essence(media_type)) == Some(FileType::Pdf);
    // Text in UTF-16 has NULs, and says so by its first bytes.
    let wide = Encoding::for_bom(bytes).is_some_and(|(encoding, _)| encoding != encoding_rs::UTF_8);
    match of_pdf {
        true if !marked => Err(FileTypeError::NoPdf),
        false if head.starts_with(PDF_MARK) || (bytes.contains(&0) && !wide) => {
            Err(FileTypeError::NoText)
        }
        _ => Ok(()),
    }
}

/// What a file says. Where it leads is left out.
pub fn read(name: &str, media_type: &str, bytes: &[u8]) -> Result<Document, PageError> {
    // A file has no address; what would be made of one gives way to its name below.
    let at = Url::parse("file:///").map_err(|_| PageError::ContentType(media_type.to_owned()))?;
    let text = || decoded(bytes, media_type);
    let kind = essence(media_type);
    let mut document = match FileType::of_media_type(&kind) {
        Some(FileType::Html) => extract::html(&text(), &at)?,
        Some(FileType::Text | FileType::Markdown) => extract::plain(&text(), &at)?,
        Some(FileType::Pdf) => pdf::pdf(bytes, &at)?,
        None => return Err(PageError::ContentType(kind)),
    };
    document.links.clear();
    if ["", at.path()].contains(&document.title.trim()) {
        name.clone_into(&mut document.title);
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_says_what_a_file_is_before_what_was_declared_does() {
        for (name, declared, expected) in [
            ("a.md", None, "text/markdown"),
            ("a.MD", Some("text/plain"), "text/markdown"),
            ("a.b.pdf", Some("application/octet-stream"), "application/pdf"),
            ("a", Some("Application/PDF"), "application/pdf"),
            ("v1.2 notes", Some("text/plain"), "text/plain"),
            ("a.txt", Some("text/plain; charset=ISO-8859-2"), "text/plain; charset=iso-8859-2"),
            ("a.htm", Some("text/html;charset=\"latin1\""), "text/html; charset=windows-1252"),
            ("a.txt", Some("text/plain; charset=nonsense"), "text/plain"),
        ] {
            assert_eq!(media_type(name, declared).as_deref(), Ok(expected), "{name} {declared:?}");
        }
        for (name, declared) in [
            ("a.docx", None),
            ("a", None),
            ("pdf", Some("application/octet-stream")),
            ("a.txt", Some("image/png")),
            ("a.pdf", Some("")),
        ] {
            assert_eq!(media_type(name, declared), Err(FileTypeError::Unknown), "{name}");
        }
    }

    #[test]
    fn what_is_in_a_file_has_to_fit() {
        let utf_16 = [0xff, 0xfe, b'a', 0];
        assert_eq!(check("application/pdf", b"\n%PDF-1.7"), Ok(()));
        assert_eq!(check("application/pdf", b"<html>"), Err(FileTypeError::NoPdf));
        assert_eq!(check("text/plain; charset=utf-8", b"%PDF-1.7"), Err(FileTypeError::NoText));
        assert_eq!(check("text/markdown", b"PK\x03\x04\0\0"), Err(FileTypeError::NoText));
        assert_eq!(check("text/plain", b"A PDF begins with %PDF-1.7."), Ok(()));
        assert_eq!(check("text/plain", &utf_16), Ok(()));
    }

    #[test]
    fn a_file_without_a_title_has_its_name() {
        let read = |kind: &str, bytes: &[u8]| read("notes", kind, bytes).unwrap();
        assert_eq!(read("text/plain", b"One.\n\nTwo.").title, "notes");
        assert_eq!(read("text/markdown", b"# Head\nOne.").title, "Head");
        let page =
            read("text/html", b"<main><p>One and only.</p><a href='https://a.b/'>b</a></main>");
        assert_eq!((page.title.as_str(), page.links.len()), ("notes", 0));
        let latin = read("text/plain; charset=iso-8859-2", b"\xb9koda");
        assert_eq!(latin.blocks[0].text, "škoda");
    }
}
