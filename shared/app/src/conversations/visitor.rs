//! The visitor's way back: what a visitor with the token of a conversation
//! ([`crate::access::conversation_tokens`]) reads and writes there.

use std::time::Duration;

use domain::{
    ChatbotId, Conversation, ConversationId, ConversationStatus, DirectAuthor, DirectMessage,
    Error, ErrorKind, InboxPatch, MessageId, Result, Speaker, TranscriptMessage,
};
use knowledge::follow_up::Past;

use crate::{App, conversations::inbox::changed_meanwhile};

/// Messages of one answer to a visitor.
const MAX_TURNS: u32 = 50;
/// An answer may be stored this much later than its id says: what was begun that long before the
/// last message that a visitor has seen may have come since.
const LONGEST_ANSWER: Duration = Duration::from_secs(120);
/// How often a write is repeated whose conversation changed meanwhile.
const ATTEMPTS: u32 = 4;

/// The questions that the chatbot asks in `message` whether they were meant.
pub fn offers(message: &TranscriptMessage) -> Vec<String> {
    match message.speaker {
        Speaker::Chatbot => Past::new("", &message.text).offers,
        Speaker::Visitor | Speaker::Member => Vec::new(),
    }
}

impl App {
    /// What was said in a conversation after the message `after`, oldest first: all of it, or the
    /// newest hundred messages where `after` names none. A message may come again that came already.
    pub async fn visitor_messages(
        &self,
        chatbot: ChatbotId,
        id: ConversationId,
        after: Option<MessageId>,
    ) -> Result<(Conversation, Vec<TranscriptMessage>)> {
        let conversation = self.store.conversation(chatbot, id).await?;
        let conversation = conversation.ok_or_else(|| Error::not_found("conversation"))?;
        let Some((after, at)) = after.and_then(|after| Some((after, after.made_at()?))) else {
            let said = self.store.last_of_transcript(id, MAX_TURNS).await?;
            return Ok((conversation, TranscriptMessage::of(said)));
        };
        if conversation.updated_at <= at {
            return Ok((conversation, Vec::new()));
        }
        let since = MessageId::lowest_at(at.minus(LONGEST_ANSWER));
        let mut said = self.store.transcript_since(id, since, MAX_TURNS).await?;
        said.retain(|entry| entry.id() != after && entry.said_at() >= at);
        Ok((conversation, TranscriptMessage::of(said)))
    }

    /// A visitor writes to the person who has the conversation.
    pub async fn visitor_message(
        &self,
        chatbot: ChatbotId,
        id: ConversationId,
        text: String,
    ) -> Result<DirectMessage> {
        for _ in 0..ATTEMPTS {
            let conversation = self.store.conversation(chatbot, id).await?;
            let conversation = conversation.ok_or_else(|| Error::not_found("conversation"))?;
            if conversation.status != ConversationStatus::HandedOff {
                let message = "the chatbot answers in this conversation; send the message to it";
                return Err(Error::new(ErrorKind::Conflict, message));
            }
            let author = DirectAuthor::Visitor;
            let now = self.now();
            let of = (MessageId::at(now), now);
            let message = DirectMessage::new(&conversation, of, author, text.clone())?;
            let unchanged = InboxPatch::default();
            let put = self.store.put_direct_message(&conversation, &message, &unchanged, self.idle);
            if put.await? {
                return Ok(message);
            }
        }
        Err(changed_meanwhile())
    }
}
