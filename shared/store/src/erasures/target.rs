//! What is to be cleared away.

use domain::{
    AgentLoopId, ChannelId, ChatbotId, ConversationId, CrawlId, ExecutionId, Scope, SourceId,
    VisitorErasureId, WebhookId, WorkspaceId,
};
use serde::{Deserialize, Serialize};

use crate::keys;

/// What is to be cleared away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PurgeTarget {
    /// The turns of a conversation.
    Conversation {
        /// The conversation that was.
        id: ConversationId,
    },
    /// Pages, passages and segment of one crawl.
    Crawl {
        /// The source it was of.
        id: SourceId,
        /// The crawl.
        job: CrawlId,
    },
    /// The file that a source was read from, which is not in the table.
    File {
        /// The chatbot that read it.
        chatbot: ChatbotId,
        /// The source that was.
        id: SourceId,
    },
    /// Keys, integrations, channels, subdomain, branding, widget, conversations, leads, sources, index and webhooks of a
    /// chatbot; their own rows are purged by their own removal.
    Chatbot {
        /// The chatbot that was.
        id: ChatbotId,
        /// Whose it was.
        workspace: WorkspaceId,
    },
    /// The peers of a channel, with their messages.
    Channel {
        /// The channel that was.
        id: ChannelId,
    },
    /// The executions of an agent loop.
    AgentLoop {
        /// The loop that was.
        id: AgentLoopId,
    },
    /// What one execution did.
    Execution {
        /// The execution that was.
        id: ExecutionId,
    },
    /// Everything of a workspace: members, sessions, keys, chatbots, loops, webhooks.
    Workspace {
        /// The workspace that was.
        id: WorkspaceId,
    },
    /// Leads, conversations and peers of channels that belong to one visitor of a chatbot.
    Visitor {
        /// Which visitor.
        id: VisitorErasureId,
        /// The chatbot that they visited.
        chatbot: ChatbotId,
        /// Whose that is.
        workspace: WorkspaceId,
    },
    /// Conversations and leads of a chatbot whose time is over, by its settings.
    Expired {
        /// The chatbot.
        chatbot: ChatbotId,
    },
    /// The deliveries of a webhook, and what points to it.
    Webhook {
        /// The webhook that was.
        id: WebhookId,
        /// The workspace that lists it, if it was found by that alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        listed_by: Option<WorkspaceId>,
    },
}

impl PurgeTarget {
    /// Where it is noted that this is to be cleared away.
    pub(crate) fn tombstone(&self) -> keys::Key {
        match *self {
            Self::Conversation { id } => keys::tombstone(&id.to_string(), "conversation"),
            Self::Crawl { id, job } => keys::tombstone(&id.to_string(), &format!("crawl#{job}")),
            Self::File { id, .. } => keys::tombstone(&id.to_string(), "file"),
            Self::Chatbot { id, .. } => keys::tombstone(&id.to_string(), "chatbot"),
            Self::Webhook { id, .. } => keys::tombstone(&id.to_string(), "webhook"),
            Self::Channel { id } => keys::tombstone(&id.to_string(), "channel"),
            Self::Workspace { id } => keys::tombstone(&id.to_string(), "workspace"),
            Self::AgentLoop { id } => keys::tombstone(&id.to_string(), "loop"),
            Self::Execution { id } => keys::tombstone(&id.to_string(), "execution"),
            Self::Visitor { id, .. } => keys::tombstone(&id.to_string(), "visitor"),
            Self::Expired { chatbot } => keys::retention(chatbot),
        }
    }

    /// The partitions whose items go.
    pub(crate) fn partitions(&self) -> Vec<String> {
        match *self {
            Self::Conversation { id } => vec![keys::conversation_partition(id)],
            Self::Crawl { id, job } => vec![keys::crawl_partition(id, job)],
            Self::File { .. }
            | Self::Channel { .. }
            | Self::Visitor { .. }
            | Self::Expired { .. } => Vec::new(),
            // Its own rows last: they say what else there is.
            Self::Workspace { id } => vec![
                keys::webhooks_partition(Scope::Workspace(id)),
                keys::feed_partition(id),
                keys::usage_partition(id),
                keys::slots_partition(id),
                keys::workspace_partition(id),
            ],
            Self::AgentLoop { id } => {
                vec![keys::webhooks_partition(Scope::AgentLoop(id)), keys::executions_partition(id)]
            }
            Self::Execution { id } => vec![keys::execution_partition(id)],
            Self::Webhook { id, .. } => vec![keys::deliveries_partition(id)],
            Self::Chatbot { id, .. } => vec![
                keys::webhooks_partition(Scope::Chatbot(id)),
                keys::index_partition(id),
                keys::chatbot_partition(id),
            ],
        }
    }
}
