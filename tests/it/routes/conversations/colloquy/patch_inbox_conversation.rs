//! ours PATCH /api/v1/inbox/conversations/{id}

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Receiver};

use crate::util::{
    access::{UNKNOWN, only_a_session, refused},
    inbox::{INBOX, ids, inbox, visit},
    webhooks,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_taken_over_given_back_and_closed() {
    let app = App::start().await;
    let (ada, receiver) = (app.tenant("ada").await, Receiver::start().await);
    let pair = json!({"question": "Do you have parking?", "answer": "Yes."});
    app.post("/api/v1/knowledge/qa").bearer(&ada.secret).json(&pair).send().await.ok();
    let visit = visit(&app, &ada.public, "Do you have parking?").await;
    app.drain().await;
    webhooks::create(&app, &ada, &receiver.url, &["conversation.ended", "handoff.requested"]).await;
    let path = format!("{INBOX}/{}", visit.id);
    let patch = async |body: Value| {
        app.patch(&path).bearer(&ada.session).json(&body).send().await.ok()["conversation"].clone()
    };
    let ask = async || {
        let body = json!({"message": "Do you have parking?", "conversationId": visit.id});
        let answer = app.post("/api/v1/chat").bearer(&ada.public).json(&body).send().await.ok();
        answer["response"].as_str().unwrap().to_owned()
    };
    for (status, answers) in
        [("handed_off", false), ("active", true), ("handed_off", false), ("active", true)]
    {
        assert_eq!(patch(json!({"status": status})).await["status"], status);
        assert_eq!(ids(&inbox(&app, &ada, &format!("status={status}")).await), [&visit.id]);
        assert_eq!(ask().await == "Yes.", answers, "{status}");
    }
    let assigned = patch(json!({"assignee": "Ada@Example.com"})).await;
    assert_eq!(
        (&assigned["assignee"], &assigned["status"]),
        (&json!("ada@example.com"), &json!("active"))
    );
    let closed = patch(json!({"status": "closed", "assignee": null})).await;
    assert_eq!((&closed["status"], &closed["assignee"]), (&json!("closed"), &Value::Null));
    assert_eq!(patch(json!({"status": "closed"})).await["status"], "closed", "once more");
    app.drain().await;
    let told = receiver.received();
    assert_eq!(told.len(), 1, "a handoff that no visitor requested is no event");
    assert_eq!(told[0].json()["event"], "conversation.ended");
    // The visitor continues, and it is the chatbot's again.
    assert_eq!(ask().await, "Yes.");
    assert_eq!(ids(&inbox(&app, &ada, "status=active").await), [&visit.id]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_status_member_or_conversation_of_theirs_is_refused() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let visit_of_ada = visit(&app, &ada.public, "Hello?").await;
    let path = format!("{INBOX}/{}", visit_of_ada.id);
    for (body, word) in [
        (json!({"status": "open"}), "status"),
        (json!({}), "status"),
        (json!({"status": null}), "status"),
        (json!({"assignee": "bob@example.com"}), "assignee"),
        (json!({"assignee": "no address"}), "assignee"),
        (json!({"assignee": 7}), "assignee"),
    ] {
        let reply = app.patch(&path).bearer(&ada.session).json(&body).send().await;
        refused(&reply, 400, &[word]);
    }
    let foreign = visit(&app, &bob.public, "Hello?").await;
    for id in [UNKNOWN, "1", &foreign.id] {
        let path = format!("{INBOX}/{id}");
        let body = json!({"status": "closed"});
        let reply = app.patch(&path).bearer(&ada.session).json(&body).send().await;
        refused(&reply, 404, &["Conversation"]);
    }
    only_a_session(&app, &ada, Method::PATCH, &path, &json!({"status": "closed"})).await;
    app.finish().await;
}
