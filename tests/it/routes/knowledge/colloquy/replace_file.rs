//! ours POST /api/v1/sources/file/{id}

use reqwest::Method;
use serde_json::json;
use testkit::{App, FormPart, Reply, Tenant};

use crate::util::{
    botplot::{UNKNOWN_SEGMENTS, text},
    helpbot::{SiteRoute, refused},
    knowledge::{said, settled},
    uploads::{PATH, listed, uploaded},
};

const QUESTION: &str = "When does the garden close?";
const OLD: &[u8] = b"The garden closes at dusk.";

async fn replace(app: &App, tenant: &Tenant, id: &str, name: &str, bytes: &[u8]) -> Reply {
    let form = [FormPart::file(name, bytes)];
    app.post(&format!("{PATH}/{id}")).bearer(&tenant.helpbot).form(&form).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_takes_the_place_of_the_old_one_once_it_is_read() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let id = uploaded(&app, &tenant, "garden.txt", OLD).await;
    let new = b"# Garden\n\nThe garden closes at nine.";
    let replaced = replace(&app, &tenant, &id, "garden 2.md", new).await.ok();
    let source = &replaced["source"];
    assert_eq!((text(&source["id"]), text(&source["url"])), (id.as_str(), "garden 2.md"));
    assert_eq!((text(&source["status"]), &source["documentCount"]), ("pending", &json!(1)));
    assert_eq!(
        text(&replaced["message"]),
        "File replaced. Poll GET /api/v1/sources until its status is indexed"
    );
    let read = settled(&app, &tenant, &id).await;
    assert_eq!(read["source"]["status"], "ready", "{read}");
    assert_eq!(read["chunks"].as_array().unwrap().len(), 1);
    assert_eq!(read["chunks"][0]["content"], "The garden closes at nine.");
    assert!(said(&app, &tenant, QUESTION).await.contains("at nine"));
    assert_eq!(listed(&app, &tenant).await.len(), 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_cannot_be_read_leaves_the_old_answers() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let id = uploaded(&app, &tenant, "garden.txt", OLD).await;
    assert_eq!(replace(&app, &tenant, &id, "garden.pdf", b"%PDF-1.4 nothing").await.status, 200);
    let read = settled(&app, &tenant, &id).await;
    assert_eq!(read["source"]["status"], "failed", "{read}");
    assert!(said(&app, &tenant, QUESTION).await.contains("at dusk"));
    // The next version is read all the same.
    assert_eq!(
        replace(&app, &tenant, &id, "garden.txt", b"The garden closes at ten.").await.status,
        200
    );
    settled(&app, &tenant, &id).await;
    assert!(said(&app, &tenant, QUESTION).await.contains("at ten"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_file_of_a_source_that_is_not_being_read_is_replaced() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let other = app.tenant("grace").await;
    let id = uploaded(&app, &tenant, "garden.txt", OLD).await;
    let pair = json!({"question": "Really?", "answer": "Yes."});
    let pair =
        app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair).send().await.ok();
    refused(
        &replace(&app, &tenant, text(&pair["sourceId"]), "a.txt", OLD).await,
        404,
        "Source not found",
    );
    refused(&replace(&app, &other, &id, "a.txt", OLD).await, 404, "Source not found");
    for unknown in UNKNOWN_SEGMENTS {
        refused(&replace(&app, &tenant, unknown, "a.txt", OLD).await, 404, "Source not found");
    }
    let announced = json!({"name": "a.txt", "size": 3});
    let awaited = app.post(PATH).bearer(&tenant.helpbot).json(&announced).send().await.ok();
    let awaited = text(&awaited["source"]["id"]).to_owned();
    refused(&replace(&app, &tenant, &awaited, "a.txt", OLD).await, 409, "The source is being read");
    refused(&replace(&app, &tenant, &id, "a.txt", b"").await, 400, "file must not be empty");
    let twice = [FormPart::file("a.txt", OLD), FormPart::file("b.txt", OLD)];
    let path = format!("{PATH}/{id}");
    let twice = app.post(&path).bearer(&tenant.helpbot).form(&twice).send().await;
    refused(&twice, 400, "file must be one part");
    let json = app.post(&path).bearer(&tenant.helpbot).json(&json!({"size": 3})).send().await;
    refused(&json, 400, "file is required");
    assert!(said(&app, &tenant, QUESTION).await.contains("at dusk"), "nothing was replaced");
    let route = SiteRoute::new(&app, Method::POST, &path);
    route.allows_only(&tenant.helpbot, &[Method::POST, Method::PUT]).await;
    app.finish().await;
}
