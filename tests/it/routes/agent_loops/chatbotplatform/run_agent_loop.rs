//! chatbotplatform POST /v1/agent-loops/{id}/run

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Receiver, eventually};

use crate::util::{
    agent_loops::{LOOPS, NO_LOOP, echoing, ended, executions, make, one, report, run},
    botplot::{is_id, is_time},
    chatbotplatform::{list, only_its_key, platform_refused},
};

#[tokio::test(flavor = "multi_thread")]
async fn begins_an_execution_that_a_worker_completes() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let (hooks, callback) = (Receiver::start().await, Receiver::start().await);
    let hook = json!({"url": hooks.url, "events": ["agent_loop.completed"]});
    let made = app.post("/v1/webhooks").bearer(&ada.chatbotplatform).json(&hook).send().await;
    assert_eq!(made.status, 201, "{}", made.text);
    let mut body = report();
    body["integration_id"] = json!(echoing(&app, &ada).await);
    body["callback_url"] = json!(callback.url);
    body["callback_headers"] = json!({"Authorization": "Bearer secret-1"});
    let made = make(&app, &ada, body).await;

    let path = format!("{}/run", one(&made));
    let begun = app.post(&path).bearer(&ada.chatbotplatform).send().await;
    let id = begun.json()["data"]["id"].clone();
    assert!(is_id(&id), "{}", begun.text);
    let at = begun.json()["data"]["metadata"]["created_at"].clone();
    begun.is(
        201,
        &json!({"data": {
            "id": id, "agent_loop_id": made["id"], "status": "pending",
            "result": {"output": null, "iterations_used": 0, "tool_calls": []},
            "metadata": {
                "started_at": null, "completed_at": null, "duration_seconds": null, "model": null,
                "tokens_used": 0, "trigger": "manual", "planned_at": null, "created_at": at,
                "cancelled_at": null, "warnings": [],
            },
            "error": null,
        }}),
    );

    let record = ended(&app, &ada, &begun.json()["data"]).await;
    assert_eq!(record["status"], "completed", "{record}");
    assert_eq!(
        record["result"],
        json!({
            "output": "What happened yesterday?", "iterations_used": 1, "tool_calls": [],
        })
    );
    assert!(is_time(&record["metadata"]["started_at"]), "{record}");
    assert!(record["metadata"]["duration_seconds"].is_number(), "{record}");
    let (rows, _) = list(&app, &ada.chatbotplatform, &executions(&made)).await;
    let mut shown = record.clone();
    shown.as_object_mut().unwrap().remove("steps");
    assert_eq!(rows, [shown.clone()]);

    app.drain().await;
    let [event] = &hooks.received()[..] else { panic!("one event: {:?}", hooks.received()) };
    let told = event.json();
    assert_eq!(told["type"], "agent_loop.completed");
    assert_eq!(
        told["data"],
        json!({
            "bot_id": null, "agent_loop_id": made["id"], "agent_loop_name": "Report",
            "execution_id": id, "status": "completed", "execution": shown,
        })
    );
    let [posted] = &callback.received()[..] else { panic!("one: {:?}", callback.received()) };
    shown["agent_loop_name"] = json!("Report");
    assert_eq!(posted.json(), shown);
    assert_eq!(posted.header("authorization"), "Bearer secret-1");
    assert_eq!(posted.header("webhook-id").len(), 36);
    assert_eq!(posted.header("webhook-signature"), "");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_that_fails_is_posted_again_with_the_same_id() {
    let app = App::with(|options| options.clock = Some(local::TestClock::new(600))).await;
    let ada = app.tenant("ada").await;
    let callback = Receiver::answering(|number| {
        testkit::Answer::Status(if number < 2 { 410 + 93 * number as u16 } else { 200 })
    })
    .await;
    let mut body = report();
    body["integration_id"] = json!(echoing(&app, &ada).await);
    body["callback_url"] = json!(callback.url);
    let made = make(&app, &ada, body).await;
    let first = run(&app, &ada, &made).await;
    // 410 ends this delivery, and no other.
    eventually("the callback", async || (callback.received().len() == 1).then_some(())).await;
    ended(&app, &ada, &first).await;
    let second = run(&app, &ada, &made).await;
    eventually("the callbacks", async || (callback.received().len() == 3).then_some(())).await;
    let got = callback.received();
    assert_eq!(got[0].json()["id"], first["id"]);
    assert_eq!((&got[1].json()["id"], &got[2].json()["id"]), (&second["id"], &second["id"]));
    assert_eq!(got[1].header("webhook-id"), got[2].header("webhook-id"));
    assert_ne!(got[0].header("webhook-id"), got[1].header("webhook-id"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twice_is_two_executions_unless_an_idempotency_key_says_otherwise() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let mut body = report();
    body["integration_id"] = json!(echoing(&app, &ada).await);
    body["status"] = json!("inactive");
    let made = make(&app, &ada, body).await;
    let first = run(&app, &ada, &made).await;
    let second = run(&app, &ada, &made).await;
    assert_ne!(first["id"], second["id"]);
    let once = || {
        let request = app.post(&format!("{}/run", one(&made))).bearer(&ada.chatbotplatform);
        request.header("idempotency-key", "run-1").send()
    };
    let (a, b) = (once().await, once().await);
    assert_eq!((a.status, a.json()), (201, b.json()));
    assert_eq!(list(&app, &ada.chatbotplatform, &executions(&made)).await.1, 3);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_integration_the_built_in_answerer_answers_from_the_bot() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let pair = json!({"question": "When do you open?", "answer": "We open at ten."});
    app.post("/api/v1/knowledge/qa").bearer(&ada.secret).json(&pair).send().await.ok();
    app.drain().await;
    for (bot, question, output) in [
        (json!(ada.chatbot), "When do you open?", Some("We open at ten.")),
        (json!(null), "When do you open?", None),
    ] {
        let body = json!({"name": "Ask", "user_message": question, "bot_id": bot});
        let made = make(&app, &ada, body).await;
        let begun = run(&app, &ada, &made).await;
        let record = ended(&app, &ada, &begun).await;
        assert_eq!(record["status"], "completed", "{record}");
        match output {
            Some(output) => assert_eq!(record["result"]["output"], output),
            None => assert_eq!(record["result"]["output"], domain::chatbot::REFUSAL),
        }
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integration_that_is_gone_or_switched_off_is_a_failure_that_says_so() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let integration = echoing(&app, &ada).await;
    let mut body = report();
    body["integration_id"] = json!(integration);
    let made = make(&app, &ada, body).await;
    let path = format!("/v1/integrations/{integration}");
    let off = app.patch(&path).bearer(&ada.chatbotplatform).json(&json!({"status": "disabled"}));
    off.send().await.ok();
    let begun = run(&app, &ada, &made).await;
    let record = ended(&app, &ada, &begun).await;
    assert_eq!(
        (&record["status"], &record["error"]),
        (&json!("failed"), &json!("the integration is disabled"))
    );
    app.delete(&path).bearer(&ada.chatbotplatform).send().await.ok();
    let begun = run(&app, &ada, &made).await;
    let record = ended(&app, &ada, &begun).await;
    assert_eq!(record["error"], "the integration is gone");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_key_and_only_its_own() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let made = make(&app, &ada, report()).await;
    let path = format!("{}/run", one(&made));
    only_its_key(&app, &ada, Method::POST, &path, &Value::Null).await;
    let none = format!("{LOOPS}/{NO_LOOP}/run");
    for (path, key) in [(&path, &eve.chatbotplatform), (&none, &ada.chatbotplatform)] {
        platform_refused(&app.post(path).bearer(key).send().await, 404, &["gent loop"]);
    }
    app.finish().await;
}
