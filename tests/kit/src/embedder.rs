//! An embedding model in this process: words that mean the same point the same way.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use knowledge::{
    EmbedError, Embedder,
    semantic::{Embedding, Vector},
};

const DIMENSIONS: usize = 512;
/// Words of one meaning. Each is a dimension of its own; other words share the rest.
const MEANINGS: &[&[&str]] = &[
    &["car", "cars", "automobile", "automobiles", "vehicle", "vehicles"],
    &["cost", "costs", "fee", "price"],
    &["cook", "pasta"],
];
/// Words that say nothing of what a text is about.
const SAYS_NOTHING: &[&str] =
    &["a", "an", "are", "at", "can", "do", "does", "i", "in", "is", "it", "may", "my", "the"];

/// The model.
#[derive(Debug, Default)]
pub struct WordEmbedder {
    texts: AtomicUsize,
    broken: AtomicBool,
}

impl WordEmbedder {
    /// How many texts it was given.
    pub fn texts(&self) -> usize {
        self.texts.load(Ordering::SeqCst)
    }

    /// From now on it refuses everything, or nothing.
    pub fn breaks(&self, broken: bool) {
        self.broken.store(broken, Ordering::SeqCst);
    }

    fn vector(&self, text: &str) -> Result<Vector, EmbedError> {
        self.texts.fetch_add(1, Ordering::SeqCst);
        if self.broken.load(Ordering::SeqCst) {
            return Err(EmbedError::Failed("it is broken".to_owned()));
        }
        let text = text.to_lowercase();
        let mut vector = vec![0.0; DIMENSIONS];
        vector[DIMENSIONS - 1] = 0.1;
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !SAYS_NOTHING.contains(w))
        {
            match MEANINGS.iter().position(|words| words.contains(&word)) {
                Some(meaning) => vector[meaning] = 3.0,
                None => {
                    let mut hasher = DefaultHasher::new();
                    word.hash(&mut hasher);
                    let others = (DIMENSIONS - MEANINGS.len() - 1) as u64;
                    let place = usize::try_from(hasher.finish() % others).expect("a small number");
                    vector[MEANINGS.len() + place] += 0.4;
                }
            }
        }
        Vector::new(vector)
    }
}

impl Embedder for WordEmbedder {
    fn model(&self) -> &str {
        "words-of-one-meaning"
    }

    fn embed<'a>(&'a self, texts: &'a [&'a str]) -> Embedding<'a> {
        Box::pin(async move { texts.iter().map(|text| self.vector(text)).collect() })
    }
}
