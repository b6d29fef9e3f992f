//! ours GET /api/v1/inbox/conversations/{id}

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    access::{UNKNOWN, only_a_session, refused},
    inbox::{INBOX, reply, visit},
};

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_was_said_is_there_in_order_with_who_said_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let pair = json!({"question": "Do you have parking?", "answer": "Yes, for free."});
    app.post("/api/v1/knowledge/qa").bearer(&ada.secret).json(&pair).send().await.ok();
    let visit = visit(&app, &ada.public, "Do you have parking?").await;
    reply(&app, &ada, &visit.id, "And for bicycles, too.").await;
    let body = json!({"content": "Thank you!"});
    let sent = app.post(&visit.way_back()).header("x-conversation-token", &visit.token);
    assert_eq!(sent.json(&body).send().await.status, 201);

    let path = format!("{INBOX}/{}", visit.id);
    let shown = app.get(&path).bearer(&ada.session).send().await.ok();
    let messages = shown["messages"].as_array().unwrap();
    let seen: Vec<_> = messages
        .iter()
        .map(|m| (m["role"].as_str().unwrap(), m["content"].as_str().unwrap(), &m["author"]))
        .collect();
    assert_eq!(
        seen,
        [
            ("user", "Do you have parking?", &json!(null)),
            ("assistant", "Yes, for free.", &json!(null)),
            ("agent", "And for bicycles, too.", &json!("ada@example.com")),
            ("user", "Thank you!", &json!(null)),
        ]
    );
    assert_eq!(messages[1]["id"], visit.message);
    assert_eq!(messages[1]["confidence"], 1.0);
    let source = json!([{"title": "Do you have parking?", "url": null}]);
    assert_eq!(messages[1]["sources"], source);
    assert_eq!((&messages[2]["sources"], &messages[2]["confidence"]), (&json!([]), &json!(null)));
    assert_eq!(shown["conversation"]["status"], "handed_off");
    assert_eq!(shown["conversation"]["messageCount"], 4);

    // The references' own routes show the same, a member's words as the chatbot's.
    let botplot = format!("/api/v1/conversations/{}", visit.id);
    let botplot = app.get(&botplot).bearer(&ada.secret).send().await.ok();
    let platform = format!("/v1/conversations/{}/messages", visit.id);
    let platform = app.get(&platform).bearer(&ada.chatbotplatform).send().await.ok();
    let conferbot = format!("/api/v1/external/v1/chatbots/{}/responses/{}", ada.chatbot, visit.id);
    let conferbot = app.get(&conferbot).api_key(&ada.conferbot).send().await.ok();
    let roles = ["user", "assistant", "assistant", "user"];
    for (n, role) in roles.into_iter().enumerate() {
        let text = &messages[n]["content"];
        let (one, two) = (&botplot["conversation"]["messages"][n], &platform["data"][n]);
        assert_eq!((&one["role"], &one["content"]), (&json!(role), text));
        assert_eq!((&two["role"], &two["content"]), (&json!(role), text));
        let record = &conferbot["data"]["record"][n];
        let sender = if role == "user" { "user" } else { "bot" };
        assert_eq!((&record["type"], &record["message"]), (&json!(sender), text));
    }
    assert_eq!(platform["meta"]["total"], 4);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenants_is_as_unknown_as_none() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let foreign = visit(&app, &bob.public, "Hello there").await;
    for id in [UNKNOWN, "1", &foreign.id] {
        let reply = app.get(&format!("{INBOX}/{id}")).bearer(&ada.session).send().await;
        refused(&reply, 404, &["Conversation"]);
    }
    let path = format!("{INBOX}/{}", foreign.id);
    only_a_session(&app, &ada, Method::GET, &path, &json!({})).await;
    app.finish().await;
}
