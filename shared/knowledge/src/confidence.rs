//! How likely it is that what was found answers: a logistic function of what was seen, one for
//! passages and one for pairs, so that 0.5 is as likely as not in any language and size.
//!
//! A passage without a heading is judged alone, by weights that `infra/models/passages.py` fits on XQuAD in twelve
//! languages, CLINC150 and banking77: by the likelihood of which questions have an answer, as many with as without one in
//! each collection, and by how often one with an answer is ahead of one without. `docs/benchmarks.md` reports each half
//! of them by what was fitted on the other.
//! Pairs and passages below headings are set against each other: one of the best answers, or none.
//! `infra/models/confidence.py` fits those weights, on small collections as businesses have.

mod candidate;
mod weights;

use crate::{closeness::Closeness, evidence::Evidence};

pub(crate) use candidate::{Answer, Candidate, confidences_among};

/// ln(1 + entries) of a handful, where a cosine counts for so much of the question.
const SPARSE: f32 = 3.9;
const SAME_MEANING: f32 = 1.3;
/// What its words count for there, of a passage without a heading: paraphrases have some in another form, or
/// others for the same. In a script of sounds without spaces every entry has many of the clusters.
const PARAPHRASED: f32 = 1.6;
const CLUSTERED: f32 = 0.85;
/// Weights of [`Evidence::features_of_passage`], of a passage without a heading.
const PASSAGE: [f32; 29] = [
    -6.520, 7.366, -3.614, -1.770, 1.701, 1.227, 2.721, 1.647, 4.731, 1.491, -0.526, 3.023, -1.130,
    -1.586, 1.533, -0.376, -1.652, -3.877, 8.696, 0.112, -8.365, 1.029, -7.703, 5.086, -4.282,
    -0.127, 2.079, 1.005, 0.069,
];
/// Weights of [`Evidence::features`]: how sure a passage is by those alone, as the fits of passages below headings
/// and of a model's embeddings know it. It changes only when those are fitted again.
const ALONE: [f32; 26] = [
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
impl Evidence {
    /// That a passage without a heading answers, from 0 to 1.
    pub fn confidence(&self, closeness: &Closeness) -> f32 {
        if self.is_model {
            return self.confidence_alone();
        }
        let share = if self.is_by_sounds { CLUSTERED } else { PARAPHRASED };
        self.at_most_what_it_has(logistic(&PASSAGE, &self.features_of_passage(closeness)), share)
    }

    /// The same without how close words are.
    fn confidence_alone(&self) -> f32 {
        self.with_model(self.at_most_what_it_has(logistic(&ALONE, &self.features()), 1.0))
    }

    /// Of a question about something else a handful of entries has a word by chance, and the fit knows
    /// larger collections: there it is no more than what the best one has of the question, in words that count
    /// for `share` of themselves or in meaning.
    fn at_most_what_it_has(&self, fitted: f32, share: f32) -> f32 {
        let has = (share * self.covered_content).max(SAME_MEANING * self.cosine * self.reliance);
        if self.entries < SPARSE { fitted.min(has) } else { fitted }
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
        let plain = self.confidence_alone().clamp(1e-4, 1.0 - 1e-4);
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

    /// What a word says of itself, and words that say nearly the same, tell what weights by entries don't.
    pub(crate) fn features_of_passage(&self, closeness: &Closeness) -> [f32; 29] {
        let mut features = [0.0; 29];
        let close = [closeness.told, closeness.covered, closeness.missed];
        let all = self.features().into_iter().chain(close);
        features.iter_mut().zip(all).for_each(|(place, feature)| *place = feature);
        features
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

fn sum(weights: &[f32], features: &[f32]) -> f32 {
    weights.iter().zip(features).map(|(weight, feature)| weight * feature).sum()
}

fn logistic<const N: usize>(weights: &[f32; N], features: &[f32; N]) -> f32 {
    1.0 / (1.0 + (-sum(weights, features)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_that_has_what_words_say_of_themselves_is_surer() {
        let evidence = Evidence {
            covered: 0.6,
            covered_content: 0.5,
            words_score: 0.4,
            entries: 200f32.ln(),
            ..Evidence::default()
        };
        let of = |told: f32| Closeness { told, covered: 0.5, ..Closeness::default() };
        assert!(evidence.confidence(&of(0.9)) > evidence.confidence(&of(0.1)));
        // The fit of what a model's embeddings add knows nothing of it.
        let modeled = Evidence { is_model: true, ..evidence };
        assert!((modeled.confidence(&of(0.9)) - modeled.confidence(&of(0.1))).abs() < 1e-6);
    }

    #[test]
    fn a_passage_among_a_handful_is_no_surer_than_what_it_has_of_the_question() {
        let evidence = Evidence {
            covered: 1.0,
            covered_characters: 1.0,
            words_score: 1.0,
            covered_content: 0.2,
            gap: 1.0,
            entries: 5f32.ln(),
            ..Evidence::default()
        };
        let sure = |evidence: &Evidence| {
            evidence.confidence(&Closeness { told: 1.0, ..Closeness::default() })
        };
        assert!((sure(&evidence) - 0.2 * PARAPHRASED).abs() < 1e-6);
        let by_sounds = Evidence { is_by_sounds: true, ..evidence };
        assert!((sure(&by_sounds) - 0.2 * CLUSTERED).abs() < 1e-6);
    }
}
