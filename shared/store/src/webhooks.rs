//! Webhook subscriptions.

use domain::{
    ChatbotId, Dialect, Result, Timestamp, Webhook, WebhookId, WebhookStatus, WorkspaceId,
};
use serde::{Deserialize, Serialize};

use crate::{
    keys,
    mirror::mirrored,
    table::{Range, Store},
    write::Write,
};

#[derive(Serialize, Deserialize)]
pub(crate) struct WebhookItem {
    id: WebhookId,
    workspace_id: WorkspaceId,
    chatbot_id: ChatbotId,
    dialect: Dialect,
    url: String,
    events: Vec<String>,
    description: String,
    sealed_secret: String,
    status: WebhookStatus,
    created_at: Timestamp,
}

mirrored!(
    WebhookItem,
    Webhook {
        id,
        workspace_id,
        chatbot_id,
        dialect,
        url,
        events,
        description,
        sealed_secret,
        status,
        created_at,
    }
);

impl Store {
    /// Stores a subscription to a chatbot that is there; `false` if the chatbot is not.
    pub async fn put_webhook(&self, webhook: &Webhook) -> Result<bool> {
        let writes = vec![
            Write::put(keys::webhook(webhook.chatbot_id, webhook.id), &WebhookItem::from(webhook))?
                .if_absent(),
            Write::check(keys::chatbot(webhook.workspace_id, webhook.chatbot_id)).if_present(),
        ];
        Ok(self.transact(writes).await?.is_done())
    }

    /// A subscription. `fresh` asks for the very latest, at twice the cost.
    pub async fn webhook(
        &self,
        chatbot: ChatbotId,
        id: WebhookId,
        fresh: bool,
    ) -> Result<Option<Webhook>> {
        let found: Option<WebhookItem> = self.get(&keys::webhook(chatbot, id), fresh).await?;
        Ok(found.map(Into::into))
    }

    /// All subscriptions to a chatbot's events, newest first.
    pub async fn webhooks(&self, chatbot: ChatbotId) -> Result<Vec<Webhook>> {
        let range = Range::prefix(keys::webhooks_partition(chatbot), "HOOK#").backwards();
        let items: Vec<WebhookItem> = self.query(range).await?;
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// Switches a subscription off; one that is gone stays gone.
    pub async fn disable_webhook(&self, chatbot: ChatbotId, id: WebhookId) -> Result<()> {
        let write = Write::update(keys::webhook(chatbot, id), "SET #status = :off")
            .name("status", "status")
            .value("off", WebhookStatus::Disabled)?
            .if_present();
        self.write(write).await.map(drop)
    }

    /// Deletes a subscription; whether there was one. Its deliveries follow behind the stream.
    pub async fn delete_webhook(&self, chatbot: ChatbotId, id: WebhookId) -> Result<bool> {
        let write = Write::delete(keys::webhook(chatbot, id)).if_present();
        Ok(self.write(write).await?.is_done())
    }
}
