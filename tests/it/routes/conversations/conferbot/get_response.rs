//! conferbot GET /api/v1/external/v1/chatbots/{id}/responses/{responseId}

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    access::{nobody_elses, only_methods},
    botplot::{is_time, text},
    chatbots::{CONFERBOT, conferbot_refused},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_response_is_shown_with_everything_that_was_said() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let body = json!({"message": "I need help", "visitorId": "visitor_xyz789"});
    let asked = app.post("/api/v1/chat").bearer(&ada.public).json(&body).send().await.ok();
    let id = asked["conversationId"].clone();
    let body = json!({"message": "With billing", "conversationId": id});
    let again = app.post("/api/v1/chat").bearer(&ada.public).json(&body).send().await.ok();
    let path = format!("{CONFERBOT}/{}/responses/{}", ada.chatbot, text(&id));
    let seen = app.get(&path).api_key(&ada.conferbot).send().await;
    let record = seen.ok()["data"]["record"].clone();
    let times: Vec<_> = record.as_array().unwrap().iter().map(|m| &m["time"]).collect();
    assert!(times.iter().all(|time| is_time(time)) && times.is_sorted_by_key(|time| text(time)));
    seen.is(
        200,
        &json!({"data": {
            "_id": id,
            "chatSessionId": id,
            "visitorId": "visitor_xyz789",
            "record": [
                {"type": "user", "message": "I need help", "time": times[0]},
                {"type": "bot", "message": asked["response"], "time": times[1]},
                {"type": "user", "message": "With billing", "time": times[2]},
                {"type": "bot", "message": again["response"], "time": times[3]},
            ],
            "answerVariables": {},
        }}),
    );
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_several_conversations_is_named() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let body = json!({"question": "Hello?", "sessionId": "sess_abc123"});
    app.post("/api/v1/chat").bearer(&ada.helpbot).json(&body).send().await.ok();
    app.drain().await;
    let list = format!("{CONFERBOT}/{}/responses", ada.chatbot);
    let row = app.get(&list).api_key(&ada.conferbot).send().await.ok()["data"][0].clone();
    assert_eq!(row["chatSessionId"], "sess_abc123");
    let path = format!("{list}/{}", text(&row["_id"]));
    let one = app.get(&path).api_key(&ada.conferbot).send().await.ok();
    assert_eq!(one["data"]["chatSessionId"], "sess_abc123");
    assert_eq!(one["data"]["_id"], row["_id"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_is_told_apart_from_none() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let mine = app.ask(&ada.public, "Hello").await["conversationId"].clone();
    let foreign = app.ask(&eve.public, "Hello").await["conversationId"].clone();
    let get = async |chatbot: &str, response: &str| {
        let path = format!("{CONFERBOT}/{chatbot}/responses/{response}");
        app.get(&path).api_key(&ada.conferbot).send().await
    };
    let response = async |id: String| get(&ada.chatbot, &id).await;
    nobody_elses(text(&foreign), response, conferbot_refused).await;
    for theirs in [&mine, &foreign] {
        let chatbot = async |id: String| get(&id, text(theirs)).await;
        nobody_elses(&eve.chatbot, chatbot, conferbot_refused).await;
    }
    get(&ada.chatbot, text(&mine)).await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_methods_are_allowed() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let id = app.ask(&ada.public, "Hello").await["conversationId"].clone();
    let path = format!("{CONFERBOT}/{}/responses/{}", ada.chatbot, text(&id));
    only_methods(&app, &path, &[Method::GET], conferbot_refused).await;
    app.finish().await;
}
