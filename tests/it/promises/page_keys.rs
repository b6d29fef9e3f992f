//! Keys that are in pages, where everybody can copy them: what they open, how often one address may
//! use them, and that they can't use up what the owner's keys need.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply, Tenant, plain_http};

use crate::util::botplot::text;

async fn widget_key(app: &App, tenant: &Tenant) -> String {
    let body = json!({"dialect": "helpbot", "kind": "widget", "chatbotId": tenant.chatbot});
    let made = app.post("/api/v1/api-keys").bearer(&tenant.session).json(&body).send().await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.json();
    assert_eq!((&made["dialect"], &made["kind"]), (&json!("helpbot"), &json!("widget")));
    let key = text(&made["key"]);
    assert!(key.starts_with("wk_live_") && key.len() == 48, "{key}");
    key.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_widget_key_does_what_a_visitor_wants_and_nothing_else() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let key = widget_key(&app, &ada).await;
    let asked = json!({"question": "Do you have parking?"});
    let answer = app.post("/api/v1/chat").bearer(&key).json(&asked).send().await.ok();
    let id = text(&answer["conversationId"]);
    let helpful = json!({"conversationId": id, "helpful": "no"});
    app.post("/api/v1/feedback").bearer(&key).json(&helpful).send().await.ok();
    let handoff = json!({"conversationId": id});
    app.post("/api/v1/handoff").bearer(&key).json(&handoff).send().await.ok();
    app.get("/api/v1/config").bearer(&key).send().await.ok();
    app.get(&format!("/api/v1/config?apiKey={key}")).send().await.ok();

    let expected = json!({"error": "This endpoint needs the site key; a widget key was sent"});
    let url = json!({"url": "https://example.com", "events": ["conversation.created"]});
    for (method, path, body) in [
        (Method::PATCH, "/api/v1/config".to_owned(), json!({"botName": "Eve"})),
        (Method::GET, "/api/v1/conversations?range=all".to_owned(), Value::Null),
        (Method::GET, "/api/v1/analytics/overview?range=7d".to_owned(), Value::Null),
        (Method::GET, "/api/v1/sources".to_owned(), Value::Null),
        (Method::POST, "/api/v1/sources".to_owned(), url.clone()),
        (Method::DELETE, format!("/api/v1/sources?id={id}"), Value::Null),
        (Method::POST, "/api/v1/sources/rescrape".to_owned(), json!({"id": id})),
        (Method::GET, "/api/v1/webhooks".to_owned(), Value::Null),
        (Method::POST, "/api/v1/webhooks".to_owned(), url),
        (Method::DELETE, format!("/api/v1/webhooks?id={id}"), Value::Null),
    ] {
        let refused = app.request(method.clone(), &path).bearer(&key).json(&body).send().await;
        if refused.status == 404 && refused.text.contains("path") {
            panic!("{method} {path} is no route");
        }
        assert_eq!((refused.status, &refused.json()["error"]), (403, &expected["error"]), "{path}");
    }
    // In another dialect it is no key at all, as a site's is none.
    let pair = json!({"question": "Q", "answer": "A"});
    let refused = app.post("/api/v1/knowledge/qa").bearer(&key).json(&pair).send().await;
    assert_eq!(refused.status, 401);
    let lead = json!({"email": "visitor@example.com"});
    assert_eq!(app.post("/api/v1/leads").bearer(&key).json(&lead).send().await.status, 401);
    app.finish().await;
}

/// Asks with `key` from another address of this machine.
async fn ask_from(app: &App, address: [u8; 4], key: &str) -> Reply {
    ask_once_from(app, address, key, None).await
}

/// The same, with an `Idempotency-Key`.
async fn ask_once_from(app: &App, address: [u8; 4], key: &str, once: Option<&str>) -> Reply {
    let http = plain_http().local_address(std::net::IpAddr::from(address)).build().unwrap();
    let url = format!("{}/api/v1/chat", app.platform.base_url);
    let mut request = http.post(url).bearer_auth(key).json(&json!({"message": "Hello?"}));
    if let Some(once) = once {
        request = request.header("idempotency-key", once);
    }
    let sent = request.send().await;
    let answer = sent.expect("an answer");
    Reply {
        status: answer.status().as_u16(),
        headers: answer.headers().clone(),
        text: answer.text().await.expect("a body"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_a_rate_with_the_keys_in_a_chatbot_s_pages() {
    let clock = local::TestClock::new(1);
    let app = App::with(|options| {
        options.visitor_rate = 3;
        options.clock = Some(clock.clone());
    })
    .await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let widget = widget_key(&app, &ada).await;
    let (here, there) = ([127, 0, 0, 1], [127, 0, 0, 2]);
    for _ in 0..2 {
        assert_eq!(ask_from(&app, here, &ada.public).await.status, 200);
    }
    // Another key of the same chatbot's pages, and a call that is malformed, are no way around it.
    let malformed = app.post("/api/v1/chat").bearer(&ada.public).json(&json!({})).send().await;
    assert_eq!(malformed.status, 400);
    for key in [&ada.public, &widget] {
        let refused = ask_from(&app, here, key).await;
        assert_eq!(refused.status, 429, "{}", refused.text);
        let seconds: u64 = refused.header("retry-after").parse().expect("seconds");
        assert!((1..=60).contains(&seconds), "{seconds}");
        assert!(refused.text.contains("oo many requests from this address"), "{}", refused.text);
    }
    let coded = ask_from(&app, here, &ada.public).await.json();
    assert_eq!(coded["code"], "RATE_LIMITED");
    assert_eq!(ask_from(&app, there, &ada.public).await.status, 200, "another address");
    assert_eq!(ask_from(&app, here, &eve.public).await.status, 200, "another chatbot");
    assert_eq!(ask_from(&app, here, &ada.secret).await.status, 200, "a key that is in no page");
    clock.advance(std::time::Duration::from_secs(60));
    assert_eq!(ask_from(&app, here, &ada.public).await.status, 200, "the next minute");
    app.finish().await;
}

/// A page's key is the same for all its visitors, and so may be what their clients count their requests
/// by: no one gets another visitor's conversation.
#[tokio::test(flavor = "multi_thread")]
async fn an_idempotency_key_of_a_page_s_visitor_is_theirs_alone() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let (here, there) = ([127, 0, 0, 1], [127, 0, 0, 2]);
    let ask = async |address, key: &str| {
        let answer = ask_once_from(&app, address, key, Some("1")).await.ok();
        answer["conversationId"].as_str().unwrap().to_owned()
    };
    let first = ask(here, &ada.public).await;
    assert_eq!(ask(here, &ada.public).await, first, "the same visitor's request, again");
    assert_ne!(ask(there, &ada.public).await, first, "another visitor's");
    let own = ask(here, &ada.secret).await;
    assert_eq!(ask(there, &ada.secret).await, own, "a server may move");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_tenth_of_a_month_is_kept_for_keys_that_are_in_no_page() {
    let plans = r#"{"enterprise":{"botplot_calls":20,"helpbot_credits":10}}"#;
    let app = App::with(|options| options.plans = Some(plans.to_owned())).await;
    let ada = app.tenant("ada").await;
    let ask = async |key: &str, body: Value| {
        app.post("/api/v1/chat").bearer(key).json(&body).send().await
    };
    // Malformed calls with a copied key use nothing up.
    for _ in 0..30 {
        let refused = ask(&ada.public, json!({})).await;
        assert_eq!((refused.status, refused.header("x-ratelimit-remaining")), (400, "20"));
    }
    for n in 1..=18 {
        let answered = ask(&ada.public, json!({"message": "Hello?"})).await;
        assert_eq!(answered.status, 200, "call {n}: {}", answered.text);
    }
    let refused = ask(&ada.public, json!({"message": "Hello?"})).await;
    assert_eq!((refused.status, &refused.json()["code"]), (429, &json!("QUOTA_EXCEEDED")));
    assert!(!refused.header("retry-after").is_empty());
    // The owner still erases what was said.
    for _ in 0..2 {
        let path = "/api/v1/conversations?limit=1";
        let listed = app.get(path).bearer(&ada.secret).send().await.ok();
        assert_eq!(listed["total"].as_u64().map(|total| total > 0), Some(true));
    }
    let path = "/api/v1/conversations?limit=1";
    assert_eq!(app.get(path).bearer(&ada.secret).send().await.status, 429);

    let widget = widget_key(&app, &ada).await;
    for n in 1..=9 {
        let asked = ask(&widget, json!({"question": "Hello?"})).await;
        assert_eq!(asked.status, 200, "question {n}: {}", asked.text);
    }
    assert_eq!(ask(&widget, json!({"question": "Hello?"})).await.status, 429);
    assert_eq!(ask(&ada.helpbot, json!({"question": "Hello?"})).await.status, 200);
    assert_eq!(ask(&ada.helpbot, json!({"question": "Hello?"})).await.status, 429);
    app.finish().await;
}
