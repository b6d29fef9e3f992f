//! Finding what answers a question: a Q&A pair if one asks the same, else the best passages by
//! BM25, with a confidence that says whether they are about the question at all.
//!
//! The confidence of a passage is the share of the question's weight that it covers: the summed
//! inverse document frequency of the question's terms that are in it, over that of all of them. A
//! term that no passage has weighs most, so a question about something else scores low however
//! well its common words match.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use domain::{Citation, SourceId, conversation::shorten, source::QaPair};

use crate::{segment::Segment, text};

/// BM25's usual parameters.
const K1: f64 = 1.2;
const B: f64 = 0.75;
/// Two questions that share this much of their weight ask the same.
const NEAR: f64 = 0.75;
/// A collection smaller than this is weighed as if it were this large: among three passages, every
/// word but those three have would seem to be what the question is all about.
const LEAST_DOCUMENTS: usize = 50;
/// What a line that is no sentence counts for, beside one that is.
const UNTOLD: f64 = 0.6;
/// Characters that a quotation has at least, if its passage has them.
const QUOTE: usize = 160;

/// A passage that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// Where it is from.
    pub citation: Citation,
    /// All of it.
    pub content: String,
    /// The sentences of it that say most about the question, in order.
    pub quote: String,
    /// Its BM25 score.
    pub score: f64,
    /// From 0 to 1: see the module's doc.
    pub confidence: f64,
}

/// How an answer was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Match {
    /// A Q&A pair asks the same; its answer is given word for word.
    Pair(QaPair, Citation),
    /// Passages, best first.
    Passages(Vec<Passage>),
    /// Nothing shares a word with the question.
    Nothing,
}

/// What was found, and how sure it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What was found.
    pub best: Match,
    /// From 0 to 1, of the best.
    pub confidence: f64,
}

/// Finding, behind a trait: an index in memory here, a search service elsewhere.
pub trait Retriever: Send + Sync {
    /// The best `limit` passages for `question`, or the pair that asks it.
    fn find(&self, question: &str, limit: usize) -> Found;
}

struct Entry {
    source: SourceId,
    segment: usize,
    place: usize,
}

struct Pair {
    citation: Citation,
    pair: QaPair,
    terms: HashSet<String>,
}

/// What one chatbot knows, in memory.
#[derive(Default)]
pub struct Index {
    segments: Vec<Arc<Segment>>,
    entries: Vec<Entry>,
    postings: HashMap<String, Vec<(u32, u16)>>,
    mean_length: f64,
    pairs: Vec<Pair>,
    exact: HashMap<String, usize>,
    /// In how many documents (passages and pairs) a term stands.
    frequency: HashMap<String, u32>,
}

impl Index {
    /// Puts the segments and pairs of a chatbot's sources together.
    pub fn new(
        segments: impl IntoIterator<Item = (SourceId, Arc<Segment>)>,
        pairs: impl IntoIterator<Item = (SourceId, QaPair)>,
    ) -> Self {
        let mut index = Self::default();
        let mut total = 0u64;
        for (source, segment) in segments {
            let base = u32::try_from(index.entries.len()).unwrap_or(u32::MAX);
            for (place, chunk) in segment.chunks.iter().enumerate() {
                total += u64::from(chunk.length);
                index.entries.push(Entry { source, segment: index.segments.len(), place });
            }
            for (term, postings) in &segment.terms {
                let all = index.postings.entry(term.clone()).or_default();
                all.extend(postings.iter().map(|(place, count)| (base + place, *count)));
            }
            index.segments.push(segment);
        }
        index.mean_length = total as f64 / index.entries.len().max(1) as f64;
        for (term, postings) in &index.postings {
            let count = u32::try_from(postings.len()).unwrap_or(u32::MAX);
            index.frequency.insert(term.clone(), count);
        }
        for (source_id, pair) in pairs {
            index.add_pair(source_id, pair);
        }
        index
    }

    fn add_pair(&mut self, source_id: SourceId, pair: QaPair) {
        let asked: HashSet<String> = text::terms(&pair.question).into_iter().collect();
        for term in &asked {
            *self.frequency.entry(term.clone()).or_default() += 1;
        }
        let citation = Citation { source_id, url: None, title: shorten(&pair.question, 120) };
        self.exact.entry(text::normalized(&pair.question)).or_insert(self.pairs.len());
        self.pairs.push(Pair { citation, pair, terms: asked });
    }

    /// How many passages and pairs there are.
    pub fn len(&self) -> usize {
        self.entries.len() + self.pairs.len()
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn weight(&self, term: &str) -> f64 {
        let n = self.len().max(LEAST_DOCUMENTS) as f64;
        let df = f64::from(self.frequency.get(term).copied().unwrap_or(0));
        (1.0 + (n - df + 0.5) / (df + 0.5)).ln()
    }

    /// The pair that asks nearly the same: the weight of the terms both have, over that of the
    /// terms either has.
    fn nearest_pair(&self, asked: &HashSet<&String>) -> Option<(&Pair, f64)> {
        let near = self.pairs.iter().map(|pair| {
            let both: f64 =
                asked.iter().filter(|t| pair.terms.contains(**t)).map(|t| self.weight(t)).sum();
            let theirs: f64 =
                pair.terms.iter().filter(|t| !asked.contains(t)).map(|t| self.weight(t)).sum();
            let ours: f64 =
                asked.iter().filter(|t| !pair.terms.contains(**t)).map(|t| self.weight(t)).sum();
            (pair, if both == 0.0 { 0.0 } else { both / (both + ours + theirs) })
        });
        near.max_by(|a, b| a.1.total_cmp(&b.1))
    }

    fn passage(&self, at: u32, score: f64, weights: &HashMap<&String, f64>, total: f64) -> Passage {
        let entry = &self.entries[at as usize];
        let chunk = &self.segments[entry.segment].chunks[entry.place];
        let about = format!("{}\n{}\n{}", chunk.title, chunk.headings.join("\n"), chunk.content);
        let covered = covered(&about, weights);
        let title = chunk.headings.last().unwrap_or(&chunk.title);
        Passage {
            citation: Citation {
                source_id: entry.source,
                url: chunk.url.clone(),
                title: shorten(title, 120),
            },
            quote: quote(&chunk.content, weights),
            content: chunk.content.clone(),
            score,
            confidence: if total > 0.0 { covered / total } else { 0.0 },
        }
    }
}

fn covered(passage: &str, weights: &HashMap<&String, f64>) -> f64 {
    let there: HashSet<String> = text::terms(passage).into_iter().collect();
    weights.iter().filter(|(term, _)| there.contains(**term)).map(|(_, weight)| weight).sum()
}

/// The sentence that covers most of the question, and those after it until there is enough to
/// read.
fn quote(content: &str, weights: &HashMap<&String, f64>) -> String {
    let sentences: Vec<&str> = text::sentences(content).collect();
    let mut best = (0, -1.0);
    for (at, sentence) in sentences.iter().enumerate() {
        // Something told says more than a title or a line of code with the same words in it.
        let told = sentence.ends_with(['.', '!', '?']);
        let score = covered(sentence, weights) * if told { 1.0 } else { UNTOLD };
        if score > best.1 {
            best = (at, score);
        }
    }
    if sentences.is_empty() {
        return shorten(content.trim(), 2 * QUOTE);
    }
    let mut quote = String::new();
    for sentence in sentences.iter().skip(best.0).take(3) {
        if quote.chars().count() >= QUOTE {
            break;
        }
        if !quote.is_empty() {
            quote.push(' ');
        }
        quote.push_str(sentence);
    }
    quote
}

impl Retriever for Index {
    fn find(&self, question: &str, limit: usize) -> Found {
        if let Some(at) = self.exact.get(&text::normalized(question)) {
            let Pair { pair, citation, .. } = &self.pairs[*at];
            return Found { best: Match::Pair(pair.clone(), citation.clone()), confidence: 1.0 };
        }
        let terms = text::terms(question);
        let asked: HashSet<&String> = terms.iter().collect();
        if let Some((Pair { pair, citation, .. }, near)) = self.nearest_pair(&asked)
            && near >= NEAR
        {
            return Found { best: Match::Pair(pair.clone(), citation.clone()), confidence: near };
        }
        let weights: HashMap<&String, f64> =
            asked.iter().map(|term| (*term, self.weight(term))).collect();
        let total: f64 = weights.values().sum();
        let mut scores: HashMap<u32, f64> = HashMap::new();
        for (term, weight) in &weights {
            for (at, count) in self.postings.get(*term).into_iter().flatten() {
                let entry = &self.entries[*at as usize];
                let length = f64::from(self.segments[entry.segment].chunks[entry.place].length);
                let count = f64::from(*count);
                let norm = K1 * (1.0 - B + B * length / self.mean_length.max(1.0));
                *scores.entry(*at).or_default() += weight * count * (K1 + 1.0) / (count + norm);
            }
        }
        let mut ranked: Vec<(u32, f64)> = scores.into_iter().collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked.truncate(limit);
        let passages: Vec<Passage> = ranked
            .into_iter()
            .map(|(at, score)| self.passage(at, score, &weights, total))
            .collect();
        match passages.first() {
            None => Found { best: Match::Nothing, confidence: 0.0 },
            Some(first) => Found { confidence: first.confidence, best: Match::Passages(passages) },
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::source::Chunk;

    use super::*;

    fn index(texts: &[&str], pairs: &[(&str, &str)]) -> Index {
        let chunks: Vec<Chunk> = texts
            .iter()
            .map(|content| Chunk {
                id: String::new(),
                content: (*content).to_owned(),
                headings: Vec::new(),
                url: Some("https://example.com/".into()),
                title: String::new(),
                tokens: 1,
            })
            .collect();
        let pairs = pairs.iter().map(|(question, answer)| {
            let pair = QaPair { question: (*question).into(), answer: (*answer).into() };
            (SourceId::new(), pair)
        });
        Index::new([(SourceId::new(), Arc::new(Segment::build(&chunks)))], pairs)
    }

    const TEXTS: &[&str] = &[
        "Parcels are sent every morning. A parcel takes three days.",
        "Returns are free for thirty days. Keep the receipt of the order.",
        "The office is closed on public holidays such as Easter.",
        "Orders can be paid by card or by invoice. An invoice is due after two weeks.",
    ];

    #[test]
    fn the_passage_about_the_question_comes_first_with_the_sentence_that_says_so() {
        let found = index(TEXTS, &[]).find("How long is an invoice due?", 3);
        let Match::Passages(passages) = found.best else { panic!("{found:?}") };
        assert!(passages[0].content.starts_with("Orders can be paid"));
        assert!(passages[0].quote.starts_with("An invoice is due"), "{}", passages[0].quote);
        assert!(found.confidence > 0.5, "{}", found.confidence);
    }

    #[test]
    fn a_question_about_something_else_is_not_covered() {
        let index = index(TEXTS, &[]);
        for question in ["What is the weather like in Lisbon?", "Who won the cup final on Easter?"]
        {
            assert!(index.find(question, 3).confidence < 0.5, "{question}");
        }
        assert_eq!(index.find("zebra", 3).best, Match::Nothing);
        assert_eq!(Index::default().find("anything", 3).best, Match::Nothing);
    }

    #[test]
    fn a_pair_answers_its_own_question_and_near_ones_only() {
        let index = index(TEXTS, &[("What are your opening hours?", "Nine to five.")]);
        for (question, sure) in [
            ("what are your opening hours", 1.0),
            ("What are the opening hours", 0.99),
            ("opening hours?", 0.99),
        ] {
            let found = index.find(question, 3);
            assert!(matches!(&found.best, Match::Pair(p, _) if p.answer == "Nine to five."));
            assert!(found.confidence >= sure, "{question}: {}", found.confidence);
        }
        for question in ["What are your shipping costs?", "opening a bank account in hours"] {
            assert!(!matches!(index.find(question, 3).best, Match::Pair(..)), "{question}");
        }
    }
}
