//! What tests of sources, crawls and answers share.

use local::TestClock;
use serde_json::{Value, json};
use testkit::{App, Site, Tenant, eventually};

use crate::util::botplot::{keys, text};

/// A platform that tries pages again without waiting.
pub async fn impatient() -> App {
    App::with(|options| options.clock = Some(TestClock::new(1_000))).await
}

/// A page that says `said` under its title, then `more` HTML.
pub fn page(said: &str, more: &str) -> String {
    format!(
        "<html><head><title>Visitors</title></head><body><main><article><h1>Visitors</h1>\
         <p>{said}</p>{more}</article></main></body></html>"
    )
}

/// Adds a URL source; its id.
pub async fn add(app: &App, tenant: &Tenant, url: &str) -> String {
    let body = json!({ "url": url });
    let added = app.post("/api/v1/knowledge/url").bearer(&tenant.secret).json(&body).send().await;
    text(&added.ok()["sourceId"]).to_owned()
}

/// Waits until a source's crawl has come to an end; the source with its chunks.
pub async fn settled(app: &App, tenant: &Tenant, id: &str) -> Value {
    let path = format!("/api/v1/knowledge/{id}");
    eventually("the crawl ends", async || {
        let source = app.get(&path).bearer(&tenant.secret).send().await.ok();
        (source["source"]["status"] != "processing").then_some(source)
    })
    .await
}

/// Adds a URL source and waits until it is ready; its id.
pub async fn ready(app: &App, tenant: &Tenant, url: &str) -> String {
    let id = add(app, tenant, url).await;
    let source = settled(app, tenant, &id).await;
    assert_eq!(source["source"]["status"], "ready", "{source}");
    id
}

/// Crawls a source again and waits for the end; the source with its chunks.
pub async fn recrawled(app: &App, tenant: &Tenant, id: &str) -> Value {
    let path = format!("/api/v1/knowledge/{id}/recrawl");
    app.post(&path).bearer(&tenant.secret).send().await.ok();
    settled(app, tenant, id).await
}

/// The groups of unanswered questions on a page, and how many there are.
pub async fn unanswered(app: &App, tenant: &Tenant, query: &str) -> (Vec<Value>, u64) {
    let path = format!("/api/v1/knowledge/unanswered{query}");
    let page = app.get(&path).bearer(&tenant.secret).send().await.ok();
    (page["groups"].as_array().unwrap().clone(), page["total"].as_u64().unwrap())
}

/// A site whose first page leads to two others.
pub async fn three_pages() -> Site {
    let links = "<a href='/a'>a</a> <a href='/b'>b</a>";
    Site::start(&[
        ("/", &page("The museum opens at ten.", links)),
        ("/a", &page("The garden closes at dusk.", "")),
        ("/b", &page("The library lends umbrellas.", "")),
    ])
    .await
}

/// What the bot says, or nothing if it drew on nothing.
pub async fn said(app: &App, tenant: &Tenant, question: &str) -> String {
    let answer = app.ask(&tenant.public, question).await;
    match answer["sources"].as_u64() {
        Some(0) => String::new(),
        _ => text(&answer["response"]).to_owned(),
    }
}

/// A PDF file of one line.
pub fn pdf(line: &str) -> Vec<u8> {
    let content = format!("BT /F 12 Tf 72 700 Td ({line}) Tj ET");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        &format!("<</Length {}>>stream\n{content}\nendstream", content.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = "xref\n0 6\n0000000000 65535 f \n".to_owned();
    for (at, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", file.len());
        file += &format!("{} 0 obj\n{object}\nendobj\n", at + 1);
    }
    let end = format!("trailer<</Size 6/Root 1 0 R>>\nstartxref\n{}\n%%EOF\n", file.len());
    (file + &table + &end).into_bytes()
}

/// The pages of a source.
pub async fn pages(app: &App, tenant: &Tenant, id: &str) -> Vec<Value> {
    let path = format!("/api/v1/knowledge/{id}/pages");
    let found = app.get(&path).bearer(&tenant.secret).send().await.ok();
    assert_eq!(keys(&found), ["pages", "total"]);
    let pages = found["pages"].as_array().unwrap().clone();
    assert_eq!(found["total"], pages.len());
    pages
}
