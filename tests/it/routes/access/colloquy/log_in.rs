//! ours POST /api/v1/auth/login

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply};

use crate::util::access::{bodies_are_looked_at, only_methods, refused};

const PATH: &str = "/api/v1/auth/login";

async fn log_in(app: &App, body: &Value) -> Reply {
    app.post(PATH).json(body).send().await
}

async fn ada(app: &App) -> Reply {
    let body =
        json!({"email": "Ada@example.com", "password": "correct horse", "organization": "Ada's"});
    app.post("/api/v1/auth/signup").json(&body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_200_with_user_workspace_and_a_session_of_its_own() {
    let app = App::start().await;
    let signed = ada(&app).await;
    assert_eq!(signed.json()["user"]["email"], "ada@example.com");
    // The address in any case; unknown fields do not matter.
    let body = json!({"email": "ADA@EXAMPLE.com", "password": "correct horse", "remember": true});
    let logged = log_in(&app, &body).await;
    logged.is(200, &signed.json());
    for attribute in ["; HttpOnly", "; Secure", "; SameSite=Lax"] {
        assert!(logged.header("set-cookie").contains(attribute), "{attribute}");
    }
    let (first, second) = (signed.session().unwrap(), logged.session().unwrap());
    assert_ne!(first, second);
    for session in [first, second] {
        app.get("/api/v1/auth/session").bearer(&session).send().await.is(200, &signed.json());
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_email_are_told_apart_by_nobody() {
    let app = App::start().await;
    ada(&app).await;
    let wrong = json!({"email": "ada@example.com", "password": "wrong horse"});
    let unknown = json!({"email": "eve@example.com", "password": "correct horse"});
    let (wrong, unknown) = (log_in(&app, &wrong).await, log_in(&app, &unknown).await);
    refused(&wrong, 401, &[]);
    assert_eq!((wrong.status, &wrong.text), (unknown.status, &unknown.text));
    assert_eq!((wrong.session(), unknown.session()), (None, None));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn email_and_password_are_required() {
    let app = App::start().await;
    ada(&app).await;
    for field in ["email", "password"] {
        let mut body = json!({"email": "ada@example.com", "password": "correct horse"});
        for wrong in [json!(5), json!(["x"]), json!({}), json!(null)] {
            body[field] = wrong;
            refused(&log_in(&app, &body).await, 400, &[field]);
        }
        body.as_object_mut().unwrap().remove(field);
        refused(&log_in(&app, &body).await, 400, &[field]);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_and_methods_are_looked_at() {
    let app = App::start().await;
    let send = async |text: String| app.post(PATH).body(text).send().await;
    bodies_are_looked_at(send, refused).await;
    only_methods(&app, PATH, &[Method::POST], refused).await;
    app.finish().await;
}
