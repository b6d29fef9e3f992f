//! Rows of a table, quoted as sentences: what the row is of, and what each column says of it.

use super::{
    MAX_QUOTE, Scored,
    lines::{Kind, Line},
};

/// Rows that are quoted together at most, where the question names none.
const MAX_ROWS: usize = 12;
/// Rows about as good as the best that are quoted with it.
const MAX_LIKELY: usize = 3;
/// A row that scores this much less than the best is another.
const AS_GOOD: f32 = 0.12;
/// Characters of a name before a colon.
const MAX_NAME: usize = 60;

/// Whether a line is a row: of cells, or of a name and its value.
pub(super) fn is_row(line: &str) -> bool {
    line.contains(" | ")
        || line.split_once(": ").is_some_and(|(name, _)| {
            name.chars().count() <= MAX_NAME && !line.contains(['"', '{', '}', '<', '=', ';', '\\'])
        })
}

/// The best row as a sentence, with others about as good; the whole of a small table if the question
/// `names` no row of it.
pub(super) fn quoted(
    lines: &[Line],
    scored: &[Scored<'_>],
    best: usize,
    names: impl Fn(&str) -> bool,
) -> String {
    let at = scored[best].line;
    let has_cells = lines[at].text.contains(" | ");
    let is_of = |line: &Line| {
        line.kind == Kind::Line && is_row(&line.text) && line.text.contains(" | ") == has_cells
    };
    let begin = at - lines[..at].iter().rev().take_while(|line| is_of(line)).count();
    let end = at + lines[at..].iter().take_while(|line| is_of(line)).count();
    let header = header(&lines[begin..end]);
    let rows = begin + usize::from(header.is_some())..end;
    // Asked about the columns, all rows answer.
    let at = at.max(rows.start);
    let sentence = |line: usize| sentence(&lines[line].text, header);
    let named: Vec<usize> = rows.clone().filter(|row| names(&lines[*row].text)).collect();
    let all: usize = rows.clone().map(|row| lines[row].text.chars().count() + 1).sum();
    let chosen: Vec<usize> = if !named.is_empty() && named.len() <= MAX_LIKELY {
        named
    } else if named.is_empty() && rows.len() <= MAX_ROWS && all <= MAX_QUOTE {
        rows.collect()
    } else {
        let score = |row: usize| {
            let of_row = scored.iter().filter(|one| one.line == row).map(|one| one.score);
            of_row.fold(f32::MIN, f32::max)
        };
        let least = score(at) - AS_GOOD;
        let likely: Vec<usize> = rows.filter(|row| score(*row) >= least).collect();
        if likely.len() <= MAX_LIKELY { likely } else { vec![at] }
    };
    let sentences: Vec<String> = chosen.into_iter().map(sentence).collect();
    sentences.join("\n")
}

/// The names of columns, if the first row has them and the others do not.
fn header(rows: &[Line]) -> Option<&str> {
    let first = rows.first()?.text.as_str();
    let is_labelled = |row: &str| row.split(" | ").skip(1).any(|cell| cell.contains(": "));
    (rows.len() > 1 && first.contains(" | ") && !rows.iter().any(|row| is_labelled(&row.text)))
        .then_some(first)
}

/// "Plan: Team | Price: 29 euros | Seats: 10" as "Team – Price: 29 euros; Seats: 10", and of two
/// columns "Team: 29 euros".
pub(super) fn sentence(row: &str, header: Option<&str>) -> String {
    let mut cells = row.split(" | ");
    let (Some(first), rest) = (cells.next(), cells.collect::<Vec<_>>()) else {
        return row.to_owned();
    };
    if rest.is_empty() {
        return row.to_owned();
    }
    let name = first.split_once(": ").map_or(first, |(_, value)| value);
    if let [only] = rest[..] {
        let value = only.split_once(": ").map_or(only, |(_, value)| value);
        return format!("{name}: {value}");
    }
    let columns: Vec<&str> = header.map_or_else(Vec::new, |row| row.split(" | ").collect());
    let labelled = rest.iter().enumerate().map(|(at, cell)| match columns.get(at + 1) {
        Some(column) if !cell.contains(": ") => format!("{column}: {cell}"),
        _ => (*cell).to_owned(),
    });
    format!("{name} – {}", labelled.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_reads_as_a_sentence() {
        for (row, header, said) in [
            ("Boat: Raft | Hour: 12 € | Day: 45 €", None, "Raft – Hour: 12 €; Day: 45 €"),
            ("Raft | 12 € | 45 €", Some("Boat | Hour | Day"), "Raft – Hour: 12 €; Day: 45 €"),
            ("Day | Adults: 9 € | Children: 4 €", None, "Day – Adults: 9 €; Children: 4 €"),
            ("Room: Hall | Seats: 40", None, "Hall: 40"),
            ("Berths: 6", None, "Berths: 6"),
        ] {
            assert_eq!(sentence(row, header), said);
        }
    }
}
