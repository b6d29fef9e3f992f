//! The frontier of a crawl: what the plan has room for is read, what it has not is listed with the
//! reason, and the source says how far its crawl is.

use serde_json::{Value, json};
use testkit::{App, Site, Tenant};

use crate::util::{
    botplot::{keys, text},
    knowledge::{page, ready, settled},
};

async fn with_pages(pages: u32) -> App {
    let plans = format!(r#"{{"enterprise":{{"crawl_pages":{pages}}}}}"#);
    App::with(|options| options.plans = Some(plans)).await
}

/// A flat site: its first page leads to all others.
async fn flat(leaves: usize) -> Site {
    let links: String = (0..leaves).map(|n| format!("<a href='/hall/{n}'>{n}</a> ")).collect();
    let site = Site::start(&[("/", &page("The fair has many halls.", &links))]).await;
    for n in 0..leaves {
        let back = format!("<a href='/hall/{}'>next</a><a href='/'>all</a>", (n + 1) % leaves);
        site.set(&format!("/hall/{n}"), 200, &page(&format!("Hall {n} has stand {n}."), &back));
    }
    site
}

/// All pages of a source that have this status.
async fn listed(app: &App, tenant: &Tenant, id: &str, status: &str) -> Vec<Value> {
    let mut found = Vec::new();
    loop {
        let path = format!("/api/v1/knowledge/{id}/pages?limit=100&offset={}", found.len());
        let page = app.get(&path).bearer(&tenant.secret).send().await.ok();
        found.extend(page["pages"].as_array().unwrap().clone());
        if found.len() as u64 == page["total"].as_u64().unwrap() {
            break;
        }
    }
    found.retain(|page| page["status"] == status);
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_plan_has_no_room_for_is_listed_with_the_reason() {
    let (app, site) = (with_pages(8).await, flat(60).await);
    let tenant = app.tenant("ada").await;
    let id = ready(&app, &tenant, &format!("{}/", site.url)).await;
    let source = settled(&app, &tenant, &id).await;
    let progress = &source["source"]["progress"];
    assert_eq!(keys(progress), ["failed", "found", "left", "leftOut", "read"]);
    let expected = json!({"found": 61, "read": 8, "failed": 0, "left": 0, "leftOut": 53});
    assert_eq!(*progress, expected);
    assert_eq!(listed(&app, &tenant, &id, "read").await.len(), 8);
    let left_out = listed(&app, &tenant, &id, "left_out").await;
    assert_eq!(left_out.len(), 53);
    for page in &left_out {
        assert_eq!(page["reason"], "a source has at most 8 pages with this plan");
        let path = text(&page["url"]).replace(&site.url, "");
        assert_eq!(site.hits(&path), 0, "{path}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_larger_plan_reads_all_of_a_flat_site_and_the_next_crawl_counts_from_the_beginning() {
    let (app, site) = (with_pages(500).await, flat(98).await);
    let tenant = app.tenant("ada").await;
    let id = ready(&app, &tenant, &format!("{}/", site.url)).await;
    let all = json!({"found": 99, "read": 99, "failed": 0, "left": 0, "leftOut": 0});
    let source = settled(&app, &tenant, &id).await;
    assert_eq!(source["source"]["progress"], all);
    site.set("/hall/97", 404, "");
    let again = crate::util::knowledge::recrawled(&app, &tenant, &id).await;
    let expected = json!({"found": 99, "read": 98, "failed": 1, "left": 0, "leftOut": 0});
    assert_eq!(again["source"]["progress"], expected);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_links_from_the_address_is_the_end() {
    let step = |n: usize| {
        page(&format!("Room {n} is behind the last."), &format!("<a href='/{}'>on</a>", n + 1))
    };
    let (app, site) = (App::start().await, Site::start(&[("/", &step(0))]).await);
    for n in 1..14 {
        site.set(&format!("/{n}"), 200, &step(n));
    }
    let tenant = app.tenant("ada").await;
    let id = ready(&app, &tenant, &format!("{}/", site.url)).await;
    let source = settled(&app, &tenant, &id).await;
    assert_eq!(source["source"]["progress"]["read"], 11, "{source}");
    let left_out = listed(&app, &tenant, &id, "left_out").await;
    assert_eq!(left_out.len(), 1, "{left_out:?}");
    assert_eq!(left_out[0]["url"], format!("{}/11", site.url));
    assert!(text(&left_out[0]["reason"]).contains("10 links away"), "{left_out:?}");
    assert_eq!(site.hits("/11"), 0);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_asks_not_to_be_indexed_is_listed_so() {
    let draft = "<meta name=robots content=noindex><p>Not yet.</p>";
    let start = page("The fair is in May.", "<a href='/draft'>draft</a>");
    let site = Site::start(&[("/", &start), ("/draft", draft)]).await;
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let id = ready(&app, &tenant, &format!("{}/", site.url)).await;
    let left_out = listed(&app, &tenant, &id, "left_out").await;
    assert_eq!(left_out.len(), 1, "{left_out:?}");
    assert!(text(&left_out[0]["reason"]).contains("noindex"), "{left_out:?}");
    let source = settled(&app, &tenant, &id).await;
    assert_eq!(source["source"]["progress"]["leftOut"], 1, "{source}");
    app.finish().await;
}
