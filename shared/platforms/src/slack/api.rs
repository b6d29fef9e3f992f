//! Calls to Slack's Web API.

use outbound::Verb;
use serde_json::{Value, json};

use super::{Peer, errors};
use crate::{
    ChannelAccount, ConnectError, Piece, PieceError, SendFailure, SendTarget, SentPiece,
    WebhookHealth,
    call::{Caller, address},
    text::{id, name, text},
};

/// One app in one workspace.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slack<'a> {
    pub(crate) caller: Caller<'a>,
    pub(crate) host: &'a url::Url,
}

impl Slack<'_> {
    async fn call(self, method: &str, body: &Value) -> Result<Value, PieceError> {
        let url = address(self.host, &["api", method]);
        let answered = self.caller.call(Verb::Post, &url, Some(body)).await?;
        errors::result(&answered).cloned()
    }

    pub(crate) async fn identify(self) -> Result<ChannelAccount, ConnectError> {
        let me = self.call("auth.test", &json!({})).await?;
        Ok(ChannelAccount {
            id: id(&me["user_id"]).to_owned(),
            name: name(text(&me["team"])),
            username: name(text(&me["user"])),
            team_id: id(&me["team_id"]).to_owned(),
            bot_id: id(&me["bot_id"]).to_owned(),
            ..ChannelAccount::default()
        })
    }

    /// The owner registers the URL in the app's settings, which nothing tells us.
    pub(crate) async fn check(self) -> WebhookHealth {
        match self.call("auth.test", &json!({})).await {
            Ok(_) => WebhookHealth::Ours,
            Err(error) => WebhookHealth::of(error),
        }
    }

    /// Only an agent's thread shows a status. Elsewhere Slack refuses it, which hurts nothing.
    pub(crate) async fn typing(self, target: SendTarget<'_>) -> Result<(), PieceError> {
        let peer = peer(target)?;
        match peer.thread {
            Some(thread) if peer.channel.starts_with('D') => {
                let body = json!({
                    "channel_id": peer.channel,
                    "thread_ts": thread,
                    "status": "is typing…",
                });
                self.call("assistant.threads.setStatus", &body).await.map(drop)
            }
            _ => Ok(()),
        }
    }

    pub(crate) async fn send(
        self,
        target: SendTarget<'_>,
        piece: &Piece,
    ) -> Result<SentPiece, PieceError> {
        let peer = peer(target)?;
        let mut body = json!({
            "channel": peer.channel,
            "text": piece.markup,
            "unfurl_links": false,
            "unfurl_media": false,
        });
        if let Some(thread) = peer.thread {
            body["thread_ts"] = thread.into();
        }
        let sent = self.call("chat.postMessage", &body).await?;
        Ok(SentPiece { message_id: id(&sent["ts"]).to_owned(), is_plain: false })
    }
}

fn peer(target: SendTarget<'_>) -> Result<Peer<'_>, PieceError> {
    let wrong = || PieceError::new(SendFailure::OurFault, "the peer is not a channel's");
    Peer::read(target.peer).ok_or_else(wrong)
}
