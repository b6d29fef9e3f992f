use std::io::Write;

use url::Url;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;
use crate::{BlockKind, Document, extract::Block};

pub(super) fn url() -> Url {
    Url::parse("file:///").unwrap()
}

pub(super) fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub(super) fn said(document: &Document) -> Vec<(String, &str)> {
    document.blocks.iter().map(|b: &Block| (b.headings.join("/"), b.text.as_str())).collect()
}

/// A paragraph of Word with these properties.
pub(super) fn p(properties: &str, text: &str) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

#[test]
fn docx_has_headings_lists_and_tables_and_not_what_was_deleted() {
    let item = |text: &str| p("<w:numPr><w:ilvl w:val='0'/><w:numId w:val='7'/></w:numPr>", text);
    let cell = |text: &str| format!("<w:tc>{}{}</w:tc>", p("", text), p("", ""));
    let row = |cells: [&str; 2]| format!("<w:tr>{}</w:tr>", cells.map(cell).concat());
    let body = [
        p("<w:pStyle w:val='berschrift1'/>", "Lockers"),
        "<w:p><w:r><w:t>Lockers are </w:t></w:r><w:del><w:r><w:delText>not </w:delText></w:r></w:del>\
         <w:r><w:t>free &amp; dry.</w:t></w:r>\
         <w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r></w:p>"
            .to_owned(),
        item("Insert a coin."),
        item("Turn the key."),
        format!("<w:tbl>{}{}{}</w:tbl>", row(["Size", "Price"]), row(["S", "1 €"]), row(["L", "2 €"])),
    ];
    let document =
        format!("<w:document xmlns:w='w'><w:body>{}</w:body></w:document>", body.concat());
    let styles = "<w:styles xmlns:w='w'><w:style w:styleId='berschrift1'><w:name w:val='heading 1'/></w:style></w:styles>";
    let numbering = "<w:numbering xmlns:w='w'><w:abstractNum w:abstractNumId='1'><w:lvl w:ilvl='0'><w:numFmt w:val='decimal'/>\
                     </w:lvl></w:abstractNum><w:num w:numId='7'><w:abstractNumId w:val='1'/></w:num></w:numbering>";
    let bytes = archive(&[
        ("word/document.xml", &document),
        ("word/styles.xml", styles),
        ("word/numbering.xml", numbering),
        ("docProps/core.xml", "<c><dc:title xmlns:dc='d'>Lockers at the pier</dc:title></c>"),
    ]);
    let read = docx(&bytes, &url()).unwrap();
    assert_eq!(read.title, "Lockers at the pier");
    let under = |text: &'static str| ("Lockers".to_owned(), text);
    assert_eq!(
        said(&read),
        [
            under("Lockers are free & dry."),
            under("1. Insert a coin."),
            under("2. Turn the key."),
            under("Size: S | Price: 1 €"),
            under("Size: L | Price: 2 €")
        ]
    );
    assert_eq!(read.blocks[1].kind, BlockKind::Step);
}

#[test]
fn pptx_is_read_in_the_order_of_its_slides_without_hidden_ones() {
    let slide = |show: &str, title: &str, text: &str| {
        format!(
            "<p:sld xmlns:p='p' xmlns:a='a' {show}><p:sp><p:ph type='title'/><a:p><a:r><a:t>{title}</a:t></a:r></a:p></p:sp>\
             <p:sp><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp>\
             <p:sp><p:ph type='sldNum'/><a:p><a:fld><a:t>12</a:t></a:fld></a:p></p:sp></p:sld>"
        )
    };
    let bytes = archive(&[
        (
            "ppt/presentation.xml",
            "<p:presentation xmlns:p='p' xmlns:r='r'><p:sldIdLst><p:sldId id='256' r:id='b'/>\
             <p:sldId id='257' r:id='a'/><p:sldId id='258' r:id='c'/></p:sldIdLst></p:presentation>",
        ),
        (
            "ppt/_rels/presentation.xml.rels",
            "<Relationships><Relationship Id='a' Target='slides/slide1.xml'/>\
             <Relationship Id='b' Target='/ppt/slides/slide2.xml'/><Relationship Id='c' Target='slides/slide3.xml'/></Relationships>",
        ),
        ("ppt/slides/slide1.xml", &slide("", "Fares", "Four a head.")),
        ("ppt/slides/slide2.xml", &slide("", "Times", "Each hour.")),
        ("ppt/slides/slide3.xml", &slide("show='0'", "Plans", "A second boat.")),
    ]);
    let read = pptx(&bytes, &url()).unwrap();
    assert_eq!(said(&read), [("Times".into(), "Each hour."), ("Fares".into(), "Four a head.")]);
}

#[test]
fn odt_and_epub_are_read_without_notes_and_contents() {
    let content = "<o xmlns:office='o' xmlns:text='t' xmlns:table='b'><text:list-style style:name='L1'>\
        <text:list-level-style-number text:level='1'/></text:list-style><office:body><text:h text:outline-level='2'>Nets</text:h>\
        <text:p>Nets are dried<office:annotation><text:p>really?</text:p></office:annotation> on the wall.</text:p>\
        <text:list text:style-name='L1'><text:list-item><text:p>Rinse.</text:p></text:list-item></text:list>\
        <table:table><table:table-row><table:table-cell table:number-columns-repeated='2'><text:p>x</text:p></table:table-cell>\
        </table:table-row></table:table></office:body></o>";
    let read = odt(&archive(&[("content.xml", content)]), &url()).unwrap();
    let under = |text: &'static str| ("Nets".to_owned(), text);
    assert_eq!(
        said(&read),
        [under("Nets are dried on the wall."), under("1. Rinse."), under("x | x")]
    );
    let bytes = archive(&[
        ("META-INF/container.xml", "<c><rootfile full-path='OPS/book.opf'/></c>"),
        (
            "OPS/book.opf",
            "<package><dc:title xmlns:dc='d'>Tides</dc:title><manifest><item id='n' href='nav.xhtml' properties='nav'/>\
             <item id='b' href='two.xhtml'/><item id='a' href='text/one.xhtml'/></manifest>\
             <spine><itemref idref='n'/><itemref idref='a'/><itemref idref='b'/></spine></package>",
        ),
        ("OPS/nav.xhtml", "<ol><li>Ebb</li><li>Flood</li></ol>"),
        ("OPS/text/one.xhtml", "<html><body><h1>Ebb</h1><p>It goes out.</p></body></html>"),
        ("OPS/two.xhtml", "<html><body><h1>Flood</h1><p>It comes in.</p></body></html>"),
    ]);
    let read = epub(&bytes, &url()).unwrap();
    assert_eq!(read.title, "Tides");
    assert_eq!(said(&read), [("Ebb".into(), "It goes out."), ("Flood".into(), "It comes in.")]);
}

/// A workbook with one sheet of these rows.
pub(super) fn workbook(rows: &str, strings: &str) -> Vec<u8> {
    styled_workbook(rows, strings, "")
}

fn styled_workbook(rows: &str, strings: &str, styles: &str) -> Vec<u8> {
    archive(&[
        (
            "xl/styles.xml",
            &format!(
                "<styleSheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>{styles}</styleSheet>"
            ),
        ),
        (
            "_rels/.rels",
            "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>\
             <Relationship Id='r1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument' \
             Target='xl/workbook.xml'/></Relationships>",
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' \
             xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'>\
             <sheets><sheet name='Fares' sheetId='1' r:id='r1'/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>\
             <Relationship Id='r1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet' \
             Target='worksheets/sheet1.xml'/></Relationships>",
        ),
        (
            "xl/sharedStrings.xml",
            &format!(
                "<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>{strings}</sst>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            &format!(
                "<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>{rows}</sheetData></worksheet>"
            ),
        ),
    ])
}

#[test]
fn xlsx_shows_shares_and_money_as_its_cells_do() {
    let rows = "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c><c r='C1' t='s'><v>2</v></c></row>\
        <row r='2'><c r='A2' s='1'><v>0.125</v></c><c r='B2' s='2'><v>1290</v></c><c r='C2' s='3'><v>46000</v></c></row>\
        <row r='3'><c r='A3' s='1'><v>1</v></c><c r='B3' s='2'><v>7.5</v></c><c r='C3'><v>7.5</v></c></row>";
    let strings = "<si><t>Share</t></si><si><t>Fee</t></si><si><t>From</t></si>";
    let styles = "<numFmts><numFmt numFmtId='170' formatCode='[$CHF-807] #,##0.00'/></numFmts>\
        <cellStyleXfs><xf numFmtId='9'/></cellStyleXfs>\
        <cellXfs><xf numFmtId='0'/><xf numFmtId='10'/><xf numFmtId='170'/><xf numFmtId='14'/></cellXfs>";
    let read = xlsx(&styled_workbook(rows, strings, styles)).unwrap();
    let texts: Vec<_> = read.blocks.iter().map(|block| block.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "Share: 12.50% | Fee: CHF 1290.00 | From: 2025-12-09",
            "Share: 100.00% | Fee: CHF 7.50 | From: 7.5"
        ]
    );
}

#[test]
fn xlsx_rows_say_what_their_values_are_and_far_cells_cost_nothing() {
    let rows = "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c></row>\
        <row r='2'><c r='A2' t='s'><v>2</v></c><c r='B2'><v>4.5</v></c></row>\
        <row r='3'><c r='A3' t='inlineStr'><is><t>Child</t></is></c><c r='B3'><v>0.30000000000000004</v></c></row>\
        <row r='1048576'><c r='XFD1048576'><v>1</v></c></row>";
    let bytes = workbook(rows, "<si><t>Who</t></si><si><t>Fare</t></si><si><t>Adult</t></si>");
    let read = xlsx(&bytes).unwrap();
    let texts: Vec<_> = read.blocks.iter().map(|block| block.text.as_str()).collect();
    assert_eq!(texts, ["Who: Adult | Fare: 4.5", "Who: Child | Fare: 0.3"]);
}

#[test]
fn what_is_broken_or_too_large_once_it_is_unpacked_is_an_error() {
    for read in [docx, pptx, odt, epub] {
        assert_eq!(read(b"PK\x03\x04 and nothing", &url()).unwrap_err(), OfficeError::Broken);
        assert_eq!(read(&archive(&[("a.txt", "a")]), &url()).unwrap_err(), OfficeError::Broken);
    }
    let large = format!("<a>{}</a>", " ".repeat(50 * 1024 * 1024));
    let bomb = archive(&[("word/document.xml", &large), ("content.xml", &large)]);
    assert_eq!(docx(&bomb, &url()).unwrap_err(), OfficeError::TooLarge);
    assert_eq!(odt(&bomb, &url()).unwrap_err(), OfficeError::TooLarge);
    let strings = "<si/>".repeat(6_000_000);
    assert_eq!(xlsx(&workbook("", &strings)).unwrap_err(), OfficeError::TooLarge);
    let whole = archive(&[(
        "content.xml",
        "<office:body xmlns:office='o'><text:p>Some text.</text:p></office:body>",
    )]);
    for end in 0..whole.len() {
        let _ = odt(&whole[..end], &url());
    }
}

#[test]
fn notes_are_read_behind_the_paragraph_that_has_their_mark() {
    let body = "<w:p><w:r><w:t>The ferry carries 40</w:t></w:r><w:r><w:footnoteReference w:id='3'/></w:r>\
                <w:r><w:t xml:space='preserve'> people.</w:t></w:r></w:p>";
    let document = format!(
        "<w:document xmlns:w='w'><w:body>{body}{}</w:body></w:document>",
        p("", "It leaves at six.")
    );
    let notes = "<w:footnotes xmlns:w='w'><w:footnote w:type='separator' w:id='1'><w:p/></w:footnote>\
                 <w:footnote w:id='3'><w:p><w:r><w:t>In winter 25.</w:t></w:r></w:p></w:footnote></w:footnotes>";
    let bytes = archive(&[("word/document.xml", &document), ("word/footnotes.xml", notes)]);
    let read = docx(&bytes, &url()).unwrap();
    let text: Vec<&str> = read.blocks.iter().map(|block| block.text.as_str()).collect();
    assert_eq!(text.join("\n"), "The ferry carries 40 people.\nIn winter 25.\nIt leaves at six.");

    let content = "<o:document-content xmlns:o='o' xmlns:t='t'><o:body><t:p>The ferry carries 40\
                   <t:note><t:note-citation>1</t:note-citation><t:note-body><t:p>In winter 25.</t:p></t:note-body></t:note> people.</t:p>\
                   <t:p>It leaves at six.</t:p></o:body></o:document-content>";
    let read = odt(&archive(&[("content.xml", content)]), &url()).unwrap();
    let text: Vec<&str> = read.blocks.iter().map(|block| block.text.as_str()).collect();
    assert_eq!(text.join("\n"), "The ferry carries 40 people.\nIn winter 25.\nIt leaves at six.");
}

#[test]
fn tables_of_contents_of_docx_are_left_out() {
    let field = |kind: &str| format!("<w:r><w:fldChar w:fldCharType='{kind}'/></w:r>");
    let code = |code: &str| format!("<w:r><w:instrText>{code}</w:instrText></w:r>");
    let line = |text: &str| {
        let number = [&field("begin"), &code(" PAGEREF _Toc7 "), &field("separate")];
        let number = number.map(String::as_str).concat();
        let end = field("end");
        format!("<w:r><w:t>{text}</w:t></w:r>{number}<w:r><w:t>4</w:t></w:r>{end}")
    };
    let part = "<w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>";
    for contents in [
        format!("<w:sdt>{part}<w:sdtContent><w:p>{}</w:p></w:sdtContent></w:sdt>", line("Oars")),
        format!("<w:p><w:pPr><w:pStyle w:val='v1'/></w:pPr>{}</w:p>", line("Oars")),
        format!(
            "<w:p>{}{}{}{}</w:p><w:p>{}{}</w:p>",
            field("begin"),
            code(" TOC \\o 1-3 "),
            field("separate"),
            line("Oars"),
            line("Sails"),
            field("end"),
        ),
    ] {
        let document = format!(
            "<w:document xmlns:w='w'><w:body>{contents}{}<w:p>{}{}{}<w:r><w:t>7 oars</w:t></w:r>{}</w:p></w:body></w:document>",
            p("", "Oars hang in the shed."),
            field("begin"),
            code(" REF count "),
            field("separate"),
            field("end"),
        );
        let styles = "<w:styles xmlns:w='w'><w:style w:styleId='v1'><w:name w:val='toc 1'/></w:style></w:styles>";
        let bytes = archive(&[("word/document.xml", &document), ("word/styles.xml", styles)]);
        let read = docx(&bytes, &url()).unwrap();
        let texts: Vec<&str> = said(&read).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["Oars hang in the shed.", "7 oars"], "{contents}");
    }
}

#[test]
fn what_a_speaker_says_to_a_slide_is_read_below_it() {
    let text = |kind: &str, text: &str| {
        format!("<p:sp><p:ph type='{kind}'/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp>")
    };
    let of =
        |name: &str, shapes: &str| format!("<p:{name} xmlns:p='p' xmlns:a='a'>{shapes}</p:{name}>");
    let slide = of("sld", &text("title", "Locks"));
    let notes = [
        text("sldImg", "picture"),
        text("body", "The lower lock is closed in March."),
        text("sldNum", "1"),
    ];
    let bytes = archive(&[
        (
            "ppt/presentation.xml",
            "<p:presentation xmlns:p='p' xmlns:r='r'><p:sldId id='256' r:id='a'/></p:presentation>",
        ),
        (
            "ppt/_rels/presentation.xml.rels",
            "<Relationships><Relationship Id='a' Target='slides/slide1.xml'/></Relationships>",
        ),
        ("ppt/slides/slide1.xml", &slide),
        (
            "ppt/slides/_rels/slide1.xml.rels",
            "<Relationships><Relationship Id='n' Target='../notesSlides/notesSlide4.xml'/></Relationships>",
        ),
        ("ppt/notesSlides/notesSlide4.xml", &of("notes", &notes.concat())),
    ]);
    let read = pptx(&bytes, &url()).unwrap();
    assert_eq!(said(&read), [("Locks".to_owned(), "The lower lock is closed in March.")]);
}
