//! botplot GET /api/v1/analytics/ratings

use domain::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::App;

use crate::util::{
    analytics::{days, rate},
    botplot::{Route, problem},
};

const PATH: &str = "/api/v1/analytics/ratings";

#[tokio::test(flavor = "multi_thread")]
async fn ratings_are_counted_once_each_and_follow_every_change() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let today = Timestamp::now().day_start();
    let read = async |query: &str| {
        app.drain().await;
        app.get(&format!("{PATH}{query}")).bearer(&ada.secret).send().await.ok()
    };
    let expected = |number: u32, positive: u64, negative: u64, rate: f64| -> Value {
        let mut trend = days(number, &json!({"date": "", "positive": 0, "negative": 0}));
        let last = trend.last_mut().unwrap();
        last["positive"] = json!(positive);
        last["negative"] = json!(negative);
        let summary = json!({
            "totalRatings": positive + negative, "positive": positive, "negative": negative,
            "satisfactionRate": rate,
        });
        json!({"summary": summary, "ratingsTrend": trend})
    };
    assert_eq!(read("").await, expected(30, 0, 0, 0.0));
    let mut asked = Vec::new();
    for _ in 0..3 {
        asked.push(app.ask(&ada.public, "Hello?").await);
    }
    for (answer, rating) in asked.iter().zip([1, 1, -1]) {
        rate(&app, &ada, &answer["messageId"], rating).await;
        rate(&app, &ada, &answer["messageId"], rating).await;
    }
    let two_of_three = read("?period=7d").await;
    rate(&app, &ada, &asked[2]["messageId"], 1).await;
    let all = read("").await;
    let path = format!("/api/v1/conversations/{}", asked[0]["conversationId"].as_str().unwrap());
    app.delete(&path).bearer(&ada.secret).send().await.ok();
    let left = read("?period=90d").await;
    if Timestamp::now().day_start() == today {
        assert_eq!(two_of_three, expected(7, 2, 1, 66.7));
        assert_eq!(all, expected(30, 3, 0, 100.0));
        assert_eq!(left, expected(90, 2, 0, 100.0));
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_is_one_of_three() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let reply = app.get(&format!("{PATH}?period=all")).bearer(&ada.secret).send().await;
    let message = problem(&reply, 400, "VALIDATION_ERROR");
    assert_eq!(message, "period must be one of 7d, 30d, 90d");
    let route = Route::new(&app, Method::GET, PATH);
    route.allows_only(&ada.secret, &[Method::GET]).await;
    app.finish().await;
}
