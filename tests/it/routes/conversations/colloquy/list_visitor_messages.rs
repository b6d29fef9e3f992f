//! ours GET /api/v1/widget/conversations/{id}/messages

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    access::{UNKNOWN, is_time, keys_of, only_methods, refused},
    inbox::{reply, visit},
};

const TOKEN: &str = "x-conversation-token";

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_reads_their_own_conversation_by_its_token() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let visit = visit(&app, &ada.public, "Hello?").await;
    let all = visit.read(&app, None).await;
    assert_eq!(all.header("access-control-allow-origin"), "*");
    let all = all.ok();
    assert_eq!(all["status"], "active");
    let messages = all["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 2);
    assert!(messages.iter().all(|message| is_time(&message["createdAt"])));
    let answer = json!({
        "id": visit.message, "role": "assistant", "author": null, "content": messages[1]["content"],
        "sources": [], "offers": [], "rating": null, "createdAt": messages[1]["createdAt"],
    });
    assert_eq!(messages[1], answer);
    let none = visit.read(&app, Some(&visit.message)).await;
    assert_eq!(none.ok()["messages"], json!([]));
    let first = reply(&app, &ada, &visit.id, "One").await.json()["message"]["id"].clone();
    reply(&app, &ada, &visit.id, "Two").await;
    let after = visit.read(&app, Some(first.as_str().unwrap())).await.ok();
    assert_eq!(after["messages"].as_array().unwrap().len(), 1);
    assert_eq!(after["messages"][0]["content"], "Two");
    assert_eq!(visit.read(&app, None).await.ok()["messages"].as_array().unwrap().len(), 4);
    let path = format!("{}?after=1", visit.way_back());
    refused(&app.get(&path).header(TOKEN, &visit.token).send().await, 404, &["Message"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_token_opens_a_conversation() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let (one, other) =
        (visit(&app, &ada.public, "One").await, visit(&app, &ada.public, "Two").await);
    let path = one.way_back();
    let mut refusals = vec![
        app.get(&path).send().await,
        app.get(&path).header(TOKEN, &other.token).send().await,
        app.get(&path).header(TOKEN, &one.token[1..]).send().await,
        app.get(&path).header(TOKEN, "").send().await,
    ];
    for key in keys_of(&ada) {
        refusals.push(app.get(&path).bearer(key).send().await);
        refusals.push(app.get(&path).header(TOKEN, key).send().await);
    }
    refusals.push(app.get(&path).bearer(&ada.session).send().await);
    for reply in &refusals {
        refused(reply, 401, &["conversation-token"]);
    }
    let unknown = format!("/api/v1/widget/conversations/{UNKNOWN}/messages");
    refused(&app.get(&unknown).header(TOKEN, &one.token).send().await, 401, &[]);
    let deleted = format!("/api/v1/conversations/{}", one.id);
    app.delete(&deleted).bearer(&ada.secret).send().await.ok();
    refused(&one.read(&app, None).await, 404, &["Conversation"]);
    app.drain().await;
    only_methods(&app, &other.way_back(), &[Method::GET, Method::POST], refused).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_comes_with_the_answer_that_opens_and_to_who_shows_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let visit = visit(&app, &ada.public, "Hello?").await;
    assert!(!visit.token.is_empty());
    let body = json!({"message": "Again", "conversationId": visit.id});
    for path in ["/api/v1/chat", "/api/v1/chat/stream"] {
        let ask = || app.post(path).bearer(&ada.public).json(&body);
        assert_eq!(ask().send().await.header(TOKEN), "", "an id alone opens nothing");
        assert_eq!(ask().header(TOKEN, "forged").send().await.header(TOKEN), "");
        assert_eq!(ask().header(TOKEN, &visit.token).send().await.header(TOKEN), visit.token);
    }
    let body = json!({"message": "Streamed"});
    let streamed = app.post("/api/v1/chat/stream").bearer(&ada.public).json(&body).send().await;
    let exposed = streamed.header("access-control-expose-headers").to_owned();
    assert!(exposed.contains(TOKEN), "{exposed}");
    let token = streamed.header(TOKEN).to_owned();
    let (_, id) = streamed.text.split_once("\"conversationId\":\"").expect("the last event");
    let path = format!("/api/v1/widget/conversations/{}/messages", &id[..36]);
    app.get(&path).header(TOKEN, &token).send().await.ok();
    let body = json!({"question": "Asked of a site?"});
    let asked = app.post("/api/v1/chat").bearer(&ada.helpbot).json(&body).send().await;
    let id = asked.ok()["conversationId"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/widget/conversations/{id}/messages");
    app.get(&path).header(TOKEN, asked.header(TOKEN)).send().await.ok();
    app.finish().await;
}
