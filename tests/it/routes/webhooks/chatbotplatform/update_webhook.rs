//! ours PATCH /v1/webhooks/{id}

use reqwest::Method;
use serde_json::json;
use testkit::{App, Receiver};

use crate::util::{
    chatbotplatform::platform_refused,
    same_for_all_dialects::webhook_api::{PLATFORM, only_its_own_are_found},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_changed_and_nothing_else() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let (old, new) = (Receiver::start().await, Receiver::start().await);
    let (id, _) = PLATFORM.create(&app, &ada, &old.url, &[PLATFORM.event]).await;
    let path = format!("/{id}");
    let patch =
        async |body| PLATFORM.request(&app, &ada, Method::PATCH, &path).json(&body).send().await;
    let mut expected = PLATFORM.list(&app, &ada).await[0].clone();
    for (field, value) in [
        ("url", json!(new.url)),
        ("events", json!(["bot.message_received", "channel.disconnected"])),
        ("description", json!("Another")),
        ("description", json!("")),
        ("status", json!("disabled")),
    ] {
        expected[field] = value.clone();
        let mut body = json!({"id": "x", "secret": "x", "unknown": 1});
        body[field] = value;
        patch(body).await.is(200, &json!({"data": expected}));
    }
    patch(json!({})).await.is(200, &json!({"data": expected}));
    app.ask(&ada.public, "Is it off?").await;
    app.drain().await;
    assert_eq!((old.received().len(), new.received().len()), (0, 0));
    expected["status"] = json!("active");
    patch(json!({"status": "active"})).await.is(200, &json!({"data": expected}));
    app.ask(&ada.public, "Is it on?").await;
    app.drain().await;
    assert_eq!((old.received().len(), new.received().len()), (0, 1));

    for (field, named, value) in [
        ("url", "url", json!("")),
        ("url", "url", json!("https://10.0.0.1/hook")),
        ("events", "events", json!([])),
        ("events", "events[0]", json!(["message.created"])),
        ("description", "description", json!("x".repeat(201))),
        ("status", "status", json!("off")),
        ("status", "status", json!(5)),
    ] {
        let mut body = json!({"description": "not this"});
        body[field] = value;
        platform_refused(&patch(body).await, 422, &[named]);
    }
    let seen = PLATFORM.request(&app, &ada, Method::GET, &path).send().await;
    seen.is(200, &json!({"data": expected}));
    only_its_own_are_found(&app, &ada, &eve, Method::PATCH).await;
    app.finish().await;
}
