//! Tables: each row a line of its own that says of what column each value is.

use std::sync::Arc;

use super::{
    attributes::Hints,
    blocks::Walk,
    outline::{BlockKind, MAX_TEXT},
    page::PageTree,
    tag::Tag,
};

/// What is longer, in characters, is no value of a table but a text that is placed with it.
const LONGEST_CELL: usize = 400;
/// Names of columns that are longer together, in characters, are said once and not on each row.
const LONGEST_NAMES: usize = 240;
/// Columns that are told apart at most.
const MAX_COLUMNS: usize = 60;
/// Rows that one cell reaches over at most.
const MAX_SPAN: usize = 500;

/// A row, its cells where they are seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    /// What is in each column. What reaches over many of them, or over many rows, is there once.
    pub(crate) cells: Vec<Arc<str>>,
    /// Whether all cells that say something name something.
    pub(crate) names: bool,
    /// Whether the first one names the row.
    pub(crate) named: bool,
    /// How many cells it has of its own: neither does one count twice that reaches over two columns,
    /// nor one that reaches down from a row above.
    pub(crate) width: usize,
    /// Whether a cell of a row above reaches into it.
    pub(crate) reached: bool,
    /// For each column whether it has the cell of the column before it, which reaches over both.
    pub(crate) spread: Vec<bool>,
}

/// Writes a table row by row; says no if it only places things.
pub(super) fn write(walk: &mut Walk<'_>, place: usize) -> bool {
    if !is_data(walk.page, walk.gone, place) {
        return false;
    }
    let caption = walk
        .page
        .children(place)
        .find(|at| walk.page.nodes[*at].tag == Tag::Caption && !walk.gone[*at]);
    let scope = walk.outline.begin();
    if let Some(caption) = caption {
        let caption = walk.text(caption);
        walk.outline.label(&caption, Some(&scope));
    }
    let rows = rows(walk, place);
    // How a command is called: its name, and beside it what is given to it.
    if let [one] = rows.as_slice()
        && begins_with_code(walk.page, place)
    {
        let cells: Vec<&str> = one.cells.iter().map(|cell| &**cell).collect();
        walk.write(BlockKind::Text, cells.join(" ").trim());
        walk.outline.end(scope);
        return true;
    }
    for line in lines(&rows) {
        walk.write(BlockKind::Row, &line);
    }
    walk.outline.end(scope);
    true
}

/// Whether a table has values, not pieces of a page.
fn is_data(page: &PageTree, gone: &[bool], table: usize) -> bool {
    // Some editors of help centres call every table so; one whose first row names columns is none.
    if page.nodes[table].hints.any(Hints::LAYOUT) && !names_columns(page, table) {
        return false;
    }
    if says_between_cells(page, gone, table) {
        return false;
    }
    let pieces = |tag: Tag| matches!(tag, Tag::Table | Tag::Form | Tag::Pre | Tag::H(_));
    // A heading may be the name of a column: of a plan, of a product.
    let names = |at: usize| {
        let headed = |above: usize| page.nodes[above].tag == Tag::HeaderCell;
        matches!(page.nodes[at].tag, Tag::H(_)) && page.ancestors(at).take(4).any(headed)
    };
    if page.within(table).skip(1).any(|at| pieces(page.nodes[at].tag) && !names(at)) {
        return false;
    }
    let mut wide = false;
    for place in page.within(table).filter(|at| page.nodes[*at].tag == Tag::Row && !gone[*at]) {
        let cells = page.children(place).filter(|at| page.nodes[*at].tag.is_cell());
        let mut count = 0;
        for cell in cells {
            count += 1;
            let chars: usize =
                page.nodes[page.within(cell)].iter().map(|node| node.text.chars().count()).sum();
            if chars > 4 * LONGEST_CELL {
                return false;
            }
            if chars > LONGEST_CELL && page.text(cell).chars().count() > LONGEST_CELL {
                return false;
            }
        }
        wide |= count > 1;
    }
    wide
}

/// Whether a table has text outside of its cells, as only one that is made of boxes can.
fn says_between_cells(page: &PageTree, gone: &[bool], table: usize) -> bool {
    let mut at = table + 1;
    while at < page.nodes[table].end {
        let node = &page.nodes[at];
        if gone[at] || node.tag.is_cell() || node.tag == Tag::Caption {
            at = node.end;
        } else if node.tag == Tag::Text && node.text.contains(char::is_alphanumeric) {
            return true;
        } else {
            at += 1;
        }
    }
    false
}

/// Whether the first row of a table is names alone, and every other has as many cells.
fn names_columns(page: &PageTree, table: usize) -> bool {
    let cells = |row: usize| page.children(row).filter(|at| page.nodes[*at].tag.is_cell());
    let mut rows = page.within(table).filter(|at| page.nodes[*at].tag == Tag::Row);
    let Some(first) = rows.next() else { return false };
    let width = cells(first).count();
    let is_name = |cell: usize| page.nodes[cell].tag == Tag::HeaderCell || is_bold(page, cell);
    let mut others = rows.peekable();
    width > 1
        && cells(first).all(is_name)
        && others.peek().is_some()
        && others.all(|row| cells(row).count() == width)
}

fn rows(walk: &mut Walk<'_>, table: usize) -> Vec<Row> {
    let page = walk.page;
    let mut rows: Vec<Row> = Vec::new();
    // What reaches down from above into each column, and for how many rows.
    let mut reaching: Vec<Option<Reaching>> = Vec::new();
    let mut group = table;
    let places: Vec<usize> = page
        .within(table)
        .filter(|at| page.nodes[*at].tag == Tag::Row && !walk.gone[*at])
        .collect();
    for place in &places {
        let place = *place;
        // No cell reaches beyond the `tbody` that it is in.
        if page.nodes[place].parent != group {
            reaching.clear();
            group = page.nodes[place].parent;
        }
        let mut row = Row { names: true, ..Row::default() };
        let cells: Vec<usize> = page
            .children(place)
            .filter(|at| page.nodes[*at].tag.is_cell() && !walk.gone[*at])
            .collect();
        for cell in cells {
            while take_over(&mut row, &mut reaching) {}
            // More are not read, nor do they reach down.
            if row.cells.len() >= MAX_COLUMNS {
                break;
            }
            let span = |name: &str| {
                page.nodes[cell].attribute(name).and_then(|n| n.trim().parse().ok()).unwrap_or(1)
            };
            let (wide, high): (usize, usize) = (span("colspan"), span("rowspan"));
            // By the standard 0 means all rows that are left.
            let high = if high == 0 { MAX_SPAN } else { high };
            let text: Arc<str> = cell_text(walk, cell).into();
            let bold = || rows.is_empty() && is_bold(page, cell);
            let names = page.nodes[cell].tag == Tag::HeaderCell || bold();
            row.names &= names || text.is_empty();
            row.named |= row.width == 0 && page.nodes[cell].tag == Tag::HeaderCell;
            row.width += 1;
            for nth in 0..wide.clamp(1, MAX_COLUMNS - row.cells.len().min(MAX_COLUMNS - 1)) {
                let column = row.cells.len();
                if high > 1 {
                    reaching.resize(reaching.len().max(column + 1), None);
                    let (rows, text) = (high.min(MAX_SPAN) - 1, text.clone());
                    reaching[column] = Some(Reaching { rows, text, spread: nth > 0 });
                }
                row.cells.push(text.clone());
                row.spread.push(nth > 0);
            }
        }
        while take_over(&mut row, &mut reaching) {}
        row.names &= row.width > 0;
        // A row without a cell only takes up room.
        if row.width > 0 {
            rows.push(row);
        }
    }
    if heads(&rows) == 0
        && let Some(names) = places.first().and_then(|row| labelled(page, *row))
    {
        rows.insert(0, names);
    }
    rows
}

/// The names of columns that each cell of a row has with it, for a style sheet to show on small
/// screens.
fn labelled(page: &PageTree, row: usize) -> Option<Row> {
    const LABELS: &[&str] = &["data-label", "data-title", "data-th", "data-header", "data-column"];
    let cells = page.children(row).filter(|at| page.nodes[*at].tag.is_cell());
    let label = |at: usize| LABELS.iter().find_map(|name| page.nodes[at].attribute(name));
    let folded = |text: &str| Arc::from(super::folded(text));
    let cells: Option<Vec<Arc<str>>> = cells.map(|at| label(at).map(folded)).collect();
    let cells = cells.filter(|cells| cells.len() > 1)?;
    Some(Row { names: true, width: cells.len(), cells, ..Row::default() })
}

/// Whether all that a cell says is bold, as programs for texts write the names of columns.
fn is_bold(page: &PageTree, cell: usize) -> bool {
    let mut texts =
        page.within(cell).filter(|at| !page.nodes[*at].text.trim().is_empty()).peekable();
    texts.peek().is_some() && texts.all(|at| page.is_in(at, Tag::Strong))
}

/// Whether all that the first cell of a table says is code.
fn begins_with_code(page: &PageTree, table: usize) -> bool {
    let Some(cell) = page.within(table).find(|at| page.nodes[*at].tag.is_cell()) else {
        return false;
    };
    let mut texts =
        page.within(cell).filter(|at| !page.nodes[*at].text.trim().is_empty()).peekable();
    texts.peek().is_some() && texts.all(|at| page.is_in(at, Tag::Code))
}

/// What reaches down from a row into those below it.
#[derive(Debug, Clone)]
struct Reaching {
    rows: usize,
    text: Arc<str>,
    spread: bool,
}

/// Puts what reaches down into the next column of a row; says whether there was something.
fn take_over(row: &mut Row, reaching: &mut [Option<Reaching>]) -> bool {
    let Some(above) = reaching.get_mut(row.cells.len()) else { return false };
    let Some(Reaching { rows, text, spread }) = above else { return false };
    row.cells.push(text.clone());
    row.spread.push(*spread);
    row.reached = true;
    *rows -= 1;
    if *rows == 0 {
        *above = None;
    }
    true
}

fn cell_text(walk: &mut Walk<'_>, cell: usize) -> String {
    let text = walk.text(cell);
    if !text.is_empty() {
        return text;
    }
    // A tick or a cross of an icon font.
    let page = walk.page;
    let says = page.nodes[page.within(cell)].iter().find_map(|node| {
        let class = node.attribute("class").unwrap_or_default().to_ascii_lowercase();
        let named = |words: &[&str]| {
            class.split(|c: char| !c.is_ascii_alphabetic()).any(|word| words.contains(&word))
        };
        if named(&["check", "checkmark", "tick", "yes", "done"]) {
            Some("yes")
        } else if named(&["times", "cross", "xmark", "no", "close"]) {
            Some("no")
        } else {
            node.attribute("aria-label")
        }
    });
    says.unwrap_or_default().to_owned()
}

/// The lines that say what the rows of a table say, as many as a page may have: a cell that reaches over
/// many rows is said on each.
pub(crate) fn lines(rows: &[Row]) -> Vec<String> {
    let heads = heads(rows);
    let columns = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0).min(MAX_COLUMNS);
    let names: Vec<String> = (0..columns).map(|column| name(&rows[..heads], column)).collect();
    let said = names.iter().map(|name| name.chars().count()).sum::<usize>();
    let on_each = heads > 0 && heads < rows.len() && said <= LONGEST_NAMES;
    let (mut lines, mut bytes) = (Vec::new(), 0);
    if heads > 0 && !on_each {
        lines.push(joined(&names));
    }
    // What reaches over all columns, and whether it is said with a row below it.
    let (mut group, mut named): (Option<&str>, bool) = (None, false);
    for row in &rows[heads..] {
        if bytes > MAX_TEXT {
            break;
        }
        let one = row.cells.first().filter(|first| {
            let across = row.width == 1 && !row.reached;
            across && columns > 1 && row.cells.len() == columns && !first.is_empty()
        });
        if let Some(one) = one {
            // What had no row below it named none: it was a remark.
            lines.extend(group.replace(one).filter(|_| !named).map(str::to_owned));
            named = false;
            continue;
        }
        let mut parts: Vec<String> = Vec::new();
        for (column, cell) in row.cells.iter().take(MAX_COLUMNS).enumerate() {
            let same = column > 0 && row.spread.get(column) == Some(&true);
            if cell.is_empty() || (same && names.get(column) == names.get(column - 1)) {
                continue;
            }
            let name =
                names.get(column).filter(|name| on_each && !name.is_empty() && **name != **cell);
            parts.push(match name {
                Some(name) => format!("{name}: {cell}"),
                None => cell.to_string(),
            });
        }
        let line = match parts.as_slice() {
            [name, value] if row.named && !on_each => format!("{name}: {value}"),
            parts => joined(parts),
        };
        let line = match group {
            Some(group) if !line.is_empty() => format!("{group} – {line}"),
            _ => line,
        };
        named |= !line.is_empty();
        bytes += line.len();
        lines.push(line);
    }
    lines.extend(group.filter(|_| !named).map(str::to_owned));
    lines.retain(|line| !line.is_empty());
    lines
}

fn joined(parts: &[String]) -> String {
    parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" | ")
}

/// How many rows at the top name the columns.
fn heads(rows: &[Row]) -> usize {
    // What reaches over all columns names the rows below it, unless more names come below.
    let across = |at: usize| {
        let row = &rows[at];
        let below = rows.get(at + 1).is_some_and(|below| below.names);
        at > 0 && row.width == 1 && !row.reached && !below
    };
    let heads = (0..rows.len())
        .take_while(|at| rows[*at].names && rows[*at].cells.len() > 1 && !across(*at))
        .count();
    if heads > 0 {
        // A table of names alone has no values.
        return if heads < rows.len() { heads.min(4) } else { 0 };
    }
    let [first, second, third, ..] = rows else { return 0 };
    // "Monday" names its row and no column.
    if first.named {
        return 0;
    }
    let says = |cell: &Arc<str>| !cell.is_empty() && cell.chars().count() <= 40;
    let counts = |cell: &Arc<str>| cell.contains(|c: char| c.is_ascii_digit());
    let names = first.width > 1
        && first.cells.iter().all(|cell| says(cell) && !counts(cell))
        && (0..first.cells.len()).any(|column| {
            let value = |row: &Row| row.cells.get(column).is_some_and(counts);
            value(second) && value(third)
        });
    usize::from(names && first.cells.len() == second.cells.len())
}

fn name(heads: &[Row], column: usize) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in heads.iter().filter_map(|row| row.cells.get(column)).map(|cell| &**cell) {
        if !part.is_empty() && parts.last() != Some(&part) {
            parts.push(part.trim_end_matches([':', ' ']));
        }
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Row {
        let cells: Vec<Arc<str>> = cells.iter().map(|cell| Arc::from(*cell)).collect();
        Row { width: cells.len(), cells, ..Row::default() }
    }

    #[test]
    fn each_row_says_what_its_values_are() {
        let head = Row { names: true, ..row(&["Size", "Chest", "Waist"]) };
        let rows = [head, row(&["S", "90 cm", "76 cm"]), row(&["M", "96 cm", ""])];
        assert_eq!(
            lines(&rows),
            ["Size: S | Chest: 90 cm | Waist: 76 cm", "Size: M | Chest: 96 cm"]
        );
    }

    #[test]
    fn names_without_th_are_told_by_the_numbers_below_them() {
        let rows = [row(&["Bus", "Leaves"]), row(&["North", "7:10"]), row(&["South", "8:40"])];
        assert_eq!(lines(&rows), ["Bus: North | Leaves: 7:10", "Bus: South | Leaves: 8:40"]);
        let rows = [row(&["A", "b"]), row(&["C", "d"]), row(&["E", "f"])];
        assert_eq!(lines(&rows), ["A | b", "C | d", "E | f"]);
    }

    #[test]
    fn a_row_across_the_table_names_those_below_it() {
        let head = Row { names: true, ..row(&["Room", "Price"]) };
        let across = Row { width: 1, ..row(&["Winter", "Winter"]) };
        let rows = [head, across, row(&["Single", "60"])];
        assert_eq!(lines(&rows), ["Winter – Room: Single | Price: 60"]);
        let across = |text: &str| Row { width: 1, ..row(&[text, text]) };
        let single = row(&["Single", "60"]);
        let rows = [across("Winter"), single, across("Towels are free."), across("No pets.")];
        let wanted = ["Winter – Single | 60", "Towels are free.", "No pets."];
        assert_eq!(lines(&rows), wanted, "what names no row is read by itself");
        let hours = [["Sunday", "closed"], ["Friday", "9 to 5"], ["Saturday", "9 to 1"]];
        let hours = hours.map(|cells| Row { named: true, ..row(&cells) });
        assert_eq!(lines(&hours), ["Sunday: closed", "Friday: 9 to 5", "Saturday: 9 to 1"]);
    }
}
