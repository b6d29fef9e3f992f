//! What words, characters and meaning say, put together.
//!
//! An entry's BM25 over what the question's words are worth together is how much of the question it
//! has: near zero for all entries where the question's words are hardly anywhere, whatever the best
//! of them is. A cosine is on a scale of its own too. So the two can be added up with fixed weights;
//! to stretch each to the best of the question, or to add up reciprocal ranks (Cormack et al. 2009),
//! would hide which of the two has something to say.
//!
//! Beside a model they are two witnesses of one thing: the surer the model is of an entry, the less is
//! added by the words that the two have in common.

use crate::{
    best::{best_among, best_from},
    index::Index,
    question::{Asked, AskedWord},
    rank::Hit,
    semantic::{EntryEmbedding, QueryEmbedding, QuerySteps, Vector, static_embedding},
    text::Language,
};

/// What runs of characters count for beside words.
const CHARACTERS: f32 = 0.14;
/// What words, and a cosine, count for beside the static embedding.
const STATIC: (f32, f32) = (0.32, 0.3);
/// What words and a model's cosine count for; words for the less the larger the cosine is, and that the more the
/// shorter entries are: of a line a model reads all, and of a page the words tell more.
const MODEL: (f32, f32) = (0.27, 0.71);
/// Mean words of an entry of which half of that is so, and how much it is of a line.
const SHORT: f32 = 40.0;
const OF_SHORT: f32 = 2.0;
/// The share of a question's words that the static table has, at which its cosines begin to count,
/// and from which on they count in full.
const KNOWN: (f32, f32) = (0.5, 0.8);
/// The same of the words that say something, in a language of which there is a lexicon.
const KNOWN_OF_OTHERS: (f32, f32) = (0.5, 0.9);
/// Entries of which only some numbers of each are looked at, to find the nearest.
pub(crate) const MANY: usize = 1_000;
/// A smaller cosine is chance.
const NEAR: f32 = 0.12;
/// Words of a part of a long entry, and how far one begins behind the other.
const PART: usize = 24;
const STEP: usize = 12;

/// What is known of one entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts {
    words: f32,
    characters: f32,
    meaning: f32,
}

impl Parts {
    pub fn of(hit: &Hit) -> Self {
        Self { words: hit.words, characters: hit.characters, meaning: hit.meaning }
    }
}

/// How the parts are put together for one question.
pub(crate) struct Fusion {
    /// The question's vector of the static table.
    vector: Option<Vector>,
    /// The same, or a model's, in whole steps, as entries are compared with it.
    steps: Option<QuerySteps>,
    is_model: bool,
    /// From 0 to 1: how far the cosines can be relied on.
    reliance: f32,
    /// The exponent of what a model's cosine leaves to the words.
    left_to_words: f32,
}

/// Entries that are near a question.
#[derive(Default)]
pub(crate) struct Nearest {
    pub entries: Vec<u32>,
    /// The cosine of each entry of the index; none where not all were looked at.
    cosines: Vec<f32>,
}

impl Fusion {
    /// That of what is `asked`, by `embedding`, if entries have vectors of its model.
    pub fn of(index: &Index, asked: &Asked, embedding: Option<&QueryEmbedding>) -> Self {
        if let Some(embedding) = embedding.filter(|_| index.has_embeddings()) {
            let reliance = embedding.reliance(index.mean_length);
            let share = 1.0 / (1.0 + (index.mean_length / SHORT).powi(2));
            return Self {
                steps: (reliance > 0.0).then(|| embedding.vector.steps()),
                vector: None,
                is_model: true,
                reliance,
                left_to_words: 1.0 + OF_SHORT * share,
            };
        }
        let reliance = reliance(asked);
        let corrected =
            asked.words.iter().map(|word| word.corrected.as_deref().unwrap_or(&word.plain));
        let languages = index.languages_of(asked.language);
        let vector =
            (reliance > 0.0).then(|| static_embedding::of_words(corrected, &languages)).flatten();
        let reliance = if vector.is_some() { reliance } else { 0.0 };
        let steps = vector.as_ref().map(Vector::steps);
        Self { vector, steps, is_model: false, reliance, left_to_words: 1.0 }
    }

    fn embeddings<'i>(&self, index: &'i Index) -> &'i EntryEmbedding {
        if self.is_model { &index.embeddings } else { &index.static_embeddings }
    }

    /// The `depth` entries that are nearest, in no order; none where meaning has no part. The axes of the
    /// static table are in the order of how much they tell, and of many entries the first ones will do.
    pub fn nearest(&self, index: &Index, depth: usize, products: &mut Vec<i16>) -> Nearest {
        let Some(question) = &self.steps else { return Nearest::default() };
        let embeddings = self.embeddings(index);
        if self.is_model || index.len() < MANY {
            let cosines = embeddings.cosines(question);
            let nearest = best_from(depth, NEAR, &cosines, &index.keys);
            return Nearest {
                entries: nearest.into_iter().map(|hit| hit.entry).collect(),
                cosines,
            };
        }
        let near = index.coarse().near(question, depth, NEAR, products).into_iter();
        let near = near.map(|entry| (entry, embeddings.coarse_cosine(entry, question)));
        Nearest { entries: best_among(depth, NEAR, near, &index.keys), cosines: Vec::new() }
    }

    /// The cosine of one entry, which [`Self::nearest`] may have found; 0 where meaning has no part.
    pub fn cosine(&self, index: &Index, entry: u32, nearest: &Nearest) -> f32 {
        let known = nearest.cosines.get(entry as usize).copied();
        let cosine = |question| self.embeddings(index).cosine(entry, question);
        known.or_else(|| self.steps.as_ref().map(cosine)).unwrap_or_default()
    }

    /// What an entry scores.
    pub fn score(&self, parts: Parts) -> f32 {
        let words = parts.words + CHARACTERS * parts.characters;
        let meaning = self.reliance * parts.meaning;
        if !self.is_model {
            return STATIC.0 * words + STATIC.1 * meaning;
        }
        let meaning = meaning.clamp(0.0, 1.0);
        let left = (1.0 - meaning).powf(self.left_to_words);
        MODEL.0 * words * left + MODEL.1 * meaning
    }

    /// Whether the cosines are those of a model.
    pub fn is_model(&self) -> bool {
        self.is_model
    }

    /// From 0 to 1: how far the cosines can be relied on.
    pub fn reliance(&self) -> f32 {
        self.reliance
    }

    /// The cosine of the part of an entry that is nearest, by the static table; 0 for a model, of
    /// which parts have no vectors.
    pub fn nearest_part(&self, index: &Index, entry: u32) -> f32 {
        match &self.vector {
            Some(vector) => index.nearest_part(entry, vector, PART, STEP),
            None => 0.0,
        }
    }
}

/// How far the static table knows what is asked. Of English it has function words too.
fn reliance(asked: &Asked) -> f32 {
    let is_english = matches!(asked.language, Language::English | Language::Other);
    let says = |word: &&AskedWord| !word.plain.is_empty() && (is_english || !word.is_function);
    let words = asked.words.iter().filter(says);
    let words = words.map(|word| word.corrected.as_deref().unwrap_or(&word.plain));
    let (known, all) = words.fold((0.0, 0.0), |(known, all), word| {
        let is_known = static_embedding::knows_in(word, asked.language);
        (known + f32::from(u8::from(is_known)), all + 1.0)
    });
    let share = if all > 0.0 { known / all } else { 0.0 };
    let (from, to) = if is_english { KNOWN } else { KNOWN_OF_OTHERS };
    ((share - from) / (to - from)).clamp(0.0, 1.0)
}
