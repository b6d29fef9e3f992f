//! The webhook routes of conferbot, Chatbot Platform and HelpBot, tested alike.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply, Tenant, TestRequest};

use crate::util::{
    access::keys_of,
    botplot::{UNKNOWN_SEGMENTS, text},
    chatbotplatform::{only_its_key, platform_refused},
    webhooks::create as create_in_botplot,
};

/// A dialect's webhooks: where they are, and what a body has beside `url` and `events`.
pub struct WebhookApi {
    pub path: &'static str,
    pub event: &'static str,
    /// The status of a create that succeeds.
    pub made: u16,
    /// That of a value that breaks a rule.
    pub invalid: u16,
    /// The status of one too many, and how many there may be.
    pub full: (u16, usize),
}

pub const CONFERBOT: WebhookApi = WebhookApi {
    path: "/api/v1/external/v1/webhooks",
    event: "response.created",
    made: 201,
    invalid: 400,
    full: (409, 20),
};
pub const PLATFORM: WebhookApi = WebhookApi {
    path: "/v1/webhooks",
    event: "bot.message_received",
    made: 201,
    invalid: 422,
    full: (409, 50),
};
pub const HELPBOT: WebhookApi = WebhookApi {
    path: "/api/v1/webhooks",
    event: "conversation.created",
    made: 200,
    invalid: 400,
    full: (403, 5),
};

impl WebhookApi {
    fn is(&self, other: &WebhookApi) -> bool {
        self.path == other.path
    }

    /// A request with the key that it takes.
    pub fn request(&self, app: &App, tenant: &Tenant, method: Method, rest: &str) -> TestRequest {
        let request = app.request(method, &format!("{}{rest}", self.path));
        match self {
            _ if self.is(&CONFERBOT) => request.api_key(&tenant.conferbot),
            _ if self.is(&PLATFORM) => request.bearer(&tenant.chatbotplatform),
            _ => request.bearer(&tenant.helpbot),
        }
    }

    /// A body that it takes.
    pub fn body(&self, tenant: &Tenant, url: &str, events: &[&str]) -> Value {
        let mut body = json!({"url": url, "events": events, "description": "Ours", "unknown": 1});
        if self.is(&CONFERBOT) {
            body["chatbotId"] = json!(tenant.chatbot);
        }
        body
    }

    pub async fn post(&self, app: &App, tenant: &Tenant, body: &Value) -> Reply {
        self.request(app, tenant, Method::POST, "").json(body).send().await
    }

    /// Makes one; its id and secret.
    pub async fn create(
        &self,
        app: &App,
        tenant: &Tenant,
        url: &str,
        events: &[&str],
    ) -> (String, String) {
        let made = self.post(app, tenant, &self.body(tenant, url, events)).await;
        assert_eq!(made.status, self.made, "{}", made.text);
        let row = self.row(&made.json());
        let id = if self.is(&CONFERBOT) { &row["_id"] } else { &row["id"] };
        (text(id).to_owned(), text(&row["secret"]).to_owned())
    }

    fn row(&self, body: &Value) -> Value {
        body[if self.is(&HELPBOT) { "webhook" } else { "data" }].clone()
    }

    /// The rows of the list.
    pub async fn list(&self, app: &App, tenant: &Tenant) -> Vec<Value> {
        let list = self.request(app, tenant, Method::GET, "").send().await.ok();
        let name = if self.is(&HELPBOT) { "webhooks" } else { "data" };
        list[name].as_array().expect("rows").clone()
    }

    /// Deletes one.
    pub async fn delete(&self, app: &App, tenant: &Tenant, id: &str) -> Reply {
        let rest = if self.is(&HELPBOT) { format!("?id={id}") } else { format!("/{id}") };
        self.request(app, tenant, Method::DELETE, &rest).send().await
    }

    /// What was wrong.
    pub fn message(&self, reply: &Reply) -> String {
        let body = reply.json();
        let message = match self {
            _ if self.is(&CONFERBOT) => &body["message"],
            _ if self.is(&PLATFORM) => &body["error"]["message"],
            _ => &body["error"],
        };
        text(message).to_owned()
    }

    /// Every bound of a body.
    pub async fn refuses_what_breaks_a_bound(&self, app: &App, tenant: &Tenant) {
        let right = self.body(tenant, "http://127.0.0.1:9/hook", &[self.event]);
        let long = format!("https://127.0.0.1/{}", "a".repeat(2_048));
        for (field, named, value) in [
            ("url", "url", json!(null)),
            ("url", "url", json!("")),
            ("url", "url", json!(5)),
            ("url", "url", json!("example.com/hook")),
            ("url", "url", json!("ftp://example.com/hook")),
            ("url", "url", json!("https://ada:secret@127.0.0.1/hook")),
            ("url", "url", json!("https://10.0.0.1/hook")),
            ("url", "url", json!("https://169.254.169.254/latest")),
            ("url", "url", json!(long)),
            ("events", "events", json!(null)),
            ("events", "events", json!([])),
            ("events", "events", json!(self.event)),
            ("events", "events[0]", json!(["message.created"])),
            ("events", "events[1]", json!([self.event, "*"])),
            ("events", "events[1]", json!([self.event, 5])),
            ("description", "description", json!("ü".repeat(201))),
            ("description", "description", json!(5)),
        ] {
            let mut body = right.clone();
            body[field] = value;
            let reply = self.post(app, tenant, &body).await;
            assert_eq!(reply.status, self.invalid, "{body}: {}", reply.text);
            let message = self.message(&reply);
            assert!(message.starts_with(named), "{body}: {message}");
        }
        for broken in ["", "[]", "7", "{\"url\": }"] {
            let reply = self.request(app, tenant, Method::POST, "").body(broken).send().await;
            assert_eq!(reply.status, 400, "{}", reply.text);
        }
        assert_eq!(self.list(app, tenant).await, Vec::<Value>::new());
        let mut body = right;
        body["description"] = json!("ü".repeat(200));
        assert_eq!(self.post(app, tenant, &body).await.status, self.made);
    }

    /// However many come at once, only that number gets in; one that goes makes room for one.
    pub async fn holds_its_number(&self, app: &App, tenant: &Tenant) {
        let (status, most) = self.full;
        let body = self.body(tenant, "http://127.0.0.1:9/hook", &[self.event]);
        let mut there = 0;
        // All but two one after the other, since the calls of a minute have a limit.
        while there + 3 < most {
            assert_eq!(self.post(app, tenant, &body).await.status, self.made);
            there += 1;
        }
        let racing = join_all((0..12).map(|_| self.post(app, tenant, &body))).await;
        let made = racing.iter().filter(|reply| reply.status == self.made).count();
        assert_eq!(made, 3);
        for refused in racing.iter().filter(|reply| reply.status != self.made) {
            assert_eq!(refused.status, status, "{}", refused.text);
            assert!(self.message(refused).contains(&format!("at most {most} webhooks")));
        }
        let rows = match self {
            _ if self.is(&PLATFORM) => {
                let list = self.request(app, tenant, Method::GET, "?per_page=100").send().await;
                list.ok()["data"].as_array().expect("rows").clone()
            }
            _ => self.list(app, tenant).await,
        };
        assert_eq!(rows.len(), most);
        let id = if self.is(&CONFERBOT) { &rows[0]["_id"] } else { &rows[0]["id"] };
        assert_eq!(self.delete(app, tenant, text(id)).await.status, 200);
        assert_eq!(self.delete(app, tenant, text(id)).await.status, 404);
        assert_eq!(self.post(app, tenant, &body).await.status, self.made);
        assert_eq!(self.post(app, tenant, &body).await.status, status);
    }
}

/// Without a site's key it is 401; with one of a plan that lacks webhooks 403.
pub async fn only_a_sites_key(
    app: &App,
    tenant: &Tenant,
    method: Method,
    path: &str,
    body: &Value,
) {
    let request = || app.request(method.clone(), path).json(body);
    let mut replies = vec![
        request().send().await,
        request().bearer("").send().await,
        request().bearer(&format!("wk_live_{}", "0".repeat(40))).send().await,
        request().bearer(&tenant.session).send().await,
        request().cookie(&tenant.session).send().await,
        request().api_key(&tenant.helpbot).send().await,
        app.request(method.clone(), path).body("{").send().await,
    ];
    for key in keys_of(tenant).into_iter().filter(|key| *key != tenant.helpbot) {
        replies.push(request().bearer(key).send().await);
    }
    for reply in replies {
        reply.is(401, &json!({"error": "Invalid or missing API key"}));
    }
    let poor = App::with(|options| options.signup_plan = "starter".parse().unwrap()).await;
    let bob = poor.tenant("bob").await;
    let refused = poor.request(method, path).bearer(&bob.helpbot).json(body).send().await;
    refused.is(403, &json!({"error": "This requires the pro plan or a higher one"}));
    poor.finish().await;
}

/// Neither another workspace's webhook nor one of another dialect is found by `method`.
pub async fn only_its_own_are_found(app: &App, ada: &Tenant, eve: &Tenant, method: Method) {
    let url = "http://127.0.0.1:9/hook";
    let (foreign, _) = PLATFORM.create(app, eve, url, &[PLATFORM.event]).await;
    let (botplot, _) = create_in_botplot(app, ada, url, &["message.created"]).await;
    let (conferbot, _) = CONFERBOT.create(app, ada, url, &[CONFERBOT.event]).await;
    let (helpbot, _) = HELPBOT.create(app, ada, url, &[HELPBOT.event]).await;
    for id in UNKNOWN_SEGMENTS.into_iter().chain([&*foreign, &botplot, &conferbot, &helpbot]) {
        let request = PLATFORM.request(app, ada, method.clone(), &format!("/{id}"));
        let reply = request.json(&json!({"status": "disabled"})).send().await;
        platform_refused(&reply, 404, &["Webhook not found"]);
    }
    let rows = PLATFORM.list(app, eve).await;
    assert!(rows.len() == 1 && rows[0]["status"] == "active");
    let path = format!("{}/{foreign}", PLATFORM.path);
    only_its_key(app, ada, method, &path, &json!({})).await;
}
