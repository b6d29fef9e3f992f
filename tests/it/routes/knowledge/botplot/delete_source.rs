//! botplot DELETE /api/v1/knowledge/{sourceId}

use std::sync::Arc;

use axum::{Router, response::Html, routing::get};
use serde_json::json;
use testkit::{App, Site, eventually};
use tokio::sync::{Notify, Semaphore};

use crate::util::{
    botplot::{UNKNOWN_SEGMENTS, all_unknown, problem, text},
    knowledge::{add, page, ready, said},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_source_stops_answering_at_once_and_its_url_is_free_again() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    let url = format!("{}/visit", site.url);
    let open = "When does the museum open?";
    let pair = json!({"question": "Do you have parking?", "answer": "Yes, behind the house."});
    let path = "/api/v1/knowledge/qa";
    let pair = app.post(path).bearer(&tenant.secret).json(&pair).send().await.ok();
    let crawled = ready(&app, &tenant, &url).await;
    assert!(said(&app, &tenant, open).await.contains("at ten"));

    for (key, id) in
        [(&tenant.secret, crawled.as_str()), (&tenant.openbat, text(&pair["sourceId"]))]
    {
        let path = format!("/api/v1/knowledge/{id}");
        app.delete(&path).bearer(key).send().await.is(200, &json!({"success": true}));
        let question = if id == crawled { open } else { "Do you have parking?" };
        assert_eq!(said(&app, &tenant, question).await, "");
        problem(&app.get(&path).bearer(key).send().await, 404, "NOT_FOUND");
        problem(&app.delete(&path).bearer(key).send().await, 404, "NOT_FOUND");
        let again = format!("{path}/recrawl");
        problem(&app.post(&again).bearer(key).send().await, 404, "NOT_FOUND");
    }
    let empty = json!({"sources": []});
    app.get("/api/v1/knowledge").bearer(&tenant.secret).send().await.is(200, &empty);
    let anew = ready(&app, &tenant, &url).await;
    assert_ne!(anew, crawled);
    assert!(said(&app, &tenant, open).await.contains("at ten"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_in_the_middle_of_its_crawl_it_leaves_nothing_behind() {
    let (asked, may_answer) = (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
    let (tell, wait) = (asked.clone(), may_answer.clone());
    let slow = get(move || async move {
        tell.notify_one();
        let _ = wait.acquire().await.expect("it is never closed");
        Html(page("The museum opens at ten.", "<a href='/visit/garden'>garden</a>"))
    });
    let routes = Router::new().route("/visit", slow);
    let garden = page("The garden closes at dusk.", "");
    let site = Site::with(&[("/visit/garden", &garden)], routes).await;
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let id = add(&app, &tenant, &format!("{}/visit", site.url)).await;
    asked.notified().await;
    let store = &app.platform.app.store;
    let (chatbot, source) = (tenant.chatbot.parse().unwrap(), id.parse().unwrap());
    let job = store.source(chatbot, source).await.unwrap().expect("it is there").job;

    // The page is on its way: now the source goes, with everything that was known of it so far.
    let path = format!("/api/v1/knowledge/{id}");
    app.delete(&path).bearer(&tenant.secret).send().await.is(200, &json!({"success": true}));
    eventually("its pages are cleared away", async || {
        store.pages(source, job).await.unwrap().is_empty().then_some(())
    })
    .await;
    may_answer.add_permits(100);
    app.drain().await;

    let empty = json!({"sources": []});
    app.get("/api/v1/knowledge").bearer(&tenant.secret).send().await.is(200, &empty);
    problem(&app.get(&path).bearer(&tenant.secret).send().await, 404, "NOT_FOUND");
    assert_eq!(said(&app, &tenant, "When does the museum open?").await, "");
    assert_eq!(said(&app, &tenant, "When does the garden close?").await, "");
    let anew = ready(&app, &tenant, &format!("{}/visit", site.url)).await;
    assert_ne!(anew, id);
    assert!(said(&app, &tenant, "When does the museum open?").await.contains("at ten"));
    let left = (store.pages(source, job).await.unwrap(), store.chunks(source, job).await.unwrap());
    assert_eq!(left, (vec![], vec![]), "what came too late is not kept");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_owner_deletes_it() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let body = json!({"question": "Whose?", "answer": "Bob's."});
    let path = "/api/v1/knowledge/qa";
    let foreign = app.post(path).bearer(&bob.secret).json(&body).send().await.ok();
    let foreign = text(&foreign["sourceId"]);
    let mut replies = Vec::new();
    for id in UNKNOWN_SEGMENTS.into_iter().chain([foreign]) {
        let path = format!("/api/v1/knowledge/{id}");
        replies.push(app.delete(&path).bearer(&ada.secret).send().await);
    }
    all_unknown(&replies);
    assert_eq!(said(&app, &bob, "Whose?").await, "Bob's.");
    app.finish().await;
}
