//! chatbotplatform DELETE /v1/channels/{id}

use fakes::platforms::FakeTelegram;
use reqwest::Method;
use serde_json::json;
use testkit::{App, eventually};

use crate::util::{
    channels::{echoing, of, one, open, telegram, texts, web, with_telegram},
    chatbotplatform::{list, only_its_key, platform_refused},
    table::table,
};

#[tokio::test(flavor = "multi_thread")]
async fn its_platform_delivers_no_more_and_nothing_of_it_is_left() {
    let (app, fake) = with_telegram(|_| {}).await;
    let (ada, channel) = echoing(&app, "ada", FakeTelegram::TOKEN).await;
    let key = &ada.chatbotplatform;
    fake.write(FakeTelegram::TOKEN, 42, "Remember me, please");
    eventually("an answer", async || (!texts(&fake, 42).is_empty()).then_some(())).await;
    app.drain().await;
    only_its_key(&app, &ada, Method::DELETE, &one(&channel), &json!({})).await;
    let gone = app.delete(&one(&channel)).bearer(key).send().await;
    gone.is(200, &json!({"data": {"id": channel["id"], "deleted": true}}));
    assert_eq!(fake.webhook(FakeTelegram::TOKEN), "");
    platform_refused(&app.get(&one(&channel)).bearer(key).send().await, 404, &[]);
    platform_refused(&app.delete(&one(&channel)).bearer(key).send().await, 404, &[]);
    assert_eq!(list(&app, key, &of(&ada)).await, (vec![], 0));
    app.drain().await;
    let mut pages = table(&app).scan().table_name("colloquy").into_paginator().send();
    while let Some(page) = pages.next().await {
        for item in page.expect("a page").items.unwrap_or_default() {
            let text = format!("{item:?}");
            assert!(!text.contains("PEER#") && !text.contains("CHAN#"), "{text}");
        }
    }
    for n in 0..20 {
        open(&app, &ada, web(&format!("Widget {n}"))).await;
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_with_its_bot_and_its_platform_is_told() {
    let (app, fake) = with_telegram(|_| {}).await;
    let ada = app.tenant("ada").await;
    let key = &ada.chatbotplatform;
    let made = open(&app, &ada, telegram(FakeTelegram::TOKEN)).await;
    app.delete(&format!("/v1/bots/{}", ada.chatbot)).bearer(key).send().await.ok();
    app.drain().await;
    platform_refused(&app.get(&one(&made)).bearer(key).send().await, 404, &[]);
    assert_eq!(fake.webhook(FakeTelegram::TOKEN), "");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_workspace_finds_nothing_to_delete() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let made = open(&app, &ada, web("Widget")).await;
    let reply = app.delete(&one(&made)).bearer(&eve.chatbotplatform).send().await;
    platform_refused(&reply, 404, &["hannel"]);
    assert_eq!(list(&app, &ada.chatbotplatform, &of(&ada)).await, (vec![made], 1));
    app.finish().await;
}
