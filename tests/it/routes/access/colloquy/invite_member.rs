//! ours POST /api/v1/members/invitations

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::access::{
    a_cookie_writes_from_home_only, codes, invite, join, only_a_session, only_methods, refused,
};

const PATH: &str = "/api/v1/members/invitations";

#[tokio::test(flavor = "multi_thread")]
async fn the_code_goes_to_the_address_and_nowhere_else() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let body = json!({"email": "Grace@Example.com", "role": "editor"});
    let made = app.post(PATH).bearer(&ada.session).json(&body).send().await;
    assert_eq!((made.status, &made.json()["email"]), (201, &json!("grace@example.com")));
    app.drain().await;
    let letter = String::from_utf8(app.mails().pop().expect("a letter")).unwrap();
    assert!(letter.contains("grace@example.com") && letter.contains("as its editor"), "{letter}");
    let code = codes(&app).pop().expect("a code");
    assert!(!made.text.contains(&code), "whoever invites does not see it");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn inviting_again_is_one_invitation_with_the_later_role() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let first = invite(&app, &ada.session, "grace@example.com", "owner").await;
    let second = invite(&app, &ada.session, "grace@example.com", "viewer").await;
    assert_ne!(first, second);
    let listed = app.get("/api/v1/members").bearer(&ada.session).send().await.ok();
    assert_eq!(listed["invitations"].as_array().unwrap().len(), 1);
    // Whichever code is used, the role is what was said last.
    let body = json!({"code": first, "password": "correct horse"});
    let joined = app.post("/api/v1/auth/join").json(&body).send().await;
    assert_eq!(joined.json()["user"]["role"], "viewer", "{}", joined.text);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_sends_twenty_letters_a_day() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    for number in 0..20 {
        let body = json!({"email": format!("p{number}@example.com"), "role": "viewer"});
        let sent = app.post(PATH).bearer(&ada.session).json(&body).send().await;
        assert_eq!(sent.status, 201, "{}", sent.text);
    }
    let body = json!({"email": "one.more@example.com", "role": "viewer"});
    let last = app.post(PATH).bearer(&ada.session).json(&body).send().await;
    refused(&last, 429, &["20 times a day"]);
    assert_eq!(app.post(PATH).bearer(&eve.session).json(&body).send().await.status, 201);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_owner_invites_whom_the_workspace_lacks() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let body = json!({"email": "grace@example.com", "role": "viewer"});
    only_a_session(&app, &ada, Method::POST, PATH, &body).await;
    only_methods(&app, PATH, &[Method::POST], refused).await;
    a_cookie_writes_from_home_only(&app, &ada.session, (Method::POST, PATH), &body, 201).await;
    for (wrong, words) in [
        (json!({"role": "viewer"}), "email"),
        (json!({"email": "grace", "role": "viewer"}), "email"),
        (json!({"email": "grace@example.com"}), "role"),
        (json!({"email": "grace@example.com", "role": "admin"}), "role"),
    ] {
        let reply = app.post(PATH).bearer(&ada.session).json(&wrong).send().await;
        refused(&reply, 400, &[words]);
    }
    for role in ["editor", "agent", "viewer"] {
        let session = join(&app, &ada.session, &format!("{role}@example.com"), role).await;
        let reply = app.post(PATH).bearer(&session).json(&body).send().await;
        refused(&reply, 403, &["owner", role]);
    }
    let there = json!({"email": "editor@example.com", "role": "viewer"});
    let reply = app.post(PATH).bearer(&ada.session).json(&there).send().await;
    refused(&reply, 409, &["member already"]);
    app.finish().await;
}
