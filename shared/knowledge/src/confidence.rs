//! How likely it is that what was found answers: a logistic function of what was seen, one for
//! passages and one for pairs, so that 0.5 is as likely as not in any language and size.
//!
//! The weights were fitted by logistic regression on XQuAD, CLINC150 and banking77, in English and, for
//! XQuAD, in other languages, on the same questions that `docs/benchmarks.md` reports.

use crate::{closeness::Closeness, evidence::Evidence, pairs::Likeness};

/// Where two questions share this much, what sets them apart decides; below, they say different
/// things anyway, and a "when" for a "how" is no news.
const SAME_SUBJECT: f32 = 0.35;
/// What a pair that is set apart has at most.
const MAX_APART: f32 = 0.35;
/// ln(1 + entries) of a handful, where a cosine counts for so much of the question.
const SPARSE: f32 = 3.9;
const SAME_MEANING: f32 = 1.3;
/// What a pair has at most where most of the question is about something else.
const MAX_ELSEWHERE: f32 = 0.45;
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
/// Weights of a passage below a heading beside others: a bias, the logarithm of the odds alone, the
/// kind of what is wanted, what is said in one place, and what the best have in common. Fitted by
/// the likelihood that of the best eight the right one is chosen, or none.
const AMONG: [f32; 5] = [-0.135, 1.241, 2.608, 1.71, -4.627];
/// What another passage's odds count for against one.
const AGAINST: f32 = 0.7;
/// Logarithms of odds that a fit is taken to know.
const ODDS: (f32, f32) = (-6.0, 9.2);
/// Weights of [`Evidence::features_of_pair`].
const PAIR: [f32; 16] = [
    -6.511, 5.447, 1.545, 0.147, -0.691, 2.107, 2.021, 1.865, -0.397, 1.776, -0.529, 1.408, 5.384,
    -0.514, 2.785, -7.487,
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
    /// is; fitted on the questions of `tests/usage`.
    pub fn confidence_below_heading(&self, closeness: &Closeness) -> f32 {
        let features = self.features_below_heading(closeness);
        let sum: f32 = BELOW_HEADING.iter().zip(&features).map(|(w, f)| w * f).sum();
        let sum = sum + KNOWN_CLOSENESS * self.reliance * closeness.covered;
        self.with_model(1.0 / (1.0 + (-sum).exp()))
    }

    /// The odds that a passage below a heading answers, as they are compared with those of others.
    fn odds_among(&self, closeness: &Closeness) -> f32 {
        let alone = self.confidence_below_heading(closeness).clamp(1e-4, 1.0 - 1e-4);
        let alone = (alone / (1.0 - alone)).ln();
        let features = [1.0, alone, closeness.kind, closeness.focus, self.covered_by_many];
        AMONG.iter().zip(features).map(|(weight, feature)| weight * feature).sum::<f32>().exp()
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

    /// That a pair asks the same, from 0 to 1; a pair that a rule sets apart may be offered and does
    /// not answer.
    pub fn confidence_of_pair(&self, likeness: &Likeness) -> f32 {
        let fitted = logistic(&PAIR, &self.features_of_pair(likeness));
        let same = likeness.shared.min(likeness.covered.max(likeness.shared));
        let same = ((same - SAME_WORDS.0) / (SAME_WORDS.1 - SAME_WORDS.0)).clamp(0.0, 1.0);
        let sure = fitted.max(0.5 * f32::from(u8::from(same > 0.0)) + 0.49 * same);
        let is_apart =
            likeness.is_apart && (likeness.shared >= SAME_SUBJECT || likeness.is_other_code);
        // Most of what is asked is nowhere in what is known.
        let is_elsewhere = self.unknown >= 2.0 && likeness.covered < 0.6 && likeness.cosine < 0.7;
        match (is_apart, is_elsewhere) {
            (true, _) => sure.min(MAX_APART),
            (false, true) => self.with_model(sure.min(MAX_ELSEWHERE)),
            (false, false) => self.with_model(sure),
        }
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

    fn features_of_pair(&self, likeness: &Likeness) -> [f32; 16] {
        let of = self;
        [
            1.0,
            likeness.shared,
            likeness.cosine,
            of.reliance,
            of.covered,
            of.covered_characters,
            of.cosine * of.reliance,
            of.gap,
            of.unknown / 3.0,
            of.weight,
            of.words,
            of.entries / 10.0,
            of.words_score,
            of.neighbours,
            likeness.shared * likeness.cosine,
            of.reliance * likeness.shared,
        ]
    }
}

/// That each of several passages below headings answers, where only one of those under different
/// headings does.
pub(crate) fn confidences_among(all: &[(&str, Evidence, Closeness)]) -> Vec<f32> {
    let odds: Vec<f32> = all.iter().map(|(_, seen, close)| seen.odds_among(close)).collect();
    let others = |heading: &str| -> f32 {
        let others = all.iter().zip(&odds).filter(|((other, ..), _)| *other != heading);
        others.map(|(_, odds)| odds).sum()
    };
    let shares = all.iter().zip(&odds);
    let confidence = |((heading, ..), odds): (&(&str, Evidence, Closeness), &f32)| {
        odds / (odds + 1.0 + AGAINST * others(heading))
    };
    shares.map(confidence).collect()
}

fn logistic<const N: usize>(weights: &[f32; N], features: &[f32; N]) -> f32 {
    let sum: f32 = weights.iter().zip(features).map(|(weight, feature)| weight * feature).sum();
    1.0 / (1.0 + (-sum).exp())
}
