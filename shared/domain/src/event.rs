//! What happened, as others are told of it. Events are never stored: they are read off the change
//! of the item they belong to, with an id derived from that item, so that the same change always
//! gives the same event.

use crate::{ChatbotId, Conversation, ConversationId, EventId, Lead, Timestamp, Turn, WorkspaceId};

/// The kinds of events, without their contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A conversation's first item was written.
    ConversationStarted,
    /// The visitor's half of a turn.
    QuestionAsked,
    /// The answer's half of a turn.
    QuestionAnswered,
    /// A conversation was idle for long enough.
    ConversationEnded,
    /// A visitor left contact details.
    LeadCaptured,
    /// A visitor rated an answer.
    RatingReceived,
    /// A visitor asked for a person.
    HandoffRequested,
}

/// An event with what it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Derived from the item and the change.
    pub id: EventId,
    /// When it happened.
    pub at: Timestamp,
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// The chatbot.
    pub chatbot_id: ChatbotId,
    /// What happened.
    pub body: EventBody,
}

/// What an event does not carry and a dialect tells of it all the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// The conversation that it happened in.
    pub conversation: bool,
    /// The first turn of that conversation.
    pub opening: bool,
}

impl std::ops::BitOr for Needs {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self {
            conversation: self.conversation || other.conversation,
            opening: self.opening || other.opening,
        }
    }
}

/// What was read for an event because of its [`Needs`]; what was deleted meanwhile is not there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Context {
    /// See [`Needs::conversation`].
    pub conversation: Option<Conversation>,
    /// See [`Needs::opening`].
    pub opening: Option<Turn>,
}

/// The contents of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum EventBody {
    /// See [`EventKind::ConversationStarted`].
    ConversationStarted(Box<Conversation>),
    /// See [`EventKind::QuestionAsked`].
    QuestionAsked(Box<Turn>),
    /// See [`EventKind::QuestionAnswered`].
    QuestionAnswered(Box<Turn>),
    /// See [`EventKind::ConversationEnded`].
    ConversationEnded(Box<Conversation>),
    /// See [`EventKind::LeadCaptured`].
    LeadCaptured(Box<Lead>),
    /// See [`EventKind::RatingReceived`].
    RatingReceived(Box<Turn>),
    /// See [`EventKind::HandoffRequested`].
    HandoffRequested(Box<Conversation>),
}

impl EventBody {
    /// The kind alone.
    pub fn kind(&self) -> EventKind {
        match self {
            Self::ConversationStarted(_) => EventKind::ConversationStarted,
            Self::QuestionAsked(_) => EventKind::QuestionAsked,
            Self::QuestionAnswered(_) => EventKind::QuestionAnswered,
            Self::ConversationEnded(_) => EventKind::ConversationEnded,
            Self::LeadCaptured(_) => EventKind::LeadCaptured,
            Self::RatingReceived(_) => EventKind::RatingReceived,
            Self::HandoffRequested(_) => EventKind::HandoffRequested,
        }
    }
}

impl Event {
    /// The conversation that it happened in, if it was one.
    pub fn conversation_id(&self) -> Option<ConversationId> {
        match &self.body {
            EventBody::ConversationStarted(conversation)
            | EventBody::ConversationEnded(conversation)
            | EventBody::HandoffRequested(conversation) => Some(conversation.id),
            EventBody::QuestionAsked(turn)
            | EventBody::QuestionAnswered(turn)
            | EventBody::RatingReceived(turn) => Some(turn.conversation_id),
            EventBody::LeadCaptured(lead) => lead.conversation_id,
        }
    }

    /// A conversation began.
    pub fn started(conversation: Conversation) -> Self {
        Self {
            id: EventId::derived(&["started", &conversation.id.to_string()]),
            at: conversation.created_at,
            workspace_id: conversation.workspace_id,
            chatbot_id: conversation.chatbot_id,
            body: EventBody::ConversationStarted(Box::new(conversation)),
        }
    }

    /// A turn was stored: a question and its answer, one event each.
    pub fn of_turn(turn: &Turn) -> [Self; 2] {
        let event = |what: &str, at, body| Self {
            id: EventId::derived(&[what, &turn.id.to_string()]),
            at,
            workspace_id: turn.workspace_id,
            chatbot_id: turn.chatbot_id,
            body,
        };
        [
            event("asked", turn.asked_at, EventBody::QuestionAsked(Box::new(turn.clone()))),
            event(
                "answered",
                turn.answered_at,
                EventBody::QuestionAnswered(Box::new(turn.clone())),
            ),
        ]
    }

    /// A visitor left contact details.
    pub fn captured(lead: Lead) -> Self {
        Self {
            id: EventId::derived(&["captured", &lead.id.to_string()]),
            at: lead.created_at,
            workspace_id: lead.workspace_id,
            chatbot_id: lead.chatbot_id,
            body: EventBody::LeadCaptured(Box::new(lead)),
        }
    }

    /// A person was asked for, at `at`, which tells one request from a later one.
    pub fn handed_off(conversation: Conversation, at: Timestamp) -> Self {
        let (id, time) = (conversation.id.to_string(), at.to_string());
        Self {
            id: EventId::derived(&["handoff", &id, &time]),
            at,
            workspace_id: conversation.workspace_id,
            chatbot_id: conversation.chatbot_id,
            body: EventBody::HandoffRequested(Box::new(conversation)),
        }
    }

    /// An answer was rated, at `at`. It may be rated again and otherwise; rating and time tell the
    /// two apart.
    pub fn rated(turn: Turn, rating: i8, at: Timestamp) -> Self {
        let parts = [turn.id.to_string(), rating.to_string(), at.to_string()];
        let [id, rating, time] = parts.each_ref().map(String::as_str);
        Self {
            id: EventId::derived(&["rated", id, rating, time]),
            at,
            workspace_id: turn.workspace_id,
            chatbot_id: turn.chatbot_id,
            body: EventBody::RatingReceived(Box::new(turn)),
        }
    }

    /// A conversation ended for being idle. It may go on and end again; the time of its last
    /// message tells the two apart.
    pub fn ended(conversation: Conversation, at: Timestamp) -> Self {
        let last = conversation.updated_at.to_string();
        Self {
            id: EventId::derived(&["ended", &conversation.id.to_string(), &last]),
            at,
            workspace_id: conversation.workspace_id,
            chatbot_id: conversation.chatbot_id,
            body: EventBody::ConversationEnded(Box::new(conversation)),
        }
    }
}
