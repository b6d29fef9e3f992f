//! ours POST /api/v1/auth/password

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply};

use crate::util::access::{only_a_session, only_methods, refused};

const PATH: &str = "/api/v1/auth/password";
const SESSION: &str = "/api/v1/auth/session";

fn ada(password: &str) -> Value {
    json!({"email": "ada@example.com", "password": password, "organization": "Ada's"})
}

async fn sign_in(app: &App, password: &str) -> Reply {
    app.post("/api/v1/auth/login").json(&ada(password)).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_new_password_counts_at_once_and_all_other_sessions_end() {
    let app = App::start().await;
    let first = app.post("/api/v1/auth/signup").json(&ada("correct horse")).send().await;
    let (own, stolen) = (first.session().unwrap(), sign_in(&app, "correct horse").await);
    let stolen = stolen.session().unwrap();
    let body = json!({"currentPassword": "correct horse", "newPassword": "another horse"});
    let changed = app.post(PATH).bearer(&own).json(&body).send().await;
    assert_eq!((changed.status, changed.text.as_str()), (204, ""));
    refused(&app.get(SESSION).bearer(&stolen).send().await, 401, &[]);
    app.get(SESSION).bearer(&own).send().await.ok();
    refused(&sign_in(&app, "correct horse").await, 401, &["rong email or password"]);
    sign_in(&app, "another horse").await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_current_password_has_to_be_right_and_both_have_bounds() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let change =
        async |body: Value| app.post(PATH).bearer(&tenant.session).json(&body).send().await;
    let wrong = json!({"currentPassword": "wrong horse", "newPassword": "another horse"});
    refused(&change(wrong).await, 403, &["current password is wrong"]);
    for (body, field) in [
        (json!({"newPassword": "another horse"}), "currentPassword"),
        (json!({"currentPassword": "correct horse"}), "newPassword"),
        (json!({"currentPassword": "correct horse", "newPassword": "short"}), "newPassword"),
        (
            json!({"currentPassword": "correct horse", "newPassword": "x".repeat(129)}),
            "newPassword",
        ),
    ] {
        refused(&change(body).await, 400, &[field]);
    }
    app.get(SESSION).bearer(&tenant.session).send().await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_can_not_be_guessed_for_long() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let wrong = json!({"currentPassword": "wrong horse", "newPassword": "another horse"});
    for _ in 0..10 {
        let tried = app.post(PATH).bearer(&tenant.session).json(&wrong).send().await;
        assert_eq!(tried.status, 403);
    }
    let stopped = app.post(PATH).bearer(&tenant.session).json(&wrong).send().await;
    refused(&stopped, 429, &["oo many tries"]);
    assert!(stopped.header("retry-after").parse::<u32>().unwrap() <= 900);
    // Signing in is the same guess.
    let login = json!({"email": "ada@example.com", "password": "correct horse"});
    refused(&app.post("/api/v1/auth/login").json(&login).send().await, 429, &[]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_member_does_that() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let body = json!({"currentPassword": "wrong horse", "newPassword": "another horse"});
    only_a_session(&app, &tenant, Method::POST, PATH, &body).await;
    only_methods(&app, PATH, &[Method::POST], refused).await;
    app.finish().await;
}
