//! ours GET /api/v1/inbox/changes

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    access::{is_time, only_a_session, refused},
    inbox::{ids, reply, visit},
};

const CHANGES: &str = "/api/v1/inbox/changes";

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_is_told_once_and_nothing_costs_one_read_unit() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let poll =
        async |since: &str| app.get(&format!("{CHANGES}{since}")).bearer(&ada.session).send().await;
    let begun = poll("").await.ok();
    assert_eq!((ids(&begun).len(), &begun["reset"]), (0, &json!(false)));
    assert!(is_time(&begun["cursor"]));
    let since = format!("?since={}", begun["cursor"].as_str().unwrap());
    let quiet = poll(&since).await;
    assert_eq!(ids(&quiet.ok()).len(), 0);
    let (read, write, _) = quiet.units();
    assert!(read <= 1.0 && write == 0.0, "{read} read units, {write} write units");

    let visit_of_ada = visit(&app, &ada.public, "Hello?").await;
    visit(&app, &bob.public, "Not hers").await;
    app.drain().await;
    let changed = poll(&since).await.ok();
    assert_eq!(ids(&changed), [&visit_of_ada.id]);
    // Later than the overlap nothing is told again, until something else happens.
    let later = |cursor: &serde_json::Value| {
        let at = domain::Timestamp::parse(cursor.as_str().unwrap()).unwrap();
        format!("?since={}", at.plus(Duration::from_secs(11)))
    };
    let since = later(&changed["cursor"]);
    assert_eq!(ids(&poll(&since).await.ok()).len(), 0);
    // A turn between a visitor and the chatbot is nothing that a person waits for.
    let body = json!({"message": "Hello again", "conversationId": visit_of_ada.id});
    app.post("/api/v1/chat").bearer(&ada.public).json(&body).send().await.ok();
    app.drain().await;
    assert_eq!(
        app.platform
            .app
            .store
            .feed(ada.workspace.parse().unwrap(), domain::Timestamp::from_millis(0), 9)
            .await
            .unwrap()
            .0
            .len(),
        1
    );
    for change in ["reply", "handed over", "closed"] {
        match change {
            "reply" => drop(reply(&app, &ada, &visit_of_ada.id, "Hello!").await),
            "handed over" => {
                let body = json!({"content": "Are you there?"});
                let sent = app.post(&visit_of_ada.way_back());
                let sent = sent.header("x-conversation-token", &visit_of_ada.token).json(&body);
                assert_eq!(sent.send().await.status, 201);
            }
            _ => {
                let path = format!("/api/v1/inbox/conversations/{}", visit_of_ada.id);
                let body = json!({"status": "closed"});
                app.patch(&path).bearer(&ada.session).json(&body).send().await.ok();
            }
        }
        app.drain().await;
        let changed = poll(&format!("?since={}", begun["cursor"].as_str().unwrap())).await.ok();
        assert_eq!(ids(&changed), [&visit_of_ada.id], "{change}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_old_a_cursor_says_to_begin_again_and_a_wrong_one_is_refused() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let old = format!("{CHANGES}?since=2020-01-01T00:00:00.000Z");
    let reply = app.get(&old).bearer(&ada.session).send().await.ok();
    assert_eq!((&reply["reset"], ids(&reply).len()), (&json!(true), 0));
    let wrong = format!("{CHANGES}?since=yesterday");
    refused(&app.get(&wrong).bearer(&ada.session).send().await, 400, &["since"]);
    only_a_session(&app, &ada, Method::GET, CHANGES, &json!({})).await;
    app.finish().await;
}
