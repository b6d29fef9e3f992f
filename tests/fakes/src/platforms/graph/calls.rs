//! The calls that Colloquy makes to Graph.

use std::sync::atomic::Ordering;

use axum::http::Method;
use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::{Account, FakeGraph, GraphSent, deliveries, done, error};
use crate::platforms::{
    FakeReply, FakeServer, RecordedCall,
    server::{Behaviour, locked},
};

/// Characters of a message: WhatsApp's, Messenger's.
const MAX_TEXT: [usize; 2] = [4_096, 2_000];

impl Behaviour for Account {
    fn answer<'a>(&'a self, call: &'a RecordedCall) -> BoxFuture<'a, FakeReply> {
        Box::pin(self.run(call))
    }
}

impl Account {
    async fn run(&self, call: &RecordedCall) -> FakeReply {
        let token = call.header("authorization").strip_prefix("Bearer ").unwrap_or_default();
        if token.is_empty() {
            return error(400, 2500, None, "An active access token must be used");
        }
        if locked(&self.revoked).contains(token) {
            return error(
                401,
                190,
                Some(460),
                "Error validating access token: the session was invalidated",
            );
        }
        let parts: Vec<&str> = call.path.trim_start_matches('/').split('/').collect();
        match (call.verb.as_str(), parts.as_slice()) {
            ("GET", [_, FakeGraph::PHONE_NUMBER]) => done(json!({
                "id": FakeGraph::PHONE_NUMBER,
                "display_phone_number": "+1 555 010 9999",
                "verified_name": "Fake business",
                "quality_rating": "GREEN",
            })),
            ("GET", [_, "me"]) => done(json!({ "id": FakeGraph::PAGE, "name": "Fake page" })),
            (verb @ ("POST" | "DELETE"), [_, FakeGraph::PAGE, "subscribed_apps"]) => {
                locked(&self.subscription).is_page_subscribed = verb == "POST";
                done(json!({ "success": true }))
            }
            ("POST", [_, FakeGraph::WABA, "subscribed_apps"]) => {
                self.subscribe_account(&call.body).await
            }
            ("POST", [_, FakeGraph::PHONE_NUMBER, "messages"]) => self.whatsapp(&call.body),
            ("POST", [_, FakeGraph::PAGE | "me", "messages"]) => self.messenger(&call.body),
            _ => error(400, 100, Some(33), "Unsupported request. Object does not exist"),
        }
    }

    /// An account's own URL is checked like an app's.
    async fn subscribe_account(&self, body: &Value) -> FakeReply {
        let Some(url) = body["override_callback_uri"].as_str() else {
            return done(json!({ "success": true }));
        };
        let token = body["verify_token"].as_str().unwrap_or_default();
        if !self.challenge(&self.server, url, token).await {
            return error(400, 2200, None, "Callback verification failed");
        }
        url.clone_into(&mut locked(&self.subscription).url);
        done(json!({ "success": true }))
    }

    /// Asks a URL for its challenge back.
    pub(super) async fn challenge(&self, server: &FakeServer, url: &str, token: &str) -> bool {
        let challenge = self.numbers.fetch_add(1, Ordering::SeqCst).to_string();
        let Ok(mut url) = url::Url::parse(url) else { return false };
        url.query_pairs_mut()
            .append_pair("hub.mode", "subscribe")
            .append_pair("hub.challenge", &challenge)
            .append_pair("hub.verify_token", token);
        let attempt = server.attempt(Method::GET, url.as_str(), &[], Vec::new()).await;
        attempt.status == Some(200) && attempt.body == challenge
    }

    fn whatsapp(&self, body: &Value) -> FakeReply {
        if body["status"] == "read" {
            return done(json!({ "success": true }));
        }
        let to = body["to"].as_str().or(body["recipient"].as_str()).unwrap_or_default();
        let text = body["text"]["body"].as_str().unwrap_or_default();
        if body["messaging_product"] != "whatsapp" || to.is_empty() || text.is_empty() {
            return error(400, 131_008, None, "Required parameter is missing");
        }
        if text.chars().count() > MAX_TEXT[0] {
            return error(400, 131_009, None, "Parameter value is not valid");
        }
        let message_id = format!("wamid.sent{}", self.numbers.fetch_add(1, Ordering::SeqCst));
        if locked(&self.late).contains(to) {
            deliveries::fail_later(self, to, &message_id, 131_047);
        } else {
            self.keep(FakeGraph::PHONE_NUMBER, to, text, &message_id);
        }
        done(json!({
            "messaging_product": "whatsapp",
            "contacts": [{ "input": to, "wa_id": to }],
            "messages": [{ "id": message_id }],
        }))
    }

    fn messenger(&self, body: &Value) -> FakeReply {
        let to = body["recipient"]["id"].as_str().unwrap_or_default();
        if body["sender_action"].is_string() {
            return done(json!({ "recipient_id": to }));
        }
        let text = body["message"]["text"].as_str().unwrap_or_default();
        if to.is_empty() || body["messaging_type"] != "RESPONSE" {
            return error(400, 100, None, "Invalid parameter");
        }
        if text.is_empty() || text.chars().count() > MAX_TEXT[1] {
            return error(
                400,
                100,
                None,
                "Length of param message[text] must be less than or equal to 2000",
            );
        }
        if locked(&self.late).contains(to) {
            return error(
                400,
                10,
                Some(2_018_278),
                "This message is sent outside of allowed window.",
            );
        }
        let message_id = format!("m_sent{}", self.numbers.fetch_add(1, Ordering::SeqCst));
        self.keep(FakeGraph::PAGE, to, text, &message_id);
        done(json!({ "recipient_id": to, "message_id": message_id }))
    }

    fn keep(&self, from: &str, to: &str, text: &str, message_id: &str) {
        locked(&self.sent).push(GraphSent {
            from: from.to_owned(),
            to: to.to_owned(),
            text: text.to_owned(),
            message_id: message_id.to_owned(),
        });
    }
}
