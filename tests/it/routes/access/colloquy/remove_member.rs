//! ours DELETE /api/v1/members/{id}

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::access::{
    UNKNOWN, id_of, join, nobody_elses, only_a_session, only_methods, refused,
};

const PATH: &str = "/api/v1/members";

#[tokio::test(flavor = "multi_thread")]
async fn all_sessions_of_the_removed_end_at_once_and_their_password_opens_nothing() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let grace = join(&app, &ada.session, "grace@example.com", "editor").await;
    let login = json!({"email": "grace@example.com", "password": "correct horse"});
    let second = app.post("/api/v1/auth/login").json(&login).send().await.session().unwrap();
    let id = id_of(&app, &grace).await;
    let by_eve =
        async |id: String| app.delete(&format!("{PATH}/{id}")).bearer(&eve.session).send().await;
    nobody_elses(&id, by_eve, refused).await;
    let gone = app.delete(&format!("{PATH}/{id}")).bearer(&ada.session).send().await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    for session in [&grace, &second] {
        refused(&app.get("/api/v1/auth/session").bearer(session).send().await, 401, &[]);
        let scoped = app.get("/v1/bots").bearer(session).header("x-colloquy-scope", "workspace");
        assert_eq!(scoped.send().await.status, 401);
    }
    refused(&app.post("/api/v1/auth/login").json(&login).send().await, 401, &["email or password"]);
    refused(&app.delete(&format!("{PATH}/{id}")).bearer(&ada.session).send().await, 404, &[]);
    // The address is free for another invitation.
    join(&app, &ada.session, "grace@example.com", "viewer").await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_owner_is_not_removed() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let own = format!("{PATH}/{}", id_of(&app, &ada.session).await);
    join(&app, &ada.session, "grace@example.com", "editor").await;
    refused(&app.delete(&own).bearer(&ada.session).send().await, 409, &["needs an owner"]);
    let owner = join(&app, &ada.session, "joan@example.com", "owner").await;
    assert_eq!(app.delete(&own).bearer(&ada.session).send().await.status, 204);
    let listed = app.get(PATH).bearer(&owner).send().await.ok();
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_owner_does_that() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{PATH}/{UNKNOWN}");
    only_a_session(&app, &ada, Method::DELETE, &path, &json!({})).await;
    let grace = join(&app, &ada.session, "grace@example.com", "agent").await;
    let ada_s = format!("{PATH}/{}", id_of(&app, &ada.session).await);
    refused(&app.delete(&ada_s).bearer(&grace).send().await, 403, &["owner"]);
    only_methods(&app, &path, &[Method::PATCH, Method::DELETE], refused).await;
    app.finish().await;
}
