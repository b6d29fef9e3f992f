//! botplot POST /api/v1/knowledge/{sourceId}/recrawl

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Site};

use crate::util::{
    botplot::{Route, UNKNOWN_SEGMENTS, all_unknown, keys, problem, text},
    knowledge::{add, impatient, page, ready, recrawled, said, settled},
};

const OPEN: &str = "When does the museum open?";
const CLOSE: &str = "When does the garden close?";

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_page_replaces_what_was_known() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    let id = ready(&app, &tenant, &format!("{}/visit", site.url)).await;
    for (key, hour) in [(&tenant.secret, "eleven"), (&tenant.openbat, "noon")] {
        site.set("/visit", 200, &page(&format!("The museum opens at {hour}."), ""));
        let path = format!("/api/v1/knowledge/{id}/recrawl");
        let begun = app.post(&path).bearer(key).send().await;
        begun.is(200, &json!({"success": true, "status": "processing"}));
        let source = settled(&app, &tenant, &id).await;
        assert_eq!(source["source"]["status"], "ready");
        assert_eq!(source["chunks"].as_array().unwrap().len(), 1);
        let answer = said(&app, &tenant, OPEN).await;
        assert!(answer.contains(hour) && !answer.contains("ten"), "{answer}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recrawl_that_fails_takes_nothing_away_and_says_why() {
    let app = impatient().await;
    let tenant = app.tenant("ada").await;
    let child = "<a href='/visit/garden'>garden</a>";
    let site = Site::start(&[
        ("/visit", &page("The museum opens at ten.", child)),
        ("/visit/garden", &page("The garden closes at dusk.", "")),
    ])
    .await;
    let id = ready(&app, &tenant, &format!("{}/visit", site.url)).await;
    let path = format!("/api/v1/knowledge/{id}");
    let before = app.get(&path).bearer(&tenant.secret).send().await.ok();
    site.set("/visit", 500, "it broke");
    for _ in 0..2 {
        let source = recrawled(&app, &tenant, &id).await;
        assert_eq!(source["source"]["status"], "failed");
        assert!(text(&source["source"]["error"]).contains("500"), "{source}");
        assert_eq!(source["source"]["chunkCount"], before["source"]["chunkCount"]);
        assert_eq!(source["source"]["wordCount"], before["source"]["wordCount"]);
        assert_eq!(source["chunks"], before["chunks"]);
        assert!(said(&app, &tenant, OPEN).await.contains("at ten"));
        assert!(said(&app, &tenant, CLOSE).await.contains("at dusk"));
        app.drain().await;
    }
    site.set("/visit", 200, &page("The museum opens at eleven.", child));
    let source = recrawled(&app, &tenant, &id).await;
    assert_eq!(
        (&source["source"]["status"], &source["source"]["error"]),
        (&json!("ready"), &Value::Null)
    );
    assert!(said(&app, &tenant, OPEN).await.contains("at eleven"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_confirmed_gone_answers_no_more() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    let id = ready(&app, &tenant, &format!("{}/visit", site.url)).await;
    site.set("/visit", 404, "not here");
    let source = recrawled(&app, &tenant, &id).await;
    assert_eq!(source["source"]["status"], "failed");
    assert!(text(&source["source"]["error"]).contains("404"), "{source}");
    assert_eq!((&source["chunks"], &source["source"]["chunkCount"]), (&json!([]), &json!(0)));
    assert_eq!(said(&app, &tenant, OPEN).await, "");
    site.set("/visit", 200, &page("The museum opens at ten.", ""));
    assert_eq!(recrawled(&app, &tenant, &id).await["source"]["status"], "ready");
    assert!(said(&app, &tenant, OPEN).await.contains("at ten"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_page_keeps_its_passage_while_it_fails_and_loses_it_when_it_is_gone() {
    let app = impatient().await;
    let tenant = app.tenant("ada").await;
    let child = "<a href='/visit/garden'>garden</a>";
    let site = Site::start(&[
        ("/visit", &page("The museum opens at ten.", child)),
        ("/visit/garden", &page("The garden closes at dusk.", "")),
    ])
    .await;
    let id = ready(&app, &tenant, &format!("{}/visit", site.url)).await;
    site.set("/visit", 200, &page("The museum opens at eleven.", ""));
    site.set("/visit/garden", 500, "it broke");
    let source = recrawled(&app, &tenant, &id).await;
    assert_eq!(source["source"]["status"], "ready");
    assert!(said(&app, &tenant, OPEN).await.contains("at eleven"));
    assert!(said(&app, &tenant, CLOSE).await.contains("at dusk"), "kept, though unlinked");
    site.set("/visit/garden", 404, "not here");
    let source = recrawled(&app, &tenant, &id).await;
    assert_eq!(source["source"]["status"], "ready");
    assert!(said(&app, &tenant, OPEN).await.contains("at eleven"));
    assert_eq!(said(&app, &tenant, CLOSE).await, "");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_many_times_at_once_it_crawls_once() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    let id = add(&app, &tenant, &format!("{}/visit", site.url)).await;
    settled(&app, &tenant, &id).await;
    app.drain().await;
    let path = format!("/api/v1/knowledge/{id}/recrawl");
    let begun = (0..6).map(async |_| app.post(&path).bearer(&tenant.secret).send().await);
    let begun = join_all(begun).await;
    let expected = json!({"success": true, "status": "processing"});
    begun.iter().for_each(|reply| reply.is(200, &expected));
    let source = settled(&app, &tenant, &id).await;
    assert_eq!(source["source"]["status"], "ready");
    app.drain().await;
    // One that came after the crawl had ended may have begun another.
    assert!((2..=7).contains(&site.hits("/visit")), "{}", site.hits("/visit"));
    assert_eq!(source["chunks"].as_array().unwrap().len(), 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_has_no_page_and_a_foreign_source_is_as_unknown_as_one_that_never_was() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let body = json!({"question": "Really?", "answer": "Yes."});
    let pair = app.post("/api/v1/knowledge/qa").bearer(&ada.secret).json(&body).send().await.ok();
    let path = format!("/api/v1/knowledge/{}/recrawl", text(&pair["sourceId"]));
    problem(&app.post(&path).bearer(&ada.secret).send().await, 400, "VALIDATION_ERROR");
    assert_eq!(said(&app, &ada, "Really?").await, "Yes.");

    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    let foreign = ready(&app, &bob, &format!("{}/visit", site.url)).await;
    let mut replies = Vec::new();
    for id in UNKNOWN_SEGMENTS.into_iter().chain([foreign.as_str()]) {
        let path = format!("/api/v1/knowledge/{id}/recrawl");
        replies.push(app.post(&path).bearer(&ada.secret).send().await);
    }
    all_unknown(&replies);
    app.drain().await;
    assert_eq!(site.hits("/visit"), 1, "no one else crawls it");

    let route = Route::new(&app, Method::POST, format!("/api/v1/knowledge/{foreign}/recrawl"));
    route.allows_only(&bob.secret, &[Method::POST]).await;
    assert_eq!(keys(&route.request().bearer(&bob.secret).send().await.ok()), ["status", "success"]);
    app.finish().await;
}
