//! ours POST /api/v1/auth/link

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::access::{bodies_are_looked_at, only_methods, refused};

const PATH: &str = "/api/v1/auth/link";

#[tokio::test(flavor = "multi_thread")]
async fn a_link_signs_its_member_in_once() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let token = app.platform.app.sign_in_link("ada@example.com").await.unwrap();
    let other = app.platform.app.sign_in_link("ada@example.com").await.unwrap();
    assert_ne!(token, other);
    let body = json!({ "token": token });
    let both = tokio::join!(app.post(PATH).json(&body).send(), app.post(PATH).json(&body).send());
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401], "one of two at once");
    let signed = if both.0.status == 200 { both.0 } else { both.1 };
    assert_eq!(signed.json()["workspace"]["id"], ada.workspace);
    let session = signed.session().unwrap();
    app.get("/api/v1/auth/session").bearer(&session).send().await.is(200, &signed.json());
    refused(&app.post(PATH).json(&body).send().await, 401, &["used"]);
    app.post(PATH).json(&json!({ "token": other })).send().await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn anything_else_is_refused() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    for token in ["", "x", &"x".repeat(43), &"x".repeat(5_000), &ada.session] {
        refused(&app.post(PATH).json(&json!({ "token": token })).send().await, 401, &[]);
    }
    refused(&app.post(PATH).json(&json!({})).send().await, 400, &["token"]);
    bodies_are_looked_at(async |body| app.post(PATH).body(body).send().await, refused).await;
    only_methods(&app, PATH, &[Method::POST], refused).await;
    let stranger = app.platform.app.sign_in_link("stranger@example.com").await.unwrap();
    refused(&app.post(PATH).json(&json!({ "token": stranger })).send().await, 401, &["used"]);
    app.finish().await;
}
