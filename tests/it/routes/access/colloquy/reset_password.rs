//! ours POST /api/v1/auth/password-reset/complete

use local::TestClock;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{App, Reply};

use crate::util::access::{codes, only_methods, refused};

const PATH: &str = "/api/v1/auth/password-reset/complete";

async fn request(app: &App) -> String {
    let body = json!({"email": "ada@example.com"});
    app.post("/api/v1/auth/password-reset").json(&body).send().await;
    app.drain().await;
    codes(app).pop().expect("a code")
}

async fn sign_in(app: &App, password: &str) -> Reply {
    let body = json!({"email": "ada@example.com", "password": password});
    app.post("/api/v1/auth/login").json(&body).send().await
}

async fn complete(app: &App, body: Value) -> Reply {
    app.post(PATH).json(&body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_the_mail_sets_a_password_once_and_every_session_ends() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let code = request(&app).await;
    let body = json!({"code": code, "password": "another horse"});
    assert_eq!(complete(&app, body.clone()).await.status, 204);
    let session = app.get("/api/v1/auth/session").bearer(&tenant.session).send().await;
    refused(&session, 401, &[]);
    refused(&sign_in(&app, "correct horse").await, 401, &[]);
    sign_in(&app, "another horse").await.ok();
    refused(&complete(&app, body).await, 400, &["code", "not valid"]);
    // Keys are not passwords: they stay.
    app.ask(&tenant.public, "Hello?").await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_ends_after_an_hour_and_is_good_for_nothing_else() {
    let clock = TestClock::new(1);
    let app = App::with(|options| options.clock = Some(clock.clone())).await;
    app.tenant("ada").await;
    let code = request(&app).await;
    let confirm = app.post("/api/v1/auth/confirmation/complete").json(&json!({ "code": code }));
    refused(&confirm.send().await, 400, &["code"]);
    clock.advance(Duration::from_secs(3_601));
    let late = json!({"code": code, "password": "another horse"});
    refused(&complete(&app, late).await, 400, &["code"]);
    sign_in(&app, "correct horse").await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_fields_are_needed_and_have_bounds() {
    let app = App::start().await;
    for (body, field) in [
        (json!({"password": "another horse"}), "code"),
        (json!({"code": "x"}), "password"),
        (json!({"code": "x", "password": "short"}), "password"),
        (json!({"code": "", "password": "another horse"}), "code"),
        (json!({"code": "x".repeat(5_000), "password": "another horse"}), "code"),
    ] {
        refused(&complete(&app, body).await, 400, &[field]);
    }
    only_methods(&app, PATH, &[Method::POST], refused).await;
    app.finish().await;
}
