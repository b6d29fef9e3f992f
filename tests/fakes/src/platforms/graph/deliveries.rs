//! What Meta delivers: ASCII, signed, in batches, until it is taken.

use std::{sync::atomic::Ordering, time::Duration};

use axum::http::Method;
use serde_json::{Value, json};

use super::{Account, FakeGraph, Subscription};
use crate::platforms::{
    DeliveryAttempt, FakeServer,
    retry::until_taken,
    server::locked,
    sign::{escaped_json, hmac_hex, millis_now, seconds_now},
};

/// Attempts after which the stand-in gives up.
const MAX_ATTEMPTS: u32 = 12;

impl FakeGraph {
    /// Has a person with this number write to the WhatsApp number: the message's id.
    pub fn whatsapp_write(&self, from: &str, text: &str) -> String {
        let message =
            self.whatsapp_message(from, json!({ "type": "text", "text": { "body": text } }));
        let id = message["id"].as_str().unwrap_or_default().to_owned();
        self.deliver(self.whatsapp(vec![message], Vec::new()));
        id
    }

    /// A WhatsApp message of this kind, to be changed as a test likes.
    pub fn whatsapp_message(&self, from: &str, kind: Value) -> Value {
        let mut message = json!({
            "from": from,
            "id": format!("wamid.in{}", self.next()),
            "timestamp": seconds_now().to_string(),
        });
        if let (Some(message), Some(kind)) = (message.as_object_mut(), kind.as_object()) {
            message.extend(kind.clone());
        }
        message
    }

    /// A WhatsApp body with an entry per message, as batches are. A sender without a number has a `from_user_id`.
    pub fn whatsapp(&self, messages: Vec<Value>, statuses: Vec<Value>) -> Value {
        let entry = |value: Value| json!({ "id": Self::WABA, "changes": [{ "field": "messages", "value": value }] });
        let base = json!({
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "15550109999", "phone_number_id": Self::PHONE_NUMBER },
        });
        let of_messages = messages.into_iter().map(|message| {
            let mut value = base.clone();
            let id =
                message["from_user_id"].as_str().or(message["from"].as_str()).unwrap_or_default();
            let mut contact = json!({ "profile": { "name": format!("User {id}") } });
            for (name, of) in [("wa_id", "from"), ("user_id", "from_user_id")] {
                if message[of].is_string() {
                    contact[name] = message[of].clone();
                }
            }
            value["contacts"] = json!([contact]);
            value["messages"] = json!([message]);
            entry(value)
        });
        let mut entries: Vec<Value> = of_messages.collect();
        entries.extend(statuses.into_iter().map(|status| {
            let mut value = base.clone();
            value["statuses"] = json!([status]);
            entry(value)
        }));
        json!({ "object": "whatsapp_business_account", "entry": entries })
    }

    /// The owner's own message in the WhatsApp app.
    pub fn whatsapp_echo(&self, to: &str) -> Value {
        let echo = json!({
            "from": "15550109999",
            "to": to,
            "id": format!("wamid.echo{}", self.next()),
            "timestamp": seconds_now().to_string(),
            "type": "text",
            "text": { "body": "I take over" },
        });
        let value = json!({
            "messaging_product": "whatsapp",
            "metadata": { "phone_number_id": Self::PHONE_NUMBER },
            "message_echoes": [echo],
        });
        json!({
            "object": "whatsapp_business_account",
            "entry": [{ "id": Self::WABA, "changes": [{ "field": "smb_message_echoes", "value": value }] }],
        })
    }

    /// Has a person write to the page: the message's `mid`.
    pub fn messenger_write(&self, from: &str, text: &str) -> String {
        let mid = format!("m_in{}", self.next());
        self.deliver(self.messenger(
            vec![self.messaging(from, json!({ "mid": mid, "text": text }))],
            "messaging",
        ));
        mid
    }

    /// One messaging of a person to the page.
    pub fn messaging(&self, from: &str, message: Value) -> Value {
        json!({
            "sender": { "id": from },
            "recipient": { "id": Self::PAGE },
            "timestamp": millis_now(),
            "message": message,
        })
    }

    /// A Messenger body with an entry per messaging; `standby` in place of `messaging` where another app has the
    /// thread.
    pub fn messenger(&self, all: Vec<Value>, name: &str) -> Value {
        let entries = all.into_iter().map(|one| {
            let mut entry = json!({ "id": Self::PAGE, "time": millis_now() });
            entry[name] = json!([one]);
            entry
        });
        json!({ "object": "page", "entry": entries.collect::<Vec<_>>() })
    }

    /// What the page said, echoed: by us where it has our mark, else by a person or another app.
    pub fn messenger_echo(&self, to: &str, metadata: Option<&str>) -> Value {
        let mut message =
            json!({ "mid": format!("m_echo{}", self.next()), "is_echo": true, "text": "hello" });
        if let Some(metadata) = metadata {
            message["metadata"] = metadata.into();
        }
        let one = json!({
            "sender": { "id": Self::PAGE },
            "recipient": { "id": to },
            "timestamp": millis_now(),
            "message": message,
        });
        self.messenger(vec![one], "messaging")
    }

    /// Delivers a body until it is taken, each time after twice the pause.
    pub fn deliver(&self, body: Value) {
        self.state.open.fetch_add(1, Ordering::SeqCst);
        let (server, graph) = (self.server.clone(), self.clone());
        tokio::spawn(async move {
            deliver(&server, &graph.state, &body).await;
            graph.state.open.fetch_sub(1, Ordering::SeqCst);
        });
    }

    /// Posts a body once.
    pub async fn post(&self, body: &Value) -> DeliveryAttempt {
        let subscription = locked(&self.state.subscription).clone();
        post(&self.server, &subscription, body).await
    }
}

async fn deliver(server: &FakeServer, account: &Account, body: &Value) {
    let pauses = (0..MAX_ATTEMPTS).map(|nth| account.second * 2_u32.pow(nth.min(6)));
    let subscription = locked(&account.subscription).clone();
    until_taken(pauses, |_| {
        let (subscription, server) = (&subscription, server);
        async move { post(server, subscription, body).await.is_taken() }
    })
    .await;
}

async fn post(server: &FakeServer, subscription: &Subscription, body: &Value) -> DeliveryAttempt {
    let body = escaped_json(body).into_bytes();
    let signature = hmac_hex(&subscription.app_secret, &[&body]);
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("x-hub-signature-256", format!("sha256={signature}")),
    ];
    server.attempt(Method::POST, &subscription.url, &headers, body).await
}

/// Says in a receipt, after its call was answered, that a message failed.
pub(super) fn fail_later(account: &Account, to: &str, message_id: &str, code: i64) {
    let status = json!({
        "id": message_id,
        "status": "failed",
        "timestamp": seconds_now().to_string(),
        "recipient_id": to,
        "errors": [{ "code": code, "title": "Re-engagement message", "message": "Re-engagement message" }],
    });
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "phone_number_id": FakeGraph::PHONE_NUMBER },
        "statuses": [status],
    });
    let body = json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": FakeGraph::WABA, "changes": [{ "field": "messages", "value": value }] }],
    });
    let (server, subscription) = (account.server.clone(), locked(&account.subscription).clone());
    let pause: Duration = account.second;
    tokio::spawn(async move {
        tokio::time::sleep(pause).await;
        post(&server, &subscription, &body).await;
    });
}
