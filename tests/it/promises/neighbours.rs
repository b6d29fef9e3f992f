//! What another tenant's ids open, over all operations of `openapi.json` whose path has one: nothing, and no
//! more is told of them than of ids that nothing has. Operations of the five dialects are asked in
//! `access_control` too; here are those that are ours among them, and whatever is added has to be named.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, FormPart, Receiver, Reply, Tenant, TestRequest};

use crate::util::{
    access::{UNKNOWN, id_of, invite, join},
    agent_loops::{make, report, run},
    botplot,
    inbox::visit,
    knowledge::unanswered,
    uploads::uploaded,
};

/// Ids by what they name.
type Ids = BTreeMap<&'static str, String>;

/// Operations that name no item of a tenant's, with the reason.
const NAME_NOTHING: [(&str, &str); 5] = [
    ("/api/v1/auth/closures/{id}", "a receipt that whoever closed the account reads without one"),
    (
        "/api/v1/visitors/{visitorId}",
        "a name within the caller's own chatbot, whoever else uses it",
    ),
    ("/api/v1/visitors/{visitorId}/export", "the same"),
    ("/v1/channels/{id}/inbound", "the platform's signature is what opens it"),
    ("/api/v1/widget/conversations/{id}/messages", "asked below, with the token of another visit"),
];

/// What the parameter after `before` names.
fn what(path: &str, before: &str) -> &'static str {
    let hook = match path {
        _ if path.starts_with("/api/v1/external") => "conferbot webhook",
        _ if path.starts_with("/api/v1/projects") => "botplot webhook",
        _ if path.starts_with("/v1/") => "workspace webhook",
        _ => "helpbot webhook",
    };
    match before {
        "chatbots" | "bots" | "projects" => "chatbot",
        "responses" | "conversations" => "conversation",
        "messages" => "message",
        "knowledge" => "source",
        "file" => "file",
        "unanswered" => "group",
        "leads" => "lead",
        "integrations" => "integration",
        "channels" => "channel",
        "agent-loops" => "agent loop",
        "executions" => "execution",
        "webhooks" => hook,
        "deliveries" => "delivery",
        "api-keys" => "key",
        "sessions" => "session",
        "members" => "member",
        "invitations" => "invitation",
        "erasures" => "erasure",
        other => panic!("{path}: say here what a parameter after {other:?} names, and seed one"),
    }
}

fn text(value: &Value) -> String {
    botplot::text(value).to_owned()
}

/// A webhook in each dialect.
async fn webhooks(app: &App, of: &Tenant, receiver: &Receiver) -> Ids {
    let (url, events) = (&receiver.url, json!(["conversation.ended"]));
    let hook = json!({"chatbotId": of.chatbot, "url": url, "events": ["conversation.completed"]});
    let made = app.post("/api/v1/external/v1/webhooks").api_key(&of.conferbot).json(&hook);
    let conferbot = text(&made.send().await.json()["data"]["_id"]);
    let path = format!("/api/v1/projects/{}/webhooks", of.chatbot);
    let made = app.post(&path).bearer(&of.secret).json(&json!({"url": url, "events": events}));
    let botplot = text(&made.send().await.json()["webhook"]["id"]);
    let hook = json!({"url": url, "events": ["conversation.handoff"]});
    let made = app.post("/api/v1/webhooks").bearer(&of.helpbot).json(&hook);
    let helpbot = text(&made.send().await.json()["webhook"]["id"]);
    let hook = json!({"url": url, "events": ["bot.message_received"]});
    let made = app.post("/v1/webhooks").bearer(&of.chatbotplatform).json(&hook);
    let workspace = text(&made.send().await.json()["data"]["id"]);
    Ids::from([
        ("conferbot webhook", conferbot),
        ("botplot webhook", botplot),
        ("helpbot webhook", helpbot),
        ("workspace webhook", workspace),
    ])
}

/// One of everything that an id can name.
async fn seed(app: &App, of: &Tenant) -> Ids {
    let receiver = Receiver::start().await;
    let mut ids = webhooks(app, of, &receiver).await;
    let visit = visit(app, &of.public, "Do you ship to Norway?").await;
    let lead = json!({"email": "visitor@example.com"});
    let lead = app.post("/api/v1/leads").bearer(&of.public).json(&lead).send().await.json();
    let pair = json!({"question": "Do you have parking?", "answer": "Yes."});
    let pair = app.post("/api/v1/knowledge/qa").bearer(&of.secret).json(&pair).send().await.ok();
    let echo = json!({"name": "Echo", "type": "echo", "weight": 0});
    let path = format!("/v1/bots/{}/integrations", of.chatbot);
    let echo = app.post(&path).bearer(&of.chatbotplatform).json(&echo).send().await.json();
    let web = json!({"name": "Widget", "type": "web"});
    let path = format!("/v1/bots/{}/channels", of.chatbot);
    let web = app.post(&path).bearer(&of.chatbotplatform).json(&web).send().await.json();
    let mut body = report();
    body["integration_id"] = echo["data"]["id"].clone();
    let made = make(app, of, body).await;
    let begun = run(app, of, &made).await;
    let erased = app.delete("/api/v1/visitors/visitor_7").bearer(&of.secret).send().await.json();
    let keys = app.get("/api/v1/api-keys").bearer(&of.session).send().await.ok();
    let email = format!("agent-of-{}@example.com", &of.workspace[24..]);
    let agent = join(app, &of.session, &email, "agent").await;
    invite(app, &of.session, &format!("to-{email}"), "viewer").await;
    let members = app.get("/api/v1/members").bearer(&of.session).send().await.ok();
    let sessions = app.get("/api/v1/auth/sessions").bearer(&of.session).send().await.ok();
    app.drain().await;
    let (groups, _) = unanswered(app, of, "").await;
    let path = format!("/v1/webhooks/{}/deliveries", ids["workspace webhook"]);
    let sent = app.get(&path).bearer(&of.chatbotplatform).send().await.ok();
    ids.extend([
        ("chatbot", of.chatbot.clone()),
        ("conversation", visit.id),
        ("message", visit.message),
        ("lead", text(&lead["lead"]["id"])),
        ("source", text(&pair["sourceId"])),
        ("integration", text(&echo["data"]["id"])),
        ("channel", text(&web["data"]["id"])),
        ("agent loop", text(&made["id"])),
        ("execution", text(&begun["id"])),
        ("erasure", text(&erased["erasure"]["id"])),
        ("key", text(&keys["data"][0]["id"])),
        ("member", id_of(app, &agent).await),
        ("invitation", text(&members["invitations"][0]["id"])),
        ("session", text(&sessions["data"][0]["id"])),
        ("group", text(&groups[0]["id"])),
        ("delivery", text(&sent["data"][0]["id"])),
        ("file", uploaded(app, of, "garden.txt", b"The garden closes at dusk.").await),
    ]);
    ids
}

/// A body that the operation takes, so that nothing but the id is wrong.
fn body(method: &Method, path: &str) -> Value {
    let receiver = "http://127.0.0.1:9/";
    let last = path.rsplit('/').find(|part| !part.starts_with('{')).unwrap_or_default();
    match (method.as_str(), last) {
        ("POST", "rating") => json!({"rating": 1}),
        ("POST", "answer") => json!({"answer": "Yes."}),
        ("POST", "messages") => json!({"content": "Hello."}),
        ("POST", "replay") => {
            json!({"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"})
        }
        ("PATCH", "conversations") => json!({"status": "closed"}),
        ("PATCH", "members") => json!({"role": "viewer"}),
        ("PATCH", "webhooks") => json!({"url": receiver}),
        ("PATCH", "agent-loops") => json!({"max_iterations": 3}),
        ("PATCH", "integrations") => json!({"weight": 0}),
        ("PATCH" | "PUT", _) => json!({"name": "Another"}),
        ("POST", "integrations") => json!({"name": "Echo", "type": "echo", "weight": 0}),
        ("POST", "channels") => json!({"name": "Widget", "type": "web"}),
        ("POST", "webhooks") => json!({"url": receiver, "events": ["conversation.ended"]}),
        ("POST", "subdomain") => json!({"subdomain": "another"}),
        _ => json!({}),
    }
}

/// The request with the tenant's own credential, as the operation names it first.
fn with(request: TestRequest, operation: &Value, tenant: &Tenant) -> TestRequest {
    let schemes = operation["security"].as_array().into_iter().flatten();
    let mut names = schemes.filter_map(|one| one.as_object()?.keys().next().cloned());
    match names.next().as_deref() {
        Some("conferbot") => request.api_key(&tenant.conferbot),
        Some("chatbotplatform") => request.bearer(&tenant.chatbotplatform),
        Some("botplotPublic" | "botplotSecret") => request.bearer(&tenant.secret),
        Some("helpbot" | "helpbotQuery") => request.bearer(&tenant.helpbot),
        Some("session" | "sessionBearer") => request.bearer(&tenant.session),
        other => panic!("what credential is {other:?}?"),
    }
}

/// The path with ids of `own`, but that of the parameter number `at`, which is `other`'s.
fn filled(path: &str, own: &Ids, at: usize, other: Option<&Ids>) -> String {
    let (mut before, mut number, mut parts) = ("", 0, Vec::new());
    for part in path.split('/') {
        if part.starts_with('{') {
            let what = what(path, before);
            let foreign = other.map_or(UNKNOWN, |other| &other[what]);
            parts.push(if number == at { foreign.to_owned() } else { own[what].clone() });
            number += 1;
        } else {
            parts.push(part.to_owned());
        }
        before = part;
    }
    parts.join("/")
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenants_ids_open_nothing_on_any_route() {
    let app = App::with(|options| {
        let none = r#"{"conferbot_calls_per_minute":null,"chatbotplatform_calls_per_minute":null}"#;
        options.plans = Some(format!(r#"{{"enterprise":{none}}}"#));
    })
    .await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let (own, foreign) = (seed(&app, &ada).await, seed(&app, &eve).await);
    let api = app.get("/openapi.json").send().await.ok();
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for (named, methods) in api["paths"].as_object().expect("paths") {
        if NAME_NOTHING.iter().any(|(name, _)| name == named) {
            continue;
        }
        for (method, operation) in methods.as_object().expect("methods") {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else { continue };
            let send = async |path: String| -> Reply {
                let request = app.request(method.clone(), &path);
                let request = match (method.as_str(), named.as_str()) {
                    ("GET", _) => request,
                    ("POST", "/api/v1/sources/file/{id}") => {
                        request.form(&[FormPart::file("garden.txt", b"It closes at dusk.")])
                    }
                    _ => request.json(&body(&method, named)),
                };
                with(request, operation, &ada).send().await
            };
            for at in 0..named.matches('{').count() {
                let hers = send(filled(named, &own, at, Some(&foreign))).await;
                let unknown = send(filled(named, &own, at, None)).await;
                asked += 1;
                let same = (hers.status, &hers.text) == (unknown.status, &unknown.text);
                if !same || !matches!(hers.status, 403 | 404) {
                    let (one, two) = (&hers.text, &unknown.text);
                    let statuses = (hers.status, unknown.status);
                    wrong.push(format!("{method} {named} at {at}: {statuses:?} {one} | {two}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(asked >= 90, "{asked}");
    let (mine, hers) = (visit(&app, &ada.public, "Hi").await, visit(&app, &eve.public, "Hi").await);
    for method in [Method::GET, Method::POST] {
        let request =
            app.request(method, &hers.way_back()).header("x-conversation-token", &mine.token);
        assert_eq!(request.json(&json!({"content": "Hello."})).send().await.status, 401);
    }
    app.finish().await;
}
