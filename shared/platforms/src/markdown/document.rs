//! A text and marks on it.

use std::ops::Range;

/// A text as a person reads it, and what is special about ranges of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Document {
    pub(super) text: String,
    /// In the order in which they end.
    pub(super) marks: Vec<Mark>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) range: Range<usize>,
    pub(super) kind: MarkKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum MarkKind {
    Bold,
    Italic,
    Strike,
    Code,
    /// To this address.
    Link(String),
    /// Preformatted lines, of this language or none.
    Pre(String),
    Quote,
    Heading(u8),
    /// A list's marker, which is markup by itself.
    Marker,
}

/// What a text has for the sake of its platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Conventions {
    /// Before an item of a list.
    pub(super) bullet: &'static str,
    /// Whether links are written out, since there is no markup for them.
    pub(super) writes_links: bool,
    /// Whether preformatted text has columns.
    pub(super) has_columns: bool,
    /// Bytes of a link's address; a longer one is left out.
    pub(super) max_link: usize,
}

/// The styles of a stretch of text within which nothing changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Style<'a> {
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) strike: bool,
    pub(super) code: bool,
    pub(super) link: Option<&'a str>,
    pub(super) pre: Option<&'a str>,
    pub(super) quote: bool,
    pub(super) heading: Option<u8>,
    pub(super) marker: bool,
}

impl Document {
    /// `range` in stretches of one style each.
    pub(super) fn stretches(&self, range: Range<usize>) -> Vec<(&str, Style<'_>)> {
        let marks: Vec<&Mark> = self.marks.iter().filter(|m| m.overlaps(&range)).collect();
        let mut cuts = vec![range.start, range.end];
        cuts.extend(marks.iter().flat_map(|mark| [mark.range.start, mark.range.end]));
        cuts.retain(|cut| range.contains(cut) || *cut == range.end);
        cuts.sort_unstable();
        cuts.dedup();
        cuts.windows(2)
            .filter_map(|ends| {
                let [start, end] = *ends else { return None };
                let part = start..end;
                let mut style = Style::default();
                marks
                    .iter()
                    .filter(|mark| mark.overlaps(&part))
                    .for_each(|mark| mark.add_to(&mut style));
                Some((self.text.get(part)?, style))
            })
            .collect()
    }
}

impl Mark {
    pub(super) fn overlaps(&self, range: &Range<usize>) -> bool {
        self.range.start < range.end && range.start < self.range.end
    }

    fn add_to<'a>(&'a self, style: &mut Style<'a>) {
        match &self.kind {
            MarkKind::Bold => style.bold = true,
            MarkKind::Italic => style.italic = true,
            MarkKind::Strike => style.strike = true,
            MarkKind::Code => style.code = true,
            MarkKind::Link(url) => style.link = Some(url),
            MarkKind::Pre(language) => style.pre = Some(language),
            MarkKind::Quote => style.quote = true,
            MarkKind::Heading(level) => style.heading = Some(*level),
            MarkKind::Marker => style.marker = true,
        }
    }
}
