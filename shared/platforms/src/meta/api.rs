//! Calls to the Graph API.

use domain::Platform;
use outbound::Verb;
use serde_json::{Value, json};
use url::Url;

use super::{errors, messenger, whatsapp};
use crate::{
    ChannelAccount, ChannelCredentials, ConnectError, Piece, PieceError, SendTarget, SentPiece,
    WebhookHealth, WebhookTarget,
    call::{Caller, address},
    text::{id, name, text},
};

const VERSION: &str = "v25.0";
/// What a page's deliveries have; echoes tell of a person who answers in the page's inbox.
const FIELDS: &str = "messages,messaging_postbacks,message_echoes";

/// One number or page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Graph<'a> {
    pub(crate) caller: Caller<'a>,
    pub(crate) host: &'a Url,
    pub(crate) credentials: &'a ChannelCredentials,
}

impl Graph<'_> {
    async fn call(
        self,
        verb: Verb,
        segments: &[&str],
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Value, PieceError> {
        let mut url = address(&address(self.host, &[VERSION]), segments);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let answered = self.caller.call(verb, &url, body).await?;
        errors::result(&answered).cloned()
    }

    fn is_messenger(self) -> bool {
        self.credentials.platform() == Platform::Messenger
    }

    /// Whose the token is: the number that it may send from, or its page.
    async fn me(self) -> Result<Value, PieceError> {
        let (of, fields) = match self.is_messenger() {
            true => ("me", "id,name"),
            false => (
                self.credentials.get("phone_number_id"),
                "id,display_phone_number,verified_name,quality_rating",
            ),
        };
        self.call(Verb::Get, &[of], &[("fields", fields)], None).await
    }

    pub(crate) async fn identify(self) -> Result<ChannelAccount, ConnectError> {
        let me = self.me().await?;
        let called = if self.is_messenger() { &me["name"] } else { &me["verified_name"] };
        Ok(ChannelAccount {
            id: id(&me["id"]).to_owned(),
            name: name(text(called)),
            username: name(text(&me["display_phone_number"])),
            ..ChannelAccount::default()
        })
    }

    /// Subscribes the page. A WhatsApp account gets this URL for its own where its id is known, else the owner enters
    /// it by hand.
    pub(crate) async fn register(
        self,
        account: &ChannelAccount,
        target: WebhookTarget<'_>,
    ) -> Result<(), ConnectError> {
        if self.is_messenger() {
            let query = [("subscribed_fields", FIELDS)];
            self.call(Verb::Post, &[&account.id, "subscribed_apps"], &query, None).await?;
            return Ok(());
        }
        let waba = self.credentials.get("waba_id");
        if waba.is_empty() {
            return Ok(());
        }
        let body = json!({
            "override_callback_uri": target.url.as_str(),
            "verify_token": self.credentials.verify_token(),
        });
        self.call(Verb::Post, &[waba, "subscribed_apps"], &[], Some(&body)).await?;
        Ok(())
    }

    /// An account's other numbers may have channels of their own, so only its URL is given back.
    pub(crate) async fn unregister(self, account: &ChannelAccount) -> Result<(), ConnectError> {
        if self.is_messenger() {
            self.call(Verb::Delete, &[&account.id, "subscribed_apps"], &[], None).await?;
            return Ok(());
        }
        let waba = self.credentials.get("waba_id");
        if !waba.is_empty() {
            self.call(Verb::Post, &[waba, "subscribed_apps"], &[], Some(&json!({}))).await?;
        }
        Ok(())
    }

    pub(crate) async fn check(self) -> WebhookHealth {
        match self.me().await {
            Ok(_) => WebhookHealth::Ours,
            Err(error) => WebhookHealth::of(error),
        }
    }

    async fn post_message(
        self,
        account: &ChannelAccount,
        body: &Value,
    ) -> Result<Value, PieceError> {
        let from = match self.is_messenger() {
            true => account.id.as_str(),
            false => self.credentials.get("phone_number_id"),
        };
        self.call(Verb::Post, &[from, "messages"], &[], Some(body)).await
    }

    /// WhatsApp shows it as a part of marking a message as read.
    pub(crate) async fn typing(self, target: SendTarget<'_>) -> Result<(), PieceError> {
        let body = match self.is_messenger() {
            true => messenger::typing(target.peer),
            false if target.reply.message_id.is_empty() => return Ok(()),
            false => whatsapp::typing(&target.reply.message_id),
        };
        self.post_message(target.account, &body).await.map(drop)
    }

    pub(crate) async fn send(
        self,
        target: SendTarget<'_>,
        piece: &Piece,
    ) -> Result<SentPiece, PieceError> {
        let body = match self.is_messenger() {
            true => messenger::message(target.peer, &piece.markup),
            false => whatsapp::message(target.peer, &piece.markup),
        };
        let sent = self.post_message(target.account, &body).await?;
        let ids = [&sent["message_id"], &sent["messages"][0]["id"]];
        let message_id = ids.into_iter().map(id).find(|id| !id.is_empty()).unwrap_or_default();
        Ok(SentPiece { message_id: message_id.to_owned(), is_plain: false })
    }
}
