//! helpbot GET /api/v1/sources

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Site};

use crate::util::{
    botplot::is_time,
    helpbot::SiteRoute,
    knowledge::{add, impatient, page, ready, recrawled, settled},
};

const PATH: &str = "/api/v1/sources";

#[tokio::test(flavor = "multi_thread")]
async fn sites_are_listed_newest_first_whatever_made_them_and_pairs_are_not() {
    let app = impatient().await;
    let tenant = app.tenant("ada").await;
    let list = async || {
        let list = app.get(PATH).bearer(&tenant.helpbot).send().await.ok();
        assert_eq!(list.as_object().unwrap().len(), 1);
        list["sources"].as_array().unwrap().clone()
    };
    assert_eq!(list().await, Vec::<Value>::new());
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    let (visit, gone) = (format!("{}/visit", site.url), format!("{}/gone", site.url));
    let first = ready(&app, &tenant, &visit).await;
    let pair = json!({"question": "Really?", "answer": "Yes."});
    app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair).send().await.ok();
    let second = add(&app, &tenant, &gone).await;
    settled(&app, &tenant, &second).await;

    let sources = list().await;
    assert!(sources.iter().all(|s| is_time(&s["createdAt"])), "{sources:?}");
    assert!(is_time(&sources[1]["lastScrapedAt"]), "{sources:?}");
    assert!(sources[0]["error"].as_str().unwrap().contains("404"), "{sources:?}");
    let expected = [
        json!({
            "id": second, "url": gone, "status": "failed", "documentCount": 0,
            "createdAt": sources[0]["createdAt"], "lastScrapedAt": null,
            "error": sources[0]["error"],
        }),
        json!({
            "id": first, "url": visit, "status": "indexed", "documentCount": 1,
            "createdAt": sources[1]["createdAt"], "lastScrapedAt": sources[1]["lastScrapedAt"],
            "error": null,
        }),
    ];
    assert_eq!(sources, expected);
    // One that fails later says so, and when it last went well.
    site.set("/visit", 500, "it broke");
    recrawled(&app, &tenant, &first).await;
    let failed = list().await[1].clone();
    assert_eq!((&failed["status"], &failed["documentCount"]), (&json!("failed"), &json!(1)));
    assert_eq!(failed["lastScrapedAt"], sources[1]["lastScrapedAt"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_sees_its_own_only_with_its_plan() {
    let app = App::with(|options| options.signup_plan = "business".parse().unwrap()).await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    ready(&app, &ada, &format!("{}/visit", site.url)).await;
    let empty = json!({"sources": []});
    app.get(PATH).bearer(&bob.helpbot).send().await.is(200, &empty);
    app.get(&format!("{PATH}?apiKey={}", bob.helpbot)).send().await.is(200, &empty);
    let route = SiteRoute::new(&app, Method::GET, PATH);
    route.allows_only(&ada.helpbot, &[Method::GET, Method::POST, Method::DELETE]).await;
    let use_cases = &app.platform.app;
    let (workspace, pro) = (bob.workspace.parse().unwrap(), "pro".parse().unwrap());
    use_cases.store.set_plan(workspace, pro, use_cases.now()).await.unwrap();
    route.needs_sources(&bob.helpbot).await;
    app.finish().await;
}
