//! Pieces of text put together to lines in reading order: columns one after the other, the rows of
//! a table as rows.

use super::content::Piece;

/// A gap of so many times the letters' size parts words.
const WORD: f32 = 0.14;
/// A gap of so many times the letters' size parts columns, or cells of a table.
const COLUMN: f32 = 1.15;
/// How often a page is divided at most, part in part.
const MAX_CUTS: usize = 12;

/// Text on one baseline that no wide gap divides.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) left: f32,
    pub(super) right: f32,
    pub(super) base: f32,
    pub(super) size: f32,
    pub(super) bold: bool,
    /// The cells of a row, if it is one of a table.
    pub(super) cells: Vec<String>,
}

/// Lines that are read one after the other: a column, or a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Region {
    Column(Vec<Line>),
    Table(Vec<Line>),
}

/// The regions of a page in reading order.
pub(super) fn regions(mut pieces: Vec<Piece>) -> Vec<Region> {
    pieces.retain(|piece| !piece.text.is_empty());
    let mut regions = Vec::new();
    // What is turned is read after what most of the page is.
    let mut turns: Vec<(usize, u8)> = (0..4)
        .map(|turn| (pieces.iter().filter(|piece| piece.turned == turn).count(), turn))
        .collect();
    turns.sort_by_key(|(count, turn)| (std::cmp::Reverse(*count), *turn));
    for (_, turn) in turns.into_iter().filter(|(count, _)| *count > 0) {
        let of: Vec<Piece> = pieces.iter().filter(|piece| piece.turned == turn).cloned().collect();
        cut(segments(of), MAX_CUTS, &mut regions);
    }
    regions
}

/// Pieces on the same baseline as segments that only wide gaps part.
fn segments(pieces: Vec<Piece>) -> Vec<Line> {
    let mut segments: Vec<Line> = Vec::new();
    for row in rows(pieces) {
        let mut open: Option<Line> = None;
        for piece in row {
            match &mut open {
                Some(line) if !is_apart(line, &piece) => join(line, &piece),
                _ => segments.extend(open.replace(of(&piece))),
            }
        }
        segments.extend(open);
    }
    segments.retain(|segment| !segment.text.trim().is_empty());
    segments
}

/// Pieces by their baselines, from the top, each row from the left. What was drawn first stays
/// first where it can't be told.
fn rows(mut pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    pieces.sort_by(|one, other| other.base.total_cmp(&one.base));
    let mut rows: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        let size = piece.size;
        match rows.last_mut() {
            Some(row)
                if row.first().is_some_and(|first| {
                    (first.base - piece.base).abs() <= 0.35 * size.max(first.size).min(2.0 * size)
                }) =>
            {
                row.push(piece)
            }
            _ => rows.push(vec![piece]),
        }
    }
    for row in &mut rows {
        row.sort_by(|one, other| one.left.total_cmp(&other.left));
    }
    rows
}

fn is_apart(line: &Line, piece: &Piece) -> bool {
    piece.left - line.right > COLUMN * line.size.max(piece.size)
}

fn of(piece: &Piece) -> Line {
    Line {
        text: piece.text.clone(),
        left: piece.left,
        right: piece.right,
        base: piece.base,
        size: piece.size,
        bold: piece.bold,
        cells: Vec::new(),
    }
}

fn join(line: &mut Line, piece: &Piece) {
    let gap = piece.left - line.right;
    // What is drawn twice, a little aside, is meant to look bold.
    if piece.right <= line.right + 0.1 * piece.size && line.text.ends_with(&piece.text) && gap < 0.0
    {
        return;
    }
    let blank =
        line.text.ends_with(char::is_whitespace) || piece.text.starts_with(char::is_whitespace);
    let wide = line.text.chars().next_back().is_some_and(is_wide);
    if gap > WORD * line.size.min(piece.size) && !blank && !wide {
        line.text.push(' ');
    }
    line.text.push_str(&piece.text);
    line.right = line.right.max(piece.right);
    line.size = line.size.max(piece.size);
    line.bold &= piece.bold;
}

/// Whether a letter is of a script that puts no spaces between words.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}')
}

/// Divides segments at what is empty between them.
fn cut(segments: Vec<Line>, cuts: usize, regions: &mut Vec<Region>) {
    if segments.is_empty() {
        return;
    }
    let gutter = Some(cuts).filter(|cuts| *cuts > 0).and_then(|_| gutter(&segments));
    let Some((gutter, top, bottom)) = gutter else {
        return regions.push(column(segments));
    };
    let within = |line: &Line| line.base <= top && line.base >= bottom;
    let (inside, outside): (Vec<Line>, Vec<Line>) = segments.into_iter().partition(within);
    let (above, below): (Vec<Line>, Vec<Line>) =
        outside.into_iter().partition(|line| line.base > top);
    cut(above, cuts - 1, regions);
    let (left, right): (Vec<Line>, Vec<Line>) =
        inside.iter().cloned().partition(|line| line.left < gutter);
    if is_table(&left, &right) {
        regions.push(Region::Table(table(inside)));
    } else {
        cut(left, cuts - 1, regions);
        cut(right, cuts - 1, regions);
    }
    cut(below, cuts - 1, regions);
}

/// Lines of one column, segments of a row put together again.
fn column(segments: Vec<Line>) -> Region {
    let mut lines: Vec<Line> = Vec::new();
    for segment in segments {
        match lines.last_mut() {
            Some(line) if (line.base - segment.base).abs() <= 0.35 * segment.size => {
                line.text.push(' ');
                line.text.push_str(&segment.text);
                line.right = line.right.max(segment.right);
                line.bold &= segment.bold;
            }
            _ => lines.push(segment),
        }
    }
    Region::Column(lines)
}

/// Where a strip of some rows is empty from top to bottom, with text on both sides: its place, and
/// the baselines of the first and the last of these rows.
fn gutter(segments: &[Line]) -> Option<(f32, f32, f32)> {
    let rows: Vec<&[Line]> = segments
        .chunk_by(|one, other| (one.base - other.base).abs() <= 0.35 * other.size)
        .collect();
    let mut best: Option<(usize, f32, f32, f32)> = None;
    for (first, row) in rows.iter().enumerate() {
        for pair in row.windows(2) {
            let [one, other] = pair else { continue };
            let (mut from, mut to) = (one.right, other.left);
            let (mut both, mut last) = (0, first);
            // A column may go on beside nothing.
            for (at, next) in rows.iter().enumerate().skip(first) {
                let crossing = next.iter().any(|line| line.left < from && line.right > to);
                let (mut left, mut right) = (from, to);
                for line in *next {
                    let middle = f32::midpoint(line.left, line.right);
                    if middle < f32::midpoint(from, to) {
                        left = left.max(line.right);
                    } else {
                        right = right.min(line.left);
                    }
                }
                if crossing || right - left < 0.6 * next[0].size {
                    break;
                }
                (from, to) = (left, right);
                if next.len() > 1 {
                    both += 1;
                    last = at;
                }
            }
            if both >= 2 && best.is_none_or(|(most, ..)| both > most) {
                let rows = (rows[first][0].base, rows[last][0].base);
                best = Some((both, f32::midpoint(from, to), rows.0, rows.1));
            }
        }
        // Rows of one gutter are looked at once: a page has few.
        if best.is_some_and(|(both, ..)| both * 2 > rows.len() - first) {
            break;
        }
    }
    best.map(|(_, at, top, bottom)| (at, top + 0.1, bottom - 0.1))
}

/// Whether what is on both sides of a gutter are values and not lines of text that run on.
fn is_table(left: &[Line], right: &[Line]) -> bool {
    let (mut pairs, mut run_on, mut words, mut lines) = (0, 0, 0, 0);
    for side in [left, right] {
        lines += side.len();
        words += side.iter().map(|line| line.text.split_whitespace().count()).sum::<usize>();
        for pair in side.windows(2) {
            let [one, other] = pair else { continue };
            pairs += 1;
            let small = other.text.chars().next().is_some_and(char::is_lowercase);
            let ends = one.text.trim_end().ends_with(['.', '!', '?', ':']);
            run_on += usize::from(small && !ends);
        }
    }
    let long = words >= 5 * lines;
    !(long || run_on * 5 >= pairs * 2 && run_on > 0)
}

/// The rows of a table, a cell where a gap is; a row with one cell only goes on with the one above
/// if it is close to it.
fn table(segments: Vec<Line>) -> Vec<Line> {
    let mut rows: Vec<Line> = Vec::new();
    for row in segments.chunk_by(|one, other| (one.base - other.base).abs() <= 0.35 * other.size) {
        let Some(first) = row.first() else { continue };
        let mut line = first.clone();
        line.cells = row.iter().map(|segment| segment.text.trim().to_owned()).collect();
        line.text = line.cells.join(" | ");
        line.right = row.iter().map(|segment| segment.right).fold(0.0, f32::max);
        line.bold = row.iter().all(|segment| segment.bold);
        rows.push(line);
    }
    rows
}
