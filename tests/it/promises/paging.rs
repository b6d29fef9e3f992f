//! A page far down a list costs about what one near its top does, and the pages join.

use std::collections::HashSet;

use domain::{ChatbotId, Days, Timestamp};
use serde_json::Value;
use testkit::{App, Tenant};

use crate::util::{botplot::text, chatbots::CONFERBOT, conversations::seed};

/// A list of 20 may cost this many read units, and a deep page this many times those of an early one.
const MAX_UNITS: f64 = 12.0;
const MAX_TIMES: f64 = 3.0;

fn at(text: &str) -> i64 {
    Timestamp::parse(text).unwrap().millis()
}

/// Four days: a quiet one; a full one of 2,000 with a burst of 500 in five seconds of it; one of a
/// single millisecond's; and a few of the year before.
fn times() -> Vec<Timestamp> {
    let quiet = (0..25).map(|n| at("2026-02-16T09:00:00Z") + n * 1_234_567);
    let full = (0..1_500).map(|n| at("2026-02-15T00:00:00Z") + n * 57_599);
    let burst = (0..500).map(|n| at("2026-02-15T10:30:28Z") + n * 10);
    let at_once = (0..30).map(|_| at("2026-02-14T23:59:59.999Z"));
    let old = (0..45).map(|n| at("2025-12-31T23:59:00Z") + n * 3_000);
    let all = quiet.chain(full).chain(burst).chain(at_once).chain(old);
    all.map(Timestamp::from_millis).collect()
}

async fn walk(app: &App, chatbot: ChatbotId, days: Days, limit: u32) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        let offset = u32::try_from(found.len()).unwrap();
        let store = &app.platform.app.store;
        let page = store.conversations(chatbot, days, offset, limit).await.unwrap();
        found.extend(page.iter().map(|conversation| conversation.id.to_string()));
        if page.is_empty() {
            return found;
        }
    }
}

/// Ids of a page, and the units it took.
async fn page(app: &App, tenant: &Tenant, offset: usize) -> (Vec<String>, f64) {
    let path = format!("/api/v1/conversations?limit=20&offset={offset}");
    let reply = app.get(&path).bearer(&tenant.secret).send().await;
    let rows: Vec<Value> = reply.ok()["conversations"].as_array().unwrap().clone();
    (rows.iter().map(|row| text(&row["id"]).to_owned()).collect(), reply.units().0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deep_page_costs_what_an_early_one_does_and_each_row_is_on_one_page() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let mut ids = seed(&app, &ada, &times()).await;
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 2_100);
    let bot: ChatbotId = ada.chatbot.parse().unwrap();
    for limit in [20, 100] {
        assert_eq!(walk(&app, bot, Days::ALL, limit).await, ids, "by {limit}");
    }

    // Within days too: the full one alone, and from the year before up to it.
    let day = |text: &str| Timestamp::parse(&format!("{text}T00:00:00Z"));
    let one = Days { first: day("2026-02-15"), last: day("2026-02-15") };
    assert_eq!(walk(&app, bot, one, 50).await, ids[25..2_025]);
    let some = Days { first: day("2026-01-01"), last: day("2026-02-15") };
    assert_eq!(walk(&app, bot, some, 50).await, ids[25..2_080]);

    let (early, units) = page(&app, &ada, 80).await;
    assert_eq!(early, ids[80..100]);
    assert!(units <= MAX_UNITS, "page 5: {units}");
    for offset in [0, 20, 60, 300, 999, 1_200, 1_333, 1_500, 1_980, 2_000, 2_030, 2_060, 2_080] {
        let (found, deep) = page(&app, &ada, offset).await;
        assert_eq!(found, ids[offset..offset + 20]);
        assert!(deep <= MAX_UNITS && deep <= MAX_TIMES * units, "{offset}: {deep}, not {units}");
    }
    for past in [2_100, 2_101, 10_000_000] {
        let (found, units) = page(&app, &ada, past).await;
        assert!(found.is_empty() && units <= MAX_UNITS, "{past}: {units}");
    }

    // What is deleted is skipped no more.
    for place in [2_099, 1_200, 800, 60, 24, 0] {
        let path = format!("/api/v1/conversations/{}", ids.remove(place));
        app.delete(&path).bearer(&ada.secret).send().await.ok();
    }
    app.drain().await;
    assert_eq!(walk(&app, bot, Days::ALL, 33).await, ids);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_whole_responses_far_down_costs_what_the_first_does() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let times = (0..300).map(|n| Timestamp::from_millis(at("2026-02-15T10:00:00Z") + n * 7_000));
    let ids = seed(&app, &ada, &times.collect::<Vec<_>>()).await;
    let page = async |number: usize| {
        let path = format!("{CONFERBOT}/{}/responses?page={number}", ada.chatbot);
        let reply = app.get(&path).api_key(&ada.conferbot).send().await;
        let rows = reply.ok()["data"].as_array().unwrap().clone();
        let found: Vec<&str> = rows.iter().map(|row| text(&row["_id"])).collect();
        assert_eq!(found, ids[(number - 1) * 20..number * 20]);
        assert!(rows.iter().all(|row| row["record"].as_array().unwrap().len() == 2));
        reply.units().0
    };
    let first = page(1).await;
    for number in [2, 5, 9, 15] {
        let units = page(number).await;
        assert!(units <= first + 5.0, "page {number}: {units}, not {first}");
    }
    app.finish().await;
}
