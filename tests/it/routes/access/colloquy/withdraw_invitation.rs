//! ours DELETE /api/v1/members/invitations/{id}

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::access::{UNKNOWN, invite, nobody_elses, only_a_session, only_methods, refused};

const PATH: &str = "/api/v1/members/invitations";

#[tokio::test(flavor = "multi_thread")]
async fn the_code_of_a_withdrawn_invitation_opens_nothing() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let code = invite(&app, &ada.session, "grace@example.com", "owner").await;
    let listed = app.get("/api/v1/members").bearer(&ada.session).send().await.ok();
    let id = listed["invitations"][0]["id"].as_str().unwrap().to_owned();
    let by_eve =
        async |id: String| app.delete(&format!("{PATH}/{id}")).bearer(&eve.session).send().await;
    nobody_elses(&id, by_eve, refused).await;
    let gone = app.delete(&format!("{PATH}/{id}")).bearer(&ada.session).send().await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    let body = json!({"code": code, "password": "correct horse"});
    refused(&app.post("/api/v1/auth/join").json(&body).send().await, 400, &["code", "not valid"]);
    let listed = app.get("/api/v1/members").bearer(&ada.session).send().await.ok();
    assert_eq!(
        (listed["invitations"].clone(), listed["data"].as_array().unwrap().len()),
        (json!([]), 1)
    );
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_member_does_that() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{PATH}/{UNKNOWN}");
    only_a_session(&app, &ada, Method::DELETE, &path, &json!({})).await;
    only_methods(&app, &path, &[Method::DELETE], refused).await;
    app.finish().await;
}
