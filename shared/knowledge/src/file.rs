//! An uploaded file, or one that was found on a site: of what type it is, and what it says.

use encoding_rs::Encoding;
use url::Url;

use crate::{
    charset,
    extract::{self, Document, ExtractError},
    fetch::PageError,
    office, pdf, records,
};

/// Bytes of a file that are looked at to tell what it is.
const HEAD: usize = 1024;
/// How a PDF file begins, somewhere in its head.
const PDF_MARK: &[u8] = b"%PDF-";
/// How a packed file of an office program begins.
const ZIP_MARK: &[u8] = b"PK\x03\x04";
/// What clients send where they don't know better.
const ANYTHING: &str = "application/octet-stream";
/// What else clients send of files of office programs.
const PACKED: [&str; 2] = ["application/zip", "application/x-zip-compressed"];

/// A type of file that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileType {
    /// HTML.
    Html,
    /// Plain text.
    Text,
    /// reStructuredText.
    Rst,
    /// AsciiDoc.
    AsciiDoc,
    /// Markdown.
    Markdown,
    /// PDF.
    Pdf,
    /// A text of Word.
    Docx,
    /// A presentation of PowerPoint.
    Pptx,
    /// A workbook of Excel.
    Xlsx,
    /// A text of LibreOffice and others.
    Odt,
    /// A book.
    Epub,
    /// Values divided by commas or semicolons.
    Csv,
    /// Values divided by tabs.
    Tsv,
    /// JSON: an object or a list of objects.
    Json,
    /// JSON, an object a line.
    Jsonl,
}

/// The types that can be read, each with the endings of names and the media types that stand for
/// it. The first media type is the one that is kept.
const TYPES: [(FileType, &[&str], &[&str]); 15] = [
    (FileType::Html, &["html", "htm", "xhtml"], &["text/html", "application/xhtml+xml"]),
    (FileType::Text, &["txt", "text"], &["text/plain"]),
    (FileType::Rst, &["rst", "rest"], &["text/x-rst", "text/prs.fallenstein.rst"]),
    (FileType::AsciiDoc, &["adoc", "asciidoc", "asc"], &["text/asciidoc", "text/x-asciidoc"]),
    (FileType::Markdown, &["md", "markdown", "mdx"], &["text/markdown", "text/x-markdown"]),
    (FileType::Pdf, &["pdf"], &["application/pdf", "application/x-pdf"]),
    (
        FileType::Docx,
        &["docx"],
        &["application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
    ),
    (
        FileType::Pptx,
        &["pptx"],
        &["application/vnd.openxmlformats-officedocument.presentationml.presentation"],
    ),
    (
        FileType::Xlsx,
        &["xlsx"],
        &["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
    ),
    (FileType::Odt, &["odt"], &["application/vnd.oasis.opendocument.text"]),
    (FileType::Epub, &["epub"], &["application/epub+zip"]),
    // Windows calls tables in text what opens them.
    (FileType::Csv, &["csv"], &["text/csv", "application/csv", "application/vnd.ms-excel"]),
    (FileType::Tsv, &["tsv", "tab"], &["text/tab-separated-values"]),
    (FileType::Json, &["json"], &["application/json"]),
    (
        FileType::Jsonl,
        &["jsonl", "ndjson"],
        &["application/jsonl", "application/x-ndjson", "application/x-jsonlines"],
    ),
];

/// Why a file is not taken. Fit for its owner's eyes.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum FileTypeError {
    /// Neither its name nor what was declared says that it can be read.
    #[error(
        "must be HTML, plain text, Markdown, PDF, DOCX, PPTX, XLSX, ODT, EPUB, CSV, TSV, JSON or \
         JSONL, by its name or its media type"
    )]
    Unknown,
    /// It says to be a PDF file.
    #[error("is no PDF file, though it is called one")]
    NoPdf,
    /// It says to be a file of an office program.
    #[error("is no {0} file, though it is called one")]
    NoOffice(&'static str),
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

    /// What it is called if it is packed.
    fn packed(self) -> Option<&'static str> {
        match self {
            Self::Docx => Some("DOCX"),
            Self::Pptx => Some("PPTX"),
            Self::Xlsx => Some("XLSX"),
            Self::Odt => Some("ODT"),
            Self::Epub => Some("EPUB"),
            _ => None,
        }
    }
}

/// The essence of a media type, without parameters, in lower case.
fn essence(declared: &str) -> String {
    // Some servers send the field twice, which joins them.
    declared.split([';', ',']).next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The media type of a file called `name` that was `declared` to be one: by the name's ending or,
/// where that says nothing, by what was declared; with the character set, if one was declared that
/// is known.
pub fn media_type(name: &str, declared: Option<&str>) -> Result<String, FileTypeError> {
    let declared = declared.unwrap_or(ANYTHING).to_ascii_lowercase();
    let kind = essence(&declared);
    let said = FileType::of_media_type(&kind);
    let named = FileType::of_name(name);
    let packed = named.and_then(FileType::packed).is_some() && PACKED.contains(&kind.as_str());
    if said.is_none() && kind != ANYTHING && !packed {
        return Err(FileTypeError::Unknown);
    }
    let is = named.or(said).ok_or(FileTypeError::Unknown)?;
    let label = charset::label(&declared).filter(|_| is != FileType::Pdf && is.packed().is_none());
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
    let of = FileType::of_media_type(&essence(media_type));
    if let Some(name) = of.and_then(FileType::packed) {
        return match head.starts_with(ZIP_MARK) {
            true => Ok(()),
            false => Err(FileTypeError::NoOffice(name)),
        };
    }
    // Text in UTF-16 has NULs, and says so by its first bytes.
    let wide = Encoding::for_bom(bytes).is_some_and(|(encoding, _)| encoding != encoding_rs::UTF_8);
    match of == Some(FileType::Pdf) {
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
    let mut document = read_at(&at, media_type, bytes)?;
    document.links.clear();
    // What a site says on each page, a file says once.
    document.blocks.append(&mut document.site);
    if document.blocks.is_empty() {
        return Err(ExtractError::Empty.into());
    }
    if ["", at.path()].contains(&document.title.trim()) {
        name.clone_into(&mut document.title);
    }
    Ok(document)
}

/// Whether bytes that nothing is said of begin as a page does.
fn is_html(bytes: &[u8]) -> bool {
    let head = bytes.get(..HEAD).unwrap_or(bytes).trim_ascii_start();
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let begins =
        |with: &[u8]| head.get(..with.len()).is_some_and(|at| at.eq_ignore_ascii_case(with));
    begins(b"<!doctype html") || begins(b"<html")
}

/// What was found at `url` and declared to be of `media_type` says.
pub(crate) fn read_at(url: &Url, media_type: &str, bytes: &[u8]) -> Result<Document, PageError> {
    let kind = essence(media_type);
    let named = FileType::of_name(url.path());
    let is_llms = url.path().ends_with("/llms.txt") || url.path().ends_with("/llms-full.txt");
    let of = match FileType::of_media_type(&kind) {
        // Servers don't know Markdown, and call what they don't know text or bytes.
        Some(FileType::Text) if is_llms => Some(FileType::Markdown),
        Some(FileType::Text)
            if matches!(named, Some(FileType::Markdown | FileType::Rst | FileType::AsciiDoc)) =>
        {
            named
        }
        None if kind == ANYTHING || PACKED.contains(&kind.as_str()) => {
            named.or_else(|| is_html(bytes).then_some(FileType::Html))
        }
        None if kind.is_empty() => is_html(bytes).then_some(FileType::Html).or(named),
        of => of,
    };
    let domain = url.domain().and_then(|domain| domain.rsplit('.').next());
    let text = || charset::decoded(bytes, media_type, domain);
    Ok(match of {
        Some(FileType::Html) if kind.contains("xml") => {
            extract::html(&extract::xhtml::opened(&text()), url)?
        }
        Some(FileType::Html) => extract::html(&text(), url)?,
        Some(FileType::Text) => extract::plain::read(&text(), url)?,
        Some(FileType::Rst) => extract::rst::read(&text(), url)?,
        Some(FileType::AsciiDoc) => extract::asciidoc::read(&text(), url)?,
        Some(FileType::Markdown) => extract::markdown::read(&text(), url)?,
        Some(FileType::Pdf) => pdf::pdf(bytes, url)?,
        Some(FileType::Docx) => office::docx(bytes, url)?,
        Some(FileType::Pptx) => office::pptx(bytes, url)?,
        Some(FileType::Odt) => office::odt(bytes, url)?,
        Some(FileType::Epub) => office::epub(bytes, url)?,
        Some(FileType::Xlsx) => office::xlsx(bytes)?,
        Some(FileType::Csv) => records::csv(&text(), None)?,
        Some(FileType::Tsv) => records::csv(&text(), Some(b'\t'))?,
        Some(FileType::Json | FileType::Jsonl) => records::json(&text())?,
        None => return Err(PageError::ContentType(kind)),
    })
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
            ("a.csv", Some("application/vnd.ms-excel"), "text/csv"),
            ("a.epub", Some("application/zip"), "application/epub+zip"),
            ("v1.2 notes", Some("text/plain"), "text/plain"),
            ("a.txt", Some("text/plain; charset=ISO-8859-2"), "text/plain; charset=iso-8859-2"),
            ("a.htm", Some("text/html;charset=\"latin1\""), "text/html; charset=windows-1252"),
            ("a.txt", Some("text/plain; charset=nonsense"), "text/plain"),
        ] {
            assert_eq!(media_type(name, declared).as_deref(), Ok(expected), "{name} {declared:?}");
        }
        for (name, declared) in [
            ("a.doc", None),
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
        assert_eq!(check("application/epub+zip", b"PK\x03\x04\0\0"), Ok(()));
        assert_eq!(check("application/epub+zip", b"<p>"), Err(FileTypeError::NoOffice("EPUB")));
        assert_eq!(check("text/plain", b"A PDF begins with %PDF-1.7."), Ok(()));
        assert_eq!(check("text/plain", &utf_16), Ok(()));
    }

    #[test]
    fn a_file_without_a_title_has_its_name() {
        let read = |kind: &str, bytes: &[u8]| read("notes", kind, bytes).unwrap();
        assert_eq!(read("text/plain", b"One.\n\nTwo.").title, "notes");
        assert_eq!(read("text/markdown", b"# Head\n\nOne.").title, "Head");
        let page =
            read("text/html", b"<main><p>One and only.</p><a href='https://a.b/'>b</a></main>");
        assert_eq!((page.title.as_str(), page.links.len()), ("notes", 0));
        let latin = read("text/plain; charset=iso-8859-2", b"\xb9koda");
        assert_eq!(latin.blocks[0].text, "škoda");
    }
}
