//! ours GET /api/v1/webhooks/{id}/deliveries

use axum::{Router, http::StatusCode, routing::post};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, App, Receiver, Site};

use crate::util::{
    botplot::{is_id, is_time, text},
    same_for_all_dialects::delivery_api::{ALL, ask, ids},
    webhooks::scope_of,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_shows_its_attempts_and_when_the_next_is_due() {
    let app = App::start().await;
    for dialect in &ALL {
        let tenant = app.tenant(dialect.name).await;
        let routes = Router::new()
            .route("/gone", post(|| async { (StatusCode::GONE, "é".repeat(1_000)) }))
            .route("/busy", post(|| async { (StatusCode::BAD_GATEWAY, [("retry-after", "900")]) }));
        let site = Site::with(&[], routes).await;
        let (busy, _) = dialect.create(&app, &tenant, &format!("{}/busy", site.url)).await;
        let receiver = Receiver::start().await;
        let (taken, _) = dialect.create(&app, &tenant, &receiver.url).await;
        let (gone, _) = dialect.create(&app, &tenant, &format!("{}/gone", site.url)).await;
        assert_eq!(dialect.deliveries(&app, &tenant, &taken).await, Vec::<Value>::new());
        app.ask(&tenant.public, "Hello?").await;
        let seen = |rows: &[Value]| rows.first().is_some_and(|row| !row["attempts"][0].is_null());
        for (id, status, code) in
            [(&taken, "delivered", 200), (&gone, "failed", 410), (&busy, "pending", 502)]
        {
            let rows = testkit::eventually("the attempt is logged", async || {
                Some(dialect.deliveries(&app, &tenant, id).await).filter(|rows| seen(rows))
            })
            .await;
            assert_eq!(rows.len(), 1);
            let row = &rows[0];
            let attempt = &row["attempts"][0];
            let next = &row[&dialect.wire_name("next_attempt_at")];
            assert!(is_id(&row[dialect.id]) && is_time(&attempt["at"]), "{row}");
            assert_eq!((is_time(next), next.is_null()), (code == 502, code != 502), "{row}");
            assert!(is_time(&row[&dialect.wire_name("created_at")]), "{row}");
            let mut logged = json!({"at": attempt["at"], "response": attempt["response"]});
            logged[&dialect.wire_name("status_code")] = json!(code);
            logged[&dialect.wire_name("latency_ms")] =
                attempt[&dialect.wire_name("latency_ms")].clone();
            let mut expected = json!({
                "event": dialect.event, "status": status, "attempts": [logged],
            });
            expected[dialect.id] = row[dialect.id].clone();
            for (name, value) in [
                ("next_attempt_at", next),
                ("replayed_at", &Value::Null),
                ("created_at", &row[&dialect.wire_name("created_at")]),
            ] {
                expected[&dialect.wire_name(name)] = value.clone();
            }
            assert_eq!(row, &expected);
            assert!(attempt[&dialect.wire_name("latency_ms")].is_u64());
            match code {
                200 => assert_eq!(attempt["response"], "taken"),
                410 => assert_eq!(text(&attempt["response"]), "é".repeat(512), "its first KiB"),
                _ => assert_eq!(attempt["response"], ""),
            }
        }
    }
    app.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_go_on_at_a_cursor_newest_first_and_may_be_of_one_status() {
    let app = App::start().await;
    for dialect in &ALL {
        let tenant = app.tenant(dialect.name).await;
        // 400 is no success: the first and the third wait for another attempt.
        let receiver =
            Receiver::answering(|n| Answer::Status(if n == 0 || n == 2 { 410 } else { 200 })).await;
        let (id, _) = dialect.create(&app, &tenant, &receiver.url).await;
        ask(&app, &tenant, 1).await;
        // It was switched off by that; the store switches it on for each dialect.
        let on = async || {
            let scope = scope_of(&app, &tenant, dialect.name, &id).await;
            let patch = domain::WebhookPatch {
                status: Some(domain::WebhookStatus::Active),
                ..Default::default()
            };
            let store = &app.platform.app.store;
            store.update_webhook(scope, id.parse().unwrap(), &patch).await.unwrap().unwrap();
        };
        on().await;
        ask(&app, &tenant, 1).await;
        ask(&app, &tenant, 1).await;
        on().await;
        ask(&app, &tenant, 2).await;
        let all = dialect.deliveries(&app, &tenant, &id).await;
        let statuses: Vec<&str> = all.iter().map(|row| text(&row["status"])).collect();
        assert_eq!(statuses, ["delivered", "delivered", "failed", "delivered", "failed"]);
        let times: Vec<&str> =
            all.iter().map(|row| text(&row[&dialect.wire_name("created_at")])).collect();
        assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");

        for (query, expected) in [
            ("limit=2", ids(dialect, &all)),
            (
                "limit=1&status=failed",
                vec![ids(dialect, &all)[2].clone(), ids(dialect, &all)[4].clone()],
            ),
            ("limit=5", ids(dialect, &all)),
            ("limit=100&status=pending", Vec::new()),
        ] {
            let (mut found, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
            loop {
                let rest = format!("/deliveries?{query}{cursor}");
                let list = dialect.get(&app, &tenant, &id, &rest).await.ok();
                let (rows, next) = dialect.rows(&list);
                found.extend(ids(dialect, &rows));
                pages += 1;
                match next.as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
                assert!(pages < 10, "{query}");
            }
            assert_eq!(found, expected, "{query}");
        }
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_a_bound_is_named() {
    let app = App::start().await;
    for dialect in &ALL {
        let tenant = app.tenant(dialect.name).await;
        let receiver = Receiver::start().await;
        let (id, _) = dialect.create(&app, &tenant, &receiver.url).await;
        for (query, named) in [
            ("limit=0", "limit must be a whole number from 1 to 100"),
            ("limit=101", "limit must be a whole number from 1 to 100"),
            ("limit=ten", "limit must be a whole number from 1 to 100"),
            ("status=", "status must be one of pending, delivered, failed"),
            ("status=lost", "status must be one of pending, delivered, failed"),
            ("cursor=", "cursor must be the cursor of an earlier answer"),
            ("cursor=abc", "cursor must be the cursor of an earlier answer"),
            (
                "cursor=ffffffffffff0197a00000007000800000000000000a",
                "cursor must be the cursor of an earlier answer",
            ),
        ] {
            let reply = dialect.get(&app, &tenant, &id, &format!("/deliveries?{query}")).await;
            assert_eq!(reply.status, dialect.invalid, "{query}: {}", reply.text);
            assert!(reply.text.contains(named), "{query}: {}", reply.text);
        }
        let unknown = dialect.get(&app, &tenant, &id, "/deliveries?sort=oldest").await;
        let strict = dialect.name == "chatbotplatform";
        assert_eq!(unknown.status, if strict { 422 } else { 200 }, "{}", unknown.text);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_owns_a_webhook_sees_its_deliveries() {
    let app = App::start().await;
    for dialect in &ALL {
        dialect.is_guarded(&app, Method::GET, "/deliveries", &json!({})).await;
    }
    app.finish().await;
}
