//! What tests of chatbots share.

use serde_json::{Value, json};
use testkit::{App, Reply, Tenant};

use crate::util::access::{Refused, key_for};

/// Where conferbot has its chatbots.
pub const CONFERBOT: &str = "/api/v1/external/v1/chatbots";
/// Where openbat has its chatbots.
pub const OPENBAT: &str = "/api/v1/chatbots";

/// An error in conferbot's shape: the status' title, and what was wrong.
#[track_caller]
pub fn conferbot_refused(reply: &Reply, status: u16, words: &[&str]) {
    assert_eq!(reply.status, status, "{}", reply.text);
    let body = reply.json();
    let message = body["message"].as_str().expect("a message");
    let title = match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Payload Too Large",
        _ => panic!("{status} has no title here"),
    };
    assert_eq!(body, json!({"error": title, "message": message}));
    assert!(words.iter().all(|word| message.contains(word)), "{words:?} in {message:?}");
    assert!(!reply.header("x-request-id").is_empty());
}

/// A name has 1 to 100 characters, whatever the bytes. `send` sends one.
pub async fn names_have_bounds(send: impl AsyncFn(Value) -> Reply, refused: Refused) {
    for empty in ["", " ", "\t\n"] {
        refused(&send(json!(empty)).await, 400, &["name"]);
    }
    for long in ["x".repeat(101), "é".repeat(101), "x".repeat(5_000)] {
        refused(&send(json!(long)).await, 400, &["name", "100"]);
    }
    for wrong in [json!(5), json!(true), json!(["x"]), json!({"x": 1})] {
        refused(&send(wrong).await, 400, &["name"]);
    }
    for fits in ["x".to_owned(), "x".repeat(100), "é".repeat(100), "🤖".repeat(100)] {
        let reply = send(json!(fits)).await;
        assert!((200..=201).contains(&reply.status), "{}", reply.text);
        assert!(reply.text.contains(&fits));
    }
}

/// Makes a chatbot through openbat; its id and its key.
pub async fn make(app: &App, session: &str, name: &str) -> (String, String) {
    let made = app.post(OPENBAT).bearer(session).json(&json!({ "name": name })).send().await.ok();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    (text(&made["chatbot"]["id"]), text(&made["apiKey"]))
}

/// Makes a chatbot through conferbot; its id.
pub async fn make_in_conferbot(app: &App, key: &str, body: Value) -> String {
    let made = app.post(CONFERBOT).api_key(key).json(&body).send().await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["data"]["id"].as_str().expect("an id").to_owned()
}

/// Teaches a chatbot an answer.
pub async fn teach(app: &App, secret: &str, question: &str, answer: &str) {
    let pair = json!({"question": question, "answer": answer});
    app.post("/api/v1/knowledge/qa").bearer(secret).json(&pair).send().await.ok();
}

/// Makes a chatbot of `tenant`'s something that has everything a chatbot can have, chats with it,
/// deletes it by `delete`, and looks whether everything is gone. Another one stays as it is.
pub async fn a_deleted_chatbot_is_gone(delete: impl AsyncFn(&App, &Tenant, &str) -> Reply) {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let (id, openbat) = make(&app, &ada.session, "Doomed").await;
    let public = key_for(&app, &ada.session, "public", &id).await;
    let secret = key_for(&app, &ada.session, "secret", &id).await;
    teach(&app, &secret, "Do you have parking?", "Yes.").await;
    let asked = app.ask(&public, "Do you have parking?").await;

    assert_eq!(delete(&app, &ada, &id).await.status, 200);

    // Its keys die at once.
    let hello = json!({"message": "Hello"});
    let chat = app.post("/api/v1/chat").bearer(&public).json(&hello).send().await;
    assert_eq!(chat.status, 401, "{}", chat.text);
    for key in [&secret, &openbat] {
        let sources = app.get("/api/v1/knowledge").bearer(key).send().await;
        assert_eq!(sources.status, 401, "{}", sources.text);
    }
    let keys = app.get("/api/v1/api-keys").bearer(&ada.session).send().await;
    assert!(keys.status == 200 && !keys.text.contains(&id), "{}", keys.text);

    // No caller sees it, and it is deleted once.
    let seen = app.get(OPENBAT).bearer(&ada.session).send().await;
    assert!(seen.status == 200 && !seen.text.contains(&id), "{}", seen.text);
    let seen = app.get(CONFERBOT).api_key(&ada.conferbot).send().await;
    assert!(seen.status == 200 && !seen.text.contains(&id), "{}", seen.text);
    let one = app.get(&format!("{OPENBAT}/{id}")).bearer(&ada.session).send().await;
    assert_eq!(one.status, 404);
    assert_eq!(delete(&app, &ada, &id).await.status, 404);

    // What hung on it goes too.
    app.drain().await;
    let use_cases = &app.platform.app;
    let bot = id.parse().unwrap();
    assert!(use_cases.sources(bot).await.unwrap().is_empty());
    let (conversations, total) = use_cases.conversations(bot, None, 0, 20).await.unwrap();
    assert_eq!((conversations.len(), total), (0, 0));
    let conversation = asked["conversationId"].as_str().unwrap().parse().unwrap();
    assert!(use_cases.store.turns(conversation).await.unwrap().is_empty());

    // The workspace's other chatbot, its keys and the workspace's keys go on.
    app.ask(&ada.public, "Hello").await;
    app.get("/api/v1/knowledge").bearer(&ada.openbat).send().await.ok();
    app.get(&format!("{CONFERBOT}/{}", ada.chatbot)).api_key(&ada.conferbot).send().await.ok();
    app.finish().await;
}
