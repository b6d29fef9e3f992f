//! chatbotplatform PATCH /v1/integrations/{id}

use reqwest::Method;
use serde_json::{Value, json};
use testkit::App;

use crate::util::{
    chatbotplatform::{only_its_key, platform_refused},
    integrations::{echo, integrate, one, openai, shown},
};

#[tokio::test(flavor = "multi_thread")]
async fn changes_only_what_is_sent() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let mut expected = integrate(&app, &ada, openai("http://127.0.0.1:9")).await;
    for (patch, field, value) in [
        (json!({"name": "Other"}), "name", json!("Other")),
        (json!({"url": "http://127.0.0.1:9/v2"}), "url", json!("http://127.0.0.1:9/v2")),
        (json!({"model": "m2"}), "model", json!("m2")),
        (json!({"headers": {"X-A": "1"}}), "headers", json!({"x-a": "••••"})),
        (json!({"api_key": ""}), "has_api_key", json!(false)),
        (json!({"api_key": "sk-2"}), "has_api_key", json!(true)),
        (json!({"timeout_seconds": 5}), "timeout_seconds", json!(5)),
        (json!({"weight": 0}), "weight", json!(0)),
        (json!({"is_fallback": true}), "is_fallback", json!(true)),
        (json!({"status": "disabled"}), "status", json!("disabled")),
        (json!({"status": "active"}), "status", json!("active")),
        (json!({"model": ""}), "model", Value::Null),
        (json!({"type": "echo", "colour": "red"}), "type", json!("openai_compatible")),
    ] {
        let request = app.patch(&one(&expected)).bearer(&ada.chatbotplatform).json(&patch);
        let changed = request.send().await.ok()["data"].clone();
        expected[field] = value;
        expected["updated_at"] = changed["updated_at"].clone();
        assert_eq!(changed, expected, "{patch}");
        assert_eq!(shown(&app, &ada, &expected).await, expected);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_a_bound_changes_nothing() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let made = integrate(&app, &ada, openai("http://127.0.0.1:9")).await;
    for (field, value) in [
        ("name", json!("")),
        ("url", json!("")),
        ("url", json!("http://192.168.0.1/")),
        ("weight", json!(-1)),
        ("timeout_seconds", json!(500)),
        ("status", json!("error")),
    ] {
        let body = json!({ field: value });
        let request = app.patch(&one(&made)).bearer(&ada.chatbotplatform).json(&body);
        platform_refused(&request.send().await, 422, &[field]);
    }
    assert_eq!(shown(&app, &ada, &made).await, made);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_at_once_lose_none_and_only_its_key_makes_them() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let made = integrate(&app, &ada, echo("Echo")).await;
    let patch = async |body: Value| {
        app.patch(&one(&made)).bearer(&ada.chatbotplatform).json(&body).send().await.ok()
    };
    tokio::join!(
        patch(json!({"name": "Other"})),
        patch(json!({"weight": 7})),
        patch(json!({"timeout_seconds": 9}))
    );
    let now = shown(&app, &ada, &made).await;
    assert_eq!(
        (&now["name"], &now["weight"], &now["timeout_seconds"]),
        (&json!("Other"), &json!(7), &json!(9))
    );
    only_its_key(&app, &ada, Method::PATCH, &one(&made), &json!({"weight": 1})).await;
    app.finish().await;
}
