//! ours PATCH /api/v1/members/{id}

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::access::{
    UNKNOWN, id_of, join, nobody_elses, only_a_session, only_methods, refused,
};

const PATH: &str = "/api/v1/members";

#[tokio::test(flavor = "multi_thread")]
async fn a_role_holds_from_the_very_next_request_of_a_running_session() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let grace = join(&app, &ada.session, "grace@example.com", "viewer").await;
    let path = format!("{PATH}/{}", id_of(&app, &grace).await);
    let write = || app.post("/api/v1/chatbots").bearer(&grace).json(&json!({"name": "Grace's"}));
    refused(&write().send().await, 403, &["editor", "viewer"]);
    let set = async |role: &str| {
        app.patch(&path).bearer(&ada.session).json(&json!({"role": role})).send().await
    };
    let raised = set("editor").await;
    assert_eq!((raised.status, &raised.json()["role"]), (200, &json!("editor")));
    write().send().await.ok();
    set("agent").await.ok();
    refused(&write().send().await, 403, &["agent"]);
    let session = app.get("/api/v1/auth/session").bearer(&grace).send().await.ok();
    assert_eq!(session["user"]["role"], "agent");
    // And of those that begin later.
    let login = json!({"email": "grace@example.com", "password": "correct horse"});
    let again = app.post("/api/v1/auth/login").json(&login).send().await;
    assert_eq!(again.json()["user"]["role"], "agent");
    let by_eve = async |id: String| {
        let path = format!("{PATH}/{id}");
        app.patch(&path).bearer(&eve.session).json(&json!({"role": "owner"})).send().await
    };
    nobody_elses(&id_of(&app, &grace).await, by_eve, refused).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_owner_stays_one_however_many_ask_at_once() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let own = format!("{PATH}/{}", id_of(&app, &ada.session).await);
    let step_down =
        |path: &str| app.patch(path).bearer(&ada.session).json(&json!({"role": "viewer"}));
    refused(&step_down(&own).send().await, 409, &["needs an owner"]);
    let grace = join(&app, &ada.session, "grace@example.com", "owner").await;
    let hers = format!("{PATH}/{}", id_of(&app, &grace).await);
    let (one, other) = tokio::join!(step_down(&own).send(), step_down(&hers).send());
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200, "{} {}", one.text, other.text);
    let listed = app.get(PATH).bearer(&ada.session).send().await.ok();
    let owners = listed["data"].as_array().unwrap().iter().filter(|of| of["role"] == "owner");
    assert_eq!(owners.count(), 1, "{listed}");
    app.finish().await;
}

/// What the owner of a workspace is told is told to the one who is left.
#[tokio::test(flavor = "multi_thread")]
async fn mail_goes_to_the_owner_who_stays() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let grace = join(&app, &ada.session, "grace@example.com", "owner").await;
    let own = format!("{PATH}/{}", id_of(&app, &ada.session).await);
    app.patch(&own).bearer(&grace).json(&json!({"role": "viewer"})).send().await.ok();
    let asked = json!({"question": "Is anybody there?"});
    let answer = app.post("/api/v1/chat").bearer(&ada.helpbot).json(&asked).send().await.ok();
    let body = json!({"conversationId": answer["conversationId"]});
    app.post("/api/v1/handoff").bearer(&ada.helpbot).json(&body).send().await.ok();
    app.drain().await;
    let letters: Vec<_> =
        app.mails().into_iter().map(|mail| String::from_utf8(mail).unwrap()).collect();
    let told =
        letters.iter().filter(|letter| letter.contains("asks for a person")).collect::<Vec<_>>();
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("To: <grace@example.com>"), "{}", told[0]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_owner_does_that() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{PATH}/{UNKNOWN}");
    only_a_session(&app, &ada, Method::PATCH, &path, &json!({"role": "viewer"})).await;
    only_methods(&app, &path, &[Method::PATCH, Method::DELETE], refused).await;
    let grace = join(&app, &ada.session, "grace@example.com", "editor").await;
    let own = format!("{PATH}/{}", id_of(&app, &grace).await);
    let raise = app.patch(&own).bearer(&grace).json(&json!({"role": "owner"}));
    refused(&raise.send().await, 403, &["owner"]);
    for wrong in [json!({}), json!({"role": "root"}), json!({"role": 1})] {
        refused(&app.patch(&own).bearer(&ada.session).json(&wrong).send().await, 400, &["role"]);
    }
    app.finish().await;
}
