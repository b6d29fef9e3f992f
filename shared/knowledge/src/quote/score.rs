//! How well a sentence, an item or a row fits a question.

use super::{
    KIND, NEARNESS, QuoteQuery, ROW_NAMED, SAME_CONCEPT, UNTOLD, asks_something,
    lines::{Kind, Line},
    names::{alike, alternatives, has_compounds, is_part, row_name, share_of_parts, unbracketed},
    ranges, weekdays,
};
use crate::{
    concepts,
    facts::{self, Fact},
    semantic::static_embedding,
    text::{self, Stems},
};

pub(super) struct Scorer<'q> {
    pub query: &'q QuoteQuery<'q>,
    pub stems: &'q Stems,
    pub total: f32,
    pub heading: &'q [String],
    /// The numbers of the question.
    pub numbers: Vec<f32>,
    /// What the question wants to be told.
    wanted: Option<Fact>,
}

impl<'q> Scorer<'q> {
    /// That of `query` below a heading of these terms.
    pub fn new(query: &'q QuoteQuery<'q>, heading: &'q [String], stems: &'q Stems) -> Self {
        let total = query.terms.iter().map(|(_, weight)| weight).sum();
        let numbers = ranges::numbers(&query.words);
        Self { query, stems, total, heading, numbers, wanted: query.fact }
    }

    pub fn score(&self, sentence: &str, kind: Kind) -> f32 {
        let there: Vec<String> = self.stems.terms(sentence).collect();
        let compounds = has_compounds(self.stems.language());
        let named: Vec<u16> =
            text::words(sentence).filter_map(|word| concepts::of(&word)).collect();
        let concepts = self.query.concepts.iter().copied().chain(std::iter::repeat(None));
        let terms = self.query.terms.iter().zip(concepts);
        let covered: f32 = terms
            .filter_map(|((term, weight), concept)| {
                let says = there.iter().any(|other| alike(term, other));
                let means = concept.is_some_and(|concept| named.contains(&concept));
                let parts = if says || !compounds { 0.0 } else { share_of_parts(term, &there) };
                if parts > SAME_CONCEPT {
                    return Some(parts * weight);
                }
                // Said once, in the heading, it is said.
                match (says, means) {
                    (true, _) if self.heading.contains(term) => Some(0.4 * weight),
                    (true, _) => Some(*weight),
                    (false, true) => Some(SAME_CONCEPT * weight),
                    (false, false) => None,
                }
            })
            .sum();
        let covered = if self.total > 0.0 { covered / self.total } else { 0.0 };
        let near = self.query.vector.and_then(|vector| {
            Some(
                static_embedding::embed(sentence, &[self.stems.language()])?
                    .cosine(vector)
                    .max(0.0),
            )
        });
        let is_named = kind == Kind::Line && self.names_row(sentence);
        let kind_fits = self.states_wanted(sentence, kind);
        let told = match kind {
            Kind::Line if is_named => 1.0,
            Kind::Line => UNTOLD,
            _ if asks_something(sentence) || is_askers(sentence) => 0.4,
            _ => 1.0,
        };
        let kind_counts = if kind_fits { KIND } else { 0.0 };
        let name_counts = if is_named { ROW_NAMED } else { 0.0 };
        told * (covered + NEARNESS * near.unwrap_or_default() + kind_counts + name_counts)
    }

    /// Whether a sentence or a line states the fact that is wanted. The size of a file in an example is no
    /// answer to how large a file may be.
    pub fn states_wanted(&self, sentence: &str, kind: Kind) -> bool {
        !(kind == Kind::Line && is_code(sentence))
            && self.wanted.is_some_and(|fact| facts::states(sentence, fact, &self.query.words))
    }

    /// Whether a sentence states the fact that is wanted of what the question is about: most texts have some
    /// number or time, so that one of these counts only beside a word of the question.
    pub fn tells_fact(&self, sentence: &str, kind: Kind) -> bool {
        let is_loose = matches!(self.wanted, Some(Fact::Time | Fact::Number | Fact::Reason));
        let says = || {
            let asked =
                |term: &String| self.query.terms.iter().any(|(other, _)| alike(other, term));
            self.stems.terms(sentence).any(|term| asked(&term))
        };
        !asks_something(sentence) && self.states_wanted(sentence, kind) && (!is_loose || says())
    }

    /// Whether the question names the row that a line is, or has a number within its range.
    pub fn names_row(&self, line: &str) -> bool {
        row_name(line).is_some_and(|name| {
            self.names(name) || ranges::holds(&self.numbers, line, &self.query.terms, self.stems)
        })
    }

    /// Whether the question has all words of a row's `name`, or of one of its names, that are not in
    /// the heading, or names a day that the name's days include.
    fn names(&self, name: &str) -> bool {
        let compounds = has_compounds(self.stems.language());
        let asked = |term: &String| {
            let is = |other: &String| alike(term, other) || compounds && is_part(other, term);
            self.query.terms.iter().any(|(other, _)| is(other))
        };
        let is_asked = |name: &str| {
            let own = self.stems.content_terms(name).into_iter();
            let mut own = own.filter(|term| !self.heading.contains(term)).peekable();
            own.peek().is_some() && own.all(|term| asked(&term))
        };
        let name = unbracketed(name);
        is_asked(name)
            || alternatives(name).iter().any(|name| is_asked(name))
            || weekdays::is_within(&self.query.words, name)
    }

    /// The share of the question that the heading lacks and `lines` have.
    pub fn share_below(&self, lines: &[Line]) -> f32 {
        let there: Vec<String> = lines
            .iter()
            .flat_map(|line| self.stems.terms(&line.text).collect::<Vec<_>>())
            .collect();
        let lacks = |term: &String| !self.heading.iter().any(|other| alike(term, other));
        let has = |term: &String| there.iter().any(|other| alike(term, other));
        let below = self.query.terms.iter().filter(|(term, _)| lacks(term) && has(term));
        let below: f32 = below.map(|(_, weight)| weight).sum();
        if self.total > 0.0 { below / self.total } else { 0.0 }
    }
}

/// Whether a line is code, by the signs that prose and tables have few of.
pub(super) fn is_code(line: &str) -> bool {
    const SIGNS: [char; 11] = ['{', '}', '[', ']', '<', '>', '=', '\\', ';', '"', '`'];
    const AT_LEAST: usize = 3;
    line.chars().filter(|c| SIGNS.contains(c)).count() >= AT_LEAST
}

/// Whether a sentence is of one who asks for help, not of one who gives it.
fn is_askers(sentence: &str) -> bool {
    const PHRASES: [&str; 12] = [
        "thanks in advance",
        "any help",
        "any idea",
        "i'm trying",
        "i am trying",
        "i have a problem",
        "i want to know",
        "can anyone",
        "does anyone",
        "i was wondering",
        "hi all",
        "hello everyone",
    ];
    let lower = sentence.to_lowercase();
    PHRASES.iter().any(|phrase| lower.contains(phrase))
}
