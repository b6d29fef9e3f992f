//! A connected channel is checked without any message: its platform is asked whether it still takes the credentials
//! and still delivers here.

use std::{sync::Arc, time::Duration};

use aws_sdk_dynamodb::types::AttributeValue;
use fakes::platforms::{
    FakeDiscord, FakeGraph, FakeReply, FakeSlack, FakeTelegram, PlannedFailure,
};
use local::{Code, TestClock};
use serde_json::{Value, json};
use testkit::{App, Receiver, Tenant, eventually};

use crate::util::{
    channels::{open, shown, with_platform},
    same_for_all_dialects::webhook_api::PLATFORM,
    table::table,
};

/// A little more than the time between two checks, with its jitter.
const CHECKED: Duration = Duration::from_secs(7 * 60 * 60);

struct Checked {
    app: App,
    ada: Tenant,
    clock: Arc<TestClock>,
    channel: Value,
    receiver: Receiver,
}

impl Checked {
    async fn of(host: &str, url: String, kind: &str, credentials: Value) -> Self {
        let clock = TestClock::new(1);
        let (app, ada) =
            with_platform(host, url, |options| options.clock = Some(clock.clone())).await;
        let body = json!({"name": "Line", "type": kind, "credentials": credentials});
        let channel = open(&app, &ada, body).await;
        assert_eq!(channel["status"], "connected", "{channel}");
        let receiver = Receiver::start().await;
        PLATFORM.create(&app, &ada, &receiver.url, &["channel.disconnected"]).await;
        Self { app, ada, clock, channel, receiver }
    }

    /// Time passes, and two tickers look at the same time.
    async fn after(&self, time: Duration) {
        self.clock.advance(time);
        let Some(Code::Worker(tick)) = self.app.platform.function("ticker") else {
            panic!("the ticker")
        };
        let (one, two) = tokio::join!(tick(json!({})), tick(json!({})));
        one.and(two).expect("two ticks");
        self.app.drain().await;
    }

    async fn status(&self) -> String {
        let shown = shown(&self.app, &self.ada, &self.channel).await;
        shown["status"].as_str().expect("a status").to_owned()
    }

    /// It is well at first, and `lose`, after which nothing comes, ends it once.
    async fn lost_only_once(self, lose: impl FnOnce()) {
        self.after(CHECKED).await;
        assert_eq!(self.status().await, "connected");
        lose();
        self.after(CHECKED).await;
        eventually("the loss", async || (self.status().await == "disconnected").then_some(()))
            .await;
        let told = || self.receiver.received().len();
        eventually("the event", async || (told() > 0).then_some(())).await;
        self.after(CHECKED).await;
        assert_eq!(told(), 1);
        let shown = shown(&self.app, &self.ada, &self.channel).await;
        assert!(shown["status_reason"].is_string(), "{shown}");
        self.app.finish().await;
    }
}

impl Checked {
    /// The channel as one that was connected before there were checks: it is due for nothing.
    async fn connected_long_ago(&self) {
        let id = self.channel["id"].as_str().expect("an id");
        let update = table(&self.app).update_item().table_name("colloquy");
        let update = update.key("pk", AttributeValue::S(format!("CHAN#{id}")));
        let update = update.key("sk", AttributeValue::S("CHANNEL".to_owned()));
        update.update_expression("REMOVE due_pk, due_at").send().await.expect("an update");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_connected_before_there_were_checks_is_due_once_it_is_read() {
    let fake = FakeTelegram::start().await.expect("a port");
    let credentials = json!({"bot_token": FakeTelegram::TOKEN});
    let it = Checked::of("telegram", fake.url(), "telegram", credentials).await;
    let asked = || fake.calls_of("/getWebhookInfo").len();
    let list = async || {
        let path = format!("/v1/bots/{}/channels", it.ada.chatbot);
        it.app.get(&path).bearer(&it.ada.chatbotplatform).send().await.ok();
    };
    let message = async || {
        fake.write(FakeTelegram::TOKEN, 42, "Are you open today?");
        fake.idle().await;
        it.app.drain().await;
    };
    let mut checks = 0;
    for read in ["a message", "its owner", "the list"] {
        it.connected_long_ago().await;
        it.after(CHECKED).await;
        assert_eq!(asked(), checks, "nothing has read it before {read}");
        match read {
            "a message" => message().await,
            "its owner" => drop(it.status().await),
            _ => list().await,
        }
        it.after(CHECKED).await;
        checks += 1;
        eventually("a check", async || (asked() == checks).then_some(())).await;
        it.app.drain().await;
        // From then on it is checked like all others.
        it.after(CHECKED).await;
        checks += 1;
        eventually("the next check", async || (asked() == checks).then_some(())).await;
        it.app.drain().await;
    }
    it.app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn telegram_is_asked_each_six_hours_and_what_it_cannot_say_ends_nothing() {
    let fake = FakeTelegram::start().await.expect("a port");
    let credentials = json!({"bot_token": FakeTelegram::TOKEN});
    let it = Checked::of("telegram", fake.url(), "telegram", credentials).await;
    let asked = || fake.calls_of("/getWebhookInfo").len();
    it.after(Duration::from_secs(5 * 60 * 60)).await;
    assert_eq!(asked(), 0);
    it.after(Duration::from_secs(2 * 60 * 60)).await;
    eventually("a check", async || (asked() == 1).then_some(())).await;
    it.after(Duration::from_secs(60 * 60)).await;
    assert_eq!(asked(), 1);
    let path = "/getWebhookInfo".to_owned();
    let reply = FakeReply::new(502, json!({"ok": false, "error_code": 502, "description": "Bad"}));
    fake.fail_next(PlannedFailure { path, reply, takes_effect: false });
    it.after(CHECKED).await;
    eventually("a failed check", async || (asked() == 2).then_some(())).await;
    it.app.drain().await;
    assert_eq!(it.status().await, "connected");
    // It is asked again soon.
    it.after(Duration::from_secs(35 * 60)).await;
    eventually("another check", async || (asked() == 3).then_some(())).await;
    it.lost_only_once(|| fake.revoke(FakeTelegram::TOKEN)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slack() {
    let fake = FakeSlack::start().await.expect("a port");
    let credentials = json!({"bot_token": FakeSlack::TOKEN, "signing_secret": FakeSlack::SECRET});
    let it = Checked::of("slack", fake.url(), "slack", credentials).await;
    it.lost_only_once(|| fake.revoke(FakeSlack::TOKEN, "token_revoked")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn discord_that_no_longer_delivers_here() {
    let fake = FakeDiscord::start().await.expect("a port");
    let credentials = json!({"bot_token": FakeDiscord::TOKEN});
    let it = Checked::of("discord", fake.url(), "discord", credentials).await;
    it.lost_only_once(|| fake.remove_endpoint()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatsapp() {
    let fake = FakeGraph::start().await.expect("a port");
    let credentials = json!({"access_token": FakeGraph::TOKEN, "app_secret": FakeGraph::SECRET,
        "phone_number_id": FakeGraph::PHONE_NUMBER});
    let it = Checked::of("graph", fake.url(), "whatsapp", credentials).await;
    it.lost_only_once(|| fake.revoke(FakeGraph::TOKEN)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messenger() {
    let fake = FakeGraph::start().await.expect("a port");
    let credentials =
        json!({"page_access_token": FakeGraph::TOKEN, "app_secret": FakeGraph::SECRET});
    let it = Checked::of("graph", fake.url(), "messenger", credentials).await;
    it.lost_only_once(|| fake.revoke(FakeGraph::TOKEN)).await;
}
