//! helpbot POST /api/v1/webhooks

use serde_json::{Value, json};
use testkit::{Answer, App, Received, Receiver, eventually};

use crate::util::{
    botplot::{is_id, is_time, text},
    same_for_all_dialects::webhook_api::HELPBOT,
};

const EVENTS: [&str; 4] = [
    "conversation.created",
    "conversation.unanswered",
    "conversation.feedback",
    "conversation.handoff",
];

/// Its event and data, once it is as documented and signed with `secret`.
#[track_caller]
fn verified(received: &Received, secret: &str) -> (String, Value) {
    let expected = format!("sha256={}", dialects::events::hmac_hex(secret, &received.body));
    assert_eq!(received.header("x-helpbot-signature"), expected);
    assert_eq!(received.header("content-type"), "application/json");
    assert!(is_id(&json!(received.header("x-helpbot-delivery"))));
    let body = received.json();
    assert_eq!(body["event"], received.header("x-helpbot-event"));
    assert!(is_time(&body["timestamp"]));
    let whole =
        json!({"event": body["event"], "timestamp": body["timestamp"], "data": body["data"]});
    assert_eq!(whole.to_string(), received.body, "it survives being printed again");
    (text(&body["event"]).to_owned(), body["data"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_payload_is_documented_to_the_letter() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let (_, secret) = HELPBOT.create(&app, &ada, &receiver.url, &EVENTS).await;
    let pair = json!({"question": "Do you have parking?", "answer": "Yes, \"behind\" it. 😀"});
    app.post("/api/v1/knowledge/qa").bearer(&ada.secret).json(&pair).send().await.ok();
    let question = json!({"question": "Do you have parking?", "sessionId": "s-1"});
    let asked = app.post("/api/v1/chat").bearer(&ada.helpbot).json(&question).send().await.ok();
    let unknown = json!({"question": "How do I cook pasta?"});
    let refused = app.post("/api/v1/chat").bearer(&ada.helpbot).json(&unknown).send().await.ok();
    let id = text(&asked["conversationId"]);
    let path = format!("/api/v1/conversations/{id}");
    let seen = app.get(&path).bearer(&ada.secret).send().await.ok();
    let message = text(&seen["conversation"]["messages"][1]["id"]).to_owned();
    for rating in [-1, 1] {
        let path = format!("/api/v1/messages/{message}/rating");
        let rating = json!({ "rating": rating });
        app.post(&path).bearer(&ada.public).json(&rating).send().await.ok();
    }
    let path = format!("/api/v1/conversations/{id}/handoff");
    app.post(&path).bearer(&ada.public).json(&json!({})).send().await.ok();
    app.drain().await;

    let mut told: Vec<_> = receiver.received().iter().map(|r| verified(r, &secret)).collect();
    told.sort_by_key(|(event, data)| (event.clone(), data.to_string()));
    let parked = json!({
        "conversationId": id, "sessionId": "s-1", "question": "Do you have parking?",
        "answer": "Yes, \"behind\" it. 😀", "sources": [],
    });
    let pasta = json!({
        "conversationId": refused["conversationId"], "sessionId": refused["conversationId"],
        "question": "How do I cook pasta?", "answer": refused["answer"], "sources": [],
    });
    let feedback = |helpful: &str| json!({"conversationId": id, "helpful": helpful});
    let handoff = json!({
        "conversationId": id, "question": "Do you have parking?",
        "answer": "Yes, \"behind\" it. 😀", "customerEmail": null,
    });
    let mut expected = vec![
        ("conversation.created".to_owned(), parked),
        ("conversation.created".to_owned(), pasta.clone()),
        ("conversation.unanswered".to_owned(), pasta),
        ("conversation.feedback".to_owned(), feedback("no")),
        ("conversation.feedback".to_owned(), feedback("yes")),
        ("conversation.handoff".to_owned(), handoff),
    ];
    expected.sort_by_key(|(event, data)| (event.clone(), data.to_string()));
    assert_eq!(told, expected);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_keeps_the_delivery_id_and_only_what_was_asked_for_comes() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let receiver = Receiver::answering(|n| Answer::Status(if n == 0 { 500 } else { 200 })).await;
    let events = ["conversation.unanswered"];
    let (_, secret) = HELPBOT.create(&app, &ada, &receiver.url, &events).await;
    app.ask(&ada.public, "How do I cook pasta?").await;
    eventually("the retry", async || (receiver.received().len() == 2).then_some(())).await;
    app.drain().await;
    let received = receiver.received();
    assert_eq!(received.len(), 2);
    let told: Vec<_> = received.iter().map(|one| verified(one, &secret)).collect();
    assert_eq!(told[0], told[1]);
    let id = |one: &Received| one.header("x-helpbot-delivery").to_owned();
    assert_eq!(id(&received[0]), id(&received[1]));
    app.finish().await;
}
