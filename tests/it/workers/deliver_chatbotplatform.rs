//! ours POST /v1/webhooks

use std::time::{SystemTime, UNIX_EPOCH};

use domain::Timestamp;
use serde_json::{Value, json};
use testkit::{Answer, App, Received, Receiver, eventually};

use crate::util::{
    access::key_for,
    botplot::{is_id, is_time, text},
    same_for_all_dialects::webhook_api::PLATFORM,
};

/// Its body, once it is signed with `secret` as the specification has it.
#[track_caller]
fn verified(received: &Received, secret: &str) -> Value {
    let (id, time) = (received.header("webhook-id"), received.header("webhook-timestamp"));
    assert!(is_id(&json!(id)), "{id}");
    let seconds: u64 = time.parse().expect("seconds");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    assert!(now.abs_diff(seconds) < 60, "{time}");
    let at = Timestamp::from_millis(i64::try_from(seconds * 1000).expect("a time"));
    let secrets = [secret.to_owned()];
    // Held against the specification's own vector where it is computed.
    let expected = dialects::chatbotplatform::events::headers(id, at, &received.body, &secrets);
    assert_eq!(received.header("webhook-signature"), expected[2].1);
    let body = received.json();
    assert_eq!(body.to_string(), received.body, "it survives being printed again");
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_visitor_says_to_any_bot_is_told_also_to_one_made_later() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let receiver = Receiver::start().await;
    let (_, secret) = PLATFORM.create(&app, &ada, &receiver.url, &[PLATFORM.event]).await;
    let new = json!({"name": "Later"});
    let later = app.post("/api/v1/chatbots").bearer(&ada.session).json(&new).send().await.ok();
    let later = text(&later["chatbot"]["id"]).to_owned();
    let public = key_for(&app, &ada.session, "public", &later).await;
    app.ask(&eve.public, "Not ours").await;
    for (bot, key) in [(&ada.chatbot, &ada.public), (&later, &public)] {
        let before = receiver.received().len();
        let asked = app.ask(key, "Quote \" and 😀?").await;
        app.drain().await;
        let received = receiver.received();
        assert_eq!(received.len(), before + 1);
        let body = verified(&received[before], &secret);
        let message = &body["data"]["message"];
        assert!(is_time(&body["timestamp"]) && is_id(&message["id"]), "{body}");
        let expected = json!({
            "type": "bot.message_received", "timestamp": message["created_at"],
            "data": {
                "bot_id": bot, "conversation_id": asked["conversationId"],
                "message": {
                    "id": message["id"], "conversation_id": asked["conversationId"],
                    "role": "user", "content": "Quote \" and 😀?",
                    "created_at": message["created_at"],
                },
            },
        });
        assert_eq!(body, expected);
    }
    // It is the workspace's: a bot that goes leaves it.
    let gone = format!("/api/v1/chatbots/{later}");
    app.delete(&gone).bearer(&ada.session).send().await.ok();
    app.drain().await;
    app.ask(&ada.public, "Still there?").await;
    app.drain().await;
    assert_eq!(receiver.received().len(), 3);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_has_the_same_id_and_body_and_a_signature_of_its_own_time() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let receiver = Receiver::answering(|n| Answer::Status(if n == 0 { 500 } else { 200 })).await;
    let (_, secret) = PLATFORM.create(&app, &ada, &receiver.url, &[PLATFORM.event]).await;
    app.ask(&ada.public, "Hello?").await;
    eventually("the retry", async || (receiver.received().len() == 2).then_some(())).await;
    app.drain().await;
    let received = receiver.received();
    assert_eq!(received.len(), 2);
    assert_eq!(verified(&received[0], &secret), verified(&received[1], &secret));
    assert_eq!(received[0].body, received[1].body);
    let header = |at: usize, name: &str| received[at].header(name).to_owned();
    assert_eq!(header(0, "webhook-id"), header(1, "webhook-id"));
    assert_ne!(header(0, "webhook-timestamp"), header(1, "webhook-timestamp"));
    assert_ne!(header(0, "webhook-signature"), header(1, "webhook-signature"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_says_gone_is_switched_off() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let gone = Receiver::answering(|_| Answer::Status(410)).await;
    PLATFORM.create(&app, &ada, &gone.url, &[PLATFORM.event]).await;
    app.ask(&ada.public, "Hello?").await;
    app.drain().await;
    assert_eq!(PLATFORM.list(&app, &ada).await[0]["status"], "disabled");
    app.finish().await;
}
