//! ours GET /api/v1/inbox/conversations

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    access::{is_time, only_a_session, only_methods, refused},
    inbox::{INBOX, ids, inbox, reply, visit},
};

#[tokio::test(flavor = "multi_thread")]
async fn conversations_of_all_chatbots_come_newest_first_and_page_by_page() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let body = json!({"name": "Second"});
    let second = app.post("/api/v1/chatbots").bearer(&ada.session).json(&body).send().await.ok();
    let second = second["chatbot"]["id"].as_str().unwrap().to_owned();
    let body = json!({"dialect": "botplot", "kind": "public", "chatbotId": second});
    let key = app.post("/api/v1/api-keys").bearer(&ada.session).json(&body).send().await.json();
    visit(&app, &bob.public, "Not hers").await;
    let mut begun = Vec::new();
    for n in 0..7 {
        let key = if n % 3 == 0 { key["key"].as_str().unwrap() } else { &ada.public };
        begun.push(visit(&app, key, &format!("Question {n}")).await.id);
    }
    begun.reverse();
    assert_eq!(ids(&inbox(&app, &ada, "").await), begun);
    for status in ["", "status=active&"] {
        let (mut seen, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = inbox(&app, &ada, &format!("{status}limit=2{cursor}")).await;
            assert!(ids(&page).len() <= 2);
            seen.extend(ids(&page).into_iter().map(str::to_owned));
            pages += 1;
            assert!(pages < 10, "the list ends");
            match page["cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, begun, "{status}");
    }
    let own = inbox(&app, &ada, &format!("chatbot={second}")).await;
    assert_eq!(ids(&own).len(), 3);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_filtered_by_status_channel_and_text() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let refund = visit(&app, &ada.public, "I want a REFUND please").await;
    let hours = visit(&app, &ada.public, "When do you open?").await;
    refund.hand_off(&app, &ada.public).await;
    for (query, found) in [
        ("status=handed_off", vec![&refund.id]),
        ("status=active", vec![&hours.id]),
        ("status=closed", vec![]),
        ("text=refund", vec![&refund.id]),
        ("text=refund&status=active", vec![]),
        ("text=visitor-1", vec![&hours.id, &refund.id]),
        ("channel=web", vec![&hours.id, &refund.id]),
        ("channel=telegram", vec![]),
        ("text=", vec![&hours.id, &refund.id]),
    ] {
        assert_eq!(ids(&inbox(&app, &ada, query).await), found, "{query}");
    }
    let row = inbox(&app, &ada, "status=handed_off").await["conversations"][0].clone();
    assert!([&row["createdAt"], &row["updatedAt"], &row["handoffAt"]].into_iter().all(is_time));
    let expected = json!({
        "id": refund.id, "chatbotId": ada.chatbot, "channel": "web", "status": "handed_off",
        "assignee": null, "visitorId": "visitor-1", "customerEmail": null,
        "handoffRequested": true, "handoffAt": row["handoffAt"], "handoffReason": "A refund",
        "firstMessage": "I want a REFUND please", "messageCount": 2, "overallRating": null,
        "createdAt": row["createdAt"], "updatedAt": row["updatedAt"],
    });
    assert_eq!(row, expected);
    reply(&app, &ada, &refund.id, "Sure").await;
    let row = inbox(&app, &ada, "status=handed_off").await["conversations"][0].clone();
    assert_eq!((&row["assignee"], &row["messageCount"]), (&json!("ada@example.com"), &json!(3)));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_out_of_bounds_is_named_and_only_a_session_opens_it() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let long = "x".repeat(101);
    for (query, word) in [
        ("status=open", "status"),
        ("channel=fax", "channel"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=1", "cursor"),
        (&*format!("text={long}"), "text"),
    ] {
        let reply = app.get(&format!("{INBOX}?{query}")).bearer(&ada.session).send().await;
        refused(&reply, 400, &[word]);
    }
    let foreign = format!("{INBOX}?chatbot={}", bob.chatbot);
    refused(&app.get(&foreign).bearer(&ada.session).send().await, 404, &["Chatbot"]);
    only_a_session(&app, &ada, Method::GET, INBOX, &json!({})).await;
    only_methods(&app, INBOX, &[Method::GET], refused).await;
    app.finish().await;
}
