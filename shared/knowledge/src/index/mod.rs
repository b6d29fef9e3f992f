//! What one chatbot knows, in memory: segments and pairs put together as one set of entries, with
//! the postings of every term and what each is worth.
//!
//! A posting's impact (its BM25) is worked out here, once, so that a search only adds up. Entries
//! have two fields after BM25F (Robertson, Zaragoza and Taylor, 2004): what is above a passage, or
//! the questions of a pair; and the passage, or the answer. Nothing here depends on the order in
//! which segments and pairs come.

mod dense;
mod grams;
mod vocabulary;
mod weigh;

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use domain::{Citation, SourceId, conversation::shorten, source::QaPair};

use self::{dense::Dense, grams::Grams, vocabulary::Vocabulary};
pub(crate) use self::{
    grams::{AskedGrams, Marks},
    vocabulary::TermKind,
    weigh::{MIN_ENTRIES, idf},
};
use crate::{
    contact::Contacts,
    repeated::RepeatedLines,
    segment::Segment,
    semantic::{EntryEmbedding, Vectors, coarse::Coarse, static_embedding},
    text::{self, Language, Stems},
    words::NO_WORD,
};

/// Languages by whose rules a question is stemmed; what is in others is found by its words.
const MAX_LANGUAGES: usize = 4;

pub(crate) struct Pair {
    pub citation: Citation,
    pub pair: QaPair,
}

impl Pair {
    /// All questions that it answers.
    pub fn questions(&self) -> impl Iterator<Item = &str> {
        self.pair.questions()
    }
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

/// Where an entry's words begin, and where those that are not above do.
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
    /// Pairs by their questions, case, accents and punctuation aside.
    pub(crate) exact: HashMap<String, u32>,
    pub(crate) vocabulary: Vocabulary,
    grams: Grams,
    /// Of each entry in order: its words as they come, what is above first.
    text: Vec<u32>,
    begin: Vec<Begin>,
    /// Of each entry: a number that follows from its words alone, by which ties are broken.
    pub(crate) keys: Vec<u32>,
    /// Of each entry: what its terms are worth together, each once and squared.
    pub(crate) squares: Vec<f32>,
    /// Of each term: what it is worth in a question.
    pub(crate) weights: Vec<f32>,
    /// Where the postings of each term begin, and where the last ones end.
    begins: Vec<u32>,
    /// Entries and impacts, by term.
    postings: Vec<(u32, f32)>,
    /// Impacts of the terms that many entries have, by entry.
    dense: Dense,
    /// How many words an entry has on average.
    pub(crate) mean_length: f32,
    /// How much of one entry's words others have on average, over a sample of entries.
    pub(crate) mean_overlap: f32,
    /// By whose rules a question is stemmed, the language of most entries first.
    pub(crate) stems: Vec<Stems>,
    /// The static embeddings of entries.
    pub(crate) static_embeddings: EntryEmbedding,
    /// The first numbers of those, once a question is compared with many.
    coarse: OnceLock<Coarse>,
    /// Of each word: its rows of the static table, once they were looked up.
    pub(crate) rows: Vec<OnceLock<Box<[static_embedding::Row]>>>,
    /// The embeddings of entries by a model, if there is one.
    pub(crate) embeddings: EntryEmbedding,
    /// The terms that name each concept, once a question needs them.
    pub(crate) concepts: OnceLock<HashMap<u16, Vec<u32>>>,
    /// What it can be asked about, once someone wants to know.
    pub(crate) topics: OnceLock<Vec<String>>,
    /// Lines that its pages repeat, once an answer is quoted.
    pub(crate) repeated_lines: OnceLock<RepeatedLines>,
    /// Passages that state how the business is found, once someone wants to know.
    pub(crate) contacts: OnceLock<Contacts>,
}

impl Index {
    /// Puts the segments and pairs of a chatbot's sources together.
    pub fn new(
        segments: impl IntoIterator<Item = (SourceId, Arc<Segment>)>,
        pairs: impl IntoIterator<Item = (SourceId, QaPair)>,
    ) -> Self {
        let mut index = Self {
            static_embeddings: EntryEmbedding::of(static_embedding::MODEL),
            ..Self::default()
        };
        let mut languages: HashMap<Language, usize> = HashMap::new();
        for (source, segment) in segments {
            *languages.entry(segment.language).or_default() += segment.count_words();
            index.add_segment(source, segment);
        }
        let most = languages.iter().max_by_key(|(l, count)| (**count, l.code()));
        let usual = most.map_or(Language::Other, |(language, _)| *language);
        for (source, pair) in pairs {
            let language = match text::detect(&format!("{}\n{}", pair.question, pair.answer)) {
                Language::Other => usual,
                language => language,
            };
            *languages.entry(language).or_default() += 10;
            index.add_pair(source, pair, language);
        }
        let mut languages: Vec<(Language, usize)> = languages.into_iter().collect();
        languages.sort_by_key(|(l, count)| (std::cmp::Reverse(*count), l.code()));
        languages.truncate(MAX_LANGUAGES);
        index.stems = languages.into_iter().map(|(language, _)| Stems::of(language)).collect();
        index.weigh();
        index.grams = Grams::of(&index.vocabulary.words);
        index.rows.resize_with(index.vocabulary.words.len(), OnceLock::new);
        index.mean_overlap = index.measure_overlap();
        index
    }

    fn add_segment(&mut self, source: SourceId, segment: Arc<Segment>) {
        self.vocabulary.reserve(segment.words.len());
        let terms: Vec<u32> =
            segment.terms.iter().map(|term| self.vocabulary.add_term(term)).collect();
        let words = segment.words.iter().zip(&segment.terms_of);
        let words: Vec<u32> = words
            .map(|(word, term)| {
                let term = terms.get(*term as usize).copied().unwrap_or_default();
                self.vocabulary.add_word(word, term, segment.language)
            })
            .collect();
        let of_number = segment.reader().numbered(&words);
        let mut text = Text {
            of_number,
            hyphen: segment.reader().between("-"),
            nothing: segment.reader().between(""),
            stems: Stems::of(segment.language),
        };
        let part = place(self.parts.len());
        self.text.reserve(segment.count_words());
        for at in 0..segment.len() {
            let above = place(self.text.len());
            let lines = segment.above(at).map_or(&[][..], |(_, numbers)| numbers);
            text.read(lines, &mut self.text, &mut self.vocabulary);
            self.begin.push(Begin { above, body: place(self.text.len()) });
            text.read(segment.body(at), &mut self.text, &mut self.vocabulary);
            self.entries.push(At::Passage { segment: part, place: place(at) });
        }
        self.static_embeddings.add(segment.len(), Some(segment.embeddings().clone()));
        self.parts.push(Part { source, segment });
    }

    fn add_pair(&mut self, source_id: SourceId, pair: QaPair, language: Language) {
        let citation = Citation { source_id, url: None, title: shorten(&pair.question, 120) };
        let pair = Pair { citation, pair };
        let at = place(self.pairs.len());
        let stems = Stems::of(language);
        let above = place(self.text.len());
        for question in pair.questions() {
            self.add_text(question, &stems);
            let normalized = text::normalized(question);
            if !normalized.is_empty() {
                self.exact.entry(normalized).or_insert(at);
            }
        }
        self.begin.push(Begin { above, body: place(self.text.len()) });
        self.add_text(&pair.pair.answer, &stems);
        let vectors: Vectors = static_embedding::of_texts(pair.questions().take(1), language);
        self.static_embeddings.add(1, Some(Arc::new(vectors)));
        self.entries.push(At::Pair(at));
        self.pairs.push(pair);
    }

    /// Adds the words of `text` as those of a segment are added.
    fn add_text(&mut self, text: &str, stems: &Stems) {
        let mut end = 0;
        let mut last = NO_WORD;
        for (at, written) in text::spans(text) {
            let term = self.vocabulary.add_term(&stems.term(written).into());
            let lower = text::lower(written).into();
            let word = self.vocabulary.add_word(&lower, term, stems.language());
            let between = match text.get(end..at) {
                Some("-") => Between::Hyphen,
                Some("") => Between::Nothing,
                _ => Between::Other,
            };
            push(&mut self.text, &mut self.vocabulary, stems, (last, between, word));
            (last, end) = (word, at + written.len());
        }
    }

    /// The words of an entry: those above, and the others.
    pub(crate) fn fields(&self, entry: usize) -> [&[u32]; 2] {
        let Some(Begin { above, body }) = self.begin.get(entry) else { return [&[], &[]] };
        let end = self.begin.get(entry + 1).map_or(self.text.len(), |next| next.above as usize);
        let (above, body) = (*above as usize, *body as usize);
        [above..body, body..end].map(|range| self.text.get(range).unwrap_or_default())
    }

    /// How many passages and pairs there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether `source` is a pair with this answer.
    pub fn has_pair(&self, source: SourceId, answer: &str) -> bool {
        let is = |pair: &Pair| pair.citation.source_id == source && pair.pair.answer == answer;
        self.pairs.iter().any(is)
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The term of a word.
    pub(crate) fn term_of(&self, word: u32) -> u32 {
        self.vocabulary.terms_of.get(word as usize).copied().unwrap_or_default()
    }

    /// The first numbers of the static embeddings.
    pub(crate) fn coarse(&self) -> &Coarse {
        self.coarse.get_or_init(|| Coarse::of(&self.static_embeddings))
    }

    /// What a word is worth that no entry has.
    pub(crate) fn unknown(&self) -> f32 {
        idf(self.entries.len().max(MIN_ENTRIES) as f32, 0.0)
    }

    /// Where a term is, in order, and what it is worth there.
    pub(crate) fn postings(&self, term: u32) -> &[(u32, f32)] {
        let ends = self.begins.get(term as usize).zip(self.begins.get(term as usize + 1));
        let range = ends.map(|(begin, end)| *begin as usize..*end as usize);
        range.and_then(|range| self.postings.get(range)).unwrap_or_default()
    }

    /// Adds what `term` is worth in each entry, `times` over.
    pub(crate) fn add(&self, term: u32, times: f32, scores: &mut [f32]) {
        if let Some(impacts) = self.dense.of(term) {
            scores.iter_mut().zip(impacts).for_each(|(score, impact)| *score += impact * times);
            return;
        }
        for (entry, impact) in self.postings(term) {
            scores[*entry as usize] += impact * times;
        }
    }

    /// Each word of an entry, in order; whether it is above.
    pub(crate) fn each_word(&self, entry: u32, mut take: impl FnMut(u32, bool)) {
        for (field, is_above) in self.fields(entry as usize).into_iter().zip([true, false]) {
            field.iter().for_each(|word| take(*word, is_above));
        }
    }

    /// How many words an entry has.
    pub(crate) fn length(&self, entry: u32) -> usize {
        self.fields(entry as usize).iter().map(|field| field.len()).sum()
    }
}

/// What is between two words.
#[derive(Clone, Copy, PartialEq)]
enum Between {
    Hyphen,
    Nothing,
    Other,
}

/// Reads the numbers of a segment's texts.
struct Text {
    of_number: Vec<u32>,
    hyphen: Option<u32>,
    nothing: Option<u32>,
    stems: Stems,
}

impl Text {
    fn read(&mut self, numbers: &[u32], text: &mut Vec<u32>, vocabulary: &mut Vocabulary) {
        let mut last = NO_WORD;
        let mut between = Between::Other;
        for number in numbers {
            let word = self.of_number.get(*number as usize).copied().unwrap_or(NO_WORD);
            if word == NO_WORD {
                between = match Some(*number) {
                    hyphen if hyphen == self.hyphen => Between::Hyphen,
                    nothing if nothing == self.nothing => Between::Nothing,
                    _ => Between::Other,
                };
                continue;
            }
            if between == Between::Other {
                text.push(word);
            } else {
                push(text, vocabulary, &self.stems, (last, between, word));
            }
            (last, between) = (word, Between::Other);
        }
    }
}

/// Adds a word; with it what it makes with the word before: two clusters of a script without
/// spaces, or two parts of a word with a hyphen, which others write together.
fn push(
    text: &mut Vec<u32>,
    vocabulary: &mut Vocabulary,
    stems: &Stems,
    (last, between, word): (u32, Between, u32),
) {
    let unspaced = |at: u32| vocabulary.words.get(at as usize).is_some_and(|word| word.unspaced);
    match between {
        Between::Nothing if last != NO_WORD && unspaced(last) && unspaced(word) => {
            let joined = vocabulary.join((last, word), stems.language(), str::to_owned);
            text.push(joined);
        }
        Between::Hyphen if last != NO_WORD => {
            let joined =
                vocabulary.join((last, word), stems.language(), |joined| stems.term(joined));
            // In front of both, so that what was beside them still is.
            text.pop();
            text.extend([joined, last]);
        }
        Between::Hyphen | Between::Nothing | Between::Other => {}
    }
    text.push(word);
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
