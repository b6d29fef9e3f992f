//! `retrieve --semantic`: vectors of documents and queries, and the ranking by words and vectors.

use std::{path::Path, sync::Arc};

#[cfg(feature = "minilm")]
use embed::MiniLm;
use knowledge::{
    Embedder,
    semantic::{Meaning, Sense, Vectors},
};

#[cfg(not(feature = "minilm"))]
use self::without_library::MiniLm;
use crate::{BenchError, Result};

/// The product's own semantic tier over the entries of an index.
#[derive(Debug)]
pub struct Tier {
    model: MiniLm,
    meaning: Meaning,
    bytes: usize,
}

impl Tier {
    /// Embeds `entries`, the texts of an index's entries in its order, by the model in `folder`.
    ///
    /// # Errors
    ///
    /// If there is no model, or it fails.
    pub fn build<'a>(folder: &Path, entries: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let model = MiniLm::load(folder).map_err(BenchError::of)?;
        let mut vectors = Vectors::of(model.model());
        for entry in entries {
            let vector = model.vector(entry).map_err(BenchError::of)?;
            vectors.push(&vector).map_err(BenchError::of)?;
        }
        let bytes = vectors.bytes();
        let mut meaning = Meaning::of(model.model());
        meaning.add(vectors.len(), Some(Arc::new(vectors)));
        Ok(Self { model, meaning, bytes })
    }

    /// What `query` means. Runs on this thread.
    ///
    /// # Errors
    ///
    /// If the model fails.
    pub fn sense(&self, query: &str) -> Result<Sense> {
        let vector = self.model.vector(query).map_err(BenchError::of)?;
        Ok(Sense::at(&self.model, query, vector))
    }

    /// What the entries mean.
    pub fn meaning(&self) -> Meaning {
        self.meaning.clone()
    }

    /// Bytes that the vectors take.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Builds without the feature `minilm` have no inference library, which weighs minutes of
/// compilation; there is no value of this type.
#[cfg(not(feature = "minilm"))]
mod without_library {
    use std::path::Path;

    use knowledge::{
        Embedder,
        semantic::{Embedding, Vector},
    };

    #[derive(Debug)]
    pub(super) enum MiniLm {}

    impl MiniLm {
        pub(super) fn load(_: &Path) -> Result<Self, &'static str> {
            Err("--semantic needs a build with --features minilm")
        }

        pub(super) fn vector(&self, _: &str) -> Result<Vector, &'static str> {
            match *self {}
        }
    }

    impl Embedder for MiniLm {
        fn model(&self) -> &str {
            match *self {}
        }

        fn embed<'a>(&'a self, _: &'a [&'a str]) -> Embedding<'a> {
            match *self {}
        }
    }
}
