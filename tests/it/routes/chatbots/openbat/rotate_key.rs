//! openbat POST /api/v1/chatbots/{id}/rotate-key

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use testkit::{App, Reply};

use crate::util::{
    access::*,
    chatbots::{OPENBAT, make_in_conferbot},
};

const KNOWLEDGE: &str = "/api/v1/knowledge";

async fn rotate(app: &App, session: &str, id: &str) -> Reply {
    app.post(&format!("{OPENBAT}/{id}/rotate-key")).bearer(session).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_key_is_401_at_once_and_the_new_one_works() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{OPENBAT}/{}", ada.chatbot);
    let settings = json!({"settings": {"onboarded": true}});
    let mut chatbot = app.patch(&path).bearer(&ada.session).json(&settings).send().await.ok();
    let mut old = ada.openbat.clone();
    for _ in 0..2 {
        app.get(KNOWLEDGE).bearer(&old).send().await.ok();
        let rotated = rotate(&app, &ada.session, &ada.chatbot).await;
        let key = rotated.json()["apiKey"].as_str().unwrap().to_owned();
        assert!(is_key(&key, "ob_live_", 32) && key != old, "{key}");
        chatbot["api_key_prefix"] = json!(format!("{}...", &key[..14]));
        rotated.is(200, &json!({"ok": true, "chatbot": chatbot, "apiKey": key}));

        assert_eq!(app.get(KNOWLEDGE).bearer(&old).send().await.status, 401);
        app.get(KNOWLEDGE).bearer(&key).send().await.ok();
        app.get(&path).bearer(&ada.session).send().await.is(200, &chatbot);
        let listed = app.get(OPENBAT).bearer(&ada.session).send().await;
        listed.is(200, &json!([chatbot]));
        assert!(!listed.text.contains(&key));
        old = key;
    }
    // The chatbot's other keys are not touched.
    app.get(KNOWLEDGE).bearer(&ada.secret).send().await.ok();
    app.ask(&ada.public, "Hello").await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_rotations_at_once_one_key_is_left() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let rotations = (0..4).map(|_| rotate(&app, &ada.session, &ada.chatbot));
    let mut working = 0;
    for rotated in join_all(rotations).await {
        let key = rotated.ok()["apiKey"].as_str().unwrap().to_owned();
        let status = app.get(KNOWLEDGE).bearer(&key).send().await.status;
        assert!(status == 200 || status == 401);
        working += u32::from(status == 200);
    }
    assert_eq!(working, 1);
    assert_eq!(app.get(KNOWLEDGE).bearer(&ada.openbat).send().await.status, 401);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_conferbot_made_gets_a_key_that_way() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let id = make_in_conferbot(&app, &ada.conferbot, json!({"name": "Lead Gen Bot"})).await;
    let rotated = rotate(&app, &ada.session, &id).await.ok();
    let key = rotated["apiKey"].as_str().unwrap();
    app.get(KNOWLEDGE).bearer(key).send().await.is(200, &json!({"sources": []}));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_key_can_be_rotated() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let send = async |id: String| rotate(&app, &ada.session, &id).await;
    nobody_elses(&eve.chatbot, send, refused).await;
    app.get(KNOWLEDGE).bearer(&eve.openbat).send().await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_opens_it_from_home_only() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{OPENBAT}/{}/rotate-key", ada.chatbot);
    only_methods(&app, &path, &[Method::POST], refused).await;
    app.get(KNOWLEDGE).bearer(&ada.openbat).send().await.ok();
    let route = (Method::POST, path.as_str());
    a_cookie_writes_from_home_only(&app, &ada.session, route, &json!({}), 200).await;
    app.finish().await;
}
