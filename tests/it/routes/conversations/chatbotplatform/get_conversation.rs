//! chatbotplatform GET /v1/conversations/{id}

use reqwest::Method;
use serde_json::{Value, json};
use testkit::App;

use crate::util::{
    access::{is_time, nobody_elses, only_methods},
    botplot::text,
    chatbotplatform::*,
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_a_conversation_of_any_of_the_workspaces_bots() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let key = &ada.chatbotplatform;
    app.post(BOTS).bearer(key).json(&json!({"name": "Another"})).send().await;
    let body = json!({"message": "Hello?", "visitorId": "visitor_abc"});
    let asked = app.post("/api/v1/chat").bearer(&ada.public).json(&body).send().await.ok();
    let id = &asked["conversationId"];
    let path = format!("{CONVERSATIONS}/{}", text(id));
    for turns in 1..3 {
        let seen = app.get(&path).bearer(key).send().await;
        let data = seen.json()["data"].clone();
        let (created, updated) = (&data["created_at"], &data["updated_at"]);
        assert!(is_time(created) && is_time(updated) && text(created) <= text(updated));
        seen.is(
            200,
            &json!({"data": {
                "id": id, "bot_id": ada.chatbot, "status": "active",
                "user": {"id": "visitor_abc", "name": null, "username": null, "platform": "web"},
                "channel": {"type": "web", "id": null, "chat_id": null},
                "message_count": 2 * turns, "created_at": created, "updated_at": updated,
            }}),
        );
        // As in the list, and as botplot has it.
        let (rows, _) = list(&app, key, &format!("{BOTS}/{}/conversations", ada.chatbot)).await;
        assert_eq!(rows, [data]);
        let botplot = format!("/api/v1/conversations/{}", text(id));
        let botplot = app.get(&botplot).bearer(&ada.secret).send().await.ok();
        let messages = botplot["conversation"]["messages"].as_array().unwrap().len();
        assert_eq!((botplot["conversation"]["id"].clone(), messages), (id.clone(), 2 * turns));
        let more = json!({"message": "And?", "conversationId": id});
        app.post("/api/v1/chat").bearer(&ada.public).json(&more).send().await.ok();
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_is_told_apart_from_none() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let foreign = app.ask(&eve.public, "Hello?").await["conversationId"].clone();
    let send = async |id: String| {
        app.get(&format!("{CONVERSATIONS}/{id}")).bearer(&ada.chatbotplatform).send().await
    };
    nobody_elses(text(&foreign), send, platform_refused).await;
    platform_refused(&send(text(&foreign).to_owned()).await, 404, &["Conversation not found"]);
    // Nor is a chatbot's id a conversation's.
    platform_refused(&send(ada.chatbot.clone()).await, 404, &["Conversation not found"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_key_opens_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let id = app.ask(&ada.public, "Hello?").await["conversationId"].clone();
    let path = format!("{CONVERSATIONS}/{}", text(&id));
    only_its_key(&app, &ada, Method::GET, &path, &Value::Null).await;
    only_methods(&app, &path, &[Method::GET, Method::DELETE], platform_refused).await;
    app.finish().await;
}
