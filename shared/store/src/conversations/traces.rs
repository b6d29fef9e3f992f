//! Traces of turns: each beside its turn, so that it goes with its conversation, and no longer than
//! some days.

use std::time::Duration;

use domain::{
    ChatbotId, ConversationId, Error, MessageId, Result, Timestamp, TurnTrace, trace::TRACE_DAYS,
};
use serde::{Deserialize, Serialize};

use crate::{
    keys,
    table::{client::Store, compressed, write::Write},
};

#[derive(Serialize, Deserialize)]
struct TraceItem {
    chatbot_id: ChatbotId,
    /// The trace as JSON.
    #[serde(with = "compressed::text")]
    trace: String,
    expires_at: i64,
}

/// The write that keeps a trace.
pub(crate) fn kept(trace: &TurnTrace) -> Result<Write> {
    let key = keys::trace(trace.conversation_id, trace.message_id);
    let kept = Duration::from_secs(u64::from(TRACE_DAYS) * 24 * 60 * 60);
    let item = TraceItem {
        chatbot_id: trace.chatbot_id,
        trace: serde_json::to_string(trace).map_err(Error::internal)?,
        expires_at: trace.asked_at.plus(kept).seconds(),
    };
    Write::put(key, &item)
}

impl Store {
    /// The trace of an answer of `chatbot` in `conversation`, if it is kept. One that has expired may
    /// still be there.
    pub async fn trace(
        &self,
        chatbot: ChatbotId,
        conversation: ConversationId,
        answer: MessageId,
        now: Timestamp,
    ) -> Result<Option<TurnTrace>> {
        let key = keys::trace(conversation, answer);
        let item = self.get::<TraceItem>(&key, true).await?;
        let is_shown =
            |item: &TraceItem| item.chatbot_id == chatbot && item.expires_at > now.seconds();
        let own = item.filter(is_shown);
        own.map(|item| serde_json::from_str(&item.trace).map_err(Error::internal)).transpose()
    }
}
