//! The searches that one message leads to, in turn.

use domain::Result;
use knowledge::Found;

use super::{
    respond::Message,
    retrieve::{Query, Retriever},
};
use crate::knowledge::embeddings::Semantics;

/// What was searched for a message, and what was found.
pub(super) struct Searches {
    /// What was searched, as [`Message::searches`] and [`Message::narrower`] say, with what was found.
    pub all: Vec<(String, Found)>,
    /// How many of them [`Message::searches`] said.
    count: usize,
}

impl Searches {
    /// Searches for `message`, up to `limit` passages each time.
    pub async fn of(
        message: &Message<'_>,
        retriever: &dyn Retriever,
        semantics: &Semantics,
        limit: usize,
    ) -> Result<Self> {
        let mut texts = message.searches();
        let count = texts.len();
        let mut found = Vec::new();
        for at in 0.. {
            if at == count {
                texts.extend(message.narrower(&found));
            }
            let Some(text) = texts.get(at) else { break };
            let embedding = semantics.of_question(text).await;
            let query = Query { text, embedding: embedding.as_ref() };
            found.push(retriever.retrieve(query, limit).await?);
        }
        Ok(Self { all: texts.into_iter().zip(found).collect(), count })
    }

    /// What of it counts for `message`.
    pub fn choose(self, message: &Message<'_>) -> Found {
        let mut found: Vec<Found> = self.all.into_iter().map(|(_, found)| found).collect();
        let narrower = found.split_off(self.count);
        message.choose(found, narrower)
    }
}
