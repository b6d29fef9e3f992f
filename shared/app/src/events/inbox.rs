//! Subscriber of inboxes: notes what a team wants to see at once in the feed of its workspace.

use domain::{Conversation, ConversationStatus, Result};
use store::{Change, FeedEntry, Store};

use crate::{App, adapters::clock::SharedClock};

/// Writes the feeds of inboxes. A change that comes again is noted again, and shows the same.
#[derive(Debug, Clone)]
pub(super) struct InboxSubscriber {
    store: Store,
    clock: SharedClock,
}

impl InboxSubscriber {
    pub fn new(app: &App) -> Self {
        Self { store: app.store.clone(), clock: app.clock.clone() }
    }

    pub async fn on(&self, change: &Change) -> Result<()> {
        let Some(conversation) = noted(change) else { return Ok(()) };
        let entry = FeedEntry { chatbot: conversation.chatbot_id, conversation: conversation.id };
        self.store.put_feed_entry(conversation.workspace_id, entry, self.clock.now()).await
    }
}

/// The conversation that `change` is noted for. What a visitor and a chatbot say to each other isn't:
/// every turn would cost a write, and no person waits for it.
fn noted(change: &Change) -> Option<&Conversation> {
    match change {
        Change::ConversationStarted(new) => Some(new),
        Change::ConversationChanged { old, new, handoff_at, .. } => {
            let theirs = new.status == ConversationStatus::HandedOff;
            let changed = old.status != new.status
                || old.assignee != new.assignee
                || old.direct_messages != new.direct_messages
                || old.customer_email != new.customer_email
                || handoff_at.is_some()
                || (theirs && old.message_count != new.message_count);
            changed.then_some(new)
        }
        _ => None,
    }
}
