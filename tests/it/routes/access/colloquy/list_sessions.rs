//! ours GET /api/v1/auth/sessions

use local::TestClock;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;
use testkit::App;

use crate::util::access::{is_time, only_a_session, only_methods, refused};

const PATH: &str = "/api/v1/auth/sessions";

#[tokio::test(flavor = "multi_thread")]
async fn a_member_sees_their_own_sessions_until_they_end() {
    let clock = TestClock::new(1);
    let app = App::with(|options| options.clock = Some(clock.clone())).await;
    let tenant = app.tenant("ada").await;
    app.tenant("eve").await;
    clock.advance(Duration::from_secs(24 * 60 * 60));
    let login = json!({"email": "ada@example.com", "password": "correct horse"});
    let second = app.post("/api/v1/auth/login").json(&login).send().await.session().unwrap();
    let listed = app.get(PATH).bearer(&second).send().await.ok();
    let rows = listed["data"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    let current: Vec<_> = rows.iter().map(|row| row["current"] == true).collect();
    assert_eq!(current, [true, false], "newest first");
    assert!(rows.iter().all(|row| is_time(&row["createdAt"]) && is_time(&row["expiresAt"])));
    assert!(!listed.to_string().contains(&second), "the token is in no answer");
    clock.advance(Duration::from_secs(13 * 24 * 60 * 60));
    refused(&app.get(PATH).bearer(&tenant.session).send().await, 401, &[]);
    let listed = app.get(PATH).bearer(&second).send().await.ok();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_member_sees_them() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    only_a_session(&app, &tenant, Method::GET, PATH, &json!({})).await;
    only_methods(&app, PATH, &[Method::GET], refused).await;
    app.finish().await;
}
