//! openbat GET /api/v1/chatbots/{id}

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    access::*,
    chatbots::{OPENBAT, make_in_conferbot},
};

#[tokio::test(flavor = "multi_thread")]
async fn has_the_shape_of_an_item_of_the_list() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{OPENBAT}/{}", ada.chatbot);
    let onboarded = json!({"settings": {"onboarded": true}});
    app.patch(&path).bearer(&ada.session).json(&onboarded).send().await.ok();
    let seen = app.get(&path).bearer(&ada.session).send().await;
    let created = seen.json()["created_at"].clone();
    assert!(is_time(&created));
    let expected = json!({
        "id": ada.chatbot,
        "name": "ada's bot",
        "api_key_prefix": format!("{}...", &ada.openbat[..14]),
        "settings": {"onboarded": true},
        "created_at": created,
    });
    seen.is(200, &expected);
    app.get(OPENBAT).bearer(&ada.session).send().await.is(200, &json!([expected]));
    // By cookie too; a read needs no Origin.
    app.get(&path).cookie(&ada.session).send().await.is(200, &expected);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_conferbot_made_is_here_under_the_same_id() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let id = make_in_conferbot(&app, &ada.conferbot, json!({"name": "Lead Gen Bot"})).await;
    let seen = app.get(&format!("{OPENBAT}/{id}")).bearer(&ada.session).send().await.ok();
    assert_eq!((&seen["id"], &seen["name"]), (&json!(id), &json!("Lead Gen Bot")));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_is_told_apart_from_none() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let send =
        async |id: String| app.get(&format!("{OPENBAT}/{id}")).bearer(&ada.session).send().await;
    nobody_elses(&eve.chatbot, send, refused).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_methods_are_allowed() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{OPENBAT}/{}", ada.chatbot);
    only_methods(&app, &path, &[Method::GET, Method::PATCH, Method::DELETE], refused).await;
    app.finish().await;
}
