//! ours POST /api/v1/webhooks/{id}/replay

use std::collections::HashMap;

use domain::{Attempt, Delivery, DeliveryId, DeliveryStatus, EventId, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, App, Receiver};

use crate::util::{
    botplot::text,
    same_for_all_dialects::delivery_api::{ALL, ask, ids},
    webhooks::scope_of,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_between_two_times_is_sent_again() {
    let app = App::start().await;
    for dialect in &ALL {
        let tenant = app.tenant(dialect.name).await;
        let receiver = Receiver::start().await;
        let (id, _) = dialect.create(&app, &tenant, &receiver.url).await;
        ask(&app, &tenant, 4).await;
        let all = dialect.deliveries(&app, &tenant, &id).await;
        let at = |n: usize| text(&all[n][&dialect.wire_name("created_at")]).to_owned();
        let ids = ids(dialect, &all);
        // Both ends are included; times may be written in any offset.
        for (body, expected) in [
            (json!({"since": at(2), "until": at(1)}), vec![1, 2]),
            (json!({"since": at(3), "until": at(0), "status": "delivered"}), vec![0, 1, 2, 3]),
            (json!({"since": at(3), "until": at(0), "status": "failed"}), vec![]),
            (json!({"since": at(3).replace('Z', "+00:00"), "until": at(3)}), vec![3]),
            (json!({"since": "1970-01-01T00:00:00Z", "until": "2000-01-01T00:00:00Z"}), vec![]),
        ] {
            let before: Vec<_> = dialect.deliveries(&app, &tenant, &id).await;
            let reply = dialect.post(&app, &tenant, &id, "/replay", &body).await.ok();
            let count = dialect.count(&reply);
            assert_eq!(count, (json!(expected.len()), Value::Null), "{} {body}", dialect.name);
            app.drain().await;
            let after = dialect.deliveries(&app, &tenant, &id).await;
            let tried = |rows: &[Value], n: usize| rows[n]["attempts"].as_array().unwrap().len();
            let again: Vec<usize> =
                (0..4).filter(|n| tried(&after, *n) == tried(&before, *n) + 1).collect();
            assert_eq!(again, expected, "{} {body}", dialect.name);
        }
        let mut times: HashMap<String, usize> = HashMap::new();
        for one in receiver.received() {
            *times.entry(one.body).or_default() += 1;
        }
        let mut times: Vec<usize> = times.into_values().collect();
        times.sort_unstable();
        assert_eq!(times, [2, 3, 3, 3], "byte for byte: {ids:?}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_sent_again_some_at_a_time() {
    let app = App::start().await;
    let dialect = &ALL[1];
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let (id, _) = dialect.create(&app, &tenant, &receiver.url).await;
    let scope = scope_of(&app, &tenant, dialect.name, &id).await;
    let begun = Timestamp::parse("2026-02-15T10:30:00Z").unwrap().millis();
    let failed = Attempt {
        at: Timestamp::from_millis(begun),
        status: Some(500),
        latency_ms: 1,
        response: String::new(),
    };
    for n in 0..230 {
        let created_at = Timestamp::from_millis(begun + n);
        let delivery = Delivery {
            id: DeliveryId::derived_at(created_at, &[&n.to_string()]),
            webhook_id: id.parse().unwrap(),
            scope,
            event_id: EventId::new(),
            event: dialect.event.to_owned(),
            body: format!("{{\"n\":{n}}}"),
            status: match n % 10 {
                0 => DeliveryStatus::Delivered,
                _ => DeliveryStatus::Failed,
            },
            attempts: vec![failed.clone()],
            replayed_at: None,
            replayed_after: 0,
            next_attempt_at: None,
            created_at,
        };
        app.platform.app.store.put_delivery(&delivery, created_at).await.unwrap();
    }
    let mut body = json!({
        "since": "2026-02-15T10:30:00Z", "until": "2026-02-15T10:31:00Z", "status": "failed",
    });
    let mut counts = Vec::new();
    loop {
        let reply = dialect.post(&app, &tenant, &id, "/replay", &body).await.ok();
        let (count, next) = dialect.count(&reply);
        counts.push(count);
        body["cursor"] = next;
        if body["cursor"].is_null() {
            break;
        }
    }
    // 207 had failed.
    assert_eq!(counts, [json!(100), json!(100), json!(7)]);
    app.drain().await;
    let mut bodies: Vec<String> = receiver.received().into_iter().map(|one| one.body).collect();
    bodies.sort_unstable();
    bodies.dedup();
    assert_eq!((bodies.len(), receiver.received().len()), (207, 207));
    // What has been delivered is not sent again for its having failed before.
    body["cursor"] = Value::Null;
    let reply = dialect.post(&app, &tenant, &id, "/replay", &body).await.ok();
    assert_eq!(dialect.count(&reply).0, 0);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_is_switched_off_is_409() {
    let app = App::start().await;
    let all = json!({"since": "2026-01-01T00:00:00Z", "until": "2036-01-01T00:00:00Z"});
    for dialect in &ALL {
        let tenant = app.tenant(dialect.name).await;
        let receiver = Receiver::answering(|_| Answer::Status(410)).await;
        let (id, _) = dialect.create(&app, &tenant, &receiver.url).await;
        ask(&app, &tenant, 1).await;
        let refused = dialect.post(&app, &tenant, &id, "/replay", &all).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        assert!(
            refused.text.to_lowercase().contains("the webhook is switched off"),
            "{}",
            refused.text
        );
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_a_bound_is_named() {
    let app = App::start().await;
    let (early, late) = ("2026-02-15T10:30:00Z", "2026-02-15T11:30:00Z");
    for dialect in &ALL {
        let tenant = app.tenant(dialect.name).await;
        let receiver = Receiver::start().await;
        let (id, _) = dialect.create(&app, &tenant, &receiver.url).await;
        for (body, named) in [
            (json!({}), "since is required"),
            (json!({"since": null, "until": late}), "since is required"),
            (json!({"since": early}), "until is required"),
            (json!({"since": "yesterday", "until": late}), "since must be an RFC 3339 time"),
            (json!({"since": "2026-02-15", "until": late}), "since must be an RFC 3339 time"),
            (
                json!({"since": early, "until": "9999-12-31T23:59:59-01:00"}),
                "until must be an RFC 3339 time",
            ),
            (json!({"since": late, "until": early}), "until must not be before since"),
            (json!({"since": 5, "until": late}), "since: invalid type"),
            (
                json!({"since": early, "until": late, "status": "lost"}),
                "status must be one of pending, delivered, failed",
            ),
            (
                json!({"since": early, "until": late, "cursor": "abc"}),
                "cursor must be the cursor of an earlier answer",
            ),
        ] {
            let reply = dialect.post(&app, &tenant, &id, "/replay", &body).await;
            assert_eq!(reply.status, dialect.invalid, "{body}: {}", reply.text);
            assert!(reply.text.contains(named), "{body}: {}", reply.text);
        }
        for broken in ["", "[]", "{\"since\": }"] {
            let request = dialect.request(&app, &tenant, Method::POST, &id, "/replay");
            assert_eq!(request.body(broken).send().await.status, 400, "{broken}");
        }
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_owns_a_webhook_has_it_sent_to_again() {
    let app = App::start().await;
    let all = json!({"since": "2026-01-01T00:00:00Z", "until": "2036-01-01T00:00:00Z"});
    for dialect in &ALL {
        dialect.is_guarded(&app, Method::POST, "/replay", &all).await;
    }
    app.finish().await;
}
