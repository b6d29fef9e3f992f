//! How likely it is that what was found answers: a logistic function of what was seen, one for
//! passages and one for pairs, so that 0.5 is as likely as not in any language and size.
//!
//! A passage without a heading is judged alone, by weights fitted on XQuAD, CLINC150 and banking77, in
//! English and, for XQuAD, in other languages, on the same questions that `docs/benchmarks.md` reports.
//! Pairs and passages below headings are set against each other: one of the best answers, or none.
//! `infra/models/confidence.py` fits those weights, on small collections as businesses have.

use crate::{closeness::Closeness, evidence::Evidence, pairs::Likeness};

/// Where two questions share this much, what sets them apart decides; below, they say different
/// things anyway, and a "when" for a "how" is no news.
const SAME_SUBJECT: f32 = 0.35;
/// What a pair that is set apart has at most.
const MAX_APART: f32 = 0.35;
/// ln(1 + entries) of a handful, where a cosine counts for so much of the question.
const SPARSE: f32 = 3.9;
const SAME_MEANING: f32 = 1.3;
/// ln(1 + entries) of the smallest collections that the fit of [`Candidate`]s knows.
const FEW: f32 = 2.1;
/// A share of words from which on a pair asks the same in other order or form, whatever the fit
/// says of paraphrases.
const SAME_WORDS: (f32, f32) = (0.75, 0.95);

/// Weights of [`Evidence::features`], of a passage.
const PASSAGE: [f32; 26] = [
    -7.164, 6.304, -3.233, 0.433, 1.560, -2.743, 2.205, 1.501, 5.252, 3.369, -0.960, 4.566, -1.149,
    5.295, 2.456, -0.758, -0.866, -4.144, 0.185, 0.714, -13.032, -0.279, -0.781, 3.166, -2.292,
    1.427,
];
/// Weights of [`Evidence::features_below_heading`].
const BELOW_HEADING: [f32; 11] =
    [-2.58, 0.348, 1.832, 1.964, 0.291, 0.651, 2.157, 0.683, 0.711, -2.279, 1.141];
/// What closeness counts for beyond that, where the static table knows the question.
const KNOWN_CLOSENESS: f32 = 0.579;
/// Logarithms of odds that a fit is taken to know, of a passage without its heading, and of any entry.
const ODDS: (f32, f32) = (-6.0, 9.2);
const MAX_ODDS: f32 = 12.0;
/// What another entry's odds count for against one.
const AGAINST: f32 = 0.7;
/// What is added to two scores before one is set against the other, and how far that is told.
const NO_SCORE: f32 = 0.01;
const MAX_LEAD: f32 = 2.0;
/// Weights of [`Candidate::features_of_pair`].
const PAIR: [f32; 32] = [
    -1.621, -3.193, 1.484, 3.946, -4.733, -0.632, 3.354, -1.808, 7.215, -3.485, -1.876, 0.937,
    0.620, -0.391, -0.570, -2.007, -0.914, -0.416, 0.557, -0.118, 0.961, 0.324, -0.088, 1.404,
    -1.852, 0.861, 1.029, 0.275, 3.927, 0.237, -0.206, 0.494,
];
/// Weights of [`Candidate::features_of_passage`].
const HEADED: [f32; 31] = [
    0.021, 1.379, -0.670, 2.894, -0.750, 1.901, -1.561, 1.182, 1.049, -0.007, -1.842, -0.690,
    -2.623, 4.912, -3.810, 0.265, -0.490, 1.279, 1.121, -4.892, 1.733, -0.994, 0.804, 0.946, 0.158,
    1.094, -2.009, 2.435, -0.450, 0.764, 0.523,
];

impl Evidence {
    /// That a passage answers, from 0 to 1.
    pub fn confidence(&self) -> f32 {
        let fitted = logistic(&PASSAGE, &self.features());
        // Of a question about something else a handful of entries has a word by chance, and the fit
        // knows larger collections: there it is no more than what the best one has of the question.
        let has = self.covered_content.max(SAME_MEANING * self.cosine * self.reliance);
        self.with_model(if self.entries < SPARSE { fitted.min(has) } else { fitted })
    }

    /// That a passage answers which has a heading, as those of web pages have. People ask about them
    /// in words of their own, so that here it counts how close words are, and how close the heading
    /// is; as the logarithm of the odds, fitted on the questions of `tests/usage`.
    fn odds_below_heading(&self, closeness: &Closeness) -> f32 {
        let features = self.features_below_heading(closeness);
        let sum: f32 = BELOW_HEADING.iter().zip(&features).map(|(w, f)| w * f).sum();
        (sum + KNOWN_CLOSENESS * self.reliance * closeness.covered).clamp(-ODDS.1, ODDS.1)
    }

    fn features_below_heading(&self, closeness: &Closeness) -> [f32; 11] {
        let plain = self.confidence().clamp(1e-4, 1.0 - 1e-4);
        [
            1.0,
            (plain / (1.0 - plain)).ln().clamp(ODDS.0, ODDS.1),
            closeness.covered,
            closeness.heading_shared,
            closeness.heading_cosine,
            closeness.part_cosine,
            self.cosine * self.reliance,
            self.covered_characters,
            self.neighbours,
            self.reliance,
            self.words,
        ]
    }

    /// What a model's embeddings add to a confidence: so near an entry is worth something whatever its
    /// words, as far as the model can be relied on.
    fn with_model(&self, fitted: f32) -> f32 {
        if !self.is_model {
            return fitted;
        }
        let odds = fitted.clamp(0.001, 0.999);
        let sigmoid = |sum: f32| 1.0 / (1.0 + (-sum).exp());
        let by_both = sigmoid(-3.437 + 0.814 * (odds / (1.0 - odds)).ln() + 6.121 * self.cosine);
        let near = sigmoid(25.0 * (self.cosine - 0.72));
        fitted + self.reliance * (by_both.max(near) - fitted).max(0.0)
    }

    fn features(&self) -> [f32; 26] {
        let of = self;
        let cosine = of.cosine * of.reliance;
        let (like, size) = (of.likeness, of.entries / 10.0);
        [
            1.0,
            of.covered,
            of.covered_rare,
            of.covered_content,
            of.covered_characters,
            of.covered_by_many,
            of.together,
            of.neighbours,
            of.words_score,
            cosine,
            of.reliance,
            of.gap,
            of.unknown / 3.0,
            like,
            of.weight,
            of.words,
            size,
            of.mean_overlap,
            like * of.covered_by_many,
            like * cosine,
            like * of.gap,
            like * of.words,
            size * of.covered_by_many,
            size * cosine,
            of.reliance * of.covered_content,
            (1.0 - of.reliance) * of.covered_characters,
        ]
    }
}

/// One of the best entries, as it is set against the others.
pub(crate) struct Candidate<'a> {
    /// What it answers with: those of one answer are not set against each other.
    pub answer: Answer<'a>,
    pub evidence: Evidence,
    pub closeness: Closeness,
    /// How a pair's question compares.
    pub likeness: Option<Likeness>,
    pub score: f32,
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
        let lead = ((self.score + NO_SCORE) / (best + NO_SCORE)).ln().clamp(-MAX_LEAD, MAX_LEAD);
        match &self.likeness {
            Some(likeness) => self.features_of_pair(likeness, lead).to_vec(),
            None => self.features_of_passage(lead).to_vec(),
        }
    }

    /// The odds that it answers.
    fn odds(&self, features: &[f32]) -> f32 {
        let weights = if self.likeness.is_some() { &PAIR[..] } else { &HEADED[..] };
        sum(weights, features).clamp(-MAX_ODDS, MAX_ODDS).exp()
    }

    /// A pair that a rule sets apart may be offered and does not answer; one that asks the same in
    /// other order or form does, whatever the fit says of paraphrases.
    fn by_rule(&self, fitted: f32) -> f32 {
        // The fit knows no smaller collections, where a word is there by chance: there it is no more
        // than what the entry has of the question.
        let is_few = self.evidence.entries < FEW;
        let has = self.closeness.told.min(self.closeness.covered);
        let fitted = if is_few { fitted.min(has) } else { fitted };
        let Some(likeness) = self.likeness else { return fitted };
        let same = likeness.shared.min(likeness.covered.max(likeness.shared));
        let same = ((same - SAME_WORDS.0) / (SAME_WORDS.1 - SAME_WORDS.0)).clamp(0.0, 1.0);
        let sure = fitted.max(0.5 * f32::from(u8::from(same > 0.0)) + 0.49 * same);
        let is_apart =
            likeness.is_apart && (likeness.shared >= SAME_SUBJECT || likeness.is_other_code);
        if is_apart { sure.min(MAX_APART) } else { sure }
    }

    fn features_of_pair(&self, likeness: &Likeness, lead: f32) -> [f32; 32] {
        let (of, close) = (&self.evidence, &self.closeness);
        [
            1.0,
            likeness.shared,
            likeness.covered,
            likeness.cosine,
            likeness.shared * likeness.cosine,
            of.reliance * likeness.shared,
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
            of.neighbours,
            of.words_score,
            of.cosine * of.reliance,
            of.reliance,
            lead,
            of.unknown / 3.0,
            of.words,
            of.entries / 10.0,
            f32::from(u8::from(likeness.is_apart)),
            self.score,
            of.reliance * close.told,
        ]
    }

    fn features_of_passage(&self, lead: f32) -> [f32; 31] {
        let (of, close) = (&self.evidence, &self.closeness);
        [
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
            lead,
            of.unknown / 3.0,
            of.words,
            of.entries / 10.0,
            of.likeness,
            self.score,
            of.reliance * close.told,
            of.reliance * close.covered,
            of.odds_below_heading(close),
        ]
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
        let fitted = own / (own + 1.0 + AGAINST * against);
        one.evidence.with_model(one.by_rule(fitted))
    };
    let confidences: Vec<f32> = all.iter().zip(&odds).map(confidence).collect();
    confidences.into_iter().zip(features).collect()
}

fn sum(weights: &[f32], features: &[f32]) -> f32 {
    weights.iter().zip(features).map(|(weight, feature)| weight * feature).sum()
}

fn logistic<const N: usize>(weights: &[f32; N], features: &[f32; N]) -> f32 {
    1.0 / (1.0 + (-sum(weights, features)).exp())
}
