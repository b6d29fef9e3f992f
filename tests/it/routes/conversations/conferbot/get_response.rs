//! conferbot GET /api/v1/external/v1/chatbots/{id}/responses/{responseId}

use std::time::Duration;

use local::TestClock;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Tenant};

use crate::util::{
    access::{nobody_elses, only_methods},
    botplot::{is_time, text},
    chatbots::{CONFERBOT, conferbot_refused},
    leads::{PATH as LEADS, leave},
    table::{items, tick},
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

/// What a visitor gave, as one response and as the list show it.
async fn answers(app: &App, tenant: &Tenant, id: &Value) -> Value {
    let list = format!("{CONFERBOT}/{}/responses", tenant.chatbot);
    let path = format!("{list}/{}", text(id));
    let one = app.get(&path).api_key(&tenant.conferbot).send().await.ok();
    let one = one["data"]["answerVariables"].clone();
    let all = app.get(&list).api_key(&tenant.conferbot).send().await.ok();
    let row = all["data"].as_array().unwrap().iter().find(|row| row["_id"] == *id).unwrap();
    assert_eq!(row["answerVariables"], one);
    one
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_visitor_gave_is_shown_until_the_lead_is_deleted() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let asked = app.ask(&ada.public, "Hello?").await["conversationId"].clone();
    let other = app.ask(&ada.public, "Hello!").await["conversationId"].clone();
    app.drain().await;
    let key = &ada.public;
    let first = json!({"conversationId": asked, "email": "john@example.com", "name": "John"});
    let first = leave(&app, key, first).await;
    let expected = json!({"email": "john@example.com", "name": "John"});
    assert_eq!(answers(&app, &ada, &asked).await, expected, "to the letter");

    // A second form adds to it, and what it gives again is as it was given last.
    let second = json!({
        "conversationId": asked, "email": "j@example.com", "phone": "+1 2",
        "fields": {"company": "Example", "seats": 3, "email": "a field of the same name"},
    });
    let second = leave(&app, key, second).await;
    leave(&app, key, json!({"email": "nowhere@example.com"})).await;
    let expected = json!({
        "email": "j@example.com", "name": "John", "phone": "+1 2", "company": "Example", "seats": 3,
    });
    assert_eq!(answers(&app, &ada, &asked).await, expected);
    assert_eq!(answers(&app, &ada, &other).await, json!({}));
    let body = json!({"message": "And now?", "conversationId": asked});
    app.post("/api/v1/chat").bearer(key).json(&body).send().await.ok();
    assert_eq!(answers(&app, &ada, &asked).await, expected, "another turn keeps it");

    let delete = async |lead: &Value| {
        let path = format!("{LEADS}/{}", text(&lead["id"]));
        app.delete(&path).bearer(&ada.secret).send().await.ok();
    };
    delete(&second).await;
    let left = json!({"email": "john@example.com", "name": "John"});
    assert_eq!(answers(&app, &ada, &asked).await, left);
    delete(&first).await;
    assert_eq!(answers(&app, &ada, &asked).await, json!({}));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_visitor_gave_goes_with_their_data_and_when_its_time_is_over() {
    let clock = TestClock::new(1);
    let app = App::with(|options| options.clock = Some(clock.clone())).await;
    let ada = app.tenant("ada").await;
    let asked = app.ask(&ada.public, "Hello?").await["conversationId"].clone();
    app.drain().await;
    let lead = json!({"conversationId": asked, "visitorId": "visitor-7", "email": "x@example.com"});
    leave(&app, &ada.public, lead).await;
    assert_eq!(answers(&app, &ada, &asked).await, json!({"email": "x@example.com"}));
    app.delete("/api/v1/visitors/visitor-7").bearer(&ada.secret).send().await.json();
    tick(&app).await;
    app.drain().await;
    assert_eq!(answers(&app, &ada, &asked).await, json!({}), "who it was of was erased");

    let lead = json!({"conversationId": asked, "email": "y@example.com"});
    leave(&app, &ada.public, lead).await;
    assert_eq!(answers(&app, &ada, &asked).await, json!({"email": "y@example.com"}));
    clock.advance(Duration::from_secs(3 * 24 * 60 * 60));
    let kept = json!({"conversationDays": null, "leadDays": 2});
    app.put("/api/v1/retention").bearer(&ada.secret).json(&kept).send().await.ok();
    tick(&app).await;
    app.drain().await;
    assert_eq!(answers(&app, &ada, &asked).await, json!({}), "leads are kept for two days");
    assert!(!items(&app).await.iter().any(|item| item.contains("y@example.com")));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_forms_the_newest_are_shown() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let asked = app.ask(&ada.public, "Hello?").await["conversationId"].clone();
    app.drain().await;
    for n in 0..8 {
        let lead = json!({"conversationId": asked, "phone": n.to_string(), "fields": {format!("f{n}"): n}});
        leave(&app, &ada.public, lead).await;
    }
    let expected = json!({"phone": "7", "f3": 3, "f4": 4, "f5": 5, "f6": 6, "f7": 7});
    assert_eq!(answers(&app, &ada, &asked).await, expected);
    app.drain().await;
    let leads = app.get(LEADS).bearer(&ada.secret).send().await.ok();
    assert_eq!(leads["total"], 8, "each of them is kept");
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
