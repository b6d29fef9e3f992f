//! Pieces of text put together to lines in reading order: columns one after the other, the rows of
//! a table as rows.

use super::content::Piece;
use crate::extract::superscript;

/// Gap that parts words, in multiples of the letters' size.
const WORD: f32 = 0.14;
/// Gap that parts columns, or cells of a table, in multiples of the letters' size.
const COLUMN: f32 = 1.15;
/// Bytes of a row that a line is added to, at most.
const MAX_WRAPPED: usize = 10_000;
/// Space between the baselines of one cell's lines at most, in multiples of the letters' size.
const LEADING: f32 = 1.6;
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
    /// What wide gaps part, if there is more than one part: the cells of a table.
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
    if piece.raised {
        let written = superscript(&line.text, piece.text.trim());
        line.text.push_str(&written);
        line.right = line.right.max(piece.right);
        return;
    }
    let blank =
        line.text.ends_with(char::is_whitespace) || piece.text.starts_with(char::is_whitespace);
    let wide = line.text.chars().next_back().is_some_and(is_wide);
    // The number of a step is set apart from what has to be done.
    if gap > 0.5 * piece.size && line.text.trim().parse::<u16>().is_ok() && !blank {
        line.text.push('.');
    }
    if gap > WORD * line.size.min(piece.size) && !blank && !wide {
        line.text.push(' ');
    }
    // Its size is that of most of its letters.
    if piece.text.chars().count() > line.text.chars().count() {
        line.size = piece.size;
    }
    line.text.push_str(&piece.text);
    line.right = line.right.max(piece.right);
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
    if left.iter().all(|line| is_marker(&line.text)) {
        regions.push(column(inside));
    } else if is_table(&left, &right) {
        tables(inside, cuts - 1, regions);
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
                if line.text.trim().parse::<u16>().is_ok() {
                    line.text = format!("{}.", line.text.trim());
                }
                if line.cells.is_empty() {
                    line.cells.push(line.text.trim().to_owned());
                }
                line.cells.push(segment.text.trim().to_owned());
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

/// Segments that are on one baseline.
fn baselines(segments: &[Line]) -> impl Iterator<Item = &[Line]> {
    segments.chunk_by(|one, other| (one.base - other.base).abs() <= 0.35 * other.size)
}

/// Where a strip of some rows is empty from top to bottom, with text on both sides: its place, and
/// the baselines of the first and the last of these rows.
fn gutter(segments: &[Line]) -> Option<(f32, f32, f32)> {
    let rows: Vec<&[Line]> = baselines(segments).collect();
    let mut best: Option<(usize, (f32, f32, f32))> = None;
    for at in strips(segments) {
        let crosses = |line: &Line| line.left < at - 1.0 && line.right > at + 1.0;
        for run in rows.chunk_by(|one, other| one.iter().any(crosses) == other.iter().any(crosses))
        {
            let (mut left, mut right) = (0, 0);
            for row in run.iter().filter(|row| !row.iter().any(crosses)) {
                left += usize::from(row.iter().any(|line| line.left < at));
                right += usize::from(row.iter().any(|line| line.left >= at));
            }
            let both = left.min(right);
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            if both >= 2 && best.is_none_or(|(most, _)| both > most) {
                best = Some((both, (at, first[0].base + 0.1, last[0].base - 0.1)));
            }
        }
    }
    best.map(|(_, gutter)| gutter)
}

/// Places where a gutter may be: just before where several segments begin, if few reach over it.
fn strips(segments: &[Line]) -> Vec<f32> {
    /// Places looked at on one page at most.
    const MAX_STRIPS: usize = 12;
    let mut begins: Vec<f32> = segments.iter().map(|line| line.left).collect();
    begins.sort_by(f32::total_cmp);
    let leftmost = begins.first().copied().unwrap_or(0.0);
    let mut strips: Vec<(usize, f32)> = begins
        .chunk_by(|one, other| other - one < 4.0)
        .filter_map(|same| Some((same.len(), *same.first()? - 3.0)))
        .filter(|(count, at)| *count >= 2 && *at > leftmost)
        .collect();
    strips.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.total_cmp(&other.1)));
    strips.into_iter().take(MAX_STRIPS).map(|(_, at)| at).collect()
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
    let beside = |line: &&Line| left.iter().any(|l| (l.base - line.base).abs() <= 0.35 * line.size);
    let aligned = right.iter().filter(beside).count();
    if aligned * 3 < right.len() * 2 {
        return false;
    }
    let long = words >= 5 * lines;
    !(long || run_on * 5 >= pairs * 2 && run_on > 0)
}

/// Whether it is what an item of a list begins with.
fn is_marker(text: &str) -> bool {
    let text = text.trim();
    let plain = text.trim_end_matches(['.', ')']);
    plain.parse::<u16>().is_ok()
        || text.chars().count() == 1 && !text.contains(char::is_alphanumeric)
        || plain.chars().count() == 1 && plain.len() < text.len()
}

/// Tables among what is on both sides of a gutter: rows of several cells, without the text that is
/// before, after and between them.
fn tables(segments: Vec<Line>, cuts: usize, regions: &mut Vec<Region>) {
    let mut rows: Vec<Line> = Vec::new();
    let mut alone: Vec<Line> = Vec::new();
    let pitch = row_pitch(&segments);
    let mut lefts: Vec<f32> = Vec::new();
    let mut base = f32::MAX;
    for row in baselines(&segments) {
        let Some(first) = row.first() else { continue };
        let down = base - first.base;
        let wraps = alone.is_empty()
            && pitch < f32::MAX
            && down <= LEADING * first.size
            && down * 1.4 < pitch;
        if let Some(last) = rows.last_mut().filter(|_| wraps)
            && wrap(last, &lefts, row)
        {
            base = first.base;
            continue;
        }
        (base, lefts) = (first.base, row.iter().map(|segment| segment.left).collect());
        if row.len() < 2 {
            alone.push(first.clone());
            continue;
        }
        let far = rows.last().is_some_and(|last| last.base - first.base > 4.0 * first.size);
        if far || alone.len() > 1 || rows.is_empty() {
            if !rows.is_empty() {
                regions.push(Region::Table(std::mem::take(&mut rows)));
            }
            cut(std::mem::take(&mut alone), cuts, regions);
        }
        // A cell that runs over two lines, or a label between rows.
        rows.extend(alone.drain(..).map(|line| as_row(&[line])));
        rows.push(as_row(row));
    }
    if !rows.is_empty() {
        regions.push(Region::Table(rows));
    }
    cut(alone, cuts, regions);
}

/// The least space between the baselines of rows of several cells.
fn row_pitch(segments: &[Line]) -> f32 {
    let rows: Vec<f32> =
        baselines(segments).filter(|row| row.len() > 1).map(|row| row[0].base).collect();
    rows.windows(2).map(|pair| pair[0] - pair[1]).fold(f32::MAX, f32::min)
}

/// Adds a line to the cells above that it continues; no, if there is something that is below none.
fn wrap(above: &mut Line, lefts: &[f32], row: &[Line]) -> bool {
    let column = |segment: &Line| lefts.iter().position(|left| (left - segment.left).abs() < 4.0);
    let columns: Option<Vec<usize>> = row.iter().map(column).collect();
    let fits = above.text.len() <= MAX_WRAPPED;
    let Some(columns) = columns.filter(|columns| fits && columns.len() < above.cells.len()) else {
        return false;
    };
    for (segment, column) in row.iter().zip(columns) {
        let Some(cell) = above.cells.get_mut(column) else { return false };
        cell.push(' ');
        cell.push_str(segment.text.trim());
    }
    above.text = above.cells.join(" | ");
    true
}

fn as_row(row: &[Line]) -> Line {
    let mut line = row.first().cloned().unwrap_or_default();
    line.cells = row.iter().map(|segment| segment.text.trim().to_owned()).collect();
    line.text = line.cells.join(" | ");
    line.right = row.iter().map(|segment| segment.right).fold(0.0, f32::max);
    line.bold = row.iter().all(|segment| segment.bold);
    line
}
