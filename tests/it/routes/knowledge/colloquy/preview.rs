//! ours POST /api/v1/knowledge/preview

use reqwest::Method;
use serde_json::{Value, json};
use testkit::App;

use crate::util::botplot::{Route, keys, text};

const PATH: &str = "/api/v1/knowledge/preview";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_read_as_a_crawl_would_and_nothing_is_kept() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let page = format!("{}/docs/knowledge", app.platform.base_url);
    let preview = async |url: &str| {
        app.post(PATH).bearer(&tenant.secret).json(&json!({ "url": url })).send().await.ok()
    };
    let read: Value = preview(&page).await;
    assert_eq!(keys(&read), ["language", "links", "passages", "reason", "status", "title", "url"]);
    assert_eq!((&read["status"], &read["reason"]), (&json!("ready"), &json!(null)));
    assert!(text(&read["title"]).contains("Knowledge"), "{}", read["title"]);
    let passages = read["passages"].as_array().unwrap();
    let crawl =
        passages.iter().find(|p| text(&p["content"]).contains("obeys the robots.txt")).unwrap();
    assert!(crawl["headings"].to_string().contains("robots.txt"), "{crawl}");
    assert!(read["links"].as_u64().unwrap() > 3);
    assert_eq!(keys(crawl), ["content", "headings", "kind", "language", "url"]);
    assert!(text(&crawl["url"]).starts_with(&format!("{page}#")), "{crawl}");
    for passage in passages {
        let is_command = text(&passage["content"]).starts_with("curl ");
        assert!(passage["language"] == "en" && (!is_command || passage["kind"] == "code"));
    }
    let kinds = ["text", "code"].map(|kind| passages.iter().any(|p| p["kind"] == kind));
    assert_eq!(kinds, [true; 2], "{read}");
    let missing = preview(&format!("{}/docs/nothing", app.platform.base_url)).await;
    assert_eq!((&missing["status"], &missing["passages"]), (&json!("failed"), &json!([])));
    assert!(text(&missing["reason"]).contains("404"), "{missing}");
    let sources = app.get("/api/v1/knowledge").bearer(&tenant.secret).send().await.ok();
    assert_eq!(sources["sources"], json!([]));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_needs_the_secret_key_and_an_address_that_may_be_called() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let route = Route::new(&app, Method::POST, PATH).with(json!({"url": "https://example.com/"}));
    route.refuses_strangers(&tenant).await;
    route.wants_json(&tenant.secret).await;
    for url in [
        json!(null),
        json!(""),
        json!("ftp://a.example/"),
        json!("http://169.254.169.254/"),
        json!(7),
    ] {
        route.refuses(&tenant.secret, "url", json!({ "url": url })).await;
    }
    app.finish().await;
}
