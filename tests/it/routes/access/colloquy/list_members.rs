//! ours GET /api/v1/members

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::access::{invite, is_time, join, only_a_session, only_methods, refused};

const PATH: &str = "/api/v1/members";

#[tokio::test(flavor = "multi_thread")]
async fn every_member_sees_who_is_there_and_who_was_invited() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let viewer = join(&app, &ada.session, "grace@example.com", "viewer").await;
    invite(&app, &ada.session, "joan@example.com", "agent").await;
    let seen = app.get(PATH).bearer(&ada.session).send().await.ok();
    let people: Vec<_> = seen["data"].as_array().unwrap().iter().collect();
    assert_eq!(people.len(), 2, "{seen}");
    assert_eq!(
        (&people[0]["email"], &people[0]["role"]),
        (&json!("ada@example.com"), &json!("owner"))
    );
    assert_eq!(people[1]["email"], "grace@example.com");
    assert_eq!(people[1]["role"], "viewer");
    assert!(is_time(&people[1]["joinedAt"]));
    let invited = &seen["invitations"];
    assert_eq!(invited.as_array().unwrap().len(), 1);
    assert_eq!(
        (&invited[0]["email"], &invited[0]["role"]),
        (&json!("joan@example.com"), &json!("agent"))
    );
    assert!(is_time(&invited[0]["invitedAt"]) && is_time(&invited[0]["expiresAt"]));
    assert_eq!(app.get(PATH).bearer(&viewer).send().await.ok(), seen);
    let other = app.get(PATH).bearer(&eve.session).send().await.ok();
    assert_eq!(other["data"].as_array().unwrap().len(), 1, "another workspace has its own");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_session_opens_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    only_a_session(&app, &ada, Method::GET, PATH, &json!({})).await;
    only_methods(&app, PATH, &[Method::GET], refused).await;
    app.finish().await;
}
