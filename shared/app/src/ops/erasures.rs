//! Receipts of deletions: how far clearing away has come.

use domain::{ChatbotId, ConversationId, Error, Result, Timestamp, WorkspaceId};
use store::{PurgeTarget, Tombstone};

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
        parts.retain(|part| part.chatbot_id == Some(chatbot));
        summed_up(id, &parts)
    }

    /// How far closing the account of the workspace with `id` has come.
    pub async fn closing(&self, id: &str) -> Result<Erasure> {
        let id: WorkspaceId = id.parse().map_err(|_| Error::not_found("erasure"))?;
        let mut parts = self.store.tombstones(&id.to_string()).await?;
        parts.retain(|part| part.target == PurgeTarget::Workspace { id });
        summed_up(&id.to_string(), &parts)
    }
}

fn summed_up(id: &str, parts: &[Tombstone]) -> Result<Erasure> {
    let requested_at = parts.iter().map(|part| part.requested_at).min();
    let requested_at = requested_at.ok_or_else(|| Error::not_found("erasure"))?;
    let ends: Option<Vec<Timestamp>> = parts.iter().map(|part| part.completed_at).collect();
    let completed_at = ends.and_then(|ends| ends.into_iter().max());
    Ok(Erasure { id: id.to_owned(), requested_at, completed_at })
}
