//! ours GET /api/v1/widget/config

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    access::{only_methods, refused},
    projects::{defaults, preflight},
};

const CONFIG: &str = "/api/v1/widget/config";

#[tokio::test(flavor = "multi_thread")]
async fn any_key_of_a_page_reads_the_look_and_questions_to_begin_with() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let mut expected = defaults("ada's bot");
    expected["suggestedQuestions"] = json!([]);
    for key in [&ada.public, &ada.secret, &ada.helpbot] {
        let found = app.get(CONFIG).bearer(key).send().await;
        found.is(200, &expected);
        assert_eq!(found.header("access-control-allow-origin"), "*");
    }
    let pair = json!({"question": "Do you have parking?", "answer": "Yes."});
    app.post("/api/v1/knowledge/qa").bearer(&ada.secret).json(&pair).send().await.ok();
    let suggested = async || {
        let found = app.get(CONFIG).bearer(&ada.public).send().await.ok();
        found["suggestedQuestions"].clone()
    };
    assert_eq!(suggested().await, json!(["Do you have parking?"]));
    let path = format!("/api/v1/chatbots/{}", ada.chatbot);
    let settings = json!({"settings": {"suggestedQuestions": ["What do you sell?"]}});
    app.patch(&path).bearer(&ada.session).json(&settings).send().await.ok();
    assert_eq!(suggested().await, json!(["What do you sell?"]));
    let wrong = json!({"settings": {"suggestedQuestions": [1]}});
    let reply = app.patch(&path).bearer(&ada.session).json(&wrong).send().await;
    refused(&reply, 400, &["suggestedQuestions"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_needs_a_key_and_is_read_only() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    refused(&app.get(CONFIG).send().await, 401, &[]);
    for key in [&ada.conferbot, &ada.chatbotplatform, &ada.session] {
        refused(&app.get(CONFIG).bearer(key).send().await, 401, &[]);
    }
    only_methods(&app, CONFIG, &[Method::GET], refused).await;
    let (origin, methods) = preflight(&app, CONFIG, "GET").await;
    assert_eq!((origin.as_str(), methods.as_str()), ("*", "GET,POST"));
    app.finish().await;
}
