//! Channels as their owner manages them: made, connected, changed, switched off, deleted.

use std::time::{Duration, Instant};

use domain::{
    Channel, ChannelFilter, ChannelId, ChannelPatch, ChannelStatus, ChatbotId, Error, ErrorKind,
    ListPage, NewChannel, Result, Timestamp, WorkspaceId, channel::MAX_CHANNELS,
};
use platforms::{
    ChannelAccount, ChannelCredentials, ConnectError, ConnectFailure, PlatformApi, WebhookHealth,
    WebhookTarget,
};
use serde_json::{Map, Value};
use store::PutChannel;
use url::Url;

use super::{
    backoff::CHECK_EVERY,
    secrets::{self, ChannelSecrets, is_messaging},
};
use crate::{
    App,
    adapters::{random, seal::Sealer},
};

/// The time that all calls of a platform have together while its owner waits.
const CONNECT_TIME: Duration = Duration::from_millis(7_500);
/// How often a change that met another one is tried again.
const ATTEMPTS: u32 = 4;
/// After this time a worker tells the platform of a deletion, should the request have died.
const BURIED_FOR: Duration = Duration::from_secs(60);
/// The reason of a channel whose connection was never completed.
const INTERRUPTED: &str = "the connection was interrupted; change the channel to try again";
/// The reason of a channel that its owner switched off.
const SWITCHED_OFF: &str = "its owner disconnected it";

/// Channels: what the `channels` function needs beyond [`App`].
#[derive(Debug, Clone)]
pub struct Channels {
    pub(super) app: App,
    pub(super) api: PlatformApi,
    pub(super) sealer: Sealer,
}

/// What came of connecting.
enum Connection {
    Connected(ChannelAccount),
    Failed(Option<ChannelAccount>, ConnectError),
}

impl Channels {
    /// Channels over `app`, whose platforms `api` reaches.
    pub fn new(app: App, api: PlatformApi, sealer: Sealer) -> Self {
        Self { app, api, sealer }
    }

    /// Makes a channel of a chatbot and connects it. `base_url` is where this API is; a platform that
    /// refuses or is not reached leaves the channel in error, for its owner to try again.
    pub async fn create(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        new: NewChannel,
        base_url: &str,
    ) -> Result<Channel> {
        let NewChannel { name, platform, credentials, is_off } = new;
        let (id, now, made) = (ChannelId::new(), self.app.now(), secrets::token()?);
        let credentials = ChannelCredentials::parse(platform, &credentials, &made)?;
        let verify_token = credentials.verify_token().filter(|token| *token == made);
        let verify_token = verify_token.map(str::to_owned);
        let secrets = ChannelSecrets { credentials, secret: secrets::token()? };
        let (status, reason) = match is_off {
            true => (ChannelStatus::Disconnected, SWITCHED_OFF),
            false => (ChannelStatus::Error, INTERRUPTED),
        };
        let channel = Channel {
            id,
            workspace_id: workspace,
            chatbot_id: chatbot,
            name,
            platform,
            sealed_secrets: secrets.seal(&self.sealer, id)?,
            account: secrets::stored_account(&ChannelAccount::default())?,
            verify_token,
            webhook_url: webhook_url(base_url, id),
            status,
            status_reason: Some(reason.to_owned()),
            is_off,
            disconnected_at: None,
            created_at: now,
            updated_at: now,
            next_check_at: None,
        };
        match self.app.store.put_channel(&channel).await? {
            PutChannel::Added => {}
            PutChannel::Gone => return Err(Error::not_found("chatbot")),
            PutChannel::Full => {
                let message = format!("a bot can have at most {MAX_CHANNELS} channels");
                return Err(Error::new(ErrorKind::Conflict, message));
            }
        }
        if is_off {
            return Ok(channel);
        }
        // Now that it is stored: a platform may call before it answers.
        self.connect(channel, &secrets, None).await
    }

    /// A page of a chatbot's channels that `filter` wants, newest first, with how many it wants in all.
    /// They are read whole, since there are few of them.
    pub async fn page(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        filter: &ChannelFilter,
        page: ListPage,
    ) -> Result<(Vec<Channel>, u64)> {
        let (_, mut channels) = tokio::try_join!(
            self.app.chatbot(workspace, chatbot),
            self.app.store.channels(chatbot)
        )?;
        channels.retain(|channel| channel.workspace_id == workspace && filter.matches(channel));
        let total = channels.len() as u64;
        let shown = page.of(channels);
        for channel in &shown {
            self.plan_check(channel).await;
        }
        Ok((shown, total))
    }

    /// A channel of a workspace.
    pub async fn get(&self, workspace: WorkspaceId, id: ChannelId) -> Result<Channel> {
        let found = self.found(workspace, id).await?;
        self.plan_check(&found).await;
        Ok(found)
    }

    /// A channel that was connected before channels were checked gets a time for it where it is read: by its
    /// owner, or as a message comes. All others have one. What fails here is made up for by the next read.
    pub(super) async fn plan_check(&self, channel: &Channel) {
        let has_one = channel.next_check_at.is_some()
            || channel.status != ChannelStatus::Connected
            || !is_messaging(channel.platform);
        if has_one {
            return;
        }
        // Many of them are read for the first time on the same day.
        let next = self.app.now().plus(CHECK_EVERY.mul_f64(random::fraction()));
        if let Err(error) = self.app.store.check_channel_at(channel.id, next).await {
            tracing::warn!(channel = %channel.id, %error, "a channel's check was not planned");
        }
    }

    async fn found(&self, workspace: WorkspaceId, id: ChannelId) -> Result<Channel> {
        let found = self.app.store.channel(id, true).await?;
        let found = found.filter(|channel| channel.workspace_id == workspace);
        found.ok_or_else(|| Error::not_found("channel"))
    }

    /// Changes a channel. One that is not switched off is connected again, whatever changes.
    pub async fn update(
        &self,
        workspace: WorkspaceId,
        id: ChannelId,
        patch: ChannelPatch,
        base_url: &str,
    ) -> Result<Channel> {
        for _ in 0..ATTEMPTS {
            let seen = self.found(workspace, id).await?;
            let (changed, secrets) = self.apply(&seen, patch.clone(), base_url)?;
            if !self.app.store.update_channel(&changed, &seen).await? {
                continue;
            }
            if !changed.is_off {
                return self.connect(changed, &secrets, Some(&seen)).await;
            }
            if seen.status == ChannelStatus::Connected && is_messaging(seen.platform) {
                self.unregister(&seen).await?;
            }
            return Ok(changed);
        }
        Err(Error::new(ErrorKind::Conflict, "the channel was changed by another request"))
    }

    /// Deletes a channel and has its platform deliver no more. A platform that is not reached now is told
    /// by a worker.
    pub async fn delete(&self, workspace: WorkspaceId, id: ChannelId) -> Result<()> {
        for _ in 0..ATTEMPTS {
            let channel = self.found(workspace, id).await?;
            let now = self.app.now();
            if !self.app.store.bury_channel(&channel, now, now.plus(BURIED_FOR)).await? {
                continue;
            }
            return match self.unregister(&channel).await? {
                true => self.app.store.remove_channel(id).await,
                false => Ok(()),
            };
        }
        Err(Error::new(ErrorKind::Conflict, "the channel was changed by another request"))
    }

    /// Has the platform of `channel` deliver no more; `false` if it was not reached. One that refuses the
    /// credentials delivers nothing either.
    pub(super) async fn unregister(&self, channel: &Channel) -> Result<bool> {
        if !is_messaging(channel.platform) {
            return Ok(true);
        }
        let secrets = ChannelSecrets::open(&self.sealer, channel)?;
        let account = secrets::account(channel)?;
        let Ok(url) = Url::parse(&channel.webhook_url) else { return Ok(true) };
        let target = WebhookTarget { url: &url, secret: &secrets.secret };
        let done = self.api.unregister(&secrets.credentials, &account, target, CONNECT_TIME).await;
        if let Err(error) = &done {
            tracing::warn!(channel = %channel.id, reason = error.reason, "a platform was not told that it delivers no more");
        }
        Ok(!matches!(done, Err(ConnectError { failure: ConnectFailure::Unreachable, .. })))
    }

    /// What the platform of `channel` says of its credentials and of where it delivers.
    pub(super) async fn health(&self, channel: &Channel) -> Result<WebhookHealth> {
        let secrets = ChannelSecrets::open(&self.sealer, channel)?;
        let Ok(url) = Url::parse(&channel.webhook_url) else { return Ok(WebhookHealth::Ours) };
        let target = WebhookTarget { url: &url, secret: &secrets.secret };
        Ok(self.api.check(&secrets.credentials, target, CONNECT_TIME).await)
    }

    /// `seen` with `patch` carried out on it, and its secrets.
    fn apply(
        &self,
        seen: &Channel,
        patch: ChannelPatch,
        base_url: &str,
    ) -> Result<(Channel, ChannelSecrets)> {
        let ChannelPatch { name, credentials, is_off } = patch;
        let mut secrets = ChannelSecrets::open(&self.sealer, seen)?;
        let mut changed = seen.clone();
        if let Some(given) = credentials {
            secrets.credentials = merged(seen, &secrets, given)?;
            changed.sealed_secrets = secrets.seal(&self.sealer, seen.id)?;
            let token = secrets.credentials.verify_token();
            changed.verify_token = changed.verify_token.filter(|made| token == Some(made));
        }
        let now = self.app.now();
        changed.name = name.unwrap_or(changed.name);
        changed.is_off = is_off.unwrap_or(changed.is_off);
        changed.webhook_url = webhook_url(base_url, seen.id);
        // It tells two states apart, so it has to move.
        changed.updated_at = now.max(Timestamp::from_millis(seen.updated_at.millis() + 1));
        if changed.is_off {
            changed.status_reason = Some(SWITCHED_OFF.to_owned());
            if seen.status != ChannelStatus::Disconnected {
                changed.status = ChannelStatus::Disconnected;
                changed.disconnected_at = Some(now);
            }
        }
        Ok((changed, secrets))
    }

    /// Connects `channel`, which is stored; as it is then. `before` is what it was before its owner
    /// changed it.
    async fn connect(
        &self,
        channel: Channel,
        secrets: &ChannelSecrets,
        before: Option<&Channel>,
    ) -> Result<Channel> {
        let connection = match is_messaging(channel.platform) {
            true => self.call_platform(&channel, secrets, before).await?,
            false => Connection::Connected(ChannelAccount::default()),
        };
        let seen = channel.clone();
        let now = self.app.now();
        let mut connected = channel;
        match connection {
            Connection::Connected(account) => {
                connected.account = secrets::stored_account(&account)?;
                connected.status = ChannelStatus::Connected;
                connected.status_reason = None;
            }
            Connection::Failed(account, error) => {
                if let Some(account) = account {
                    connected.account = secrets::stored_account(&account)?;
                }
                let was_connected = before.filter(|b| b.status == ChannelStatus::Connected);
                let is_same =
                    was_connected.is_some_and(|b| b.sealed_secrets == seen.sealed_secrets);
                match (is_same, error.failure) {
                    // Nothing is known of credentials that worked a moment ago.
                    (true, ConnectFailure::Unreachable | ConnectFailure::OwnerSetup) => {
                        connected.status_reason = Some(error.reason);
                    }
                    (true, ConnectFailure::Refused) => {
                        connected.status = ChannelStatus::Disconnected;
                        connected.disconnected_at = Some(now);
                        connected.status_reason = Some(error.reason);
                    }
                    (false, _) => {
                        connected.status = ChannelStatus::Error;
                        connected.status_reason = Some(error.reason);
                    }
                }
            }
        }
        match self.app.store.update_channel(&connected, &seen).await? {
            true => Ok(connected),
            // Another request has changed it meanwhile, and connects it itself.
            false => self.get(seen.workspace_id, seen.id).await,
        }
    }

    /// Asks the platform whose credentials these are, and has it deliver here.
    async fn call_platform(
        &self,
        channel: &Channel,
        secrets: &ChannelSecrets,
        before: Option<&Channel>,
    ) -> Result<Connection> {
        let begun = Instant::now();
        let left = || CONNECT_TIME.saturating_sub(begun.elapsed());
        let credentials = &secrets.credentials;
        let account = match self.api.identify(credentials, left()).await {
            Ok(account) => account,
            Err(error) => return Ok(Connection::Failed(None, error)),
        };
        let stored = secrets::stored_account(&account)?;
        if stored != channel.account {
            // Discord signs with this account's key while it registers.
            let known = Channel { account: stored, ..channel.clone() };
            self.app.store.update_channel(&known, channel).await?;
        }
        if let Some(before) = before.filter(|b| b.status == ChannelStatus::Connected)
            && secrets::account(before)?.id != account.id
        {
            self.unregister(before).await?;
        }
        let Ok(url) = Url::parse(&channel.webhook_url) else {
            return Err(Error::internal("the channel's URL is none"));
        };
        let target = WebhookTarget { url: &url, secret: &secrets.secret };
        Ok(match self.api.register(credentials, &account, target, left()).await {
            Ok(()) => Connection::Connected(account),
            Err(error) => Connection::Failed(Some(account), error),
        })
    }
}

/// The channel's credentials with those that were `given` in their places.
fn merged(
    channel: &Channel,
    secrets: &ChannelSecrets,
    given: Map<String, Value>,
) -> Result<ChannelCredentials> {
    let stored = secrets.credentials.to_map().into_iter();
    let mut all: Map<String, Value> = stored.map(|(k, v)| (k, Value::String(v))).collect();
    all.extend(given.into_iter().filter(|(_, value)| !value.is_null()));
    ChannelCredentials::parse(channel.platform, &all, &secrets::token()?)
}

/// Where the platform of a channel delivers.
fn webhook_url(base_url: &str, id: ChannelId) -> String {
    format!("{base_url}/v1/channels/{id}/inbound")
}
