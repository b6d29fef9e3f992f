//! The pairs and the passages among the best, and how likely each answers.

use super::passages::Quoting;
use crate::{
    closeness::{Closeness, Comparing},
    confidence::{Answer, Candidate, confidences_among},
    evidence::Evidence,
    index::{At, Index, Pair},
    pairs::Likeness,
    question::Asked,
    rank::{Hit, LOOKED_AT, Ranking},
    text::{self, Language},
};

/// What a passage in another language counts for, beside one in the question's own: in the choice
/// between them, and in how sure an answer from it is.
const FOREIGN: (f32, f32) = (0.5, 0.8);
/// The same of a pair, where other entries are in the question's language: a team that wrote pairs in
/// several means each for those who speak it.
const FOREIGN_PAIR: (f32, f32) = (0.5, 0.6);
/// Entries that a question is compared with word by word.
const COMPARED: usize = 12;

/// An entry among the best, and how it compares.
pub(crate) struct Near<'i> {
    /// Its place among the hits.
    pub place: usize,
    pub entry: u32,
    /// The pair that it is, and how that one's question compares; `None` for a passage.
    pub pair: Option<(&'i Pair, Likeness)>,
    pub closeness: Closeness,
    /// From 0 to 1: how likely it is that it answers.
    pub confidence: f32,
    /// What that follows from, of a pair or a passage below a heading.
    pub features: Vec<f32>,
}

/// A pair among the best, and how it compares.
pub(super) struct NearPair<'i> {
    pub pair: &'i Pair,
    pub place: usize,
    pub likeness: Likeness,
    pub confidence: f32,
}

impl<'i> NearPair<'i> {
    /// The pair that an entry is.
    pub fn of(near: &Near<'i>) -> Option<Self> {
        let (pair, likeness) = near.pair?;
        Some(Self { pair, place: near.place, likeness, confidence: near.confidence })
    }
}

impl Index {
    pub(super) fn is_pair(&self, entry: u32, pair: &Pair) -> bool {
        self.pair_of(entry).is_some_and(|other| std::ptr::eq(other, pair))
    }

    pub(super) fn pair_of(&self, entry: u32) -> Option<&Pair> {
        match self.entries.get(entry as usize) {
            Some(At::Pair(at)) => self.pairs.get(*at as usize),
            _ => None,
        }
    }

    /// The best entries, by their places, and how likely each answers where one of them does.
    pub(crate) fn near(
        &self,
        question: &str,
        asked: &Asked,
        ranking: &Ranking,
        comparing: &Comparing,
        query: &Quoting,
    ) -> Vec<Near<'_>> {
        let reliance = ranking.evidence.reliance;
        let hits = ranking.hits.iter().enumerate().take(COMPARED);
        let mut near: Vec<Near> = Vec::new();
        let mut among: Vec<Candidate> = Vec::new();
        let is_foreign = |hit: &Hit| self.is_foreign(hit.entry, asked.language);
        // Pages in several languages say the same, each for those who speak it.
        let has_own = hits.clone().any(|(_, hit)| !is_foreign(hit));
        let mut places: Vec<usize> = Vec::new();
        for (place, hit) in hits {
            let evidence = ranking.evidence_of(place);
            let pair = self.pair_of(hit.entry);
            let likeness = pair.map(|pair| self.likeness(question, asked, pair, reliance));
            let heading = match pair {
                Some(pair) => comparing.nearest(self, pair.questions()),
                None => self.heading(hit.entry).unwrap_or_default(),
            };
            let closeness = comparing.with(self, hit.entry, heading);
            let confidence = evidence.confidence(&closeness);
            let features = Vec::new();
            let (entry, pair) = (hit.entry, pair.zip(likeness));
            near.push(Near { place, entry, pair, closeness, confidence, features });
            let answer = match pair {
                Some((pair, _)) => Answer::OfPair(&pair.pair.answer),
                None if heading.is_empty() => continue,
                None => Answer::Below(heading),
            };
            let is_foreign = has_own && is_foreign(hit);
            let score = hit.score;
            let has_row = pair.is_none() && self.has_row(hit.entry, query);
            among.push(Candidate {
                answer,
                evidence,
                closeness,
                likeness,
                score,
                is_foreign,
                has_row,
            });
            places.push(place);
        }
        for (place, (confidence, features)) in places.into_iter().zip(confidences_among(&among)) {
            if let Some(near) = near.get_mut(place) {
                (near.confidence, near.features) = (confidence, features);
            }
        }
        near
    }

    /// The passage whose heading or page's title is the question itself.
    pub(super) fn named(&self, question: &str, ranking: &Ranking) -> Option<u32> {
        let question = text::normalized(question);
        let named = ranking.hits.iter().take(LOOKED_AT).filter(|hit| {
            let is = |name: &str| text::normalized(name) == question;
            let heading = self.heading(hit.entry).unwrap_or_default();
            let is_offer = || self.title_and_heading(hit.entry).is_some_and(|both| is(&both));
            !question.is_empty() && (is(heading) || is_offer())
        });
        // Of several below one heading the first that is there.
        named.map(|hit| hit.entry).min()
    }

    /// The passage among the best that most likely answers, by its place, and how likely.
    pub(super) fn best_passage(
        &self,
        asked: &Asked,
        ranking: &Ranking,
        near: &[Near<'_>],
    ) -> (Option<usize>, f32) {
        let (mut best, mut most) = (None, (f32::MIN, 0.0));
        let passages = near.iter().filter(|near| near.pair.is_none());
        for &Near { place, confidence, .. } in passages {
            let (rank, counts) = self.counts(place, asked, ranking);
            // Of those alike the one of the higher score.
            if confidence * rank > most.0 {
                (best, most) = (Some(place), (confidence * rank, confidence * counts));
            }
        }
        (best, most.1)
    }

    /// The pair among the best that most likely asks the same; its confidence is what it counts for.
    pub(super) fn best_pair<'i>(
        &self,
        asked: &Asked,
        ranking: &Ranking,
        near: &[NearPair<'i>],
    ) -> Option<NearPair<'i>> {
        let weighed = near.iter().map(|near| {
            let (rank, counts) = self.counts(near.place, asked, ranking);
            (near.confidence * rank, NearPair { confidence: near.confidence * counts, ..*near })
        });
        let best = weighed.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.place.cmp(&a.1.place)));
        best.map(|(_, near)| near)
    }

    /// What the hit in this place counts for in the choice between entries, and in how sure its answer is.
    fn counts(&self, place: usize, asked: &Asked, ranking: &Ranking) -> (f32, f32) {
        let hit = ranking.hits.get(place);
        let is_foreign = hit.is_some_and(|hit| self.is_foreign(hit.entry, asked.language));
        let is_pair = hit.is_some_and(|hit| self.pair_of(hit.entry).is_some());
        let has_own = self.stems.iter().any(|stems| stems.language() == asked.language);
        match (is_foreign, is_pair, has_own) {
            (true, true, true) => FOREIGN_PAIR,
            (true, false, _) => FOREIGN,
            _ => (1.0, 1.0),
        }
    }

    /// Whether an entry is in another language than what is asked, as far as both are known.
    pub(crate) fn is_foreign(&self, entry: u32, language: Language) -> bool {
        if language == Language::Other || self.stems.len() < 2 {
            return false;
        }
        let pair = self.pair_of(entry);
        let theirs = match pair.map(|pair| text::detect(&pair.pair.question)) {
            None | Some(Language::Other) => text::detect(&self.content(entry)),
            Some(theirs) => theirs,
        };
        theirs != Language::Other && theirs != language
    }

    /// The first passage of the section that `entry` is in.
    pub(super) fn head_of_section(&self, entry: u32) -> u32 {
        let mut head = entry;
        while let Some(before) =
            head.checked_sub(1).filter(|before| self.is_same_section(*before, head))
        {
            head = before;
        }
        head
    }
}

impl Ranking {
    /// What was seen of the hit in this place.
    pub(crate) fn evidence_of(&self, place: usize) -> Evidence {
        self.each.get(place).copied().unwrap_or_default()
    }
}
