//! ours GET /docs

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use tests::App;

/// What `href` leads to from `page`, without a fragment; `None` for what is not of this site.
fn target(page: &str, href: &str) -> Option<String> {
    let href = href.split('#').next().unwrap_or_default();
    if href.is_empty() || href.contains(':') {
        return None;
    }
    assert!(!href.starts_with('/'), "{href} in {page} would lose the stage of a deployed API");
    let folder = page.rsplit_once('/').expect("a path").0;
    Some(match href.strip_prefix("../") {
        Some(above) => format!("{}/{above}", folder.rsplit_once('/').expect("a folder").0),
        None => format!("{folder}/{href}"),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_reached_from_the_first_and_every_link_leads_somewhere() {
    let app = App::start().await;
    let mut waiting = vec!["/docs".to_owned()];
    let mut pages = BTreeMap::new();
    while let Some(path) = waiting.pop() {
        if pages.contains_key(&path) {
            continue;
        }
        let page = app.get(&path).send().await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.header("x-request-id").is_empty());
        let kind = page.header("content-type").to_owned();
        if kind.starts_with("text/html") {
            let text = page.text.replace("src=\"", "href=\"");
            for part in text.split("href=\"").skip(1) {
                let href = part.split('"').next().expect("an end");
                waiting.extend(target(&path, href));
            }
        }
        pages.insert(path, kind);
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../functions/docs/site");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("the site")
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .map(|name| match name.as_str() {
            "index.html" => "/docs".to_owned(),
            name => format!("/docs/{}", name.trim_end_matches(".html")),
        })
        .collect();
    let pages: BTreeSet<String> =
        pages.into_keys().filter(|path| path != "/openapi.json").collect();
    assert_eq!(pages, files);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_serves_is_404_in_the_nearest_dialect() {
    let app = App::start().await;
    let said = "Path not found";
    for (path, body) in [
        ("/nothing", json!({"error": said, "code": "NOT_FOUND"})),
        ("/api/v1/nothing", json!({"error": said, "code": "NOT_FOUND"})),
        ("/api/v1/external/v1/nothing", json!({"error": "Not Found", "message": said})),
        ("/api/v1/chatbots/a/b/c", json!({"error": said})),
        ("/v1/nothing", json!({"error": {"code": "not_found", "message": said}})),
    ] {
        let reply = app.get(path).send().await;
        reply.is(404, &body);
        assert!(!reply.header("x-request-id").is_empty(), "{path}");
    }
    app.get("/docs/nothing")
        .send()
        .await
        .is(404, &json!({"error": "Page not found", "code": "NOT_FOUND"}));
    let wrong = app.post("/docs").send().await;
    assert_eq!(wrong.status, 405);
    assert_eq!(wrong.header("allow"), "GET,HEAD");
    app.finish().await;
}
