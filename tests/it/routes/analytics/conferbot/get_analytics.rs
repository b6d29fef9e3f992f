//! conferbot GET /api/v1/external/v1/chatbots/{id}/analytics

use std::time::Duration;

use domain::{Days, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Tenant};

use crate::util::{
    access::{nobody_elses, only_methods},
    chatbots::{CONFERBOT, conferbot_refused},
    conversations::seed,
};

const DAY: u64 = 24 * 60 * 60;

async fn analytics(app: &App, tenant: &Tenant, query: &str) -> Value {
    let path = format!("{CONFERBOT}/{}/analytics{query}", tenant.chatbot);
    app.get(&path).api_key(&tenant.conferbot).send().await.ok()["data"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_day_of_the_period_is_there_in_order_zeros_included() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let today = Timestamp::now().day_start();
    let ago = |days: u64| Timestamp::from_millis(today.millis() - (days * DAY * 1000) as i64);
    let last = Duration::from_millis(DAY * 1000 - 1);
    let times = [today, ago(1), ago(1).plus(last), ago(4), ago(6), ago(7).plus(last), ago(400)];
    let ids = seed(&app, &ada, &times).await;
    seed(&app, &eve, &times).await;
    if Timestamp::now().day_start() != today {
        return app.finish().await; // Midnight came between.
    }
    let counts = |days: u32, found: &[(usize, u64)]| -> Vec<Value> {
        let mut rows: Vec<Value> = Days::until(today, days)
            .names()
            .map(|date| json!({"date": date, "count": 0}))
            .collect();
        rows.reverse();
        found.iter().for_each(|(ago, count)| rows[*ago]["count"] = json!(count));
        rows.reverse();
        rows
    };
    let week = [(0, 1), (1, 2), (4, 1), (6, 1)];
    let expected = |days: u32, recent: u64, found: &[(usize, u64)]| {
        json!({
            "totalResponses": 7,
            "recentResponses": recent,
            "period": format!("{days}d"),
            "dailyCounts": counts(days, found),
        })
    };
    assert_eq!(analytics(&app, &ada, "?days=7").await, expected(7, 5, &week));
    assert_eq!(analytics(&app, &ada, "?days=1").await, expected(1, 1, &[(0, 1)]));
    let month = [&week[..], &[(7, 1)]].concat();
    assert_eq!(analytics(&app, &ada, "").await, expected(30, 6, &month));
    assert_eq!(analytics(&app, &ada, "?days=365").await, expected(365, 6, &month));

    // One that is deleted counts no more.
    let path = format!("/api/v1/conversations/{}", ids[0]);
    app.delete(&path).bearer(&ada.secret).send().await.ok();
    app.drain().await;
    let left = analytics(&app, &ada, "?days=1").await;
    assert_eq!((&left["totalResponses"], &left["recentResponses"]), (&json!(6), &json!(0)));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_out_of_bounds_is_named_and_not_clamped() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    for days in ["0", "366", "-1", "x", "", "7d", "1.5", "99999999999999999999"] {
        let path = format!("{CONFERBOT}/{}/analytics?days={days}", ada.chatbot);
        let reply = app.get(&path).api_key(&ada.conferbot).send().await;
        conferbot_refused(&reply, 400, &["days", "365"]);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_is_told_apart_from_none() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let send = async |id: String| {
        app.get(&format!("{CONFERBOT}/{id}/analytics")).api_key(&ada.conferbot).send().await
    };
    nobody_elses(&eve.chatbot, send, conferbot_refused).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_methods_are_allowed() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{CONFERBOT}/{}/analytics", ada.chatbot);
    only_methods(&app, &path, &[Method::GET], conferbot_refused).await;
    app.finish().await;
}
