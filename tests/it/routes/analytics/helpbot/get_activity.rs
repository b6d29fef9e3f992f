//! helpbot GET /api/v1/analytics/activity

use domain::Timestamp;
use serde_json::json;
use testkit::App;

use crate::util::analytics::{ask_site, days, is_an_insight};

const PATH: &str = "/api/v1/analytics/activity";

#[tokio::test(flavor = "multi_thread")]
async fn every_day_is_there_zeros_included() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let today = Timestamp::now().day_start();
    ask_site(&app, &ada, "Is anybody there?", "s-1").await;
    // What another dialect asks counts too.
    app.ask(&ada.public, "Hello?").await;
    app.drain().await;
    let mut found = Vec::new();
    for (query, range, number) in [
        ("?range=7d", "7d", 7),
        ("", "30d", 30),
        ("?range=90d", "90d", 90),
        ("?range=all", "all", 1),
    ] {
        let reply = app.get(&format!("{PATH}{query}")).bearer(&ada.helpbot).send().await.ok();
        let mut activity = days(number, &json!({"date": "", "count": 0}));
        activity.last_mut().unwrap()["count"] = json!(2);
        found.push((reply, json!({"range": range, "activity": activity})));
    }
    if Timestamp::now().day_start() == today {
        found.into_iter().for_each(|(found, expected)| assert_eq!(found, expected));
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_a_site_s_key_a_plan_and_a_range() {
    is_an_insight(PATH).await;
}
