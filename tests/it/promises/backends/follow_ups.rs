//! A message that leaves out what was said before is put as a question of its own by the chatbot's
//! model, and that is what is searched.

use serde_json::{Value, json};
use testkit::{
    App, Tenant,
    backend::{BackendRequest, ScriptedBackend, Step, openai_says, whole},
};

use super::{REFUSAL, knows_hours, send};
use crate::util::integrations::{integrate, of, openai};

const REWRITTEN: &str = "What are your hours on Saturday and Sunday?";

fn is_rewrite(asked: &BackendRequest) -> bool {
    asked.body["messages"][0]["content"].as_str().unwrap().starts_with("You rewrite")
}

/// A model that answers as it is told, and rewrites with `rewrites`.
async fn model(rewrites: impl Fn() -> Vec<Step> + Send + Sync + 'static) -> ScriptedBackend {
    ScriptedBackend::start(move |_, asked| match is_rewrite(asked) {
        true => rewrites(),
        false => openai_says(&["From ten."]),
    })
    .await
}

async fn knows_weekends(app: &App, tenant: &Tenant) {
    knows_hours(app, tenant).await;
    let pair = json!({"question": REWRITTEN, "answer": "Then we open at noon."});
    app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair).send().await.ok();
}

/// Asks for hours, and then `message` in the same conversation.
async fn after_hours(app: &App, tenant: &Tenant, message: &str) -> Value {
    let first = send(app, tenant, "When do you open?").await;
    let body = json!({"message": message, "conversationId": first["conversationId"]});
    app.post("/api/v1/chat").bearer(&tenant.public).json(&body).send().await.ok()
}

fn system(asked: &BackendRequest) -> &str {
    asked.body["messages"][0]["content"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follow_up_is_searched_as_a_model_puts_it_and_its_tokens_count() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    knows_weekends(&app, &ada).await;
    let model = model(|| openai_says(&["\"", REWRITTEN, "\"\n"])).await;
    integrate(&app, &ada, openai(&model.url)).await;
    let answer = after_hours(&app, &ada, "And on weekends?").await;
    assert_eq!(answer["response"], "From ten.");
    let asked = model.asked();
    assert_eq!(asked.iter().map(is_rewrite).collect::<Vec<_>>(), [false, true, false]);
    let rewrite = &asked[1].body;
    let said = rewrite["messages"][1]["content"].as_str().unwrap();
    assert!(said.contains("When do you open?") && said.ends_with("And on weekends?"), "{said}");
    assert!(!rewrite.to_string().contains("noon"), "no passage goes along");
    assert!(rewrite["max_tokens"].as_u64().unwrap() <= 100 && rewrite.get("tools").is_none());
    assert!(!system(&asked[0]).contains("noon") && system(&asked[2]).contains("noon"));
    let messages = asked[2].body["messages"].as_array().unwrap();
    assert_eq!(messages.last().unwrap()["content"], "And on weekends?", "answered as it was asked");
    app.drain().await;
    let usage = app.get(&format!("{}/usage", of(&ada).replace("/integrations", "")));
    let usage = usage.bearer(&ada.chatbotplatform).send().await.ok();
    let counts = json!({"turns": 2, "failures": 0, "input_tokens": 360, "output_tokens": 27});
    assert_eq!(usage["data"]["total"], counts);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_alone_is_not_rewritten_and_a_rewrite_that_fails_costs_no_answer() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    knows_weekends(&app, &ada).await;
    let model = model(|| whole(400, "application/json", r#"{"error":{"message":"no"}}"#)).await;
    integrate(&app, &ada, openai(&model.url)).await;
    let alone = "Which documents do I have to bring along to open an account with you?";
    after_hours(&app, &ada, alone).await;
    assert_eq!(model.asked().iter().filter(|asked| is_rewrite(asked)).count(), 0);
    let answer = after_hours(&app, &ada, "And on weekends?").await;
    assert_eq!(answer["response"], "From ten.");
    let asked = model.asked();
    assert_eq!(asked.iter().filter(|asked| is_rewrite(asked)).count(), 1);
    assert!(system(asked.last().unwrap()).contains("open at"), "searched by its words");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_tokens_left_nothing_is_rewritten() {
    let app = App::with(|options| {
        options.plans = Some(r#"{"enterprise":{"backend_tokens":10}}"#.to_owned());
    })
    .await;
    let ada = app.tenant("ada").await;
    knows_weekends(&app, &ada).await;
    let model = model(|| openai_says(&[REWRITTEN])).await;
    integrate(&app, &ada, openai(&model.url)).await;
    let answer = after_hours(&app, &ada, "And on weekends?").await;
    assert_ne!(answer["response"], REFUSAL);
    assert!(model.asked().is_empty());
    app.finish().await;
}
