//! Who may not, in every documented operation: no key, a wrong one, one of another kind, another
//! tenant's ids, bodies that are none. What an operation does for those who may is in its own file
//! under `routes`.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Receiver, Reply, Tenant, TestRequest};

const UNKNOWN: &str = "0197a000-0000-7000-8000-000000000001";

/// A documented operation that is built.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Operation {
    dialect: String,
    method: Method,
    path: String,
}

impl Operation {
    fn named(&self) -> String {
        format!("{} {} {}", self.dialect, self.method, self.path)
    }

    /// Whether another dialect has the same path and method: then the key decides.
    fn shared(&self) -> bool {
        ["POST /api/v1/chat", "GET /api/v1/conversations"]
            .contains(&format!("{} {}", self.method, self.path).as_str())
    }

    /// Whether a public key is enough.
    fn public(&self) -> bool {
        ["/api/v1/chat", "/api/v1/chat/stream"].contains(&self.path.as_str())
    }

    /// A body that the operation takes, if it takes one.
    fn body(&self, ids: &Ids) -> Option<Value> {
        let url = &ids["url"];
        let name = json!({"name": "Another"});
        Some(match self.named().as_str() {
            "conferbot POST /api/v1/external/v1/chatbots"
            | "conferbot PUT /api/v1/external/v1/chatbots/{id}"
            | "chatbotplatform POST /v1/bots"
            | "chatbotplatform PATCH /v1/bots/{id}"
            | "openbat POST /api/v1/chatbots"
            | "openbat PATCH /api/v1/chatbots/{id}" => name,
            "chatbotplatform POST /v1/bots/{bot_id}/integrations" => {
                json!({"name": "Echo", "type": "echo", "weight": 0})
            }
            "chatbotplatform PATCH /v1/integrations/{id}" => json!({"weight": 0}),
            "chatbotplatform POST /v1/bots/{bot_id}/channels" => {
                json!({"name": "Widget", "type": "web"})
            }
            "chatbotplatform PATCH /v1/channels/{id}" => json!({"name": "Other"}),
            "chatbotplatform POST /v1/agent-loops" => {
                json!({"name": "Report", "user_message": "Report."})
            }
            "chatbotplatform PATCH /v1/agent-loops/{id}" => json!({"max_iterations": 3}),
            "conferbot POST /api/v1/external/v1/webhooks" => {
                json!({"chatbotId": ids["chatbot"], "url": url, "events": ["response.created"]})
            }
            "botplot POST /api/v1/chat" | "botplot POST /api/v1/chat/stream" => {
                json!({"message": "Hello", "conversationId": ids["conversation"]})
            }
            "botplot POST /api/v1/knowledge/url" => json!({ "url": url }),
            "botplot POST /api/v1/knowledge/qa" => json!({"question": "Is it?", "answer": "Yes."}),
            "botplot POST /api/v1/projects/{projectId}/webhooks" => {
                json!({"url": url, "events": ["lead.captured"]})
            }
            "botplot PATCH /api/v1/projects/{projectId}/branding" => json!({"white_label": true}),
            "botplot PATCH /api/v1/projects/{projectId}/subdomain" => json!({"subdomain": "ours"}),
            "helpbot POST /api/v1/chat" => json!({"question": "Hello?"}),
            "helpbot POST /api/v1/feedback" => {
                json!({"conversationId": ids["conversation"], "helpful": "yes"})
            }
            "helpbot POST /api/v1/handoff" => json!({"conversationId": ids["conversation"]}),
            "helpbot POST /api/v1/sources" => json!({ "url": url }),
            "helpbot POST /api/v1/sources/rescrape" => json!({"sourceId": ids["source"]}),
            "helpbot PATCH /api/v1/config" => json!({"greeting": "Hello"}),
            "helpbot POST /api/v1/webhooks" => {
                json!({"url": url, "events": ["conversation.created"]})
            }
            _ => return None,
        })
    }
}

/// The ids of one tenant's things, by what they are.
type Ids = BTreeMap<&'static str, String>;

fn operations() -> Vec<Operation> {
    let unbuilt: Vec<&str> = include_str!("../../unbuilt.txt").lines().collect();
    let all = include_str!("../../operations.csv").lines().skip(1).map(|line| {
        let mut columns = line.split(',').map(str::to_owned);
        let mut next = || columns.next().expect("a column");
        let (dialect, method, path) = (next(), next(), next());
        Operation { dialect, method: method.parse().expect("a method"), path }
    });
    let built: Vec<_> = all.filter(|o| !unbuilt.contains(&o.named().as_str())).collect();
    assert!(built.len() >= 65, "{}", built.len());
    built
}

/// What a path's parameter names, told by the segment before it.
fn named_by(segment: &str, dialect: &str) -> &'static str {
    match (segment, dialect) {
        ("chatbots" | "bots" | "projects", _) => "chatbot",
        ("responses" | "conversations", _) => "conversation",
        ("knowledge", _) => "source",
        ("leads", _) => "lead",
        ("integrations", _) => "integration",
        ("channels", _) => "channel",
        ("agent-loops", _) => "agent loop",
        ("webhooks", "conferbot") => "conferbot webhook",
        ("webhooks", "botplot") => "botplot webhook",
        other => panic!("what does a parameter after {other:?} name?"),
    }
}

/// The path with ids of `of`, but that of the parameter number `at`, if any, which is `other`'s.
fn filled(operation: &Operation, of: &Ids, at: usize, other: &Ids) -> String {
    let mut before = "";
    let mut number = 0;
    let mut parts = Vec::new();
    for part in operation.path.split('/') {
        if part.starts_with('{') {
            let what = named_by(before, &operation.dialect);
            parts.push(if number == at { other[what].clone() } else { of[what].clone() });
            number += 1;
        } else {
            parts.push(part.to_owned());
        }
        before = part;
    }
    parts.join("/")
}

/// Credentials by name, as the dialect that they are for sends them.
fn credentials(tenant: &Tenant) -> [(&'static str, String); 7] {
    [
        ("conferbot", tenant.conferbot.clone()),
        ("chatbotplatform", tenant.chatbotplatform.clone()),
        ("public", tenant.public.clone()),
        ("secret", tenant.secret.clone()),
        ("openbat", tenant.openbat.clone()),
        ("helpbot", tenant.helpbot.clone()),
        ("session", tenant.session.clone()),
    ]
}

/// Who may call it.
fn allowed(operation: &Operation) -> Vec<&'static str> {
    let mut allowed = match operation.dialect.as_str() {
        "conferbot" => vec!["conferbot"],
        "chatbotplatform" => vec!["chatbotplatform"],
        "botplot" if operation.public() => vec!["public", "secret", "openbat"],
        "botplot" => vec!["secret", "openbat"],
        "openbat" => vec!["session"],
        "helpbot" => vec!["helpbot"],
        other => panic!("who calls {other}?"),
    };
    if operation.shared() {
        allowed.extend(["secret", "openbat", "helpbot"]);
        if operation.public() {
            allowed.push("public");
        }
    }
    allowed
}

/// The request with a credential where the operation's dialect looks for it.
fn with(request: TestRequest, dialect: &str, credential: &str) -> TestRequest {
    match dialect {
        "conferbot" => request.api_key(credential),
        _ => request.bearer(credential),
    }
}

/// The caller's own credential for the operation.
fn own(operation: &Operation, tenant: &Tenant) -> String {
    let name = match operation.dialect.as_str() {
        "botplot" => "secret",
        "openbat" => "session",
        other => other,
    };
    let found = credentials(tenant).into_iter().find(|(of, _)| *of == name);
    found.expect("a credential").1
}

/// The caller's own credential, in forms that are none.
fn misshapen(
    operation: &Operation,
    key: &str,
    request: &impl Fn() -> TestRequest,
) -> Vec<(&'static str, TestRequest)> {
    let bearer = |key: &str| with(request(), &operation.dialect, key);
    let mut forms = vec![
        ("a key cut short", bearer(&key[..key.len() - 1])),
        ("a very long key", bearer(&"a".repeat(5_000))),
        ("another scheme", request().header("authorization", &format!("Basic {key}"))),
    ];
    match operation.dialect.as_str() {
        "conferbot" => forms.push(("another header", request().bearer(key))),
        _ => {
            forms.push(("no scheme", request().header("authorization", key)));
            forms.push(("another header", request().api_key(key)));
        }
    }
    forms
}

fn unauthorized(operation: &Operation) -> Value {
    let said = "Invalid or missing API key";
    match operation.dialect.as_str() {
        _ if operation.shared() => json!({"error": said, "code": "UNAUTHORIZED"}),
        "conferbot" => json!({"error": "Unauthorized", "message": said}),
        "chatbotplatform" => json!({"error": {"code": "unauthorized", "message": said}}),
        "botplot" => json!({"error": said, "code": "UNAUTHORIZED"}),
        "openbat" => json!({"error": "Not signed in"}),
        _ => json!({ "error": said }),
    }
}

/// One of everything that an id can name.
async fn seed(app: &App, tenant: &Tenant, receiver: &Receiver) -> Ids {
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    let secret = &tenant.secret;
    let asked = app.ask(&tenant.public, "Do you have parking?").await;
    let pair = json!({"question": "Do you have parking?", "answer": "Yes."});
    let source = app.post("/api/v1/knowledge/qa").bearer(secret).json(&pair).send().await.ok();
    let lead = json!({"email": "visitor@example.com"});
    let lead = app.post("/api/v1/leads").bearer(&tenant.public).json(&lead).send().await.json();
    let mut ids = Ids::from([
        ("chatbot", tenant.chatbot.clone()),
        ("conversation", text(&asked["conversationId"])),
        ("source", text(&source["sourceId"])),
        ("lead", text(&lead["lead"]["id"])),
        ("url", receiver.url.clone()),
    ]);
    let hook = json!({
        "chatbotId": tenant.chatbot, "url": receiver.url, "events": ["conversation.completed"],
    });
    let path = "/api/v1/external/v1/webhooks";
    let made = app.post(path).api_key(&tenant.conferbot).json(&hook).send().await.json();
    ids.insert("conferbot webhook", text(&made["data"]["_id"]));
    let hook = json!({"url": receiver.url, "events": ["conversation.ended"]});
    let path = format!("/api/v1/projects/{}/webhooks", tenant.chatbot);
    let made = app.post(&path).bearer(secret).json(&hook).send().await.ok();
    ids.insert("botplot webhook", text(&made["webhook"]["id"]));
    let hook = json!({"url": receiver.url, "events": ["conversation.handoff"]});
    let made = app.post("/api/v1/webhooks").bearer(&tenant.helpbot).json(&hook).send().await.ok();
    ids.insert("helpbot webhook", text(&made["webhook"]["id"]));
    let echo = json!({"name": "Echo", "type": "echo", "weight": 0});
    let path = format!("/v1/bots/{}/integrations", tenant.chatbot);
    let made = app.post(&path).bearer(&tenant.chatbotplatform).json(&echo).send().await.json();
    ids.insert("integration", text(&made["data"]["id"]));
    let web = json!({"name": "Widget", "type": "web"});
    let path = format!("/v1/bots/{}/channels", tenant.chatbot);
    let made = app.post(&path).bearer(&tenant.chatbotplatform).json(&web).send().await.json();
    ids.insert("channel", text(&made["data"]["id"]));
    let report = json!({"name": "Report", "user_message": "Report."});
    let made = app.post("/v1/agent-loops").bearer(&tenant.chatbotplatform).json(&report);
    ids.insert("agent loop", text(&made.send().await.json()["data"]["id"]));
    app.drain().await;
    ids
}

/// More calls than a minute's limit are made here.
async fn unlimited() -> App {
    App::with(|options| {
        let none = r#"{"conferbot_calls_per_minute":null,"chatbotplatform_calls_per_minute":null}"#;
        options.plans = Some(format!(r#"{{"enterprise":{none}}}"#));
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_of_the_right_kind_nothing_is_told_and_nothing_is_done() {
    let app = unlimited().await;
    let (ada, receiver) = (app.tenant("ada").await, Receiver::start().await);
    let ids = seed(&app, &ada, &receiver).await;
    let mut wrong = Vec::new();
    for operation in operations() {
        let path = filled(&operation, &ids, usize::MAX, &ids);
        let request = || {
            let request = app.request(operation.method.clone(), &path);
            match operation.body(&ids) {
                Some(body) => request.json(&body),
                None => request,
            }
        };
        let unread = app.request(operation.method.clone(), &path).body("{");
        let mut replies =
            vec![("no key", request().send().await), ("no key and no JSON", unread.send().await)];
        for (form, request) in misshapen(&operation, &own(&operation, &ada), &request) {
            replies.push((form, request.send().await));
        }
        for (form, name) in [("cb_live_", 40), ("sk_live_", 40), ("pk_", 40), ("sk_", 40)] {
            let unknown = format!("{form}{}", "0".repeat(name));
            let reply = with(request(), &operation.dialect, &unknown).send().await;
            replies.push(("an unknown key", reply));
        }
        let allowed = allowed(&operation);
        for (name, credential) in credentials(&ada) {
            if !allowed.contains(&name) {
                let reply = with(request(), &operation.dialect, &credential).send().await;
                replies.push((name, reply));
            }
        }
        for (who, reply) in replies {
            // A public key is known on a secret route, and not enough.
            let known = who == "public" && allowed.contains(&"secret");
            let fits = match known {
                true => reply.status == 403 && reply.json()["code"] == "FORBIDDEN",
                false => reply.status == 401 && reply.json() == unauthorized(&operation),
            };
            if !fits || reply.header("x-request-id").is_empty() {
                wrong.push(format!(
                    "{} with {who}: {} {}",
                    operation.named(),
                    reply.status,
                    reply.text
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(seeded(&app, &ada, &ids).await, [200; 6], "nothing was done");
    app.finish().await;
}

/// Statuses of reading what [`seed`] made.
async fn seeded(app: &App, tenant: &Tenant, ids: &Ids) -> [u16; 6] {
    let get = async |path: String| app.get(&path).bearer(&tenant.secret).send().await;
    let listed = |reply: Reply, name: &str, id: &str| {
        let rows = reply.json()[name].as_array().cloned().unwrap_or_default();
        if rows.iter().any(|row| row["id"] == id) { 200 } else { 404 }
    };
    let hooks = get(format!("/api/v1/projects/{}/webhooks", ids["chatbot"])).await;
    let sites = app.get("/api/v1/webhooks").bearer(&tenant.helpbot).send().await;
    [
        app.get(&format!("/api/v1/chatbots/{}", ids["chatbot"]))
            .bearer(&tenant.session)
            .send()
            .await
            .status,
        get(format!("/api/v1/conversations/{}", ids["conversation"])).await.status,
        get(format!("/api/v1/knowledge/{}", ids["source"])).await.status,
        listed(get("/api/v1/leads".into()).await, "leads", &ids["lead"]),
        listed(hooks, "webhooks", &ids["botplot webhook"]),
        listed(sites, "webhooks", &ids["helpbot webhook"]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenants_ids_are_answered_like_ids_that_are_nobodys() {
    let app = unlimited().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let receiver = Receiver::start().await;
    let own_ids = seed(&app, &ada, &receiver).await;
    let foreign = seed(&app, &eve, &receiver).await;
    let nobodys: Ids = foreign
        .iter()
        .map(|(what, id)| (*what, if *what == "url" { id.clone() } else { UNKNOWN.to_owned() }))
        .collect();
    let mut wrong = Vec::new();
    let mut asked = 0;
    for operation in operations() {
        let key = own(&operation, &ada);
        let send = async |path: String, body: Option<Value>| {
            let request = app.request(operation.method.clone(), &path);
            let request = match body {
                Some(body) => request.json(&body),
                None => request,
            };
            with(request, &operation.dialect, &key).send().await
        };
        let mut pairs = Vec::new();
        for at in 0..operation.path.matches('{').count() {
            let path = |ids: &Ids| filled(&operation, &own_ids, at, ids);
            let body = operation.body(&own_ids);
            pairs
                .push((send(path(&foreign), body.clone()).await, send(path(&nobodys), body).await));
        }
        // Ids in the query or the body.
        let path = filled(&operation, &own_ids, usize::MAX, &own_ids);
        let body = operation.body(&own_ids);
        if operation.body(&foreign) != body {
            let send = |ids: &Ids| send(path.clone(), operation.body(ids));
            pairs.push((send(&foreign).await, send(&nobodys).await));
        }
        let query = match operation.named().as_str() {
            "helpbot DELETE /api/v1/sources" => Some("source"),
            "helpbot DELETE /api/v1/webhooks" => Some("helpbot webhook"),
            _ => None,
        };
        if let Some(what) = query {
            let send = |ids: &Ids| send(format!("{path}?id={}", ids[what]), None);
            pairs.push((send(&foreign).await, send(&nobodys).await));
        }
        for (foreign, nobodys) in pairs {
            asked += 1;
            let same = (foreign.status, foreign.json()) == (nobodys.status, nobodys.json());
            if foreign.status != 404 || !same {
                wrong.push(format!(
                    "{}: {} {} and {} {}",
                    operation.named(),
                    foreign.status,
                    foreign.text,
                    nobodys.status,
                    nobodys.text
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(asked >= 40, "{asked}");
    assert_eq!(seeded(&app, &eve, &foreign).await, [200; 6], "nothing was done");
    assert_eq!(seeded(&app, &ada, &own_ids).await, [200; 6], "nor here");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_object_is_refused_and_so_is_what_is_too_large() {
    let app = unlimited().await;
    let (ada, receiver) = (app.tenant("ada").await, Receiver::start().await);
    let ids = seed(&app, &ada, &receiver).await;
    let large = format!("{{\"x\":\"{}\"}}", "x".repeat(1024 * 1024));
    let mut wrong = Vec::new();
    let mut asked = 0;
    for operation in operations() {
        let Some(body) = operation.body(&ids) else { continue };
        let path = filled(&operation, &ids, usize::MAX, &ids);
        let key = own(&operation, &ada);
        let cut = body.to_string()[1..].to_owned();
        let bodies = ["", "{", "[]", "\"x\"", "7", "null", "{} {}", "\u{1}", &cut, &large];
        for text in bodies {
            asked += 1;
            let request = app.request(operation.method.clone(), &path).body(text);
            let reply = with(request, &operation.dialect, &key).send().await;
            let expected = if text == large { 413 } else { 400 };
            let body = reply.json();
            let shaped = match operation.dialect.as_str() {
                "conferbot" => body["error"].is_string() && body["message"].is_string(),
                "chatbotplatform" => {
                    body["error"]["code"].is_string() && body["error"]["message"].is_string()
                }
                "botplot" => body["error"].is_string() && body["code"].is_string(),
                _ => body["error"].is_string() && body.as_object().is_some_and(|b| b.len() == 1),
            };
            if reply.status != expected || !shaped {
                let text: String = text.chars().take(20).collect();
                let what = format!("{} with {text:?}", operation.named());
                wrong.push(format!("{what}: {} {}", reply.status, reply.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(asked >= 200, "{asked}");
    assert_eq!(seeded(&app, &ada, &ids).await, [200; 6]);
    app.finish().await;
}
