//! A member takes the place of a key of each API, one scope at a time: what the console is made of. Without
//! the header that asks for it a session is no key, as the tests of the routes say.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply, Tenant, TestRequest};

const SCOPE: &str = "x-colloquy-scope";

/// A route of each kind of key, with the scope that it takes.
fn routes(tenant: &Tenant) -> Vec<(Method, &'static str, String, Value)> {
    let bot = || tenant.chatbot.clone();
    let workspace = || "workspace".to_owned();
    vec![
        (Method::GET, "/api/v1/knowledge", bot(), Value::Null),
        (Method::GET, "/api/v1/leads", bot(), Value::Null),
        (Method::GET, "/api/v1/conversations", bot(), Value::Null),
        (Method::POST, "/api/v1/chat", bot(), json!({"message": "Hello?"})),
        (Method::GET, "/api/v1/config", bot(), Value::Null),
        (Method::GET, "/api/v1/sources", bot(), Value::Null),
        (Method::GET, "/api/v1/analytics/overview", bot(), Value::Null),
        (Method::GET, "/v1/bots", workspace(), Value::Null),
        (Method::GET, "/v1/webhooks", workspace(), Value::Null),
        (Method::GET, "/api/v1/external/v1/chatbots", workspace(), Value::Null),
        (Method::GET, "/api/v1/external/v1/usage", workspace(), Value::Null),
    ]
}

fn request(app: &App, (method, path, _, body): &(Method, &str, String, Value)) -> TestRequest {
    let request = app.request(method.clone(), path);
    if body.is_null() { request } else { request.json(body) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_with_a_scope_opens_what_each_key_does() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let home = app.platform.base_url.clone();
    for route in routes(&ada) {
        let (method, path, scope, _) = &route;
        let ok = |reply: Reply| assert_eq!(reply.status, 200, "{method} {path}: {}", reply.text);
        ok(request(&app, &route).bearer(&ada.session).header(SCOPE, scope).send().await);
        let by_cookie = request(&app, &route).cookie(&ada.session).header(SCOPE, scope);
        ok(by_cookie.header("origin", &home).send().await);
        let refused = |reply: Reply, status: u16, what: &str| {
            assert_eq!(reply.status, status, "{method} {path}, {what}: {}", reply.text);
        };
        let foreign = if scope == "workspace" { &bob.chatbot } else { "workspace" };
        let wrong = request(&app, &route).bearer(&ada.session).header(SCOPE, foreign).send().await;
        assert!([400, 422].contains(&wrong.status), "{method} {path}: {}", wrong.text);
        refused(request(&app, &route).bearer(&ada.session).send().await, 401, "no scope");
        refused(request(&app, &route).header(SCOPE, scope).send().await, 401, "no session");
        let key = request(&app, &route).bearer(&ada.public).header(SCOPE, scope);
        refused(key.send().await, 401, "a key with a scope");
        if scope != "workspace" {
            let bobs = request(&app, &route).bearer(&ada.session).header(SCOPE, &bob.chatbot);
            refused(bobs.send().await, 404, "another tenant's chatbot");
        }
        if *method != Method::GET {
            let stolen = request(&app, &route).cookie(&ada.session).header(SCOPE, scope);
            refused(stolen.again().send().await, 403, "no origin");
            refused(stolen.header("origin", "https://evil.example").send().await, 403, "foreign");
        }
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_who_looks_uses_up_no_calls_and_needs_no_plan_with_calls() {
    let app = App::with(|options| options.signup_plan = "free".parse().unwrap()).await;
    let ada = app.tenant("ada").await;
    let by_key = app.get("/api/v1/knowledge").bearer(&ada.secret).send().await;
    assert_ne!(by_key.status, 200, "the plan has no calls");
    let look = || app.get("/api/v1/knowledge").bearer(&ada.session).header(SCOPE, &ada.chatbot);
    look().send().await.ok();
    let usage = || {
        let path = "/api/v1/external/v1/usage";
        app.get(path).bearer(&ada.session).header(SCOPE, "workspace").send()
    };
    let (first, second) = (usage().await.ok(), usage().await.ok());
    assert_eq!((&first["data"]["used"], &first), (&json!(0), &second));
    app.finish().await;
}
