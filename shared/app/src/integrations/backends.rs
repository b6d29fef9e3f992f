//! The integrations of a chatbot, as this process has them loaded.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use ai::{
    AnswerError, AnswerStream, Answerer, Anthropic, BedrockConverse, Builtin, Custom, Echo,
    Endpoint, OpenAi, Request,
};
use domain::{
    BackendKind, Chatbot, ChatbotId, Error, Integration, IntegrationId, Result, WorkspaceId,
    integration::ANTHROPIC_URL,
};
use futures::{StreamExt, future::BoxFuture, stream};
use outbound::{Client, Policy};
use tokio::sync::OnceCell;
use url::Url;

use super::breaker::BackendBreaker;
use crate::{App, adapters::seal::Sealer};

/// Chatbots whose integrations stay loaded.
const MAX_CHATBOTS: usize = 256;
/// Circuit breakers that are remembered.
const MAX_BREAKERS: usize = 4_096;

/// Reads the master key when the first secret is opened: a chat function whose chatbots have no
/// integrations never asks for it.
type SealerSource = Arc<dyn Fn() -> BoxFuture<'static, Result<Sealer>> + Send + Sync>;

/// Integrations: what the functions that ask models or manage them need beyond [`App`]. Cheap to clone.
#[derive(Clone)]
pub struct Integrations {
    pub(super) app: App,
    pub(crate) policy: Policy,
    sealer: SealerSource,
    /// Where Bedrock is for integrations without a URL.
    bedrock: Option<Arc<str>>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    opened: OnceCell<Sealer>,
    client: OnceLock<Client>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    loaded: HashMap<ChatbotId, Loaded>,
    breakers: HashMap<IntegrationId, Arc<BackendBreaker>>,
    uses: u64,
}

struct Loaded {
    version: u64,
    used: u64,
    backends: Backends,
}

/// A chatbot's backends, in no particular order. Cheap to clone.
#[derive(Clone, Default)]
pub struct Backends(Arc<[Backend]>);

/// A backend that can be asked.
#[derive(Clone)]
pub struct Backend {
    /// What its owner says about it.
    pub integration: Integration,
    pub(super) answerer: Arc<dyn Answerer>,
    pub(super) breaker: Arc<BackendBreaker>,
}

impl Backend {
    /// Whether it makes use of the conversation so far.
    pub fn reads_history(&self) -> bool {
        self.answerer.reads_history()
    }

    /// Whether it makes use of passages.
    pub fn reads_grounding(&self) -> bool {
        self.answerer.reads_grounding()
    }
}

impl Backends {
    /// All of them.
    pub fn all(&self) -> &[Backend] {
        &self.0
    }
}

/// A backend that is not usable, for a reason that its owner is told.
struct Unusable(AnswerError);

impl Answerer for Unusable {
    fn answer(&self, _: Request) -> AnswerStream {
        stream::iter([Err(self.0.clone())]).boxed()
    }

    fn reads_history(&self) -> bool {
        false
    }
}

impl Integrations {
    /// Integrations over `app`. Their URLs follow `policy`; `sealer` is called once, when the first
    /// secret is sealed or opened.
    pub fn new(
        app: App,
        policy: Policy,
        sealer: impl Fn() -> BoxFuture<'static, Result<Sealer>> + Send + Sync + 'static,
    ) -> Self {
        Self { app, policy, sealer: Arc::new(sealer), bedrock: None, shared: Arc::default() }
    }

    /// With Bedrock's endpoint for integrations that name none: that of the deployment's region.
    pub fn with_bedrock(self, url: Option<String>) -> Self {
        Self { bedrock: url.map(Into::into), ..self }
    }

    /// What it is over.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// What seals and opens secrets.
    pub(crate) async fn sealer(&self) -> Result<&Sealer> {
        self.shared.opened.get_or_try_init(|| (self.sealer)()).await
    }

    /// Connections to addresses that tenants name.
    pub(crate) fn client(&self) -> Result<Client> {
        if let Some(client) = self.shared.client.get() {
            return Ok(client.clone());
        }
        let client = Client::new(self.policy, "Colloquy/1.0").map_err(Error::internal)?;
        Ok(self.shared.client.get_or_init(|| client).clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The backends of `chatbot` at its current version. Nothing is read if it has none, or if this
    /// process has loaded that version.
    pub async fn of(&self, chatbot: &Chatbot) -> Result<Backends> {
        if chatbot.integrations.is_empty() {
            return Ok(Backends::default());
        }
        if let Some(backends) = self.loaded(chatbot) {
            return Ok(backends);
        }
        let mut backends = Vec::new();
        for integration in self.app.store.integrations(chatbot).await? {
            let answerer = self.answerer(&integration).await?;
            let breaker = self.breaker(integration.id);
            backends.push(Backend { integration, answerer, breaker });
        }
        let backends = Backends(backends.into());
        self.keep(chatbot, backends.clone());
        Ok(backends)
    }

    /// One integration of a workspace, whatever chatbot it belongs to.
    pub(crate) async fn backend(
        &self,
        workspace: WorkspaceId,
        id: IntegrationId,
    ) -> Result<Option<Backend>> {
        let Some(integration) = self.app.store.integration(workspace, id).await? else {
            return Ok(None);
        };
        let answerer = self.answerer(&integration).await?;
        let breaker = self.breaker(integration.id);
        Ok(Some(Backend { integration, answerer, breaker }))
    }

    /// Whether the chatbot has backends that read the history, as far as this process knows.
    pub fn expect_history(&self, chatbot: ChatbotId) -> bool {
        let state = self.state();
        let loaded = state.loaded.get(&chatbot);
        loaded.is_some_and(|l| l.backends.all().iter().any(Backend::reads_history))
    }

    fn loaded(&self, chatbot: &Chatbot) -> Option<Backends> {
        let mut state = self.state();
        state.uses += 1;
        let now = state.uses;
        let loaded = state.loaded.get_mut(&chatbot.id)?;
        loaded.used = now;
        (loaded.version >= chatbot.integrations_version).then(|| loaded.backends.clone())
    }

    fn keep(&self, chatbot: &Chatbot, backends: Backends) {
        let mut state = self.state();
        let used = state.uses;
        let version = chatbot.integrations_version;
        state.loaded.insert(chatbot.id, Loaded { version, used, backends });
        if state.loaded.len() > MAX_CHATBOTS {
            let oldest = state.loaded.iter().min_by_key(|(_, loaded)| loaded.used);
            if let Some(oldest) = oldest.map(|(id, _)| *id) {
                state.loaded.remove(&oldest);
            }
        }
    }

    /// The breaker of an integration; it outlives a change of its settings.
    fn breaker(&self, id: IntegrationId) -> Arc<BackendBreaker> {
        let mut state = self.state();
        if state.breakers.len() >= MAX_BREAKERS {
            // Those that no loaded chatbot refers to.
            state.breakers.retain(|_, breaker| Arc::strong_count(breaker) > 1);
        }
        state.breakers.entry(id).or_default().clone()
    }

    async fn answerer(&self, integration: &Integration) -> Result<Arc<dyn Answerer>> {
        Ok(match integration.kind {
            BackendKind::Echo => Arc::new(Echo),
            BackendKind::Builtin => Arc::new(Builtin),
            BackendKind::OpenaiCompatible => match self.endpoint(integration, None).await? {
                Ok(endpoint) => Arc::new(OpenAi::new(self.client()?, endpoint)),
                Err(error) => Arc::new(Unusable(error)),
            },
            BackendKind::Anthropic => {
                match self.endpoint(integration, Some(ANTHROPIC_URL)).await? {
                    Ok(endpoint) => Arc::new(Anthropic::new(self.client()?, endpoint)),
                    Err(error) => Arc::new(Unusable(error)),
                }
            }
            BackendKind::Custom => match self.endpoint(integration, None).await? {
                Ok(endpoint) => Arc::new(Custom::new(self.client()?, endpoint)),
                Err(error) => Arc::new(Unusable(error)),
            },
            BackendKind::Bedrock => {
                match self.endpoint(integration, self.bedrock.as_deref()).await? {
                    Ok(endpoint) => Arc::new(BedrockConverse::new(self.client()?, endpoint)),
                    Err(error) => Arc::new(Unusable(error)),
                }
            }
        })
    }

    /// Where `integration` is and what goes with every request, its secrets opened.
    async fn endpoint(
        &self,
        integration: &Integration,
        default: Option<&str>,
    ) -> Result<Result<Endpoint, AnswerError>> {
        let url = integration.url.as_deref().or(default).unwrap_or_default();
        let Ok(url) = Url::parse(url) else {
            let message = "the integration has no usable URL".to_owned();
            return Ok(Err(AnswerError::Misconfigured { message }));
        };
        let owner = integration.id.to_string();
        let mut headers = Vec::new();
        for header in &integration.headers {
            let value = self.sealer().await?.open(&owner, &header.sealed)?;
            headers.push((header.name.clone(), value));
        }
        let api_key = match &integration.sealed_api_key {
            Some(sealed) => Some(self.sealer().await?.open(&owner, sealed)?),
            None => None,
        };
        Ok(Ok(Endpoint { url, model: integration.model.clone(), headers, api_key }))
    }
}
