//! Calls to the Bot API.

use std::time::Duration;

use outbound::Verb;
use serde_json::{Value, json};

use super::{Peer, errors};
use crate::{
    ChannelAccount, ConnectError, ConnectFailure, Piece, PieceError, SendFailure, SendTarget,
    SentPiece, WebhookHealth, WebhookTarget,
    call::{Answered, Caller, address},
    text::{name, text},
};

/// What is delivered. An omitted list would keep what another program asked of the bot.
const ALLOWED: [&str; 2] = ["message", "my_chat_member"];
/// The longest wait for `setWebhook`, which takes one call a second.
const MAX_PAUSE: Duration = Duration::from_secs(2);

/// One bot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Telegram<'a> {
    pub(crate) caller: Caller<'a>,
    pub(crate) host: &'a url::Url,
    pub(crate) token: &'a str,
}

impl Telegram<'_> {
    async fn call(self, method: &str, body: &Value) -> Result<Answered, PieceError> {
        let url = address(self.host, &[&format!("bot{}", self.token), method]);
        self.caller.call(Verb::Post, &url, Some(body)).await
    }

    pub(crate) async fn identify(self) -> Result<ChannelAccount, ConnectError> {
        let answered = self.call("getMe", &json!({})).await?;
        if answered.status == 404 {
            let reason = "404 the token is not a bot's".to_owned();
            return Err(ConnectError { failure: ConnectFailure::Refused, reason });
        }
        let me = errors::result(&answered)?;
        Ok(ChannelAccount {
            id: me["id"].as_i64().map(|id| id.to_string()).unwrap_or_default(),
            name: name(text(&me["first_name"])),
            username: name(text(&me["username"])),
            ..ChannelAccount::default()
        })
    }

    pub(crate) async fn register(self, target: WebhookTarget<'_>) -> Result<(), ConnectError> {
        let body = json!({
            "url": target.url.as_str(),
            "secret_token": target.secret,
            "allowed_updates": ALLOWED,
        });
        let answered = self.call("setWebhook", &body).await?;
        let error = match errors::result(&answered) {
            Ok(_) => return Ok(()),
            Err(error) => error,
        };
        let SendFailure::RetryAfter(Some(wait)) = error.failure else { return Err(error.into()) };
        if wait > MAX_PAUSE || wait >= self.caller.deadline.left() {
            return Err(error.into());
        }
        tokio::time::sleep(wait).await;
        let answered = self.call("setWebhook", &body).await?;
        errors::result(&answered)?;
        Ok(())
    }

    async fn webhook(self) -> Result<String, PieceError> {
        let answered = self.call("getWebhookInfo", &json!({})).await?;
        errors::result(&answered).map(|info| text(&info["url"]).to_owned())
    }

    /// A webhook that is not ours any more is left to whoever set it.
    pub(crate) async fn unregister(self, target: WebhookTarget<'_>) -> Result<(), ConnectError> {
        if self.webhook().await? == target.url.as_str() {
            let answered = self.call("deleteWebhook", &json!({})).await?;
            errors::result(&answered)?;
        }
        Ok(())
    }

    pub(crate) async fn check(self, target: WebhookTarget<'_>) -> WebhookHealth {
        match self.webhook().await {
            Ok(url) if url == target.url.as_str() => WebhookHealth::Ours,
            Ok(url) if url.is_empty() => {
                WebhookHealth::Lost("the bot's webhook was removed".to_owned())
            }
            Ok(_) => WebhookHealth::Lost("the bot's webhook was set to another URL".to_owned()),
            Err(error) => WebhookHealth::of(error),
        }
    }

    pub(crate) async fn typing(self, target: SendTarget<'_>) -> Result<(), PieceError> {
        let peer = peer(target)?;
        let mut body = json!({ "chat_id": peer.chat, "action": "typing" });
        if let Some(topic) = peer.topic {
            body["message_thread_id"] = topic.into();
        }
        let answered = self.call("sendChatAction", &body).await?;
        errors::result(&answered).map(drop)
    }

    pub(crate) async fn send(
        self,
        target: SendTarget<'_>,
        piece: &Piece,
        nth: usize,
    ) -> Result<SentPiece, PieceError> {
        let peer = peer(target)?;
        let mut body = json!({
            "chat_id": peer.chat,
            "text": piece.markup,
            "parse_mode": "HTML",
            "link_preview_options": { "is_disabled": true },
        });
        if let Some(topic) = peer.topic {
            body["message_thread_id"] = topic.into();
        }
        // In a group, others may have written since.
        if let (0, true, Ok(message)) = (nth, peer.chat < 0, target.reply.message_id.parse::<i64>())
        {
            body["reply_parameters"] =
                json!({ "message_id": message, "allow_sending_without_reply": true });
        }
        let mut answered = self.call("sendMessage", &body).await?;
        let is_plain = errors::refuses_markup(&answered);
        if let (true, Some(fields)) = (is_plain, body.as_object_mut()) {
            fields.remove("parse_mode");
            fields.insert("text".to_owned(), piece.plain.as_str().into());
            answered = self.call("sendMessage", &body).await?;
        }
        let result = errors::result(&answered)?;
        let message_id = result["message_id"].as_i64().map(|id| id.to_string()).unwrap_or_default();
        Ok(SentPiece { message_id, is_plain })
    }
}

fn peer(target: SendTarget<'_>) -> Result<Peer, PieceError> {
    Peer::read(target.peer)
        .ok_or_else(|| PieceError::new(SendFailure::OurFault, "the peer is not a chat's"))
}
