//! What every route of helpbot is tested for alike.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply, Tenant, TestRequest};

/// A route under test, with a body that it takes.
pub struct SiteRoute<'a> {
    app: &'a App,
    method: Method,
    path: String,
    body: Option<Value>,
}

/// Asserts that it is this error, in helpbot's shape: what was wrong and nothing else.
#[track_caller]
pub fn refused(reply: &Reply, status: u16, message: &str) {
    reply.is(status, &json!({ "error": message }));
    assert!(!reply.header("x-request-id").is_empty());
}

impl<'a> SiteRoute<'a> {
    pub fn new(app: &'a App, method: Method, path: &str) -> Self {
        Self { app, method, path: path.to_owned(), body: None }
    }

    pub fn with(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    pub fn request(&self) -> TestRequest {
        let request = self.app.request(self.method.clone(), &self.path);
        match &self.body {
            Some(body) => request.json(body),
            None => request,
        }
    }

    /// Without a key, with one that is none, and with one of another kind or dialect: 401, all
    /// alike, wherever it is.
    pub async fn refuses_strangers(&self, tenant: &Tenant) {
        let site = &tenant.helpbot;
        let bearer = |key: &str| self.request().bearer(key);
        let mark = if self.path.contains('?') { '&' } else { '?' };
        let query = |key: &str| {
            let path = format!("{}{mark}apiKey={key}", self.path);
            self.app.request(self.method.clone(), &path)
        };
        let in_body = |key: &Value| {
            let mut body = self.body.clone().unwrap_or_else(|| json!({}));
            body["apiKey"] = key.clone();
            self.app.request(self.method.clone(), &self.path).json(&body)
        };
        let unknown = format!("wk_live_{}", "0".repeat(40));
        let requests = [
            ("no key", self.request()),
            ("an unknown key", bearer(&unknown)),
            ("an unknown key in the query", query(&unknown)),
            ("an unknown key in the body", in_body(&json!(unknown))),
            ("no text in the body", in_body(&json!(7))),
            ("a key cut short", bearer(&site[..site.len() - 1])),
            ("a very long key", bearer(&"a".repeat(5_000))),
            ("another scheme", self.request().header("authorization", &format!("Basic {site}"))),
            ("another header", self.request().api_key(site)),
            ("a conferbot key", bearer(&tenant.conferbot)),
            ("a chatbotplatform key", bearer(&tenant.chatbotplatform)),
            ("a public key", bearer(&tenant.public)),
            ("a secret key", bearer(&tenant.secret)),
            ("a secret key in the query", query(&tenant.secret)),
            ("an openbat key", bearer(&tenant.openbat)),
            ("a session", bearer(&tenant.session)),
            ("a session's cookie", self.request().cookie(&tenant.session)),
        ];
        for (what, request) in requests {
            println!("{} {} with {what}", self.method, self.path);
            refused(&request.send().await, 401, "Invalid or missing API key");
        }
    }

    /// Every other method is 405 with `Allow`.
    pub async fn allows_only(&self, key: &str, allowed: &[Method]) {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if allowed.contains(&method) {
                continue;
            }
            let reply = self.app.request(method.clone(), &self.path).bearer(key).send().await;
            refused(&reply, 405, &format!("{method} is not allowed here"));
            let allow: Vec<&str> = reply.header("allow").split(',').map(str::trim).collect();
            assert!(allowed.iter().all(|m| allow.contains(&m.as_str())), "{allow:?}");
        }
    }

    /// What is no JSON object is 400, broken JSON with the position; over 1 MiB is 413.
    pub async fn wants_json(&self, key: &str) {
        let send = async |body: String| {
            self.app.request(self.method.clone(), &self.path).bearer(key).body(body).send().await
        };
        let broken = send("{\"a\": }".into()).await;
        assert!(broken.json()["error"].as_str().unwrap().contains("line 1 column 7"));
        for body in ["", "  ", "[]", "7", "null", "\"x\"", "{\"a\": 1} x"] {
            let reply = send(body.to_owned()).await;
            assert_eq!(reply.status, 400, "{body:?}: {}", reply.text);
        }
        let padded = |bytes: usize| format!("{{\"padding\":\"{}\"}}", "x".repeat(bytes - 14));
        assert_eq!(send(padded(1024 * 1024)).await.status, 400);
        assert_eq!(send(padded(1024 * 1024 + 1)).await.status, 413);
    }

    /// A body that breaks a rule is 400 in these words.
    pub async fn refuses(&self, key: &str, body: Value, message: &str) {
        let request = self.app.request(self.method.clone(), &self.path).bearer(key).json(&body);
        let reply = request.send().await;
        assert_eq!(reply.status, 400, "{body}: {}", reply.text);
        let found = reply.json();
        let found = found["error"].as_str().unwrap_or_default();
        assert!(found.starts_with(message), "{body}: {found:?} and not {message:?}");
    }

    /// A plan without sources is told which one has them.
    pub async fn needs_sources(&self, key: &str) {
        let reply = self.request().bearer(key).send().await;
        refused(&reply, 403, "This requires the business plan or a higher one");
    }
}

/// Asks a question with a site's key; its conversation's id.
pub async fn ask(app: &App, tenant: &Tenant, question: &str) -> Value {
    let body = json!({ "question": question });
    let asked = app.post("/api/v1/chat").bearer(&tenant.helpbot).json(&body).send().await;
    asked.ok()["conversationId"].clone()
}
