//! Finding what answers a question: the pair that asks the same, or the passage that says most about
//! it ([`crate::rank`]), each with a confidence of its own kind ([`crate::confidence`]).

mod candidates;
mod offers;
mod passages;

use domain::{Citation, source::QaPair};

pub(crate) use self::candidates::Near;
use self::{
    candidates::NearPair,
    passages::{Quoting, echoes},
};
use crate::{
    asks,
    closeness::Comparing,
    contact::{self, Contacting},
    evidence::Evidence,
    exclusion,
    index::Index,
    outcome::Offer,
    pairs::Likeness,
    question::Asked,
    rank::{Hit, LOOKED_AT, Ranking},
    semantic::{EntryEmbedding, QueryEmbedding},
    text,
};

/// The share of a question that its heading has, from which on a section answers from its beginning.
const ASKED_ABOVE: f32 = 0.85;
/// How sure it is at least that a section which is headed by the code in the question answers.
const HEADED_BY_CODE: f32 = 0.75;

/// How sure it is at most that a quotation answers which lacks the fact that is wanted: it may be offered.
const MAX_WITHOUT_FACT: f32 = 0.45;

/// Bytes of a text without a heading that is short enough to be read whole.
const SHORT: usize = 400;

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
        let comparing = Comparing::new(self, &asked);
        let mut query = self.quoting(question, &asked);
        let all = self.near(question, &asked, &ranking, &comparing, &query);
        let near: Vec<NearPair> = all.iter().filter_map(NearPair::of).collect();
        let best_pair = self.best_pair(&asked, &ranking, &near);
        let (first, by_passage) = self.best_passage(&asked, &ranking, &all);
        let contact = self.contact(&query.words, &asked, &all);
        let by_rule = self.by_rule(question, &asked, &ranking, contact, &mut query);
        let by_passage = by_rule.map_or(by_passage, |rule| by_passage.max(rule.confidence));
        let by_pair = best_pair.as_ref().map_or(0.0, |near| near.confidence);
        let is_unstated = by_rule.is_none() && contact == Some(Contacting::Unstated);
        let (offers, offered, most) = self.offers_beside(is_unstated, &query, &ranking, &all);
        let by_passage = by_passage.min(most);
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
        let hits = ranking.hits.iter().copied().filter(|hit| !apart(hit)).collect();
        // The best passage is first, before pairs that ask something else.
        let wanted = by_rule.map(|rule| rule.entry).or(first.map(|at| ranking.hits[at].entry));
        let mut passages: Vec<Passage> = wanted.map_or_else(Vec::new, |wanted| {
            let hits = self.begun_with(wanted, hits, &comparing, &query).into_iter();
            hits.take(limit).filter_map(|hit| self.passage(hit, &query)).collect()
        });
        let (Some(wanted), Some(passage)) = (wanted, passages.first_mut()) else {
            return Found { confidence: f64::from(by_pair), ..found };
        };
        let most = match by_rule {
            Some(_) => 1.0,
            None => self.most_of_quote(question, wanted, passage, &query),
        };
        let confidence = f64::from(by_passage.min(most));
        Found { best: Match::Passages(passages), confidence, ..found }
    }

    /// What is offered, how likely it is that one of it is meant, and how sure it is at most that a passage answers:
    /// less where a number or a place is wanted that is not stated.
    fn offers_beside(
        &self,
        is_unstated: bool,
        query: &Quoting,
        ranking: &Ranking,
        all: &[Near<'_>],
    ) -> (Vec<Offer>, f64, f32) {
        // "Where are you?" has words of nothing, so that what is near is so by chance.
        let says_nothing = |word: &String| text::is_function_word_anywhere(word);
        let is_by_chance = is_unstated && query.words.iter().all(says_nothing);
        if is_by_chance {
            let of_contact = all.iter().filter(|near| self.is_contact(near));
            let (offers, offered) = self.offers(ranking, of_contact);
            let most = if offers.is_empty() { 0.0 } else { MAX_WITHOUT_FACT };
            return (offers, offered, most);
        }
        let (offers, offered) = self.offers(ranking, all);
        (offers, offered, if is_unstated { MAX_WITHOUT_FACT } else { 1.0 })
    }

    /// How sure it is at most that `passage`, which is that of the entry `wanted`, answers by its quotation. A
    /// short text without a heading is quoted whole where the quotation would say the question's words again.
    fn most_of_quote(
        &self,
        question: &str,
        wanted: u32,
        passage: &mut Passage,
        query: &Quoting,
    ) -> f32 {
        let is_headed = self.heading(wanted).is_some_and(|heading| !heading.is_empty());
        let is_echo = echoes(&passage.quote, question);
        if is_echo && !is_headed && passage.content.len() <= SHORT {
            passage.quote.clone_from(&passage.content);
        }
        // A quotation of the question's own words, such as a link's, answers nothing. A text without a
        // heading that says no more than that is meant to be found by it.
        let is_all = !is_headed && passage.content == passage.quote;
        match is_all {
            true => 1.0,
            false if is_echo => 0.0,
            false if query.lacks_fact(&passage.quote) => MAX_WITHOUT_FACT,
            false => 1.0,
        }
    }

    /// The passage that answers by a rule: because it is headed by the question or by its code, or states what
    /// is all that is wanted, of which `query` is told.
    fn by_rule(
        &self,
        question: &str,
        asked: &Asked,
        ranking: &Ranking,
        contact: Option<Contacting>,
        query: &mut Quoting,
    ) -> Option<ByRule> {
        if let Some(entry) = self.named(question, ranking) {
            return Some(ByRule { entry, confidence: 1.0 });
        }
        if let Some(entry) = self.headed_by_code(question, asked, ranking) {
            return Some(ByRule { entry, confidence: HEADED_BY_CODE });
        }
        let Some(Contacting::Stated(entry, fact)) = contact else { return None };
        query.fact = Some(fact);
        Some(ByRule { entry, confidence: contact::STATED })
    }

    /// Whether a pair or a passage is of how the business is found, going by its question or heading.
    fn is_contact(&self, near: &Near<'_>) -> bool {
        match near.pair {
            Some((pair, _)) => contact::is_contact(&pair.pair.question),
            None => self.heading(near.entry).is_some_and(contact::is_contact),
        }
    }

    /// `hits` with the part first of the section that `wanted` is in which says most of the question.
    fn begun_with(
        &self,
        wanted: u32,
        mut hits: Vec<Hit>,
        comparing: &Comparing,
        query: &Quoting,
    ) -> Vec<Hit> {
        let heading = self.heading(wanted).unwrap_or_default();
        // "Why did it fail?" is what "Why a source fails" answers from its beginning; of a text in another
        // language no sentence is nearer than another.
        let kind = asks::asks(&query.words);
        let heading_words: Vec<String> = text::words(heading).collect();
        let is_same_kind = kind.is_some() && kind == asks::asks(&heading_words);
        let share = if is_same_kind { ASKED_ABOVE / 2.0 } else { ASKED_ABOVE };
        let is_asked = comparing.is_in_heading(self, heading, share)
            || self.is_foreign(wanted, query.language);
        let best = match is_asked {
            true => self.head_of_section(wanted),
            false => self.best_of_section(wanted, &hits, query),
        };
        let score = hits.first().map_or(0.0, |hit| hit.score);
        let at = hits.iter().position(|hit| hit.entry == best);
        let hit = at.map_or(Hit { entry: best, score, ..Hit::default() }, |at| hits.remove(at));
        hits.insert(0, hit);
        hits
    }
}

/// A passage that a rule says answers, and how sure that is at least.
#[derive(Clone, Copy)]
struct ByRule {
    entry: u32,
    confidence: f32,
}

#[cfg(test)]
mod order_tests;
#[cfg(test)]
mod tests;
