//! chatbotplatform GET /v1/agent-loops/{id}/executions

use reqwest::Method;
use serde_json::{Value, json};
use testkit::App;

use crate::util::{
    agent_loops::{
        LOOPS, NO_LOOP, calls, echoing, ended, executions, make, model, modelled, report, run,
    },
    chatbotplatform::{ids, its_parameters_have_bounds, list, only_its_key, platform_refused},
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_those_of_the_loop_newest_first_in_pages_and_by_status() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let key = &ada.chatbotplatform;
    let integration = echoing(&app, &ada).await;
    let mut body = report();
    body["integration_id"] = json!(integration);
    let made = make(&app, &ada, body.clone()).await;
    let other = make(&app, &ada, body).await;
    let mut all = Vec::new();
    for _ in 0..5 {
        let begun = run(&app, &ada, &made).await;
        ended(&app, &ada, &begun).await;
        all.insert(0, begun["id"].as_str().unwrap().to_owned());
    }
    run(&app, &ada, &other).await;
    assert_eq!(ids(&app, key, &executions(&made)).await, (all.clone(), 5));
    let page = format!("{}?page=2&per_page=2", executions(&made));
    assert_eq!(ids(&app, key, &page).await, (all[2..4].to_vec(), 5));
    let one = list(&app, key, &format!("{}?id={}", executions(&made), all[3])).await;
    assert_eq!((one.0[0]["id"].as_str(), one.1), (Some(all[3].as_str()), 1));
    let at = one.0[0]["metadata"]["created_at"].as_str().unwrap();
    let found = ids(&app, key, &format!("{}?created_at={at}", executions(&made))).await;
    assert_eq!(found, (vec![all[3].clone()], 1));
    // One that fails.
    let off = json!({"status": "disabled"});
    app.patch(&format!("/v1/integrations/{integration}")).bearer(key).json(&off).send().await.ok();
    let failed = run(&app, &ada, &made).await;
    ended(&app, &ada, &failed).await;
    for (status, total) in [("completed", 5), ("failed", 1), ("running", 0), ("timeout", 0)] {
        let path = format!("{}?status={status}", executions(&made));
        assert_eq!(ids(&app, key, &path).await.1, total, "{status}");
    }
    let wrong = [("status", &["done", ""][..]), ("created_at", &["yesterday"])];
    its_parameters_have_bounds(&app, key, &executions(&made), &wrong).await;
    only_its_key(&app, &ada, Method::GET, &executions(&made), &Value::Null).await;
    for (path, key) in
        [(executions(&made), &eve.chatbotplatform), (format!("{LOOPS}/{NO_LOOP}/executions"), key)]
    {
        platform_refused(&app.get(&path).bearer(key).send().await, 404, &["gent loop"]);
    }
    app.finish().await;
}

/// Of a page of a hundred executions that each said and called as much as is kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_long_executions_fits_a_response() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let long = "\"x\"\n".repeat(3_000);
    let arguments = json!({ "q": "\\".repeat(1_500) }).to_string();
    let many: Vec<(&str, &str)> = vec![("nothing", arguments.as_str()); 3];
    let first = calls(&many);
    let last = crate::util::agent_loops::says(&long);
    let model = testkit::backend::ScriptedBackend::start(move |_, request| {
        let called = request.body["messages"].to_string().contains("tool_call_id");
        if called { last.clone() } else { first.clone() }
    })
    .await;
    let mut body = report();
    body["integration_id"] = json!(modelled(&app, &ada, &model).await);
    let made = make(&app, &ada, body).await;
    for _ in 0..100 {
        run(&app, &ada, &made).await;
    }
    app.drain().await;
    // Those that found no slot free are held back in the queue for a while.
    let completed = format!("{}?status=completed", executions(&made));
    testkit::eventually("every execution has ended", async || {
        (ids(&app, &ada.chatbotplatform, &completed).await.1 == 100).then_some(())
    })
    .await;
    let path = format!("{}?per_page=100", executions(&made));
    let page = app.get(&path).bearer(&ada.chatbotplatform).send().await;
    let rows = page.ok()["data"].as_array().unwrap().clone();
    assert_eq!(rows.len(), 100);
    for row in &rows {
        assert_eq!((&row["status"], &row["error"]), (&json!("completed"), &Value::Null));
    }
    // As Lambda wraps it: the body as a JSON text.
    let wrapped = json!(page.text).to_string().len();
    assert!(wrapped < 6_000_000, "{wrapped}");
    let short = rows[0]["result"]["output"].as_str().unwrap().len();
    let alone =
        list(&app, &ada.chatbotplatform, &format!("{}?per_page=1", executions(&made))).await;
    let whole = alone.0[0]["result"]["output"].as_str().unwrap();
    assert!(whole == long && short < whole.len(), "{short} {}", whole.len());
    drop(model);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_under_way_is_running() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let model =
        model(vec![vec![testkit::backend::Step::Wait, testkit::backend::Step::Close]]).await;
    let mut body = report();
    body["integration_id"] = json!(modelled(&app, &ada, &model).await);
    let made = make(&app, &ada, body).await;
    let begun = run(&app, &ada, &made).await;
    let path = format!("{}?status=running", executions(&made));
    testkit::eventually("the execution", async || {
        (ids(&app, &ada.chatbotplatform, &path).await.1 == 1).then_some(())
    })
    .await;
    for _ in 0..4 {
        model.release();
        tokio::task::yield_now().await;
    }
    let record = ended_after(&app, &ada, &begun, &model).await;
    assert_eq!(record["status"], "failed", "{record}");
    assert!(record["error"].as_str().unwrap().contains("AI backend failed"), "{record}");
    app.finish().await;
}

/// Lets the model's answers go on until the execution has ended.
async fn ended_after(
    app: &App,
    tenant: &testkit::Tenant,
    begun: &Value,
    model: &testkit::backend::ScriptedBackend,
) -> Value {
    testkit::eventually("the execution", async || {
        model.release();
        let now = crate::util::agent_loops::record(app, tenant, begun).await;
        (now["status"] != "running").then_some(now)
    })
    .await
}
