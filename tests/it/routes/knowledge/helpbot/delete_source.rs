//! helpbot DELETE /api/v1/sources

use reqwest::Method;
use serde_json::json;
use testkit::{App, Site};

use crate::util::{
    botplot::{UNKNOWN_SEGMENTS, text},
    helpbot::{SiteRoute, refused},
    knowledge::{page, ready, said},
};

const OPEN: &str = "When does the museum open?";

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_source_answers_no_more() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    let id = ready(&app, &tenant, &format!("{}/visit", site.url)).await;
    let body = json!({"question": "Really?", "answer": "Yes."});
    let pair = app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&body).send().await;
    let pair = text(&pair.ok()["sourceId"]).to_owned();

    let path = format!("/api/v1/sources?id={id}");
    app.delete(&path).bearer(&tenant.helpbot).send().await.is(200, &json!({"deleted": true}));
    assert_eq!(said(&app, &tenant, OPEN).await, "");
    let again = app.delete(&path).bearer(&tenant.helpbot).send().await;
    refused(&again, 404, "Source not found");
    // A pair is a source of the site too, though it has no URL to be listed by.
    let path = format!("/api/v1/sources?id={pair}&apiKey={}", tenant.helpbot);
    app.delete(&path).send().await.is(200, &json!({"deleted": true}));
    assert_eq!(said(&app, &tenant, "Really?").await, "");
    let list = app.get("/api/v1/knowledge").bearer(&tenant.secret).send().await;
    list.is(200, &json!({"sources": []}));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_names_a_source_of_this_site() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    let foreign = ready(&app, &bob, &format!("{}/visit", site.url)).await;
    for id in UNKNOWN_SEGMENTS.into_iter().chain([foreign.as_str(), ""]) {
        let path = format!("/api/v1/sources?id={id}");
        let reply = app.delete(&path).bearer(&ada.helpbot).send().await;
        refused(&reply, 404, "Source not found");
    }
    let missing = app.delete("/api/v1/sources").bearer(&ada.helpbot).send().await;
    refused(&missing, 400, "id is required");
    let twice = app.delete("/api/v1/sources?id=1&id=2").bearer(&ada.helpbot).send().await;
    assert_eq!(twice.status, 400, "{}", twice.text);
    assert!(said(&app, &bob, OPEN).await.contains("at ten"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_needs_a_plan_with_sources() {
    let app = App::with(|options| options.signup_plan = "pro".parse().unwrap()).await;
    let tenant = app.tenant("ada").await;
    for path in ["/api/v1/sources?id=1", "/api/v1/sources", "/api/v1/sources?id=1&id=2"] {
        let route = SiteRoute::new(&app, Method::DELETE, path);
        route.needs_sources(&tenant.helpbot).await;
    }
    app.finish().await;
}
