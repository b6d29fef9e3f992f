//! What every route of botplot is tested for alike, and what its answers are made of.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply, Tenant, TestRequest};

/// An id of the right form that names nothing.
pub const UNKNOWN: &str = "0197a000-0000-7000-8000-000000000001";

/// Segments that name nothing, of the right form and of wrong ones.
pub const UNKNOWN_SEGMENTS: [&str; 5] = [
    UNKNOWN,
    "0197A000-0000-7000-8000-000000000001",
    "0197a000000070008000000000000001",
    "1",
    "%2e%2e%2fx",
];

/// A route under test, with a body that it takes.
pub struct Route<'a> {
    pub app: &'a App,
    pub method: Method,
    pub path: String,
    pub body: Option<Value>,
}

impl<'a> Route<'a> {
    pub fn new(app: &'a App, method: Method, path: impl Into<String>) -> Self {
        Self { app, method, path: path.into(), body: None }
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

    /// Without a key, with one that is none, and with one of another kind: 401, all alike.
    pub async fn refuses_strangers(&self, tenant: &Tenant) {
        let secret = &tenant.secret;
        let bearer = |key: &str| self.request().bearer(key);
        let requests = [
            ("no key", self.request()),
            ("an unknown key", bearer(&format!("sk_{}", "0".repeat(40)))),
            ("a key cut short", bearer(&secret[..secret.len() - 1])),
            ("a very long key", bearer(&"a".repeat(5_000))),
            ("another scheme", self.request().header("authorization", &format!("Basic {secret}"))),
            ("no scheme", self.request().header("authorization", secret)),
            ("another header", self.request().api_key(secret)),
            ("a conferbot key", bearer(&tenant.conferbot)),
            ("a conferbot key in its header", self.request().api_key(&tenant.conferbot)),
            ("a chatbotplatform key", bearer(&tenant.chatbotplatform)),
            ("a session", bearer(&tenant.session)),
            ("a session's cookie", self.request().cookie(&tenant.session)),
        ];
        for (what, request) in requests {
            println!("{} {} with {what}", self.method, self.path);
            problem(&request.send().await, 401, "UNAUTHORIZED");
        }
    }

    /// A public key is known here, but not enough; a helpbot key speaks another dialect.
    pub async fn needs_a_secret_key(&self, tenant: &Tenant) {
        self.refuses_strangers(tenant).await;
        problem(&self.request().bearer(&tenant.public).send().await, 403, "FORBIDDEN");
        problem(&self.request().bearer(&tenant.helpbot).send().await, 401, "UNAUTHORIZED");
    }

    /// Every other method is 405 with `Allow`.
    pub async fn allows_only(&self, key: &str, allowed: &[Method]) {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if allowed.contains(&method) {
                continue;
            }
            let reply = self.app.request(method.clone(), &self.path).bearer(key).send().await;
            problem(&reply, 405, "METHOD_NOT_ALLOWED");
            let allow: Vec<&str> = reply.header("allow").split(',').map(str::trim).collect();
            assert!(allowed.iter().all(|m| allow.contains(&m.as_str())), "{allow:?}");
            assert!(!allow.contains(&method.as_str()), "{allow:?}");
        }
    }

    /// What is no JSON object is 400, broken JSON with the position; over 1 MiB is 413.
    pub async fn wants_json(&self, key: &str) {
        let send = async |body: &str| {
            let request = self.app.request(self.method.clone(), &self.path).bearer(key);
            request.header("content-type", "application/json").body(body).send().await
        };
        for (body, position) in [
            ("{\"a\": }", "line 1 column 7"),
            ("{\n  \"a\": 1", "line 2 column 8"),
            ("{\"a\": 1} x", "line 1 column 10"),
            ("not json", "line 1 column 2"),
        ] {
            let message = problem(&send(body).await, 400, "VALIDATION_ERROR");
            assert!(message.contains(position), "{body:?}: {message}");
        }
        for body in ["", "  ", "[]", "7", "null", "true", "\"x\""] {
            problem(&send(body).await, 400, "VALIDATION_ERROR");
        }
        let padded = |bytes: usize| format!("{{\"padding\":\"{}\"}}", "x".repeat(bytes - 14));
        problem(&send(&padded(1024 * 1024)).await, 400, "VALIDATION_ERROR");
        problem(&send(&padded(1024 * 1024 + 1)).await, 413, "PAYLOAD_TOO_LARGE");
    }

    /// The values of a right body without their names are no object, hence 400.
    pub async fn takes_no_list(&self, key: &str, values: Value) {
        let request = self.app.request(self.method.clone(), &self.path).bearer(key);
        problem(&request.json(&values).send().await, 400, "VALIDATION_ERROR");
    }

    /// A body that breaks a rule is 400, and the message begins with the field's name.
    pub async fn refuses(&self, key: &str, field: &str, body: Value) {
        let reply = self.app.request(self.method.clone(), &self.path).bearer(key).json(&body);
        let message = problem(&reply.send().await, 400, "VALIDATION_ERROR");
        assert!(message.starts_with(field), "{field} in {body}: {message}");
    }
}

/// Asserts that it is this error, in botplot's shape; what it says.
#[track_caller]
pub fn problem(reply: &Reply, status: u16, code: &str) -> String {
    assert_eq!(reply.status, status, "{}", reply.text);
    assert_eq!(reply.header("content-type"), "application/json");
    assert!(!reply.header("x-request-id").is_empty());
    let body = reply.json();
    assert_eq!((keys(&body), &body["code"]), (vec!["code", "error"], &json!(code)), "{body}");
    body["error"].as_str().filter(|text| !text.is_empty()).expect("a reason").to_owned()
}

/// Asserts that all of them are 404 with one and the same body.
#[track_caller]
pub fn all_unknown(replies: &[Reply]) {
    for reply in replies {
        problem(reply, 404, "NOT_FOUND");
        assert_eq!(reply.text, replies[0].text);
    }
}

/// The names in an object, sorted.
#[track_caller]
pub fn keys(object: &Value) -> Vec<&str> {
    let object = object.as_object().unwrap_or_else(|| panic!("no object: {object}"));
    let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// A text in an answer.
#[track_caller]
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// Whether it is an id in its canonical form.
pub fn is_id(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    let form = |(at, c): (usize, char)| match at {
        8 | 13 | 18 | 23 => c == '-',
        _ => c.is_ascii_digit() || ('a'..='f').contains(&c),
    };
    text.len() == 36 && text.chars().enumerate().all(form)
}

/// Whether it is an RFC 3339 time in UTC with milliseconds.
pub fn is_time(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00T00:00:00.000Z"
}

/// A browser asks before it posts from a page of another site: it may.
pub async fn any_page_may_call(app: &App, path: &str) {
    let asked = app
        .request(Method::OPTIONS, path)
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type")
        .send()
        .await;
    assert!((200..300).contains(&asked.status), "{}", asked.status);
    assert_eq!(asked.header("access-control-allow-origin"), "*");
    let headers = asked.header("access-control-allow-headers").to_lowercase();
    // A star does not stand for `authorization`, says the Fetch standard.
    assert!(headers.contains("authorization") && headers.contains("content-type"), "{headers}");
    assert_eq!(asked.header("access-control-allow-credentials"), "");
    assert_eq!(asked.header("access-control-max-age"), "86400");
    assert!(!asked.header("x-request-id").is_empty());
    // A page reads errors too.
    let refused = app.post(path).header("origin", "https://shop.example").send().await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (401, "*"));
}
