//! Finding what answers a question: the pair that asks the same, or the passage that says most about
//! it ([`crate::rank`]), each with a confidence of its own kind ([`crate::confidence`]).

mod candidates;
mod offers;
mod passages;

use domain::{Citation, source::QaPair};

use self::{candidates::NearPair, passages::echoes};
use crate::{
    closeness::Comparing,
    evidence::Evidence,
    exclusion,
    index::Index,
    outcome::Offer,
    pairs::Likeness,
    rank::{Hit, LOOKED_AT},
    semantic::{EntryEmbedding, QueryEmbedding},
    text,
};

/// The share of a question that its heading has, from which on a section answers from its beginning.
const ASKED_ABOVE: f32 = 0.85;
/// How sure it is at least that a section which is headed by the code in the question answers.
const HEADED_BY_CODE: f32 = 0.75;

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
    /// From 0 to 1: how likely it is that one of them is meant.
    pub offered: f64,
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
            offered: 0.0,
            corrections: Vec::new(),
            evidence: Evidence::default(),
            likeness: None,
        }
    }
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
        let comparing = Comparing::new(self, &asked);
        let all = self.near(question, &asked, &ranking, &comparing);
        let near: Vec<NearPair> = all.iter().filter_map(NearPair::of).collect();
        let best_pair = self.best_pair(&asked, &ranking, &near);
        let named = self.named(question, &ranking);
        let (first, by_passage) = self.best_passage(&asked, &ranking, &all);
        let coded = self.headed_by_code(question, &asked, &ranking);
        let by_passage = match (named, coded) {
            (Some(_), _) => 1.0,
            (None, Some(_)) => by_passage.max(HEADED_BY_CODE),
            (None, None) => by_passage,
        };
        let named = named.or(coded);
        let by_pair = best_pair.as_ref().map_or(0.0, |near| near.confidence);
        let (offers, offered) = self.offers(&ranking, &all);
        let found = Found {
            offers,
            offered,
            corrections: ranking.corrections.clone(),
            likeness: best_pair.as_ref().map(|near| near.likeness),
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
        let query = self.quoting(question, &asked);
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
        } else {
            let best = wanted.map(|wanted| self.best_of_section(wanted, &hits, &query));
            if let Some(at) = hits.iter().position(|hit| Some(hit.entry) == best) {
                hits[..=at].rotate_right(1);
            }
        }
        let passages: Vec<Passage> =
            hits.into_iter().take(limit).filter_map(|hit| self.passage(hit, &query)).collect();
        match passages.is_empty() || wanted.is_none() {
            true => Found { confidence: f64::from(by_pair), ..found },
            false => {
                // A quotation of the question's own words, such as a link's, answers nothing.
                let quote = passages.first().map_or("", |passage| passage.quote.as_str());
                // A text without a heading that says no more than that is meant to be found by it.
                let is_all = wanted.and_then(|entry| self.heading(entry)).is_none_or(str::is_empty)
                    && passages.first().is_some_and(|passage| passage.content == quote);
                let is_echo = named.is_none() && !is_all && echoes(quote, question);
                let best = Match::Passages(passages);
                let confidence = if is_echo { 0.0 } else { f64::from(by_passage) };
                Found { best, confidence, ..found }
            }
        }
    }
}

#[cfg(test)]
mod order_tests;
#[cfg(test)]
mod tests;
