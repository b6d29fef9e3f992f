//! helpbot POST /api/v1/sources/rescrape

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Site};

use crate::util::{
    botplot::{UNKNOWN_SEGMENTS, text},
    helpbot::{SiteRoute, refused},
    knowledge::{page, ready, said, settled},
};

const PATH: &str = "/api/v1/sources/rescrape";
const OPEN: &str = "When does the museum open?";

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_page_replaces_what_was_known() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    let url = format!("{}/visit", site.url);
    let id = ready(&app, &tenant, &url).await;
    site.set("/visit", 200, &page("The museum opens at noon.", ""));
    let expected = json!({
        "sourceId": id, "url": url, "status": "scraping",
        "message": "Scrape begun. Poll GET /api/v1/sources until its status is indexed",
    });
    let body = json!({ "sourceId": id });
    app.post(PATH).bearer(&tenant.helpbot).json(&body).send().await.is(200, &expected);
    // Asked again meanwhile, or after it: the same answer.
    let body = json!({"sourceId": id, "apiKey": tenant.helpbot});
    app.post(PATH).json(&body).send().await.is(200, &expected);
    settled(&app, &tenant, &id).await;
    app.drain().await;
    assert!(said(&app, &tenant, OPEN).await.contains("at noon"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_names_a_site_that_is_a_source_of_this_one() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let body = json!({"question": "Really?", "answer": "Yes."});
    let pair = app.post("/api/v1/knowledge/qa").bearer(&ada.secret).json(&body).send().await;
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    let foreign = ready(&app, &bob, &format!("{}/visit", site.url)).await;
    let route = SiteRoute::new(&app, Method::POST, PATH);
    let pair = json!({"sourceId": text(&pair.ok()["sourceId"])});
    route.refuses(&ada.helpbot, pair, "sourceId must be a URL source").await;
    for missing in [json!({}), json!({"sourceId": null})] {
        route.refuses(&ada.helpbot, missing, "sourceId is required").await;
    }
    route.refuses(&ada.helpbot, json!({"sourceId": 7}), "sourceId: invalid type").await;
    route.wants_json(&ada.helpbot).await;
    for id in UNKNOWN_SEGMENTS.map(Value::from).iter().chain([&json!(foreign), &json!("")]) {
        let body = json!({ "sourceId": id });
        let reply = app.post(PATH).bearer(&ada.helpbot).json(&body).send().await;
        refused(&reply, 404, "Source not found");
    }
    app.drain().await;
    assert_eq!(site.hits("/visit"), 1, "no one else scrapes it");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_needs_a_plan_with_sources() {
    let app = App::with(|options| options.signup_plan = "pro".parse().unwrap()).await;
    let tenant = app.tenant("ada").await;
    let route = SiteRoute::new(&app, Method::POST, PATH);
    let route = route.with(json!({"sourceId": UNKNOWN_SEGMENTS[0]}));
    route.needs_sources(&tenant.helpbot).await;
    route.allows_only(&tenant.helpbot, &[Method::POST]).await;
    app.finish().await;
}
