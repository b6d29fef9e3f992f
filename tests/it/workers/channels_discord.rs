//! A channel on Discord: the endpoint that Discord checks, the command, and its quarter of an hour.

use std::time::Duration;

use fakes::platforms::FakeDiscord;
use local::TestClock;
use serde_json::{Value, json};
use testkit::{App, Tenant, eventually};

use crate::util::channels::{conversations, one, open, shown, with_platform};

async fn connected(clock: Option<std::sync::Arc<TestClock>>) -> (App, FakeDiscord, Tenant, Value) {
    let discord = FakeDiscord::start().await.expect("a port");
    let url = discord.url().to_string();
    let (app, ada) = with_platform("discord", url, |options| options.clock = clock).await;
    let credentials = json!({"bot_token": FakeDiscord::TOKEN});
    let body = json!({"name": "Server", "type": "discord", "credentials": credentials});
    let channel = open(&app, &ada, body).await;
    assert_eq!(channel["status"], "connected", "{channel}");
    (app, discord, ada, channel)
}

#[tokio::test(flavor = "multi_thread")]
async fn its_endpoint_passes_the_check_and_bad_signatures_are_refused() {
    let (app, discord, ada, channel) = connected(None).await;
    assert_eq!(discord.endpoint().as_deref(), channel["webhook_url"].as_str());
    assert!(discord.commands().iter().any(|command| command["name"] == "ask"));
    assert_eq!(discord.probe().await, Some(401));
    let gone = app.delete(&one(&channel)).bearer(&ada.chatbotplatform).send().await;
    assert_eq!(gone.status, 200, "{}", gone.text);
    assert_eq!(discord.endpoint(), None);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_answered_in_place_of_thinking() {
    let (app, discord, ada, _) = connected(None).await;
    discord.write("7", "11", "Is there @everyone parking?");
    eventually("an answer", async || (!discord.sent().is_empty()).then_some(())).await;
    discord.idle().await;
    app.drain().await;
    let sent = discord.sent();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(sent[0].is_original && !sent[0].pings, "{sent:?}");
    assert!(sent[0].content.contains("parking?"), "{sent:?}");
    let (rows, total) = conversations(&app, &ada).await;
    assert_eq!((total, rows[0]["user"]["platform"].as_str()), (1, Some("discord")));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_interaction_is_answered_once() {
    let (app, discord, _, _) = connected(None).await;
    let interaction = discord.interaction("7", "11", "Once?");
    for _ in 0..3 {
        assert_eq!(discord.interact(&interaction).await.status, Some(200));
    }
    eventually("an answer", async || (!discord.sent().is_empty()).then_some(())).await;
    app.drain().await;
    assert_eq!(discord.sent().len(), 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_too_late_is_dropped_and_the_channel_stays() {
    let clock = TestClock::new(20);
    let (app, discord, ada, channel) = connected(Some(clock.clone())).await;
    discord.limit("@original", 30.0 * 20.0);
    discord.write("7", "11", "Too late?");
    discord.idle().await;
    eventually("a refusal", async || (!discord.calls_of("@original").is_empty()).then_some(()))
        .await;
    clock.advance(Duration::from_secs(16 * 60));
    discord.advance(Duration::from_secs(16 * 60));
    app.drain().await;
    assert!(discord.sent().is_empty(), "{:?}", discord.sent());
    assert_eq!(shown(&app, &ada, &channel).await["status"], "connected");
    discord.write("7", "11", "In time?");
    eventually("an answer", async || (!discord.sent().is_empty()).then_some(())).await;
    app.finish().await;
}
