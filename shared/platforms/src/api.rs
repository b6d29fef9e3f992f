//! Calls to the platforms.

use std::time::Duration;

use domain::{Platform, Timestamp};
use url::Url;

use crate::{
    ChannelAccount, ChannelCredentials, ConnectError, Piece, PieceError, PlatformHosts,
    ReplyContext, SendFailure, WebhookHealth,
    call::{Caller, Deadline},
    discord::Discord,
    meta::Graph,
    slack::Slack,
    telegram::Telegram,
};

/// The platforms' APIs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PlatformApi {
    http: outbound::Client,
    hosts: PlatformHosts,
}

/// Where a platform is to deliver.
#[derive(Debug, Clone, Copy)]
pub struct WebhookTarget<'a> {
    /// The channel's URL.
    pub url: &'a Url,
    /// As [`crate::ChannelSide::secret`].
    pub secret: &'a str,
}

/// Whom to send to, as whom.
#[derive(Debug, Clone, Copy)]
pub struct SendTarget<'a> {
    /// Of the channel.
    pub credentials: &'a ChannelCredentials,
    /// Of the channel.
    pub account: &'a ChannelAccount,
    /// As [`crate::InboundEvent::peer`].
    pub peer: &'a str,
    /// Of the message that is answered; the default one for a message that answers none.
    pub reply: &'a ReplyContext,
    /// The present moment.
    pub now: Timestamp,
}

/// A message that the platform took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentPiece {
    /// The platform's id of it, at most 200 bytes; empty if it gave none.
    pub message_id: String,
    /// Whether the platform refused the markup, so that the plain twin was sent.
    pub is_plain: bool,
}

/// A client for one channel's platform.
enum Side<'a> {
    Telegram(Telegram<'a>),
    Slack(Slack<'a>),
    Discord(Discord<'a>),
    Graph(Graph<'a>),
    /// The widget, which nothing is sent to.
    Web,
}

impl PlatformApi {
    /// Calls through `http` to `hosts`.
    pub fn new(http: outbound::Client, hosts: PlatformHosts) -> Self {
        Self { http, hosts }
    }

    /// Asks the platform whose credentials these are: the cheap call that checks them. `time` bounds it.
    ///
    /// # Errors
    ///
    /// The platform refuses them or was not reached.
    pub async fn identify(
        &self,
        credentials: &ChannelCredentials,
        time: Duration,
    ) -> Result<ChannelAccount, ConnectError> {
        let authorization = authorization(credentials);
        match self.side(credentials, &authorization, time) {
            Side::Telegram(telegram) => telegram.identify().await,
            Side::Slack(slack) => slack.identify().await,
            Side::Discord(discord) => discord.identify().await,
            Side::Graph(graph) => graph.identify().await,
            Side::Web => Ok(ChannelAccount::default()),
        }
    }

    /// Has the platform deliver to `target`, where it lets us; Discord calls the URL before it answers, so `account`
    /// has to be stored by then. A success where the owner registers the URL by hand (Slack).
    ///
    /// # Errors
    ///
    /// The platform refuses the credentials or the URL, or was not reached.
    pub async fn register(
        &self,
        credentials: &ChannelCredentials,
        account: &ChannelAccount,
        target: WebhookTarget<'_>,
        time: Duration,
    ) -> Result<(), ConnectError> {
        let authorization = authorization(credentials);
        match self.side(credentials, &authorization, time) {
            Side::Telegram(telegram) => telegram.register(target).await,
            Side::Discord(discord) => discord.register(account, target).await,
            Side::Graph(graph) => graph.register(account, target).await,
            Side::Slack(_) | Side::Web => Ok(()),
        }
    }

    /// Undoes [`Self::register`]. A platform that delivers elsewhere by now is left alone.
    ///
    /// # Errors
    ///
    /// As [`Self::register`].
    pub async fn unregister(
        &self,
        credentials: &ChannelCredentials,
        account: &ChannelAccount,
        target: WebhookTarget<'_>,
        time: Duration,
    ) -> Result<(), ConnectError> {
        let authorization = authorization(credentials);
        match self.side(credentials, &authorization, time) {
            Side::Telegram(telegram) => telegram.unregister(target).await,
            Side::Discord(discord) => discord.unregister(target).await,
            Side::Graph(graph) => graph.unregister(account).await,
            Side::Slack(_) | Side::Web => Ok(()),
        }
    }

    /// Asks whether the platform still takes the credentials and still delivers to `target`.
    pub async fn check(
        &self,
        credentials: &ChannelCredentials,
        target: WebhookTarget<'_>,
        time: Duration,
    ) -> WebhookHealth {
        let authorization = authorization(credentials);
        match self.side(credentials, &authorization, time) {
            Side::Telegram(telegram) => telegram.check(target).await,
            Side::Slack(slack) => slack.check().await,
            Side::Discord(discord) => discord.check(target).await,
            Side::Graph(graph) => graph.check().await,
            Side::Web => WebhookHealth::Ours,
        }
    }

    /// Shows that an answer is on its way, where the platform can. To be repeated each [`Self::typing_interval`].
    ///
    /// # Errors
    ///
    /// As [`Self::send`]; nothing but the log needs to know.
    pub async fn typing(&self, target: SendTarget<'_>, time: Duration) -> Result<(), PieceError> {
        let authorization = authorization(target.credentials);
        match self.side(target.credentials, &authorization, time) {
            Side::Telegram(telegram) => telegram.typing(target).await,
            Side::Slack(slack) => slack.typing(target).await,
            Side::Graph(graph) => graph.typing(target).await,
            // Discord shows it from the acknowledgment on.
            Side::Discord(_) | Side::Web => Ok(()),
        }
    }

    /// After which time [`Self::typing`] has to be repeated; none if once suffices.
    pub fn typing_interval(platform: Platform) -> Option<Duration> {
        match platform {
            Platform::Telegram => Some(Duration::from_secs(4)),
            Platform::Whatsapp => Some(Duration::from_secs(20)),
            Platform::Messenger => Some(Duration::from_secs(15)),
            Platform::Slack | Platform::Discord | Platform::Web => None,
        }
    }

    /// Sends the `nth` (from 0) message of a reply; its plain twin at once where the platform refuses the markup.
    /// `key` is the same for each attempt at this piece, and different from all other pieces'.
    ///
    /// # Errors
    ///
    /// Classified: see [`SendFailure`].
    pub async fn send(
        &self,
        target: SendTarget<'_>,
        piece: &Piece,
        nth: usize,
        key: &str,
        time: Duration,
    ) -> Result<SentPiece, PieceError> {
        let authorization = authorization(target.credentials);
        match self.side(target.credentials, &authorization, time) {
            Side::Telegram(telegram) => telegram.send(target, piece, nth).await,
            Side::Slack(slack) => slack.send(target, piece).await,
            Side::Discord(discord) => discord.send(target, piece, nth, key).await,
            Side::Graph(graph) => graph.send(target, piece).await,
            Side::Web => {
                Err(PieceError::new(SendFailure::OurFault, "the widget fetches its replies"))
            }
        }
    }

    /// Whether the platform makes sure that a piece sent twice under one key is one message: on Discord, the first
    /// one of an answer, and those that answer no interaction.
    pub fn is_repeatable(platform: Platform, reply: &ReplyContext, nth: usize) -> bool {
        platform == Platform::Discord && (nth == 0 || reply.token.is_empty())
    }

    /// How long after the user's last message the platform takes an answer; none if for ever.
    pub fn window(platform: Platform) -> Option<Duration> {
        match platform {
            Platform::Whatsapp | Platform::Messenger => Some(Duration::from_secs(24 * 60 * 60)),
            _ => None,
        }
    }

    fn side<'a>(
        &'a self,
        credentials: &'a ChannelCredentials,
        authorization: &'a str,
        time: Duration,
    ) -> Side<'a> {
        let deadline = Deadline::after(time);
        let bare = Caller { http: &self.http, authorization: None, user_agent: None, deadline };
        let caller = Caller { authorization: Some(authorization), ..bare };
        match credentials.platform() {
            Platform::Telegram => Side::Telegram(Telegram {
                caller: bare,
                host: self.hosts.telegram(),
                token: credentials.get("bot_token"),
            }),
            Platform::Slack => Side::Slack(Slack { caller, host: self.hosts.slack() }),
            Platform::Discord => {
                let [bot, bare] = [caller, bare]
                    .map(|caller| Caller { user_agent: Some(DISCORD_AGENT), ..caller });
                Side::Discord(Discord { bot, bare, host: self.hosts.discord() })
            }
            Platform::Whatsapp | Platform::Messenger => {
                Side::Graph(Graph { caller, host: self.hosts.graph(), credentials })
            }
            Platform::Web => Side::Web,
        }
    }
}

/// Discord wants its clients to name themselves in this form.
const DISCORD_AGENT: &str = concat!("DiscordBot (colloquy, ", env!("CARGO_PKG_VERSION"), ")");

/// The header that proves who calls; Telegram has the token in its URLs.
fn authorization(credentials: &ChannelCredentials) -> String {
    let (scheme, name) = match credentials.platform() {
        Platform::Discord => ("Bot", "bot_token"),
        Platform::Whatsapp => ("Bearer", "access_token"),
        Platform::Messenger => ("Bearer", "page_access_token"),
        Platform::Slack | Platform::Telegram | Platform::Web => ("Bearer", "bot_token"),
    };
    format!("{scheme} {}", credentials.get(name))
}
