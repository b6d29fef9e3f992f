//! What the time decides is decided by the platform's clock: a test that sets it waits for nothing.

use std::time::Duration;

use local::{Code, TestClock};
use serde_json::json;
use testkit::App;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Has the ticker do what is due.
async fn tick(app: &App) {
    let Some(Code::Worker(work)) = app.platform.function("ticker") else { panic!("the function") };
    work(json!({})).await.expect("a tick");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_two_weeks() {
    let clock = TestClock::new(1);
    let app = App::with(|options| options.clock = Some(clock.clone())).await;
    let tenant = app.tenant("ada").await;
    let status =
        async || app.get("/api/v1/auth/session").cookie(&tenant.session).send().await.status;
    clock.advance(13 * DAY);
    assert_eq!(status().await, 200);
    clock.advance(DAY);
    assert_eq!(status().await, 401);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_ends_after_half_an_hour_without_a_message() {
    let clock = TestClock::new(1);
    let app = App::with(|options| options.clock = Some(clock.clone())).await;
    let tenant = app.tenant("ada").await;
    app.ask(&tenant.public, "Who is there?").await;
    let active = async || {
        let path = "/api/v1/conversations?status=active";
        let listed = app.get(path).bearer(&tenant.secret).send().await.ok();
        listed["conversations"].as_array().map(Vec::len)
    };
    clock.advance(Duration::from_secs(29 * 60));
    tick(&app).await;
    assert_eq!(active().await, Some(1));
    clock.advance(Duration::from_secs(2 * 60));
    tick(&app).await;
    assert_eq!(active().await, Some(0));
    app.finish().await;
}
