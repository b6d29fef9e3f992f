//! A hit as a passage: where it is from, what it says, and what of it answers.

use std::{collections::HashSet, sync::LazyLock};

use domain::{Citation, conversation::shorten, source::ChunkKind};

use super::Passage;
use crate::{
    concepts,
    facts::{self, Fact},
    index::{At, Index, Pair},
    question::Asked,
    quote::{QuoteQuery, fit, has_row, quote, scope},
    rank::Hit,
    semantic::static_embedding,
    text::{self, Language, Stems},
};

/// How much better a sentence of another part of a section has to fit, to be the one that is quoted.
const FITS_BETTER: f32 = 0.1;

impl Index {
    /// The question as sentences are compared with it.
    pub(crate) fn quoting(&self, question: &str, asked: &Asked) -> Quoting {
        let is_function = |plain: &str| {
            asked.words.iter().find(|word| word.plain == plain).is_some_and(|word| word.is_function)
        };
        let stems = self.stems();
        let mut terms: Vec<(String, f32)> = Vec::new();
        let (mut words, mut concepts) = (Vec::new(), Vec::new());
        for (_, written) in text::spans(question) {
            let plain = text::folded(written);
            let word = asked.words.iter().find(|word| word.plain == plain);
            let corrected = word.and_then(|word| word.corrected.clone());
            if !is_function(&plain) {
                let term = stems.term(corrected.as_deref().unwrap_or(written));
                terms.push((term, word.map_or_else(|| self.unknown(), |word| word.weight)));
                let own = word.and_then(|word| word.concept);
                concepts.push(own.or_else(|| concepts::of(corrected.as_deref().unwrap_or(&plain))));
            }
            words.push(corrected.unwrap_or(plain));
        }
        let all = words.iter().map(String::as_str);
        let vector = static_embedding::of_words(all, &self.languages_of(asked.language))
            .filter(|_| static_embedding::reads(asked.language));
        let fact = facts::wanted(&words);
        Quoting { terms, concepts, vector, words, fact, language: asked.language }
    }

    /// The languages that a word of a question in `language` may be in, the likeliest first.
    pub(crate) fn languages_of(&self, language: Language) -> Vec<Language> {
        std::iter::once(language).chain(self.stems.iter().map(Stems::language)).collect()
    }

    /// The languages of its entries, that of most first.
    pub fn languages(&self) -> Vec<Language> {
        self.stems.iter().map(Stems::language).collect()
    }

    pub(crate) fn stems(&self) -> &Stems {
        static NONE: LazyLock<Stems> = LazyLock::new(Stems::default);
        self.stems.first().unwrap_or(&NONE)
    }

    /// The heading of a passage, or its page's title.
    pub(crate) fn heading(&self, entry: u32) -> Option<&str> {
        let At::Passage { segment, place } = *self.entries.get(entry as usize)? else {
            return None;
        };
        let (above, _) = self.parts.get(segment as usize)?.segment.above(place as usize)?;
        Some(above.headings.last().unwrap_or(&above.title))
    }

    /// What an entry is.
    pub(crate) fn kind(&self, entry: u32) -> ChunkKind {
        match self.entries.get(entry as usize) {
            Some(At::Passage { segment, place }) => {
                let part = self.parts.get(*segment as usize);
                part.map(|part| part.segment.kind(*place as usize)).unwrap_or_default()
            }
            Some(At::Pair(_)) => ChunkKind::Pair,
            None => ChunkKind::default(),
        }
    }

    /// The language of the page that a passage is on, as far as it is known.
    pub(crate) fn language_of(&self, entry: u32) -> Option<&str> {
        let At::Passage { segment, place } = *self.entries.get(entry as usize)? else {
            return None;
        };
        self.parts.get(segment as usize)?.segment.language_of(place as usize)
    }

    /// What a passage says, without what is above it.
    pub(crate) fn content(&self, entry: u32) -> String {
        match self.entries.get(entry as usize) {
            Some(At::Passage { segment, place }) => self
                .parts
                .get(*segment as usize)
                .map_or_else(String::new, |part| part.segment.content(*place as usize)),
            Some(At::Pair(at)) => self
                .pairs
                .get(*at as usize)
                .map_or_else(String::new, |pair| pair.pair.answer.clone()),
            None => String::new(),
        }
    }

    pub(crate) fn citation(&self, entry: u32) -> Option<Citation> {
        match *self.entries.get(entry as usize)? {
            At::Pair(at) => Some(self.pairs.get(at as usize)?.citation.clone()),
            At::Passage { segment, place } => {
                let part = self.parts.get(segment as usize)?;
                let (above, _) = part.segment.above(place as usize)?;
                let title = above.headings.last().unwrap_or(&above.title);
                let title = shorten(title, 120);
                Some(Citation { source_id: part.source, url: above.url.clone(), title })
            }
        }
    }

    /// Of the passages below the heading that `wanted` is below, which are parts of one section, the one
    /// with the sentence that fits best.
    pub(super) fn best_of_section(&self, wanted: u32, hits: &[Hit], query: &Quoting) -> u32 {
        let heading = self.heading(wanted).unwrap_or_default();
        if heading.is_empty() {
            return wanted;
        }
        let query = query.as_query();
        let fit = |entry: u32| {
            let stems = Stems::of(self.stemmed_in(entry));
            fit(&self.content(entry), heading, &query, &stems)
        };
        let section = hits
            .iter()
            .map(|hit| hit.entry)
            .filter(|entry| *entry != wanted && self.is_same_section(*entry, wanted));
        let best = section.map(|entry| (fit(entry), entry)).max_by(|a, b| a.0.total_cmp(&b.0));
        match best {
            Some((best, entry)) if best > fit(wanted) + FITS_BETTER => entry,
            _ => wanted,
        }
    }

    /// Whether the passage `entry` has a row that the question names and that states what is wanted.
    pub(super) fn has_row(&self, entry: u32, query: &Quoting) -> bool {
        let content = self.content(entry);
        // Nearly every row has some number.
        let is_loose = |fact| matches!(fact, Fact::Time | Fact::Number | Fact::Reason);
        if query.fact.is_none_or(is_loose) || !content.contains(" | ") && !content.contains(": ") {
            return false;
        }
        let heading = self.heading(entry).unwrap_or_default();
        has_row(&content, heading, &query.as_query(), &Stems::of(self.stemmed_in(entry)))
    }

    /// The language that the words of a passage are stemmed in.
    fn stemmed_in(&self, entry: u32) -> Language {
        match self.entries.get(entry as usize) {
            Some(At::Passage { segment, .. }) => self
                .parts
                .get(*segment as usize)
                .map_or(Language::Other, |part| part.segment.language),
            _ => Language::Other,
        }
    }

    /// Whether two passages are below one heading of one page.
    pub(super) fn is_same_section(&self, one: u32, other: u32) -> bool {
        let place = |entry: u32| match self.entries.get(entry as usize) {
            Some(At::Passage { segment, place }) => {
                let part = self.parts.get(*segment as usize)?;
                let (above, _) = part.segment.above(*place as usize)?;
                Some((*segment, above.url.as_deref(), above.headings.as_slice()))
            }
            _ => None,
        };
        place(one).is_some() && place(one) == place(other)
    }

    pub(super) fn passage(&self, hit: Hit, query: &Quoting) -> Option<Passage> {
        let citation = self.citation(hit.entry)?;
        let score = f64::from(hit.score);
        match *self.entries.get(hit.entry as usize)? {
            At::Pair(at) => {
                let Pair { pair, .. } = self.pairs.get(at as usize)?;
                let content = format!("{}\n{}", pair.question, pair.answer);
                Some(Passage { citation, content, quote: pair.answer.clone(), score })
            }
            At::Passage { segment, place } => {
                let segment = &self.parts.get(segment as usize)?.segment;
                let content = segment.content(place as usize);
                let heading = self.heading(hit.entry).unwrap_or_default();
                let headings = segment.above(place as usize).map(|(above, _)| &above.headings);
                let query = query.as_query();
                let stems = Stems::of(segment.language);
                let url = citation.url.as_deref();
                let repeated = self.repeated_lines();
                let told = repeated.without(content.clone(), url, &query.terms, &stems);
                let quote = quote(&told, heading, &query, &stems);
                let quote = scope::below(quote, headings.map_or(&[], Vec::as_slice));
                Some(Passage { citation, quote, content, score })
            }
        }
    }
}

/// Whether a quotation has no word that the question hasn't.
pub(super) fn echoes(quote: &str, question: &str) -> bool {
    let asked: HashSet<String> = text::words(question).collect();
    let mut words = text::words(quote).peekable();
    words.peek().is_some() && words.all(|word| asked.contains(&word))
}

impl Quoting {
    /// Whether a measure is wanted and `quote` has no number at all, nor says that there is none.
    pub fn lacks_fact(&self, quote: &str) -> bool {
        let is_measured =
            |fact: &Fact| matches!(fact, Fact::Price | Fact::Age | Fact::Duration | Fact::Number);
        let states = |fact: Fact| facts::states(quote, fact, &[]);
        if !facts::knows_numbers(self.language) {
            return false;
        }
        self.fact
            .filter(is_measured)
            .is_some_and(|fact| !states(fact) && !states(Fact::Number) && !scope::denies(quote))
    }

    fn as_query(&self) -> QuoteQuery<'_> {
        QuoteQuery {
            terms: self.terms.clone(),
            concepts: self.concepts.clone(),
            vector: self.vector.as_ref(),
            words: self.words.clone(),
            fact: self.fact,
        }
    }
}

/// A question, ready to choose sentences by.
pub(crate) struct Quoting {
    terms: Vec<(String, f32)>,
    concepts: Vec<Option<u16>>,
    vector: Option<crate::semantic::Vector>,
    /// Its words in plain form.
    pub words: Vec<String>,
    /// What it wants to be told.
    pub fact: Option<Fact>,
    pub language: Language,
}
