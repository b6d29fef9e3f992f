//! ours POST /api/v1/auth/confirmation/complete

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::access::{codes, only_methods, refused};

const PATH: &str = "/api/v1/auth/confirmation/complete";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_the_mail_has_shown_whose_address_it_is() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    app.post("/api/v1/auth/confirmation").bearer(&tenant.session).send().await;
    app.drain().await;
    let body = json!({"code": codes(&app).pop().expect("a code")});
    assert_eq!(app.post(PATH).json(&body).send().await.status, 204);
    refused(&app.post(PATH).json(&body).send().await, 400, &["code", "not valid"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_needed() {
    let app = App::start().await;
    for body in [json!({}), json!({"code": ""}), json!({"code": "x"})] {
        refused(&app.post(PATH).json(&body).send().await, 400, &["code"]);
    }
    only_methods(&app, PATH, &[Method::POST], refused).await;
    app.finish().await;
}
