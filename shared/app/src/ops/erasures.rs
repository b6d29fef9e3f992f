//! Receipts of deletions: how far clearing away has come.

use domain::{ChatbotId, ConversationId, Error, Result, Timestamp};

use crate::App;

/// How far the deletion of something has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The id of what was deleted.
    pub id: String,
    /// When it was deleted.
    pub requested_at: Timestamp,
    /// When nothing was left of it in the table and among the files.
    pub completed_at: Option<Timestamp>,
}

impl App {
    /// How far the deletion of what had `id` and was of `chatbot` has come.
    pub async fn erasure(&self, chatbot: ChatbotId, id: &str) -> Result<Erasure> {
        let unknown = || Error::not_found("erasure");
        // Whatever it was of, its id was a UUID; anything else is not looked up.
        id.parse::<ConversationId>().map_err(|_| unknown())?;
        let mut parts = self.store.tombstones(id).await?;
        parts.retain(|part| part.chatbot_id == chatbot);
        let requested_at = parts.iter().map(|part| part.requested_at).min().ok_or_else(unknown)?;
        let ends: Option<Vec<Timestamp>> = parts.iter().map(|part| part.completed_at).collect();
        let completed_at = ends.and_then(|ends| ends.into_iter().max());
        Ok(Erasure { id: id.to_owned(), requested_at, completed_at })
    }
}
