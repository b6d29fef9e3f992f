//! The platform under test, and requests to it.

use local::{Credentials, LocalPlatform, Options};
use reqwest::{Client, Method, header::HeaderMap};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{DEADLINE, plain_http};

/// A platform in memory.
pub struct App {
    /// The platform itself, for what no route shows.
    pub platform: LocalPlatform,
    http: Client,
    _folder: TempDir,
}

/// A workspace of its own with one chatbot and a key of every kind that tests use.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// The session's token.
    pub session: String,
    /// The workspace.
    pub workspace: String,
    /// Its chatbot.
    pub chatbot: String,
    /// `x-api-key` of conferbot.
    pub conferbot: String,
    /// Bearer of Chatbot Platform.
    pub chatbotplatform: String,
    /// Bearer of botplot's public routes.
    pub public: String,
    /// Bearer of botplot's secret routes.
    pub secret: String,
    /// Bearer of helpbot.
    pub helpbot: String,
    /// The chatbot's openbat key.
    pub openbat: String,
}

/// A request being put together.
pub struct TestRequest {
    builder: reqwest::RequestBuilder,
}

/// What is between two parts of a form.
const BOUNDARY: &str = "between-two-parts";

/// A part of a form.
#[derive(Debug, Clone, Copy)]
pub struct FormPart<'a> {
    /// The field's name.
    pub name: &'a str,
    /// The file's name, if it is a file.
    pub file_name: Option<&'a str>,
    /// Its media type, if one is declared.
    pub content_type: Option<&'a str>,
    /// What is in it.
    pub bytes: &'a [u8],
}

impl<'a> FormPart<'a> {
    /// The part `file`, with no media type.
    pub fn file(file_name: &'a str, bytes: &'a [u8]) -> Self {
        Self { name: "file", file_name: Some(file_name), content_type: None, bytes }
    }
}

/// An answer, whole.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Status code.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body as it came.
    pub text: String,
}

impl App {
    /// Without a demo workspace.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// Without a demo workspace, with options changed by `change`.
    pub async fn with(change: impl FnOnce(&mut Options)) -> Self {
        runtime::init_logs("error");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut options = Options::in_memory(folder.path().to_owned());
        options.no_demo = true;
        change(&mut options);
        let platform = LocalPlatform::start(options).await.expect("the platform starts");
        let http = plain_http().build().expect("a client");
        Self { platform, http, _folder: folder }
    }

    /// With the demo workspace.
    pub async fn demo() -> (Self, Credentials) {
        let app = Self::with(|options| options.no_demo = false).await;
        let credentials = app.platform.credentials.clone().expect("the demo's credentials");
        (app, credentials)
    }

    /// A request; `path` may have a query.
    pub fn request(&self, method: Method, path: &str) -> TestRequest {
        let url = format!("{}{path}", self.platform.base_url);
        TestRequest { builder: self.http.request(method, url) }
    }

    /// `GET`
    pub fn get(&self, path: &str) -> TestRequest {
        self.request(Method::GET, path)
    }

    /// `POST`
    pub fn post(&self, path: &str) -> TestRequest {
        self.request(Method::POST, path)
    }

    /// `PUT`
    pub fn put(&self, path: &str) -> TestRequest {
        self.request(Method::PUT, path)
    }

    /// `PATCH`
    pub fn patch(&self, path: &str) -> TestRequest {
        self.request(Method::PATCH, path)
    }

    /// `DELETE`
    pub fn delete(&self, path: &str) -> TestRequest {
        self.request(Method::DELETE, path)
    }

    /// Signs a new workspace up, makes a chatbot and a key of every kind, all over HTTP.
    pub async fn tenant(&self, name: &str) -> Tenant {
        let email = format!("{name}@example.com");
        let body = json!({"email": email, "password": "correct horse", "organization": name});
        let signed = self.post("/api/v1/auth/signup").json(&body).send().await;
        assert_eq!(signed.status, 201, "{}", signed.text);
        let session = signed.session().expect("a session cookie");
        let workspace = signed.json()["workspace"]["id"].as_str().expect("an id").to_owned();
        let made = self
            .post("/api/v1/chatbots")
            .bearer(&session)
            .json(&json!({"name": format!("{name}'s bot")}))
            .send()
            .await
            .ok();
        let chatbot = made["chatbot"]["id"].as_str().expect("an id").to_owned();
        let openbat = made["apiKey"].as_str().expect("a key").to_owned();
        let key = async |dialect: &str, kind: &str, chatbot: Option<&str>| {
            let body = json!({"dialect": dialect, "kind": kind, "chatbotId": chatbot});
            let made = self.post("/api/v1/api-keys").bearer(&session).json(&body).send().await;
            assert_eq!(made.status, 201, "{}", made.text);
            made.json()["key"].as_str().expect("a key").to_owned()
        };
        Tenant {
            conferbot: key("conferbot", "workspace", None).await,
            chatbotplatform: key("chatbotplatform", "workspace", None).await,
            public: key("botplot", "public", Some(&chatbot)).await,
            secret: key("botplot", "secret", Some(&chatbot)).await,
            helpbot: key("helpbot", "site", Some(&chatbot)).await,
            session,
            workspace,
            chatbot,
            openbat,
        }
    }

    /// Asks a question in botplot's shape; the whole answer.
    pub async fn ask(&self, public: &str, message: &str) -> Value {
        self.post("/api/v1/chat")
            .bearer(public)
            .json(&json!({"message": message}))
            .send()
            .await
            .ok()
    }

    /// Letters that were written, as they are in their files.
    pub fn mails(&self) -> Vec<Vec<u8>> {
        let Ok(folder) = std::fs::read_dir(self.platform.mail_dir()) else { return Vec::new() };
        let files = folder.map(|entry| entry.expect("an entry").path());
        let letters = files.filter(|file| file.extension().is_some_and(|e| e == "eml"));
        letters.map(|file| std::fs::read(file).expect("a letter")).collect()
    }

    /// Waits until every job is done.
    pub async fn drain(&self) {
        self.platform.drain(DEADLINE).await.expect("every job is done in time");
    }

    /// Ends a test: every job is done, and none failed for good.
    pub async fn finish(self) {
        self.drain().await;
        let dead = self.platform.dead_letters().await.expect("the queues answer");
        assert_eq!(dead, 0, "jobs failed for good");
        self.platform.shutdown().await;
    }
}

impl TestRequest {
    /// With `Authorization: Bearer`.
    pub fn bearer(self, token: &str) -> Self {
        Self { builder: self.builder.bearer_auth(token) }
    }

    /// With `x-api-key`.
    pub fn api_key(self, key: &str) -> Self {
        self.header("x-api-key", key)
    }

    /// With the session cookie.
    pub fn cookie(self, token: &str) -> Self {
        self.header("cookie", &format!("session={token}"))
    }

    /// With any header.
    pub fn header(self, name: &str, value: &str) -> Self {
        Self { builder: self.builder.header(name, value) }
    }

    /// With a JSON body.
    pub fn json(self, body: &Value) -> Self {
        Self { builder: self.builder.json(body) }
    }

    /// With a body as it is.
    pub fn body(self, body: impl Into<String>) -> Self {
        Self { builder: self.builder.body(body.into()) }
    }

    /// With a form: parts as they stand between two boundaries.
    pub fn form(self, parts: &[FormPart<'_>]) -> Self {
        let mut body = Vec::new();
        for FormPart { name, file_name, content_type, bytes } in parts {
            body.extend(format!("--{BOUNDARY}\r\n").bytes());
            body.extend(format!("Content-Disposition: form-data; name=\"{name}\"").bytes());
            body.extend(file_name.iter().flat_map(|f| format!("; filename=\"{f}\"").into_bytes()));
            body.extend(
                content_type.iter().flat_map(|t| format!("\r\nContent-Type: {t}").into_bytes()),
            );
            body.extend(b"\r\n\r\n");
            body.extend(*bytes);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{BOUNDARY}--\r\n").bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.header("content-type", &kind).bytes(body)
    }

    /// With a body of bytes.
    pub fn bytes(self, body: Vec<u8>) -> Self {
        Self { builder: self.builder.body(body) }
    }

    /// The same once more.
    pub fn again(&self) -> Self {
        Self { builder: self.builder.try_clone().expect("no body is a stream") }
    }

    /// Sends it and reads the whole answer.
    pub async fn send(self) -> Reply {
        let response = self.stream().await;
        Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.expect("a body"),
        }
    }

    /// Sends it and leaves the body to be read.
    pub async fn stream(self) -> reqwest::Response {
        self.builder.send().await.expect("an answer")
    }
}

impl Reply {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|e| panic!("status {}: {e}: {}", self.status, self.text))
    }

    /// The body of a 200.
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()
    }

    /// Asserts status and body.
    #[track_caller]
    pub fn is(&self, status: u16, body: &Value) {
        assert_eq!((self.status, &self.json()), (status, body));
    }

    /// A header's text; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// The token in the session cookie that was set.
    pub fn session(&self) -> Option<String> {
        let cookie = self.header("set-cookie").strip_prefix("session=")?;
        Some(cookie.split(';').next().unwrap_or_default().to_owned())
    }

    /// What the request consumed: read units, write units, round trips one after the other.
    pub fn units(&self) -> (f64, f64, u32) {
        let text = self.header("x-consumed-units");
        let number = |name: &str| -> f64 {
            let part = text.split(", ").find_map(|part| part.strip_prefix(name));
            part.and_then(|n| n.parse().ok()).unwrap_or_else(|| panic!("{name} in {text:?}"))
        };
        (number("read="), number("write="), number("round_trips=") as u32)
    }
}
