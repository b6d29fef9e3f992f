//! conferbot GET /api/v1/external/v1/webhooks

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    botplot::is_time,
    same_for_all_dialects::webhook_api::{CONFERBOT, HELPBOT, PLATFORM},
    webhooks::create as create_in_botplot,
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_those_of_all_chatbots_newest_first_and_none_of_another_dialect() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let url = "http://127.0.0.1:9/hook";
    let empty = CONFERBOT.request(&app, &ada, Method::GET, "").send().await;
    empty.is(200, &json!({"data": []}));

    let (first, _) = CONFERBOT.create(&app, &ada, url, &["response.created"]).await;
    let new = json!({"name": "Another"});
    let other = app.post("/api/v1/chatbots").bearer(&ada.session).json(&new).send().await.ok();
    let other = other["chatbot"]["id"].as_str().unwrap();
    let mut body = CONFERBOT.body(&ada, url, &["conversation.completed"]);
    body["chatbotId"] = json!(other);
    let second = CONFERBOT.post(&app, &ada, &body).await.json()["data"]["_id"].clone();
    create_in_botplot(&app, &ada, url, &["message.created"]).await;
    PLATFORM.create(&app, &ada, url, &[PLATFORM.event]).await;
    HELPBOT.create(&app, &ada, url, &[HELPBOT.event]).await;
    CONFERBOT.create(&app, &eve, url, &["response.created"]).await;

    let rows = CONFERBOT.list(&app, &ada).await;
    assert!(rows.iter().all(|row| is_time(&row["createdAt"])));
    let expected = json!([
        {
            "_id": second, "url": url, "events": ["conversation.completed"], "status": "active",
            "chatbot": {"_id": other, "name": "Another"}, "createdAt": rows[0]["createdAt"],
        },
        {
            "_id": first, "url": url, "events": ["response.created"], "status": "active",
            "chatbot": {"_id": ada.chatbot, "name": "ada's bot"},
            "createdAt": rows[1]["createdAt"],
        },
    ]);
    assert_eq!(json!(rows), expected);

    // A chatbot takes its webhooks along.
    let gone = format!("/api/v1/chatbots/{other}");
    app.delete(&gone).bearer(&ada.session).send().await.ok();
    assert_eq!(CONFERBOT.list(&app, &ada).await, [rows[1].clone()]);
    app.drain().await;
    let second = second.as_str().unwrap();
    assert_eq!(CONFERBOT.delete(&app, &ada, second).await.status, 404);
    assert_eq!(PLATFORM.list(&app, &ada).await.len(), 1);
    app.finish().await;
}
