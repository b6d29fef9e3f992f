//! ours POST /api/v1/auth/logout

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::access::{a_cookie_writes_from_home_only, only_methods, refused};

const PATH: &str = "/api/v1/auth/logout";
const SESSION: &str = "/api/v1/auth/session";

async fn sessions(app: &App) -> (String, String) {
    let ada =
        json!({"email": "ada@example.com", "password": "correct horse", "organization": "Ada's"});
    let first = app.post("/api/v1/auth/signup").json(&ada).send().await;
    let second = app.post("/api/v1/auth/login").json(&ada).send().await;
    (first.session().unwrap(), second.session().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_is_dead_on_the_very_next_request() {
    let app = App::start().await;
    let (session, other) = sessions(&app).await;
    let out = app.post(PATH).bearer(&session).send().await;
    assert_eq!((out.status, out.text.as_str()), (204, ""));
    assert!(!out.header("x-request-id").is_empty());
    refused(&app.get(SESSION).bearer(&session).send().await, 401, &[]);
    refused(&app.get(SESSION).cookie(&session).send().await, 401, &[]);
    refused(&app.get("/api/v1/chatbots").bearer(&session).send().await, 401, &[]);
    // It is the only one that ended.
    app.get(SESSION).bearer(&other).send().await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_taken_away() {
    let app = App::start().await;
    let (session, _) = sessions(&app).await;
    let home = &app.platform.base_url;
    let out = app.post(PATH).cookie(&session).header("origin", home).send().await;
    assert_eq!(out.status, 204);
    let attributes: Vec<&str> = out.header("set-cookie").split("; ").collect();
    for attribute in ["session=", "Max-Age=0", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"] {
        assert!(attributes.contains(&attribute), "{attribute} in {attributes:?}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_can_not_sign_anybody_out() {
    let app = App::start().await;
    let (session, _) = sessions(&app).await;
    let foreign = app.post(PATH).cookie(&session).header("origin", "https://example.com");
    refused(&foreign.send().await, 403, &["Origin"]);
    app.get(SESSION).bearer(&session).send().await.ok();
    let route = (Method::POST, PATH);
    a_cookie_writes_from_home_only(&app, &session, route, &json!({}), 204).await;
    refused(&app.get(SESSION).bearer(&session).send().await, 401, &[]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_signed_out_already_stays_so() {
    let app = App::start().await;
    let (session, _) = sessions(&app).await;
    for _ in 0..2 {
        assert_eq!(app.post(PATH).bearer(&session).send().await.status, 204);
    }
    assert_eq!(app.post(PATH).send().await.status, 204);
    assert_eq!(app.post(PATH).bearer("nobody").send().await.status, 204);
    only_methods(&app, PATH, &[Method::POST], refused).await;
    app.finish().await;
}
