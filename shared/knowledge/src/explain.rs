//! What a search saw of its best entries, for a team that wants to know why.

use domain::Citation;

use crate::{
    closeness::{Closeness, Comparing},
    evidence::Evidence,
    exclusion,
    index::{At, Index},
    pairs::Likeness,
    rank::LOOKED_AT,
    semantic::QueryEmbedding,
};

/// One entry that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// Where it is from.
    pub citation: Citation,
    /// The question of a pair, or the heading of a passage.
    pub heading: String,
    /// What it says.
    pub content: String,
    /// Its score, to be compared with others of the same question only.
    pub score: f32,
    /// What of the score is by words, by runs of characters, and by meaning, before they are weighed.
    pub by: (f32, f32, f32),
    /// What its confidence follows from.
    pub evidence: Evidence,
    /// How a pair compares with the question.
    pub likeness: Option<Likeness>,
    /// How close a passage is to the question.
    pub closeness: Option<Closeness>,
    /// From 0 to 1: how likely it is that it answers.
    pub confidence: f32,
}

impl Index {
    /// The best `limit` entries for `question` and what was seen of each.
    pub fn explain(
        &self,
        question: &str,
        embedding: Option<&QueryEmbedding>,
        limit: usize,
    ) -> Vec<Explained> {
        let question = &*exclusion::without(question);
        let asked = self.asked(question);
        let ranking = self.rank_asked(&asked, embedding, LOOKED_AT);
        let comparing = Comparing::new(&asked);
        let reliance = ranking.evidence.reliance;
        let confidences = self.confidences(&ranking, &comparing);
        let hits = ranking.hits.iter().enumerate().take(limit);
        let explained = hits.filter_map(|(place_of_hit, hit)| {
            let evidence = ranking.evidence_of(place_of_hit);
            let citation = self.citation(hit.entry)?;
            let by = (hit.words, hit.characters, hit.meaning);
            let all = Explained {
                citation,
                heading: String::new(),
                content: String::new(),
                score: hit.score,
                by,
                evidence,
                likeness: None,
                closeness: None,
                confidence: 0.0,
            };
            Some(match *self.entries.get(hit.entry as usize)? {
                At::Pair(at) => {
                    let pair = self.pairs.get(at as usize)?;
                    let likeness = self.likeness(question, &asked, pair, reliance);
                    Explained {
                        heading: pair.pair.question.clone(),
                        content: pair.pair.answer.clone(),
                        likeness: Some(likeness),
                        confidence: evidence.confidence_of_pair(&likeness),
                        ..all
                    }
                }
                At::Passage { segment, place } => {
                    let heading = self.heading(hit.entry).unwrap_or_default();
                    let closeness = comparing.with(self, hit.entry, heading);
                    let segment = &self.parts.get(segment as usize)?.segment;
                    Explained {
                        heading: heading.to_owned(),
                        content: segment.content(place as usize),
                        closeness: Some(closeness),
                        confidence: confidences
                            .iter()
                            .find(|(at, _)| *at == place_of_hit)
                            .map_or(0.0, |(_, confidence)| *confidence),
                        ..all
                    }
                }
            })
        });
        explained.collect()
    }
}
