//! ours POST /v1/agent-loops/{id}/executions/{executionId}/cancel

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Receiver, eventually};

use crate::util::{
    agent_loops::{LOOPS, NO_LOOP, calls, ended, executions, make, model, modelled, report, run},
    chatbotplatform::{only_its_key, platform_refused},
};

fn cancel(made: &Value, begun: &Value) -> String {
    format!("{}/{}/cancel", executions(made), begun["id"].as_str().unwrap())
}

/// The model calls a tool again and again, each time another way.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_runs_ends_before_its_next_call_and_its_event_comes_once() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let callback = Receiver::start().await;
    let waits = |_: usize| {
        let mut steps = vec![testkit::backend::Step::Wait];
        steps.extend(calls(&[("nothing", "{}")]));
        steps
    };
    let model = model((0..3).map(waits).collect()).await;
    let mut body = report();
    body["integration_id"] = json!(modelled(&app, &ada, &model).await);
    body["callback_url"] = json!(callback.url);
    let made = make(&app, &ada, body).await;
    let begun = run(&app, &ada, &made).await;
    eventually("a model call", async || (model.asked().len() == 1).then_some(())).await;
    let path = cancel(&made, &begun);
    let cancelled = app.post(&path).bearer(&ada.chatbotplatform).send().await.ok();
    assert_eq!(cancelled["data"]["status"], "running", "{cancelled}");
    let at = cancelled["data"]["metadata"]["cancelled_at"].clone();
    assert!(at.is_string(), "{cancelled}");
    let again = app.post(&path).bearer(&ada.chatbotplatform).send().await.ok();
    assert_eq!(again["data"]["metadata"]["cancelled_at"], at);
    model.release();
    let record = ended(&app, &ada, &begun).await;
    assert_eq!((&record["status"], &record["error"]), (&json!("failed"), &json!("cancelled")));
    assert_eq!(model.asked().len(), 1, "it is not asked again");
    assert_eq!(record["result"]["tool_calls"].as_array().unwrap().len(), 1, "{record}");
    let over = app.post(&path).bearer(&ada.chatbotplatform).send().await;
    assert_eq!(over.status, 409, "{}", over.text);
    app.drain().await;
    let [posted] = &callback.received()[..] else { panic!("{:?}", callback.received()) };
    assert_eq!(posted.json()["error"], "cancelled");
    app.finish().await;
}

/// Its worker looks every ten seconds whether it is cancelled, whatever the model does.
#[tokio::test(flavor = "multi_thread")]
async fn one_whose_model_hangs_ends_without_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let model = model(vec![vec![testkit::backend::Step::Hang]]).await;
    let mut body = report();
    body["integration_id"] = json!(modelled(&app, &ada, &model).await);
    body["timeout_seconds"] = json!(800);
    let made = make(&app, &ada, body).await;
    let begun = run(&app, &ada, &made).await;
    eventually("a model call", async || (model.asked().len() == 1).then_some(())).await;
    app.post(&cancel(&made, &begun)).bearer(&ada.chatbotplatform).send().await.ok();
    let record = ended(&app, &ada, &begun).await;
    assert_eq!((&record["status"], &record["error"]), (&json!("failed"), &json!("cancelled")));
    app.finish().await;
}

/// The workers wait, so it has not begun.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_waits_ends_at_once_and_is_never_begun() {
    let mut app = App::with(|options| options.detached = true).await;
    let ada = app.tenant("ada").await;
    let callback = Receiver::start().await;
    let model = model(vec![calls(&[("nothing", "{}")])]).await;
    let mut body = report();
    body["integration_id"] = json!(modelled(&app, &ada, &model).await);
    body["callback_url"] = json!(callback.url);
    let made = make(&app, &ada, body).await;
    let begun = run(&app, &ada, &made).await;
    let reply = app.post(&cancel(&made, &begun)).bearer(&ada.chatbotplatform).send().await.ok();
    assert_eq!(
        (&reply["data"]["status"], &reply["data"]["error"]),
        (&json!("failed"), &json!("cancelled"))
    );
    app.platform.attach().unwrap();
    app.drain().await;
    assert_eq!((model.asked().len(), callback.count()), (0, 1));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_key_and_only_its_own() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let (made, other) = (make(&app, &ada, report()).await, make(&app, &ada, report()).await);
    let begun = run(&app, &ada, &made).await;
    ended(&app, &ada, &begun).await;
    let path = cancel(&made, &begun);
    only_its_key(&app, &ada, Method::POST, &path, &Value::Null).await;
    let id = begun["id"].as_str().unwrap();
    for (path, key, what) in [
        (path, &eve.chatbotplatform, "gent loop"),
        (cancel(&other, &begun), &ada.chatbotplatform, "xecution"),
        (cancel(&made, &json!({"id": NO_LOOP})), &ada.chatbotplatform, "xecution"),
        (format!("{LOOPS}/{NO_LOOP}/executions/{id}/cancel"), &ada.chatbotplatform, "gent loop"),
    ] {
        platform_refused(&app.post(&path).bearer(key).send().await, 404, &[what]);
    }
    app.finish().await;
}
