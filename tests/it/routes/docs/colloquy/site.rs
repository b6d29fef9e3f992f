//! ours GET /docs

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use testkit::App;

/// The pages as they are written.
const SITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../functions/docs/site");

fn source_files() -> Vec<String> {
    let files = std::fs::read_dir(SITE).expect("the site");
    files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect()
}

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
    let files: BTreeSet<String> = source_files()
        .into_iter()
        .filter(|name| name != "template.html")
        .map(|name| match name.as_str() {
            "index.md" => "/docs".to_owned(),
            name => format!("/docs/{}", name.trim_end_matches(".md")),
        })
        .collect();
    let pages: BTreeSet<String> =
        pages.into_keys().filter(|path| path != "/openapi.json").collect();
    assert_eq!(pages, files);
    app.finish().await;
}

/// The text between the first `start` and the next `end`.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text}"));
    rest.split_once(end).unwrap_or_else(|| panic!("no {end} after {start}")).0
}

#[tokio::test(flavor = "multi_thread")]
async fn each_page_has_the_same_head_and_navigation_and_the_sections_of_its_source() {
    let app = App::start().await;
    let mut navigations = BTreeSet::new();
    for file in source_files().into_iter().filter(|name| name.ends_with(".md")) {
        let name = file.trim_end_matches(".md");
        let path = if name == "index" { "/docs".to_owned() } else { format!("/docs/{name}") };
        let html = app.get(&path).send().await.text;
        let source = std::fs::read_to_string(format!("{SITE}/{file}")).expect("a source");
        assert_eq!(html.matches("<h1>").count(), 1, "{path}");
        assert!(!html.contains("{{") && !html.contains("<!-- "), "{path}");
        let title = between(&source, "\n# ", "\n");
        assert!(between(&html, "<title>", "</title>").contains(title), "{path}");
        let described = between(&source, "description: ", "\n");
        assert_eq!(between(&html, "name=\"description\" content=\"", "\""), described, "{path}");

        let navigation = between(&html, "<nav aria-label=\"Documentation\">", "</nav>");
        let current = between(navigation, "aria-current=\"page\">", "<");
        assert_eq!(current, between(&source, "nav: ", "\n"), "{path}");
        assert_eq!(navigation.matches("aria-current").count(), 1, "{path}");
        navigations.insert(
            navigation
                .replace(" aria-current=\"page\"", "")
                .replace("\"docs/", "\"")
                .replace("\"../docs\"", "\"docs\""),
        );

        let ids = |text: &str, mark: &str, end: char| -> Vec<String> {
            text.split(mark)
                .skip(1)
                .filter_map(|id| id.split(end).next())
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(ids(&html, "<section id=\"", '"'), ids(&source, " {#", '}'), "{path}");
    }
    assert_eq!(navigations.len(), 1, "one navigation: {navigations:#?}");
    app.get("/docs/index")
        .send()
        .await
        .is(404, &json!({"error": "Page not found", "code": "NOT_FOUND"}));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_path_is_404_in_the_nearest_dialect() {
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
