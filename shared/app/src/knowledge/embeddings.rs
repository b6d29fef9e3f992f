//! What passages, pairs and questions mean, where an embedding model says so. Without one nothing
//! here does anything, and everything is found by its words.

use std::{sync::Arc, time::Duration};

use domain::{
    CrawlId, Error, Result, SourceId,
    source::{Chunk, QaPair},
};
use knowledge::{
    EmbedError, Embedder,
    semantic::{QueryEmbedding, Vectors, pair_text, passage_text},
};
use store::Meanings;

/// Passages of one page that get a vector, which is all that a page of a site has; those of a long
/// file after them are found by their words.
const MAX_PASSAGES: usize = 128;

/// How long a visitor waits for the vector of a question.
const MAX_WAIT: Duration = Duration::from_secs(3);

/// A chatbot with more passages than this is searched by the table's vector index, if it has one.
const MAX_IN_MEMORY: u64 = 50_000;

/// An embedding model, or none.
#[derive(Debug, Clone, Default)]
pub struct Semantics {
    embedder: Option<Arc<dyn Embedder>>,
    /// Numbers of a vector in the table's own index; 0 if it has no such index.
    in_table: usize,
}

impl Semantics {
    /// By this model.
    pub fn by(embedder: Arc<dyn Embedder>) -> Self {
        Self { embedder: Some(embedder), in_table: 0 }
    }

    /// With an index of the table over vectors of this many numbers; 0 for none.
    pub fn in_table(self, dimensions: usize) -> Self {
        Self { in_table: dimensions, ..self }
    }

    /// Which model it is.
    pub(crate) fn model(&self) -> Option<&str> {
        self.embedder.as_deref().map(Embedder::model)
    }

    /// Whether this number of passages is searched by the table's index, and not in memory.
    pub(crate) fn searches_in_table(&self, passages: u64) -> bool {
        self.embedder.is_some() && self.in_table > 0 && passages > MAX_IN_MEMORY
    }

    /// Whether the table's index takes vectors of this many numbers. One that is declared for other
    /// ones is the deployment's mistake.
    pub(crate) fn fits_table(&self, dimensions: usize) -> bool {
        if self.in_table > 0 && self.in_table != dimensions {
            let (index, model) = (self.in_table, self.model().unwrap_or_default());
            tracing::error!(index, dimensions, model, "the vector index is not for this model");
        }
        self.in_table == dimensions
    }

    /// What a page's passages mean. A model that fails is an error, so that the page is tried again.
    pub(crate) async fn of_passages(&self, chunks: &[Chunk]) -> Result<Option<Vectors>> {
        let Some(embedder) = self.embedder.as_deref().filter(|_| !chunks.is_empty()) else {
            return Ok(None);
        };
        let texts: Vec<String> = chunks.iter().take(MAX_PASSAGES).map(passage_text).collect();
        let mut vectors = vectors(embedder, &texts).await?;
        chunks.iter().skip(MAX_PASSAGES).for_each(|_| vectors.push_none());
        Ok(Some(vectors))
    }

    /// What a pair means, as bytes. Without it the pair is found by its words, so a model that
    /// fails keeps no one from adding one.
    pub(crate) async fn of_pair(&self, pair: &QaPair) -> Option<Vec<u8>> {
        let embedder = self.embedder.as_deref()?;
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
    pub(crate) async fn of_question(&self, question: &str) -> Option<QueryEmbedding> {
        let embedder = self.embedder.as_deref()?;
        let made = tokio::time::timeout(MAX_WAIT, QueryEmbedding::of(embedder, question)).await;
        let made = made.unwrap_or_else(|_| {
            Err(EmbedError::Failed("the model did not answer in time".to_owned()))
        });
        match made {
            Ok(embedding) => Some(embedding),
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
        (source, job): (SourceId, CrawlId),
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

#[cfg(test)]
mod tests {
    use knowledge::semantic::{Embedding, Vector};

    use super::*;

    #[derive(Debug)]
    struct One;

    impl Embedder for One {
        fn model(&self) -> &str {
            "one"
        }

        fn embed<'a>(&'a self, texts: &'a [&'a str]) -> Embedding<'a> {
            let all = texts.iter().map(|_| Vector::new(vec![0.6, 0.8])).collect();
            Box::pin(std::future::ready(all))
        }
    }

    fn chunks(count: usize) -> Vec<Chunk> {
        let chunk = |n: usize| Chunk {
            id: n.to_string(),
            content: n.to_string(),
            headings: Vec::new(),
            url: None,
            title: String::new(),
            tokens: 1,
            ..Chunk::default()
        };
        (0..count).map(chunk).collect()
    }

    #[test]
    fn the_table_is_searched_only_where_it_has_an_index_and_memory_would_not_do() {
        let one = || Semantics::by(Arc::new(One));
        assert!(one().in_table(2).searches_in_table(50_001));
        assert!(!one().in_table(2).searches_in_table(50_000));
        assert!(!one().searches_in_table(1_000_000), "off by default");
        assert!(
            !Semantics::default().in_table(2).searches_in_table(1_000_000),
            "nothing to ask by"
        );
        assert!(one().in_table(2).fits_table(2));
        assert!(!one().in_table(3).fits_table(2));
        assert!(!one().fits_table(2));
    }

    #[tokio::test]
    async fn a_long_page_has_vectors_for_its_beginning_and_a_place_for_every_passage() {
        let one = Semantics::by(Arc::new(One));
        let vectors = one.of_passages(&chunks(MAX_PASSAGES + 3)).await.unwrap().unwrap();
        assert_eq!(vectors.len(), MAX_PASSAGES + 3);
        assert_eq!(vectors.numbers().count(), MAX_PASSAGES);
        assert_eq!(one.of_passages(&[]).await.unwrap(), None);
        assert_eq!(Semantics::default().of_passages(&chunks(1)).await.unwrap(), None);
    }
}
