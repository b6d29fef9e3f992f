//! ours DELETE /api/v1/auth/sessions/{id}

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::access::{UNKNOWN, only_a_session, only_methods, refused};

const PATH: &str = "/api/v1/auth/sessions";

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_on_the_very_next_request_and_nobody_else_ends_it() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let login = json!({"email": "ada@example.com", "password": "correct horse"});
    let lost = app.post("/api/v1/auth/login").json(&login).send().await.session().unwrap();
    let listed = app.get(PATH).bearer(&lost).send().await.ok();
    let rows = listed["data"].as_array().unwrap();
    let id = rows.iter().find(|row| row["current"] == true).unwrap()["id"].as_str().unwrap();
    let path = format!("{PATH}/{id}");
    refused(&app.delete(&path).bearer(&eve.session).send().await, 404, &["ession not found"]);
    let ended = app.delete(&path).bearer(&ada.session).send().await;
    assert_eq!((ended.status, ended.text.as_str()), (204, ""));
    refused(&app.get("/api/v1/auth/session").bearer(&lost).send().await, 401, &[]);
    app.get("/api/v1/auth/session").bearer(&ada.session).send().await.ok();
    refused(&app.delete(&path).bearer(&ada.session).send().await, 404, &["ession not found"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_member_does_that() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let path = format!("{PATH}/{UNKNOWN}");
    only_a_session(&app, &tenant, Method::DELETE, &path, &json!({})).await;
    only_methods(&app, &path, &[Method::DELETE], refused).await;
    let unknown = app.delete(&path).bearer(&tenant.session).send().await;
    refused(&unknown, 404, &["ession not found"]);
    refused(&app.delete(&format!("{PATH}/x")).bearer(&tenant.session).send().await, 404, &[]);
    app.finish().await;
}
