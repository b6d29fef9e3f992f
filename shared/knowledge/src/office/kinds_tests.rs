//! Cells over rows and columns, raised and struck text, what sheets hide.

use super::{
    docx, odt, pptx,
    tests::{archive, p, said, url, workbook},
    xlsx,
};

fn word(body: &str) -> Vec<String> {
    let document = format!("<w:document xmlns:w='w'><w:body>{body}</w:body></w:document>");
    let numbering = "<w:numbering xmlns:w='w'><w:abstractNum w:abstractNumId='1'><w:lvl w:ilvl='0'><w:numFmt w:val='decimal'/>\
                     </w:lvl></w:abstractNum><w:num w:numId='7'><w:abstractNumId w:val='1'/></w:num></w:numbering>";
    let parts = [("word/document.xml", document.as_str()), ("word/numbering.xml", numbering)];
    let read = docx(&archive(&parts), &url()).unwrap();
    said(&read).into_iter().map(|(_, text)| text.to_owned()).collect()
}

#[test]
fn cells_of_word_reach_over_rows_and_columns() {
    let cell = |of: &str, text: &str| format!("<w:tc><w:tcPr>{of}</w:tcPr>{}</w:tc>", p("", text));
    let row = |cells: &[String]| format!("<w:tr>{}</w:tr>", cells.concat());
    let rows = [
        row(&[cell("", "Room"), cell("", "Day"), cell("", "Fee")]),
        row(&[cell("<w:vMerge w:val='restart'/>", "Attic"), cell("", "Mon"), cell("", "30")]),
        row(&[cell("<w:vMerge/>", ""), cell("", "Sun"), cell("", "45")]),
        row(&[cell("<w:gridSpan w:val='2'/>", "Cellar"), cell("", "12")]),
    ];
    let read = word(&format!("<w:tbl>{}</w:tbl>", rows.concat()));
    assert_eq!(read[1], "Room: Attic | Day: Sun | Fee: 45");
    assert!(read[2].contains("Cellar") && read[2].ends_with("Fee: 12"), "{read:?}");
}

#[test]
fn numbers_go_on_and_raised_or_struck_text_is_told_apart() {
    let item = |text: &str| p("<w:numPr><w:ilvl w:val='0'/><w:numId w:val='7'/></w:numPr>", text);
    let run = |of: &str, text: &str| format!("<w:r><w:rPr>{of}</w:rPr><w:t>{text}</w:t></w:r>");
    let long = "Then it has to dry in the shade for the whole of a day, and none may lean on it. "
        .repeat(4);
    let read = word(&(item("Mix it.") + &p("", &long) + &item("Pour it.")));
    assert!(read.iter().any(|line| line == "2. Pour it."), "{read:?}");
    let raised = run("<w:vertAlign w:val='superscript'/>", "50");
    let read = word(&format!(
        "<w:p>{}{raised}</w:p><w:p>{}{}</w:p>",
        run("", "£7"),
        run("<w:strike/>", "£9"),
        run("", " £6")
    ));
    assert_eq!(read[0], "£7.50");
    assert_eq!(read[1], "~~£9~~ £6");
}

#[test]
fn cells_of_opendocument_reach_over_rows() {
    let cell = |of: &str, text: &str| {
        format!("<table:table-cell {of}><text:p>{text}</text:p></table:table-cell>")
    };
    let row = |cells: &[String]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let rows = [
        row(&[cell("", "Room"), cell("", "Day"), cell("", "Fee")]),
        row(&[cell("table:number-rows-spanned='2'", "Attic"), cell("", "Mon"), cell("", "30")]),
        row(&["<table:covered-table-cell/>".to_owned(), cell("", "Sun"), cell("", "45")]),
    ];
    let content = format!(
        "<office:document-content xmlns:office='o' xmlns:text='t' xmlns:table='b'><office:body><office:text>\
         <table:table>{}</table:table></office:text></office:body></office:document-content>",
        rows.concat()
    );
    let read = odt(&archive(&[("content.xml", &content)]), &url()).unwrap();
    assert_eq!(said(&read)[1].1, "Room: Attic | Day: Sun | Fee: 45");
}

#[test]
fn diagrams_of_slides_are_read_and_raised_numbers_are_cents() {
    let slide = "<p:sld xmlns:p='p' xmlns:a='a'><p:sp><a:p><a:r><a:t>Only $4</a:t></a:r><a:r><a:rPr baseline='30000'/>\
                 <a:t>95</a:t></a:r></a:p></p:sp></p:sld>";
    let diagram = "<d:dataModel xmlns:d='d' xmlns:a='a'><d:pt><d:t><a:p><a:r><a:t>Ask the porter</a:t></a:r></a:p></d:t></d:pt>\
                   </d:dataModel>";
    let related = |target: &str| {
        format!("<Relationships><Relationship Id='r1' Target='{target}'/></Relationships>")
    };
    let bytes = archive(&[
        (
            "ppt/presentation.xml",
            "<p:presentation xmlns:p='p' xmlns:r='r'><p:sldId id='256' r:id='r1'/></p:presentation>",
        ),
        ("ppt/_rels/presentation.xml.rels", &related("slides/slide1.xml")),
        ("ppt/slides/slide1.xml", slide),
        ("ppt/slides/_rels/slide1.xml.rels", &related("../diagrams/data1.xml")),
        ("ppt/diagrams/data1.xml", diagram),
    ]);
    let read = pptx(&bytes, &url()).unwrap();
    let all: Vec<&str> = said(&read).into_iter().map(|(_, text)| text).collect();
    assert!(all.iter().any(|line| line.contains("$4.95")), "{all:?}");
    assert!(all.iter().any(|line| line.contains("Ask the porter")), "{all:?}");
}

#[test]
fn a_sheet_tells_what_it_shows_each_table_by_its_own_names() {
    let cell =
        |at: &str, text: &str| format!("<c r='{at}' t='inlineStr'><is><t>{text}</t></is></c>");
    let row = |n: u32, of: &str, cells: &[(&str, &str)]| {
        let cells: String =
            cells.iter().map(|(at, text)| cell(&format!("{at}{n}"), text)).collect();
        format!("<row r='{n}' {of}>{cells}</row>")
    };
    let rows = [
        row(1, "", &[("A", "Room"), ("B", "Day"), ("C", "Fee"), ("D", "Margin")]),
        row(2, "", &[("A", "Attic"), ("B", "Mon"), ("C", "30"), ("D", "9")]),
        row(3, "", &[("B", "Sun"), ("C", "45"), ("D", "12")]),
        row(4, "hidden='1'", &[("A", "Vault"), ("B", "Mon"), ("C", "1"), ("D", "1")]),
        row(6, "", &[("A", "Lift"), ("B", "Load")]),
        row(7, "", &[("A", "North"), ("B", "400 kg")]),
        row(8, "", &[("A", "South"), ("B", "250 kg")]),
    ];
    let layout = "</sheetData><cols><col min='4' max='4' hidden='1'/></cols>\
                  <mergeCells><mergeCell ref='A2:A3'/></mergeCells><sheetData>";
    let read = xlsx(&workbook(&(rows.concat() + layout), "")).unwrap();
    let all: Vec<&str> = said(&read).into_iter().map(|(_, text)| text).collect();
    assert_eq!(
        all,
        [
            "Room: Attic | Day: Mon | Fee: 30",
            "Room: Attic | Day: Sun | Fee: 45",
            "Lift: North | Load: 400 kg",
            "Lift: South | Load: 250 kg",
        ]
    );
}

#[test]
fn what_cells_share_is_told_no_more_often_than_there_is_room_for() {
    let long = "long ".repeat(200_000);
    let shared = |at: &str| format!("<c r='{at}' t='s'><v>0</v></c>");
    let rows = (1..=200).map(|n| {
        let down = if n == 1 { shared("C1") } else { String::new() };
        format!("<row r='{n}'>{}{down}</row>", shared(&format!("A{n}")))
    });
    let merged =
        "</sheetData><mergeCells><mergeCell ref='C1:C4294967295'/></mergeCells><sheetData>";
    let sheet = rows.collect::<String>() + merged;
    let read = xlsx(&workbook(&sheet, &format!("<si><t>{long}</t></si>"))).unwrap();
    let bytes: usize = said(&read).into_iter().map(|(_, text)| text.len()).sum();
    assert!((long.len() - 1..=50 * 1024 * 1024).contains(&bytes), "{bytes}");
}
