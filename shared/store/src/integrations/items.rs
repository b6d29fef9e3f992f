//! Integrations, and the chatbot's set of them.

use domain::{
    BackendKind, Chatbot, ChatbotId, Integration, IntegrationId, IntegrationStatus, Result,
    SealedHeader, Timestamp, WorkspaceId, integration::MAX_INTEGRATIONS,
};
use serde::{Deserialize, Serialize};

use crate::{
    keys,
    table::client::{Range, Store, key_in, read},
    table::conversions::item_conversions,
    table::write::Write,
};

#[derive(Serialize, Deserialize)]
struct IntegrationItem {
    id: IntegrationId,
    workspace_id: WorkspaceId,
    chatbot_id: ChatbotId,
    name: String,
    kind: BackendKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    headers: Vec<SealedHeader>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed_api_key: Option<String>,
    timeout_seconds: u32,
    weight: u32,
    is_fallback: bool,
    status: IntegrationStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open_until: Option<Timestamp>,
    #[serde(default)]
    trips: u32,
    created_at: Timestamp,
    updated_at: Timestamp,
}

item_conversions!(
    IntegrationItem,
    Integration {
        id,
        workspace_id,
        chatbot_id,
        name,
        kind,
        url,
        model,
        headers,
        sealed_api_key,
        timeout_seconds,
        weight,
        is_fallback,
        status,
        status_reason,
        open_until,
        trips,
        created_at,
        updated_at,
    }
);

/// What became of an integration that was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutIntegration {
    /// It is stored.
    Added,
    /// The chatbot has as many as it may have.
    Full,
    /// The chatbot is gone.
    Gone,
}

/// Bumps the chatbot's version of its integrations, so that every process loads them again.
fn bump(integration: &Integration) -> Result<Write> {
    let key = keys::chatbot(integration.workspace_id, integration.chatbot_id);
    Ok(Write::update(key, "ADD integrations_version :one").value("one", 1)?.if_present())
}

impl Store {
    /// Stores a new integration if its chatbot is there and has fewer than [`MAX_INTEGRATIONS`].
    pub async fn put_integration(&self, integration: &Integration) -> Result<PutIntegration> {
        let owner = keys::chatbot(integration.workspace_id, integration.chatbot_id);
        let id = integration.id.to_string();
        let listed =
            Write::update(owner.clone(), "ADD integration_ids :ids, integrations_version :one")
                .string_set("ids", vec![id])
                .value("one", 1)?
                .value("max", MAX_INTEGRATIONS)?
                .when(
                    "attribute_exists(pk) AND \
             (attribute_not_exists(integration_ids) OR size(integration_ids) < :max)",
                );
        let key = keys::integration(integration.workspace_id, integration.id);
        let put = Write::put(key, &IntegrationItem::from(integration))?.if_absent();
        if self.transact(vec![listed, put]).await?.is_done() {
            return Ok(PutIntegration::Added);
        }
        let there: Option<serde_json::Value> = self.get(&owner, true).await?;
        Ok(if there.is_some() { PutIntegration::Full } else { PutIntegration::Gone })
    }

    /// An integration of `workspace`.
    pub async fn integration(
        &self,
        workspace: WorkspaceId,
        id: IntegrationId,
    ) -> Result<Option<Integration>> {
        let found: Option<IntegrationItem> =
            self.get(&keys::integration(workspace, id), true).await?;
        Ok(found.map(Into::into))
    }

    /// The integrations of a chatbot, newest first. One that was deleted since `chatbot` was read is
    /// left out.
    pub async fn integrations(&self, chatbot: &Chatbot) -> Result<Vec<Integration>> {
        if chatbot.integrations.is_empty() {
            return Ok(Vec::new());
        }
        let ids = chatbot.integrations.iter();
        let keys: Vec<_> = ids.map(|id| keys::integration(chatbot.workspace_id, *id)).collect();
        let items = self.batch_get(&keys, true).await?;
        let mut found = items
            .into_iter()
            .map(|item| read::<IntegrationItem>(item).map(Integration::from))
            .collect::<Result<Vec<_>>>()?;
        found.sort_by_key(|integration| std::cmp::Reverse(integration.id));
        Ok(found)
    }

    /// Writes `integration` as it is now, unless it was changed or deleted since it was `seen`;
    /// whether it was written.
    pub async fn update_integration(
        &self,
        integration: &Integration,
        seen: Timestamp,
    ) -> Result<bool> {
        let key = keys::integration(integration.workspace_id, integration.id);
        let put = Write::put(key, &IntegrationItem::from(integration))?
            .when("attribute_exists(pk) AND updated_at = :seen")
            .value("seen", seen)?;
        Ok(self.transact(vec![put, bump(integration)?]).await?.is_done())
    }

    /// Writes what an answer or a failure says about `integration`: its status, the reason, and until
    /// when it isn't asked. Only if nothing changed since it was `seen`; whether it was written.
    pub async fn set_integration_health(
        &self,
        integration: &Integration,
        seen: &Integration,
    ) -> Result<bool> {
        let key = keys::integration(integration.workspace_id, integration.id);
        let mut set = vec!["#status = :status", "trips = :trips"];
        let mut remove = Vec::new();
        for (name, assignment, is_set) in [
            ("status_reason", "status_reason = :reason", integration.status_reason.is_some()),
            ("open_until", "open_until = :until", integration.open_until.is_some()),
        ] {
            if is_set { set.push(assignment) } else { remove.push(name) }
        }
        let mut expression = format!("SET {}", set.join(", "));
        if !remove.is_empty() {
            expression.push_str(&format!(" REMOVE {}", remove.join(", ")));
        }
        let mut write = Write::update(key, expression)
            .name("status", "status")
            .value("status", integration.status)?
            .value("trips", integration.trips)?
            .value("seen", seen.updated_at)?
            .value("was", seen.status)?
            .value("trips_was", seen.trips)?
            .when("updated_at = :seen AND #status = :was AND trips = :trips_was");
        if let Some(reason) = &integration.status_reason {
            write = write.value("reason", reason)?;
        }
        if let Some(until) = integration.open_until {
            write = write.value("until", until)?;
        }
        Ok(self.transact(vec![write, bump(integration)?]).await?.is_done())
    }

    /// Deletes an integration; whether it was there.
    pub async fn delete_integration(&self, integration: &Integration) -> Result<bool> {
        let key = keys::integration(integration.workspace_id, integration.id);
        let owner = keys::chatbot(integration.workspace_id, integration.chatbot_id);
        let unlisted =
            Write::update(owner, "DELETE integration_ids :ids ADD integrations_version :one")
                .string_set("ids", vec![integration.id.to_string()])
                .value("one", 1)?
                .if_present();
        Ok(self.transact(vec![Write::delete(key).if_present(), unlisted]).await?.is_done())
    }

    /// Deletes the integrations of a chatbot that is gone.
    pub(crate) async fn delete_integrations_of(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
    ) -> Result<()> {
        let range = Range::prefix(keys::workspace_partition(workspace), keys::INTEGRATION);
        let mut doomed = Vec::new();
        for item in self.query_items(range).await? {
            let key = key_in(&item)?;
            if read::<IntegrationItem>(item)?.chatbot_id == chatbot {
                doomed.push(key);
            }
        }
        self.batch_delete(&doomed).await
    }
}
