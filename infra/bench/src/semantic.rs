//! `retrieve --semantic`: vectors of documents and queries, and the ranking by words and vectors.

use std::{path::Path, sync::Arc};

use embed::MiniLm;
use knowledge::{
    Embedder,
    semantic::{Meaning, Sense, Vectors},
};

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
