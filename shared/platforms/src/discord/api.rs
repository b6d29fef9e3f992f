//! Calls to Discord's API.

use std::time::Duration;

use aws_lc_rs::digest;
use outbound::Verb;
use serde_json::{Value, json};
use url::Url;

use super::{ANSWERABLE, COMMAND, channel_of, errors, errors::By};
use crate::{
    ChannelAccount, ConnectError, Piece, PieceError, SendFailure, SendTarget, SentPiece,
    WebhookHealth, WebhookTarget,
    call::{Caller, address},
    text::{id, name, text},
};

/// Within this time of the message, Discord may not have our acknowledgment yet.
const ACKNOWLEDGED: Duration = Duration::from_secs(10);

/// One application.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Discord<'a> {
    /// With the bot's token.
    pub(crate) bot: Caller<'a>,
    /// Without a token: the URL has the interaction's.
    pub(crate) bare: Caller<'a>,
    pub(crate) host: &'a Url,
}

impl Discord<'_> {
    async fn call(
        self,
        by: By,
        verb: Verb,
        segments: &[&str],
        body: Option<&Value>,
    ) -> Result<Value, PieceError> {
        let url = address(&address(self.host, &["api", "v10"]), segments);
        let caller = if by == By::Bot { self.bot } else { self.bare };
        let answered = caller.call(verb, &url, body).await?;
        errors::result(&answered, by).cloned()
    }

    async fn application(self) -> Result<Value, PieceError> {
        self.call(By::Bot, Verb::Get, &["applications", "@me"], None).await
    }

    async fn set_endpoint(self, url: Option<&Url>) -> Result<(), PieceError> {
        let body = json!({ "interactions_endpoint_url": url.map(Url::as_str) });
        self.call(By::Bot, Verb::Patch, &["applications", "@me"], Some(&body)).await.map(drop)
    }

    pub(crate) async fn identify(self) -> Result<ChannelAccount, ConnectError> {
        let application = self.application().await?;
        Ok(ChannelAccount {
            id: id(&application["id"]).to_owned(),
            name: name(text(&application["name"])),
            username: name(text(&application["bot"]["username"])),
            verify_key: id(&application["verify_key"]).to_owned(),
            ..ChannelAccount::default()
        })
    }

    /// Offers the command, then names the URL, which Discord calls before it answers.
    pub(crate) async fn register(
        self,
        account: &ChannelAccount,
        target: WebhookTarget<'_>,
    ) -> Result<(), ConnectError> {
        let (command, option) = COMMAND;
        let command = json!({
            "name": command,
            "description": "Ask a question",
            "type": 1,
            "options": [{
                "type": 3,
                "name": option,
                "description": "What you would like to know",
                "required": true,
                "max_length": 2000,
            }],
            "contexts": [0, 1],
        });
        let segments = ["applications", &account.id, "commands"];
        self.call(By::Bot, Verb::Post, &segments, Some(&command)).await?;
        Ok(self.set_endpoint(Some(target.url)).await?)
    }

    /// An endpoint that is not ours any more is left to whoever set it.
    pub(crate) async fn unregister(self, target: WebhookTarget<'_>) -> Result<(), ConnectError> {
        if text(&self.application().await?["interactions_endpoint_url"]) == target.url.as_str() {
            self.set_endpoint(None).await?;
        }
        Ok(())
    }

    pub(crate) async fn check(self, target: WebhookTarget<'_>) -> WebhookHealth {
        match self.application().await {
            Err(error) => WebhookHealth::of(error),
            Ok(application) => match text(&application["interactions_endpoint_url"]) {
                url if url == target.url.as_str() => WebhookHealth::Ours,
                "" => WebhookHealth::Lost("the interactions endpoint URL was removed".to_owned()),
                _ => WebhookHealth::Lost("the interactions endpoint URL was changed".to_owned()),
            },
        }
    }

    /// Answers an interaction through its token: the first piece in place of "thinking", which can be repeated; the
    /// others after it. Without an interaction, writes to the channel as its member.
    pub(crate) async fn send(
        self,
        target: SendTarget<'_>,
        piece: &Piece,
        nth: usize,
        key: &str,
    ) -> Result<SentPiece, PieceError> {
        let mut body = json!({ "content": piece.markup, "allowed_mentions": { "parse": [] } });
        let token = target.reply.token.as_str();
        let sent = if token.is_empty() {
            let wrong = || PieceError::new(SendFailure::OurFault, "the peer is not a channel's");
            let channel = channel_of(target.peer).ok_or_else(wrong)?;
            body["nonce"] = nonce(key).into();
            body["enforce_nonce"] = true.into();
            self.call(By::Bot, Verb::Post, &["channels", channel, "messages"], Some(&body)).await?
        } else {
            let left = target.reply.until.map_or(0, |until| until.millis() - target.now.millis());
            if left <= 0 {
                let reason = "the interaction can't be answered after 15 minutes";
                return Err(PieceError::new(SendFailure::Expired, reason));
            }
            let of_app = ["webhooks", &target.account.id, token];
            let original = [&of_app[..], &["messages", "@original"]].concat();
            let (verb, segments) =
                if nth == 0 { (Verb::Patch, &original[..]) } else { (Verb::Post, &of_app[..]) };
            let sent = self.call(By::Interaction, verb, segments, Some(&body)).await;
            sent.map_err(|error| not_yet(error, nth, left))?
        };
        Ok(SentPiece { message_id: id(&sent["id"]).to_owned(), is_plain: false })
    }
}

/// An interaction that Discord doesn't know just after it came may be one whose acknowledgment is on its way.
fn not_yet(error: PieceError, nth: usize, left: i64) -> PieceError {
    let since = i64::try_from(ANSWERABLE.as_millis()).unwrap_or_default() - left;
    let is_fresh = Duration::from_millis(u64::try_from(since).unwrap_or_default()) < ACKNOWLEDGED;
    match error.failure {
        SendFailure::Expired if nth == 0 && is_fresh => {
            PieceError { failure: SendFailure::RetryAfter(Some(Duration::from_secs(1))), ..error }
        }
        _ => error,
    }
}

/// A message's nonce, which has 25 characters at most.
fn nonce(key: &str) -> String {
    let digest = digest::digest(&digest::SHA256, key.as_bytes());
    hex::encode(digest.as_ref().get(..12).unwrap_or_default())
}
