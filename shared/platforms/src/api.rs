//! Calls to the platforms.

use std::time::Duration;

use domain::{Platform, Timestamp};
use url::Url;

use crate::{
    ChannelAccount, ChannelCredentials, ConnectError, ConnectFailure, Piece, PlatformHosts,
    ReplyContext, SendError, SendFailure, WebhookHealth,
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
        let _ = (credentials, time);
        Err(ConnectError { failure: ConnectFailure::Unreachable, reason: String::new() })
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
        let _ = (credentials, account, target, time);
        Ok(())
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
        let _ = (credentials, account, target, time);
        Ok(())
    }

    /// Asks whether the platform still takes the credentials and still delivers to `target`.
    pub async fn check(
        &self,
        credentials: &ChannelCredentials,
        account: &ChannelAccount,
        target: WebhookTarget<'_>,
        time: Duration,
    ) -> WebhookHealth {
        let _ = (credentials, account, target, time);
        WebhookHealth::Ours
    }

    /// Shows that an answer is on its way, where the platform can. To be repeated each [`Self::typing_interval`].
    ///
    /// # Errors
    ///
    /// As [`Self::send`]; nothing but the log needs to know.
    pub async fn typing(&self, target: SendTarget<'_>, time: Duration) -> Result<(), SendError> {
        let _ = (target, time);
        Ok(())
    }

    /// After which time [`Self::typing`] has to be repeated; none if once suffices.
    pub fn typing_interval(platform: Platform) -> Option<Duration> {
        let _ = platform;
        None
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
    ) -> Result<SentPiece, SendError> {
        let _ = (target, piece, nth, key, time);
        Err(SendError { failure: SendFailure::OurFault, reason: String::new() })
    }

    /// Whether the platform makes sure that a piece sent twice under one key is one message.
    pub fn is_repeatable(platform: Platform, reply: &ReplyContext, nth: usize) -> bool {
        let _ = (platform, reply, nth);
        false
    }

    /// How long after the user's last message the platform takes an answer; none if for ever.
    pub fn window(platform: Platform) -> Option<Duration> {
        match platform {
            Platform::Whatsapp | Platform::Messenger => Some(Duration::from_secs(24 * 60 * 60)),
            _ => None,
        }
    }
}
