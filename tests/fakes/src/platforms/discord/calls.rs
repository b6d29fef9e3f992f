//! The calls that Colloquy makes to Discord.

use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::{Application, DiscordSent, FakeDiscord, error};
use crate::platforms::{
    FakeReply, RecordedCall,
    server::{Behaviour, locked},
};

/// Characters of a message.
const MAX_CONTENT: usize = 2_000;
/// Milliseconds for which a token is good.
const TOKEN_LIFE: u64 = 15 * 60 * 1_000;
const MAX_FOLLOW_UPS: usize = 5;

impl Behaviour for Application {
    fn answer<'a>(&'a self, call: &'a RecordedCall) -> BoxFuture<'a, FakeReply> {
        Box::pin(self.run(call))
    }
}

impl Application {
    async fn run(&self, call: &RecordedCall) -> FakeReply {
        let path = call.path.strip_prefix("/api/v10/").unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        if let ["webhooks", application, token, rest @ ..] = parts.as_slice() {
            return self.of_token(call, application, token, rest);
        }
        let is_bot =
            call.header("authorization").strip_prefix("Bot ").is_some_and(|t| !t.is_empty());
        if !is_bot || *locked(&self.is_revoked) {
            return error(401, 0, "401: Unauthorized");
        }
        if !call.header("user-agent").starts_with("DiscordBot (") {
            return error(403, 40333, "internal network error");
        }
        match (call.verb.as_str(), parts.as_slice()) {
            ("GET", ["applications", "@me"]) => FakeReply::new(200, self.shown()),
            ("PATCH", ["applications", "@me"]) => self.set_endpoint(&call.body).await,
            ("POST", ["applications", FakeDiscord::APPLICATION, "commands"]) => {
                self.command(&call.body)
            }
            ("POST", ["channels", channel, "messages"]) => self.to_channel(channel, &call.body),
            ("POST", ["channels", _, "typing"]) => FakeReply::new(204, Value::Null),
            _ => error(404, 0, "404: Not Found"),
        }
    }

    fn shown(&self) -> Value {
        json!({
            "id": FakeDiscord::APPLICATION,
            "name": "Fake application",
            "verify_key": self.key.public_hex(),
            "interactions_endpoint_url": *locked(&self.endpoint),
            "event_webhooks_url": null,
            "event_webhooks_status": 1,
            "bot": { "username": "fake_bot" },
        })
    }

    /// Takes a URL that answers a good signature with a pong and a bad one with 401.
    async fn set_endpoint(&self, body: &Value) -> FakeReply {
        let Some(url) = body["interactions_endpoint_url"].as_str() else {
            *locked(&self.endpoint) = None;
            return FakeReply::new(200, self.shown());
        };
        let ping = json!({ "id": self.snowflake(), "type": 1, "version": 1 });
        let bad = self.post(&self.server, url, &ping, false).await;
        let good = self.post(&self.server, url, &ping, true).await;
        let pong: Value = serde_json::from_str(&good.body).unwrap_or_default();
        let is_json = good.content_type.starts_with("application/json");
        if good.status == Some(200) && is_json && pong["type"] == 1 && bad.status == Some(401) {
            *locked(&self.endpoint) = Some(url.to_owned());
            return FakeReply::new(200, self.shown());
        }
        let message = "The specified interactions endpoint URL could not be verified.";
        let detail = json!([{ "code": "APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID", "message": message }]);
        FakeReply::new(
            400,
            json!({
                "message": "Invalid Form Body",
                "code": 50035,
                "errors": { "interactions_endpoint_url": { "_errors": detail } },
            }),
        )
    }

    /// An upsert by name.
    fn command(&self, body: &Value) -> FakeReply {
        let mut commands = locked(&self.commands);
        let before = commands.len();
        commands.retain(|command| command["name"] != body["name"]);
        let status = if commands.len() < before { 200 } else { 201 };
        commands.push(body.clone());
        FakeReply::new(status, body.clone())
    }

    fn of_token(
        &self,
        call: &RecordedCall,
        application: &str,
        token: &str,
        rest: &[&str],
    ) -> FakeReply {
        let mut interactions = locked(&self.interactions);
        let known = interactions.get_mut(token).filter(|_| application == FakeDiscord::APPLICATION);
        let Some(interaction) = known else { return error(404, 10015, "Unknown Webhook") };
        let Some(since) = interaction.acknowledged_at else {
            return error(404, 10015, "Unknown Webhook");
        };
        if self.now().saturating_sub(since) > TOKEN_LIFE {
            return error(401, 50027, "Invalid Webhook Token");
        }
        if let Some(refusal) = refuses(&call.body) {
            return refusal;
        }
        let mut sent = locked(&self.sent);
        match (call.verb.as_str(), rest) {
            ("PATCH", ["messages", "@original"]) => {
                sent.retain(|message| !(message.token == token && message.is_original));
            }
            ("POST", []) => {
                interaction.follow_ups += 1;
                if interaction.is_users_alone && interaction.follow_ups > MAX_FOLLOW_UPS {
                    return error(400, 40094, "This interaction has reached its follow-up limit");
                }
            }
            _ => return error(404, 0, "404: Not Found"),
        }
        let is_original = !rest.is_empty();
        let id = self.snowflake();
        sent.push(message(&id, token, "", is_original, &call.body));
        FakeReply::new(200, json!({ "id": id, "content": call.body["content"] }))
    }

    fn to_channel(&self, channel: &str, body: &Value) -> FakeReply {
        if let Some(refusal) = refuses(body) {
            return refusal;
        }
        let nonce = body["nonce"].as_str().filter(|_| body["enforce_nonce"] == true);
        let mut nonces = locked(&self.nonces);
        let id = match nonce {
            Some(nonce) if nonce.len() > 25 => return error(400, 50035, "Invalid Form Body"),
            Some(nonce) => match nonces.get(nonce) {
                Some(id) => return FakeReply::new(200, json!({ "id": id })),
                None => {
                    let id = self.snowflake();
                    nonces.insert(nonce.to_owned(), id.clone());
                    id
                }
            },
            None => self.snowflake(),
        };
        locked(&self.sent).push(message(&id, "", channel, false, body));
        FakeReply::new(200, json!({ "id": id, "content": body["content"] }))
    }
}

fn refuses(body: &Value) -> Option<FakeReply> {
    let content = body["content"].as_str().unwrap_or_default();
    if content.trim().is_empty() {
        return Some(error(400, 50006, "Cannot send an empty message"));
    }
    (content.chars().count() > MAX_CONTENT).then(|| {
        let detail = json!([{ "code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length." }]);
        FakeReply::new(400, json!({
            "message": "Invalid Form Body",
            "code": 50035,
            "errors": { "content": { "_errors": detail } },
        }))
    })
}

fn message(id: &str, token: &str, channel: &str, is_original: bool, body: &Value) -> DiscordSent {
    let content = body["content"].as_str().unwrap_or_default();
    let allows = body["allowed_mentions"]["parse"].as_array().is_none_or(|parse| !parse.is_empty());
    let names = ["@everyone", "@here", "<@"].iter().any(|mention| content.contains(mention));
    DiscordSent {
        id: id.to_owned(),
        token: token.to_owned(),
        channel: channel.to_owned(),
        is_original,
        content: content.to_owned(),
        pings: allows && names,
    }
}
