//! The best entries for a question, set against each other: one of them answers, or none.

use super::{
    sum,
    weights::{HEADED, MODELED_HEADED, MODELED_PAIR, PAIR},
};
use crate::{closeness::Closeness, evidence::Evidence, pairs::Likeness};

/// Where two questions share this much, what sets them apart decides; below, they say different
/// things anyway, and a "when" for a "how" is no news.
const SAME_SUBJECT: f32 = 0.35;
/// What a pair that is set apart has at most.
const MAX_APART: f32 = 0.35;
/// What a model's cosine counts for beside what an entry has of the question.
const SAME_MEANING: f32 = 1.3;
/// ln(1 + entries) of the smallest collections that the fit knows.
const FEW: f32 = 2.1;
/// A share of what the question says that is as good as nothing, and what an entry has at most that has
/// no more: it may be offered.
const NEXT_TO_NOTHING: f32 = 0.1;
const MAX_WITH_NOTHING: f32 = 0.45;
/// A share of words from which on a pair asks the same in other order or form, whatever the fit
/// says of paraphrases.
const SAME_WORDS: (f32, f32) = (0.75, 0.95);
const MAX_ODDS: f32 = 12.0;
/// What the other parts of a section count for in how likely one of them answers, up to its own odds.
const PART: f32 = 0.5;
/// What a row that the question names adds to the logarithm of the odds: the fit knows no rows.
const ROW: f32 = 2.5;
/// What is added to two scores before one is set against the other, and how far that is told.
const NO_SCORE: f32 = 0.01;
const MAX_LEAD: f32 = 2.0;

/// One of the best entries, as it is set against the others.
pub(crate) struct Candidate<'a> {
    /// What it answers with: those of one answer are not set against each other.
    pub answer: Answer<'a>,
    pub evidence: Evidence,
    pub closeness: Closeness,
    /// How a pair's question compares.
    pub likeness: Option<Likeness>,
    pub score: f32,
    /// Whether it is in another language than the question, and one of the others is not.
    pub is_foreign: bool,
    /// Whether a row of it is what the question names, and states what is wanted.
    pub has_row: bool,
}

/// What an entry answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer<'a> {
    /// The answer of a pair.
    OfPair(&'a str),
    /// What is below a heading.
    Below(&'a str),
}

impl Candidate<'_> {
    /// What its odds follow from, if `best` is the best score of those with another answer.
    fn features(&self, best: f32) -> Vec<f32> {
        let mut features = self.features_of_any(best);
        match &self.likeness {
            Some(likeness) => features.extend(self.features_of_pair(likeness)),
            None => features.extend(self.features_of_passage()),
        }
        features
    }

    /// The odds that it answers.
    fn odds(&self, features: &[f32]) -> f32 {
        let weights = match (self.likeness.is_some(), self.evidence.is_model) {
            (true, false) => &PAIR[..],
            (false, false) => &HEADED[..],
            (true, true) => &MODELED_PAIR[..],
            (false, true) => &MODELED_HEADED[..],
        };
        let row = if self.has_row { ROW } else { 0.0 };
        (sum(weights, features) + row).clamp(-MAX_ODDS, MAX_ODDS).exp()
    }

    /// A pair that a rule sets apart may be offered and does not answer; one that asks the same in
    /// other order or form does, whatever the fit says of paraphrases.
    fn by_rule(&self, fitted: f32) -> f32 {
        // The fit knows no smaller collections, where a word is there by chance: there it is no more
        // than what the entry has of the question.
        let is_few = self.evidence.entries < FEW;
        let fitted = if is_few { fitted.min(self.has_of_question()) } else { fitted };
        let fitted = if self.has_nothing() { fitted.min(MAX_WITH_NOTHING) } else { fitted };
        let Some(likeness) = self.likeness else { return fitted };
        let same = likeness.shared.min(likeness.covered.max(likeness.shared));
        let same = ((same - SAME_WORDS.0) / (SAME_WORDS.1 - SAME_WORDS.0)).clamp(0.0, 1.0);
        let sure = fitted.max(0.5 * f32::from(u8::from(same > 0.0)) + 0.49 * same);
        let is_apart =
            likeness.is_apart && (likeness.shared >= SAME_SUBJECT || likeness.is_other_thing);
        if is_apart { sure.min(MAX_APART) } else { sure }
    }

    /// Whether it has next to nothing of the question, where nothing but words can tell.
    fn has_nothing(&self) -> bool {
        self.evidence.reliance <= 0.0 && self.closeness.told < NEXT_TO_NOTHING
    }

    /// What it has of the question, in words or as a model has it.
    fn has_of_question(&self) -> f32 {
        let words = self.closeness.told.min(self.closeness.covered);
        if !self.evidence.is_model {
            return words;
        }
        words.max(SAME_MEANING * self.evidence.cosine * self.evidence.reliance)
    }

    /// What is seen of a pair and of a passage alike.
    fn features_of_any(&self, best: f32) -> Vec<f32> {
        let (of, close) = (&self.evidence, &self.closeness);
        let lead = ((self.score + NO_SCORE) / (best + NO_SCORE)).ln().clamp(-MAX_LEAD, MAX_LEAD);
        let (ahead, behind) = (lead.max(0.0), lead.min(0.0));
        let size = of.entries / 10.0;
        vec![
            1.0,
            close.covered,
            close.least,
            close.heading_shared,
            close.heading_covered,
            close.heading_cosine,
            close.part_cosine,
            close.focus,
            close.kind,
            close.told,
            close.missed,
            close.unknown,
            of.covered,
            of.covered_rare,
            of.covered_content,
            of.covered_characters,
            of.covered_by_many,
            of.together,
            of.neighbours,
            of.words_score,
            of.cosine * of.reliance,
            of.reliance,
            of.unknown / 3.0,
            of.words,
            size,
            self.score,
            of.reliance * close.told,
            of.reliance * close.covered,
            lead,
            behind,
            lead * lead.abs(),
            lead * close.told,
            lead * close.heading_cosine,
            lead * of.covered_characters,
            ahead * size,
            close.heading_cosine * close.heading_cosine,
            close.part_cosine * close.part_cosine,
            close.heading_cosine * close.part_cosine,
            close.told * close.told,
            close.missed * close.part_cosine,
            self.score * self.score,
            f32::from(u8::from(self.is_foreign)),
            close.says,
            close.says * close.told,
            // What is not stated though it is wanted counts otherwise than what is stated.
            f32::from(u8::from(close.kind > 0.9)),
        ]
    }

    fn features_of_pair(&self, likeness: &Likeness) -> [f32; 6] {
        [
            likeness.shared,
            likeness.covered,
            likeness.cosine,
            likeness.shared * likeness.cosine,
            self.evidence.reliance * likeness.shared,
            f32::from(u8::from(likeness.is_apart)),
        ]
    }

    fn features_of_passage(&self) -> [f32; 2] {
        [self.evidence.likeness, self.evidence.odds_below_heading(&self.closeness)]
    }
}

/// That each of the best entries answers, where only one of those with different answers does; and
/// the features that this follows from.
pub(crate) fn confidences_among(all: &[Candidate<'_>]) -> Vec<(f32, Vec<f32>)> {
    let best_other = |one: &Candidate| {
        let others = all.iter().filter(|other| other.answer != one.answer);
        others.map(|other| other.score).fold(0.0, f32::max)
    };
    let features: Vec<Vec<f32>> = all.iter().map(|one| one.features(best_other(one))).collect();
    let odds: Vec<f32> = all.iter().zip(&features).map(|(one, f)| one.odds(f)).collect();
    let confidence = |(one, own): (&Candidate, &f32)| {
        let others = all.iter().zip(&odds).filter(|(other, _)| other.answer != one.answer);
        let against: f32 = others.map(|(_, odds)| odds).sum();
        let alike = all.iter().zip(&odds).filter(|(other, _)| other.answer == one.answer);
        let rest = alike.map(|(_, odds)| odds).sum::<f32>() - own;
        let own = own + PART * rest.min(*own);
        one.by_rule(own / (own + 1.0 + against))
    };
    let confidences: Vec<f32> = all.iter().zip(&odds).map(confidence).collect();
    confidences.into_iter().zip(features).collect()
}
