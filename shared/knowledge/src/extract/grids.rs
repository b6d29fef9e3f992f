//! Tables that are made of boxes: rows of boxes, of which the first is called their head. What a style
//! sheet alone makes a table of has no other sign of one.

use std::sync::Arc;

use super::{
    blocks::Walk,
    outline::BlockKind,
    page::PageTree,
    tables::{self, Row},
    tag::Tag,
};

/// Columns and rows at most.
const MAX_COLUMNS: usize = 12;
const MAX_ROWS: usize = 2_000;
/// Of a value, in nodes and in characters.
const MOST_NODES: usize = 32;
const LONGEST: usize = 200;
/// Of the name of a column, in characters.
const LONGEST_NAME: usize = 40;

/// Writes a table of boxes row by row; says no if it is none.
pub(super) fn write(walk: &mut Walk<'_>, place: usize) -> bool {
    let Some(rows) = rows(walk.page, walk.gone, place) else { return false };
    walk.flush();
    let mut texts: Vec<Row> = Vec::new();
    for (nth, row) in rows.into_iter().enumerate() {
        let cells: Vec<Arc<str>> = row.into_iter().map(|at| walk.text(at).into()).collect();
        texts.push(Row { names: nth == 0, width: cells.len(), cells, ..Row::default() });
    }
    for line in tables::lines(&texts) {
        walk.write(BlockKind::Row, &line);
    }
    true
}

/// The cells of each row, if it is a table whose first row names its columns.
fn rows(page: &PageTree, gone: &[bool], place: usize) -> Option<Vec<Vec<usize>>> {
    let boxes =
        |at: usize| page.children(at).filter(|at| page.nodes[*at].tag == Tag::Other && !gone[*at]);
    let first = boxes(place).next()?;
    if is_head(page, first) && is_value(page, first) {
        return flat(page, gone, place);
    }
    let head = boxes(first).next()?;
    // The rows may be in groups: the head, all others.
    let inner = boxes(head).next();
    let mut heads = [Some(first), Some(head), inner].into_iter().flatten();
    if !heads.any(|at| is_head(page, at)) {
        return None;
    }
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for child in page.children(place).filter(|at| !gone[*at]) {
        let node = &page.nodes[child];
        if node.tag != Tag::Other {
            // Text of its own is of no row.
            if node.tag == Tag::Text && node.text.trim().is_empty() {
                continue;
            }
            return None;
        }
        if let Some(cells) = cells(page, gone, child) {
            rows.push(cells);
        } else {
            for row in boxes(child) {
                rows.push(cells(page, gone, row)?);
            }
        }
        if rows.len() > MAX_ROWS {
            return None;
        }
    }
    let (names, others) = rows.split_first()?;
    let is_name = |at: &usize| page.text(*at).chars().count() <= LONGEST_NAME;
    let is_table = is_called(page, place, &["table", "grid", "thead"])
        || is_called(page, page.nodes[*names.first()?].parent, &["row", "tr", "thead"])
        || is_called(page, *names.first()?, &["cell", "td", "th", "col", "column"]);
    let alike = others.iter().all(|row| row.len() == names.len());
    // One in bold letters, such as today, is no name of a column; nor is what is so on another row.
    let row = page.nodes[*names.first()?].parent;
    let is_named = is_head(page, row)
        || is_head(page, page.nodes[row].parent)
        || names
            .iter()
            .all(|at| is_head(page, *at) || page.children(*at).any(|at| is_head(page, at)));
    let others_too = others.iter().any(|row| is_head(page, row[0]));
    (is_table
        && is_named
        && alike
        && !others_too
        && !others.is_empty()
        && names.iter().all(is_name))
    .then_some(rows)
}

/// The cells of each row, if all are beside each other and the first ones are called heads.
fn flat(page: &PageTree, gone: &[bool], place: usize) -> Option<Vec<Vec<usize>>> {
    let mut cells = Vec::new();
    for at in page.children(place).filter(|at| !gone[*at]) {
        let node = &page.nodes[at];
        if node.tag == Tag::Text && node.text.trim().is_empty() {
            continue;
        }
        if node.tag != Tag::Other || !is_value(page, at) || cells.len() > MAX_ROWS {
            return None;
        }
        cells.push(at);
    }
    let width = cells.iter().take_while(|at| is_head(page, **at)).count();
    let is_name = |at: &usize| page.text(*at).chars().count() <= LONGEST_NAME;
    let is_table = (2..=MAX_COLUMNS).contains(&width)
        && cells.len().is_multiple_of(width)
        && cells.len() > 2 * width
        && is_called(page, place, &["table", "grid"])
        && cells.iter().take(width).all(is_name)
        && !cells.iter().skip(width).any(|at| is_head(page, *at));
    is_table.then(|| cells.chunks(width).map(<[usize]>::to_vec).collect())
}

/// Whether it is called the head of a table, or is in the letters of one.
fn is_head(page: &PageTree, place: usize) -> bool {
    const HEADS: &[&str] =
        &["head", "heads", "header", "heading", "th", "thead", "bold", "semibold"];
    is_called(page, place, HEADS)
}

/// The cells of a row: boxes alone, each with one value.
fn cells(page: &PageTree, gone: &[bool], row: usize) -> Option<Vec<usize>> {
    let mut cells = Vec::new();
    for at in page.children(row).filter(|at| !gone[*at]) {
        let node = &page.nodes[at];
        if node.tag == Tag::Text && node.text.trim().is_empty() {
            continue;
        }
        if !matches!(node.tag, Tag::Other | Tag::Span)
            || cells.len() >= MAX_COLUMNS
            || !is_value(page, at)
        {
            return None;
        }
        cells.push(at);
    }
    (cells.len() > 1).then_some(cells)
}

fn is_value(page: &PageTree, place: usize) -> bool {
    let simple = |at: usize| {
        let tag = page.nodes[at].tag;
        tag.is_inline() || matches!(tag, Tag::Other | Tag::P)
    };
    // A box of boxes is no value.
    let of_boxes = |at: usize| {
        page.children(at).filter(|at| page.nodes[*at].tag == Tag::Other).take(2).count() > 1
    };
    page.within(place).len() <= MOST_NODES
        && page.within(place).all(|at| simple(at) && !of_boxes(at))
        && page.text(place).chars().count() <= LONGEST
}

/// Whether one of the words of its class is one of `names`; `tableRow` has two.
fn is_called(page: &PageTree, place: usize, names: &[&str]) -> bool {
    let class = page.nodes[place].attribute("class").unwrap_or_default();
    let mut begin = 0;
    let mut before = ' ';
    for (at, c) in class.char_indices().chain([(class.len(), ' ')]) {
        let turns = c.is_ascii_uppercase() && before.is_ascii_lowercase();
        if !c.is_ascii_alphabetic() || turns {
            let word = class.get(begin..at).unwrap_or_default();
            if names.iter().any(|name| word.eq_ignore_ascii_case(name)) {
                return true;
            }
            begin = if turns { at } else { at + c.len_utf8() };
        }
        before = c;
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::extract::test_site::TestSite;

    const HIRE: TestSite = TestSite {
        url: "https://hire.example/boats",
        title: "Boats",
        prose: "<p>Boats are handed out at the green hut on the pier, and whoever hires one shows that he can swim, or wears a vest.</p>",
    };

    #[test]
    fn rows_of_boxes_are_read_with_the_names_of_their_columns() {
        let wanted =
            ["Boat: Dinghy | Seats: 4 | An hour: 18 €", "Boat: Punt | Seats: 6 | An hour: 24 €"];
        let row = |class: &str, cell: &str, [a, b, c]: [&str; 3]| {
            format!(
                "<div class='{class}'><div class='{cell}'>{a}</div><div class='{cell}'><p>{b}</p></div><div class='{cell}'>{c}</div></div>"
            )
        };
        let names = ["Boat", "Seats", "An hour"];
        let (one, two) = (["Dinghy", "4", "18 €"], ["Punt", "6", "24 €"]);
        for table in [
            format!(
                "{}{}{}",
                row("divTableRow", "divTableHead", names),
                row("divTableRow", "c", one),
                row("divTableRow", "c", two)
            ),
            format!(
                "<div class=Table_head__x1>{}</div><div class=Table_body__x1>{}{}</div>",
                row("Table_row__x1", "", names),
                row("Table_row__x1", "", one),
                row("Table_row__x1", "", two)
            ),
        ] {
            HIRE.check(&format!("<div class=wrap>{table}</div>"), &wanted, &[]);
        }
        let flat = |class: &str, cells: [&str; 3]| {
            cells.map(|text| format!("<div class='{class}'>{text}</div>")).concat()
        };
        let grid = flat("p-2 font-semibold", names) + &flat("p-2", one) + &flat("p-2", two);
        HIRE.check(&format!("<div class='grid grid-cols-3'>{grid}</div>"), &wanted, &[]);
        let cell = |role: &str, text: &str| format!("<div role={role}>{text}</div>");
        let row = |role: &str, cells: [&str; 3]| {
            format!("<div role=row>{}</div>", cells.map(|text| cell(role, text)).concat())
        };
        let table = row("columnheader", names) + &row("cell", one) + &row("gridcell", two);
        HIRE.check(&format!("<div role=table>{table}</div>"), &wanted, &[]);
        let noted = format!("<div role=table><p>Prices with a vest.</p>{table}</div>");
        HIRE.check(&noted, &["Prices with a vest.", "Dinghy", "18 €"], &[]);
    }

    #[test]
    fn a_row_with_one_bold_cell_names_no_columns() {
        HIRE.check(
            "<div class='table hours'><div class=row><div class='col fw-bold'>Monday</div><div class=col>Closed</div></div>\
             <div class=row><div class=col>Tuesday</div><div class=col>9–17</div></div>\
             <div class=row><div class=col>Friday</div><div class=col>9–21</div></div></div>",
            &["Tuesday"],
            &["Monday: Tuesday", "Closed: 9"],
        );
    }

    #[test]
    fn cards_with_a_head_are_no_table() {
        HIRE.check(
            "<div class=card><div class=card-header><div>Dinghy</div><div>new</div></div>\
             <div class=card-body><div>Takes four.</div><div>Has no sail.</div></div></div>",
            &["Takes four."],
            &["Dinghy: Takes"],
        );
    }
}
