//! Agent loops by their schedules: one execution for each planned time, however many tickers look.

use std::time::Duration;

use local::{Code, TestClock};
use serde_json::{Value, json};
use testkit::App;

use crate::util::{
    agent_loops::{echoing, executions, make, one, report},
    chatbotplatform::list,
};

const HOUR: Duration = Duration::from_secs(60 * 60);

async fn tick(app: &App) {
    let Some(Code::Worker(work)) = app.platform.function("ticker") else { panic!("the function") };
    work(json!({})).await.expect("a tick");
}

/// Several tickers at the same time.
async fn ticks(app: &App, count: usize) {
    futures::future::join_all((0..count).map(|_| tick(app))).await;
}

fn hourly(integration: &str) -> Value {
    let mut body = report();
    body["integration_id"] = json!(integration);
    body["schedule"] = json!("rate(1 hour)");
    body
}

fn time(value: &Value) -> domain::Timestamp {
    domain::Timestamp::parse(value.as_str().expect("a time")).expect("a time")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_planned_time_is_one_execution_with_any_number_of_tickers() {
    let clock = TestClock::new(1);
    let app = App::with(|options| options.clock = Some(clock.clone())).await;
    let ada = app.tenant("ada").await;
    let made = make(&app, &ada, hourly(&echoing(&app, &ada).await)).await;
    ticks(&app, 5).await;
    assert_eq!(
        list(&app, &ada.chatbotplatform, &executions(&made)).await.1,
        0,
        "not before its time"
    );
    for round in 1..=4 {
        clock.advance(HOUR);
        ticks(&app, 5).await;
        app.drain().await;
        ticks(&app, 5).await;
        let (rows, total) = list(&app, &ada.chatbotplatform, &executions(&made)).await;
        assert_eq!(total, round, "{rows:?}");
        assert_eq!(
            (&rows[0]["status"], &rows[0]["metadata"]["trigger"]),
            (&json!("completed"), &json!("schedule"))
        );
        // No drift: the k-th is planned k intervals after the schedule was set.
        let since = time(&rows[0]["metadata"]["planned_at"]).since(time(&made["created_at"]));
        assert_eq!(since, HOUR * u32::try_from(round).unwrap());
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_is_run_once_for_the_latest_time() {
    let clock = TestClock::new(1);
    let app = App::with(|options| options.clock = Some(clock.clone())).await;
    let ada = app.tenant("ada").await;
    let made = make(&app, &ada, hourly(&echoing(&app, &ada).await)).await;
    clock.advance(75 * HOUR + HOUR / 2);
    ticks(&app, 3).await;
    app.drain().await;
    let (rows, total) = list(&app, &ada.chatbotplatform, &executions(&made)).await;
    assert_eq!(total, 1, "{rows:?}");
    let since = time(&rows[0]["metadata"]["planned_at"]).since(time(&made["created_at"]));
    assert_eq!(since, 75 * HOUR);
    let now = app.get(&one(&made)).bearer(&ada.chatbotplatform).send().await.ok();
    let next = time(&now["data"]["next_run_at"]).since(time(&made["created_at"]));
    assert_eq!((next, &now["data"]["skipped_runs"]), (76 * HOUR, &json!(0)));
    app.finish().await;
}

/// The workers wait, so the first execution stays under way.
#[tokio::test(flavor = "multi_thread")]
async fn a_time_at_which_the_last_one_is_not_over_is_skipped_and_counted() {
    let clock = TestClock::new(1);
    let mut app = App::with(|options| {
        options.clock = Some(clock.clone());
        options.detached = true;
    })
    .await;
    let ada = app.tenant("ada").await;
    let made = make(&app, &ada, hourly(&echoing(&app, &ada).await)).await;
    for _ in 0..3 {
        clock.advance(HOUR);
        ticks(&app, 3).await;
    }
    let (rows, total) = list(&app, &ada.chatbotplatform, &executions(&made)).await;
    assert_eq!((total, &rows[0]["status"]), (1, &json!("pending")), "{rows:?}");
    let now = app.get(&one(&made)).bearer(&ada.chatbotplatform).send().await.ok();
    assert_eq!(now["data"]["skipped_runs"], 2, "{now}");
    // A run by request waits for nothing.
    let path = format!("{}/run", one(&made));
    assert_eq!(app.post(&path).bearer(&ada.chatbotplatform).send().await.status, 201);
    app.platform.attach().unwrap();
    app.drain().await;
    clock.advance(HOUR);
    ticks(&app, 3).await;
    app.drain().await;
    let (rows, total) = list(&app, &ada.chatbotplatform, &executions(&made)).await;
    assert_eq!(total, 3, "{rows:?}");
    assert!(rows.iter().all(|row| row["status"] == "completed"), "{rows:?}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inactive_or_deleted_loop_is_not_run() {
    let clock = TestClock::new(1);
    let app = App::with(|options| options.clock = Some(clock.clone())).await;
    let ada = app.tenant("ada").await;
    let integration = echoing(&app, &ada).await;
    let off = make(&app, &ada, hourly(&integration)).await;
    let gone = make(&app, &ada, hourly(&integration)).await;
    let inactive = json!({"status": "inactive"});
    app.patch(&one(&off)).bearer(&ada.chatbotplatform).json(&inactive).send().await.ok();
    app.delete(&one(&gone)).bearer(&ada.chatbotplatform).send().await.ok();
    clock.advance(3 * HOUR);
    ticks(&app, 2).await;
    app.drain().await;
    assert_eq!(list(&app, &ada.chatbotplatform, &executions(&off)).await.1, 0);
    // Switched on again, what was missed is not made up for.
    let active = json!({"status": "active"});
    app.patch(&one(&off)).bearer(&ada.chatbotplatform).json(&active).send().await.ok();
    ticks(&app, 2).await;
    assert_eq!(list(&app, &ada.chatbotplatform, &executions(&off)).await.1, 0);
    clock.advance(HOUR);
    ticks(&app, 2).await;
    app.drain().await;
    assert_eq!(list(&app, &ada.chatbotplatform, &executions(&off)).await.1, 1);
    app.finish().await;
}
