//! A webhook whose endpoint has failed for five days without a success, or is gone, is switched
//! off, and its owner is told by mail: once.

use std::time::Duration;

use domain::{DisableReason, Scope, Timestamp, Webhook};
use mail_parser::MessageParser;
use serde_json::json;
use testkit::{Answer, App, Receiver, Tenant, eventually};

use crate::util::botplot::text;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn subscribe(app: &App, tenant: &Tenant, url: &str) -> String {
    let body = json!({"url": url, "events": ["bot.message_received"]});
    let made = app.post("/v1/webhooks").bearer(&tenant.chatbotplatform).json(&body).send().await;
    assert_eq!(made.status, 201, "{}", made.text);
    text(&made.json()["data"]["id"]).to_owned()
}

fn scope(tenant: &Tenant) -> Scope {
    Scope::Workspace(tenant.workspace.parse().unwrap())
}

async fn stored(app: &App, tenant: &Tenant, id: &str) -> Webhook {
    let store = &app.platform.app.store;
    store.webhook(scope(tenant), id.parse().unwrap(), true).await.unwrap().unwrap()
}

fn ago(time: Duration) -> Timestamp {
    let millis = i64::try_from(time.as_millis()).unwrap();
    Timestamp::from_millis(Timestamp::now().millis() - millis)
}

async fn failing_since(app: &App, tenant: &Tenant, id: &str, at: Timestamp) {
    let store = &app.platform.app.store;
    store.begin_failing(scope(tenant), id.parse().unwrap(), at).await.unwrap();
}

async fn ask(app: &App, tenant: &Tenant) {
    app.ask(&tenant.public, "Hello?").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_five_days_it_is_switched_off_and_its_owner_told() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::answering(|_| Answer::Status(500)).await;
    let url = format!("{}?token=not-for-a-letter", receiver.url);
    let id = subscribe(&app, &tenant, &url).await;
    failing_since(&app, &tenant, &id, ago(DAY * 5)).await;
    ask(&app, &tenant).await;
    let off =
        eventually("it is switched off", async || stored(&app, &tenant, &id).await.auto_disabled)
            .await;
    assert_eq!(off.reason, DisableReason::Failing);
    app.drain().await;
    let path = format!("/v1/webhooks/{id}");
    let shown = app.get(&path).bearer(&tenant.chatbotplatform).send().await.ok();
    assert_eq!(shown["data"]["status"], "disabled");
    ask(&app, &tenant).await;
    app.drain().await;
    assert_eq!(receiver.received().len(), 1, "nothing is sent to it any more");

    let letters = app.mails();
    assert_eq!(letters.len(), 1);
    let letter = MessageParser::default().parse(&letters[0]).expect("a letter");
    assert_eq!(letter.subject(), Some("your workspace: a webhook was switched off"));
    let expected = format!(
        "A webhook of your workspace was switched off. It has failed for five days without a \
         success. Nothing is sent to it any more.\n\n\
         Endpoint: {}\nWebhook: {id} (chatbotplatform)\nSwitched off: {}\n",
        receiver.url, off.at,
    );
    let body = letter.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(body.trim_end(), expected.trim_end());

    // Switched on again it begins with a clean slate.
    let on = json!({"status": "active"});
    app.patch(&path).bearer(&tenant.chatbotplatform).json(&on).send().await.ok();
    let on = stored(&app, &tenant, &id).await;
    assert_eq!((on.failing_since, on.auto_disabled), (None, None));
    // By its owner it is switched off without a letter.
    let off = json!({"status": "disabled"});
    app.patch(&path).bearer(&tenant.chatbotplatform).json(&off).send().await.ok();
    app.drain().await;
    assert_eq!(app.mails().len(), 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_in_between_begins_the_count_anew() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::answering(|n| Answer::Status(if n == 0 { 200 } else { 500 })).await;
    let id = subscribe(&app, &tenant, &receiver.url).await;
    failing_since(&app, &tenant, &id, ago(DAY * 9)).await;
    ask(&app, &tenant).await;
    app.drain().await;
    assert_eq!(stored(&app, &tenant, &id).await.failing_since, None);
    ask(&app, &tenant).await;
    let since = eventually("it fails", async || stored(&app, &tenant, &id).await.failing_since);
    let since = since.await;
    ask(&app, &tenant).await;
    eventually("it fails again", async || (receiver.received().len() == 3).then_some(())).await;
    let webhook = stored(&app, &tenant, &id).await;
    assert_eq!((webhook.failing_since, webhook.auto_disabled), (Some(since), None));
    assert_eq!(app.mails().len(), 0);
    app.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn less_than_five_days_are_waited_out() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::answering(|_| Answer::Status(500)).await;
    let id = subscribe(&app, &tenant, &receiver.url).await;
    failing_since(&app, &tenant, &id, ago(DAY * 5 - Duration::from_secs(3600))).await;
    ask(&app, &tenant).await;
    eventually("two attempts", async || (receiver.received().len() == 2).then_some(())).await;
    assert_eq!(stored(&app, &tenant, &id).await.auto_disabled, None);
    app.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_gone_is_switched_off_at_once_and_its_owner_told_once() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::answering(|_| Answer::Status(410)).await;
    let id = subscribe(&app, &tenant, &receiver.url).await;
    ask(&app, &tenant).await;
    ask(&app, &tenant).await;
    app.drain().await;
    let off = stored(&app, &tenant, &id).await.auto_disabled.expect("it is off");
    assert_eq!(off.reason, DisableReason::Gone);
    let letters = app.mails();
    assert_eq!(letters.len(), 1);
    let letter = MessageParser::default().parse(&letters[0]).expect("a letter");
    assert!(letter.body_text(0).unwrap().contains("It answered 410: it is gone for good."));
    app.finish().await;
}
