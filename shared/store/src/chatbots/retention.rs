//! How long a chatbot keeps what its visitors leave: a row that is due while anything expires.

use domain::{ChatbotId, Result, Retention, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::{
    keys::{self, Key},
    table::client::Store,
    table::write::Write,
};

#[derive(Serialize, Deserialize)]
struct RetentionItem {
    chatbot_id: ChatbotId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    conversation_days: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lead_days: Option<u32>,
    changed_at: Timestamp,
}

/// How long a chatbot keeps what its visitors leave, as it was set last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredRetention {
    /// The chatbot.
    pub chatbot: ChatbotId,
    /// How long.
    pub retention: Retention,
    changed_at: Timestamp,
}

impl From<RetentionItem> for StoredRetention {
    fn from(from: RetentionItem) -> Self {
        let RetentionItem { chatbot_id, conversation_days, lead_days, changed_at } = from;
        let retention = Retention { conversation_days, lead_days };
        Self { chatbot: chatbot_id, retention, changed_at }
    }
}

impl Store {
    /// How long a chatbot keeps what its visitors leave, if that was set.
    pub async fn retention(&self, chatbot: ChatbotId) -> Result<Option<StoredRetention>> {
        self.retention_at(&keys::retention(chatbot)).await
    }

    /// What is set under `key`, as the `due` index gives it.
    pub async fn retention_at(&self, key: &Key) -> Result<Option<StoredRetention>> {
        Ok(self.get::<RetentionItem>(key, true).await?.map(Into::into))
    }

    /// Sets how long a chatbot keeps what its visitors leave; whether there is such a chatbot. What has
    /// expired is due to be removed at once.
    pub async fn put_retention(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        retention: Retention,
        now: Timestamp,
    ) -> Result<bool> {
        let key = keys::retention(chatbot);
        let Retention { conversation_days, lead_days } = retention;
        let change = if retention.is_set() {
            let item = RetentionItem {
                chatbot_id: chatbot,
                conversation_days,
                lead_days,
                changed_at: now,
            };
            Write::put(key.clone(), &item)?
                .with("due_pk", keys::due_partition_of(&key))
                .with("due_at", now.to_string())
        } else {
            Write::delete(key)
        };
        let writes = vec![Write::check(keys::chatbot(workspace, chatbot)).if_present(), change];
        Ok(self.transact(writes).await?.is_done())
    }

    /// Looks again for what has expired at `until`, unless the setting changed since it was `seen`.
    pub async fn defer_retention(&self, seen: &StoredRetention, until: Timestamp) -> Result<()> {
        let write = Write::update(keys::retention(seen.chatbot), "SET due_at = :until")
            .value("until", until.to_string())?
            .value("seen", seen.changed_at)?
            .when("attribute_exists(pk) AND changed_at = :seen");
        self.write(write).await.map(drop)
    }
}
