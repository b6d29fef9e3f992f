//! ours POST /api/v1/auth/password-reset

use local::TestClock;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;
use testkit::App;

use crate::util::access::{codes, only_methods, refused};

const PATH: &str = "/api/v1/auth/password-reset";

#[tokio::test(flavor = "multi_thread")]
async fn the_member_alone_is_sent_a_code_and_not_more_often_than_needed() {
    let clock = TestClock::new(1);
    let app = App::with(|options| options.clock = Some(clock.clone())).await;
    app.tenant("ada").await;
    let request = async |email: &str| {
        let sent = app.post(PATH).json(&json!({ "email": email })).send().await;
        assert_eq!((sent.status, sent.text.as_str()), (204, ""), "the same for everybody");
        app.drain().await;
    };
    request("ada@example.com").await;
    request("ADA@example.com").await;
    request("eve@example.com").await;
    assert_eq!(codes(&app).len(), 1);
    clock.advance(Duration::from_secs(300));
    request("ada@example.com").await;
    let sent = codes(&app);
    assert_eq!(sent.len(), 2);
    assert_ne!(sent[0], sent[1]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_needed() {
    let app = App::start().await;
    for body in [json!({}), json!({"email": "ada"}), json!({"email": ""})] {
        refused(&app.post(PATH).json(&body).send().await, 400, &["email"]);
    }
    only_methods(&app, PATH, &[Method::POST], refused).await;
    app.finish().await;
}
