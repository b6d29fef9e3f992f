//! chatbotplatform POST /v1/bots/{bot_id}/integrations

use reqwest::Method;
use serde_json::{Value, json};
use testkit::App;

use crate::util::{
    botplot::{is_id, is_time},
    chatbotplatform::{only_its_key, platform_refused},
    integrations::{INTEGRATIONS, NO_INTEGRATION, echo, integrate, of},
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_every_field_but_no_secret() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let body = json!({
        "name": "  Main model ", "type": "openai_compatible", "url": "http://127.0.0.1:9/v1",
        "model": "llama3", "headers": {"X-Org": "acme-secret"}, "api_key": "sk-secret-1",
        "timeout_seconds": 20, "weight": 3, "is_fallback": true, "status": "disabled",
    });
    let made = app.post(&of(&ada)).bearer(&ada.chatbotplatform).json(&body).send().await;
    let data = made.json()["data"].clone();
    assert!(is_id(&data["id"]) && is_time(&data["created_at"]), "{data}");
    made.is(
        201,
        &json!({"data": {
            "id": data["id"], "bot_id": ada.chatbot, "name": "Main model",
            "type": "openai_compatible", "url": "http://127.0.0.1:9/v1", "model": "llama3",
            "headers": {"x-org": "••••"}, "has_api_key": true, "timeout_seconds": 20, "weight": 3,
            "is_fallback": true, "status": "disabled", "status_reason": null,
            "created_at": data["created_at"], "updated_at": data["created_at"],
        }}),
    );
    let seen = app.get(&format!("{INTEGRATIONS}/{}", data["id"].as_str().unwrap()));
    let seen = seen.bearer(&ada.chatbotplatform).send().await;
    assert!(!seen.text.contains("secret") && !made.text.contains("secret"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_left_out_has_a_default() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let data = integrate(&app, &ada, echo("Echo")).await;
    let expected = json!({
        "url": null, "model": null, "headers": {}, "has_api_key": false, "timeout_seconds": 30,
        "weight": 1, "is_fallback": false, "status": "active", "status_reason": null,
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&data[name], value, "{name}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bound_is_422_and_named() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let whole = json!({"name": "Model", "type": "openai_compatible", "url": "http://127.0.0.1:9/"});
    let headers: serde_json::Map<String, Value> =
        (0..21).map(|n| (format!("x-{n}"), json!("v"))).collect();
    for (field, value, words) in [
        ("name", json!(null), "required"),
        ("name", json!(" "), "empty"),
        ("name", json!("x".repeat(101)), "100"),
        ("type", json!(null), "required"),
        ("type", json!("gpt"), "openai_compatible, anthropic"),
        ("url", json!(null), "required for openai_compatible"),
        ("url", json!("ftp://example.com"), "http"),
        ("url", json!("http://169.254.169.254/latest"), "private"),
        ("url", json!("http://10.0.0.1/"), "private"),
        ("url", json!("https://user:pass@example.com/"), "user name"),
        ("url", json!(format!("https://example.com/{}", "x".repeat(2_048))), "2048"),
        ("model", json!("m".repeat(201)), "200"),
        ("headers", json!(headers), "20"),
        ("headers", json!({"a b": "x"}), "letters"),
        ("api_key", json!("k".repeat(2_001)), "2000"),
        ("api_key", json!("ключ"), "ASCII"),
        ("timeout_seconds", json!(0), "1 to 120"),
        ("timeout_seconds", json!(121), "1 to 120"),
        ("timeout_seconds", json!(-5), "1 to 120"),
        ("weight", json!(1_001), "0 to 1000"),
        ("status", json!("error"), "active, disabled"),
        ("status", json!("asleep"), "active"),
    ] {
        let mut body = whole.clone();
        body[field] = value;
        let reply = app.post(&of(&ada)).bearer(&ada.chatbotplatform).json(&body).send().await;
        platform_refused(&reply, 422, &[field, words]);
    }
    let mut body = whole;
    body["headers"] = json!({"Host": "internal"});
    let reply = app.post(&of(&ada)).bearer(&ada.chatbotplatform).json(&body).send().await;
    platform_refused(&reply, 422, &["headers.Host"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_has_at_most_twenty_however_many_come_at_once() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let requests = (0..25).map(|n| {
        let body = echo(&format!("Echo {n}"));
        app.post(&of(&ada)).bearer(&ada.chatbotplatform).json(&body).send()
    });
    let replies = futures::future::join_all(requests).await;
    let made = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(made, 20);
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        assert_eq!(reply.status, 409, "{}", reply.text);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_key_opens_it_and_only_its_own_bot_gets_one() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    only_its_key(&app, &ada, Method::POST, &of(&ada), &echo("Echo")).await;
    let none = format!("/v1/bots/{NO_INTEGRATION}/integrations");
    for path in [of(&eve), none] {
        let reply = app.post(&path).bearer(&ada.chatbotplatform).json(&echo("Echo")).send().await;
        platform_refused(&reply, 404, &["hatbot"]);
    }
    app.finish().await;
}
