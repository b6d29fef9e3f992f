use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};

use super::*;
use crate::BlockKind;

const HELVETICA: &str = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>";

fn url() -> Url {
    Url::parse("https://example.com/files/hours.pdf").unwrap()
}

/// A stream with these entries in its dictionary.
fn stream(entries: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("<<{entries}/Length {}>>stream\n", content.len());
    [head.as_bytes(), content, b"\nendstream"].concat()
}

fn packed(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    stream("/Filter/FlateDecode", &encoder.finish().unwrap())
}

/// A file of these objects, the first of which is its catalog.
fn file_of(objects: &[Vec<u8>], more: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend(format!("{} 0 obj\n", at + 1).bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let table = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        file.extend(format!("{place:010} 00000 n \n").bytes());
    }
    let size = objects.len() + 1;
    let end = format!("trailer<</Size {size}/Root 1 0 R{more}>>\nstartxref\n{table}\n%%EOF\n");
    file.extend(end.bytes());
    file
}

/// A file with a page for each of `contents`, whose font is `F`; further objects begin at 10 and
/// more resources may name them.
fn pages(contents: &[&str], font: &str, resources: &str, extra: &[Vec<u8>]) -> Vec<u8> {
    let first = 10 + extra.len();
    let kids: String = (0..contents.len()).map(|at| format!("{} 0 R ", first + 2 * at)).collect();
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Kids[{kids}]/Count {}>>", contents.len()).into_bytes(),
        font.as_bytes().to_vec(),
        b"<</Title(Opening hours)>>".to_vec(),
    ];
    objects.resize(9, b"null".to_vec());
    objects.extend_from_slice(extra);
    for (at, content) in contents.iter().enumerate() {
        let page = format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {} 0 R\
             /Resources<</Font<</F 3 0 R>>{resources}>>>>",
            first + 2 * at + 1
        );
        objects.push(page.into_bytes());
        objects.push(stream("", content.as_bytes()));
    }
    file_of(&objects, "/Info 4 0 R")
}

/// A file whose one page draws `content`.
fn file(content: &str) -> Vec<u8> {
    pages(&[content], HELVETICA, "", &[])
}

fn texts(file: &[u8]) -> Vec<String> {
    let blocks = pdf(file, &url()).unwrap().blocks;
    blocks.into_iter().map(|block| block.text).collect()
}

#[test]
fn text_is_put_together_by_where_it_is() {
    let bytes = file(
        "BT /F 12 Tf 72 700 Td (The museum opens) Tj 0 -14 Td (at ten o'clock in the morn-) Tj \
         0 -14 Td [(ing) -250 (on) -20 (e) -300 (day.)] TJ 0 -40 Td (Caf\\351) Tj ET",
    );
    let document = pdf(&bytes, &url()).unwrap();
    assert_eq!(document.title, "Opening hours");
    let texts: Vec<_> = document.blocks.iter().map(|block| block.text.as_str()).collect();
    assert_eq!(texts, ["The museum opens at ten o'clock in the morning one day.", "Café"]);
    assert_eq!(document.blocks[0].fragment.as_deref(), Some("page=1"));
}

#[test]
fn headings_are_larger_and_matrices_are_multiplied() {
    let bytes = file(
        "q .5 0 0 .5 36 0 cm q 1 0 0 1 0 1400 cm BT 40 0 0 40 0 0 Tm /F 1 Tf (Ferry times) Tj ET Q \
         BT /F 20 Tf 1 0 0 1 0 1350 Tm (The first boat leaves at six and the last one) Tj ET \
         BT /F 20 Tf 1 0 0 1 0 1326 Tm (at nine in the evening.) Tj ET \
         BT /F 40 Tf 1 0 0 1 0 1240 Tm (Fares) Tj ET BT /F 20 Tf 1 0 0 1 0 1200 Tm (Four a head.) Tj ET Q",
    );
    let blocks = pdf(&bytes, &url()).unwrap().blocks;
    let found: Vec<_> = blocks.iter().map(|b| (b.headings.join("/"), b.text.as_str())).collect();
    let first = "The first boat leaves at six and the last one at nine in the evening.";
    assert_eq!(found, [("Ferry times".into(), first), ("Fares".into(), "Four a head.")]);
}

#[test]
fn columns_are_read_one_after_the_other_and_tables_by_rows() {
    let at = |x: u32, y: u32, text: &str| format!("1 0 0 1 {x} {y} Tm ({text}) Tj ");
    let left = ["The kiosk is beside the pier and", "has been there since the lamps", "were lit."];
    let right =
        ["Ice cream is sold from Easter on,", "in cones and in cups, until the", "first frost."];
    let mut content = "BT /F 11 Tf ".to_owned();
    for (row, (left, right)) in left.iter().zip(right).enumerate() {
        let y = 700 - 14 * u32::try_from(row).unwrap();
        content += &(at(60, y, left) + &at(330, y - 5, right));
    }
    content += &at(
        60,
        600,
        "What is sold in the kiosk costs as much on the pier as it does in the town behind it.",
    );
    for (row, cells) in
        [["Kind", "Cup", "Cone"], ["Lemon", "3.00", "2.50"], ["Nut", "3.20", "2.70"]]
            .iter()
            .enumerate()
    {
        for (column, cell) in cells.iter().enumerate() {
            content += &at(
                60 + 150 * u32::try_from(column).unwrap(),
                560 - 16 * u32::try_from(row).unwrap(),
                cell,
            );
        }
    }
    let found = texts(&file(&(content + "ET")));
    assert_eq!(found[0], left.join(" "));
    assert_eq!(found[1], right.join(" "));
    assert_eq!(
        &found[3..],
        ["Kind: Lemon | Cup: 3.00 | Cone: 2.50", "Kind: Nut | Cup: 3.20 | Cone: 2.70"]
    );
}

#[test]
fn what_each_page_has_at_its_edges_is_left_out() {
    let page = |number: u32, text: &str| {
        format!(
            "BT /F 9 Tf 72 770 Td (Harbour rules, edition {number}) Tj ET BT /F 11 Tf 72 700 Td ({text}) Tj ET \
             BT /F 9 Tf 300 30 Td (Page {number} of 4) Tj ET"
        )
    };
    let contents: Vec<String> = ["No fires.", "No nets.", "No dogs.", "No haste."]
        .iter()
        .zip(1..)
        .map(|(text, number)| page(number, text))
        .collect();
    let contents: Vec<&str> = contents.iter().map(String::as_str).collect();
    let document = pdf(&pages(&contents, HELVETICA, "", &[]), &url()).unwrap();
    let found: Vec<_> =
        document.blocks.iter().map(|b| (b.text.as_str(), b.fragment.as_deref())).collect();
    assert_eq!(found[2], ("No dogs.", Some("page=3")));
    assert_eq!(found.len(), 4, "{found:?}");
}

#[test]
fn forms_and_marks_are_carried_out() {
    let form = |content: &str| {
        stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Matrix[1 0 0 1 0 20]", content.as_bytes())
    };
    let inner = form("BT /F 12 Tf 72 680 Td (Boats are let by the hour.) Tj ET /X Do /Y Do");
    let content = "BT /F 12 Tf 72 740 Td /Span<</ActualText(office)>>BDC (o\\256ce) Tj EMC \
                   /Artifact BMC 0 -14 Td (Draft) Tj EMC ET /Y Do";
    let bytes = pages(&[content], HELVETICA, "/XObject<</Y 10 0 R/X 10 0 R>>", &[inner]);
    assert_eq!(texts(&bytes), ["office", "Boats are let by the hour."]);
}

#[test]
fn letters_are_those_that_the_file_says() {
    let map = b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n\
                << /Registry (Adobe)\n/Ordering (UCS)\n/Supplement 0\n>> def\n/CMapName /A def\n\
                /CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n\
                2 beginbfchar\n<0001> <0054>\n<0002> <FB01>\nendbfchar\nendcmap\n\
                CMapName currentdict /CMap defineresource pop\nend\nend\n";
    let font = "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/ToUnicode 10 0 R>>";
    let content = "BT /F 12 Tf 72 700 Td <00010002> Tj ET";
    assert_eq!(texts(&pages(&[content], font, "", &[packed(map)])), ["Tfi"]);
    let font = "<</Type/Font/Subtype/Type0/BaseFont/R/Encoding/90ms-RKSJ-H>>";
    let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode("船は七時に出ます。");
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let content = format!("BT /F 12 Tf 72 700 Td <{hex}> Tj ET");
    assert_eq!(texts(&pages(&[&content], font, "", &[])), ["船は七時に出ます。"]);
    let font = "<</Type/Font/Subtype/Type0/BaseFont/R/Encoding/Identity-H>>";
    let unknown = pages(&[&content], font, "", &[]);
    assert_eq!(pdf(&unknown, &url()).unwrap_err(), PdfError::NoLetters);
}

#[test]
fn what_is_broken_or_empty_is_an_error_and_nothing_worse() {
    assert_eq!(pdf(b"%PDF-1.4\nnothing", &url()).unwrap_err(), PdfError::Broken);
    assert_eq!(pdf(&file("BT ET"), &url()).unwrap_err(), PdfError::Empty);
    let whole = file("q 1 0 0 1 9 9 cm BT /F 12 Tf 72 700 Td [(Some) 9 (text)] TJ ET Q");
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

#[test]
fn small_files_that_unfold_to_large_ones_are_not_read() {
    // Millions of operators draw nothing and are not kept; what comes after them is not reached.
    let operators = [b"n ".repeat(3_100_000), b"BT /F 12 Tf (far) Tj ET".to_vec()].concat();
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        format!("<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F {HELVETICA}>>>>>>")
            .into_bytes(),
        packed(&operators),
    ];
    assert_eq!(pdf(&file_of(&objects, ""), &url()).unwrap_err(), PdfError::Empty);
    // An array of numbers takes sixty times its text.
    let numbers = [b"1 0 [".to_vec(), b"0 ".repeat(2_600_000), b"]".to_vec()].concat();
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&numbers).unwrap();
    let entries = "/Type/ObjStm/N 1/First 4/Filter/FlateDecode";
    objects.push(stream(entries, &encoder.finish().unwrap()));
    assert_eq!(pdf(&file_of(&objects, ""), &url()).unwrap_err(), PdfError::TooLarge);
    let plain = file(&"0 ".repeat(10));
    let numbers = [b"%PDF-1.4\n1 0 obj [".to_vec(), b"0 ".repeat(2_600_000), plain].concat();
    assert_eq!(pdf(&numbers, &url()).unwrap_err(), PdfError::TooLarge);
}

#[test]
fn a_file_that_says_in_its_trailer_how_it_is_encrypted_is_opened() {
    use lopdf::{EncryptionState, EncryptionVersion, Object, Permissions};
    let encrypted = |password: &str| {
        let bytes =
            pages(&["BT /F 12 Tf 72 700 Td (The lock opens at six.) Tj ET"], HELVETICA, "", &[]);
        let mut pdf = Pdf::load_mem(&bytes).unwrap();
        let id = Object::string_literal("0123456789abcdef");
        pdf.trailer.set("ID", Object::Array(vec![id.clone(), id]));
        let state = EncryptionState::try_from(EncryptionVersion::V2 {
            document: &pdf,
            owner_password: "keeper",
            user_password: password,
            key_length: 128,
            permissions: Permissions::all(),
        });
        pdf.encrypt(&state.unwrap()).unwrap();
        let id = pdf.trailer.get(b"Encrypt").unwrap().as_reference().unwrap();
        let said = pdf.objects.remove(&id).unwrap();
        pdf.trailer.set("Encrypt", said);
        let mut bytes = Vec::new();
        pdf.save_to(&mut bytes).unwrap();
        bytes
    };
    assert_eq!(texts(&encrypted("")), ["The lock opens at six."]);
    assert_eq!(pdf(&encrypted("secret"), &url()).unwrap_err(), PdfError::Encrypted);
}

#[test]
fn lines_of_a_table_of_contents_are_left_out() {
    let line = |y: u32, text: &str| format!("BT /F 11 Tf 72 {y} Td ({text}) Tj ET\n");
    let content = [
        line(700, "Mooring . . . . . . . . . 4"),
        line(680, "Fees and fines ......... xii"),
        line(640, "Wait... until the lamp is green, then go."),
        line(600, "Version 1.2 of 2024"),
    ]
    .concat();
    assert_eq!(
        texts(&file(&content)),
        ["Wait... until the lamp is green, then go.", "Version 1.2 of 2024"]
    );
}

#[test]
fn raised_numbers_marks_over_the_page_and_signs_of_fonts() {
    let price =
        file("BT /F 24 Tf 72 700 Td ($7) Tj /F 10 Tf 8 Ts (25) Tj 0 Ts /F 12 Tf ( a seat) Tj ET");
    assert_eq!(texts(&price), ["$7.25 a seat"]);
    let area = file(
        "BT /F 12 Tf 72 700 Td (The hall has 90 m) Tj /F 7 Tf 5 Ts (2) Tj 0 Ts /F 12 Tf ( of floor.) Tj ET",
    );
    assert_eq!(texts(&area), ["The hall has 90 m² of floor."]);
    let marked = file(
        "BT /F 12 Tf 1 0 0 1 72 700 Tm (The gallery above the hall is open to all who hold) Tj \
         /F 50 Tf .7 .7 -.7 .7 160 690 Tm (SAMPLE) Tj /F 12 Tf 1 0 0 1 72 686 Tm (a ticket for the day.) Tj ET",
    );
    assert_eq!(
        texts(&marked),
        ["The gallery above the hall is open to all who hold a ticket for the day."]
    );
    let map = "begincmap 1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfchar <02> <F0A7> endbfchar \
               1 beginbfrange <20> <7e> <0020> endbfrange endcmap";
    let font = format!("{}/ToUnicode 10 0 R>>", HELVETICA.trim_end_matches(">>"));
    let content = "BT /F 12 Tf 72 700 Td (\\002 A torch) Tj 0 -15 Td (\\002 A map) Tj ET";
    let items = pages(&[content], &font, "", &[stream("", map.as_bytes())]);
    assert_eq!(texts(&items), ["• A torch", "• A map"]);
}

#[test]
fn a_cell_of_two_lines_stays_in_its_row() {
    let at = |x: u32, y: u32, text: &str| format!("1 0 0 1 {x} {y} Tm ({text}) Tj ");
    let cells = [
        at(72, 700, "Hall"),
        at(220, 700, "Seats"),
        at(320, 700, "Fee"),
        at(72, 674, "Old hall with"),
        at(220, 674, "120"),
        at(320, 674, "90"),
        at(72, 661, "gallery"),
        at(72, 636, "New hall"),
        at(220, 636, "300"),
        at(320, 636, "140"),
    ];
    let read = texts(&file(&format!("BT /F 11 Tf {} ET", cells.concat())));
    assert!(
        read.iter().any(|row| row.contains("Old hall with gallery") && row.contains("90")),
        "{read:?}"
    );
}

#[test]
fn a_cell_that_never_ends_is_no_longer_than_its_bound() {
    let at = |x: u32, y: u32, text: &str| format!("BT /F 10 Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET ");
    let mut content = at(72, 60_000, "Boat") + &at(400, 60_000, "Seats");
    content += &(at(72, 59_900, "Kayak") + &at(400, 59_900, "2"));
    for n in 1..=1_500 {
        content += &at(72, 59_900 - 12 * n, &format!("Part {n} here"));
    }
    let blocks = pdf(&file(&content), &url()).unwrap().blocks;
    let rows = blocks.iter().filter(|block| block.kind == BlockKind::Row);
    let longest = rows.map(|block| block.text.len()).max().unwrap();
    assert!((8_000..=10_100).contains(&longest), "{longest}");
    let all: String = blocks.iter().map(|block| format!("{} ", block.text)).collect();
    assert!(all.contains("Part 1 here") && all.contains("Part 1500 here"), "nothing is lost");
}
