//! helpbot POST /api/v1/sources

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use testkit::{App, Site};

use crate::util::{
    botplot::{is_id, is_time, text},
    helpbot::SiteRoute,
    knowledge::{page, said, settled},
};

const PATH: &str = "/api/v1/sources";

#[tokio::test(flavor = "multi_thread")]
async fn a_url_is_pending_then_indexed_and_answers() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    let url = format!("{}/visit", site.url);
    let body = json!({ "url": url });
    let added = app.post(PATH).bearer(&tenant.helpbot).json(&body).send().await.ok();
    let source = &added["source"];
    assert!(is_id(&source["id"]) && is_time(&source["createdAt"]), "{added}");
    let expected = json!({
        "source": {
            "id": source["id"], "url": url, "status": "pending", "documentCount": 0,
            "createdAt": source["createdAt"], "lastScrapedAt": null, "error": null,
        },
        "message": "Source added. Poll GET /api/v1/sources until its status is indexed",
    });
    assert_eq!(added, expected);
    settled(&app, &tenant, text(&source["id"])).await;
    assert!(said(&app, &tenant, "When does the museum open?").await.contains("opens at ten"));

    // The same again is the source that is there; it is not read again.
    let mut with_key = body.clone();
    with_key["apiKey"] = json!(tenant.helpbot);
    let again = app.post(PATH).json(&with_key).send().await.ok();
    assert_eq!(again["source"]["id"], source["id"]);
    assert_eq!(again["source"]["status"], "indexed");
    assert_eq!(again["message"], "This URL is a source already");
    app.drain().await;
    assert_eq!(site.hits("/visit"), 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_url_many_times_at_once_is_one_source() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    let body = json!({ "url": format!("{}/visit", site.url) });
    let added = join_all((0..6).map(async |_| {
        app.post(PATH).bearer(&tenant.helpbot).json(&body).send().await.ok()["source"]["id"].clone()
    }))
    .await;
    assert!(added.iter().all(|id| *id == added[0]), "{added:?}");
    app.drain().await;
    assert_eq!(site.hits("/visit"), 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_not_a_plain_public_web_page_is_refused() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let route = SiteRoute::new(&app, Method::POST, PATH);
    let long = format!("http://127.0.0.1/{}", "a".repeat(2_048 - 16));
    for url in [
        "",
        "/docs",
        "example.com/docs",
        "file:///etc/passwd",
        "http://ada:secret@127.0.0.1/docs",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest",
        "http://metadata.google.internal/",
        &long,
    ] {
        route.refuses(&tenant.helpbot, json!({ "url": url }), "url ").await;
    }
    for missing in [json!({}), json!({"url": null})] {
        route.refuses(&tenant.helpbot, missing, "url is required").await;
    }
    route.refuses(&tenant.helpbot, json!({"url": 7}), "url: invalid type").await;
    route.wants_json(&tenant.helpbot).await;
    let list = app.get(PATH).bearer(&tenant.helpbot).send().await;
    list.is(200, &json!({"sources": []}));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_needs_a_plan_with_sources() {
    let app = App::with(|options| options.signup_plan = "pro".parse().unwrap()).await;
    let tenant = app.tenant("ada").await;
    let route = SiteRoute::new(&app, Method::POST, PATH);
    // The plan is asked before the body.
    route.needs_sources(&tenant.helpbot).await;
    let route = route.with(json!({"url": "http://127.0.0.1/"}));
    route.needs_sources(&tenant.helpbot).await;
    let list = app.get("/api/v1/knowledge").bearer(&tenant.secret).send().await;
    list.is(200, &json!({"sources": []}));
    app.finish().await;
}
