//! What happened, as others are told of it. Events are never stored: they are read off the change
//! of the item they belong to, with an id derived from that item, so that the same change always
//! gives the same event.

use crate::{
    AgentExecution, BackendReport, Channel, ChatbotId, Conversation, ConversationId, DirectMessage,
    EventId, Lead, Timestamp, Turn, WorkspaceId,
};

/// An event with what it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Derived from the item and the change.
    pub id: EventId,
    /// When it happened.
    pub at: Timestamp,
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// The chatbot; `None` of an agent loop that names none.
    pub chatbot_id: Option<ChatbotId>,
    /// What happened.
    pub body: EventBody,
}

/// The contents of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum EventBody {
    /// A conversation's first item was written.
    ConversationStarted(Box<Conversation>),
    /// The visitor's half of a turn.
    QuestionAsked(Box<Turn>),
    /// The answer's half of a turn.
    QuestionAnswered(Box<Turn>),
    /// A conversation was idle for long enough.
    ConversationEnded(Box<Conversation>),
    /// A visitor left contact details.
    LeadCaptured(Box<Lead>),
    /// A visitor rated an answer.
    RatingReceived(Box<Turn>),
    /// A visitor requested a person.
    HandoffRequested(Box<Conversation>),
    /// A member or a visitor wrote outside of a turn.
    DirectMessageSent(Box<DirectMessage>),
    /// No AI backend of the chatbot gave a complete answer to the question of this turn.
    IntegrationFailed(Box<Turn>),
    /// A channel was lost, or its owner switched it off.
    ChannelDisconnected(Box<Channel>),
    /// An execution of an agent loop has ended, however that was.
    ExecutionEnded(Box<AgentExecution>),
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
            | EventBody::RatingReceived(turn)
            | EventBody::IntegrationFailed(turn) => Some(turn.conversation_id),
            EventBody::DirectMessageSent(message) => Some(message.conversation_id),
            EventBody::LeadCaptured(lead) => lead.conversation_id,
            EventBody::ChannelDisconnected(_) | EventBody::ExecutionEnded(_) => None,
        }
    }

    /// A conversation began.
    pub fn started(conversation: Conversation) -> Self {
        Self {
            id: EventId::derived(&["started", &conversation.id.to_string()]),
            at: conversation.created_at,
            workspace_id: conversation.workspace_id,
            chatbot_id: Some(conversation.chatbot_id),
            body: EventBody::ConversationStarted(Box::new(conversation)),
        }
    }

    /// A turn was stored: a question and its answer, one event each, and that no AI backend answered if
    /// that was so.
    pub fn of_turn(turn: &Turn) -> Vec<Self> {
        let event = |what: &str, at, body| Self {
            id: EventId::derived(&[what, &turn.id.to_string()]),
            at,
            workspace_id: turn.workspace_id,
            chatbot_id: Some(turn.chatbot_id),
            body,
        };
        let mut events = vec![
            event("asked", turn.asked_at, EventBody::QuestionAsked(Box::new(turn.clone()))),
            event(
                "answered",
                turn.answered_at,
                EventBody::QuestionAnswered(Box::new(turn.clone())),
            ),
        ];
        if turn.backend.as_ref().is_some_and(BackendReport::failed) {
            let body = EventBody::IntegrationFailed(Box::new(turn.clone()));
            events.push(event("integration failed", turn.answered_at, body));
        }
        events
    }

    /// A channel was lost or switched off; the time tells one loss from another.
    pub fn channel_disconnected(channel: Channel) -> Self {
        let at = channel.disconnected_at.unwrap_or(channel.updated_at);
        let (id, time) = (channel.id.to_string(), at.to_string());
        Self {
            id: EventId::derived(&["channel disconnected", &id, &time]),
            at,
            workspace_id: channel.workspace_id,
            chatbot_id: Some(channel.chatbot_id),
            body: EventBody::ChannelDisconnected(Box::new(channel)),
        }
    }

    /// A direct message was stored.
    pub fn sent(message: DirectMessage) -> Self {
        Self {
            id: EventId::derived(&["sent", &message.id.to_string()]),
            at: message.created_at,
            workspace_id: message.workspace_id,
            chatbot_id: Some(message.chatbot_id),
            body: EventBody::DirectMessageSent(Box::new(message)),
        }
    }

    /// An execution has ended, at `at`. It ends once, so its id alone tells its event from others.
    pub fn executed(execution: AgentExecution, at: Timestamp) -> Self {
        Self {
            id: EventId::derived(&["executed", &execution.id.to_string()]),
            at,
            workspace_id: execution.workspace_id,
            chatbot_id: execution.chatbot_id,
            body: EventBody::ExecutionEnded(Box::new(execution)),
        }
    }

    /// A visitor left contact details.
    pub fn captured(lead: Lead) -> Self {
        Self {
            id: EventId::derived(&["captured", &lead.id.to_string()]),
            at: lead.created_at,
            workspace_id: lead.workspace_id,
            chatbot_id: Some(lead.chatbot_id),
            body: EventBody::LeadCaptured(Box::new(lead)),
        }
    }

    /// A visitor requested a person at `at`, which tells one request from a later one.
    pub fn handed_off(conversation: Conversation, at: Timestamp) -> Self {
        let (id, time) = (conversation.id.to_string(), at.to_string());
        Self {
            id: EventId::derived(&["handoff", &id, &time]),
            at,
            workspace_id: conversation.workspace_id,
            chatbot_id: Some(conversation.chatbot_id),
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
            chatbot_id: Some(turn.chatbot_id),
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
            chatbot_id: Some(conversation.chatbot_id),
            body: EventBody::ConversationEnded(Box::new(conversation)),
        }
    }
}
