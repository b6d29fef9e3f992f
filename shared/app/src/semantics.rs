//! What passages, pairs and questions mean, where an embedding model says so. Without one nothing
//! here does anything, and everything is found by its words.

use std::sync::Arc;

use domain::{
    Error, JobId, Result, SourceId,
    source::{Chunk, QaPair},
};
use knowledge::{
    Embedder,
    semantic::{Sense, Vectors, pair_text, passage_text},
};
use store::Meanings;

/// Passages of one page that get a vector; those after them are found by their words.
const MOST_PASSAGES: usize = 128;

/// An embedding model, or none.
#[derive(Debug, Clone, Default)]
pub struct Semantics(Option<Arc<dyn Embedder>>);

impl Semantics {
    /// By this model.
    pub fn by(embedder: Arc<dyn Embedder>) -> Self {
        Self(Some(embedder))
    }

    /// Which model it is.
    pub(crate) fn model(&self) -> Option<&str> {
        self.0.as_deref().map(Embedder::model)
    }

    /// What a page's passages mean, as bytes. A model that fails is an error, so that the page is
    /// tried again.
    pub(crate) async fn of_passages(&self, chunks: &[Chunk]) -> Result<Option<Vec<u8>>> {
        let Some(embedder) = self.0.as_deref().filter(|_| !chunks.is_empty()) else {
            return Ok(None);
        };
        let texts: Vec<String> = chunks.iter().take(MOST_PASSAGES).map(passage_text).collect();
        let mut vectors = vectors(embedder, &texts).await?;
        chunks.iter().skip(MOST_PASSAGES).for_each(|_| vectors.push_none());
        vectors.to_bytes().map(Some).map_err(Error::internal)
    }

    /// What a pair means, as bytes. Without it the pair is found by its words, so a model that
    /// fails keeps nobody from adding one.
    pub(crate) async fn of_pair(&self, pair: &QaPair) -> Option<Vec<u8>> {
        let embedder = self.0.as_deref()?;
        let made = vectors(embedder, &[pair_text(pair)]).await;
        match made.and_then(|made| made.to_bytes().map_err(Error::internal)) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                tracing::warn!(%error, "a pair is kept without its vector");
                None
            }
        }
    }

    /// What a question means. A model that fails leaves the question to its words.
    pub(crate) async fn of_question(&self, question: &str) -> Option<Sense> {
        match Sense::of(self.0.as_deref()?, question).await {
            Ok(sense) => Some(sense),
            Err(error) => {
                tracing::warn!(%error, "a question is searched by its words alone");
                None
            }
        }
    }

    /// The vectors of a crawl's passages, in their order, out of what its pages mean; `None` if
    /// there are none of this model.
    pub(crate) fn of_segment(
        &self,
        (source, job): (SourceId, JobId),
        pages: &[(&str, usize)],
        meanings: &Meanings,
    ) -> Option<Vectors> {
        let model = self.model()?;
        let read = |url: &str, passages: usize| {
            let vectors = Vectors::from_bytes(meanings.of(source, job, url)?).ok()?;
            Some(vectors).filter(|v| v.model() == model && v.len() == passages)
        };
        let each: Vec<(usize, Option<Vectors>)> =
            pages.iter().map(|(url, passages)| (*passages, read(url, *passages))).collect();
        let mut all = each.iter().find_map(|(_, vectors)| vectors.as_ref())?.like();
        for (passages, vectors) in &each {
            match vectors {
                Some(vectors) => all.extend(vectors),
                None => (0..*passages).for_each(|_| all.push_none()),
            }
        }
        Some(all)
    }
}

async fn vectors(embedder: &dyn Embedder, texts: &[String]) -> Result<Vectors> {
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let made = embedder.embed(&texts).await.map_err(Error::internal)?;
    if made.len() != texts.len() {
        return Err(Error::internal("a model left texts out"));
    }
    Vectors::build(embedder.model(), &made).map_err(Error::internal)
}
