//! chatbotplatform PATCH /v1/agent-loops/{id}

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Receiver, Reply, Tenant, eventually};

use crate::util::{
    agent_loops::{NO_LOOP, echoing, ended, make, one, report, run},
    chatbotplatform::{only_its_key, platform_refused},
};

async fn patch(app: &App, tenant: &Tenant, made: &Value, body: Value) -> Reply {
    app.patch(&one(made)).bearer(&tenant.chatbotplatform).json(&body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_what_is_sent_and_nothing_else() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let integration = echoing(&app, &ada).await;
    let made = make(&app, &ada, report()).await;
    for (field, value) in [
        ("name", json!("Other")),
        ("system_prompt", json!("Be brief.")),
        ("user_message", json!("Another job")),
        ("integration_id", json!(integration)),
        ("bot_id", json!(ada.chatbot)),
        ("tools", json!(["search_knowledge"])),
        ("callback_url", json!("http://127.0.0.1:9/done")),
        ("max_iterations", json!(3)),
        ("timeout_seconds", json!(30)),
        ("max_tokens", json!(5_000)),
        ("status", json!("inactive")),
    ] {
        let before = app.get(&one(&made)).bearer(&ada.chatbotplatform).send().await.ok();
        let after = patch(&app, &ada, &made, json!({field: value})).await.ok();
        let mut expected = before;
        expected["data"][field] = value;
        expected["data"]["updated_at"] = after["data"]["updated_at"].clone();
        assert_eq!(after, expected, "{field}");
    }
    let same = patch(&app, &ada, &made, json!({})).await.ok();
    assert_eq!(same, app.get(&one(&made)).bearer(&ada.chatbotplatform).send().await.ok());
    // An empty text takes a value away.
    let none = json!({"integration_id": "", "callback_url": "", "tools": [], "bot_id": ""});
    let after = patch(&app, &ada, &made, none).await.ok()["data"].clone();
    assert_eq!(after["integration_id"], Value::Null);
    assert_eq!((&after["bot_id"], &after["callback_url"]), (&Value::Null, &Value::Null));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_to_the_bounds_and_to_the_tenant() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let foreign = echoing(&app, &eve).await;
    let made = make(&app, &ada, report()).await;
    for (field, value, words) in [
        ("name", json!(""), "empty"),
        ("user_message", json!(" "), "empty"),
        ("max_iterations", json!(51), "1 to 50"),
        ("timeout_seconds", json!(5), "10 to 840"),
        ("schedule", json!("* * * * *"), "cron("),
        ("callback_url", json!("http://10.0.0.1/"), "private"),
        ("status", json!("error"), "active, inactive"),
    ] {
        let reply = patch(&app, &ada, &made, json!({field: value})).await;
        platform_refused(&reply, 422, &[field, words]);
    }
    let reply = patch(&app, &ada, &made, json!({"integration_id": foreign})).await;
    platform_refused(&reply, 404, &["ntegration"]);
    platform_refused(&patch(&app, &eve, &made, json!({"name": "x"})).await, 404, &["gent loop"]);
    platform_refused(&patch(&app, &ada, &json!({"id": NO_LOOP}), json!({})).await, 404, &["gent"]);
    only_its_key(&app, &ada, Method::PATCH, &one(&made), &json!({"name": "x"})).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_masked_header_keeps_its_value_but_goes_to_no_other_address() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let (first, second) = (Receiver::start().await, Receiver::start().await);
    let mut body = report();
    body["integration_id"] = json!(echoing(&app, &ada).await);
    body["callback_url"] = json!(first.url);
    body["callback_headers"] = json!({"X-Key": "secret-1"});
    let made = make(&app, &ada, body).await;
    let masked = made["callback_headers"].clone();
    let more = json!({"x-key": masked["x-key"], "x-more": "2"});
    patch(&app, &ada, &made, json!({"callback_headers": more})).await.ok();
    let begun = run(&app, &ada, &made).await;
    ended(&app, &ada, &begun).await;
    let got = eventually("the callback", async || first.received().first().cloned()).await;
    assert_eq!((got.header("x-key"), got.header("x-more")), ("secret-1", "2"));
    for body in [
        json!({"callback_url": second.url}),
        json!({"callback_url": second.url, "callback_headers": masked}),
    ] {
        let reply = patch(&app, &ada, &made, body).await;
        platform_refused(&reply, 422, &["callback_headers", "another address"]);
    }
    let moved = json!({"callback_url": second.url, "callback_headers": {"x-key": "secret-3"}});
    patch(&app, &ada, &made, moved).await.ok();
    let begun = run(&app, &ada, &made).await;
    ended(&app, &ada, &begun).await;
    let got = eventually("the callback", async || second.received().first().cloned()).await;
    assert_eq!(got.header("x-key"), "secret-3");
    assert_eq!(first.received().len(), 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_schedule_counts_from_now_and_an_inactive_loop_has_no_next_time() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let mut body = report();
    body["schedule"] = json!("rate(1 day)");
    let made = make(&app, &ada, body).await;
    let time = |value: &Value| domain::Timestamp::parse(value.as_str().unwrap()).unwrap();
    let renamed = patch(&app, &ada, &made, json!({"name": "Other"})).await.ok()["data"].clone();
    assert_eq!(renamed["next_run_at"], made["next_run_at"]);
    let off = patch(&app, &ada, &made, json!({"status": "inactive"})).await.ok();
    assert_eq!(off["data"]["next_run_at"], Value::Null);
    let on = patch(&app, &ada, &made, json!({"status": "active"})).await.ok()["data"].clone();
    assert!(time(&on["next_run_at"]) >= time(&made["next_run_at"]), "{on}");
    let hourly = json!({"schedule": "rate(1 hour)"});
    let hourly = patch(&app, &ada, &made, hourly).await.ok()["data"].clone();
    assert!(time(&hourly["next_run_at"]) < time(&on["next_run_at"]), "{hourly}");
    let none = patch(&app, &ada, &made, json!({"schedule": ""})).await.ok()["data"].clone();
    assert_eq!((&none["schedule"], &none["next_run_at"]), (&Value::Null, &Value::Null));
    app.finish().await;
}
