//! chatbotplatform POST /v1/bots/{bot_id}/channels

use std::time::{Duration, Instant};

use fakes::platforms::FakeTelegram;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::App;

use crate::util::{
    botplot::{is_id, is_time},
    channels::{NO_CHANNEL, of, open, shown, telegram, web, with_telegram},
    chatbotplatform::{only_its_key, platform_refused},
    table::table,
};

#[tokio::test(flavor = "multi_thread")]
async fn connects_at_once_and_shows_every_field_but_no_secret() {
    let (app, fake) = with_telegram(|_| {}).await;
    let ada = app.tenant("ada").await;
    let body = json!({"name": " Support ", "type": "telegram",
        "credentials": {"bot_token": FakeTelegram::TOKEN}});
    let made = app.post(&of(&ada)).bearer(&ada.chatbotplatform).json(&body).send().await;
    let data = made.json()["data"].clone();
    assert!(is_id(&data["id"]) && is_time(&data["created_at"]), "{data}");
    let url =
        format!("{}/v1/channels/{}/inbound", app.platform.base_url, data["id"].as_str().unwrap());
    made.is(
        201,
        &json!({"data": {
            "id": data["id"], "bot_id": ada.chatbot, "name": "Support", "type": "telegram",
            "status": "connected", "status_reason": null, "webhook_url": url,
            "created_at": data["created_at"], "updated_at": data["created_at"],
        }}),
    );
    assert_eq!(fake.webhook(FakeTelegram::TOKEN), url);
    assert_eq!(shown(&app, &ada, &data).await, data);
    let mut pages = table(&app).scan().table_name("colloquy").into_paginator().send();
    while let Some(page) = pages.next().await {
        let items = format!("{:?}", page.expect("a page").items);
        assert!(!items.contains(FakeTelegram::TOKEN), "credentials are sealed");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_refuses_leaves_it_in_error_with_the_reason() {
    let (app, fake) = with_telegram(|_| {}).await;
    let ada = app.tenant("ada").await;
    fake.revoke(FakeTelegram::TOKEN);
    let refused = open(&app, &ada, telegram(FakeTelegram::TOKEN)).await;
    assert_eq!(refused["status"], "error");
    let reason = refused["status_reason"].as_str().expect("a reason");
    assert!(!reason.is_empty() && !reason.contains("TEST-token"), "{reason}");
    assert_eq!(shown(&app, &ada, &refused).await, refused);
    fake.fail("setWebhook", 400, "Bad Request: bad webhook: no", Value::Null);
    let unset = open(&app, &ada, telegram("99:other-token_of-a_bot")).await;
    assert_eq!(unset["status"], "error");
    assert!(unset["status_reason"].as_str().unwrap().contains("bad webhook"), "{unset}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_never_answers_takes_at_most_eight_seconds() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}", listener.local_addr().unwrap());
    let closed_port = "http://127.0.0.1:9".to_owned();
    let app = App::with(|options| {
        options.platforms.push(("telegram".to_owned(), silent));
        options.platforms.push(("slack".to_owned(), closed_port));
    })
    .await;
    let ada = app.tenant("ada").await;
    let begun = Instant::now();
    let made = open(&app, &ada, telegram(FakeTelegram::TOKEN)).await;
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    assert_eq!(made["status"], "error", "{made}");
    let slack = json!({"name": "Slack", "type": "slack",
        "credentials": {"bot_token": "xoxb-1", "signing_secret": "s"}});
    assert_eq!(open(&app, &ada, slack).await["status"], "error");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_channel_needs_nothing_and_meta_gets_a_verify_token() {
    let app = App::with(|options| {
        options.platforms.push(("graph".to_owned(), "http://127.0.0.1:9".to_owned()));
    })
    .await;
    let ada = app.tenant("ada").await;
    let made = open(&app, &ada, web("Widget")).await;
    assert_eq!((&made["status"], &made["status_reason"]), (&json!("connected"), &Value::Null));
    let off = json!({"name": "Off", "type": "web", "status": "disconnected"});
    assert_eq!(open(&app, &ada, off).await["status"], "disconnected");
    let mut messenger = json!({"name": "Page", "type": "messenger",
        "credentials": {"page_access_token": "EAA-1", "app_secret": "shh-secret"}});
    let made = open(&app, &ada, messenger.clone()).await;
    assert!(made["verify_token"].as_str().unwrap().len() >= 32, "{made}");
    messenger["credentials"]["verify_token"] = json!("of-my-own");
    let given = open(&app, &ada, messenger).await;
    assert!(given.get("verify_token").is_none() && !given.to_string().contains("secret"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bound_is_422_and_named() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let whole = telegram(FakeTelegram::TOKEN);
    for (field, value, words) in [
        ("name", json!(null), "name"),
        ("name", json!(" "), "empty"),
        ("name", json!("x".repeat(101)), "100"),
        ("name", json!(7), "name"),
        ("type", json!(null), "required"),
        ("type", json!("fax"), "telegram, slack"),
        ("status", json!("error"), "connected, disconnected"),
        ("status", json!("asleep"), "connected"),
        ("credentials", json!(null), "credentials.bot_token"),
        ("credentials", json!({}), "credentials.bot_token"),
        ("credentials", json!("token"), "credentials"),
        ("credentials", json!({"bot_token": ""}), "credentials.bot_token"),
        ("credentials", json!({"bot_token": 7}), "credentials.bot_token"),
        ("credentials", json!({"bot_token": "a b"}), "credentials.bot_token"),
        ("credentials", json!({"bot_token": "k".repeat(2_000)}), "credentials.bot_token"),
        ("credentials", json!({"bot_token": "1:a", "colour": "red"}), "credentials.colour"),
    ] {
        let mut body = whole.clone();
        body[field] = value;
        let reply = app.post(&of(&ada)).bearer(&ada.chatbotplatform).json(&body).send().await;
        platform_refused(&reply, 422, &[words]);
    }
    for (kind, given, missing) in [
        ("slack", json!({"bot_token": "xoxb-1"}), "credentials.signing_secret"),
        ("slack", json!({"signing_secret": "s"}), "credentials.bot_token"),
        ("discord", json!({}), "credentials.bot_token"),
        (
            "whatsapp",
            json!({"access_token": "a", "app_secret": "s"}),
            "credentials.phone_number_id",
        ),
        (
            "whatsapp",
            json!({"access_token": "a", "app_secret": "s", "phone_number_id": "one"}),
            "credentials.phone_number_id",
        ),
        ("messenger", json!({"page_access_token": "a"}), "credentials.app_secret"),
        ("web", json!({"bot_token": "1:a"}), "credentials.bot_token"),
    ] {
        let body = json!({"name": "Channel", "type": kind, "credentials": given});
        let reply = app.post(&of(&ada)).bearer(&ada.chatbotplatform).json(&body).send().await;
        platform_refused(&reply, 422, &[missing]);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_has_at_most_twenty_however_many_come_at_once() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let requests = (0..25).map(|n| {
        let body = web(&format!("Widget {n}"));
        app.post(&of(&ada)).bearer(&ada.chatbotplatform).json(&body).send()
    });
    let replies = futures::future::join_all(requests).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 20);
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        assert_eq!(reply.status, 409, "{}", reply.text);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_key_opens_it_and_only_its_own_bot_gets_one() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    only_its_key(&app, &ada, Method::POST, &of(&ada), &web("Widget")).await;
    let none = format!("/v1/bots/{NO_CHANNEL}/channels");
    for path in [of(&eve), none] {
        let reply = app.post(&path).bearer(&ada.chatbotplatform).json(&web("Widget")).send().await;
        platform_refused(&reply, 404, &["hatbot"]);
    }
    app.finish().await;
}
