//! Integrations as their owner manages them.

use std::time::Duration;

use domain::{
    ChatbotId, Error, ErrorKind, Integration, IntegrationFilter, IntegrationId, IntegrationPatch,
    IntegrationStatus, ListPage, NewIntegration, Result, SealedHeader, Timestamp, WorkspaceId,
    integration::{DEFAULT_TIMEOUT_SECONDS, DEFAULT_WEIGHT, MAX_INTEGRATIONS, check_kind},
};
use outbound::Policy;
use store::PutIntegration;
use url::{Host, Url};

use super::backends::Integrations;

/// How long a name is looked up when an integration is saved; it is looked at again with every
/// connection.
const LOOK_UP: Duration = Duration::from_secs(3);
/// How often a change that met another one is tried again.
const ATTEMPTS: u32 = 4;

impl Integrations {
    /// Makes an integration of a chatbot.
    pub async fn create(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        new: NewIntegration,
    ) -> Result<Integration> {
        let NewIntegration { kind, settings } = new;
        let now = self.app.now();
        let blank = Integration {
            id: IntegrationId::new(),
            workspace_id: workspace,
            chatbot_id: chatbot,
            name: String::new(),
            kind,
            url: None,
            model: None,
            headers: Vec::new(),
            sealed_api_key: None,
            timeout_seconds: DEFAULT_TIMEOUT_SECONDS,
            weight: DEFAULT_WEIGHT,
            is_fallback: false,
            status: IntegrationStatus::Active,
            status_reason: None,
            open_until: None,
            trips: 0,
            created_at: now,
            updated_at: now,
        };
        let integration = self.apply(blank, settings).await?;
        match self.app.store.put_integration(&integration).await? {
            PutIntegration::Added => Ok(integration),
            PutIntegration::Gone => Err(Error::not_found("chatbot")),
            PutIntegration::Full => {
                let message = format!("a bot can have at most {MAX_INTEGRATIONS} integrations");
                Err(Error::new(ErrorKind::Conflict, message))
            }
        }
    }

    /// A page of a chatbot's integrations that `filter` wants, newest first, with how many it wants in
    /// all. They are read whole, since there are few of them.
    pub async fn page(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        filter: &IntegrationFilter,
        page: ListPage,
    ) -> Result<(Vec<Integration>, u64)> {
        let chatbot = self.app.chatbot(workspace, chatbot).await?;
        let mut integrations = self.app.store.integrations(&chatbot).await?;
        integrations.retain(|integration| filter.matches(integration));
        let total = integrations.len() as u64;
        Ok((page.of(integrations), total))
    }

    /// An integration of a workspace.
    pub async fn get(&self, workspace: WorkspaceId, id: IntegrationId) -> Result<Integration> {
        let found = self.app.store.integration(workspace, id).await?;
        found.ok_or_else(|| Error::not_found("integration"))
    }

    /// Changes an integration, which gives it another chance: an error is forgotten.
    pub async fn update(
        &self,
        workspace: WorkspaceId,
        id: IntegrationId,
        patch: IntegrationPatch,
    ) -> Result<Integration> {
        for _ in 0..ATTEMPTS {
            let seen = self.get(workspace, id).await?;
            if patch.is_empty() {
                return Ok(seen);
            }
            let was = seen.updated_at;
            // `updated_at` is what tells two states apart, so it has to move.
            let updated_at = self.app.now().max(Timestamp::from_millis(was.millis() + 1));
            let changed = self.apply(seen, patch.clone()).await?;
            let status = match changed.status {
                IntegrationStatus::Error => IntegrationStatus::Active,
                status => status,
            };
            let changed = Integration {
                status,
                status_reason: None,
                open_until: None,
                trips: 0,
                updated_at,
                ..changed
            };
            if self.app.store.update_integration(&changed, was).await? {
                return Ok(changed);
            }
        }
        Err(Error::new(ErrorKind::Conflict, "the integration was changed by another request"))
    }

    /// Deletes an integration.
    pub async fn delete(&self, workspace: WorkspaceId, id: IntegrationId) -> Result<()> {
        let integration = self.get(workspace, id).await?;
        match self.app.store.delete_integration(&integration).await? {
            true => Ok(()),
            false => Err(Error::not_found("integration")),
        }
    }

    /// `integration` with `patch` carried out on it: the URL checked, the secrets sealed.
    async fn apply(
        &self,
        mut integration: Integration,
        patch: IntegrationPatch,
    ) -> Result<Integration> {
        let IntegrationPatch {
            name,
            url,
            model,
            headers,
            api_key,
            timeout_seconds,
            weight,
            is_fallback,
            status,
        } = patch;
        let some = |text: String| (!text.is_empty()).then_some(text);
        let owner = integration.id.to_string();
        if let Some(url) = url {
            check_address(self.policy, "url", &url).await?;
            integration.url = some(url);
        }
        if let Some(model) = model {
            integration.model = some(model);
        }
        if let Some(headers) = headers {
            integration.headers.clear();
            for (name, value) in headers {
                let sealed = self.sealer().await?.seal(&owner, &value)?;
                integration.headers.push(SealedHeader { name, sealed });
            }
        }
        if let Some(key) = api_key {
            integration.sealed_api_key = match some(key) {
                Some(key) => Some(self.sealer().await?.seal(&owner, &key)?),
                None => None,
            };
        }
        integration.name = name.unwrap_or(integration.name);
        integration.timeout_seconds = timeout_seconds.unwrap_or(integration.timeout_seconds);
        integration.weight = weight.unwrap_or(integration.weight);
        integration.is_fallback = is_fallback.unwrap_or(integration.is_fallback);
        integration.status = status.unwrap_or(integration.status);
        check_kind(integration.kind, integration.url.as_deref(), integration.model.as_deref())?;
        Ok(integration)
    }
}

/// Checks the address in `field`, which may be empty. One that would be refused at connect time is
/// refused now, when its owner is there to read why.
pub(crate) async fn check_address(policy: Policy, field: &str, text: &str) -> Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let refused = |why: &str| Err(Error::field(field, why));
    let Ok(url) = Url::parse(text) else { return refused("must be an absolute URL") };
    if url.scheme() != "https" && policy == Policy::Public {
        return refused("must begin with https://");
    }
    if let Some(why) = policy.refuses(&url) {
        return refused(why);
    }
    let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
    let port = url.port_or_known_default().unwrap_or(443);
    let found = tokio::time::timeout(LOOK_UP, tokio::net::lookup_host((name, port))).await;
    let Ok(Ok(mut addresses)) = found else { return Ok(()) };
    match addresses.any(|address| !policy.allows(address.ip())) {
        true => refused("resolves to a loopback, private or reserved address"),
        false => Ok(()),
    }
}
