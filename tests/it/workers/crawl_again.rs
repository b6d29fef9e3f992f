//! botplot POST /api/v1/knowledge/{sourceId}/recrawl

use testkit::{App, Site};

use crate::util::{
    botplot::text,
    knowledge::{impatient, page, pages, ready, recrawled, said},
};

const OPEN: &str = "When does the museum open?";
const CLOSE: &str = "When does the garden close?";

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_changed_is_asked_for_and_no_more() {
    let app = impatient().await;
    let tenant = app.tenant("ada").await;
    let link = "<a href='/visit/garden'>garden</a>";
    let site = Site::start(&[]).await;
    site.tagged("/visit", &page("The museum opens at ten.", link), "\"one\"");
    site.tagged("/visit/garden", &page("The garden closes at dusk.", ""), "\"two\"");
    let id = ready(&app, &tenant, &format!("{}/visit", site.url)).await;
    let path = format!("/api/v1/knowledge/{id}");
    let chunks = app.get(&path).bearer(&tenant.secret).send().await.ok()["chunks"].clone();
    let version = async || {
        let (workspace, chatbot) = (tenant.workspace.parse(), tenant.chatbot.parse());
        let found = app.platform.app.chatbot(workspace.unwrap(), chatbot.unwrap()).await;
        found.unwrap().index_version
    };
    let before = (version().await, pages(&app, &tenant, &id).await);
    for round in 1..=3 {
        let source = recrawled(&app, &tenant, &id).await;
        assert_eq!((&source["source"]["status"], &source["chunks"]), (&"ready".into(), &chunks));
        for path in ["/visit", "/visit/garden"] {
            assert_eq!((site.hits(path), site.unchanged(path)), (round + 1, round), "{path}");
        }
        assert_eq!(version().await, before.0, "no index is loaded again");
        let now = pages(&app, &tenant, &id).await;
        for (now, before) in now.iter().zip(&before.1) {
            assert_eq!((&now["hash"], &now["status"]), (&before["hash"], &before["status"]));
            assert!(text(&now["lastGoodAt"]) > text(&before["lastGoodAt"]), "confirmed again");
        }
    }
    // One page changes: the other one's passages go along, untouched.
    site.tagged("/visit", &page("The museum opens at eleven.", link), "\"three\"");
    recrawled(&app, &tenant, &id).await;
    assert!(said(&app, &tenant, OPEN).await.contains("at eleven"));
    assert!(said(&app, &tenant, CLOSE).await.contains("at dusk"));
    assert_eq!(site.unchanged("/visit/garden"), 4);
    // Once more, so that what went along is what is compared with.
    app.drain().await;
    recrawled(&app, &tenant, &id).await;
    assert_eq!((site.unchanged("/visit"), site.unchanged("/visit/garden")), (4, 5));
    // And it fails for a while, with the same address below it still followed.
    site.set("/visit/garden", 500, "it broke");
    recrawled(&app, &tenant, &id).await;
    assert!(said(&app, &tenant, CLOSE).await.contains("at dusk"));
    site.set("/visit/garden", 410, "gone");
    recrawled(&app, &tenant, &id).await;
    assert_eq!(said(&app, &tenant, CLOSE).await, "");
    assert!(said(&app, &tenant, OPEN).await.contains("at eleven"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_without_an_etag_that_says_the_same_changes_nothing_either() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    let id = ready(&app, &tenant, &format!("{}/visit", site.url)).await;
    let chatbot = tenant.chatbot.parse().unwrap();
    let source = async || app.platform.app.source(chatbot, id.parse().unwrap()).await.unwrap();
    let before = source().await;
    // What is around the text is another matter.
    let framed = format!("<!-- {} -->{}", 1, page("The museum opens at ten.", ""));
    site.set("/visit", 200, &framed);
    recrawled(&app, &tenant, &id).await;
    let after = source().await;
    assert_eq!(after.live_crawl, before.live_crawl, "what answered still does");
    assert!(after.job != before.job && after.synced_at > before.synced_at);
    assert!(said(&app, &tenant, OPEN).await.contains("at ten"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_pages_that_say_the_same_one_answers() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let links = "<a href='/visit/b'>b</a> <a href='/visit/a'>a</a> <a href='/visit/a?print'>p</a>";
    let garden = page("The garden closes at dusk.", "");
    let site = Site::start(&[
        ("/visit", &page("The museum opens at ten.", links)),
        ("/visit/a", &garden),
        ("/visit/b", &garden),
    ])
    .await;
    let id = ready(&app, &tenant, &format!("{}/visit", site.url)).await;
    let path = format!("/api/v1/knowledge/{id}");
    let source = app.get(&path).bearer(&tenant.secret).send().await.ok();
    assert_eq!(source["source"]["chunkCount"], 2);
    assert_eq!(source["chunks"].as_array().unwrap().len(), 2);
    let statuses = async || -> Vec<String> {
        let pages = pages(&app, &tenant, &id).await;
        pages.iter().map(|page| text(&page["status"]).to_owned()).collect()
    };
    assert_eq!(statuses().await, ["read", "read", "duplicate", "duplicate"]);
    let answer = app.ask(&tenant.public, CLOSE).await;
    assert_eq!(answer["sources"], 1, "{answer}");
    // The one that answered goes; another one says it still.
    site.set("/visit/a", 404, "not here");
    recrawled(&app, &tenant, &id).await;
    assert_eq!(statuses().await, ["read", "gone", "gone", "read"]);
    assert!(said(&app, &tenant, CLOSE).await.contains("at dusk"));
    let again = recrawled(&app, &tenant, &id).await;
    assert_eq!(again["source"]["chunkCount"], 2);
    app.finish().await;
}
