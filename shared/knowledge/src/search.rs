//! Finding what answers a question: a Q&A pair if one asks the same, else what ranks best
//! ([`crate::rank`]), with a confidence that says whether it is about the question at all
//! ([`crate::evidence`]).

use std::collections::HashMap;

use domain::{Citation, conversation::shorten, source::QaPair};

use crate::{
    index::{At, Index, Pair},
    quote::quote,
    rank::{Hit, LOOKED_AT, Ranking},
    semantic::{Meaning, Sense, fusion::Words},
    text,
};

/// Two questions that share this much of their weight ask the same.
const NEAR: f32 = 0.75;

/// A passage that was found, or a pair that does not ask the same but may answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// Where it is from.
    pub citation: Citation,
    /// All of it.
    pub content: String,
    /// The sentences of it that say most about the question, in order.
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

impl Index {
    /// With what its entries mean, in their order: the passages of each segment, then the pairs.
    /// What has another number of entries is left out.
    pub fn with_meaning(mut self, meaning: Meaning) -> Self {
        if meaning.entries() == self.len() {
            self.meaning = meaning;
        }
        self
    }

    /// Whether anything of it can be found by what it means.
    pub fn has_meaning(&self) -> bool {
        !self.meaning.is_empty()
    }

    /// The best `limit` passages for `question` by its words, or the pair that asks the same.
    pub fn find(&self, question: &str, limit: usize) -> Found {
        self.find_meant(question, None, limit)
    }

    /// As [`Index::find`], and by what the question means too if there is a `sense` of it.
    pub fn find_meant(&self, question: &str, sense: Option<&Sense>, limit: usize) -> Found {
        let exact = self.exact.get(&text::normalized(question));
        if let Some(Pair { pair, citation, .. }) = exact.and_then(|at| self.pairs.get(*at as usize))
        {
            return Found { best: Match::Pair(pair.clone(), citation.clone()), confidence: 1.0 };
        }
        let ranking = self.rank(question, limit.max(LOOKED_AT));
        if let Some((Pair { pair, citation, .. }, near)) =
            self.nearest_pair(question, &ranking.hits)
            && near >= NEAR
        {
            let best = Match::Pair(pair.clone(), citation.clone());
            return Found { best, confidence: f64::from(near) };
        }
        let (hits, confidence) = match sense.filter(|_| self.has_meaning()) {
            Some(sense) => self.by_meaning(&ranking, sense),
            None => (ranking.hits, ranking.evidence.confidence()),
        };
        let weights = self.telling(question);
        let passages: Vec<Passage> =
            hits.into_iter().take(limit).filter_map(|hit| self.passage(hit, &weights)).collect();
        match passages.is_empty() {
            true => Found { best: Match::Nothing, confidence: 0.0 },
            false => Found { best: Match::Passages(passages), confidence: f64::from(confidence) },
        }
    }

    /// What words and vectors together put first, and how sure that is.
    fn by_meaning(&self, ranking: &Ranking, sense: &Sense) -> (Vec<Hit>, f32) {
        let (hits, nearest) = self.rank_meant(ranking, sense, LOOKED_AT);
        let reliance = sense.reliance(self.mean_length);
        (hits, ranking.evidence.confidence_with(nearest, reliance))
    }

    /// The best `depth` entries by the words of a question, as `ranking` has them, and by what it
    /// means; and how near the nearest is, as a cosine.
    pub fn rank_meant(&self, ranking: &Ranking, sense: &Sense, depth: usize) -> (Vec<Hit>, f32) {
        let best: Vec<_> = ranking.hits.iter().map(|hit| (hit.entry, hit.score)).collect();
        let words = Words { best: &best, worth: ranking.worth, covered: ranking.evidence.covered };
        let reliance = sense.reliance(self.mean_length);
        let (ranked, nearest) =
            self.meaning.rank(&sense.vector, reliance, words, best.len().max(depth));
        let hits = ranked.into_iter().map(|(entry, score)| Hit { entry, score }).collect();
        (hits, nearest)
    }

    /// The pair that asks nearly the same, of those that match best: the weight of the telling
    /// terms that both have, over that of the telling terms that either has.
    fn nearest_pair(&self, question: &str, hits: &[Hit]) -> Option<(&Pair, f32)> {
        let asked = self.telling(question);
        let pairs = hits.iter().filter_map(|hit| match self.entries.get(hit.entry as usize) {
            Some(At::Pair(at)) => self.pairs.get(*at as usize),
            _ => None,
        });
        let near = pairs.map(|pair| {
            let theirs = self.telling(&pair.pair.question);
            let both: f32 =
                theirs.iter().filter(|(t, _)| asked.contains_key(*t)).map(|x| x.1).sum();
            let either = asked.values().sum::<f32>() + theirs.values().sum::<f32>() - both;
            (pair, if both > 0.0 { both / either } else { 0.0 })
        });
        near.max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The terms that say what a question is about, with what each is worth.
    fn telling(&self, question: &str) -> HashMap<String, f32> {
        let weigh = |term: String| {
            let worth = self.weight(&term);
            (term, worth)
        };
        self.stems.telling(question).into_iter().map(weigh).collect()
    }

    fn passage(&self, hit: Hit, weights: &HashMap<String, f32>) -> Option<Passage> {
        let score = f64::from(hit.score);
        match *self.entries.get(hit.entry as usize)? {
            At::Pair(at) => {
                let Pair { citation, pair, .. } = self.pairs.get(at as usize)?;
                Some(Passage {
                    citation: citation.clone(),
                    content: format!("{}\n{}", pair.question, pair.answer),
                    quote: pair.answer.clone(),
                    score,
                })
            }
            At::Passage { segment, place } => {
                let part = self.parts.get(segment as usize)?;
                let (above, _) = part.segment.above(place as usize)?;
                let content = part.segment.content(place as usize);
                let title = above.headings.last().unwrap_or(&above.title);
                Some(Passage {
                    citation: Citation {
                        source_id: part.source,
                        url: above.url.clone(),
                        title: shorten(title, 120),
                    },
                    quote: quote(&content, weights, &self.stems),
                    content,
                    score,
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::{SourceId, source::Chunk};

    use super::*;
    use crate::segment::Segment;

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
            let found = index.find(question, 3);
            assert!(found.confidence < 0.5, "{question}: {}", found.confidence);
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
