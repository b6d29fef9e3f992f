//! What a search saw of its best entries, for a team that wants to know why.

use domain::{Citation, source::ChunkKind};

use crate::{
    closeness::{Closeness, Comparing},
    evidence::Evidence,
    exclusion,
    index::{At, Index},
    pairs::Likeness,
    rank::LOOKED_AT,
    search::Near,
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
    /// What it is.
    pub kind: ChunkKind,
    /// The language of its page, as far as it is known.
    pub language: Option<String>,
    /// Its score, to be compared with others of the same question only.
    pub score: f32,
    /// What of the score is by words, by runs of characters, and by meaning, before they are weighed.
    pub by: (f32, f32, f32),
    /// What its confidence follows from.
    pub evidence: Evidence,
    /// How a pair compares with the question.
    pub likeness: Option<Likeness>,
    /// How close it is to the question, word by word.
    pub closeness: Option<Closeness>,
    /// From 0 to 1: how likely it is that it answers.
    pub confidence: f32,
    /// What that is a weighted sum of. `infra/models/confidence.py` fits the weights for a pair and for a
    /// passage below a heading, `infra/models/passages.py` those for a passage without one.
    pub features: Vec<f32>,
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
        let comparing = Comparing::new(self, &asked);
        let query = self.quoting(question, &asked);
        let near = self.near(question, &asked, &ranking, &comparing, &query);
        let hits = ranking.hits.iter().enumerate().take(limit);
        let explained = hits.filter_map(|(place, hit)| {
            let near = near.get(place);
            let all = Explained {
                citation: self.citation(hit.entry)?,
                heading: String::new(),
                content: String::new(),
                kind: self.kind(hit.entry),
                language: self.language_of(hit.entry).map(str::to_owned),
                score: hit.score,
                by: (hit.words, hit.characters, hit.meaning),
                evidence: ranking.evidence_of(place),
                likeness: near.and_then(|near| Some(near.pair?.1)),
                closeness: near.map(|near| near.closeness),
                confidence: near.map_or(0.0, |near| near.confidence),
                features: near
                    .map_or_else(Vec::new, |near| features(near, ranking.evidence_of(place))),
            };
            Some(match *self.entries.get(hit.entry as usize)? {
                At::Pair(at) => {
                    let pair = &self.pairs.get(at as usize)?.pair;
                    let (heading, content) = (pair.question.clone(), pair.answer.clone());
                    let likeness = Some(all.likeness.unwrap_or_default());
                    Explained { heading, content, likeness, ..all }
                }
                At::Passage { segment, place } => {
                    let heading = self.heading(hit.entry).unwrap_or_default().to_owned();
                    let segment = &self.parts.get(segment as usize)?.segment;
                    Explained { heading, content: segment.content(place as usize), ..all }
                }
            })
        });
        explained.collect()
    }
}

/// What the confidence of an entry is a weighted sum of.
fn features(near: &Near<'_>, evidence: Evidence) -> Vec<f32> {
    match near.features.is_empty() {
        true => evidence.features_of_passage(&near.closeness).to_vec(),
        false => near.features.clone(),
    }
}
