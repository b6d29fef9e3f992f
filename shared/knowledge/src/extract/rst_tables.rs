//! Tables of reStructuredText that are drawn with lines, or written as lists or as values with commas.

use super::rst::{dedent, inline};

/// Columns of a table at most.
const MAX_COLUMNS: usize = 60;
/// Lines of one table that are read at most.
const MAX_LINES: usize = 5_000;

/// Writes a table that is drawn with lines, which begins with the first of `lines`; how many it has.
pub(super) fn grid(lines: &[&str], indent: usize, text: &mut String) -> usize {
    let is_of = |line: &str| line.starts_with('+') || line.starts_with('|');
    let all: Vec<Vec<char>> = lines
        .iter()
        .take(MAX_LINES)
        .map(|line| dedent(line, indent))
        .take_while(|line| is_of(line))
        .map(|line| line.chars().collect())
        .collect();
    let Some(border) = all.first() else { return 0 };
    let corners = border.iter().enumerate().filter(|(_, c)| **c == '+').map(|(at, _)| at);
    let places: Vec<usize> = corners.take(MAX_COLUMNS + 1).collect();
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut open: Option<Vec<String>> = None;
    for line in &all {
        if line.first() == Some(&'+') {
            rows.extend(open.take());
            continue;
        }
        let row = open.get_or_insert_with(|| vec![String::new(); places.len().max(1) - 1]);
        for (column, ends) in places.windows(2).enumerate() {
            let cell: String =
                line.get(ends[0] + 1..ends[1].min(line.len())).unwrap_or_default().iter().collect();
            let cell = inline(cell.trim_matches([' ', '|']));
            if !cell.is_empty() {
                let gap = if row[column].is_empty() { "" } else { " " };
                row[column].push_str(&format!("{gap}{cell}"));
            }
        }
    }
    rows.extend(open);
    write(&rows, text);
    all.len()
}

/// Writes what is in a directive for tables.
pub(super) fn directive(name: &str, title: &str, lines: &[&str], text: &mut String) {
    if !title.is_empty() {
        text.push_str(&format!("\n**{}**\n", inline(title)));
    }
    let options = lines.iter().take_while(|line| line.starts_with(':'));
    let head = options.clone().find_map(|line| line.strip_prefix(":header:"));
    let body = lines.get(options.count()..).unwrap_or_default();
    let rows = match name {
        "list-table" => of_list(body),
        _ => of_values(head, body),
    };
    write(&rows, text);
}

/// Rows that are items of a list, each of which is a list of cells.
fn of_list(lines: &[&str]) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in lines.iter().take(MAX_LINES).filter(|line| !line.trim().is_empty()) {
        let mut said = line.trim_start();
        if let Some(row) = said.strip_prefix("* ").filter(|_| !line.starts_with(' ')) {
            rows.push(Vec::new());
            said = row.trim_start();
        }
        let Some(row) = rows.last_mut() else { continue };
        let cell = said.strip_prefix('-').filter(|cell| cell.is_empty() || cell.starts_with(' '));
        if let Some(cell) = cell.filter(|_| row.len() < MAX_COLUMNS) {
            row.push(inline(cell.trim()));
        } else if let Some(cell) = row.last_mut() {
            cell.push_str(&format!(" {}", inline(said.trim())));
        }
    }
    rows
}

fn of_values(head: Option<&str>, lines: &[&str]) -> Vec<Vec<String>> {
    let body: Vec<&str> = head.into_iter().chain(lines.iter().copied()).take(MAX_LINES).collect();
    let body: Vec<&str> = body.into_iter().map(str::trim).filter(|line| !line.is_empty()).collect();
    let body = without_gaps(&body.join("\n"));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(body.as_bytes());
    // A blank is before a value in quotation marks, as a rule.
    let plain = |cell: &str| inline(cell.trim().trim_matches('"'));
    reader
        .records()
        .flatten()
        .map(|row| row.iter().take(MAX_COLUMNS).map(plain).collect())
        .collect()
}

/// Without blanks behind commas: a quotation mark behind one begins a value all the same.
fn without_gaps(lines: &str) -> String {
    let mut text = String::with_capacity(lines.len());
    let (mut quoted, mut begins) = (false, true);
    let mut chars = lines.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // Two of them are one within a value.
            '"' if quoted && chars.peek() == Some(&'"') => text.extend(chars.next()),
            ' ' | '\t' if begins => continue,
            '"' if begins || quoted => quoted = !quoted,
            _ => {}
        }
        begins = !quoted && matches!(c, ',' | '\n');
        text.push(c);
    }
    text
}

/// Writes rows, the first of which names the columns, as Markdown has them.
fn write(rows: &[Vec<String>], text: &mut String) {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    if width == 0 {
        return;
    }
    text.push('\n');
    for (at, row) in rows.iter().enumerate() {
        let mut cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
        // A row of names that is too short would keep Markdown from taking it for a table.
        cells.resize(width, String::new());
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
        if at == 0 {
            text.push_str(&"|---".repeat(width));
            text.push_str("|\n");
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_before_values_in_quotation_marks_are_no_part_of_them() {
        let mut text = String::new();
        let lines = [
            ":header: \"Yarn\", \"Colours\"",
            "",
            "\"Lamb\", \"grey, brown\", 4",
            "Silk,   \"a \"\"pale\"\" one\"",
        ];
        directive("csv-table", "", &lines, &mut text);
        assert!(
            text.contains("| Yarn | Colours |  |\n|---|---|---|\n| Lamb | grey, brown | 4 |"),
            "{text}"
        );
        assert!(text.contains("| Silk | a \"pale\" one |"), "{text}");
    }

    #[test]
    fn a_border_of_many_corners_makes_no_more_columns_than_are_read() {
        let (border, row) = ("+".repeat(50_000), "|");
        let lines: Vec<&str> =
            (0..4_000).map(|at| if at % 2 == 0 { &border } else { row }).collect();
        let mut text = String::new();
        assert_eq!(grid(&lines, 0, &mut text), lines.len());
        assert!(text.len() < 4_000 * 4 * MAX_COLUMNS, "{}", text.len());
    }
}
