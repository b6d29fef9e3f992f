//! What a page or a file takes of memory at most, whatever is in it: small inputs that unfold to
//! much more are what a stranger can send. One test after the other, since memory is the process's.
#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::{fmt::Write as _, io::Write as _};

use flate2::{Compression, write::ZlibEncoder};
use knowledge::{chunk, file};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What reading one page or file may take, in MiB: a crawl worker has 1,024 and reads one at a time.
const MAX_MIB: f32 = 300.0;

fn packed(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A PDF file of these objects; the first is the catalogue.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.5\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend(format!("{} 0 obj\n", number + 1).bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let start = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        file.extend(format!("{place:010} 00000 n \n").bytes());
    }
    let size = objects.len() + 1;
    file.extend(
        format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF").bytes(),
    );
    file
}

fn stream(dictionary: &str, data: &[u8]) -> Vec<u8> {
    let data = packed(data);
    let mut object =
        format!("<< {dictionary} /Length {} /Filter /FlateDecode >>\nstream\n", data.len())
            .into_bytes();
    object.extend(&data);
    object.extend(b"\nendstream");
    object
}

fn page_with(content: Vec<u8>) -> Vec<Vec<u8>> {
    vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>".to_vec(),
        content,
    ]
}

/// Eight MiB of operators of two bytes each.
fn pdf_of_operators() -> Vec<u8> {
    pdf(&page_with(stream("", &b"n ".repeat(4 * 1024 * 1024))))
}

/// A single operator with millions of operands.
fn pdf_of_operands() -> Vec<u8> {
    pdf(&page_with(stream("", &b"0 ".repeat(4 * 1024 * 1024))))
}

/// An array with millions of numbers within one operator.
fn pdf_of_one_array() -> Vec<u8> {
    let mut content = b"[".to_vec();
    content.extend(b"0 ".repeat(4 * 1024 * 1024));
    content.extend(b"] TJ");
    pdf(&page_with(stream("", &content)))
}

/// Object streams, each with a long array.
fn pdf_of_packed_objects() -> Vec<u8> {
    let mut array = b"9 0 [".to_vec();
    array.extend(b"0 ".repeat(4 * 1024 * 1024));
    array.extend(b"]");
    let mut objects = page_with(stream("", b"BT ET"));
    for _ in 0..8 {
        objects.push(stream("/Type /ObjStm /N 1 /First 4", &array));
    }
    pdf(&objects)
}

/// The same, named by escapes, which a search for the name does not see.
fn pdf_of_hidden_objects() -> Vec<u8> {
    let mut array = b"9 0 [".to_vec();
    array.extend(b"0 ".repeat(4 * 1024 * 1024));
    array.extend(b"]");
    let mut objects = page_with(stream("", b"BT ET"));
    for _ in 0..8 {
        objects.push(stream("/Type /Obj#53tm /N 1 /First 4", &array));
    }
    pdf(&objects)
}

/// The same, packed a way that a reader of zlib alone does not unpack.
fn pdf_of_objects_in_hex() -> Vec<u8> {
    let mut array = b"9 0 [".to_vec();
    array.extend(b"0 ".repeat(4 * 1024 * 1024));
    array.extend(b"]");
    let mut objects = page_with(stream("", b"BT ET"));
    for _ in 0..8 {
        let hex = hex(&packed(&array));
        let head = "/Type /ObjStm /N 1 /First 4 /Filter [/ASCIIHexDecode /FlateDecode]";
        let mut object = format!("<< {head} /Length {} >>\nstream\n", hex.len()).into_bytes();
        object.extend(hex.bytes());
        object.extend(b"\nendstream");
        objects.push(object);
    }
    pdf(&objects)
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        write!(text, "{byte:02x}").unwrap();
    }
    text.push('>');
    text
}

/// Six long headings, and short paragraphs under all of them.
fn paragraphs_under_headings(bytes: usize) -> Vec<u8> {
    let mut text = String::new();
    for level in 1..=6 {
        writeln!(text, "{} {}\n", "#".repeat(level), "汉".repeat(150)).unwrap();
    }
    while text.len() < bytes {
        text.push_str("a\n\n");
    }
    text.into_bytes()
}

fn html(inner: &str, bytes: usize) -> Vec<u8> {
    let mut text = "<html><body><main>".to_owned();
    for level in 1..=6 {
        write!(text, "<h{level}>{}</h{level}>", "汉".repeat(150)).unwrap();
    }
    while text.len() < bytes {
        text.push_str(inner);
    }
    text.into_bytes()
}

/// Cells that reach over many columns and many rows, below names of columns or without.
fn wide_cells(names: bool) -> Vec<u8> {
    let text = "汉".repeat(390);
    let mut page = "<main><table>".to_owned();
    if names {
        page.push_str("<tr>");
        (0..60).for_each(|n| write!(page, "<th>{n}").unwrap());
    }
    for row in 0..16_000 {
        page.push_str("<tr>");
        if row % 500 == 0 {
            write!(page, "<td rowspan=500 colspan=59>{text}").unwrap();
        }
        page.push_str("<td>a");
    }
    page.into_bytes()
}

/// A long label of a tab, and many elements that each may be its panel.
fn panels_of_one_tab() -> Vec<u8> {
    let label = "x".repeat(400_000);
    let panels = "<hr id=x>".repeat(30_000);
    format!("<main><div role=tablist><a href=#x>{label}</a>{panels}</div>").into_bytes()
}

/// A long value of a thing, under as many names as an attribute has.
fn value_of_many_names() -> Vec<u8> {
    let names: Vec<String> = (0..700).map(|n| format!("n{n}")).collect();
    let (names, text) = (names.join(" "), "text here ".repeat(80_000));
    let thing = "<div itemscope itemtype=https://schema.org/Product><meta itemprop=z content=z>";
    format!("<main>{thing}<p itemprop=\"{names}\">{text}").into_bytes()
}

/// Many cells of one row that reach over all rows below it.
fn cells_that_reach_down() -> Vec<u8> {
    let row = "<td rowspan=500>a".repeat(45_000);
    format!("<main><table><tr>{row}{}", "<tr><td>a".repeat(500)).into_bytes()
}

#[test]
fn a_small_input_takes_no_more_memory_than_a_worker_has() {
    const MIB: usize = 1024 * 1024;
    let cases: Vec<(&str, &str, Vec<u8>)> = vec![
        ("operators", "application/pdf", pdf_of_operators()),
        ("operands", "application/pdf", pdf_of_operands()),
        ("one array", "application/pdf", pdf_of_one_array()),
        ("packed objects", "application/pdf", pdf_of_packed_objects()),
        ("hidden objects", "application/pdf", pdf_of_hidden_objects()),
        ("objects in hex", "application/pdf", pdf_of_objects_in_hex()),
        ("Markdown", "text/markdown", paragraphs_under_headings(MIB)),
        ("long Markdown", "text/markdown", paragraphs_under_headings(10 * MIB)),
        ("plain text", "text/plain", paragraphs_under_headings(MIB)),
        ("long plain text", "text/plain", paragraphs_under_headings(10 * MIB)),
        ("paragraphs", "text/html", html("<p>a", 5 * MIB)),
        ("nested", "text/html", html("<div>a", 5 * MIB)),
        ("cells", "text/html", html("<table><tr><td>a<td>b", 5 * MIB)),
        ("wide cells", "text/html", wide_cells(false)),
        ("wide cells below names", "text/html", wide_cells(true)),
        ("panels", "text/html", panels_of_one_tab()),
        ("names of a value", "text/html", value_of_many_names()),
        ("cells that reach down", "text/html", cells_that_reach_down()),
        ("values", "text/csv", b"a,b\n".repeat(MIB)),
        ("objects", "application/json", format!("[{}{{}}]", "{},".repeat(3 * MIB)).into_bytes()),
        ("numbers", "application/json", format!("[{}0]", "0,".repeat(5 * MIB)).into_bytes()),
        ("lines", "application/jsonl", b"{\"a\":1}\n".repeat(MIB)),
        ("headings", "text/markdown", "# a\n\nb\n\n".repeat(MIB).into_bytes()),
        ("emphasis", "text/markdown", "*a ".repeat(MIB).into_bytes()),
        ("brackets", "text/markdown", "[".repeat(MIB).into_bytes()),
        ("quotes", "text/markdown", ">".repeat(MIB).into_bytes()),
    ];
    let mut over = Vec::new();
    for (name, kind, bytes) in cases {
        MEMORY.reset_peak_usage();
        let before = MEMORY.current_usage_as_mb();
        let read = file::read(name, kind, &bytes);
        let passages = read.map(|document| chunk::chunks_of_file(&document, name).len());
        let took = MEMORY.peak_usage_as_mb() - before;
        println!("{name}: {} KB in, {took:.0} MB at the peak, {passages:?}", bytes.len() / 1024);
        if took > MAX_MIB {
            over.push(format!("{name}: {took:.0} MB"));
        }
    }
    assert!(over.is_empty(), "{over:?}");
}
