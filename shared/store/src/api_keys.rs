//! The item of an API key, which chatbots are made with and workspaces list.

use domain::{ApiKey, ChatbotId, Dialect, KeyId, KeyKind, Plan, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::keys::{self, Key};

/// An API key: one item under the hash of its secret and, unless it was made with its chatbot, one in its
/// workspace's list.
#[derive(Serialize, Deserialize)]
pub(crate) struct ApiKeyItem {
    id: KeyId,
    pub workspace_id: WorkspaceId,
    chatbot_id: Option<ChatbotId>,
    pub dialect: Dialect,
    kind: KeyKind,
    prefix: String,
    created_at: Timestamp,
    /// Of the secret; only in the workspace's entry, to find the other item by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// The workspace's plan, kept here so that who calls and what they may is one read; only in
    /// the item under the secret's hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
}

impl ApiKeyItem {
    /// As it is found by its secret.
    pub fn by_secret(key: &ApiKey, plan: Plan) -> Self {
        Self::new(key, None, Some(plan))
    }

    /// As it is in its workspace's list.
    pub fn entry(key: &ApiKey, hash: &str) -> Self {
        Self::new(key, Some(hash), None)
    }

    /// Where the item under the secret of a listed key is.
    pub fn secret_key(&self) -> Option<Key> {
        self.hash.as_deref().map(keys::api_key)
    }

    fn new(key: &ApiKey, hash: Option<&str>, plan: Option<Plan>) -> Self {
        let ApiKey { id, workspace_id, chatbot_id, dialect, kind, prefix, created_at } =
            key.clone();
        let hash = hash.map(str::to_owned);
        Self { id, workspace_id, chatbot_id, dialect, kind, prefix, created_at, hash, plan }
    }
}

impl From<ApiKeyItem> for ApiKey {
    fn from(from: ApiKeyItem) -> Self {
        let ApiKeyItem {
            id,
            workspace_id,
            chatbot_id,
            dialect,
            kind,
            prefix,
            created_at,
            hash: _,
            plan: _,
        } = from;
        Self { id, workspace_id, chatbot_id, dialect, kind, prefix, created_at }
    }
}
