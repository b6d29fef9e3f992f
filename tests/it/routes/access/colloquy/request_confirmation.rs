//! ours POST /api/v1/auth/confirmation

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::access::{codes, only_a_session, only_methods, refused};

const PATH: &str = "/api/v1/auth/confirmation";

#[tokio::test(flavor = "multi_thread")]
async fn the_member_is_sent_a_code() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    for _ in 0..3 {
        let sent = app.post(PATH).bearer(&tenant.session).send().await;
        assert_eq!((sent.status, sent.text.as_str()), (204, ""));
    }
    app.drain().await;
    assert_eq!(codes(&app).len(), 1, "one in five minutes");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_member_does_that() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    only_a_session(&app, &tenant, Method::POST, PATH, &json!({})).await;
    only_methods(&app, PATH, &[Method::POST], refused).await;
    app.finish().await;
}
