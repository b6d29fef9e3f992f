//! ours POST /api/v1/inbox/conversations/{id}/messages

use reqwest::Method;
use serde_json::json;
use testkit::{App, Receiver};

use crate::util::{
    access::{UNKNOWN, a_cookie_writes_from_home_only, is_time, only_a_session, refused},
    inbox::{INBOX, reply, visit},
    same_for_all_dialects::webhook_api::{CONFERBOT, PLATFORM},
    webhooks,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_takes_the_conversation_over_and_reaches_its_visitor() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let visit = visit(&app, &ada.public, "May I have a refund?").await;
    let sent = reply(&app, &ada, &visit.id, "  Yes, **of course**.\n").await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    let message = &sent.json()["message"];
    assert!(is_time(&message["createdAt"]));
    assert_eq!(
        (&message["role"], &message["author"], &message["content"]),
        (&json!("agent"), &json!("ada@example.com"), &json!("Yes, **of course**."))
    );
    let read = visit.read(&app, Some(&visit.message)).await.ok();
    assert_eq!(read["status"], "handed_off");
    let seen = &read["messages"][0];
    assert_eq!((&seen["id"], &seen["role"]), (&message["id"], &json!("agent")));
    assert_eq!(seen["author"], "ada", "the name and not the address");
    // The chatbot is silent from then on.
    let body = json!({"message": "When?", "conversationId": visit.id});
    let silent = app.post("/api/v1/chat").bearer(&ada.public).json(&body).send().await.ok();
    let again = app.post("/api/v1/chat").bearer(&ada.public).json(&body).send().await.ok();
    assert_eq!(silent["response"], again["response"], "the handoff text");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_is_sent_again_is_stored_once() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let visit = visit(&app, &ada.public, "Hello?").await;
    let path = format!("{INBOX}/{}/messages", visit.id);
    let send = app.post(&path).bearer(&ada.session).header("idempotency-key", "once");
    let send = send.json(&json!({"content": "Hello!"}));
    let (first, second) = (send.again().send().await, send.send().await);
    assert_eq!((first.status, first.json()), (201, second.json()));
    let read = visit.read(&app, Some(&visit.message)).await.ok();
    assert_eq!(read["messages"].as_array().unwrap().len(), 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_dialect_tells_of_it_in_its_own_way() {
    let app = App::start().await;
    let (ada, receiver) = (app.tenant("ada").await, Receiver::start().await);
    let visit = visit(&app, &ada.public, "Hello?").await;
    app.drain().await;
    webhooks::create(&app, &ada, &receiver.url, &["message.created"]).await;
    for (api, event) in [(CONFERBOT, "response.updated"), (PLATFORM, "bot.message_received")] {
        let made = api.post(&app, &ada, &api.body(&ada, &receiver.url, &[event])).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }

    let sent = reply(&app, &ada, &visit.id, "Here I am").await.json()["message"].clone();
    app.drain().await;
    let mut told: Vec<_> = receiver.received().iter().map(|one| one.json()).collect();
    told.sort_by_key(|body| body["event"].to_string());
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0]["event"], "message.created");
    assert_eq!(
        told[0]["data"],
        json!({
            "conversation_id": visit.id, "message_id": sent["id"], "role": "assistant",
            "content": "Here I am", "confidence_score": null, "created_at": sent["createdAt"],
        })
    );
    assert_eq!(
        (&told[1]["event"], &told[1]["responseId"]),
        (&json!("response.updated"), &json!(visit.id))
    );

    let body = json!({"content": "At last"});
    let written = app.post(&visit.way_back()).header("x-conversation-token", &visit.token);
    assert_eq!(written.json(&body).send().await.status, 201);
    app.drain().await;
    let told: Vec<_> = receiver.received().iter().skip(2).map(|one| one.json()).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    let user = told.iter().find(|body| body["event"] == "message.created").unwrap();
    assert_eq!(
        (&user["data"]["role"], &user["data"]["content"]),
        (&json!("user"), &json!("At last"))
    );
    let received = told.iter().find(|body| body["type"] == "bot.message_received").unwrap();
    assert_eq!(received["data"]["message"]["content"], "At last");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_without_text_or_to_no_conversation_of_theirs_is_refused() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let own = visit(&app, &ada.public, "Hello?").await;
    let foreign = visit(&app, &bob.public, "Hello?").await;
    for id in [UNKNOWN, "1", &foreign.id] {
        refused(&reply(&app, &ada, id, "Hello!").await, 404, &["Conversation"]);
    }
    for content in ["", " \n", &"x".repeat(4_001)] {
        refused(&reply(&app, &ada, &own.id, content).await, 400, &["content"]);
    }
    let path = format!("{INBOX}/{}/messages", own.id);
    let body = json!({"content": "Hello!"});
    only_a_session(&app, &ada, Method::POST, &path, &body).await;
    let route = (Method::POST, path.as_str());
    a_cookie_writes_from_home_only(&app, &ada.session, route, &body, 201).await;
    app.finish().await;
}
