//! ours POST /api/v1/widget/conversations/{id}/messages

use serde_json::json;
use testkit::App;

use crate::util::{
    access::{is_time, refused},
    inbox::visit,
};

const TOKEN: &str = "x-conversation-token";

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_writes_to_the_person_who_has_the_conversation() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let visit = visit(&app, &ada.public, "Hello?").await;
    let send = |content: &str| {
        let request = app.post(&visit.way_back()).header(TOKEN, &visit.token);
        request.json(&json!({"content": content})).send()
    };
    refused(&send("Is anybody there?").await, 409, &["chatbot"]);
    visit.hand_off(&app, &ada.public).await;
    let sent = send(" Is anybody there? ").await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    let message = &sent.json()["message"];
    assert!(is_time(&message["createdAt"]));
    assert_eq!(
        (&message["role"], &message["content"], &message["author"]),
        (&json!("user"), &json!("Is anybody there?"), &json!(null))
    );
    let read = visit.read(&app, Some(&visit.message)).await.ok();
    assert_eq!(read["messages"][0], *message);
    for content in ["", " ", &"x".repeat(4_001)] {
        refused(&send(content).await, 400, &["content"]);
    }
    let request = app.post(&visit.way_back()).bearer(&ada.public);
    refused(&request.json(&json!({"content": "Hi"})).send().await, 401, &["conversation-token"]);
    app.finish().await;
}
