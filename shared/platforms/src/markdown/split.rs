//! Where a document is cut.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::document::{Document, Mark, MarkKind};

/// How good a place for a cut is; the best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Grapheme,
    /// Between words of a link or of code.
    InMark,
    Word,
    Sentence,
    Line,
    Paragraph,
}

/// The parts of a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ranges {
    pub(super) all: Vec<Range<usize>>,
    /// Whether there was more than fits.
    pub(super) is_cut: bool,
}

/// Cuts `document` into at most `max` parts of at most `limit` by `cost`, blanks at their ends left out.
pub(super) fn ranges(
    document: &Document,
    limit: usize,
    max: usize,
    cost: &dyn Fn(Range<usize>) -> usize,
) -> Ranges {
    let text = document.text.as_str();
    let places = Places::of(document);
    let (mut all, mut at) = (Vec::new(), 0);
    while let Some(start) = places.next_start(document, at) {
        let is_last = all.len() + 1 >= max;
        let rest = start..text.len();
        // Few texts are so long that it pays to ask less.
        let is_short = rest.len() <= limit * 4;
        if is_short && cost(rest.clone()) <= limit {
            all.push(rest);
            return Ranges { all, is_cut: false };
        }
        // A last part needs room for its ellipsis, and for a line end before it.
        let limit = if is_last { limit.saturating_sub(2) } else { limit };
        let cut = places.cut(start, limit, text, cost);
        let part = text.get(start..cut).unwrap_or_default();
        all.push(start..start + part.trim_end().len());
        if is_last {
            return Ranges { all, is_cut: true };
        }
        at = cut.max(start + 1);
    }
    Ranges { all, is_cut: false }
}

struct Places {
    graphemes: Vec<usize>,
    /// Every place but those between graphemes of a word, in order.
    ranked: Vec<(usize, Rank)>,
}

impl Places {
    fn of(document: &Document) -> Self {
        let text = document.text.as_str();
        let mut graphemes: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
        graphemes.push(text.len());
        let mut ranked = Vec::new();
        let mut chars = text.char_indices().peekable();
        let mut before = ' ';
        while let Some((from, c)) = chars.next() {
            if !c.is_whitespace() {
                before = c;
                continue;
            }
            let mut lines = usize::from(c == '\n');
            let mut end = from + c.len_utf8();
            while let Some((at, c)) = chars.next_if(|(_, c)| c.is_whitespace()) {
                // Behind the last line end, so that indentation stays with its line.
                lines += usize::from(c == '\n');
                if c == '\n' || lines == 0 {
                    end = at + c.len_utf8();
                }
            }
            let rank = match (lines, before) {
                (2.., _) => Rank::Paragraph,
                (1, _) => Rank::Line,
                (_, '.' | '!' | '?' | '…' | '。' | '！' | '？' | ':' | ';') => Rank::Sentence,
                _ => Rank::Word,
            };
            ranked.push((end, rank));
        }
        lower(&mut ranked, document);
        Self { graphemes, ranked }
    }

    /// Where the next part begins: behind blanks, but not behind indentation in preformatted text.
    fn next_start(&self, document: &Document, at: usize) -> Option<usize> {
        let rest = document.text.get(at..)?;
        let is_pre = |mark: &Mark| {
            matches!(mark.kind, MarkKind::Pre(_)) && mark.range.start <= at && at < mark.range.end
        };
        let trimmed = if document.marks.iter().any(is_pre) {
            rest.trim_start_matches('\n')
        } else {
            rest.trim_start()
        };
        (!trimmed.trim().is_empty()).then(|| document.text.len() - trimmed.len())
    }

    /// The best place up to `limit`. A shorter part may cost a little more than a longer one, by a delimiter that only
    /// it has, so what was found is asked again.
    fn cut(
        &self,
        start: usize,
        limit: usize,
        text: &str,
        cost: &dyn Fn(Range<usize>) -> usize,
    ) -> usize {
        let step = (limit / 32).max(1);
        let mut allowed = limit;
        loop {
            let cut = self.best(start, self.furthest(start, allowed, text, cost));
            if allowed <= step || cost(start..cut) <= limit {
                return cut;
            }
            allowed -= step;
        }
    }

    /// The last boundary of graphemes up to which it costs no more than `limit`; of characters, if not one grapheme
    /// fits.
    fn furthest(
        &self,
        start: usize,
        limit: usize,
        text: &str,
        cost: &dyn Fn(Range<usize>) -> usize,
    ) -> usize {
        let from = self.graphemes.partition_point(|at| *at <= start);
        // A unit has three bytes of UTF-8 at most.
        let to = self.graphemes.partition_point(|at| *at <= start + limit * 3 + 3);
        let candidates = self.graphemes.get(from..to).unwrap_or_default();
        let fitting = candidates.partition_point(|end| cost(start..*end) <= limit);
        if let Some(end) = fitting.checked_sub(1).and_then(|last| candidates.get(last)) {
            return *end;
        }
        let chars: Vec<usize> = text
            .get(start..)
            .into_iter()
            .flat_map(str::char_indices)
            .map(|(at, c)| start + at + c.len_utf8())
            .take(limit)
            .collect();
        let fitting = chars.partition_point(|end| cost(start..*end) <= limit);
        chars.get(fitting.saturating_sub(1)).copied().unwrap_or(text.len())
    }

    /// The best place in the last two thirds of `start..end`, or the best one at all.
    fn best(&self, start: usize, end: usize) -> usize {
        let from = self.ranked.partition_point(|(at, _)| *at <= start);
        let to = self.ranked.partition_point(|(at, _)| *at <= end);
        let within = self.ranked.get(from..to).unwrap_or_default();
        let filled = start + (end - start) / 3;
        let of = |least: Rank, after: usize| {
            within.iter().rev().take_while(|(at, _)| *at > after).find(|(_, rank)| *rank >= least)
        };
        let found = [Rank::Paragraph, Rank::Line, Rank::Sentence]
            .into_iter()
            .find_map(|rank| of(rank, filled))
            .or_else(|| of(Rank::Word, start))
            .or_else(|| of(Rank::InMark, start));
        found.map_or(end, |(at, _)| *at)
    }
}

/// What is within a link, code or preformatted text is worth less as a place, and so is the end of a heading.
fn lower(ranked: &mut [(usize, Rank)], document: &Document) {
    for mark in &document.marks {
        let from = ranked.partition_point(|(at, _)| *at <= mark.range.start);
        let inside = ranked.iter_mut().skip(from).take_while(|(at, _)| *at < mark.range.end);
        match mark.kind {
            MarkKind::Pre(_) => inside.for_each(|(_, rank)| {
                *rank = if *rank >= Rank::Line { Rank::Line } else { Rank::InMark };
            }),
            MarkKind::Code | MarkKind::Link(_) => inside.for_each(|(_, rank)| *rank = Rank::InMark),
            MarkKind::Heading(_) => {
                let behind = ranked.partition_point(|(at, _)| *at <= mark.range.end);
                if let Some((_, rank)) = ranked.get_mut(behind) {
                    *rank = (*rank).min(Rank::Word);
                }
            }
            MarkKind::Marker => {
                // A marker stays with its item.
                let behind = ranked.partition_point(|(at, _)| *at < mark.range.end);
                if let Some((at, rank)) = ranked.get_mut(behind)
                    && *at == mark.range.end
                {
                    *rank = Rank::Grapheme;
                }
            }
            _ => {}
        }
    }
}
