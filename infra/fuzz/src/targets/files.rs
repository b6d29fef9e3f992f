//! Files and formats beside HTML, Markdown and PDF: what is written in markup of other kinds, tables as text, and
//! files of office programs, whose parts are packed here so that a mutation reaches their reader.

use std::io::{Cursor, Write};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{CRAWL_WORKER, Target, document};

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
const ODT: &str = "application/vnd.oasis.opendocument.text";
const EPUB: &str = "application/epub+zip";

/// Parts of a file beside the one that is fed.
pub type Parts = &'static [(&'static str, &'static str)];

const STYLES: Parts = &[(
    "word/styles.xml",
    "<w:styles xmlns:w='w'><w:style w:styleId='h'><w:name w:val='heading 1'/></w:style></w:styles>",
)];
const WORKBOOK: Parts = &[
    (
        "_rels/.rels",
        "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>\
         <Relationship Id='r1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/\
         officeDocument' Target='xl/workbook.xml'/></Relationships>",
    ),
    (
        "xl/workbook.xml",
        "<workbook xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' \
         xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'>\
         <sheets><sheet name='A' sheetId='1' r:id='r1'/></sheets></workbook>",
    ),
    (
        "xl/_rels/workbook.xml.rels",
        "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>\
         <Relationship Id='r1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/\
         worksheet' Target='worksheets/sheet1.xml'/></Relationships>",
    ),
    (
        "xl/sharedStrings.xml",
        "<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><si><t>Bike</t></si>\
         <si><r><t>Price</t></r></si></sst>",
    ),
    (
        "xl/styles.xml",
        "<styleSheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'></styleSheet>",
    ),
];
const SLIDES: Parts = &[
    (
        "ppt/presentation.xml",
        "<p:presentation xmlns:p='p' xmlns:r='r'><p:sldIdLst><p:sldId r:id='r1'/></p:sldIdLst></p:presentation>",
    ),
    (
        "ppt/_rels/presentation.xml.rels",
        "<Relationships><Relationship Id='r1' Type='slide' Target='slides/slide1.xml'/></Relationships>",
    ),
];
const BOOK: Parts = &[
    (
        "META-INF/container.xml",
        "<container><rootfiles><rootfile full-path='a.opf'/></rootfiles></container>",
    ),
    ("one.xhtml", "<html><body><h1>One</h1><p>It was open.</p></body></html>"),
];

/// A file whose part `name` is `bytes`, beside `parts`; nothing is packed, so that all of it is what was fed.
fn packed(parts: Parts, name: &str, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let parts = parts.iter().map(|(name, text)| (*name, text.as_bytes()));
    for (name, content) in parts.chain([(name, bytes)]) {
        zip.start_file(name, stored).map_err(|error| error.to_string())?;
        zip.write_all(content).map_err(|error| error.to_string())?;
    }
    Ok(zip.finish().map_err(|error| error.to_string())?.into_inner())
}

/// The formats whose files are packed here, each with the part that is fed.
pub const PACKED: [(&str, &str, &str, Parts, &str); 5] = [
    ("docx", "a.docx", DOCX, STYLES, "word/document.xml"),
    ("xlsx", "a.xlsx", XLSX, WORKBOOK, "xl/worksheets/sheet1.xml"),
    ("pptx", "a.pptx", PPTX, SLIDES, "ppt/slides/slide1.xml"),
    ("odt", "a.odt", ODT, &[], "content.xml"),
    ("epub", "a.epub", EPUB, BOOK, "a.opf"),
];

/// A file of the format `of`, one of [`PACKED`], whose main part is `bytes`: its name, its media type and itself.
///
/// # Errors
///
/// There is no such format, or the bytes can't be packed.
pub fn file_of(of: &str, bytes: &[u8]) -> Result<(&'static str, &'static str, Vec<u8>), String> {
    let found = PACKED.into_iter().find(|(format, ..)| *format == of);
    let (_, name, media_type, parts, part) = found.ok_or_else(|| format!("no format {of}"))?;
    Ok((name, media_type, packed(parts, part, bytes)?))
}

fn fed(of: &str, bytes: &[u8]) -> Result<(), String> {
    let (name, media_type, file) = file_of(of, bytes)?;
    document(name, media_type, &file)
}

/// A text of 1 MiB at most.
const fn text(
    name: &'static str,
    words: &'static [&'static str],
    from_bench: &'static [(&'static str, &'static [&'static str])],
    read: fn(&[u8]) -> Result<(), String>,
) -> Target {
    Target { name, max_bytes: 1024 * 1024, max_mib: CRAWL_WORKER, words, from_bench, read }
}

pub(super) const ASCIIDOC: Target = text(
    "asciidoc",
    &[
        ":name: value\n",
        "{name}",
        "= ",
        "== ",
        "|===\n",
        "| a | b\n",
        "2+| ",
        ".3+| ",
        "----\n",
        "====\n",
        "NOTE: ",
        "a:: b\n",
        "include::x[]\n",
        "ifdef::x[]\n",
        "endif::[]\n",
        "link:x[y]",
        "+\n",
    ],
    &[("files", &[".adoc"])],
    |bytes| document("page.adoc", "text/asciidoc", bytes),
);

pub(super) const RST: Target = text(
    "rst",
    &[
        "====\n",
        "----\n",
        ".. |name| replace:: value\n",
        "|name|",
        ".. code-block:: sh\n\n   ",
        ".. list-table::\n\n   * - ",
        "+---+---+\n",
        "| a | b |\n",
        "=====  =====\n",
        ":ref:`x`",
        "``",
        ".. note:: ",
        ":field: x\n",
        "   ",
    ],
    &[("files", &[".rst"])],
    |bytes| document("page.rst", "text/x-rst", bytes),
);

pub(super) const CSV: Target = text(
    "csv",
    &[
        "a,b\n",
        "\"",
        "\"\"",
        ";",
        "\t",
        "\r\n",
        "question,answer\n",
        "sep=;\n",
        "\u{feff}",
        "1.234,5",
    ],
    &[("files", &[".csv", ".tsv"])],
    |bytes| {
        document("table.csv", "text/csv", bytes)?;
        document("table.tsv", "text/tab-separated-values", bytes)
    },
);

pub(super) const RECORDS: Target = text(
    "records",
    &[
        "{\"question\":\"a\",\"answer\":\"b\"}",
        "[{",
        "}]",
        "\n",
        "{\"a\":{\"b\":[1,2]}}",
        "\\u0000",
        "[[[[",
        "]]]]",
        "1e999",
        "null",
        ",",
    ],
    &[("files", &[".json", ".jsonl"])],
    |bytes| {
        document("records.json", "application/json", bytes)?;
        document("records.jsonl", "application/jsonl", bytes)
    },
);

pub(super) const WORD: Target = text(
    "docx",
    &[
        "<w:p>",
        "</w:p>",
        "<w:r><w:t>a</w:t></w:r>",
        "<w:tbl>",
        "</w:tbl>",
        "<w:tr>",
        "</w:tr>",
        "<w:tc>",
        "</w:tc>",
        "<w:gridSpan w:val='99999'/>",
        "<w:vMerge/>",
        "<w:pStyle w:val='h'/>",
        "<w:numPr><w:ilvl w:val='99'/><w:numId w:val='7'/></w:numPr>",
        "<w:fldSimple w:instr='TOC'>",
        "&#x10ffff;",
        "<!DOCTYPE a [<!ENTITY b \"c\">]>",
    ],
    &[],
    |bytes| fed("docx", bytes),
);

pub(super) const SHEET: Target = text(
    "xlsx",
    &[
        "<row r='1'>",
        "</row>",
        "<c r='A1' t='s'><v>0</v></c>",
        "<c r='XFD1048576'><v>1</v></c>",
        "<c r='B2' t='inlineStr'><is><t>a</t></is></c>",
        "<mergeCell ref='A1:XFD1048576'/>",
        "<cols><col min='1' max='16384' hidden='1'/></cols>",
        "<f>SUM(A1)</f>",
        "<dimension ref='A1:XFD1048576'/>",
    ],
    &[],
    |bytes| fed("xlsx", bytes),
);

pub(super) const DECK: Target = text(
    "pptx",
    &[
        "<p:sp>",
        "</p:sp>",
        "<a:p><a:r><a:t>a</a:t></a:r></a:p>",
        "<p:ph type='title'/>",
        "<a:tbl>",
        "<a:tr>",
        "<a:tc gridSpan='99999'>",
        "<a:pPr lvl='99'/>",
        "<p:grpSp>",
    ],
    &[],
    |bytes| fed("pptx", bytes),
);

pub(super) const WRITER: Target = text(
    "odt",
    &[
        "<text:h text:outline-level='1'>",
        "</text:h>",
        "<text:p>",
        "</text:p>",
        "<text:s text:c='999999999'/>",
        "<table:table>",
        "<table:table-row table:number-rows-repeated='1048576'>",
        "<table:table-cell table:number-columns-repeated='16384'>",
        "<text:list><text:list-item>",
        "<text:tab/>",
    ],
    &[],
    |bytes| fed("odt", bytes),
);

pub(super) const EBOOK: Target = text(
    "epub",
    &[
        "<item id='a' href='one.xhtml' media-type='application/xhtml+xml'/>",
        "<itemref idref='a'/>",
        "<spine>",
        "</spine>",
        "<manifest>",
        "</manifest>",
        "href='../../one.xhtml'",
        "<dc:title>A</dc:title>",
    ],
    &[],
    |bytes| fed("epub", bytes),
);

pub(super) const ZIP: Target = text(
    "zip",
    &["PK\u{3}\u{4}", "PK\u{1}\u{2}", "PK\u{5}\u{6}", "word/document.xml", "content.xml", "\0\0"],
    &[("files", &[".docx", ".xlsx", ".pptx", ".odt", ".epub"])],
    |bytes| {
        PACKED
            .into_iter()
            .try_for_each(|(_, name, media_type, ..)| document(name, media_type, bytes))
    },
);
