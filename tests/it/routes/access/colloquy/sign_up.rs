//! ours POST /api/v1/auth/signup

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply};

use crate::util::access::{bodies_are_looked_at, only_methods, refused};

const PATH: &str = "/api/v1/auth/signup";

fn ada() -> Value {
    json!({"email": "ada@example.com", "password": "correct horse", "organization": "Ada's"})
}

async fn sign_up(app: &App, body: &Value) -> Reply {
    app.post(PATH).json(body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_201_with_user_and_workspace() {
    let app = App::start().await;
    let signed = sign_up(&app, &ada()).await;
    let body = signed.json();
    let (user, workspace) = (&body["user"]["id"], &body["workspace"]["id"]);
    assert_eq!((user.as_str().unwrap().len(), workspace.as_str().unwrap().len()), (36, 36));
    let expected = json!({
        "user": {"id": user, "email": "ada@example.com", "role": "owner"},
        "workspace": {"id": workspace, "name": "Ada's", "plan": "enterprise"},
    });
    signed.is(201, &expected);
    let session = signed.session().unwrap();
    app.get("/api/v1/auth/session").bearer(&session).send().await.is(200, &expected);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_for_https_for_no_script_and_for_no_other_site() {
    let app = App::start().await;
    let signed = sign_up(&app, &ada()).await;
    assert_eq!(signed.headers.get_all("set-cookie").iter().count(), 1);
    let attributes: Vec<&str> = signed.header("set-cookie").split("; ").collect();
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(attributes.contains(&attribute), "{attribute} in {attributes:?}");
    }
    assert!(!attributes.iter().any(|attribute| attribute.starts_with("Domain")));
    // 256 bits in base64url.
    assert_eq!(signed.session().unwrap().len(), 43);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_workspace_gets_the_plan_that_the_deployment_names() {
    let app = App::with(|options| options.signup_plan = "free".parse().unwrap()).await;
    assert_eq!(sign_up(&app, &ada()).await.json()["workspace"]["plan"], "free");
    // What the client would like does not matter, and is no error: it is an unknown field.
    let mut wish = ada();
    wish["email"] = json!("eve@example.com");
    wish["plan"] = json!("enterprise");
    let signed = sign_up(&app, &wish).await;
    assert_eq!((signed.status, &signed.json()["workspace"]["plan"]), (201, &json!("free")));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_email_signs_up_once_however_it_is_spelt() {
    let app = App::start().await;
    assert_eq!(sign_up(&app, &ada()).await.status, 201);
    for email in ["ada@example.com", "ADA@Example.com"] {
        let other =
            json!({"email": email, "password": "another horse", "organization": "Not Ada's"});
        let again = sign_up(&app, &other).await;
        refused(&again, 409, &["email"]);
        assert_eq!(again.session(), None);
        let log_in = app.post("/api/v1/auth/login").json(&other).send().await;
        assert_eq!(log_in.status, 401, "the password was not changed");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sign_ups_at_once_with_one_email_exactly_one_succeeds() {
    let app = App::start().await;
    let body = ada();
    let replies = join_all((0..4).map(|_| sign_up(&app, &body))).await;
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409]);
    let signed = replies.iter().find(|reply| reply.status == 201).unwrap();
    let session = app.get("/api/v1/auth/session").bearer(&signed.session().unwrap());
    session.send().await.is(200, &signed.json());
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_is_required_and_has_bounds() {
    let app = App::start().await;
    let with = |field: &str, value: Value| {
        let mut body = ada();
        body[field] = value;
        body
    };
    for field in ["email", "password", "organization"] {
        let mut body = ada();
        body.as_object_mut().unwrap().remove(field);
        refused(&sign_up(&app, &body).await, 400, &[field]);
        for wrong in [json!(5), json!(["x"]), json!({}), json!(true), json!(null), json!("")] {
            refused(&sign_up(&app, &with(field, wrong)).await, 400, &[field]);
        }
    }
    for email in ["ada", "ada@", "@example.com", "a b@example.com", "ada@example"] {
        refused(&sign_up(&app, &with("email", json!(email))).await, 400, &["email"]);
    }
    for length in [7, 129] {
        let body = with("password", json!("x".repeat(length)));
        refused(&sign_up(&app, &body).await, 400, &["password", "8", "128"]);
    }
    let body = with("organization", json!("x".repeat(101)));
    refused(&sign_up(&app, &body).await, 400, &["organization", "100"]);

    for (at, length) in [8, 128].into_iter().enumerate() {
        let mut body = with("password", json!("é".repeat(length)));
        body["email"] = json!(format!("a{at}@example.com"));
        body["organization"] = json!("é".repeat(100));
        assert_eq!(sign_up(&app, &body).await.status, 201);
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
