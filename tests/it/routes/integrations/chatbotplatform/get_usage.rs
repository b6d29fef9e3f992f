//! ours GET /v1/bots/{bot_id}/usage

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    App,
    backend::{ScriptedBackend, openai_says, whole},
};

use crate::util::{
    chatbotplatform::{only_its_key, platform_refused},
    integrations::{integrate, openai},
};

fn path(chatbot: &str) -> String {
    format!("/v1/bots/{chatbot}/usage")
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_and_failures_are_counted_by_day() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let usage = async |query: &str| {
        app.drain().await;
        let path = format!("{}{query}", path(&ada.chatbot));
        app.get(&path).bearer(&ada.chatbotplatform).send().await.ok()["data"].clone()
    };
    let none = json!({"turns": 0, "failures": 0, "input_tokens": 0, "output_tokens": 0});
    app.ask(&ada.public, "Without a backend").await;
    assert_eq!(usage("").await["total"], none);
    let model = ScriptedBackend::start(|number, _| match number {
        2 => whole(401, "application/json", "{}"),
        _ => openai_says(&["Hello."]),
    })
    .await;
    integrate(&app, &ada, openai(&model.url)).await;
    let mut asked: Vec<Value> = Vec::new();
    for _ in 0..3 {
        asked.push(app.ask(&ada.public, "Hello?").await);
    }
    let seen = usage("?days=2").await;
    let counts = json!({"turns": 3, "failures": 1, "input_tokens": 240, "output_tokens": 18});
    assert_eq!(seen["total"], counts);
    let days = seen["days"].as_array().unwrap();
    assert_eq!(days.len(), 2);
    // A test may run over midnight.
    let turns: u64 = days.iter().map(|day| day["turns"].as_u64().unwrap()).sum();
    assert_eq!(turns, 3);
    let conversation = asked[0]["conversationId"].as_str().unwrap();
    let gone = app.delete(&format!("/api/v1/conversations/{conversation}"));
    gone.bearer(&ada.secret).send().await.ok();
    let counts = json!({"turns": 2, "failures": 1, "input_tokens": 120, "output_tokens": 9});
    assert_eq!(usage("?days=2").await["total"], counts, "what is deleted is not counted any more");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_has_bounds_and_only_its_own_bots_are_shown() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    only_its_key(&app, &ada, Method::GET, &path(&ada.chatbot), &json!({})).await;
    for days in ["0", "366", "x", ""] {
        let path = format!("{}?days={days}", path(&ada.chatbot));
        let reply = app.get(&path).bearer(&ada.chatbotplatform).send().await;
        platform_refused(&reply, 422, &["days"]);
    }
    let reply = app.get(&path(&eve.chatbot)).bearer(&ada.chatbotplatform).send().await;
    platform_refused(&reply, 404, &["hatbot"]);
    app.finish().await;
}
