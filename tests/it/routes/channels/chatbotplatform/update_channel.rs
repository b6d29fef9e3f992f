//! chatbotplatform PATCH /v1/channels/{id}

use fakes::platforms::FakeTelegram;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Receiver, Tenant};

use crate::util::{
    channels::{NO_CHANNEL, one, open, shown, telegram, web, with_telegram},
    chatbotplatform::{only_its_key, platform_refused},
    same_for_all_dialects::webhook_api::PLATFORM,
};

async fn patched(app: &App, tenant: &Tenant, channel: &Value, patch: Value) -> Value {
    let request = app.patch(&one(channel)).bearer(&tenant.chatbotplatform).json(&patch);
    let changed = request.send().await.ok()["data"].clone();
    assert_eq!(shown(app, tenant, &changed).await, changed);
    changed
}

#[tokio::test(flavor = "multi_thread")]
async fn any_change_of_one_in_error_tries_again() {
    let (app, fake) = with_telegram(|_| {}).await;
    let ada = app.tenant("ada").await;
    for patch in [json!({}), json!({"name": "Sales"}), json!({"status": "connected"})] {
        fake.fail("getMe", 500, "Internal Server Error: restart", Value::Null);
        let made = open(&app, &ada, telegram(FakeTelegram::TOKEN)).await;
        assert_eq!(made["status"], "error", "{made}");
        let changed = patched(&app, &ada, &made, patch).await;
        assert_eq!(
            (&changed["status"], &changed["status_reason"]),
            (&json!("connected"), &Value::Null)
        );
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_token_moves_the_webhook_and_what_is_not_sent_stays() {
    let (app, fake) = with_telegram(|_| {}).await;
    let ada = app.tenant("ada").await;
    let made = open(&app, &ada, telegram(FakeTelegram::TOKEN)).await;
    let other = "777:another-token_of-a_bot";
    let patch = json!({"credentials": {"bot_token": other}, "type": "web", "colour": "red"});
    let changed = patched(&app, &ada, &made, patch).await;
    let mut expected = made.clone();
    expected["updated_at"] = changed["updated_at"].clone();
    assert_eq!(changed, expected);
    assert_eq!(fake.webhook(other), made["webhook_url"]);
    assert_eq!(fake.webhook(FakeTelegram::TOKEN), "", "the bot before is left");
    fake.revoke("9:revoked-token_of-a_bot");
    let patch = json!({"credentials": {"bot_token": "9:revoked-token_of-a_bot"}});
    let refused = patched(&app, &ada, &made, patch).await;
    assert_eq!(refused["status"], "error");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn disconnected_leaves_the_platform_and_tells_webhooks_once() {
    let (app, fake) = with_telegram(|_| {}).await;
    let ada = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    PLATFORM.create(&app, &ada, &receiver.url, &["channel.disconnected"]).await;
    let made = open(&app, &ada, telegram(FakeTelegram::TOKEN)).await;
    let off = json!({"status": "disconnected"});
    let changed = patched(&app, &ada, &made, off.clone()).await;
    assert_eq!(changed["status"], "disconnected");
    assert_eq!(fake.webhook(FakeTelegram::TOKEN), "");
    // What is off stays off, and is told of once.
    patched(&app, &ada, &made, off).await;
    let renamed = patched(&app, &ada, &made, json!({"name": "Sales"})).await;
    assert_eq!((&renamed["name"], &renamed["status"]), (&json!("Sales"), &json!("disconnected")));
    app.drain().await;
    let received = receiver.received();
    assert_eq!(received.len(), 1);
    let body = received[0].json();
    assert_eq!(body["type"], "channel.disconnected");
    let expected = json!({"bot_id": ada.chatbot, "channel": {
        "id": made["id"], "type": "telegram", "name": "Support", "status": "disconnected",
        "status_reason": changed["status_reason"],
    }});
    assert_eq!(body["data"], expected);
    let on = patched(&app, &ada, &made, json!({"status": "connected"})).await;
    assert_eq!(on["status"], "connected");
    assert_eq!(fake.webhook(FakeTelegram::TOKEN), made["webhook_url"]);
    patched(&app, &ada, &made, json!({"status": "disconnected"})).await;
    app.drain().await;
    assert_eq!(receiver.received().len(), 2, "another loss");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_in_trouble_doesn_t_disconnect_one_that_works() {
    let (app, fake) = with_telegram(|_| {}).await;
    let ada = app.tenant("ada").await;
    let made = open(&app, &ada, telegram(FakeTelegram::TOKEN)).await;
    fake.fail("getMe", 502, "Bad Gateway", Value::Null);
    let changed = patched(&app, &ada, &made, json!({"name": "Sales"})).await;
    assert_eq!((&changed["name"], &changed["status"]), (&json!("Sales"), &json!("connected")));
    assert!(changed["status_reason"].is_string(), "{changed}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bound_is_422_and_named_and_only_its_key_opens_it() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let made = open(&app, &ada, web("Widget")).await;
    for (patch, words) in [
        (json!({"name": ""}), "name"),
        (json!({"name": "x".repeat(101)}), "100"),
        (json!({"status": "error"}), "connected, disconnected"),
        (json!({"status": "off"}), "status"),
        (json!({"credentials": {"bot_token": "1:a"}}), "credentials.bot_token"),
    ] {
        let reply = app.patch(&one(&made)).bearer(&ada.chatbotplatform).json(&patch).send().await;
        platform_refused(&reply, 422, &[words]);
    }
    only_its_key(&app, &ada, Method::PATCH, &one(&made), &json!({"name": "Mine"})).await;
    let patch = json!({"name": "Mine"});
    let reply = app.patch(&one(&made)).bearer(&eve.chatbotplatform).json(&patch).send().await;
    platform_refused(&reply, 404, &["hannel"]);
    let none = format!("/v1/channels/{NO_CHANNEL}");
    let reply = app.patch(&none).bearer(&ada.chatbotplatform).json(&patch).send().await;
    platform_refused(&reply, 404, &["hannel"]);
    assert_eq!(shown(&app, &ada, &made).await, made);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn web_channels_switch_the_chat_on_pages_off_and_on() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let ask = async |key: &str| {
        let body = json!({"message": "Hello"});
        app.post("/api/v1/chat").bearer(key).json(&body).send().await.status
    };
    let (first, second) = (open(&app, &ada, web("One")).await, open(&app, &ada, web("Two")).await);
    patched(&app, &ada, &first, json!({"status": "disconnected"})).await;
    assert_eq!(ask(&ada.public).await, 200, "the second one is on");
    patched(&app, &ada, &second, json!({"status": "disconnected"})).await;
    assert_eq!((ask(&ada.public).await, ask(&ada.secret).await), (403, 200));
    patched(&app, &ada, &second, json!({"status": "connected"})).await;
    assert_eq!(ask(&ada.public).await, 200);
    app.delete(&one(&second)).bearer(&ada.chatbotplatform).send().await.ok();
    assert_eq!(ask(&ada.public).await, 403);
    app.delete(&one(&first)).bearer(&ada.chatbotplatform).send().await.ok();
    assert_eq!(ask(&ada.public).await, 200, "without a web channel nothing is off");
    app.finish().await;
}
