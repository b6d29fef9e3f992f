//! The pairs and the passages among the best, and how likely each answers.

use crate::{
    closeness::Comparing,
    confidence::confidences_among,
    evidence::Evidence,
    index::{At, Index, Pair},
    pairs::Likeness,
    question::Asked,
    rank::{LOOKED_AT, Ranking},
    text::{self, Language},
};

/// Pairs that a question is compared with.
const PAIRS: usize = 8;
/// What a passage in another language counts for, beside one in the question's own: in the choice
/// between them, and in how sure an answer from it is.
const FOREIGN: (f32, f32) = (0.5, 0.8);
/// Passages that a question is compared with word by word.
const COMPARED: usize = 8;

/// A pair among the best, and how it compares.
pub(super) struct NearPair<'i> {
    pub pair: &'i Pair,
    pub place: usize,
    pub likeness: Likeness,
    pub confidence: f32,
}

impl Index {
    pub(super) fn is_passage(&self, entry: u32) -> bool {
        matches!(self.entries.get(entry as usize), Some(At::Passage { .. }))
    }

    pub(super) fn is_pair(&self, entry: u32, pair: &Pair) -> bool {
        self.pair_of(entry).is_some_and(|other| std::ptr::eq(other, pair))
    }

    pub(super) fn pair_of(&self, entry: u32) -> Option<&Pair> {
        match self.entries.get(entry as usize) {
            Some(At::Pair(at)) => self.pairs.get(*at as usize),
            _ => None,
        }
    }

    /// The pairs among the best, and how likely each asks the same.
    pub(super) fn near_pairs(
        &self,
        question: &str,
        asked: &Asked,
        ranking: &Ranking,
    ) -> Vec<NearPair<'_>> {
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
    pub(super) fn named(&self, question: &str, ranking: &Ranking) -> Option<u32> {
        let question = text::normalized(question);
        let named = ranking.hits.iter().take(LOOKED_AT).filter(|hit| {
            let heading = self.heading(hit.entry).unwrap_or_default();
            !question.is_empty() && text::normalized(heading) == question
        });
        // Of several below one heading the first that is there.
        named.map(|hit| hit.entry).min()
    }

    /// The passage among the best that most likely answers, by its place, and how likely.
    pub(super) fn best_passage(
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
    pub(super) fn is_foreign(&self, entry: u32, language: Language) -> bool {
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
    pub(super) fn head_of_section(&self, entry: u32) -> u32 {
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
}

impl Ranking {
    /// What was seen of the hit in this place.
    pub(crate) fn evidence_of(&self, place: usize) -> Evidence {
        self.each.get(place).copied().unwrap_or_default()
    }
}
