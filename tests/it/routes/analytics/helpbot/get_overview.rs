//! helpbot GET /api/v1/analytics/overview

use domain::Timestamp;
use serde_json::json;
use testkit::App;

use crate::util::analytics::{ask_site, first_answer, is_an_insight, rate};

const PATH: &str = "/api/v1/analytics/overview";

#[tokio::test(flavor = "multi_thread")]
async fn it_says_what_the_period_was_like_in_whole_percents() {
    let app = App::with(|options| options.signup_plan = "pro".parse().unwrap()).await;
    let ada = app.tenant("ada").await;
    let now = Timestamp::now();
    let read = async |query: &str| {
        app.drain().await;
        app.get(&format!("{PATH}{query}")).bearer(&ada.helpbot).send().await.ok()
    };
    let credits = |used: u64| {
        let resets = now.next_month().to_string();
        json!({"used": used, "limit": 10_000, "remaining": 10_000 - used, "resetsAt": resets})
    };
    let empty = read("").await;
    let mut asked = Vec::new();
    for session in ["s-1", "s-1", "s-2"] {
        asked.push(ask_site(&app, &ada, "Where is my parcel?", session).await);
    }
    for (conversation, rating) in asked.iter().zip([1, 1, -1]) {
        let answer = first_answer(&app, &ada, conversation).await;
        rate(&app, &ada, &answer, rating).await;
    }
    let path = format!("/api/v1/conversations/{}/handoff", asked[1].as_str().unwrap());
    app.post(&path).bearer(&ada.public).json(&json!({})).send().await.ok();
    let mut found = Vec::new();
    for range in ["7d", "30d", "90d", "all"] {
        found.push((range, read(&format!("?range={range}")).await));
    }
    if Timestamp::now().day_start() == now.day_start() {
        assert_eq!(
            empty,
            json!({
                "range": "30d", "totalQuestions": 0, "satisfactionRate": 0, "helpfulCount": 0,
                "totalFeedback": 0, "handoffCount": 0, "handoffRate": 0, "weekOverWeekChange": 0,
                "credits": credits(0),
            })
        );
        for (range, found) in found {
            assert_eq!(
                found,
                json!({
                    "range": range, "totalQuestions": 3, "satisfactionRate": 67, "helpfulCount": 2,
                    "totalFeedback": 3, "handoffCount": 1, "handoffRate": 33,
                    "weekOverWeekChange": 100, "credits": credits(3),
                })
            );
        }
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credits_without_a_limit_have_no_remainder() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let credits = app.get(PATH).bearer(&ada.helpbot).send().await.ok()["credits"].clone();
    assert_eq!((&credits["limit"], &credits["remaining"]), (&json!(null), &json!(null)));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_a_site_s_key_a_plan_and_a_range() {
    is_an_insight(PATH).await;
}
