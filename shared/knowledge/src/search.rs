//! Finding what answers a question: the pair that asks the same, or the passage that says most about
//! it ([`crate::rank`]), each with a confidence of its own kind ([`crate::confidence`]).

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use domain::{Citation, conversation::shorten, source::QaPair};

use crate::{
    closeness::Comparing,
    concepts,
    confidence::confidences_among,
    evidence::Evidence,
    exclusion,
    index::{At, Index, Pair},
    outcome::Offer,
    pairs::Likeness,
    question::Asked,
    quote::{QuoteQuery, quote, scope},
    rank::{Hit, LOOKED_AT, Ranking},
    semantic::{EntryEmbedding, QueryEmbedding, static_embedding},
    text::{self, Language, Stems},
};

/// Offers that are made at most, and the share of the best one's score that one needs.
const MAX_OFFERS: usize = 3;
const CLOSE: f32 = 0.4;
/// Topics that are kept.
const MAX_TOPICS: usize = 10;
/// Characters of an offer.
const OFFER: usize = 120;
/// Pairs that a question is compared with.
const PAIRS: usize = 8;
/// What a passage in another language counts for, beside one in the question's own: in the choice
/// between them, and in how sure an answer from it is.
const FOREIGN: (f32, f32) = (0.5, 0.8);
/// The share of a question that its heading has, from which on a section answers from its beginning.
const ASKED_ABOVE: f32 = 0.85;
/// How sure it is at least that a section which is headed by the code in the question answers.
const HEADED_BY_CODE: f32 = 0.75;
/// Passages that a question is compared with word by word.
const COMPARED: usize = 8;

/// A passage that was found, or a pair that does not ask the same but may answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// Where it is from.
    pub citation: Citation,
    /// All of it.
    pub content: String,
    /// What of it answers, as it is read.
    pub quote: String,
    /// How well it matches, to be compared with others of the same question only.
    pub score: f64,
}

/// How an answer was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Match {
    /// A Q&A pair asks the same; its answer is given word for word.
    Pair(QaPair, Citation),
    /// Passages, best first.
    Passages(Vec<Passage>),
    /// Nothing has anything in common with the question.
    Nothing,
}

/// What was found, and how sure it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What was found.
    pub best: Match,
    /// From 0 to 1: how likely it is that the best one answers.
    pub confidence: f64,
    /// What the visitor may have meant, likeliest first.
    pub offers: Vec<Offer>,
    /// Words that were taken for others: as asked, and as searched.
    pub corrections: Vec<(String, String)>,
    /// What was seen of the best that its confidence follows from.
    pub evidence: Evidence,
    /// How the pair that is most like the question compares with it.
    pub likeness: Option<Likeness>,
}

impl Found {
    /// Nothing.
    pub fn nothing() -> Self {
        Self {
            best: Match::Nothing,
            confidence: 0.0,
            offers: Vec::new(),
            corrections: Vec::new(),
            evidence: Evidence::default(),
            likeness: None,
        }
    }
}

/// A pair among the best, and how it compares.
struct NearPair<'i> {
    pair: &'i Pair,
    place: usize,
    likeness: Likeness,
    confidence: f32,
}

impl Index {
    /// With the embeddings of its entries by a model, in their order: the passages of each segment,
    /// then the pairs. Those of another number of entries are left out.
    pub fn with_embeddings(mut self, embeddings: EntryEmbedding) -> Self {
        if embeddings.entries() == self.len() {
            self.embeddings = embeddings;
        }
        self
    }

    /// Whether any entry has an embedding by a model.
    pub fn has_embeddings(&self) -> bool {
        !self.embeddings.is_empty()
    }

    /// The best `limit` passages for `question`, or the pair that asks the same.
    pub fn find(&self, question: &str, limit: usize) -> Found {
        self.find_embedded(question, None, limit)
    }

    /// What it can be asked about: questions of pairs, then headings that have most below them.
    pub fn topics(&self, limit: usize) -> Vec<String> {
        let topics = self.topics.get_or_init(|| self.find_topics(MAX_TOPICS));
        topics.iter().take(limit).cloned().collect()
    }

    fn find_topics(&self, limit: usize) -> Vec<String> {
        let mut pairs: Vec<(u32, &str)> = Vec::new();
        let mut headings: HashMap<&str, usize> = HashMap::new();
        for (entry, key) in (0u32..).zip(&self.keys) {
            match self.pair_of(entry) {
                Some(pair) => pairs.push((*key, &pair.pair.question)),
                None => {
                    let heading = self.heading(entry).unwrap_or_default();
                    *headings.entry(heading).or_default() += 1;
                }
            }
        }
        pairs.sort_unstable();
        let mut headings: Vec<(&str, usize)> =
            headings.into_iter().filter(|(heading, _)| !heading.is_empty()).collect();
        headings.sort_unstable_by_key(|(heading, count)| (std::cmp::Reverse(*count), *heading));
        let all =
            pairs.into_iter().map(|(_, text)| text).chain(headings.into_iter().map(|(h, _)| h));
        all.take(limit).map(|text| shorten(text, OFFER)).collect()
    }

    /// As [`Index::find`], and by the question's `embedding` if there is one.
    pub fn find_embedded(
        &self,
        question: &str,
        embedding: Option<&QueryEmbedding>,
        limit: usize,
    ) -> Found {
        let exact = self.exact.get(&text::normalized(question));
        if let Some(pair) = exact.and_then(|at| self.pairs.get(*at as usize)) {
            let best = Match::Pair(pair.pair.clone(), pair.citation.clone());
            return Found { best, confidence: 1.0, ..Found::nothing() };
        }
        let question = &*exclusion::without(question);
        let asked = self.asked(question);
        let ranking = self.rank_asked(&asked, embedding, limit.max(LOOKED_AT));
        if ranking.hits.is_empty() {
            return Found { corrections: ranking.corrections, ..Found::nothing() };
        }
        let near = self.near_pairs(question, &asked, &ranking);
        let best_pair = near
            .iter()
            .max_by(|a, b| a.confidence.total_cmp(&b.confidence).then(b.place.cmp(&a.place)));
        let named = self.named(question, &ranking);
        let comparing = Comparing::new(&asked);
        let (first, by_passage) = self.best_passage(&asked, &ranking, &comparing);
        let coded = self.headed_by_code(question, &asked, &ranking);
        let by_passage = match (named, coded) {
            (Some(_), _) => 1.0,
            (None, Some(_)) => by_passage.max(HEADED_BY_CODE),
            (None, None) => by_passage,
        };
        let named = named.or(coded);
        let by_pair = best_pair.map_or(0.0, |near| near.confidence);
        let found = Found {
            offers: self.offers(&ranking, first, &near),
            corrections: ranking.corrections.clone(),
            likeness: best_pair.map(|near| near.likeness),
            evidence: ranking.evidence_of(first.unwrap_or_default()),
            ..Found::nothing()
        };
        if let Some(near) = best_pair.filter(|_| by_pair >= by_passage && by_pair > 0.0) {
            let best = Match::Pair(near.pair.pair.clone(), near.pair.citation.clone());
            let evidence = ranking.evidence_of(near.place);
            return Found { best, confidence: f64::from(by_pair), evidence, ..found };
        }
        // A pair that a rule sets apart answers something else.
        let apart = |hit: &Hit| {
            near.iter().any(|near| near.likeness.is_apart && self.is_pair(hit.entry, near.pair))
        };
        let mut hits: Vec<Hit> = ranking.hits.iter().copied().filter(|hit| !apart(hit)).collect();
        // The best passage is first, before pairs that ask something else.
        let wanted = named.or(first.map(|at| ranking.hits[at].entry));
        if let Some(entry) = wanted
            && comparing.is_in_heading(self, self.heading(entry).unwrap_or_default(), ASKED_ABOVE)
            && let head = self.head_of_section(entry)
            && head != entry
        {
            let score = hits.first().map_or(0.0, |hit| hit.score);
            hits.retain(|hit| hit.entry != head);
            hits.insert(0, Hit { entry: head, score, ..Hit::default() });
        } else if let Some(at) = hits.iter().position(|hit| Some(hit.entry) == wanted) {
            hits[..=at].rotate_right(1);
        }
        let query = self.quoting(question, &asked);
        let passages: Vec<Passage> =
            hits.into_iter().take(limit).filter_map(|hit| self.passage(hit, &query)).collect();
        match passages.is_empty() || wanted.is_none() {
            true => Found { confidence: f64::from(by_pair), ..found },
            false => {
                // A quotation of the question's own words, such as a link's, answers nothing.
                let quote = passages.first().map_or("", |passage| passage.quote.as_str());
                let is_echo = named.is_none() && echoes(quote, question);
                let best = Match::Passages(passages);
                let confidence = if is_echo { 0.0 } else { f64::from(by_passage) };
                Found { best, confidence, ..found }
            }
        }
    }

    fn is_passage(&self, entry: u32) -> bool {
        matches!(self.entries.get(entry as usize), Some(At::Passage { .. }))
    }

    fn is_pair(&self, entry: u32, pair: &Pair) -> bool {
        self.pair_of(entry).is_some_and(|other| std::ptr::eq(other, pair))
    }

    fn pair_of(&self, entry: u32) -> Option<&Pair> {
        match self.entries.get(entry as usize) {
            Some(At::Pair(at)) => self.pairs.get(*at as usize),
            _ => None,
        }
    }

    /// The pairs among the best, and how likely each asks the same.
    fn near_pairs(&self, question: &str, asked: &Asked, ranking: &Ranking) -> Vec<NearPair<'_>> {
        let pairs = ranking.hits.iter().enumerate().take(LOOKED_AT);
        let pairs = pairs.filter_map(|(place, hit)| Some((place, self.pair_of(hit.entry)?)));
        let reliance = ranking.evidence.reliance;
        let compared = pairs.take(PAIRS).map(|(place, pair)| {
            let likeness = self.likeness(question, asked, pair, reliance);
            let evidence = ranking.evidence_of(place);
            NearPair { pair, place, likeness, confidence: evidence.confidence_of_pair(&likeness) }
        });
        compared.collect()
    }

    /// The passage whose heading or page's title is the question itself.
    fn named(&self, question: &str, ranking: &Ranking) -> Option<u32> {
        let question = text::normalized(question);
        let named = ranking.hits.iter().take(LOOKED_AT).filter(|hit| {
            let heading = self.heading(hit.entry).unwrap_or_default();
            !question.is_empty() && text::normalized(heading) == question
        });
        // Of several below one heading the first that is there.
        named.map(|hit| hit.entry).min()
    }

    /// The heading of a passage, or its page's title.
    pub(crate) fn heading(&self, entry: u32) -> Option<&str> {
        let At::Passage { segment, place } = *self.entries.get(entry as usize)? else {
            return None;
        };
        let (above, _) = self.parts.get(segment as usize)?.segment.above(place as usize)?;
        Some(above.headings.last().unwrap_or(&above.title))
    }

    /// The passage among the best that most likely answers, by its place, and how likely.
    fn best_passage(
        &self,
        asked: &Asked,
        ranking: &Ranking,
        comparing: &Comparing,
    ) -> (Option<usize>, f32) {
        let (mut best, mut most) = (None, (f32::MIN, 0.0));
        for (place, confidence) in self.confidences(ranking, comparing) {
            let is_foreign = ranking
                .hits
                .get(place)
                .is_some_and(|hit| self.is_foreign(hit.entry, asked.language));
            let (rank, counts) = if is_foreign { FOREIGN } else { (1.0, 1.0) };
            // Of those alike the one of the higher score.
            if confidence * rank > most.0 {
                (best, most) = (Some(place), (confidence * rank, confidence * counts));
            }
        }
        (best, most.1)
    }

    /// The passages among the best, by their places, and how likely each answers.
    pub(crate) fn confidences(
        &self,
        ranking: &Ranking,
        comparing: &Comparing,
    ) -> Vec<(usize, f32)> {
        let passages = ranking.hits.iter().enumerate();
        let passages = passages.filter(|(_, hit)| self.is_passage(hit.entry)).take(COMPARED);
        let (mut all, mut headed, mut seen) = (Vec::new(), Vec::new(), Vec::new());
        for (place, hit) in passages {
            let evidence = ranking.evidence_of(place);
            match self.heading(hit.entry).filter(|heading| !heading.is_empty()) {
                None => all.push((place, evidence.confidence())),
                Some(heading) => {
                    headed.push(place);
                    seen.push((heading, evidence, comparing.with(self, hit.entry, heading)));
                }
            }
        }
        all.extend(headed.into_iter().zip(confidences_among(&seen)));
        all.sort_unstable_by_key(|(place, _)| *place);
        all
    }

    /// Whether a passage is in another language than what is asked, as far as both are known.
    fn is_foreign(&self, entry: u32, language: Language) -> bool {
        if language == Language::Other || self.stems.len() < 2 {
            return false;
        }
        let Some(At::Passage { segment, place }) = self.entries.get(entry as usize).copied() else {
            return false;
        };
        let Some(part) = self.parts.get(segment as usize) else { return false };
        let theirs = text::detect(&part.segment.content(place as usize));
        theirs != Language::Other && theirs != language
    }

    /// The first passage of the section that `entry` is in.
    fn head_of_section(&self, entry: u32) -> u32 {
        let same = |a: u32, b: u32| {
            let place = |entry: u32| match self.entries.get(entry as usize) {
                Some(At::Passage { segment, place }) => {
                    let part = self.parts.get(*segment as usize)?;
                    let (above, _) = part.segment.above(*place as usize)?;
                    Some((*segment, above.url.as_deref(), above.headings.as_slice()))
                }
                _ => None,
            };
            place(a).is_some() && place(a) == place(b)
        };
        let mut head = entry;
        while let Some(before) = head.checked_sub(1).filter(|before| same(*before, head)) {
            head = before;
        }
        head
    }

    /// What the visitor may have meant; the passage in the place `first` before others.
    fn offers(&self, ranking: &Ranking, first: Option<usize>, near: &[NearPair<'_>]) -> Vec<Offer> {
        let mut offers: Vec<Offer> = Vec::new();
        let best = ranking.hits.first().map_or(0.0, |hit| hit.score);
        let first = first.and_then(|first| ranking.hits.get(first));
        let close = ranking.hits.iter().filter(|hit| hit.score >= CLOSE * best);
        for hit in first.into_iter().chain(close) {
            if offers.len() == MAX_OFFERS {
                break;
            }
            let pair = near.iter().find(|near| self.is_pair(hit.entry, near.pair));
            let offer = match (pair, self.entries.get(hit.entry as usize)) {
                (Some(near), _) => {
                    Some((near.pair.pair.question.clone(), near.pair.citation.clone()))
                }
                (None, Some(At::Passage { .. })) => {
                    let heading = self.heading(hit.entry).filter(|heading| !heading.is_empty());
                    heading
                        .and_then(|heading| Some((heading.to_owned(), self.citation(hit.entry)?)))
                }
                (None, _) => None,
            };
            let Some((text, citation)) = offer else { continue };
            let text = shorten(&text, OFFER);
            if offers.iter().all(|offer| offer.text != text) {
                offers.push(Offer { text, citation });
            }
        }
        offers
    }

    /// The question as sentences are compared with it.
    fn quoting(&self, question: &str, asked: &Asked) -> Quoting {
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
            words.push(plain);
        }
        let english = matches!(asked.language, Language::English | Language::Other);
        let vector = english.then(|| static_embedding::embed(question)).flatten();
        Quoting { terms, concepts, vector, words }
    }

    pub(crate) fn stems(&self) -> &Stems {
        static NONE: LazyLock<Stems> = LazyLock::new(Stems::default);
        self.stems.first().unwrap_or(&NONE)
    }

    /// What a passage says, without what is above it.
    pub(crate) fn content(&self, entry: u32) -> String {
        match self.entries.get(entry as usize) {
            Some(At::Passage { segment, place }) => self
                .parts
                .get(*segment as usize)
                .map_or_else(String::new, |part| part.segment.content(*place as usize)),
            _ => String::new(),
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

    fn passage(&self, hit: Hit, query: &Quoting) -> Option<Passage> {
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
                let query = QuoteQuery {
                    terms: query.terms.clone(),
                    concepts: query.concepts.clone(),
                    vector: query.vector.as_ref(),
                    words: query.words.clone(),
                };
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
fn echoes(quote: &str, question: &str) -> bool {
    let asked: HashSet<String> = text::words(question).collect();
    let mut words = text::words(quote).peekable();
    words.peek().is_some() && words.all(|word| asked.contains(&word))
}

/// A question, ready to choose sentences by.
struct Quoting {
    terms: Vec<(String, f32)>,
    concepts: Vec<Option<u16>>,
    vector: Option<crate::semantic::Vector>,
    words: Vec<String>,
}

impl Ranking {
    /// What was seen of the hit in this place.
    pub(crate) fn evidence_of(&self, place: usize) -> Evidence {
        self.each.get(place).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
