//! botplot POST /api/v1/projects/{projectId}/webhooks/{webhookId}/test

use axum::{Router, http::StatusCode, response::Redirect, routing::post};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, App, Receiver, Site, Tenant};

use crate::util::{
    botplot::{Route, UNKNOWN_SEGMENTS, all_unknown, is_id, is_time, keys, text},
    webhooks::{create, foreign_projects, hooks, verify},
};

async fn test(app: &App, tenant: &Tenant, key: &str, id: &str) -> Value {
    let path = format!("{}/{id}/test", hooks(tenant));
    let tested = app.post(&path).bearer(key).send().await.ok();
    assert_eq!(keys(&tested), ["delivery"]);
    let delivery = &tested["delivery"];
    assert_eq!(keys(delivery), ["deliveryId", "responseBody", "statusCode", "success"]);
    assert!(is_id(&delivery["deliveryId"]) && delivery["responseBody"].is_string(), "{delivery}");
    delivery.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_sends_one_signed_ping_and_says_what_came_of_it() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::answering(|n| Answer::Status(if n < 2 { 200 } else { 500 })).await;
    // Whatever it is subscribed to.
    let (id, secret) = create(&app, &tenant, &receiver.url, &["lead.captured"]).await;
    let keys_and_statuses = [(&tenant.secret, 200), (&tenant.openbat, 200), (&tenant.secret, 500)];
    for (n, (key, status)) in keys_and_statuses.into_iter().enumerate() {
        let delivery = test(&app, &tenant, key, &id).await;
        let expected = json!({
            "deliveryId": delivery["deliveryId"], "statusCode": status, "responseBody": "taken",
            "success": status == 200,
        });
        assert_eq!(delivery, expected);
        let received = receiver.received();
        assert_eq!(received.len(), n + 1);
        verify(&received[n], &secret);
        assert_eq!(received[n].header("x-botplot-delivery"), text(&delivery["deliveryId"]));
        assert_eq!(received[n].header("x-botplot-event"), "ping");
        let body = received[n].json();
        assert_eq!(keys(&body), ["data", "event", "project_id", "timestamp"]);
        assert_eq!((&body["event"], &body["project_id"]), (&json!("ping"), &json!(tenant.chatbot)));
        assert!(is_time(&body["timestamp"]) && body["data"].is_object(), "{body}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_2xx_is_success_and_no_redirect_is_followed() {
    let routes = Router::new()
        .route("/accepted", post(|| async { StatusCode::ACCEPTED }))
        .route("/moved", post(|| async { Redirect::temporary("/accepted") }))
        .route("/gone", post(|| async { StatusCode::GONE }))
        .route("/long", post(|| async { "x".repeat(100_000) }));
    let site = Site::with(&[], routes).await;
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    for (path, status, success) in [
        ("/accepted", 202, true),
        ("/moved", 307, false),
        ("/gone", 410, false),
        ("/nowhere", 404, false),
        ("/long", 200, true),
    ] {
        let url = format!("{}{path}", site.url);
        let (id, _) = create(&app, &tenant, &url, &["message.created"]).await;
        let delivery = test(&app, &tenant, &tenant.secret, &id).await;
        let got = (&delivery["statusCode"], &delivery["success"]);
        assert_eq!(got, (&json!(status), &json!(success)), "{path}");
        assert!(text(&delivery["responseBody"]).len() <= 1_024, "the first 1 KiB is kept");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_nobody_listens_at_is_a_failure_and_not_an_error() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    drop(listener);
    let (id, _) = create(&app, &tenant, &url, &["message.created"]).await;
    let delivery = test(&app, &tenant, &tenant.secret, &id).await;
    assert_eq!((&delivery["statusCode"], &delivery["success"]), (&Value::Null, &json!(false)));
    assert!(!text(&delivery["responseBody"]).is_empty(), "it says what went wrong");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_projects_own_are_tested() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let receiver = Receiver::start().await;
    let (own, _) = create(&app, &ada, &receiver.url, &["message.created"]).await;
    let (foreign, _) = create(&app, &bob, &receiver.url, &["message.created"]).await;
    let mut replies = Vec::new();
    for id in UNKNOWN_SEGMENTS.into_iter().chain([foreign.as_str()]) {
        let path = format!("{}/{id}/test", hooks(&ada));
        replies.push(app.post(&path).bearer(&ada.secret).send().await);
    }
    all_unknown(&replies);
    let mut replies = Vec::new();
    for project in foreign_projects(&app, &ada, &bob).await {
        for id in [&own, &foreign] {
            let path = format!("/api/v1/projects/{project}/webhooks/{id}/test");
            replies.push(app.post(&path).bearer(&ada.secret).send().await);
        }
    }
    all_unknown(&replies);
    let route = Route::new(&app, Method::POST, format!("{}/{own}/test", hooks(&ada)));
    route.allows_only(&ada.secret, &[Method::POST]).await;
    assert_eq!(receiver.received().len(), 0);
    app.finish().await;
}
