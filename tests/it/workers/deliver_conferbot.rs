//! conferbot POST /api/v1/external/v1/webhooks

use serde_json::{Value, json};
use testkit::{Answer, App, Received, Receiver, eventually};

use crate::util::{
    botplot::{is_time, text},
    same_for_all_dialects::webhook_api::CONFERBOT,
};

const EVENTS: [&str; 4] =
    ["response.created", "response.updated", "conversation.started", "conversation.completed"];

/// Its body, once it is as documented and signed with `secret`.
#[track_caller]
fn verified(received: &Received, secret: &str) -> Value {
    let expected = dialects::events::hmac_hex(secret, &received.body);
    assert_eq!(received.header("x-webhook-signature"), expected);
    let body = received.json();
    assert_eq!(body["event"], received.header("x-webhook-event"));
    assert_eq!(body["timestamp"], received.header("x-webhook-timestamp"));
    assert!(is_time(&body["timestamp"]));
    assert_eq!(body.to_string(), received.body, "it survives being printed again");
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_told_of_from_its_beginning_to_its_end() {
    let app = App::with(|options| options.idle_seconds = 1).await;
    let ada = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let (_, secret) = CONFERBOT.create(&app, &ada, &receiver.url, &EVENTS).await;
    let body = json!({"message": "Hello?", "visitorId": "visitor_abc"});
    let asked = app.post("/api/v1/chat").bearer(&ada.public).json(&body).send().await.ok();
    let id = text(&asked["conversationId"]);
    let lead = json!({"conversationId": id, "email": "ada@example.com"});
    let reply = app.post("/api/v1/leads").bearer(&ada.public).json(&lead).send().await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let lead = json!({"email": "nobody@example.com"});
    app.post("/api/v1/leads").bearer(&ada.public).json(&lead).send().await;
    eventually("the conversation has ended", async || {
        (receiver.received().len() == 5).then_some(())
    })
    .await;
    app.drain().await;
    let mut names = Vec::new();
    for received in receiver.received() {
        let body = verified(&received, &secret);
        let expected = json!({
            "event": body["event"], "chatSessionId": id, "responseId": id, "botId": ada.chatbot,
            "visitorId": "visitor_abc", "timestamp": body["timestamp"],
        });
        assert_eq!(body, expected);
        names.push(text(&body["event"]).to_owned());
    }
    names.sort_unstable();
    // One update for the turn, one for the lead that came in it.
    let expected = [
        "conversation.completed",
        "conversation.started",
        "response.created",
        "response.updated",
        "response.updated",
    ];
    assert_eq!(names, expected);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_is_that_of_the_response_and_a_retry_is_the_same_to_the_byte() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let receiver = Receiver::answering(|n| Answer::Status(if n == 0 { 500 } else { 200 })).await;
    let (_, secret) = CONFERBOT.create(&app, &ada, &receiver.url, &["response.updated"]).await;
    let question = json!({"question": "Anybody?", "sessionId": "s-1"});
    app.post("/api/v1/chat").bearer(&ada.helpbot).json(&question).send().await.ok();
    eventually("the retry", async || (receiver.received().len() == 2).then_some(())).await;
    let received = receiver.received();
    assert_eq!(received[0].body, received[1].body);
    let bodies: Vec<Value> = received.iter().map(|one| verified(one, &secret)).collect();
    assert_eq!(bodies[0]["chatSessionId"], "s-1");
    let path = format!(
        "/api/v1/external/v1/chatbots/{}/responses/{}",
        ada.chatbot,
        text(&bodies[0]["responseId"])
    );
    let response = app.get(&path).api_key(&ada.conferbot).send().await.ok();
    for name in ["chatSessionId", "visitorId"] {
        assert_eq!(response["data"][name], bodies[0][name]);
    }
    app.finish().await;
}
