//! Backends that fail: the table of failures in the page "Models", row by row.

use serde_json::{Value, json};
use testkit::{
    App, Receiver,
    backend::{ScriptedBackend, Step, data, head, openai_says, whole},
};

use super::{KEY, UNAVAILABLE, lines, says, send, stream, tokens};
use crate::util::integrations::{integrate, one, openai, shown};

/// What a failing backend answers, and what its owner is told of it.
fn failures() -> Vec<(&'static str, Vec<Step>, Option<&'static str>)> {
    let error = |status, body: &str| whole(status, "application/json", body);
    vec![
        (
            "a wrong key",
            error(401, r#"{"error":{"message":"Incorrect API key"}}"#),
            Some("Incorrect"),
        ),
        (
            "an unknown model",
            error(404, r#"{"error":{"message":"no such model"}}"#),
            Some("no such"),
        ),
        (
            "no credit",
            error(429, r#"{"error":{"message":"pay","code":"insufficient_quota"}}"#),
            Some("pay"),
        ),
        ("a rejected request", error(400, r#"{"error":{"message":"too long"}}"#), None),
        ("an error of its own", error(500, "oops"), None),
        ("a page", whole(200, "text/html", "<html>Sign in</html>"), Some("text/html")),
        (
            "a redirect",
            vec![Step::text(
                "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n",
            )],
            Some("redirects"),
        ),
        ("silence", vec![Step::Close], None),
        ("an empty success", openai_says(&[]), Some("without any text")),
        (
            "an error inside a success",
            vec![
                head(200, "text/event-stream"),
                data(&json!({"error": {"message": "overloaded"}})),
            ],
            None,
        ),
        ("an end before the end", vec![head(200, "text/event-stream"), Step::Close], None),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_fails_before_the_first_text_leads_to_the_fallback() {
    let app = App::start().await;
    let fallback = says(&["From the fallback."]).await;
    for (n, (what, steps, reason)) in failures().into_iter().enumerate() {
        let ada = app.tenant(&format!("ada{n}")).await;
        let broken = ScriptedBackend::start(move |_, _| steps.clone()).await;
        let made = integrate(&app, &ada, openai(&broken.url)).await;
        let mut second = openai(&fallback.url);
        second["weight"] = json!(0);
        second["is_fallback"] = json!(true);
        integrate(&app, &ada, second).await;
        assert_eq!(send(&app, &ada, "Hello?").await["response"], "From the fallback.", "{what}");
        let streamed = stream(&app, &ada, "Hello?").await;
        assert_eq!(tokens(&lines(&streamed)), "From the fallback.", "{what}");
        let seen = shown(&app, &ada, &made).await;
        match reason {
            Some(reason) => {
                assert_eq!(seen["status"], "error", "{what}");
                let said = seen["status_reason"].as_str().unwrap();
                assert!(said.contains(reason) && !said.contains(KEY), "{what}: {said}");
            }
            None => assert!(seen["status_reason"].is_null() || seen["status"] == "error"),
        }
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_all_fail_the_visitor_reads_so_and_the_owner_hears_of_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let hook = json!({"url": receiver.url, "events": ["integration.failed"]});
    app.post("/v1/webhooks").bearer(&ada.chatbotplatform).json(&hook).send().await;
    let broken = ScriptedBackend::start(|_, _| {
        whole(401, "application/json", r#"{"error":{"message":"Incorrect API key"}}"#)
    })
    .await;
    let made = integrate(&app, &ada, openai(&broken.url)).await;
    let answer = send(&app, &ada, "Hello?").await;
    assert_eq!((&answer["response"], &answer["sources"]), (&json!(UNAVAILABLE), &json!(0)));
    let streamed = lines(&stream(&app, &ada, "Hello?").await);
    assert_eq!(tokens(&streamed), UNAVAILABLE);
    assert_eq!(streamed.last().unwrap()["type"], "done");
    app.drain().await;
    let received = receiver.received();
    assert_eq!(received.len(), 2);
    let event = received[0].json();
    assert_eq!(event["type"], "integration.failed");
    let data = &event["data"];
    assert_eq!(data["bot_id"], json!(ada.chatbot));
    assert!(data["conversation_id"].is_string() && data["message_id"].is_string(), "{data}");
    assert_eq!(data["integration"]["id"], made["id"]);
    assert_eq!(data["integration"]["type"], "openai_compatible");
    assert!(data["integration"]["error"].as_str().unwrap().contains("Incorrect API key"));
    assert!(!received[0].body.contains(KEY));
    let unanswered = app.get("/api/v1/knowledge/unanswered").bearer(&ada.secret).send().await;
    assert!(!unanswered.text.contains("Hello"), "it is the backend that lacks, not the knowledge");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_breaks_off_is_kept_and_says_so_and_its_key_may_be_used_again() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let hook = json!({"url": receiver.url, "events": ["integration.failed"]});
    app.post("/v1/webhooks").bearer(&ada.chatbotplatform).json(&hook).send().await;
    let dying = ScriptedBackend::start(|number, _| {
        let mut steps = openai_says(&["We open at", " ten."]);
        if number == 0 {
            steps.truncate(3);
            steps.push(Step::Close);
        }
        steps
    })
    .await;
    integrate(&app, &ada, openai(&dying.url)).await;
    let fallback = json!({"name": "Echo", "type": "echo", "weight": 0, "is_fallback": true});
    integrate(&app, &ada, fallback).await;
    let send = async || {
        let body = json!({"message": "When?"});
        let request = app.post("/api/v1/chat/stream").bearer(&ada.public).json(&body);
        request.header("idempotency-key", "once").send().await
    };
    let broken = send().await;
    let said = lines(&broken);
    assert_eq!(tokens(&said), "We open at", "no second voice behind half an answer");
    let last = said.last().unwrap();
    assert_eq!((&last["type"], &last["code"]), (&json!("error"), &json!("INTERNAL_ERROR")));
    app.drain().await;
    assert_eq!(receiver.received().len(), 1);
    let kept = app.get("/api/v1/conversations").bearer(&ada.secret).send().await.ok();
    assert_eq!(kept["total"], 1, "what came is kept");
    let again = send().await;
    assert_eq!(again.header("idempotency-replayed"), "", "a failed stream may be tried again");
    assert_eq!(tokens(&lines(&again)), "We open at ten.");
    assert_eq!(send().await.header("idempotency-replayed"), "true");
    // Where the answer comes as a whole, the visitor has read nothing yet: the fallback may speak.
    let always = ScriptedBackend::start(|_, _| {
        let mut steps = openai_says(&["We open at", " ten."]);
        steps.truncate(3);
        steps
    })
    .await;
    let bob = app.tenant("bob").await;
    integrate(&app, &bob, openai(&always.url)).await;
    integrate(&app, &bob, json!({"name": "E", "type": "echo", "weight": 0, "is_fallback": true}))
        .await;
    assert_eq!(app.ask(&bob.public, "Hello you").await["response"], "Hello you");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_backend_does_not_cost_every_visitor_its_time_out() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let hanging =
        ScriptedBackend::start(|_, _| vec![head(200, "text/event-stream"), Step::Hang]).await;
    let mut body = openai(&hanging.url);
    body["timeout_seconds"] = json!(1);
    let made = integrate(&app, &ada, body).await;
    let fallback = json!({"name": "Echo", "type": "echo", "weight": 0, "is_fallback": true});
    integrate(&app, &ada, fallback).await;
    for n in 0..5 {
        let answer = send(&app, &ada, &format!("Hello {n}")).await;
        assert_eq!(answer["response"], format!("Hello {n}"));
    }
    assert_eq!(hanging.asked().len(), 3, "three failures in a row open the circuit breaker");
    let seen = shown(&app, &ada, &made).await;
    assert_eq!(seen["status"], "error");
    assert!(seen["status_reason"].as_str().unwrap().contains("no text within 1 s"), "{seen}");
    // Its owner's change gives it another chance.
    let patch = json!({"timeout_seconds": 2});
    app.patch(&one(&made)).bearer(&ada.chatbotplatform).json(&patch).send().await.ok();
    send(&app, &ada, "Hello").await;
    assert_eq!(hanging.asked().len(), 4);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_heals_with_the_next_answer_and_a_passing_failure_is_tried_again() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let model = ScriptedBackend::start(|number, _| match number {
        0 => whole(401, "application/json", r#"{"error":{"message":"Incorrect API key"}}"#),
        2 => whole(503, "text/plain", "busy"),
        _ => openai_says(&["Hello."]),
    })
    .await;
    let made = integrate(&app, &ada, openai(&model.url)).await;
    assert_eq!(send(&app, &ada, "Hello?").await["response"], UNAVAILABLE);
    assert_eq!(shown(&app, &ada, &made).await["status"], "error");
    assert_eq!(send(&app, &ada, "Hello?").await["response"], "Hello.");
    let healed = shown(&app, &ada, &made).await;
    assert_eq!((&healed["status"], &healed["status_reason"]), (&json!("active"), &Value::Null));
    assert_eq!(send(&app, &ada, "Hello?").await["response"], "Hello.", "asked once more after 503");
    assert_eq!(model.asked().len(), 4);
    app.finish().await;
}
