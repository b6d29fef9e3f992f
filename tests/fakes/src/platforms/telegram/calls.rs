//! The methods that Colloquy calls, with Telegram's own texts.

use std::{sync::atomic::Ordering, time::Instant};

use futures::future::BoxFuture;
use serde_json::{Value, json};
use url::Url;

use super::{Bots, FakeTelegram, TelegramSent, Webhook, error, html, id_of, seconds_now};
use crate::platforms::{
    FakeReply, RecordedCall,
    server::{Behaviour, locked},
};

/// Ports that Telegram delivers to.
const PORTS: [u16; 4] = [80, 88, 443, 8443];
/// UTF-16 units of a message after its entities are parsed.
const MAX_TEXT: usize = 4096;

impl Behaviour for Bots {
    fn answer<'a>(&'a self, call: &'a RecordedCall) -> BoxFuture<'a, FakeReply> {
        let path = call.path.strip_prefix("/bot").unwrap_or_default();
        let (token, method) = path.split_once('/').unwrap_or((path, ""));
        let token = token.replace("%3A", ":");
        let reply = self.run(&token, method, &call.body, false);
        Box::pin(async move { reply })
    }
}

fn done(result: Value) -> FakeReply {
    FakeReply::new(200, json!({ "ok": true, "result": result }))
}

fn bad(description: &str) -> FakeReply {
    error(400, &format!("Bad Request: {description}"), Value::Null)
}

impl Bots {
    /// Runs a method; `by_answer` if it came as the answer to a delivery.
    pub(super) fn run(
        &self,
        token: &str,
        method: &str,
        body: &Value,
        by_answer: bool,
    ) -> FakeReply {
        let is_token = token.split_once(':').is_some_and(|(id, rest)| {
            !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()) && rest.len() >= 3
        });
        if !is_token {
            return error(404, "Not Found", Value::Null);
        }
        if locked(&self.bots).get(token).is_some_and(|bot| bot.is_revoked) {
            return error(401, "Unauthorized", Value::Null);
        }
        match method.to_ascii_lowercase().as_str() {
            "getme" => done(json!({
                "id": id_of(token),
                "is_bot": true,
                "first_name": "Test bot",
                "username": FakeTelegram::username(token),
                "can_join_groups": true,
                "can_read_all_group_messages": false,
            })),
            "setwebhook" => self.set_webhook(token, body),
            "deletewebhook" => {
                if let Some(bot) = locked(&self.bots).get_mut(token) {
                    bot.webhook = Webhook::default();
                }
                done(true.into())
            }
            "getwebhookinfo" => {
                let webhook = locked(&self.bots)
                    .get(token)
                    .map(|bot| bot.webhook.clone())
                    .unwrap_or_default();
                done(json!({
                    "url": webhook.url,
                    "has_custom_certificate": false,
                    "pending_update_count": 0,
                    "max_connections": webhook.max_connections,
                    "allowed_updates": webhook.allowed,
                    "last_error_message": webhook.last_error,
                }))
            }
            "sendmessage" => self.send(token, body, by_answer),
            "sendchataction" => match body["chat_id"].as_i64() {
                Some(_) => done(true.into()),
                None => bad("chat not found"),
            },
            _ => error(404, "Not Found: method not found", Value::Null),
        }
    }

    fn set_webhook(&self, token: &str, body: &Value) -> FakeReply {
        let mut bots = locked(&self.bots);
        let bot = bots.entry(token.to_owned()).or_default();
        if bot.last_set.is_some_and(|at| at.elapsed() < self.second) {
            return error(429, "Too Many Requests: retry after 1", json!({ "retry_after": 1 }));
        }
        let url = body["url"].as_str().unwrap_or_default();
        let secret = body["secret_token"].as_str().unwrap_or_default();
        if let Some(why) = refuses(url, secret) {
            return bad(why);
        }
        let allowed = match body["allowed_updates"].as_array() {
            Some(given) => given.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
            // An omitted list keeps the one before.
            None => bot.webhook.allowed.clone(),
        };
        let webhook = Webhook {
            url: url.to_owned(),
            secret: secret.to_owned(),
            allowed,
            max_connections: body["max_connections"].as_i64().unwrap_or(40),
            last_error: String::new(),
        };
        let said = match (bot.webhook == webhook, url.is_empty()) {
            (true, _) => "Webhook is already set",
            (false, true) => "Webhook was deleted",
            (false, false) => "Webhook was set",
        };
        bot.webhook = webhook;
        bot.last_set = Some(Instant::now());
        FakeReply::new(200, json!({ "ok": true, "result": true, "description": said }))
    }

    fn send(&self, token: &str, body: &Value, by_answer: bool) -> FakeReply {
        let Some(chat_id) = body["chat_id"].as_i64() else { return bad("chat not found") };
        let text = body["text"].as_str().unwrap_or_default();
        let parse_mode = body["parse_mode"].as_str().unwrap_or_default();
        let plain = match parse_mode {
            "" => text.to_owned(),
            "HTML" => match html::parsed(text) {
                Ok(plain) => plain,
                Err(why) => return bad(&format!("can't parse entities: {why}")),
            },
            _ => return bad("unsupported parse_mode"),
        };
        if plain.trim().is_empty() {
            return bad("message text is empty");
        }
        if plain.encode_utf16().count() > MAX_TEXT {
            return bad("message is too long");
        }
        let message_id = self.numbers.fetch_add(1, Ordering::SeqCst);
        locked(&self.sent).push(TelegramSent {
            token: token.to_owned(),
            chat_id,
            text: text.to_owned(),
            plain: plain.clone(),
            parse_mode: parse_mode.to_owned(),
            message_id,
            by_answer,
        });
        done(json!({
            "message_id": message_id,
            "date": seconds_now(),
            "chat": { "id": chat_id },
            "from": { "id": id_of(token), "is_bot": true },
            "text": plain,
        }))
    }
}

/// Why a webhook is refused. A URL on this machine is taken at any port: the local run has no other.
fn refuses(url: &str, secret: &str) -> Option<&'static str> {
    let is_secret = secret.len() <= 256
        && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if !is_secret {
        return Some("secret token contains unallowed characters");
    }
    if url.is_empty() {
        return None;
    }
    let Ok(url) = Url::parse(url) else {
        return Some("bad webhook: invalid webhook URL specified");
    };
    let is_here = ["127.0.0.1", "localhost"].contains(&url.host_str().unwrap_or_default());
    if is_here && url.scheme() == "http" {
        return None;
    }
    if url.scheme() != "https" {
        return Some("bad webhook: An HTTPS URL must be provided for webhook");
    }
    let port = url.port_or_known_default().unwrap_or_default();
    (!PORTS.contains(&port))
        .then_some("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
}
