//! Retrieval: what a chatbot knows about a question, with a confidence.
//!
//! [`InMemory`] searches the index that this process has loaded, [`VectorTable`] the table's vector
//! index, for a chatbot that knows more than fits in memory. Both return a pair that asks the same
//! word for word, passages with the best first, or nothing.

mod vector_table;

use std::sync::Arc;

use domain::{Chatbot, Result, SourceId};
use futures::{FutureExt, future::BoxFuture};
use knowledge::{Explained, Found, Index, semantic::QueryEmbedding, text::Language};
pub use vector_table::{VectorSearch, VectorTable};

use crate::{
    App,
    knowledge::indexes::{Indexes, Known},
};

/// A question to search for.
#[derive(Clone, Copy)]
pub struct Query<'a> {
    /// Its words.
    pub text: &'a str,
    /// Its embedding, if this process has a model.
    pub embedding: Option<&'a QueryEmbedding>,
}

/// Searches what one chatbot knows.
pub trait Retriever: Send + Sync {
    /// The best `limit` passages for `query`, or the pair that asks the same.
    fn retrieve<'a>(&'a self, query: Query<'a>, limit: usize) -> BoxFuture<'a, Result<Found>>;

    /// The best `limit` entries for `query` and what was seen of each.
    fn explain<'a>(
        &'a self,
        query: Query<'a>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Explained>>>;

    /// Up to `limit` questions or headings that it has an answer to.
    fn topics(&self, limit: usize) -> Vec<String>;

    /// The languages of what it knows, that of most first.
    fn languages(&self) -> Vec<Language>;

    /// Whether `source` is a pair with this answer.
    fn has_pair(&self, source: SourceId, answer: &str) -> bool;
}

/// Searches an index in memory.
pub struct InMemory(Arc<Index>);

impl Retriever for InMemory {
    fn retrieve<'a>(&'a self, query: Query<'a>, limit: usize) -> BoxFuture<'a, Result<Found>> {
        let found = self.0.find_embedded(query.text, query.embedding, limit);
        std::future::ready(Ok(found)).boxed()
    }

    fn explain<'a>(
        &'a self,
        query: Query<'a>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Explained>>> {
        let explained = self.0.explain(query.text, query.embedding, limit);
        std::future::ready(Ok(explained)).boxed()
    }

    fn topics(&self, limit: usize) -> Vec<String> {
        self.0.topics(limit)
    }

    fn languages(&self) -> Vec<Language> {
        self.0.languages()
    }

    fn has_pair(&self, source: SourceId, answer: &str) -> bool {
        self.0.has_pair(source, answer)
    }
}

/// The retriever for `chatbot`, over its current index.
pub(super) async fn retriever(
    app: &App,
    indexes: &Indexes,
    chatbot: &Chatbot,
) -> Result<Box<dyn Retriever>> {
    Ok(match indexes.current(app, chatbot).await? {
        Known::InMemory(index) => Box::new(InMemory(index)),
        Known::InTable(large) => Box::new(VectorTable::new(app.store.clone(), chatbot.id, large)),
    })
}
