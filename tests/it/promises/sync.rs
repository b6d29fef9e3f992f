//! Sources that are crawled again by themselves, off the index of what is due. No test waits for a
//! day here: the time at which a source is due is looked at in the table itself, and moved.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Source, Timestamp, source::crawl_time};
use futures::future::join_all;
use local::Code;
use serde_json::{Value, json};
use testkit::{App, Site, Tenant};

use crate::util::{
    botplot::text,
    knowledge::{impatient, page, said, settled},
    table::table,
};

const HOUR: i64 = 60 * 60 * 1000;
const DAILY: i64 = 24 * HOUR;
const WEEKLY: i64 = 7 * DAILY;
const OPEN: &str = "When does the museum open?";
const LINK: &str = "<a href='/visit/garden'>garden</a>";

/// A site of two pages whose server can say that they have not changed.
async fn site() -> Site {
    let site = Site::start(&[]).await;
    site.tagged("/visit", &page("The museum opens at ten.", LINK), "\"one\"");
    site.tagged("/visit/garden", &page("The garden closes at dusk.", ""), "\"two\"");
    site
}

/// Adds the site with that `syncFrequency` and waits until it is ready; its id.
async fn ready(app: &App, tenant: &Tenant, site: &Site, frequency: &str) -> String {
    let body = json!({"url": format!("{}/visit", site.url), "syncFrequency": frequency});
    let added = app.post("/api/v1/knowledge/url").bearer(&tenant.secret).json(&body).send().await;
    let id = text(&added.ok()["sourceId"]).to_owned();
    let source = settled(app, tenant, &id).await;
    assert_eq!(source["source"]["status"], "ready", "{source}");
    id
}

async fn source(app: &App, tenant: &Tenant, id: &str) -> Source {
    let (chatbot, id) = (tenant.chatbot.parse().unwrap(), id.parse().unwrap());
    app.platform.app.source(chatbot, id).await.unwrap()
}

/// When a source is due, if it is in the index.
async fn due(app: &App, tenant: &Tenant, id: &str) -> Option<i64> {
    let key = |name, id: &str| AttributeValue::S(format!("{name}#{id}"));
    let read = table(app).get_item().table_name("colloquy").consistent_read(true);
    let read = read.key("pk", key("BOT", &tenant.chatbot)).key("sk", key("SRC", id));
    let item = read.send().await.unwrap().item.expect("the source");
    assert_eq!(item.contains_key("due_pk"), item.contains_key("due_at"), "both or none");
    let at = Timestamp::parse(item.get("due_at")?.as_s().unwrap()).expect("a time");
    Some(at.millis())
}

/// What was due later has been for a while.
async fn make_due(app: &App, tenant: &Tenant, id: &str) {
    let key = |name, id: &str| AttributeValue::S(format!("{name}#{id}"));
    let past = Timestamp::from_millis(Timestamp::now().millis() - HOUR).to_string();
    let write = table(app).update_item().table_name("colloquy");
    let write = write.key("pk", key("BOT", &tenant.chatbot)).key("sk", key("SRC", id));
    let write = write.condition_expression("attribute_exists(due_pk)");
    let write = write.update_expression("SET due_at = :past");
    let write = write.expression_attribute_values(":past", AttributeValue::S(past));
    write.send().await.expect("it is in the index");
}

/// Several tickers at once.
async fn tick(app: &App, tickers: usize) {
    let Some(Code::Worker(work)) = app.platform.function("ticker") else { panic!("the function") };
    let ticks = (0..tickers).map(|_| tokio::spawn(work(json!({}))));
    for ticked in join_all(ticks).await {
        ticked.unwrap().expect("it ticks");
    }
}

async fn chunks(app: &App, tenant: &Tenant, id: &str) -> Value {
    let path = format!("/api/v1/knowledge/{id}");
    app.get(&path).bearer(&tenant.secret).send().await.ok()["chunks"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_due_a_day_or_a_week_after_it_became_ready_and_is_crawled_once_then() {
    for (frequency, period) in [("daily", DAILY), ("weekly", WEEKLY)] {
        let app = App::start().await;
        let tenant = app.tenant("ada").await;
        let site = site().await;
        let id = ready(&app, &tenant, &site, frequency).await;
        let first = source(&app, &tenant, &id).await;
        let passages = chunks(&app, &tenant, &id).await;
        let became_ready = first.synced_at.expect("it is ready").millis();
        assert_eq!(due(&app, &tenant, &id).await, Some(became_ready + period), "{frequency}");

        tick(&app, 2).await;
        assert_eq!(source(&app, &tenant, &id).await, first, "it is not due yet");

        make_due(&app, &tenant, &id).await;
        tick(&app, 4).await;
        settled(&app, &tenant, &id).await;
        app.drain().await;
        for path in ["/visit", "/visit/garden"] {
            let asked = (site.hits(path), site.unchanged(path));
            assert_eq!(asked, (2, 1), "{frequency} {path}: once more, if it has changed");
        }
        let second = source(&app, &tenant, &id).await;
        assert_ne!(second.job, first.job);
        assert_eq!(second.live_crawl, first.live_crawl, "what answered still does");
        assert_eq!(chunks(&app, &tenant, &id).await, passages);
        let became_ready = second.synced_at.expect("it is ready").millis();
        assert_eq!(due(&app, &tenant, &id).await, Some(became_ready + period), "{frequency}");

        site.tagged("/visit", &page("The museum opens at eleven.", LINK), "\"three\"");
        make_due(&app, &tenant, &id).await;
        tick(&app, 1).await;
        settled(&app, &tenant, &id).await;
        assert!(said(&app, &tenant, OPEN).await.contains("at eleven"));
        app.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_crawled_when_asked_is_never_due() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let site = site().await;
    let id = ready(&app, &tenant, &site, "manual").await;
    assert_eq!(due(&app, &tenant, &id).await, None);
    let before = source(&app, &tenant, &id).await;
    tick(&app, 2).await;
    app.drain().await;
    assert_eq!((source(&app, &tenant, &id).await, site.hits("/visit")), (before, 1));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_fails_is_tried_again_after_the_same_time() {
    let app = impatient().await;
    let tenant = app.tenant("ada").await;
    let site = site().await;
    let id = ready(&app, &tenant, &site, "daily").await;
    let before = source(&app, &tenant, &id).await;
    site.set("/visit", 500, "it broke");
    make_due(&app, &tenant, &id).await;
    let begun = Timestamp::now().millis();
    tick(&app, 2).await;
    let failed = settled(&app, &tenant, &id).await;
    assert_eq!(failed["source"]["status"], "failed", "{failed}");
    assert_eq!(source(&app, &tenant, &id).await.synced_at, before.synced_at);
    let next = due(&app, &tenant, &id).await.expect("it is due again");
    assert!((begun + DAILY..=Timestamp::now().millis() + DAILY).contains(&next));
    assert!(said(&app, &tenant, OPEN).await.contains("at ten"), "what answered still does");

    site.set("/visit", 200, &page("The museum opens at noon.", LINK));
    make_due(&app, &tenant, &id).await;
    tick(&app, 2).await;
    assert_eq!(settled(&app, &tenant, &id).await["source"]["status"], "ready");
    assert!(said(&app, &tenant, OPEN).await.contains("at noon"));
    app.finish().await;
}

/// A crawl that does not end is in the index as well: it is called off when its time is over, and what
/// answered before continues to.
#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_that_hangs_is_called_off_when_its_time_is_over() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let site = site().await;
    let id = ready(&app, &tenant, &site, "weekly").await;
    // Its next turn at the site would be in ten minutes, so the crawl waits.
    site.file("/robots.txt", "text/plain", b"User-agent: *\nCrawl-delay: 600\n");
    let recrawl = format!("/api/v1/knowledge/{id}/recrawl");
    let begun = Timestamp::now().millis();
    app.post(&recrawl).bearer(&tenant.secret).send().await.ok();
    let ends = due(&app, &tenant, &id).await.expect("it is in the index");
    // As much time as the pages take that the largest plan lets it read.
    let most = i64::try_from(crawl_time(5_000).as_millis()).unwrap();
    assert!((begun + most..=Timestamp::now().millis() + most).contains(&ends));
    make_due(&app, &tenant, &id).await;
    let begun = Timestamp::now().millis();
    tick(&app, 2).await;
    let off = settled(&app, &tenant, &id).await;
    assert_eq!(off["source"]["status"], "failed", "{off}");
    assert!(text(&off["source"]["error"]).contains("did not come to an end"), "{off}");
    let next = due(&app, &tenant, &id).await.expect("it is due again");
    assert!((begun + WEEKLY..=Timestamp::now().millis() + WEEKLY).contains(&next));
    assert!(said(&app, &tenant, OPEN).await.contains("at ten"));
    app.finish().await;
}
