//! botplot POST /api/v1/projects/{projectId}/webhooks

use reqwest::Method;
use serde_json::json;
use testkit::{App, Receiver};

use crate::util::{
    botplot::{Route, all_unknown, is_id, keys, text},
    webhooks::{EVENTS, foreign_projects, hooks, list},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_webhook_has_exactly_the_documented_fields_and_its_secret_this_once() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let mut secrets = Vec::new();
    for key in [&tenant.secret, &tenant.openbat] {
        let body = json!({
            "url": receiver.url, "events": ["message.created", "lead.captured"],
            "description": "CRM integration", "unknown": 1,
        });
        let reply = app.post(&hooks(&tenant)).bearer(key).json(&body).send().await;
        let made = reply.ok();
        assert_eq!(keys(&made), ["webhook"]);
        let webhook = &made["webhook"];
        assert_eq!(keys(webhook), ["events", "id", "is_active", "secret", "url"]);
        assert_eq!(webhook["url"], receiver.url);
        assert_eq!(webhook["events"], json!(["message.created", "lead.captured"]));
        assert_eq!(webhook["is_active"], true);
        assert!(is_id(&webhook["id"]), "{webhook}");
        let secret = text(&webhook["secret"]).strip_prefix("whsec_").expect("a secret");
        assert!(secret.len() >= 32 && secret.bytes().all(|b| b.is_ascii_hexdigit()), "{secret}");
        assert!(!secrets.contains(&secret.to_owned()));
        secrets.push(secret.to_owned());
    }
    let listed = app.get(&hooks(&tenant)).bearer(&tenant.secret).send().await;
    assert!(secrets.iter().all(|secret| !listed.text.contains(secret)));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_event_can_be_subscribed_to_and_no_other() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let route = Route::new(&app, Method::POST, hooks(&tenant));
    let all = json!({"url": receiver.url, "events": EVENTS});
    let made = app.post(&route.path).bearer(&tenant.secret).json(&all).send().await.ok();
    let mut events: Vec<&str> =
        made["webhook"]["events"].as_array().unwrap().iter().map(text).collect();
    events.sort_unstable();
    let mut expected = EVENTS;
    expected.sort_unstable();
    assert_eq!(events, expected);

    for (at, events) in [
        (1, json!(["message.created", "message.deleted"])),
        (0, json!(["ping"])),
        (0, json!(["*"])),
        (0, json!([""])),
        (2, json!(["lead.captured", "message.created", "Message.created", "nothing"])),
        (1, json!(["lead.captured", 5])),
    ] {
        let body = json!({"url": receiver.url, "events": events});
        route.refuses(&tenant.secret, &format!("events[{at}]"), body).await;
    }
    for events in [json!([]), json!(null), json!("message.created"), json!({}), json!(5)] {
        let body = json!({"url": receiver.url, "events": events});
        route.refuses(&tenant.secret, "events", body).await;
    }
    route.refuses(&tenant.secret, "events", json!({"url": receiver.url})).await;
    assert_eq!(list(&app, &tenant).await.len(), 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_must_not_be_called_is_refused_by_name() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let route = Route::new(&app, Method::POST, hooks(&tenant));
    let long = format!("https://127.0.0.1/{}", "a".repeat(2_048 - 17));
    assert_eq!(long.len(), 2_049);
    for url in [
        "",
        "/hook",
        "example.com/hook",
        "ftp://example.com/hook",
        "file:///etc/passwd",
        "https://ada:secret@127.0.0.1/hook",
        "https://ada@127.0.0.1/hook",
        "https://10.0.0.1/hook",
        "https://192.168.0.1/hook",
        "https://169.254.169.254/latest",
        "https://0xa9fea9fe/latest",
        "https://[fd00::1]/hook",
        "https://[::ffff:169.254.169.254]/hook",
        "https://metadata.google.internal/hook",
        &long,
    ] {
        let body = json!({"url": url, "events": ["message.created"]});
        route.refuses(&tenant.secret, "url", body).await;
    }
    for url in [json!(null), json!(5), json!(["https://127.0.0.1/"])] {
        let body = json!({"url": url, "events": ["message.created"]});
        route.refuses(&tenant.secret, "url", body).await;
    }
    route.refuses(&tenant.secret, "url", json!({"events": ["message.created"]})).await;
    for description in [json!("ü".repeat(201)), json!(5), json!(["a"])] {
        let url = "http://127.0.0.1:9/hook";
        let body = json!({"url": url, "events": ["message.created"], "description": description});
        route.refuses(&tenant.secret, "description", body).await;
    }
    assert_eq!(list(&app, &tenant).await.len(), 0);
    let body = json!({
        "url": "http://127.0.0.1:9/hook", "events": ["message.created"],
        "description": "ü".repeat(200),
    });
    route.with(body).request().bearer(&tenant.secret).send().await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_is_not_the_keys_own_is_unknown() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let body = json!({"url": "http://127.0.0.1:9/hook", "events": ["message.created"]});
    let mut replies = Vec::new();
    for project in foreign_projects(&app, &ada, &bob).await {
        let path = format!("/api/v1/projects/{project}/webhooks");
        replies.push(app.post(&path).bearer(&ada.secret).json(&body).send().await);
    }
    all_unknown(&replies);
    assert_eq!(list(&app, &bob).await.len(), 0);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_a_json_object_only() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let body = json!({"url": "http://127.0.0.1:9/hook", "events": ["message.created"]});
    let route = Route::new(&app, Method::POST, hooks(&tenant)).with(body);
    route.wants_json(&tenant.secret).await;
    route.allows_only(&tenant.secret, &[Method::GET, Method::POST]).await;
    assert_eq!(list(&app, &tenant).await.len(), 0);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_values_is_no_object() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let route = Route::new(&app, Method::POST, hooks(&tenant));
    let values = json!(["http://127.0.0.1:9/hook", ["message.created"], null]);
    route.takes_no_list(&tenant.secret, values).await;
    app.finish().await;
}
