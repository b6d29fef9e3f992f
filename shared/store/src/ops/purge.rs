//! Clearing away what hung on something that was deleted. Deleting begins with the item itself,
//! at once; its stream record brings the rest here. Purging twice does nothing more.

use domain::{
    AgentLoopId, ChatbotId, ConversationId, CrawlId, ExecutionId, Result, Scope, SourceId,
    WebhookId, WorkspaceId,
};
use serde::{Deserialize, Serialize};

use crate::{
    keys,
    table::client::{Range, Store, key_in},
};

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
    /// Keys, integrations, subdomain, branding, widget, conversations, leads, sources, index and webhooks of a
    /// chatbot; their own rows are purged by their own removal.
    Chatbot {
        /// The chatbot that was.
        id: ChatbotId,
        /// Whose it was.
        workspace: WorkspaceId,
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
    /// The deliveries of a webhook, and what points to it.
    Webhook {
        /// The webhook that was.
        id: WebhookId,
        /// The workspace that lists it, if it was found by that alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        listed_by: Option<WorkspaceId>,
    },
}

/// Items removed between two looks at the time.
const BATCH: u32 = 200;

impl PurgeTarget {
    fn partitions(&self) -> Vec<String> {
        match *self {
            Self::Conversation { id } => vec![keys::conversation_partition(id)],
            Self::Crawl { id, job } => vec![keys::crawl_partition(id, job)],
            Self::File { .. } => Vec::new(),
            Self::AgentLoop { id } => vec![keys::executions_partition(id)],
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

impl Store {
    /// Removes up to some hundred items of `target`; `true` once nothing is left.
    pub async fn purge_some(&self, target: &PurgeTarget) -> Result<bool> {
        if let PurgeTarget::Chatbot { id, workspace } = target {
            self.delete_api_keys_of(*workspace, *id).await?;
            self.delete_integrations_of(*workspace, *id).await?;
            // Before the branding goes, which says what was claimed.
            self.free_subdomain(*id).await?;
        }
        if let PurgeTarget::Webhook { id, listed_by: Some(workspace) } = target {
            self.batch_delete(&[keys::webhook_pointer(*workspace, *id)]).await?;
        }
        for partition in target.partitions() {
            let range = Range {
                index: None,
                partition,
                sort: None,
                backwards: false,
                limit: Some(BATCH),
                consistent: true,
            };
            let items = self.query_items(range).await?;
            if items.is_empty() {
                continue;
            }
            let doomed = items.iter().map(key_in).collect::<Result<Vec<_>>>()?;
            self.batch_delete(&doomed).await?;
            return Ok(false);
        }
        Ok(true)
    }
}
