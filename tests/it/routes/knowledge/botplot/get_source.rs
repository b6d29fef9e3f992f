//! botplot GET /api/v1/knowledge/{sourceId}

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Site};

use crate::util::{
    botplot::{Route, UNKNOWN_SEGMENTS, all_unknown, keys, text},
    knowledge::{page, ready},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_shown_with_its_chunks() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let pair = json!({"question": "Do you have parking?", "answer": "Yes, behind the house."});
    let path = "/api/v1/knowledge/qa";
    let pair = app.post(path).bearer(&tenant.secret).json(&pair).send().await.ok();
    let child = "<a href='/docs/child'>more</a>";
    let site = Site::start(&[
        ("/docs", &page("The museum opens at ten.", child)),
        ("/docs/child", &page("The garden closes at dusk.", "")),
    ])
    .await;
    let crawled = ready(&app, &tenant, &format!("{}/docs", site.url)).await;
    let list = app.get("/api/v1/knowledge").bearer(&tenant.secret).send().await.ok();

    for key in [&tenant.secret, &tenant.openbat] {
        let show = async |id: &str| {
            let shown = app.get(&format!("/api/v1/knowledge/{id}")).bearer(key).send().await.ok();
            assert_eq!(keys(&shown), ["chunks", "source"]);
            shown
        };
        // All of what the list says, hence the documented `id`, `type`, `name` and `status`.
        let shown = show(text(&pair["sourceId"])).await;
        assert_eq!(shown["source"], list["sources"][1]);
        assert_eq!(shown["source"]["type"], "qa");
        let chunks = shown["chunks"].as_array().unwrap();
        assert_eq!((chunks.len(), keys(&chunks[0])), (1, vec!["content", "id", "tokenCount"]));
        assert!(text(&chunks[0]["content"]).contains("Yes, behind the house."), "{shown}");

        let shown = show(&crawled).await;
        let mut source = shown["source"].clone();
        let progress = source.as_object_mut().unwrap().remove("progress");
        let expected = json!({"found": 2, "read": 2, "failed": 0, "left": 0, "leftOut": 0});
        assert_eq!(progress, Some(expected), "ours, beside what the list says");
        assert_eq!(source, list["sources"][0]);
        assert_eq!(shown["source"]["name"], format!("{}/docs", site.url));
        let chunks = shown["chunks"].as_array().unwrap();
        assert_eq!(Some(chunks.len() as u64), shown["source"]["chunkCount"].as_u64());
        let mut ids = Vec::new();
        for chunk in chunks {
            assert_eq!(keys(chunk), ["content", "id", "tokenCount"]);
            assert!(chunk["tokenCount"].as_u64().is_some_and(|n| n > 0), "{chunk}");
            ids.push(text(&chunk["id"]));
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), chunks.len(), "each has an id of its own");
        let all: String = chunks.iter().map(|chunk: &Value| text(&chunk["content"])).collect();
        assert!(all.contains("opens at ten") && all.contains("closes at dusk"), "{all}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_is_as_unknown_as_one_that_never_was() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let body = json!({"question": "Whose?", "answer": "Bob's."});
    let foreign = app.post("/api/v1/knowledge/qa").bearer(&bob.secret).json(&body).send().await;
    let foreign = foreign.ok()["sourceId"].clone();
    let mut replies = Vec::new();
    for id in UNKNOWN_SEGMENTS.into_iter().chain([text(&foreign)]) {
        let path = format!("/api/v1/knowledge/{id}");
        replies.push(app.get(&path).bearer(&ada.secret).send().await);
    }
    all_unknown(&replies);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_methods_are_allowed() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let body = json!({"question": "Really?", "answer": "Yes."});
    let path = "/api/v1/knowledge/qa";
    let added = app.post(path).bearer(&tenant.secret).json(&body).send().await.ok();
    let path = format!("/api/v1/knowledge/{}", text(&added["sourceId"]));
    let route = Route::new(&app, Method::GET, path);
    route.allows_only(&tenant.secret, &[Method::GET, Method::DELETE]).await;
    app.finish().await;
}
