//! Ratings of answers.

use std::time::Duration;

use domain::{ChatbotId, ConversationId, Error, MessageId, Result};
use store::Rated;

use crate::App;

/// An answer is looked for again after these waits, for as long as the index may not have it.
const WAITS: [Duration; 3] =
    [Duration::from_millis(50), Duration::from_millis(150), Duration::from_millis(400)];
/// What was said longer ago than this is in the index.
const FRESH: Duration = Duration::from_secs(30);

impl App {
    /// Rates an answer of `chatbot`, by the answer's message: 1 or -1, in place of the rating it
    /// has.
    pub async fn rate(&self, chatbot: ChatbotId, answer: MessageId, rating: i8) -> Result<()> {
        let unknown = || Error::not_found("message");
        let conversation = self.conversation_answered_by(answer).await?.ok_or_else(unknown)?;
        let now = self.now();
        match self.store.rate(chatbot, conversation, answer, rating, now).await? {
            Rated::Done | Rated::Same => Ok(()),
            Rated::Gone => Err(unknown()),
        }
    }

    /// Rates the answer that opened a conversation of `chatbot`. Conversation and answer lead to
    /// each other by their ids, so nothing has to be looked up.
    pub async fn rate_conversation(
        &self,
        chatbot: ChatbotId,
        id: ConversationId,
        rating: i8,
    ) -> Result<()> {
        let answer = MessageId::opening(id);
        match self.store.rate(chatbot, id, answer, rating, self.now()).await? {
            Rated::Done | Rated::Same => Ok(()),
            Rated::Gone => Err(Error::not_found("conversation")),
        }
    }

    /// A visitor may rate at once what the index does not have yet. An id says when it was made,
    /// so one that is old or no time at all is not waited for.
    pub(super) async fn conversation_answered_by(
        &self,
        answer: MessageId,
    ) -> Result<Option<ConversationId>> {
        let opened = ConversationId::opened_by(answer);
        let (found, opens) = tokio::try_join!(
            self.store.conversation_continued_by(answer),
            self.store.has_turn(opened, answer)
        )?;
        let found = if opens { Some(opened) } else { found };
        let fresh = answer.made_at().is_some_and(|at| self.now().since(at) < FRESH);
        if found.is_some() || !fresh {
            return Ok(found);
        }
        for wait in WAITS {
            self.clock.sleep(wait).await;
            if let Some(found) = self.store.conversation_continued_by(answer).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}
