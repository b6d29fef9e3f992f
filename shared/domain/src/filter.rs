//! Which rows of a list a client wants. `None` matches everything.

use crate::{
    Chatbot, Conversation, ConversationStatus, Error, HandoffStatus, Result, Timestamp, Turn,
    Webhook, WebhookStatus, conversation::Platform,
};

/// Which end of a list comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// What began last.
    #[default]
    Newest,
    /// What began first.
    Oldest,
}

impl Order {
    /// The order that `field` names; newest first where nothing is said.
    pub fn named(field: &str, value: Option<&str>) -> Result<Self> {
        match value {
            None | Some("newest") => Ok(Self::Newest),
            Some("oldest") => Ok(Self::Oldest),
            Some(_) => Err(Error::field(field, "must be one of newest, oldest")),
        }
    }
}

/// Which conversations are wanted, each for its first question and answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum QuestionFilter {
    /// All of them.
    #[default]
    All,
    /// Nothing relevant was found.
    Unanswered,
    /// A person was requested.
    Handoff,
    /// The answer was rated up.
    Helpful,
    /// The answer was rated down.
    Unhelpful,
}

impl QuestionFilter {
    /// The filter that `field` names; all where nothing is said.
    pub fn named(field: &str, value: Option<&str>) -> Result<Self> {
        match value {
            None | Some("all") => Ok(Self::All),
            Some("unanswered") => Ok(Self::Unanswered),
            Some("handoff") => Ok(Self::Handoff),
            Some("helpful") => Ok(Self::Helpful),
            Some("unhelpful") => Ok(Self::Unhelpful),
            Some(_) => {
                let names = "must be one of all, unanswered, handoff, helpful, unhelpful";
                Err(Error::field(field, names))
            }
        }
    }

    /// Whether a conversation with this first turn is wanted.
    pub fn matches(self, conversation: &Conversation, first: &Turn) -> bool {
        match self {
            Self::All => true,
            Self::Unanswered => first.unanswered,
            Self::Handoff => conversation.handoff == HandoffStatus::Requested,
            Self::Helpful => first.rating == Some(1),
            Self::Unhelpful => first.rating == Some(-1),
        }
    }
}

/// Which chatbots of a list are wanted: those that are alike in all that is named here.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChatbotFilter {
    /// Its id, as text: a malformed id matches nothing.
    pub id: Option<String>,
    /// See [`Chatbot::name`].
    pub name: Option<String>,
    /// See [`Chatbot::description`].
    pub description: Option<String>,
    /// See [`Chatbot::disabled`].
    pub disabled: Option<bool>,
    /// See [`Chatbot::created_at`].
    pub created_at: Option<Timestamp>,
    /// See [`Chatbot::updated_at`].
    pub updated_at: Option<Timestamp>,
}

impl ChatbotFilter {
    /// Whether `chatbot` is wanted.
    pub fn matches(&self, chatbot: &Chatbot) -> bool {
        let Self { id, name, description, disabled, created_at, updated_at } = self;
        id.as_ref().is_none_or(|id| *id == chatbot.id.to_string())
            && name.as_ref().is_none_or(|name| *name == chatbot.name)
            && description.as_ref().is_none_or(|text| *text == chatbot.description)
            && disabled.is_none_or(|disabled| disabled == chatbot.disabled)
            && created_at.is_none_or(|at| at == chatbot.created_at)
            && updated_at.is_none_or(|at| at == chatbot.updated_at)
    }
}

/// Which conversations of a list are wanted: those that are alike in all that is named here.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConversationFilter {
    /// Its id, as text: a malformed id matches nothing.
    pub id: Option<String>,
    /// Its chatbot's id, as text.
    pub chatbot_id: Option<String>,
    /// See [`Conversation::status`].
    pub status: Option<ConversationStatus>,
    /// See [`Conversation::visitor_id`].
    pub visitor_id: Option<String>,
    /// Where the visitor is.
    pub visitor_platform: Option<Platform>,
    /// Where the chatbot answers.
    pub channel: Option<Platform>,
    /// See [`Conversation::message_count`].
    pub message_count: Option<u32>,
    /// See [`Conversation::created_at`].
    pub created_at: Option<Timestamp>,
    /// See [`Conversation::updated_at`].
    pub updated_at: Option<Timestamp>,
}

impl ConversationFilter {
    /// Whether it filters by status at most.
    pub fn is_by_status(&self) -> bool {
        *self == Self { status: self.status, ..Self::default() }
    }

    /// Whether `conversation` is wanted.
    pub fn matches(&self, conversation: &Conversation) -> bool {
        let Self {
            id,
            chatbot_id,
            status,
            visitor_id,
            visitor_platform,
            channel,
            message_count,
            created_at,
            updated_at,
        } = self;
        let platform = conversation.platform();
        id.as_ref().is_none_or(|id| *id == conversation.id.to_string())
            && chatbot_id.as_ref().is_none_or(|id| *id == conversation.chatbot_id.to_string())
            && status.is_none_or(|status| status == conversation.status)
            && visitor_id.as_ref().is_none_or(|id| *id == conversation.visitor_id)
            && visitor_platform.is_none_or(|wanted| wanted == platform)
            && channel.is_none_or(|wanted| wanted == platform)
            && message_count.is_none_or(|count| count == conversation.message_count)
            && created_at.is_none_or(|at| at == conversation.created_at)
            && updated_at.is_none_or(|at| at == conversation.updated_at)
    }
}

/// Which webhooks of a list are wanted: those that are alike in all that is named here.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WebhookFilter {
    /// Its id, as text: a malformed id matches nothing.
    pub id: Option<String>,
    /// See [`Webhook::url`].
    pub url: Option<String>,
    /// See [`Webhook::description`].
    pub description: Option<String>,
    /// See [`Webhook::status`].
    pub status: Option<WebhookStatus>,
    /// See [`Webhook::created_at`].
    pub created_at: Option<Timestamp>,
}

impl WebhookFilter {
    /// Whether `webhook` is wanted.
    pub fn matches(&self, webhook: &Webhook) -> bool {
        let Self { id, url, description, status, created_at } = self;
        id.as_ref().is_none_or(|id| *id == webhook.id.to_string())
            && url.as_ref().is_none_or(|url| *url == webhook.url)
            && description.as_ref().is_none_or(|text| *text == webhook.description)
            && status.is_none_or(|status| status == webhook.status)
            && created_at.is_none_or(|at| at == webhook.created_at)
    }
}
