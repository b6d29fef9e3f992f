//! Partitions that hold several items.

use domain::{
    AgentLoopId, ChannelId, ChatbotId, ConversationId, ConversationStatus, CrawlId, ExecutionId,
    MessageId, PeerKey, Scope, SourceId, WebhookId, WorkspaceId,
};

use super::parts::Mark;
use super::sha256;

/// Partition of a workspace.
pub fn workspace_partition(id: WorkspaceId) -> String {
    format!("WS#{id}")
}
/// Partition of what a workspace has used.
pub fn usage_partition(id: WorkspaceId) -> String {
    format!("USE#{id}")
}
/// Partition of a workspace's places among the executions that run.
pub fn slots_partition(id: WorkspaceId) -> String {
    format!("SLOTS#{id}")
}
/// Partition of a chatbot.
pub fn chatbot_partition(id: ChatbotId) -> String {
    format!("BOT#{id}")
}
/// Partition of a conversation's turns.
pub fn conversation_partition(id: ConversationId) -> String {
    format!("CONV#{id}")
}
/// Partition of what changes in a workspace's inbox.
pub fn feed_partition(id: WorkspaceId) -> String {
    format!("INBOX#{id}")
}
/// Partition of one crawl: its pages, chunks and segment.
pub fn crawl_partition(source: SourceId, job: CrawlId) -> String {
    format!("SRC#{source}#{job}")
}
/// Partition of the pointers to what a chatbot knows.
pub fn index_partition(id: ChatbotId) -> String {
    format!("IDX#{id}")
}
/// Partition of the webhooks of a chatbot or of a whole workspace.
pub fn webhooks_partition(scope: Scope) -> String {
    match scope {
        Scope::Chatbot(id) => format!("HOOKS#{id}"),
        Scope::Workspace(id) => format!("HOOKS#WS#{id}"),
        Scope::AgentLoop(id) => format!("HOOKS#LOOP#{id}"),
    }
}
/// Partition of a peer of a channel: its own item and its entries.
pub fn peer_partition(channel: ChannelId, peer: &PeerKey) -> String {
    format!("PEER#{channel}#{peer}")
}
/// Partition of a webhook's deliveries.
pub fn deliveries_partition(id: WebhookId) -> String {
    format!("HOOK#{id}")
}
/// Partition of an agent loop's executions.
pub fn executions_partition(id: AgentLoopId) -> String {
    format!("LOOP#{id}")
}
/// Partition of what one execution did.
pub fn execution_partition(id: ExecutionId) -> String {
    format!("EXEC#{id}")
}
/// Partition of the `list` index for conversations of one status.
pub fn conversations_of(chatbot: ChatbotId, status: ConversationStatus) -> String {
    format!("CONVS#{chatbot}#{}", status.name())
}
/// Partition of the `list` index for the peers of a channel.
pub fn peers_of(channel: ChannelId) -> String {
    format!("PEERS#{channel}")
}
/// Partition of the `list` index for the turn that has this answer.
pub fn message_partition(answer: MessageId) -> String {
    format!("MSG#{answer}")
}
/// Partition of the `list` index for the conversations of a session, which the client named.
pub fn session_conversations(chatbot: ChatbotId, session: &str) -> String {
    format!("SESSION#{chatbot}#{}", sha256(session))
}
/// Partition of the `list` index for conversations with this mark.
pub fn marked(chatbot: ChatbotId, mark: Mark) -> String {
    let answered = if mark.unanswered { "unanswered" } else { "answered" };
    let rated = match mark.rating {
        None => "unrated",
        Some(rating) if rating > 0 => "up",
        Some(_) => "down",
    };
    format!("MARKED#{chatbot}#{answered}#{rated}")
}
