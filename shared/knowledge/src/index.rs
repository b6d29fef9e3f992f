//! What one chatbot knows, in memory: segments and pairs put together as one set of entries, with
//! the postings of every term and what each is worth.
//!
//! A posting's worth (its BM25 impact) is worked out here, once, so that a search only adds up.
//! Entries have two fields after BM25F (Robertson, Zaragoza and Taylor, 2004): what stands above a
//! passage, or the question of a pair; and the passage, or the answer.

use std::{collections::HashMap, sync::Arc};

use domain::{Citation, SourceId, conversation::shorten, source::QaPair};

use crate::{
    segment::Segment,
    semantic::Meaning,
    text::{self, Stems},
    words::NO_TERM,
};

/// BM25's usual parameters.
const K1: f32 = 1.2;
const B: f32 = 0.75;
/// A short line above is no better a match than a longer one that has the word too.
const B_ABOVE: f32 = 0.3;
/// A collection smaller than this is weighed as if it were this large: among three passages, every
/// word but those three have would seem to be what the question is all about.
pub(crate) const LEAST_ENTRIES: usize = 50;
/// What a stop word counts for, beside a word that says what a text is about. Not nothing: "what
/// is" and "how do I" tell one intent from another.
const STOP: f32 = 0.5;

/// A word shorter than this is too easily like another.
const LEAST_LIKE: usize = 5;

pub(crate) struct Pair {
    pub citation: Citation,
    pub pair: QaPair,
}

/// Where an entry is.
#[derive(Clone, Copy)]
pub(crate) enum At {
    Passage { segment: u32, place: u32 },
    Pair(u32),
}

pub(crate) struct Part {
    pub source: SourceId,
    pub segment: Arc<Segment>,
}

/// Where an entry's terms begin, and where those that do not stand above do.
#[derive(Clone, Copy)]
struct Begin {
    above: u32,
    body: u32,
}

/// What one chatbot knows, in memory.
#[derive(Default)]
pub struct Index {
    pub(crate) parts: Vec<Part>,
    pub(crate) entries: Vec<At>,
    pub(crate) pairs: Vec<Pair>,
    /// Pairs by their question, case and punctuation aside.
    pub(crate) exact: HashMap<String, u32>,
    terms: HashMap<Arc<str>, u32>,
    /// The terms in order of the alphabet.
    sorted: Vec<(Arc<str>, u32)>,
    /// Of each entry in order: its terms as they stand, what is above first.
    text: Vec<u32>,
    begin: Vec<Begin>,
    /// Of each term: what it is worth in a question.
    pub(crate) weights: Vec<f32>,
    /// Of each term: whether it is of a stop word.
    stops: Vec<bool>,
    /// Where the postings of each term begin, and where the last ones end.
    begins: Vec<u32>,
    /// Entries and impacts, by term.
    postings: Vec<(u32, f32)>,
    /// How many words an entry has on average.
    pub(crate) mean_length: f32,
    /// How much alike the entries are.
    pub(crate) crowd: f32,
    pub(crate) stems: Stems,
    /// What the entries mean, if something was asked.
    pub(crate) meaning: Meaning,
}

impl Index {
    /// Puts the segments and pairs of a chatbot's sources together.
    pub fn new(
        segments: impl IntoIterator<Item = (SourceId, Arc<Segment>)>,
        pairs: impl IntoIterator<Item = (SourceId, QaPair)>,
    ) -> Self {
        let mut index = Self::default();
        for (source, segment) in segments {
            index.add_segment(source, segment);
        }
        for (source, pair) in pairs {
            index.add_pair(source, pair);
        }
        index.sorted = index.terms.iter().map(|(term, at)| (term.clone(), *at)).collect();
        index.sorted.sort_unstable();
        index.weigh();
        index.crowd = index.measure_crowd();
        index
    }

    fn term(&mut self, term: &Arc<str>) -> u32 {
        if let Some(at) = self.terms.get(term) {
            return *at;
        }
        let at = place(self.terms.len());
        self.terms.insert(term.clone(), at);
        self.stops.push(text::is_stop(term));
        at
    }

    fn add_segment(&mut self, source: SourceId, segment: Arc<Segment>) {
        self.terms.reserve(segment.terms.len().saturating_sub(self.terms.len()));
        let terms: Vec<u32> = segment.terms.iter().map(|term| self.term(term)).collect();
        let of_number = segment.reader().numbered(&terms);
        let part = place(self.parts.len());
        self.text.reserve(segment.words());
        for at in 0..segment.len() {
            let above = segment.above(at).map_or(&[][..], |(_, terms)| terms);
            let above = above.iter().filter_map(|term| terms.get(*term as usize));
            let body = segment.body(at).iter().filter_map(|at| of_number.get(*at as usize));
            let body = body.filter(|term| **term != NO_TERM);
            self.begin.push(begin(&mut self.text, above, body));
            self.entries.push(At::Passage { segment: part, place: place(at) });
        }
        self.parts.push(Part { source, segment });
    }

    fn add_pair(&mut self, source_id: SourceId, pair: QaPair) {
        let mut of = |text: &str| -> Vec<u32> {
            let terms: Vec<String> = self.stems.terms(text).collect();
            terms.into_iter().map(|term| self.term(&term.into())).collect()
        };
        let (question, answer) = (of(&pair.question), of(&pair.answer));
        self.begin.push(begin(&mut self.text, &question, &answer));
        let citation = Citation { source_id, url: None, title: shorten(&pair.question, 120) };
        let at = place(self.pairs.len());
        self.exact.entry(text::normalized(&pair.question)).or_insert(at);
        self.entries.push(At::Pair(at));
        self.pairs.push(Pair { citation, pair });
    }

    /// The terms of an entry: those above, and the others.
    fn fields(&self, entry: usize) -> [&[u32]; 2] {
        let Some(Begin { above, body }) = self.begin.get(entry) else { return [&[], &[]] };
        let end = self.begin.get(entry + 1).map_or(self.text.len(), |next| next.above as usize);
        let (above, body) = (*above as usize, *body as usize);
        [above..body, body..end].map(|range| self.text.get(range).unwrap_or_default())
    }

    /// Gives every term its weight and every posting its impact.
    fn weigh(&mut self) {
        let lengths = (0..self.entries.len()).map(|entry| {
            let [above, body] = self.fields(entry);
            (above.len() as f32, body.len() as f32)
        });
        let lengths: Vec<(f32, f32)> = lengths.collect();
        let mean = |of: fn(&(f32, f32)) -> f32| {
            let some = lengths.iter().map(of).filter(|length| *length > 0.0);
            let (sum, count) = some.fold((0.0, 0.0), |(sum, count), l| (sum + l, count + 1.0));
            if count > 0.0 { sum / count } else { 1.0 }
        };
        let (mean_above, mean_body) = (mean(|l| l.0), mean(|l| l.1));
        self.mean_length = mean(|l| l.0 + l.1);
        // In how many entries each term is, so that each posting can be put in its place.
        let mut seen = vec![(0u32, u32::MAX); self.terms.len()];
        for entry in 0..place(self.entries.len()) {
            for term in self.fields(entry as usize).into_iter().flatten() {
                let (times, last) = &mut seen[*term as usize];
                *times += u32::from(*last != entry);
                *last = entry;
            }
        }
        let mut frequency: Vec<u32> = seen.into_iter().map(|(times, _)| times).chain([0]).collect();
        let n = self.entries.len().max(LEAST_ENTRIES) as f32;
        self.weights = (0..self.terms.len())
            .map(|term| idf(n, frequency[term]) * if self.stops[term] { STOP } else { 1.0 })
            .collect();
        let mut begin = 0;
        for count in &mut frequency {
            begin += std::mem::replace(count, begin);
        }
        self.begins = frequency.clone();
        let mut postings = vec![(0, 0.0); begin as usize];
        let mut counts: Vec<(f32, f32)> = vec![(0.0, 0.0); self.terms.len()];
        for (entry, (above, body)) in (0u32..).zip(lengths) {
            let fields = self.fields(entry as usize);
            fields[0].iter().for_each(|term| counts[*term as usize].0 += 1.0);
            fields[1].iter().for_each(|term| counts[*term as usize].1 += 1.0);
            let above = 1.0 - B_ABOVE + B_ABOVE * above / mean_above;
            let body = 1.0 - B + B * body / mean_body;
            for term in fields.into_iter().flatten() {
                let term = *term as usize;
                let (in_above, in_body) = std::mem::take(&mut counts[term]);
                let count = in_above / above + in_body / body;
                // Taken where the term stood first.
                if count > 0.0 {
                    let impact = count * (K1 + 1.0) / (count + K1);
                    let next = &mut frequency[term];
                    postings[*next as usize] = (entry, impact * self.weights[term]);
                    *next += 1;
                }
            }
        }
        self.postings = postings;
    }

    /// How many passages and pairs there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A term's place, if an entry has it.
    pub(crate) fn known(&self, term: &str) -> Option<u32> {
        self.terms.get(term).copied()
    }

    /// What a term is worth, in an entry or not.
    pub(crate) fn weight(&self, term: &str) -> f32 {
        self.known(term).map_or_else(|| self.unknown(), |at| self.weights[at as usize])
    }

    /// What a word is worth that no entry has.
    pub(crate) fn unknown(&self) -> f32 {
        idf(self.entries.len().max(LEAST_ENTRIES) as f32, 0)
    }

    /// The terms most like `term`, which no entry has, and how like they are: those a slip of the
    /// pen away from it, and those that begin as it does, such as another form of the same word.
    pub(crate) fn similar(&self, term: &str, most: usize) -> Vec<(u32, f32)> {
        let length = term.chars().count();
        let Some((second, _)) = term.char_indices().nth(2) else { return Vec::new() };
        if length < LEAST_LIKE {
            return Vec::new();
        }
        let start = &term[..second];
        let from = self.sorted.partition_point(|(known, _)| &**known < start);
        let near = self.sorted[from..].iter().take_while(|(known, _)| known.starts_with(start));
        let mut found: Vec<(u32, f32)> = near
            .filter_map(|(known, at)| likeness(term, length, known).map(|like| (*at, like)))
            .collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found.truncate(most);
        found
    }

    /// Whether a term is of a stop word.
    pub(crate) fn is_stop(&self, term: u32) -> bool {
        self.stops[term as usize]
    }

    /// Where a term stands, in order, and what it is worth there.
    pub(crate) fn postings(&self, term: u32) -> &[(u32, f32)] {
        let ends = self.begins.get(term as usize).zip(self.begins.get(term as usize + 1));
        let range = ends.map(|(begin, end)| *begin as usize..*end as usize);
        range.and_then(|range| self.postings.get(range)).unwrap_or_default()
    }

    /// Each term of an entry, in order; whether it stands above.
    pub(crate) fn each_term(&self, entry: u32, mut take: impl FnMut(u32, bool)) {
        for (field, is_above) in self.fields(entry as usize).into_iter().zip([true, false]) {
            field.iter().for_each(|term| take(*term, is_above));
        }
    }
}

/// Adds an entry's terms to `text`; where they begin.
fn begin<'t>(
    text: &mut Vec<u32>,
    above: impl IntoIterator<Item = &'t u32>,
    body: impl IntoIterator<Item = &'t u32>,
) -> Begin {
    let at = place(text.len());
    text.extend(above);
    let begin = Begin { above: at, body: place(text.len()) };
    text.extend(body);
    begin
}

/// How like two words are, or `None` if they aren't. Both begin with the same two letters.
fn likeness(word: &str, length: usize, known: &str) -> Option<f32> {
    let theirs = known.chars().count();
    let longer = length.max(theirs);
    let front = word.chars().zip(known.chars()).take_while(|(a, b)| a == b).count();
    if length.abs_diff(theirs) <= 1 {
        let back = word.chars().rev().zip(known.chars().rev()).take_while(|(a, b)| a == b).count();
        if front + back + 1 >= longer {
            return Some(1.0);
        }
    }
    (front * 10 >= longer * 7).then_some(front as f32 / longer as f32)
}

fn idf(n: f32, frequency: u32) -> f32 {
    let frequency = frequency as f32;
    (1.0 + (n - frequency + 0.5) / (frequency + 0.5)).ln()
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
