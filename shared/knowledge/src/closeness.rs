//! How close a passage is to what is asked, word by word: a word of the question counts for as much
//! as the passage's nearest word says the same ("allowed" beside "welcome"), and the heading above a
//! passage is compared as if it were the question that the passage answers.

use crate::{
    asks, concepts,
    index::Index,
    question::Asked,
    semantic::{Vector, static_embedding},
    text::{self, Language},
};

/// Words of a passage that are looked at.
const MAX_WORDS: usize = 400;
/// The cosine of two words' rows from which on they have something in common, and from which on they
/// say the same.
const SYNONYMS: (f32, f32) = (0.22, 0.72);
/// What another word for the same thing counts for.
const SAME_CONCEPT: f32 = 0.85;
/// Letters that two words begin with alike, at least, and their share of the longer one.
const FRONT: (usize, f32) = (4, 0.65);

/// How close a passage is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Closeness {
    /// The share of the content words' weight that the passage has, words that say nearly the same
    /// in part.
    pub covered: f32,
    /// How much it has of the word that it has least of.
    pub least: f32,
    /// The weight that the question and the heading share, over that of both.
    pub heading_shared: f32,
    /// The share of the question's weight that the heading has.
    pub heading_covered: f32,
    /// The cosine of the question and the heading; 0 where the static table does not know the
    /// language.
    pub heading_cosine: f32,
    /// The cosine of the nearest part of the passage.
    pub part_cosine: f32,
}

/// A word of the question, ready to be compared.
struct Wanted {
    plain: String,
    weight: f32,
    terms: Vec<u32>,
    concept: Option<u16>,
    vector: Option<Vector>,
}

/// What is asked, ready to be compared with passages.
pub(crate) struct Comparing {
    words: Vec<Wanted>,
    vector: Option<Vector>,
}

impl Comparing {
    /// That of `asked`.
    pub fn new(asked: &Asked) -> Self {
        let english = matches!(asked.language, Language::English | Language::Other);
        let embed =
            |word: &str| static_embedding::of_words(std::iter::once(word)).filter(|_| english);
        let content =
            asked.words.iter().enumerate().filter(|(_, word)| {
                !word.is_function && !word.plain.is_empty() && word.weight > 0.0
            });
        let words: Vec<Wanted> = content
            .map(|(at, word)| {
                let plain = word.corrected.clone().unwrap_or_else(|| word.plain.clone());
                let of = |place: u16| usize::from(place) == at;
                let terms = asked.terms.iter().filter(|t| of(t.word) || of(t.also));
                let terms = terms.map(|term| term.term).collect();
                Wanted {
                    vector: embed(&plain),
                    concept: concepts::of(&plain),
                    plain,
                    weight: word.weight,
                    terms,
                }
            })
            .collect();
        let all = asked.words.iter().map(|w| w.corrected.as_deref().unwrap_or(&w.plain));
        let vector = static_embedding::of_words(all).filter(|_| english);
        Self { words, vector }
    }

    /// How close the passage `entry` is, below `heading`.
    pub fn with(&self, index: &Index, entry: u32, heading: &str) -> Closeness {
        let mut best = vec![0.0f32; self.words.len()];
        let mut taken = 0;
        index.each_word(entry, |word, _| {
            taken += 1;
            if taken > MAX_WORDS {
                return;
            }
            let Some(there) = index.vocabulary.words.get(word as usize) else { return };
            for (best, wanted) in best.iter_mut().zip(&self.words) {
                if *best < 1.0 {
                    *best = best.max(wanted.likeness(Some(there.term), there.plain()));
                }
            }
        });
        let total: f32 = self.words.iter().map(|word| word.weight).sum();
        let covered: f32 =
            self.words.iter().zip(&best).map(|(word, best)| word.weight * best).sum();
        let least = best.iter().copied().fold(1.0, f32::min);
        let (heading_shared, heading_covered) = self.heading(index, heading);
        let heading_cosine = match (&self.vector, static_embedding::embed(heading)) {
            (Some(asked), Some(heading)) => asked.cosine(&heading).max(0.0),
            _ => 0.0,
        };
        let part_cosine = match &self.vector {
            Some(vector) => index.nearest_part(entry, vector, 16, 6),
            None => 0.0,
        };
        Closeness {
            covered: share(covered, total),
            least: if best.is_empty() { 0.0 } else { least },
            heading_shared,
            heading_covered,
            heading_cosine,
            part_cosine,
        }
    }

    /// Whether `heading` has at least this share of the question.
    pub fn is_in_heading(&self, index: &Index, heading: &str, share: f32) -> bool {
        !self.words.is_empty() && self.heading(index, heading).1 >= share
    }

    /// What the question and a heading have in common, over both and over the question.
    fn heading(&self, index: &Index, heading: &str) -> (f32, f32) {
        let stems = index.stems();
        let words: Vec<(String, Option<u32>)> = text::words(heading)
            .filter(|word| !text::is_function_word_anywhere(word))
            .map(|word| {
                let term = index.vocabulary.term(&stems.term(&word));
                (word, term)
            })
            .collect();
        let mut seen = vec![0.0f32; words.len()];
        let mut both = 0.0;
        for wanted in &self.words {
            let like = |(word, term): &(String, Option<u32>)| wanted.likeness(*term, word);
            let best = words.iter().enumerate().map(|(at, word)| (like(word), at));
            if let Some((likeness, at)) = best.max_by(|a, b| a.0.total_cmp(&b.0)) {
                both += wanted.weight * likeness;
                seen[at] = seen[at].max(likeness);
            }
        }
        let total: f32 = self.words.iter().map(|word| word.weight).sum();
        let weight = |term: &Option<u32>| {
            let known = term.and_then(|term| index.weights.get(term as usize).copied());
            known.unwrap_or_else(|| index.unknown())
        };
        let unseen: f32 =
            words.iter().zip(&seen).map(|((_, term), seen)| weight(term) * (1.0 - seen)).sum();
        (share(both, total + unseen), share(both, total))
    }
}

impl Wanted {
    /// From 0 to 1: how far it is the word `plain`, of this term.
    fn likeness(&self, term: Option<u32>, plain: &str) -> f32 {
        if self.plain == plain || term.is_some_and(|term| self.terms.contains(&term)) {
            return 1.0;
        }
        if asks::are_opposites(&self.plain, plain) {
            return 0.0;
        }
        if self.concept.is_some() && self.concept == concepts::of(plain) {
            return SAME_CONCEPT;
        }
        let front = self.plain.chars().zip(plain.chars()).take_while(|(a, b)| a == b).count();
        let longest = self.plain.chars().count().max(plain.chars().count()).max(1);
        let alike = front as f32 / longest as f32;
        let alike = if front >= FRONT.0 && alike >= FRONT.1 { alike } else { 0.0 };
        let Some(vector) = self.vector.as_ref().filter(|_| plain.len() > 1) else { return alike };
        let near = static_embedding::of_words(std::iter::once(plain)).map(|v| v.cosine(vector));
        let near = (near.unwrap_or_default() - SYNONYMS.0) / (SYNONYMS.1 - SYNONYMS.0);
        alike.max(near.clamp(0.0, 1.0))
    }
}

fn share(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 }
}
