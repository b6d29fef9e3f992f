//! A message of a messaging channel: a turn while the chatbot answers in its conversation, a direct message
//! while a person does.

use domain::{
    Conversation, ConversationId, ConversationStatus, Dialect, DirectAuthor, DirectMessage, Error,
    ErrorKind, InboxPatch, MessageId, Principal, Result, Turn, conversation::ChatRequest,
};

use super::{Chat, Deltas, ReplyMode, TurnConversation};

/// How often a message is taken again whose conversation changed meanwhile.
const ATTEMPTS: u32 = 4;

/// What a channel's message led to. It is stored.
#[derive(Debug, Clone, PartialEq)]
pub enum TakenMessage {
    /// The chatbot answered.
    Answered(Box<Turn>),
    /// A person has the conversation, reads it there, and answers; the chatbot is silent.
    LeftToPerson(ConversationId),
}

impl Chat {
    /// Takes a channel's message, for a worker: it runs here, so it ends with its caller. A message that is
    /// worked on again names the same `id`, under which it is stored once.
    ///
    /// # Errors
    ///
    /// The chatbot is gone or disabled, the plan's credits are used up, the conversation changed all the
    /// time, or the table failed.
    pub async fn take_channel_message(
        &self,
        principal: &Principal,
        dialect: Dialect,
        request: ChatRequest,
        id: MessageId,
    ) -> Result<TakenMessage> {
        for _ in 0..ATTEMPTS {
            let mode = ReplyMode::Whole;
            let deadline = mode.deadline();
            let loaded = self.load(principal, &request).await?;
            let Some(conversation) = loaded.conversation.as_ref().filter(|c| is_a_person_s(c))
            else {
                let conversation = TurnConversation {
                    id: request.conversation_id.unwrap_or_else(|| ConversationId::opened_by(id)),
                    is_new: request.conversation_id.is_none(),
                };
                // There is no client that reads along.
                let (deltas, _) = Deltas::channel(conversation);
                let asked = (id, self.app.now());
                let turn = self.answer_loaded(
                    loaded,
                    (principal, dialect),
                    request,
                    (mode, deadline),
                    asked,
                    &deltas,
                );
                return Ok(TakenMessage::Answered(Box::new(turn.await?)));
            };
            if self.leave_to_person(conversation, id, &request.message).await? {
                return Ok(TakenMessage::LeftToPerson(conversation.id));
            }
        }
        let message = "the conversation was changed by another request; try again";
        Err(Error::new(ErrorKind::Conflict, message))
    }

    /// Stores what a visitor says to the person who has `conversation`, once under the same `id`; `false`
    /// if it isn't a person's any more.
    pub async fn leave_to_person(
        &self,
        conversation: &Conversation,
        id: MessageId,
        text: &str,
    ) -> Result<bool> {
        let (now, author) = (self.app.now(), DirectAuthor::Visitor);
        let message = DirectMessage::new(conversation, (id, now), author, text.to_owned())?;
        let (store, unchanged) = (&self.app.store, InboxPatch::default());
        let put = store.put_direct_message(conversation, &message, &unchanged, self.app.idle);
        Ok(put.await? || store.has_direct_message(conversation.id, id).await?)
    }
}

/// Whether a person has taken over.
pub(crate) fn is_a_person_s(conversation: &Conversation) -> bool {
    conversation.status == ConversationStatus::HandedOff
}
