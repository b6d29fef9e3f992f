//! botplot GET /api/v1/conversations/{id}

use reqwest::Method;
use serde_json::{Value, json};
use testkit::App;

use crate::util::botplot::{Route, UNKNOWN_SEGMENTS, all_unknown, is_id, is_time, keys, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_shown_to_the_letter_with_its_messages_in_order() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let mut asked = app.ask(&tenant.public, "Question 0?").await;
    let id = asked["conversationId"].clone();
    for n in 1..4 {
        let body = json!({"message": format!("Question {n}?"), "conversationId": id});
        asked = app.post("/api/v1/chat").bearer(&tenant.public).json(&body).send().await.ok();
    }
    let path = format!("/api/v1/conversations/{}", text(&id));
    for key in [&tenant.secret, &tenant.openbat] {
        let shown = app.get(&path).bearer(key).send().await.ok();
        assert_eq!(keys(&shown), ["conversation"]);
        let conversation = &shown["conversation"];
        assert_eq!(keys(conversation), ["id", "messages", "status"]);
        assert_eq!((&conversation["id"], &conversation["status"]), (&id, &json!("active")));
        let messages = conversation["messages"].as_array().unwrap();
        assert_eq!(messages.len(), 8);
        for (n, pair) in messages.chunks(2).enumerate() {
            let (question, answer) = (&pair[0], &pair[1]);
            assert_eq!(keys(question), ["content", "createdAt", "id", "role"]);
            assert_eq!(keys(answer), ["content", "createdAt", "id", "rating", "role"]);
            assert_eq!((&question["role"], &answer["role"]), (&json!("user"), &json!("assistant")));
            assert_eq!(question["content"], format!("Question {n}?"));
            assert_eq!(answer["rating"], Value::Null, "no one has rated it");
        }
        assert!(messages.iter().all(|m| is_id(&m["id"]) && is_time(&m["createdAt"])));
        let times: Vec<&str> = messages.iter().map(|m| text(&m["createdAt"])).collect();
        assert!(times.is_sorted(), "{times:?}");
        assert_eq!(messages[7]["id"], asked["messageId"]);
        assert_eq!(messages[7]["content"], asked["response"]);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_is_as_unknown_as_one_that_never_was() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let foreign = app.ask(&bob.public, "Hello?").await["conversationId"].clone();
    let mut replies = Vec::new();
    for id in UNKNOWN_SEGMENTS.into_iter().chain([text(&foreign)]) {
        let path = format!("/api/v1/conversations/{id}");
        replies.push(app.get(&path).bearer(&ada.secret).send().await);
    }
    all_unknown(&replies);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_methods_are_allowed() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let id = app.ask(&tenant.public, "Hello?").await["conversationId"].clone();
    let route = Route::new(&app, Method::GET, format!("/api/v1/conversations/{}", text(&id)));
    route.allows_only(&tenant.secret, &[Method::GET, Method::DELETE]).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_no_text_is_unknown_in_the_same_words() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let mut replies = Vec::new();
    for id in ["1", "%ff"] {
        let path = format!("/api/v1/conversations/{id}");
        replies.push(app.get(&path).bearer(&tenant.secret).send().await);
    }
    all_unknown(&replies);
    app.finish().await;
}
