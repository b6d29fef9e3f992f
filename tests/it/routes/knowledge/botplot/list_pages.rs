//! ours GET /api/v1/knowledge/{sourceId}/pages

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Site};

use crate::util::{
    botplot::{Route, UNKNOWN_SEGMENTS, all_unknown, keys, problem, text},
    knowledge::{impatient, page, pages, ready, recrawled, three_pages},
};

#[tokio::test(flavor = "multi_thread")]
async fn each_page_says_how_it_came_out_and_which_copy_of_it_is_good() {
    let app = impatient().await;
    let tenant = app.tenant("ada").await;
    let links = "<a href='/visit/garden'>garden</a> <a href='/visit/broken'>broken</a> \
                 <a href='/visit/gone'>gone</a>";
    let site = Site::start(&[
        ("/visit", &page("The museum opens at ten.", links)),
        ("/visit/garden", &page("The garden closes at dusk.", "")),
    ])
    .await;
    site.set("/visit/broken", 500, "it broke");
    let id = ready(&app, &tenant, &format!("{}/visit", site.url)).await;
    let first = pages(&app, &tenant, &id).await;
    let told: Vec<_> = first
        .iter()
        .map(|p| (text(&p["url"]).replace(&site.url, ""), p["status"].clone(), p["depth"].clone()))
        .collect();
    let expected = [
        ("/visit", "read", 0),
        ("/visit/broken", "failed", 1),
        ("/visit/garden", "read", 1),
        ("/visit/gone", "gone", 1),
    ]
    .map(|(url, status, depth)| (url.to_owned(), json!(status), json!(depth)));
    assert_eq!(told, expected);
    let names =
        ["chunkCount", "depth", "hash", "lastGoodAt", "reason", "status", "url", "wordCount"];
    assert!(first.iter().all(|page| keys(page) == names));
    assert!(text(&first[1]["reason"]).contains("500") && text(&first[3]["reason"]).contains("404"));
    for (page, good) in first.iter().zip([true, false, true, false]) {
        assert_eq!(page["hash"].is_string(), good, "{page}");
        assert_eq!(page["lastGoodAt"].is_string(), good, "{page}");
        assert_eq!(page["chunkCount"] == 1, good, "{page}");
        assert_eq!(page["reason"].is_null(), good, "{page}");
    }
    assert_ne!(first[0]["hash"], first[2]["hash"]);

    // A page that fails keeps its copy, and the ledger says of when that is.
    site.set("/visit", 200, &page("The museum opens at eleven.", links));
    site.set("/visit/garden", 503, "later");
    recrawled(&app, &tenant, &id).await;
    let second = pages(&app, &tenant, &id).await;
    assert_ne!(second[0]["hash"], first[0]["hash"]);
    assert_eq!(second[2]["status"], "failed");
    assert!(text(&second[2]["reason"]).contains("503"));
    for name in ["hash", "lastGoodAt", "chunkCount"] {
        assert_eq!(second[2][name], first[2][name], "{name}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_paged_bounded_and_the_chatbot_s_own() {
    let app = App::start().await;
    let (tenant, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let site = three_pages().await;
    let id = ready(&app, &tenant, &format!("{}/", site.url)).await;
    let all = pages(&app, &tenant, &id).await;
    let path = format!("/api/v1/knowledge/{id}/pages");
    for (query, expected) in [
        ("?limit=1", &all[..1]),
        ("?limit=1&offset=1", &all[1..2]),
        ("?offset=2", &all[2..]),
        ("?offset=3", &[]),
    ] {
        let found = app.get(&format!("{path}{query}")).bearer(&tenant.secret).send().await.ok();
        assert_eq!(found, json!({"pages": expected, "total": 3}), "{query}");
    }
    for (name, values) in [("limit", ["0", "101", "x", ""]), ("offset", ["-1", "6001", "x", ""])] {
        for value in values {
            let path = format!("{path}?{name}={value}");
            let reply = app.get(&path).bearer(&tenant.secret).send().await;
            assert!(problem(&reply, 400, "VALIDATION_ERROR").starts_with(name), "{path}");
        }
    }
    let pair = json!({"question": "Really?", "answer": "Yes."});
    let pair =
        app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair).send().await.ok();
    assert_eq!(pages(&app, &tenant, text(&pair["sourceId"])).await, Vec::<Value>::new());

    let mut replies = Vec::new();
    for id in UNKNOWN_SEGMENTS {
        let path = format!("/api/v1/knowledge/{id}/pages");
        replies.push(app.get(&path).bearer(&tenant.secret).send().await);
    }
    replies.push(app.get(&path).bearer(&bob.secret).send().await);
    all_unknown(&replies);
    let route = Route::new(&app, Method::GET, path);
    route.needs_a_secret_key(&tenant).await;
    app.finish().await;
}
