//! A search of what a chatbot knows, for those who read the passages themselves: models with tools.

use std::fmt::Write;

use domain::{Chatbot, Principal, Result, bounds};
use knowledge::{Found, Match};

use super::{
    retrieve::{Query, retriever},
    turn::Chat,
};
use crate::{App, knowledge::indexes::Indexes};

/// Passages that a search returns.
const MAX_PASSAGES: usize = 5;
/// Characters of each.
const MAX_PASSAGE: usize = 4_000;

/// What `chatbot` knows about `query`, of which as much is read as a message may have.
pub(crate) async fn found(
    app: &App,
    indexes: &Indexes,
    chatbot: &Chatbot,
    query: &str,
) -> Result<Found> {
    let query: String = query.chars().take(bounds::MESSAGE.1).collect();
    let retriever = retriever(app, indexes, chatbot).await?;
    let embedding = app.semantics.of_question(&query).await;
    let asked = Query { text: &query, embedding: embedding.as_ref() };
    retriever.retrieve(asked, MAX_PASSAGES).await
}

/// What was found, as a text that says where each passage is from.
pub(crate) fn told(found: &Found) -> String {
    let mut text = String::new();
    match &found.best {
        Match::Nothing => text.push_str("Nothing was found."),
        Match::Pair(pair, _) => {
            let _ = write!(text, "Question: {}\nAnswer: {}", pair.question, pair.answer);
        }
        Match::Passages(passages) => {
            for (number, passage) in (1..).zip(passages.iter().take(MAX_PASSAGES)) {
                let content: String = passage.content.chars().take(MAX_PASSAGE).collect();
                let from = passage.citation.url.as_deref().unwrap_or(&passage.citation.title);
                let _ = write!(text, "[{number}] {from}\n{content}\n\n");
            }
        }
    }
    text.trim_end().to_owned()
}

impl Chat {
    /// What the chatbot of the caller `principal` knows about `query`, as a text.
    pub async fn search(&self, principal: &Principal, query: &str) -> Result<String> {
        let query = bounds::text("query", query, bounds::MESSAGE)?;
        let chatbot = self.app.chatbot(principal.workspace_id, principal.may_manage()?).await?;
        Ok(told(&found(&self.app, &self.indexes, &chatbot, &query).await?))
    }
}
