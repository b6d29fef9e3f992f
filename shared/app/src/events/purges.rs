//! Subscriber of the purge queue: what depended on something deleted is removed.

use domain::{Conversation, Result, SourceKind};
use store::{Change, PurgeTarget, Store};

use crate::{ops::purge::Purge, work_queue::JobQueue};

/// Sends a purge job for each thing that a change leaves without an owner.
#[derive(Debug, Clone)]
pub(super) struct PurgeSubscriber {
    store: Store,
    queue: JobQueue<Purge>,
}

impl PurgeSubscriber {
    pub fn new(store: Store, queue: JobQueue<Purge>) -> Self {
        Self { store, queue }
    }

    pub async fn on(&self, change: &Change) -> Result<()> {
        let mut targets = targets(change);
        if let Change::ConversationStarted(conversation) = change {
            targets.extend(self.orphaned(conversation).await?);
        }
        if targets.is_empty() {
            return Ok(());
        }
        let jobs: Vec<Purge> = targets.into_iter().map(|target| Purge { target }).collect();
        self.queue.send_all(&jobs).await
    }

    /// A chat that was under way while its chatbot was deleted and purged leaves a conversation
    /// behind; purging the chatbot again removes it.
    async fn orphaned(&self, conversation: &Conversation) -> Result<Option<PurgeTarget>> {
        let (workspace, id) = (conversation.workspace_id, conversation.chatbot_id);
        let chatbot = self.store.chatbot(workspace, id).await?;
        Ok(chatbot.is_none().then_some(PurgeTarget::Chatbot { id, workspace }))
    }
}

fn targets(change: &Change) -> Vec<PurgeTarget> {
    let crawls = change.superseded_crawls().into_iter();
    let mut targets: Vec<PurgeTarget> =
        crawls.map(|(id, job)| PurgeTarget::Crawl { id, job }).collect();
    match change {
        Change::ConversationRemoved(conversation) => {
            targets.push(PurgeTarget::Conversation { id: conversation.id });
        }
        Change::SourceRemoved(source) if source.kind == SourceKind::File => {
            targets.push(PurgeTarget::File { chatbot: source.chatbot_id, id: source.id });
        }
        Change::ChatbotRemoved(chatbot) => {
            targets.push(PurgeTarget::Chatbot { id: chatbot.id, workspace: chatbot.workspace_id });
        }
        Change::ChannelRemoved(channel) => {
            targets.push(PurgeTarget::Channel { id: channel.id });
        }
        Change::AgentLoopRemoved(id) => targets.push(PurgeTarget::AgentLoop { id: *id }),
        Change::ExecutionRemoved(execution) => {
            targets.push(PurgeTarget::Execution { id: execution.id });
        }
        Change::WebhookRemoved(webhook) => {
            let listed = webhook.dialect.profile().webhooks.listed_by_workspace;
            let listed_by = listed.then_some(webhook.workspace_id);
            targets.push(PurgeTarget::Webhook { id: webhook.id, listed_by });
        }
        _ => {}
    }
    targets
}
