//! Many conversations at once while answers of ours are lost, workers die and the platform answers 429 and 500:
//! every message is answered, and in order. `bench -- channels` does the same at length.

use std::time::Duration;

use fakes::platforms::{Disturbance, FakeGraph, FakeReply, FakeServer, FakeSlack, FakeTelegram};
use local::{FaultInjection, Options, TestClock};
use serde_json::{Value, json};
use testkit::{App, Tenant, eventually};

use crate::util::channels::{conversations, echoing, open, with_platform, with_telegram};

const USERS: usize = 6;
const MESSAGES: usize = 5;

fn stormy(options: &mut Options) {
    options.clock = Some(TestClock::new(20));
    options.deliver_twice = true;
    options.faults = Some(FaultInjection { of_thousand: 100, within: Duration::from_millis(150) });
}

fn disturb(server: &FakeServer, path: &str, limited: FakeReply, failed: FakeReply) {
    server.lose_answers(5);
    for (every, reply) in [(7, limited), (11, failed)] {
        server.disturb(Disturbance { path: path.to_owned(), every, reply, takes_effect: false });
    }
}

/// The message number `n` of the user number `user`.
fn message(user: usize, n: usize) -> String {
    format!("User {user} asks number {n}")
}

/// Waits until each user has read each answer, and looks at their order. An answer comes twice only if its
/// worker died or its request broke off between the platform and us: then right behind itself.
async fn answered(app: &App, ada: &Tenant, texts: impl Fn(usize) -> Vec<String>) {
    let mut twice = 0;
    for user in 0..USERS {
        let last = message(user, MESSAGES - 1);
        eventually("the last answer", async || texts(user).contains(&last).then_some(())).await;
        let mut read = texts(user);
        let all = read.len();
        read.dedup();
        twice += all - read.len();
        assert_eq!(read, (0..MESSAGES).map(|n| message(user, n)).collect::<Vec<_>>());
    }
    assert!(twice <= USERS * MESSAGES / 5, "{twice} came twice");
    app.drain().await;
    let (rows, total) = conversations(app, ada).await;
    assert_eq!(total, USERS as u64);
    let messages = json!(2 * MESSAGES);
    assert!(rows.iter().all(|row| row["message_count"] == messages), "a turn each: {rows:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn telegram_in_a_storm() {
    let (app, fake) = with_telegram(stormy).await;
    let (ada, _) = echoing(&app, "ada", FakeTelegram::TOKEN).await;
    let error = |code: u16, parameters: Value| {
        let body = json!({"ok": false, "error_code": code, "description": "Storm", "parameters": parameters});
        FakeReply::new(code, body)
    };
    disturb(&fake, "/sendMessage", error(429, json!({"retry_after": 2})), error(500, json!({})));
    for n in 0..MESSAGES {
        for user in 0..USERS {
            fake.write(FakeTelegram::TOKEN, 100 + user as i64, &message(user, n));
        }
    }
    answered(&app, &ada, |user| crate::util::channels::texts(&fake, 100 + user as i64)).await;
    app.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slack_in_a_storm() {
    let slack = FakeSlack::start().await.expect("a port");
    let (app, ada) = with_platform("slack", slack.url().to_string(), stormy).await;
    let credentials = json!({"bot_token": FakeSlack::TOKEN, "signing_secret": FakeSlack::SECRET});
    let body = json!({"name": "Slack", "type": "slack", "credentials": credentials});
    let channel = open(&app, &ada, body).await;
    assert!(slack.subscribe(channel["webhook_url"].as_str().unwrap(), FakeSlack::SECRET).await);
    let limited = FakeReply::new(429, json!({"ok": false, "error": "ratelimited"}));
    let failed = FakeReply::new(200, json!({"ok": false, "error": "internal_error"}));
    disturb(&slack, "/chat.postMessage", limited.with("retry-after", "2"), failed);
    for n in 0..MESSAGES {
        for user in 0..USERS {
            slack.write(&format!("U{user}"), &message(user, n));
        }
        // Slack promises no order between deliveries.
        slack.idle().await;
    }
    let texts = |user: usize| {
        let posted = slack.posted().into_iter();
        posted.filter(|p| p.channel == format!("DU{user}")).map(|p| p.text).collect()
    };
    answered(&app, &ada, texts).await;
    app.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messenger_in_a_storm() {
    let graph = FakeGraph::start().await.expect("a port");
    let (app, ada) = with_platform("graph", graph.url().to_string(), stormy).await;
    let credentials =
        json!({"page_access_token": FakeGraph::TOKEN, "app_secret": FakeGraph::SECRET});
    let body = json!({"name": "Page", "type": "messenger", "credentials": credentials});
    let channel = open(&app, &ada, body).await;
    let text = |name: &str| channel[name].as_str().unwrap();
    assert!(graph.subscribe(text("webhook_url"), FakeGraph::SECRET, text("verify_token")).await);
    let error = |status: u16, code: u32| {
        FakeReply::new(
            status,
            json!({"error": {"message": "Storm", "type": "OAuthException", "code": code}}),
        )
    };
    disturb(&graph, "/messages", error(429, 4), error(500, 2));
    for n in 0..MESSAGES {
        for user in 0..USERS {
            graph.messenger_write(&format!("psid-{user}"), &message(user, n));
        }
        graph.idle().await;
    }
    let texts = |user: usize| {
        let sent = graph.sent().into_iter();
        sent.filter(|s| s.to == format!("psid-{user}")).map(|s| s.text).collect()
    };
    answered(&app, &ada, texts).await;
    app.platform.shutdown().await;
}
