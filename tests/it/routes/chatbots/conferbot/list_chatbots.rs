//! conferbot GET /api/v1/external/v1/chatbots

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    access::*,
    chatbots::{CONFERBOT, conferbot_refused, make, make_in_conferbot},
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_the_workspaces_chatbots_newest_first() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let body = json!({"name": "Customer Support Bot", "description": "Handles inquiries"});
    let made = app.post(CONFERBOT).api_key(&ada.conferbot).json(&body).send().await.json();
    let listed = app.get(CONFERBOT).api_key(&ada.conferbot).send().await;
    let body = listed.json();
    let created = &body["data"][1]["createdAt"];
    assert!(is_time(created));
    listed.is(
        200,
        &json!({"data": [
            {
                "id": made["data"]["id"], "name": "Customer Support Bot", "status": "active",
                "responseCount": 0, "createdAt": made["data"]["createdAt"],
            },
            {
                "id": ada.chatbot, "name": "ada's bot", "status": "active",
                "responseCount": 0, "createdAt": created,
            },
        ]}),
    );
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_without_chatbots_has_an_empty_list() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{CONFERBOT}/{}", ada.chatbot);
    app.delete(&path).api_key(&ada.conferbot).send().await.ok();
    let listed = app.get(CONFERBOT).api_key(&ada.conferbot).send().await;
    listed.is(200, &json!({"data": []}));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn those_made_and_changed_through_openbat_are_here_and_nobody_elses() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let (id, _) = make(&app, &ada.session, "Through OpenBat").await;
    let path = format!("/api/v1/chatbots/{}", ada.chatbot);
    let renamed = json!({"name": "Renamed"});
    app.patch(&path).bearer(&ada.session).json(&renamed).send().await.ok();
    let listed = app.get(CONFERBOT).api_key(&ada.conferbot).send().await.ok();
    let rows: Vec<_> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["id"].as_str().unwrap(), row["name"].as_str().unwrap()))
        .collect();
    assert_eq!(rows, [(id.as_str(), "Through OpenBat"), (ada.chatbot.as_str(), "Renamed")]);
    let listed = app.get(CONFERBOT).api_key(&eve.conferbot).send().await.ok();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn response_counts_are_exact_for_each_chatbot() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let quiet = make_in_conferbot(&app, &ada.conferbot, json!({"name": "Quiet"})).await;
    let busy = make_in_conferbot(&app, &ada.conferbot, json!({"name": "Busy"})).await;
    let public = key_for(&app, &ada.session, "public", &busy).await;
    for _ in 0..3 {
        app.ask(&public, "Hello").await;
    }
    app.ask(&ada.public, "Hello").await;
    app.drain().await;
    let listed = app.get(CONFERBOT).api_key(&ada.conferbot).send().await.ok();
    let counts: Vec<_> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["id"].as_str().unwrap(), row["responseCount"].as_u64().unwrap()))
        .collect();
    let (busy, quiet, first) = (busy.as_str(), quiet.as_str(), ada.chatbot.as_str());
    assert_eq!(counts, [(busy, 3), (quiet, 0), (first, 1)]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_methods_are_allowed() {
    let app = App::start().await;
    only_methods(&app, CONFERBOT, &[Method::GET, Method::POST], conferbot_refused).await;
    app.finish().await;
}
