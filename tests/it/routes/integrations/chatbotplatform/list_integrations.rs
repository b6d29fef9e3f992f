//! chatbotplatform GET /v1/bots/{bot_id}/integrations

use reqwest::Method;
use serde_json::{Value, json};
use testkit::App;

use crate::util::{
    chatbotplatform::{ids, its_parameters_have_bounds, list, only_its_key, platform_refused},
    integrations::{echo, integrate, of},
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_those_of_the_bot_newest_first_in_pages() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let mut all = Vec::new();
    for n in 0..5 {
        all.insert(0, integrate(&app, &ada, echo(&format!("Echo {n}"))).await);
    }
    integrate(&app, &eve, echo("Another's")).await;
    let key = &ada.chatbotplatform;
    assert_eq!(list(&app, key, &of(&ada)).await, (all.clone(), 5));
    let page = list(&app, key, &format!("{}?page=2&per_page=2", of(&ada))).await;
    assert_eq!(page, (all[2..4].to_vec(), 5));
    platform_refused(&app.get(&of(&eve)).bearer(key).send().await, 404, &["hatbot"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_exact_matches_on_its_own_fields() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let key = &ada.chatbotplatform;
    let model = json!({
        "name": "Model", "type": "openai_compatible", "url": "http://127.0.0.1:9/v1",
        "model": "llama3", "timeout_seconds": 20, "weight": 0, "is_fallback": true,
        "status": "disabled",
    });
    let model = integrate(&app, &ada, model).await;
    let other = integrate(&app, &ada, echo("Echo")).await;
    let id = |row: &Value| row["id"].as_str().unwrap().to_owned();
    for name in [
        "id",
        "name",
        "type",
        "url",
        "model",
        "timeout_seconds",
        "weight",
        "is_fallback",
        "status",
        "created_at",
        "updated_at",
    ] {
        let value = match &model[name] {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        let found = ids(&app, key, &format!("{}?{name}={value}", of(&ada))).await;
        assert_eq!(found, (vec![id(&model)], 1), "{name}");
    }
    let found = ids(&app, key, &format!("{}?type=echo&status=active", of(&ada))).await;
    assert_eq!(found, (vec![id(&other)], 1));
    assert_eq!(ids(&app, key, &format!("{}?name=model", of(&ada))).await, (vec![], 0));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_parameters_are_bounded_and_only_its_key_opens_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let wrong: [(&str, &[&str]); 6] = [
        ("type", &["gpt", ""]),
        ("status", &["off"]),
        ("is_fallback", &["yes"]),
        ("weight", &["two"]),
        ("created_at", &["yesterday"]),
        ("api_key", &["sk"]),
    ];
    its_parameters_have_bounds(&app, &ada.chatbotplatform, &of(&ada), &wrong).await;
    only_its_key(&app, &ada, Method::GET, &of(&ada), &json!({})).await;
    app.finish().await;
}
