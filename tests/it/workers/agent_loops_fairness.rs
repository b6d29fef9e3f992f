//! Many loops at once: each runs once, and one tenant's many don't hold up another's one.

use std::time::Duration;

use local::{Code, TestClock};
use serde_json::json;
use testkit::{
    App,
    backend::{ScriptedBackend, Step},
    eventually,
};

use crate::util::{
    agent_loops::{LOOPS, echoing, ended, executions, make, modelled, report, run},
    chatbotplatform::list,
};

/// 200 loops due in the same minute, two tickers, five workers and whatever the platform's own do.
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_loops_due_in_the_same_minute_run_once_each() {
    let clock = TestClock::new(60);
    let app = App::with(|options| options.clock = Some(clock.clone())).await;
    let ada = app.tenant("ada").await;
    let mut body = report();
    body["integration_id"] = json!(echoing(&app, &ada).await);
    body["schedule"] = json!("rate(1 hour)");
    let mut loops = Vec::new();
    for _ in 0..200 {
        loops.push(make(&app, &ada, body.clone()).await);
    }
    clock.advance(Duration::from_secs(61 * 60));
    let Some(Code::Worker(work)) = app.platform.function("ticker") else { panic!("the function") };
    let (a, b) = tokio::join!(work(json!({})), work(json!({})));
    a.and(b).expect("two ticks");
    for made in &loops {
        let rows = eventually("the execution", async || {
            let (rows, _) = list(&app, &ada.chatbotplatform, &executions(made)).await;
            rows.iter().all(|row| row["status"] == "completed").then_some(rows)
        })
        .await;
        assert_eq!(rows.len(), 1, "{rows:?}");
    }
    let (_, total) = list(&app, &ada.chatbotplatform, LOOPS).await;
    assert_eq!(total, 200);
    app.finish().await;
}

/// One tenant's executions all hang; only as many as it may have at once take a worker.
#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_with_many_that_hang_does_not_hold_up_another() {
    let app = App::with(|options| options.clock = Some(TestClock::new(60))).await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let model = ScriptedBackend::start(|_, _| vec![Step::Wait, Step::Close]).await;
    let mut body = report();
    body["integration_id"] = json!(modelled(&app, &ada, &model).await);
    let made = make(&app, &ada, body).await;
    for _ in 0..60 {
        run(&app, &ada, &made).await;
    }
    eventually("four that hang", async || (model.asked().len() >= 4).then_some(())).await;
    let mut body = report();
    body["integration_id"] = json!(echoing(&app, &eve).await);
    let hers = make(&app, &eve, body).await;
    let begun = run(&app, &eve, &hers).await;
    assert_eq!(ended(&app, &eve, &begun).await["status"], "completed");
    let path = format!("{}?status=running", executions(&made));
    assert_eq!(list(&app, &ada.chatbotplatform, &path).await.1, 4);
    assert_eq!(model.asked().len(), 4, "no more than that were begun");
    // What waits is deleted, what runs is let go.
    app.delete(&crate::util::agent_loops::one(&made))
        .bearer(&ada.chatbotplatform)
        .send()
        .await
        .ok();
    for _ in 0..16 {
        model.release();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    app.finish().await;
}
