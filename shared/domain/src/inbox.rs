//! People in a conversation: messages outside of a turn, and what a team does in its inbox.
//!
//! A chatbot answers in turns, a question with its answer. A person answers whenever they like, and
//! so does a visitor who talks to one: each of these is a [`DirectMessage`]. Turns and direct
//! messages together, in order, are a conversation's transcript.

mod query;

use serde::{Deserialize, Serialize};

pub use query::{InboxCursor, InboxQuery};

use crate::{
    ChatbotId, Citation, Conversation, ConversationId, ConversationStatus, Error, ErrorKind,
    MessageId, Result, Timestamp, Turn, WorkspaceId, bounds, conversation::MAX_MESSAGES, wire,
};

/// Who wrote a direct message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectAuthor {
    /// The visitor.
    Visitor,
    /// A member of the team, by their address.
    Member(String),
}

/// A message that no chatbot has part in.
#[derive(Debug, Clone, PartialEq)]
pub struct DirectMessage {
    /// Its id; sorts by time among those of turns.
    pub id: MessageId,
    /// The conversation it belongs to.
    pub conversation_id: ConversationId,
    /// The chatbot that the conversation is with.
    pub chatbot_id: ChatbotId,
    /// Whose chatbot that is.
    pub workspace_id: WorkspaceId,
    /// Who wrote it.
    pub author: DirectAuthor,
    /// What it says.
    pub text: String,
    /// When it was stored.
    pub created_at: Timestamp,
}

/// A part of a conversation's transcript.
#[derive(Debug, Clone, PartialEq)]
pub enum TranscriptEntry {
    /// A question and the chatbot's answer.
    Turn(Box<Turn>),
    /// A message by a person alone.
    Direct(DirectMessage),
}

impl TranscriptEntry {
    /// What entries sort by: the id of a turn's answer, or of the message.
    pub fn id(&self) -> MessageId {
        match self {
            Self::Turn(turn) => turn.id,
            Self::Direct(message) => message.id,
        }
    }

    /// When it was complete.
    pub fn said_at(&self) -> Timestamp {
        match self {
            Self::Turn(turn) => turn.answered_at,
            Self::Direct(message) => message.created_at,
        }
    }

    /// Turns and direct messages, each oldest first, as one transcript, oldest first.
    pub fn merged(turns: Vec<Turn>, direct: Vec<DirectMessage>) -> Vec<Self> {
        let turns = turns.into_iter().map(|turn| Self::Turn(Box::new(turn)));
        let mut all: Vec<Self> = turns.chain(direct.into_iter().map(Self::Direct)).collect();
        all.sort_by_key(Self::id);
        all
    }

    /// Bytes that its text takes in an answer to a client.
    pub fn text_bytes(&self) -> u32 {
        match self {
            Self::Turn(turn) => turn.text_bytes(),
            Self::Direct(message) => message.text_bytes(),
        }
    }
}

impl DirectMessage {
    /// A message in `conversation`: its id, and when it is stored.
    ///
    /// # Errors
    ///
    /// The conversation is full.
    pub fn new(
        conversation: &Conversation,
        (id, created_at): (MessageId, Timestamp),
        author: DirectAuthor,
        text: String,
    ) -> Result<Self> {
        if conversation.is_full() {
            let message = format!(
                "the conversation is full: it can have at most {MAX_MESSAGES} messages and 5 MB of \
                 text"
            );
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        Ok(Self {
            id,
            conversation_id: conversation.id,
            chatbot_id: conversation.chatbot_id,
            workspace_id: conversation.workspace_id,
            author,
            text,
            created_at,
        })
    }

    /// Bytes that its text takes in an answer to a client.
    pub fn text_bytes(&self) -> u32 {
        u32::try_from(wire::answered(&self.text)).unwrap_or(u32::MAX)
    }
}

/// Who wrote a message of a transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// The visitor.
    Visitor,
    /// The chatbot.
    Chatbot,
    /// A member of the team.
    Member,
}

/// One message of a transcript, whichever entry it is part of.
#[derive(Debug, Clone, PartialEq)]
pub struct TranscriptMessage {
    /// Its id.
    pub id: MessageId,
    /// The conversation it belongs to.
    pub conversation_id: ConversationId,
    /// Who wrote it.
    pub speaker: Speaker,
    /// The member's address, if it was one.
    pub member: Option<String>,
    /// What it says.
    pub text: String,
    /// The passages behind an answer, best first.
    pub citations: Vec<Citation>,
    /// How sure the platform was of an answer.
    pub confidence: Option<f64>,
    /// Nothing relevant was found for the question that this answers.
    pub unanswered: bool,
    /// 1 or -1, for an answer that was rated.
    pub rating: Option<i8>,
    /// When it was written.
    pub created_at: Timestamp,
}

impl From<DirectMessage> for TranscriptMessage {
    fn from(from: DirectMessage) -> Self {
        let DirectMessage { id, conversation_id, author, text, created_at, .. } = from;
        let (speaker, member) = match author {
            DirectAuthor::Visitor => (Speaker::Visitor, None),
            DirectAuthor::Member(address) => (Speaker::Member, Some(address)),
        };
        Self {
            id,
            conversation_id,
            speaker,
            member,
            text,
            citations: Vec::new(),
            confidence: None,
            unanswered: false,
            rating: None,
            created_at,
        }
    }
}

impl TranscriptMessage {
    /// The question and the answer of a turn.
    pub fn of_turn(turn: Turn) -> [Self; 2] {
        let question = Self {
            id: turn.question_id,
            conversation_id: turn.conversation_id,
            speaker: Speaker::Visitor,
            member: None,
            text: turn.question,
            citations: Vec::new(),
            confidence: None,
            unanswered: false,
            rating: None,
            created_at: turn.asked_at,
        };
        let answer = Self {
            id: turn.id,
            speaker: Speaker::Chatbot,
            text: turn.answer,
            citations: turn.citations,
            confidence: Some(turn.confidence),
            unanswered: turn.unanswered,
            rating: turn.rating,
            created_at: turn.answered_at,
            ..question.clone()
        };
        [question, answer]
    }

    /// All messages of `transcript`, in order.
    pub fn of(transcript: Vec<TranscriptEntry>) -> Vec<Self> {
        let mut all = Vec::with_capacity(transcript.len() * 2);
        for entry in transcript {
            match entry {
                TranscriptEntry::Turn(turn) => all.extend(Self::of_turn(*turn)),
                TranscriptEntry::Direct(message) => all.push(message.into()),
            }
        }
        all
    }
}

/// The text of a direct message, its bounds checked.
pub fn direct_text(content: Option<&str>) -> Result<String> {
    let content = bounds::required("content", content)?;
    bounds::text("content", content, bounds::MESSAGE)
}

/// What a member changes of a conversation. `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InboxPatch {
    /// The new status.
    pub status: Option<ConversationStatus>,
    /// The new assignee's address; an inner `None` takes it away.
    pub assignee: Option<Option<String>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_is_in_order_of_ids_and_a_turn_is_two_messages() {
        let id = "0197a000-0000-7000-8000-000000000001";
        let direct = |millis| DirectMessage {
            id: MessageId::at(Timestamp::from_millis(millis)),
            conversation_id: id.parse().unwrap(),
            chatbot_id: id.parse().unwrap(),
            workspace_id: id.parse().unwrap(),
            author: DirectAuthor::Member("ada@example.com".to_owned()),
            text: millis.to_string(),
            created_at: Timestamp::from_millis(millis),
        };
        let turn = |millis| Turn {
            id: MessageId::at(Timestamp::from_millis(millis)),
            question_id: id.parse().unwrap(),
            conversation_id: id.parse().unwrap(),
            chatbot_id: id.parse().unwrap(),
            workspace_id: id.parse().unwrap(),
            question: "q".to_owned(),
            answer: millis.to_string(),
            citations: Vec::new(),
            confidence: 0.5,
            unanswered: false,
            backend: None,
            rating: Some(-1),
            rated_at: None,
            asked_at: Timestamp::from_millis(millis),
            answered_at: Timestamp::from_millis(millis),
        };
        let merged = TranscriptEntry::merged(
            vec![turn(1_000), turn(3_000)],
            vec![direct(2_000), direct(4_000)],
        );
        let messages = TranscriptMessage::of(merged);
        let seen: Vec<_> = messages.iter().map(|m| (m.text.as_str(), m.speaker)).collect();
        assert_eq!(
            seen,
            [
                ("q", Speaker::Visitor),
                ("1000", Speaker::Chatbot),
                ("2000", Speaker::Member),
                ("q", Speaker::Visitor),
                ("3000", Speaker::Chatbot),
                ("4000", Speaker::Member),
            ]
        );
        assert_eq!((messages[1].rating, messages[2].rating), (Some(-1), None));
    }
}
