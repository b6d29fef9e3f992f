//! What tests of the inbox and of a visitor's way back share.

use serde_json::{Value, json};
use testkit::{App, Reply, Tenant};

/// The inbox's list.
pub const INBOX: &str = "/api/v1/inbox/conversations";

/// A conversation as its visitor has it: its id and token.
pub struct Visit {
    pub id: String,
    pub token: String,
    pub message: String,
}

/// A visitor opens a conversation.
pub async fn visit(app: &App, public: &str, message: &str) -> Visit {
    let body = json!({"message": message, "visitorId": "visitor-1"});
    let reply = app.post("/api/v1/chat").bearer(public).json(&body).send().await;
    let answer = reply.ok();
    Visit {
        id: answer["conversationId"].as_str().expect("an id").to_owned(),
        message: answer["messageId"].as_str().expect("an id").to_owned(),
        token: reply.header("x-conversation-token").to_owned(),
    }
}

impl Visit {
    /// Where its visitor reads and writes.
    pub fn way_back(&self) -> String {
        format!("/api/v1/widget/conversations/{}/messages", self.id)
    }

    /// What its visitor reads after `after`.
    pub async fn read(&self, app: &App, after: Option<&str>) -> Reply {
        let after = after.map(|id| format!("?after={id}")).unwrap_or_default();
        let path = format!("{}{after}", self.way_back());
        app.get(&path).header("x-conversation-token", &self.token).send().await
    }

    /// Its visitor requests a person.
    pub async fn hand_off(&self, app: &App, public: &str) {
        let path = format!("/api/v1/conversations/{}/handoff", self.id);
        app.post(&path).bearer(public).json(&json!({"reason": "A refund"})).send().await.ok();
    }
}

/// A member answers.
pub async fn reply(app: &App, tenant: &Tenant, conversation: &str, content: &str) -> Reply {
    let path = format!("{INBOX}/{conversation}/messages");
    app.post(&path).bearer(&tenant.session).json(&json!({"content": content})).send().await
}

/// The inbox, filtered by `query`.
pub async fn inbox(app: &App, tenant: &Tenant, query: &str) -> Value {
    app.get(&format!("{INBOX}?{query}")).bearer(&tenant.session).send().await.ok()
}

/// The ids of its conversations.
pub fn ids(inbox: &Value) -> Vec<&str> {
    let rows = inbox["conversations"].as_array().expect("conversations").iter();
    rows.map(|row| row["id"].as_str().expect("an id")).collect()
}
