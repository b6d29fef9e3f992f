//! ours GET /api/v1/auth/session

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::access::{only_a_session, only_methods, refused};

const PATH: &str = "/api/v1/auth/session";

#[tokio::test(flavor = "multi_thread")]
async fn says_who_is_signed_in_and_where() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let seen = app.get(PATH).bearer(&ada.session).send().await;
    let user = seen.json()["user"]["id"].clone();
    assert_eq!(user.as_str().unwrap().len(), 36);
    let expected = json!({
        "user": {"id": user, "email": "ada@example.com", "role": "owner"},
        "workspace": {"id": ada.workspace, "name": "ada", "plan": "enterprise"},
    });
    seen.is(200, &expected);
    // By cookie too; a read needs no Origin, and a foreign one does no harm.
    app.get(PATH).cookie(&ada.session).send().await.is(200, &expected);
    let among_others = format!("a=1; session={}; b=2", ada.session);
    app.get(PATH).header("cookie", &among_others).send().await.is(200, &expected);
    let foreign = app.get(PATH).cookie(&ada.session).header("origin", "https://example.com");
    foreign.send().await.is(200, &expected);
    app.finish().await;
}

/// A page of a sibling domain can set a cookie named `session`, and none that begins with `__Host-`.
#[tokio::test(flavor = "multi_thread")]
async fn over_https_a_browser_s_cookie_is_of_this_host_alone() {
    let app = App::start().await;
    app.tenant("ada").await;
    let https = ("x-forwarded-proto", "https");
    let body = json!({"email": "ada@example.com", "password": "correct horse"});
    let log_in = app.post("/api/v1/auth/login").header(https.0, https.1).json(&body);
    let signed = log_in.send().await;
    let cookie = signed.header("set-cookie");
    let (name, rest) = cookie.split_once('=').expect("a cookie");
    assert_eq!(name, "__Host-session");
    assert!(rest.contains("; Path=/;") && rest.contains("Secure") && !rest.contains("Domain"));
    let token = rest.split(';').next().expect("a token").to_owned();
    let browser = |cookie: String| {
        let request = app.get(PATH).header(https.0, https.1).header("cookie", &cookie);
        request.header("sec-fetch-site", "same-origin").send()
    };
    browser(format!("__Host-session={token}")).await.ok();
    refused(&browser(format!("session={token}")).await, 401, &[]);
    // A program sends either.
    let program = app.get(PATH).header(https.0, https.1).cookie(&token);
    program.send().await.ok();
    let out = app.post("/api/v1/auth/logout").header(https.0, https.1).bearer(&token);
    assert!(out.send().await.header("set-cookie").starts_with("__Host-session=; "));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_member_sees_themselves() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    for (name, tenant) in [("ada", &ada), ("eve", &eve)] {
        let seen = app.get(PATH).bearer(&tenant.session).send().await.ok();
        assert_eq!(seen["user"]["email"], format!("{name}@example.com"));
        assert_eq!(seen["workspace"]["id"], tenant.workspace);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_session_opens_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    only_a_session(&app, &ada, Method::GET, PATH, &json!({})).await;
    let long = "x".repeat(4000);
    refused(&app.get(PATH).bearer(&long).send().await, 401, &[]);
    only_methods(&app, PATH, &[Method::GET], refused).await;
    app.finish().await;
}
