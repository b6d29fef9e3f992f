//! ours POST /v1/channels/{id}/inbound

use axum::{body::Body, http::Request};
use fakes::platforms::FakeTelegram;
use local::Code;
use serde_json::json;
use testkit::{App, eventually};

use crate::util::{
    channels::{NO_CHANNEL, echoing, open, texts, web, with_telegram},
    chatbotplatform::platform_refused,
};

const SECRET: &str = "x-telegram-bot-api-secret-token";

#[tokio::test(flavor = "multi_thread")]
async fn only_what_proves_to_be_the_platform_s_is_taken() {
    let (app, fake) = with_telegram(|_| {}).await;
    let (_, channel) = echoing(&app, "ada", FakeTelegram::TOKEN).await;
    let path = format!("/v1/channels/{}/inbound", channel["id"].as_str().unwrap());
    let update = json!({"update_id": 1, "message": fake.message(7, "Forged")});
    for refused in [
        app.post(&path).json(&update).send().await,
        app.post(&path).header(SECRET, "").json(&update).send().await,
        app.post(&path).header(SECRET, "wrong").json(&update).send().await,
        app.get(&path).send().await,
    ] {
        assert!([401, 403].contains(&refused.status), "{} {}", refused.status, refused.text);
    }
    fake.write(FakeTelegram::TOKEN, 42, "Genuine");
    eventually("an answer", async || (!texts(&fake, 42).is_empty()).then_some(())).await;
    app.drain().await;
    assert!(texts(&fake, 7).is_empty());
    let first = fake.attempts().into_iter().next().expect("a delivery");
    assert_eq!(first.status, Some(200));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_we_can_t_use_is_acknowledged_all_the_same() {
    let (app, fake) = with_telegram(|_| {}).await;
    echoing(&app, "ada", FakeTelegram::TOKEN).await;
    let mut pinned = fake.message(42, "");
    pinned.as_object_mut().unwrap().remove("text");
    pinned["pinned_message"] = json!({});
    for update in [
        json!({"message": pinned}),
        json!({"edited_message": fake.message(42, "Edited")}),
        json!({"something_new": {"deep": [1, 2, 3]}}),
    ] {
        fake.deliver(FakeTelegram::TOKEN, update);
    }
    fake.idle().await;
    app.drain().await;
    assert!(fake.attempts().iter().all(|attempt| attempt.status == Some(200)));
    assert!(fake.sent().is_empty(), "{:?}", fake.sent());
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_such_channel() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let made = open(&app, &ada, web("Widget")).await;
    for id in [NO_CHANNEL, "nonsense", made["id"].as_str().unwrap()] {
        let reply = app.post(&format!("/v1/channels/{id}/inbound")).body("{}").send().await;
        platform_refused(&reply, 404, &["hannel"]);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_bounded_by_what_its_platform_sends() {
    let (app, _fake) = with_telegram(|options| {
        options.platforms.push(("graph".to_owned(), "http://127.0.0.1:9".to_owned()));
    })
    .await;
    let (ada, channel) = echoing(&app, "ada", FakeTelegram::TOKEN).await;
    let page = json!({"name": "Page", "type": "messenger",
        "credentials": {"page_access_token": "EAA-1", "app_secret": "s"}});
    let page = open(&app, &ada, page).await;
    let Some(Code::Http(router)) = app.platform.function("channels") else {
        panic!("channels serves HTTP");
    };
    for (channel, bytes, status) in [
        (&channel, 1024 * 1024, 401),
        (&channel, 1024 * 1024 + 1, 413),
        (&page, 3 * 1024 * 1024, 401),
        (&page, 3 * 1024 * 1024 + 1, 413),
    ] {
        let path = format!("/v1/channels/{}/inbound", channel["id"].as_str().unwrap());
        let request = Request::post(&path).body(Body::from(vec![b' '; bytes])).unwrap();
        let reply = tower::ServiceExt::oneshot(router.clone(), request).await.unwrap().status();
        // Meta's platforms are told 403.
        let refused = if reply == 403 { 401 } else { reply.as_u16() };
        assert_eq!(refused, status, "{bytes}");
    }
    app.finish().await;
}
