//! ours POST /api/v1/auth/join

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::access::{invite, only_methods, refused};

const PATH: &str = "/api/v1/auth/join";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_the_mail_is_a_member_with_the_role_of_the_invitation() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let code = invite(&app, &ada.session, "grace@example.com", "agent").await;
    let body = json!({"code": code, "password": "battery staple"});
    let joined = app.post(PATH).json(&body).send().await;
    let user = joined.json()["user"].clone();
    assert_eq!(
        (joined.status, &user["email"], &user["role"]),
        (201, &json!("grace@example.com"), &json!("agent"))
    );
    assert_eq!(joined.json()["workspace"]["id"], ada.workspace);
    let session = joined.session().expect("signed in");
    assert_eq!(app.get("/api/v1/auth/session").bearer(&session).send().await.ok()["user"], user);
    refused(&app.post(PATH).json(&body).send().await, 400, &["code", "not valid"]);
    let login = json!({"email": "grace@example.com", "password": "battery staple"});
    app.post("/api/v1/auth/login").json(&login).send().await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_a_member_of_one_workspace() {
    let app = App::start().await;
    let (ada, _) = (app.tenant("ada").await, app.tenant("eve").await);
    let code = invite(&app, &ada.session, "eve@example.com", "viewer").await;
    let body = json!({"code": code, "password": "battery staple"});
    refused(&app.post(PATH).json(&body).send().await, 409, &["account with this email"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_for_something_else_and_a_weak_password_are_refused() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let code = invite(&app, &ada.session, "grace@example.com", "viewer").await;
    for code in [json!(null), json!(""), json!("x")] {
        let body = json!({"code": code, "password": "battery staple"});
        refused(&app.post(PATH).json(&body).send().await, 400, &["code"]);
    }
    let short = json!({"code": code, "password": "short"});
    refused(&app.post(PATH).json(&short).send().await, 400, &["password"]);
    // An invitation's code confirms no address and sets no password.
    for path in ["/api/v1/auth/confirmation/complete", "/api/v1/auth/password-reset/complete"] {
        let body = json!({"code": code, "password": "battery staple"});
        refused(&app.post(path).json(&body).send().await, 400, &["code"]);
    }
    only_methods(&app, PATH, &[Method::POST], refused).await;
    app.finish().await;
}
