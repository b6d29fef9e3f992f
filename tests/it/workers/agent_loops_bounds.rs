//! Every run of an agent loop ends, and says why.

use axum::{Router, response::Redirect, routing::get as get_route};
use serde_json::{Value, json};
use testkit::{
    App, Site, Tenant,
    backend::{ScriptedBackend, Step},
};

use crate::util::agent_loops::{calls, ended, make, model, modelled, run, says};

/// The record of a run with `model` and `settings`.
async fn ran(app: &App, tenant: &Tenant, model: &ScriptedBackend, settings: Value) -> Value {
    let mut body = json!({"name": "Run", "user_message": "Do it.", "tools": ["http_get"]});
    body["integration_id"] = json!(modelled(app, tenant, model).await);
    for (name, value) in settings.as_object().expect("settings") {
        body[name] = value.clone();
    }
    let made = make(app, tenant, body).await;
    let begun = run(app, tenant, &made).await;
    ended(app, tenant, &begun).await
}

/// A call that differs from all others of its number.
fn another(number: usize) -> Vec<Step> {
    calls(&[("nothing", json!({ "n": number }).to_string().as_str())])
}

/// The tools that a request offers, and whether they may be called.
fn offered(body: &Value) -> (Vec<&str>, &str) {
    let tools = body["tools"].as_array().into_iter().flatten();
    let names = tools.map(|tool| tool["function"]["name"].as_str().unwrap()).collect();
    (names, body["tool_choice"].as_str().unwrap_or("auto"))
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_limit_the_calls_are_run_and_one_closing_call_must_answer() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    for limit in [1, 3] {
        let script: Vec<_> = (0..limit).map(another).chain([says("What I have.")]).collect();
        let model = model(script).await;
        let record = ran(&app, &ada, &model, json!({"max_iterations": limit})).await;
        assert_eq!(record["status"], "completed", "{record}");
        assert_eq!(record["result"]["output"], "What I have.");
        assert_eq!(record["result"]["iterations_used"], limit);
        assert_eq!(record["result"]["tool_calls"].as_array().unwrap().len(), limit);
        let asked = model.asked();
        assert_eq!(asked.len(), limit + 1);
        for request in &asked[..limit] {
            assert_eq!(offered(&request.body), (vec!["http_get"], "auto"));
        }
        // Declared, and forbidden; with a result for every call.
        assert_eq!(offered(&asked[limit].body), (vec!["http_get"], "none"));
        let messages = asked[limit].body["messages"].as_array().unwrap();
        let results = messages.iter().filter(|message| message["role"] == "tool").count();
        assert_eq!(results, limit, "{messages:?}");
        assert_eq!(record["steps"][limit]["model_call"]["closing"], true, "{record}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_never_answers_fails_by_the_name_of_the_limit() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let model = ScriptedBackend::start(|number, _| another(number)).await;
    let record = ran(&app, &ada, &model, json!({"max_iterations": 2})).await;
    assert_eq!(record["status"], "failed", "{record}");
    let error = record["error"].as_str().unwrap();
    assert!(error.contains("max_iterations (2)"), "{error}");
    assert_eq!(record["result"]["tool_calls"].as_array().unwrap().len(), 2);
    assert_eq!(model.asked().len(), 3);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_call_is_told_the_third_time_and_ends_the_run_the_fourth() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    // Spaces and the order of names make no other call.
    let same = [r#"{"a":1,"b":2}"#, r#"{"b": 2, "a": 1}"#];
    let model = ScriptedBackend::start(move |n, _| calls(&[("nothing", same[n % 2])])).await;
    let record = ran(&app, &ada, &model, json!({})).await;
    assert_eq!(record["status"], "failed", "{record}");
    assert!(record["error"].as_str().unwrap().contains("four times"), "{record}");
    let asked = model.asked();
    assert_eq!(asked.len(), 4);
    let told = |at: usize| asked[at].body["messages"].to_string().contains("third time in a row");
    assert_eq!([told(0), told(1), told(2), told(3)], [false, false, false, true]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_model_gets_wrong_is_a_result_that_it_can_correct_itself_by() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let model = model(vec![
        calls(&[("http_gets", "{}"), ("http_get", "{not json"), ("http_get", r#"{"link":"x"}"#)]),
        calls(&[("http_get", r#"{"url":"file:///etc/passwd"}"#)]),
        says("Sorry."),
    ])
    .await;
    let record = ran(&app, &ada, &model, json!({})).await;
    assert_eq!(record["status"], "completed", "{record}");
    let errors: Vec<&str> = record["result"]["tool_calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| call["error"].as_str().unwrap_or_default())
        .collect();
    assert!(errors[0].contains("http_get"), "the nearest is named: {errors:?}");
    assert!(!errors[1].is_empty(), "{errors:?}");
    assert!(errors[2].contains("url"), "{errors:?}");
    assert!(!errors[3].is_empty(), "{errors:?}");
    // One assistant turn, all its results, in order and by id.
    let messages = model.asked()[1].body["messages"].as_array().unwrap().clone();
    let turn = messages.iter().find(|message| message["role"] == "assistant").unwrap();
    let ids: Vec<_> = turn["tool_calls"].as_array().unwrap().iter().map(|c| &c["id"]).collect();
    let results: Vec<_> =
        messages.iter().filter(|m| m["role"] == "tool").map(|m| &m["tool_call_id"]).collect();
    assert_eq!((ids.len(), ids), (3, results));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_calls_at_once_are_not_run_and_each_has_its_result() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let arguments: Vec<String> = (0..20).map(|n| json!({ "n": n }).to_string()).collect();
    let many: Vec<_> = arguments.iter().map(|a| ("nothing", a.as_str())).collect();
    let model = model(vec![calls(&many), says("Done.")]).await;
    let record = ran(&app, &ada, &model, json!({})).await;
    let made = record["result"]["tool_calls"].as_array().unwrap();
    assert_eq!(made.len(), 20, "{record}");
    let refused = made.iter().filter(|c| c["error"].as_str().unwrap().contains("too many")).count();
    assert_eq!(refused, 4, "{record}");
    let messages = model.asked()[1].body["messages"].as_array().unwrap().clone();
    assert_eq!(messages.iter().filter(|message| message["role"] == "tool").count(), 20);
    app.finish().await;
}

/// 128 calls are made; then the model has to answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_has_a_bound_on_its_calls() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let model = ScriptedBackend::start(|number, request| {
        if request.body["tool_choice"] == "none" {
            return says("Enough.");
        }
        let arguments: Vec<String> =
            (0..16).map(|n| json!({ "n": number * 16 + n }).to_string()).collect();
        calls(&arguments.iter().map(|a| ("nothing", a.as_str())).collect::<Vec<_>>())
    })
    .await;
    let record = ran(&app, &ada, &model, json!({"max_iterations": 50})).await;
    assert_eq!(
        (&record["status"], &record["result"]["output"]),
        (&json!("completed"), &json!("Enough."))
    );
    assert_eq!(record["result"]["tool_calls"].as_array().unwrap().len(), 128);
    assert_eq!(record["result"]["iterations_used"], 8);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_have_a_bound() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let model = ScriptedBackend::start(|number, _| another(number)).await;
    // Each call is 110 tokens.
    let settings = json!({"max_tokens": 1_000, "max_iterations": 50});
    let record = ran(&app, &ada, &model, settings).await;
    assert_eq!(record["status"], "failed", "{record}");
    assert!(record["error"].as_str().unwrap().contains("max_tokens (1000)"), "{record}");
    assert_eq!((model.asked().len(), &record["metadata"]["tokens_used"]), (10, &json!(1_100)));
    app.finish().await;
}

/// A loop draws on the same budget of the month as chats do.
#[tokio::test(flavor = "multi_thread")]
async fn the_plan_s_tokens_of_the_month_have_a_bound() {
    let app = App::with(|options| {
        options.plans = Some(r#"{"enterprise":{"backend_tokens":5000}}"#.to_owned());
    })
    .await;
    let ada = app.tenant("ada").await;
    let model = ScriptedBackend::start(|number, _| another(number)).await;
    let record = ran(&app, &ada, &model, json!({"max_iterations": 50})).await;
    assert_eq!(record["status"], "failed", "{record}");
    assert!(record["error"].as_str().unwrap().contains("plan's tokens"), "{record}");
    // 110 tokens a call; one that could take the rest of the budget is not made.
    let made = model.asked().len();
    assert!((2..10).contains(&made), "{made}");
    app.finish().await;
}

/// A backend that counts nothing is counted by the length of its texts.
#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_counts_no_tokens_has_the_same_bound() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let model = ScriptedBackend::start(|number, _| {
        let mut steps = another(number);
        steps.retain(|step| {
            !matches!(step, Step::Send(bytes)
            if String::from_utf8_lossy(bytes).contains("prompt_tokens"))
        });
        steps
    })
    .await;
    let long =
        json!({"max_tokens": 5_000, "max_iterations": 50, "user_message": "x".repeat(3_000)});
    let record = ran(&app, &ada, &model, long).await;
    assert!(record["error"].as_str().unwrap().contains("max_tokens (5000)"), "{record}");
    assert!((3..6).contains(&model.asked().len()), "{}", model.asked().len());
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn time_has_a_bound_and_what_there_is_is_kept() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let model = ScriptedBackend::start(|number, _| match number {
        0 => another(0),
        _ => vec![Step::Hang],
    })
    .await;
    let record = ran(&app, &ada, &model, json!({"timeout_seconds": 10})).await;
    assert_eq!(record["status"], "timeout", "{record}");
    assert!(record["error"].as_str().unwrap().contains("timeout_seconds (10)"), "{record}");
    assert_eq!(record["result"]["tool_calls"].as_array().unwrap().len(), 1);
    assert!(record["metadata"]["duration_seconds"].as_f64().unwrap() >= 10.0, "{record}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_fails_is_named_and_one_that_recovers_goes_unnoticed() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let bad =
        testkit::backend::whole(503, "application/json", r#"{"error":{"message":"overloaded"}}"#);
    let flaky = model(vec![bad.clone(), says("Done.")]).await;
    let record = ran(&app, &ada, &flaky, json!({})).await;
    assert_eq!((&record["status"], flaky.asked().len()), (&json!("completed"), 2), "{record}");
    let dead = model(vec![bad]).await;
    let record = ran(&app, &ada, &dead, json!({})).await;
    assert_eq!(record["status"], "failed", "{record}");
    assert!(record["error"].as_str().unwrap().contains("overloaded"), "{record}");
    assert!(record["steps"][0]["model_call"]["error"].is_string(), "{record}");
    app.finish().await;
}

/// In the local run loopback is allowed; what the guard refuses elsewhere is in its own tests.
#[tokio::test(flavor = "multi_thread")]
async fn http_get_reads_pages_follows_no_redirect_and_reaches_no_private_address() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let page = "<html><body><main><p>We open at ten in the morning.</p></main></body></html>";
    let moved = Router::new()
        .route("/moved", get_route(|| async { Redirect::to("http://169.254.169.254/latest/") }));
    let site = Site::with(&[("/hours", page)], moved).await;
    let get = |url: String| json!({ "url": url }).to_string();
    let (hours, moved) = (get(format!("{}/hours", site.url)), get(format!("{}/moved", site.url)));
    let private = get("http://169.254.169.254/latest/meta-data".to_owned());
    let model = model(vec![
        calls(&[("http_get", &hours), ("http_get", &moved), ("http_get", &private)]),
        says("Read."),
    ])
    .await;
    let record = ran(&app, &ada, &model, json!({})).await;
    let made = record["result"]["tool_calls"].as_array().unwrap();
    assert!(made[0]["result"].as_str().unwrap().contains("We open at ten"), "{record}");
    assert!(made[1]["result"].as_str().unwrap().contains("redirects to"), "{record}");
    assert!(made[2]["error"].is_string(), "{record}");
    // Without being named it is not offered.
    let bare = self::model(vec![calls(&[("http_get", &hours)]), says("No.")]).await;
    let record = ran(&app, &ada, &bare, json!({"tools": []})).await;
    assert!(record["result"]["tool_calls"][0]["error"].is_string(), "{record}");
    assert_eq!(offered(&bare.asked()[0].body).0, Vec::<&str>::new());
    app.finish().await;
}
