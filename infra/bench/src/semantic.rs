//! `retrieve --semantic`: vectors of documents and queries, and the ranking by words and vectors.

use std::{path::Path, sync::Arc};

#[cfg(feature = "minilm")]
use embed::MiniLm;
use knowledge::{
    Embedder,
    semantic::{EntryEmbedding, QueryEmbedding, Vectors},
};

#[cfg(not(feature = "minilm"))]
use self::without_library::MiniLm;
use crate::{BenchError, Result};

/// The product's own semantic tier over the entries of an index.
#[derive(Debug)]
pub struct Tier {
    model: MiniLm,
    embeddings: EntryEmbedding,
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
        let mut embeddings = EntryEmbedding::of(model.model());
        embeddings.add(vectors.len(), Some(Arc::new(vectors)));
        Ok(Self { model, embeddings, bytes })
    }

    /// The embedding of `query`. Runs on this thread.
    ///
    /// # Errors
    ///
    /// If the model fails.
    pub fn query(&self, query: &str) -> Result<QueryEmbedding> {
        let vector = self.model.vector(query).map_err(BenchError::of)?;
        Ok(QueryEmbedding::at(&self.model, query, vector))
    }

    /// The embeddings of the entries.
    pub fn embeddings(&self) -> EntryEmbedding {
        self.embeddings.clone()
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
