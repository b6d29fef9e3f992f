//! ours POST /api/v1/webhooks/{id}/deliveries/{deliveryId}/replay

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, App, Received, Receiver};

use crate::util::{
    botplot::{UNKNOWN, is_time},
    same_for_all_dialects::delivery_api::{ALL, ask, ids},
    webhooks::scope_of,
};

const NOTHING: Value = Value::Null;

fn replay(delivery: &str) -> String {
    format!("/deliveries/{delivery}/replay")
}

fn id_of<'a>(dialect: &str, one: &'a Received) -> &'a str {
    one.header(match dialect {
        "botplot" => "x-botplot-delivery",
        "chatbotplatform" => "webhook-id",
        "helpbot" => "x-helpbot-delivery",
        _ => "",
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_come_again_under_the_same_id() {
    let app = App::start().await;
    for dialect in &ALL {
        let tenant = app.tenant(dialect.name).await;
        let receiver = Receiver::start().await;
        let (id, _) = dialect.create(&app, &tenant, &receiver.url).await;
        ask(&app, &tenant, 1).await;
        let before = dialect.deliveries(&app, &tenant, &id).await;
        let delivery = ids(dialect, &before).remove(0);
        let reply = dialect.post(&app, &tenant, &id, &replay(&delivery), &json!({})).await.ok();
        let due = dialect.one(&reply);
        let mut expected = match dialect.name {
            "conferbot" => json!({"data": due, "message": "Delivery is on its way"}),
            "chatbotplatform" => json!({"data": due}),
            _ => json!({"delivery": due}),
        };
        assert_eq!(reply, expected);
        assert!(is_time(&due[&dialect.wire_name("replayed_at")]), "{due}");
        app.drain().await;
        let received = receiver.received();
        assert_eq!(received.len(), 2, "{}", dialect.name);
        assert_eq!(received[0].body, received[1].body);
        assert_eq!(id_of(dialect.name, &received[0]), id_of(dialect.name, &received[1]));
        if dialect.name != "conferbot" {
            assert_eq!(id_of(dialect.name, &received[0]), delivery);
        }
        assert!(!received[1].header(dialect.signature).is_empty());

        let after = dialect.deliveries(&app, &tenant, &id).await;
        assert_eq!(after.len(), 1);
        assert_eq!(after[0]["attempts"].as_array().unwrap().len(), 2, "{}", after[0]);
        assert_eq!(after[0]["attempts"][0], before[0]["attempts"][0], "what was tried stays");
        expected = before[0].clone();
        expected["attempts"] = after[0]["attempts"].clone();
        let replayed_at = dialect.wire_name("replayed_at");
        expected[&replayed_at] = after[0][&replayed_at].clone();
        assert_eq!(after[0], expected);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_waits_stays_as_it_is_and_many_at_once_are_one() {
    let app = App::start().await;
    let dialect = &ALL[3];
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::answering(|n| Answer::Status(if n == 1 { 500 } else { 200 })).await;
    let (id, _) = dialect.create(&app, &tenant, &receiver.url).await;
    ask(&app, &tenant, 1).await;
    let delivery = ids(dialect, &dialect.deliveries(&app, &tenant, &id).await).remove(0);
    let path = replay(&delivery);
    let calls = (0..8).map(|_| dialect.post(&app, &tenant, &id, &path, &NOTHING));
    for reply in futures::future::join_all(calls).await {
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
    // The attempt after that fails, and the schedule restarts: the next is due in seconds.
    let waits = testkit::eventually("the second attempt", async || {
        let rows = dialect.deliveries(&app, &tenant, &id).await;
        (rows[0]["attempts"].as_array().unwrap().len() == 2).then(|| rows[0].clone())
    })
    .await;
    assert_eq!(waits["status"], "pending");
    let time = |value: &Value| domain::Timestamp::parse(value.as_str().unwrap()).unwrap();
    let wait = time(&waits["nextAttemptAt"]).since(time(&waits["attempts"][1]["at"]));
    assert!(wait.as_secs() < 8, "{wait:?}");
    let again = dialect.post(&app, &tenant, &id, &path, &NOTHING).await.ok();
    assert_eq!(dialect.one(&again), waits);
    let came = async |n: usize| (receiver.received().len() == n).then_some(());
    testkit::eventually("the attempt after that", async || came(3).await).await;
    app.drain().await;
    assert_eq!(receiver.received().len(), 3, "once more, and once after that failed");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_to_a_webhook_that_is_switched_off() {
    let app = App::start().await;
    for dialect in &ALL {
        let tenant = app.tenant(dialect.name).await;
        let receiver = Receiver::answering(|_| Answer::Status(410)).await;
        let (id, _) = dialect.create(&app, &tenant, &receiver.url).await;
        ask(&app, &tenant, 1).await;
        let delivery = ids(dialect, &dialect.deliveries(&app, &tenant, &id).await).remove(0);
        let refused = dialect.post(&app, &tenant, &id, &replay(&delivery), &NOTHING).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        assert!(
            refused.text.to_lowercase().contains("the webhook is switched off"),
            "{}",
            refused.text
        );
        app.drain().await;
        assert_eq!(receiver.received().len(), 1);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_tried_too_often_is_left_alone() {
    let app = App::start().await;
    let dialect = &ALL[0];
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let (id, _) = dialect.create(&app, &tenant, &receiver.url).await;
    let webhook = id.parse().unwrap();
    let now = domain::Timestamp::now();
    let attempt =
        domain::Attempt { at: now, status: Some(500), latency_ms: 1, response: String::new() };
    let delivery = domain::Delivery {
        id: domain::DeliveryId::derived_at(now, &["tried often"]),
        webhook_id: webhook,
        scope: scope_of(&app, &tenant, "botplot", &id).await,
        event_id: domain::EventId::new(),
        event: "conversation.started".to_owned(),
        body: "{}".to_owned(),
        status: domain::DeliveryStatus::Failed,
        attempts: vec![attempt; domain::webhook::MAX_ATTEMPTS],
        replayed_at: None,
        replayed_after: 0,
        next_attempt_at: None,
        created_at: now,
    };
    app.platform.app.store.put_delivery(&delivery, now).await.unwrap();
    let path = replay(&delivery.id.to_string());
    let refused = dialect.post(&app, &tenant, &id, &path, &NOTHING).await;
    let expected = json!({"error": "The delivery was tried 64 times", "code": "CONFLICT"});
    refused.is(409, &expected);
    app.finish().await;
    assert_eq!(receiver.received().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_s_delivery_and_what_is_none_are_unknown() {
    let app = App::start().await;
    for dialect in &ALL {
        let tenant = app.tenant(dialect.name).await;
        let receiver = Receiver::start().await;
        let (id, _) = dialect.create(&app, &tenant, &receiver.url).await;
        let (sibling, _) = dialect.create(&app, &tenant, &receiver.url).await;
        ask(&app, &tenant, 1).await;
        let others = ids(dialect, &dialect.deliveries(&app, &tenant, &sibling).await).remove(0);
        let late = "ffffffff-ffff-7000-8000-00000000000a";
        for delivery in [others.as_str(), UNKNOWN, late, "1", "%FF"] {
            let reply = dialect.post(&app, &tenant, &id, &replay(delivery), &NOTHING).await;
            assert_eq!(reply.status, 404, "{delivery}: {}", reply.text);
        }
        dialect.is_guarded(&app, Method::POST, &replay(UNKNOWN), &NOTHING).await;
        assert_eq!(receiver.received().len(), 2);
    }
    app.finish().await;
}
