//! conferbot POST /api/v1/external/v1/chatbots/{id}/duplicate

use std::sync::Arc;

use axum::{Router, response::Html, routing::get};
use serde_json::json;
use testkit::{App, Site, Tenant};
use tokio::sync::Semaphore;

use crate::util::{
    access::*,
    chatbots::{CONFERBOT, teach},
};

const PAGE: &str = "<html><head><title>Opening</title></head><body><main><article>\
    <h1>Opening hours</h1><p>The Harbour Museum opens at ten in the morning and closes at six in \
    the evening.</p></article></main></body></html>";
const OPENING: &str = "When does the Harbour Museum open?";

/// A copy of the tenant's chatbot; its id and a public key for it.
async fn copy(app: &App, ada: &Tenant) -> (String, String) {
    let path = format!("{CONFERBOT}/{}/duplicate", ada.chatbot);
    let made = app.post(&path).api_key(&ada.conferbot).send().await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["data"]["id"].as_str().unwrap().to_owned();
    let public = key_for(app, &ada.session, "public", &id).await;
    (id, public)
}

async fn crawl(app: &App, ada: &Tenant, url: &str) {
    let body = json!({ "url": url });
    app.post("/api/v1/knowledge/url").bearer(&ada.secret).json(&body).send().await.ok();
}

/// Asserts that the chatbot behind `public` knows the page and the pair.
async fn knows_both(app: &App, public: &str) {
    let answer = app.ask(public, OPENING).await;
    assert!(answer["response"].as_str().unwrap().contains("opens at ten"), "{answer}");
    assert!(answer["sources"].as_u64().unwrap() >= 1);
    let answer = app.ask(public, "Do you have parking?").await;
    assert_eq!(answer["response"], "Yes, behind the house.");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_copy_knows_what_the_original_knows_and_still_does_without_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let site = Site::start(&[("/opening", PAGE)]).await;
    crawl(&app, &ada, &format!("{}/opening", site.url)).await;
    teach(&app, &ada.secret, "Do you have parking?", "Yes, behind the house.").await;
    app.drain().await;
    knows_both(&app, &ada.public).await;
    let hits = site.hits("/opening");

    let (id, public) = copy(&app, &ada).await;
    app.drain().await;
    knows_both(&app, &public).await;
    // Its sources are its own, with the same names and counts.
    let secret = key_for(&app, &ada.session, "secret", &id).await;
    let sources = async |key: &str| -> Vec<_> {
        let listed = app.get("/api/v1/knowledge").bearer(key).send().await.ok();
        let mut rows: Vec<_> = listed["sources"].as_array().unwrap().clone();
        rows.sort_by_key(|row| row["name"].to_string());
        rows
    };
    let (originals, copies) = (sources(&ada.secret).await, sources(&secret).await);
    assert_eq!((originals.len(), copies.len()), (2, 2));
    for (original, copy) in originals.iter().zip(&copies) {
        assert_ne!(original["id"], copy["id"]);
        for field in ["type", "name", "status", "chunkCount", "wordCount"] {
            assert_eq!(original[field], copy[field]);
        }
        let path = format!("/api/v1/knowledge/{}", original["id"].as_str().unwrap());
        app.delete(&path).bearer(&ada.secret).send().await.ok();
    }
    app.drain().await;
    knows_both(&app, &public).await;

    let path = format!("{CONFERBOT}/{}", ada.chatbot);
    app.delete(&path).api_key(&ada.conferbot).send().await.ok();
    app.drain().await;
    knows_both(&app, &public).await;
    assert_eq!(site.hits("/opening"), hits, "what was read is copied, not read again");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_still_being_read_is_read_for_the_copy_too() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let gate = Arc::new(Semaphore::new(0));
    let closed = gate.clone();
    let page = get(move || async move {
        drop(closed.acquire().await.unwrap());
        Html(PAGE)
    });
    let site = Site::with(&[], Router::new().route("/opening", page)).await;
    crawl(&app, &ada, &format!("{}/opening", site.url)).await;
    let (_, public) = copy(&app, &ada).await;
    gate.add_permits(1);
    app.drain().await;
    for key in [&ada.public, &public] {
        let answer = app.ask(key, OPENING).await;
        assert!(answer["response"].as_str().unwrap().contains("opens at ten"), "{answer}");
    }
    app.finish().await;
}
