//! What a run may use of others' time and room: its own backend alone, a tool until its end, a record of bounded size.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, response::Redirect, routing::post as post_route};
use fakes::mcp::{McpFake, McpMode};
use serde_json::{Value, json};
use testkit::{App, Receiver, Site, Tenant, backend::ScriptedBackend, eventually};

use crate::util::{
    agent_loops::{calls, echoing, ended, make, model, modelled, report, run, says},
    integrations::{integrate, openai},
};

/// The record of a run with `model` and `settings`.
async fn ran(app: &App, tenant: &Tenant, model: &ScriptedBackend, settings: Value) -> Value {
    let mut body = report();
    body["integration_id"] = json!(modelled(app, tenant, model).await);
    for (name, value) in settings.as_object().expect("settings") {
        body[name] = value.clone();
    }
    let made = make(app, tenant, body).await;
    let begun = run(app, tenant, &made).await;
    ended(app, tenant, &begun).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_backend_of_a_loop_is_not_replaced_by_the_chatbot_s_fallback() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let fallback = model(vec![says("From the fallback.")]).await;
    let mut body = openai(&fallback.url);
    body["is_fallback"] = json!(true);
    integrate(&app, &ada, body).await;
    let bad =
        testkit::backend::whole(500, "application/json", r#"{"error":{"message":"overloaded"}}"#);
    let dead = model(vec![bad]).await;
    let record = ran(&app, &ada, &dead, json!({})).await;
    assert_eq!(record["status"], "failed", "{record}");
    assert!(record["error"].as_str().unwrap().contains("overloaded"), "{record}");
    assert_eq!(fallback.asked().len(), 0);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closing_call_that_says_nothing_fails_by_the_name_of_the_limit() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let silent = model(vec![calls(&[("nothing", "{}")]), says("")]).await;
    let record = ran(&app, &ada, &silent, json!({"max_iterations": 1})).await;
    assert_eq!(record["status"], "failed", "{record}");
    assert!(record["error"].as_str().unwrap().contains("max_iterations (1)"), "{record}");
    assert_eq!(record["result"]["tool_calls"].as_array().unwrap().len(), 1);
    app.finish().await;
}

/// The tool's own minute is cut where the run's time ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_hangs_ends_with_the_run() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let server = McpFake::start(McpMode::default()).await.unwrap();
    let model = model(vec![calls(&[("desk__wait", "{}"), ("desk__echo", "{}")])]).await;
    let settings = json!({"timeout_seconds": 10,
        "mcp_servers": [{"name": "desk", "url": server.url()}]});
    let record = ran(&app, &ada, &model, settings).await;
    assert_eq!(record["status"], "timeout", "{record}");
    assert!(record["metadata"]["duration_seconds"].as_f64().unwrap() < 30.0, "{record}");
    let made = record["result"]["tool_calls"].as_array().unwrap();
    assert!(made.iter().all(|call| call["error"].is_string()), "each has its result: {record}");
    assert_eq!(server.calls().iter().filter(|(name, _)| name == "echo").count(), 0);
    server.release();
    app.finish().await;
}

/// 32 KiB of a result reach the model, and less is kept of it and of arguments.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_call_says_is_cut_for_the_model_and_for_the_record() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let server = McpFake::start(McpMode::default()).await.unwrap();
    let long = json!({ "text": "y".repeat(20_000) }).to_string();
    let script = vec![calls(&[("desk__big", "{}"), ("desk__echo", long.as_str())]), says("Done.")];
    let model = model(script).await;
    let settings = json!({"mcp_servers": [{"name": "desk", "url": server.url()}]});
    let record = ran(&app, &ada, &model, settings).await;
    assert_eq!(record["status"], "completed", "{record}");
    let messages = model.asked()[1].body["messages"].as_array().unwrap().clone();
    let results: Vec<&str> = messages
        .iter()
        .filter(|message| message["role"] == "tool")
        .map(|message| message["content"].as_str().unwrap())
        .collect();
    let big = results[0];
    assert!(big.contains("HEADx") && big.contains("xTAIL"), "head and tail");
    assert!(big.len() < 34 * 1024, "{}", big.len());
    // The tool was asked with all of its arguments; a part of them is kept.
    assert!(results[1].contains(&"y".repeat(20_000)));
    let kept = record["result"]["tool_calls"].as_array().unwrap();
    assert!(kept[1]["arguments"].to_string().len() < 3 * 1024, "{}", kept[1]);
    assert!(kept.iter().all(|call| call.to_string().len() < 8 * 1024), "{record}");
    app.finish().await;
}

/// No redirect of a callback is followed: it would carry the owner's headers elsewhere.
#[tokio::test(flavor = "multi_thread")]
async fn a_callback_is_not_led_elsewhere() {
    let app = App::with(|options| options.clock = Some(local::TestClock::new(600))).await;
    let ada = app.tenant("ada").await;
    let elsewhere = Receiver::start().await;
    let (to, tried) = (elsewhere.url.clone(), Arc::new(AtomicUsize::new(0)));
    let count = tried.clone();
    let moved = Router::new().route(
        "/moved",
        post_route(move || {
            let to = to.clone();
            count.fetch_add(1, Ordering::SeqCst);
            async move { Redirect::temporary(&to) }
        }),
    );
    let site = Site::with(&[], moved).await;
    let mut body = report();
    body["integration_id"] = json!(echoing(&app, &ada).await);
    body["callback_url"] = json!(format!("{}/moved", site.url));
    body["callback_headers"] = json!({"authorization": "Bearer secret-1"});
    let made = make(&app, &ada, body).await;
    let begun = run(&app, &ada, &made).await;
    assert_eq!(ended(&app, &ada, &begun).await["status"], "completed");
    let attempts = async || (tried.load(Ordering::SeqCst) >= 2).then_some(());
    eventually("attempts", attempts).await;
    assert_eq!(elsewhere.count(), 0);
    app.platform.shutdown().await;
}
