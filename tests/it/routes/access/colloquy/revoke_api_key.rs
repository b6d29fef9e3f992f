//! ours DELETE /api/v1/api-keys/{id}

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Tenant, TestRequest};

use crate::util::access::{
    a_cookie_writes_from_home_only, nobody_elses, only_a_session, only_methods, refused,
};
use crate::util::table::items;

const LIST: &str = "/api/v1/api-keys";

/// The path of a tenant's key.
async fn path(app: &App, tenant: &Tenant, dialect: &str, kind: &str) -> String {
    let listed = app.get(LIST).bearer(&tenant.session).send().await.ok();
    let rows = listed["data"].as_array().unwrap();
    let row = rows.iter().find(|row| row["dialect"] == dialect && row["kind"] == kind).unwrap();
    format!("{LIST}/{}", row["id"].as_str().unwrap())
}

/// A request, to be made as often as needed.
type Use<'a> = Box<dyn Fn() -> TestRequest + 'a>;

/// A request that each kind of key may make.
fn uses<'a>(app: &'a App, ada: &'a Tenant) -> [(&'a str, &'a str, Use<'a>); 3] {
    let hello = json!({"message": "Hello"});
    [
        (
            "conferbot",
            "workspace",
            Box::new(|| app.get("/api/v1/external/v1/chatbots").api_key(&ada.conferbot)),
        ),
        (
            "botplot",
            "public",
            Box::new(move || app.post("/api/v1/chat").bearer(&ada.public).json(&hello)),
        ),
        ("botplot", "secret", Box::new(|| app.get("/api/v1/knowledge").bearer(&ada.secret))),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_refused_on_the_very_next_request_and_the_others_go_on() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    for (dialect, kind, request) in uses(&app, &ada) {
        request().send().await.ok();
        let path = path(&app, &ada, dialect, kind).await;
        let revoked = app.delete(&path).bearer(&ada.session).send().await;
        assert_eq!((revoked.status, revoked.text.as_str()), (204, ""));
        let refused = request().send().await;
        assert_eq!(refused.status, 401, "{dialect} {kind}: {}", refused.text);
        let listed = app.get(LIST).bearer(&ada.session).send().await.ok();
        let ids: Vec<&Value> =
            listed["data"].as_array().unwrap().iter().map(|row| &row["id"]).collect();
        assert!(ids.iter().all(|id| !path.ends_with(id.as_str().unwrap())));
    }
    app.get("/api/v1/knowledge").bearer(&ada.openbat).send().await.ok();
    let listed = app.get(LIST).bearer(&ada.session).send().await.ok();
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
    app.finish().await;
}

/// Otherwise keys that are made, used and revoked fill the item that every call of the workspace updates.
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_leaves_nothing_where_calls_are_counted() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let minutes = async || {
        let counted = |item: &String| item.contains("\"minute_");
        items(&app).await.iter().filter(|item| counted(item)).count()
    };
    app.get("/api/v1/external/v1/chatbots").api_key(&ada.conferbot).send().await.ok();
    assert_eq!(minutes().await, 1, "the month's item of conferbot's calls");
    let path = path(&app, &ada, "conferbot", "workspace").await;
    assert_eq!(app.delete(&path).bearer(&ada.session).send().await.status, 204);
    assert_eq!(minutes().await, 0);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_revoked_once() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = path(&app, &ada, "helpbot", "site").await;
    assert_eq!(app.delete(&path).bearer(&ada.session).send().await.status, 204);
    refused(&app.delete(&path).bearer(&ada.session).send().await, 404, &["not found"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_key_can_be_revoked() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let foreign = path(&app, &eve, "conferbot", "workspace").await;
    let send =
        async |id: String| app.delete(&format!("{LIST}/{id}")).bearer(&ada.session).send().await;
    nobody_elses(foreign.rsplit('/').next().unwrap(), send, refused).await;
    app.get("/api/v1/external/v1/chatbots").api_key(&eve.conferbot).send().await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_session_revokes_and_by_cookie_only_from_home() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = path(&app, &ada, "chatbotplatform", "workspace").await;
    only_a_session(&app, &ada, Method::DELETE, &path, &json!({})).await;
    only_methods(&app, &path, &[Method::DELETE], refused).await;
    let route = (Method::DELETE, path.as_str());
    a_cookie_writes_from_home_only(&app, &ada.session, route, &json!({}), 204).await;
    app.finish().await;
}
