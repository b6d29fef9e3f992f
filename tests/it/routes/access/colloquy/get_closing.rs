//! ours GET /api/v1/auth/closures/{id}

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    access::{UNKNOWN, is_time, only_methods, refused},
    table::tick,
};

const PATH: &str = "/api/v1/auth/closures";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_id_sees_how_far_it_has_come_and_nothing_of_what_was() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{PATH}/{}", ada.workspace);
    refused(&app.get(&path).send().await, 404, &["not found"]);
    let body = json!({"password": "correct horse"});
    let closed = app.delete("/api/v1/account").bearer(&ada.session).json(&body).send().await;
    assert_eq!(app.get(&path).send().await.ok(), closed.json());
    tick(&app).await;
    app.drain().await;
    let receipt = app.get(&path).send().await.ok();
    assert_eq!(receipt["erasure"]["status"], "complete");
    assert!(is_time(&receipt["erasure"]["completedAt"]));
    assert!(!receipt.to_string().contains("ada"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_of_anything_else_is_none() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let asked = app.ask(&ada.public, "Hello?").await;
    let conversation = asked["conversationId"].as_str().unwrap();
    app.delete(&format!("/api/v1/conversations/{conversation}")).bearer(&ada.secret).send().await;
    app.drain().await;
    for id in [conversation, UNKNOWN, "x", &ada.chatbot] {
        refused(&app.get(&format!("{PATH}/{id}")).send().await, 404, &["not found"]);
    }
    only_methods(&app, &format!("{PATH}/{UNKNOWN}"), &[Method::GET], refused).await;
    app.finish().await;
}
