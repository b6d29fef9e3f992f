//! A loop worker that dies between any two steps: no tool is called twice, the execution ends, and its
//! event and its callback come once.

use std::time::Duration;

use local::{Code, TestClock};
use serde_json::{Value, json};
use testkit::{App, Gate, Kill, Receiver, Site, Tenant, eventually};

use crate::util::{
    agent_loops::{calls, ended, make, model, modelled, record, report, run, says},
    table::tick,
};

/// The message of an execution, as its worker gets it.
fn message(tenant: &Tenant, begun: &Value) -> Value {
    let body = json!({
        "v": 1, "workspaceId": tenant.workspace, "agentLoopId": begun["agent_loop_id"],
        "executionId": begun["id"],
    });
    json!({"Records": [{"messageId": "m", "body": body.to_string()}]})
}

/// What a run writes, in order: the slot (update), the claim (update), the step before its tools
/// (transaction), the step with their results (put), the last step (transaction), the end (transaction), the
/// slot's end (delete).
#[tokio::test(flavor = "multi_thread")]
async fn at_each_write_of_a_run() {
    for (operation, number, kill, again) in [
        ("UpdateItem", 0, Kill::Before, true),
        ("UpdateItem", 0, Kill::After, true),
        ("UpdateItem", 1, Kill::Before, true),
        ("UpdateItem", 1, Kill::After, true),
        ("TransactWriteItems", 0, Kill::Before, true),
        ("TransactWriteItems", 0, Kill::After, false),
        ("PutItem", 0, Kill::Before, false),
        ("PutItem", 0, Kill::After, false),
        ("TransactWriteItems", 1, Kill::Before, false),
        ("TransactWriteItems", 1, Kill::After, false),
        ("TransactWriteItems", 2, Kill::Before, false),
        ("TransactWriteItems", 2, Kill::After, true),
        ("DeleteItem", 0, Kill::Before, true),
    ] {
        let case = format!("{operation} {number} {kill:?}");
        let clock = TestClock::new(60);
        let mut app = App::with(|options| {
            options.detached = true;
            options.clock = Some(clock.clone());
        })
        .await;
        let ada = app.tenant("ada").await;
        let (hooks, callback) = (Receiver::start().await, Receiver::start().await);
        let page = "<html><body><main><p>It was done, and done once.</p></main></body></html>";
        let site = Site::start(&[("/act", page)]).await;
        let hook = json!({"url": hooks.url, "events": ["agent_loop.completed"]});
        app.post("/v1/webhooks").bearer(&ada.chatbotplatform).json(&hook).send().await;
        let act = json!({ "url": format!("{}/act", site.url) }).to_string();
        let model = testkit::backend::ScriptedBackend::start(move |_, request| {
            let acted = request.body["messages"].to_string().contains("done once");
            if acted { says("Done.") } else { calls(&[("http_get", &act)]) }
        })
        .await;
        let mut body = report();
        body["integration_id"] = json!(modelled(&app, &ada, &model).await);
        body["tools"] = json!(["http_get"]);
        body["callback_url"] = json!(callback.url);
        let made = make(&app, &ada, body).await;
        let begun = run(&app, &ada, &made).await;

        let gate = Gate::start(app.platform.dynamodb_endpoint(), operation, number, kill).await;
        let queues = app.platform.sqs_endpoint();
        let code = app.platform.function_at("loop-worker", &gate.endpoint, queues).await.unwrap();
        gate.kill(&code, message(&ada, &begun)).await;
        let acted = site.hits("/act");

        // The lease ends, and whoever comes next finds out what became of it.
        app.platform.attach().unwrap();
        clock.advance(Duration::from_secs(2 * 60));
        tick(&app).await;
        let record = ended(&app, &ada, &begun).await;
        let expected = if again { "completed" } else { "failed" };
        assert_eq!(record["status"], expected, "{case}: {record}");
        assert!(site.hits("/act") <= 1, "{case}: called {} times", site.hits("/act"));
        if !again {
            let error = record["error"].as_str().unwrap();
            assert!(error.starts_with("interrupted"), "{case}: {error}");
            assert_eq!(site.hits("/act"), acted, "{case}: nothing was called after the kill");
            assert_eq!(record["result"]["tool_calls"].as_array().unwrap().len(), 1, "{case}");
        }
        app.drain().await;
        clock.advance(Duration::from_secs(60 * 60));
        tick(&app).await;
        app.drain().await;
        assert_eq!((hooks.count(), callback.count()), (1, 1), "{case}");
        assert_eq!(callback.received()[0].json()["status"], expected, "{case}");
        app.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_comes_twice_runs_it_once() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let waits = || {
        let mut steps = vec![testkit::backend::Step::Wait];
        steps.extend(says("Once."));
        steps
    };
    let model = model(vec![waits()]).await;
    let mut body = report();
    body["integration_id"] = json!(modelled(&app, &ada, &model).await);
    let made = make(&app, &ada, body).await;
    let begun = run(&app, &ada, &made).await;
    eventually("a model call", async || (model.asked().len() == 1).then_some(())).await;
    let Some(Code::Worker(work)) = app.platform.function("loop-worker") else { panic!("it") };
    // While it runs, and after it.
    work(message(&ada, &begun)).await.expect("nothing to do");
    assert_eq!(record(&app, &ada, &begun).await["status"], "running");
    model.release();
    ended(&app, &ada, &begun).await;
    work(message(&ada, &begun)).await.expect("nothing to do");
    assert_eq!(model.asked().len(), 1);
    app.finish().await;
}

/// The row is there and no message is: the ticker finds it.
#[tokio::test(flavor = "multi_thread")]
async fn an_execution_whose_message_was_lost_is_run_all_the_same() {
    let clock = TestClock::new(1);
    let mut app = App::with(|options| {
        options.detached = true;
        options.clock = Some(clock.clone());
    })
    .await;
    let ada = app.tenant("ada").await;
    let mut body = report();
    body["integration_id"] = json!(crate::util::agent_loops::echoing(&app, &ada).await);
    let made = make(&app, &ada, body).await;
    let begun = run(&app, &ada, &made).await;
    app.platform.forget_changes().await.unwrap();
    app.platform.attach().unwrap();
    clock.advance(Duration::from_secs(5 * 60));
    tick(&app).await;
    assert_eq!(ended(&app, &ada, &begun).await["status"], "completed");
    app.finish().await;
}
