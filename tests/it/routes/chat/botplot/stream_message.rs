//! botplot POST /api/v1/chat/stream

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply, Tenant, eventually};

use crate::util::botplot::{
    Route, UNKNOWN, all_unknown, any_page_may_call, is_id, keys, problem, text,
};

const PATH: &str = "/api/v1/chat/stream";

/// A tenant whose bot knows one answer of several words.
async fn knows_hours(app: &App) -> Tenant {
    let tenant = app.tenant("ada").await;
    let pair = json!({"question": "When do you open?", "answer": "We open  at ten,\n\"sharp\"."});
    app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair).send().await.ok();
    tenant
}

/// The documented lines: `data: ` and JSON, with an empty line after each; `done` is the last.
#[track_caller]
fn lines(reply: &Reply) -> (String, Value) {
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert!(reply.header("content-type").starts_with("text/event-stream"));
    let unbuffered = (reply.header("cache-control"), reply.header("x-accel-buffering"));
    assert_eq!(unbuffered, ("no-cache", "no"));
    assert!(reply.text.ends_with("\n\n"), "{:?}", reply.text);
    let lines: Vec<Value> = reply
        .text
        .trim_end()
        .split("\n\n")
        .map(|line| line.strip_prefix("data: ").unwrap_or_else(|| panic!("{line:?}")))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (done, tokens) = lines.split_last().unwrap();
    assert_eq!(
        (keys(done), &done["type"]),
        (vec!["conversationId", "messageId", "type"], &json!("done"))
    );
    assert!(is_id(&done["conversationId"]) && is_id(&done["messageId"]), "{done}");
    assert!(!tokens.is_empty());
    for token in tokens {
        assert_eq!((keys(token), &token["type"]), (vec!["content", "type"], &json!("token")));
    }
    (tokens.iter().map(|token| text(&token["content"])).collect(), done.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_streams_as_documented_and_is_stored_as_it_was_streamed() {
    let app = App::start().await;
    let tenant = knows_hours(&app).await;
    for key in [&tenant.public, &tenant.secret, &tenant.openbat] {
        for question in ["When do you open?", "How do I cook pasta?"] {
            let body = json!({"message": question, "visitorId": "visitor-7"});
            let reply = app.post(PATH).bearer(key).json(&body).send().await;
            let (answer, done) = lines(&reply);
            let path = format!("/api/v1/conversations/{}", text(&done["conversationId"]));
            let shown = app.get(&path).bearer(&tenant.secret).send().await.ok();
            let messages = &shown["conversation"]["messages"];
            assert_eq!(messages[0]["content"], question);
            assert_eq!(messages[1]["content"], answer);
            assert_eq!(messages[1]["id"], done["messageId"]);
        }
    }
    let rows = app.get("/api/v1/conversations").bearer(&tenant.secret).send().await.ok();
    assert_eq!(rows["conversations"][0]["visitorId"], "visitor-7");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_on_with_a_conversation_that_was_begun_without_streaming() {
    let app = App::start().await;
    let tenant = knows_hours(&app).await;
    let id = app.ask(&tenant.public, "Hello?").await["conversationId"].clone();
    let body = json!({"message": "When do you open?", "conversationId": id});
    let (_, done) = lines(&app.post(PATH).bearer(&tenant.public).json(&body).send().await);
    assert_eq!(done["conversationId"], id);
    let path = format!("/api/v1/conversations/{}", text(&id));
    let shown = app.get(&path).bearer(&tenant.secret).send().await.ok();
    assert_eq!(shown["conversation"]["messages"].as_array().unwrap().len(), 4);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_after_the_first_byte_leaves_its_turn_behind() {
    let app = App::start().await;
    let tenant = knows_hours(&app).await;
    for _ in 0..5 {
        let body = json!({"message": "When do you open?"});
        let mut answer = app.post(PATH).bearer(&tenant.public).json(&body).stream().await;
        assert!(answer.chunk().await.unwrap().is_some_and(|first| !first.is_empty()));
        drop(answer);
    }
    eventually("every turn is stored", async || {
        let rows = app.get("/api/v1/conversations").bearer(&tenant.secret).send().await.ok();
        let rows = rows["conversations"].as_array().unwrap();
        (rows.len() == 5 && rows.iter().all(|row| row["messageCount"] == 2)).then_some(())
    })
    .await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_before_the_first_byte_is_an_error_like_any_other() {
    let app = App::start().await;
    let (tenant, bob) = (knows_hours(&app).await, app.tenant("bob").await);
    let stream = Route::new(&app, Method::POST, PATH);
    let long = "a".repeat(4_001);
    for message in [json!(null), json!(" "), json!(5), json!(long)] {
        stream.refuses(&tenant.public, "message", json!({ "message": message })).await;
    }
    let body = json!({"message": "Hello?", "visitorId": "v".repeat(129)});
    stream.refuses(&tenant.public, "visitorId", body).await;
    let foreign = app.ask(&bob.public, "Hello?").await["conversationId"].clone();
    let mut replies = Vec::new();
    for id in [foreign, json!(UNKNOWN), json!("x")] {
        let body = json!({"message": "Hello?", "conversationId": id});
        replies.push(app.post(PATH).bearer(&tenant.public).json(&body).send().await);
    }
    all_unknown(&replies);
    let path = format!("/api/v1/external/v1/chatbots/{}", tenant.chatbot);
    let off = json!({"disabled": true});
    app.put(&path).api_key(&tenant.conferbot).json(&off).send().await.ok();
    let stream = stream.with(json!({"message": "Hello?"}));
    problem(&stream.request().bearer(&tenant.public).send().await, 403, "FORBIDDEN");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_a_json_object_only() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let stream = Route::new(&app, Method::POST, PATH).with(json!({"message": "Hello?"}));
    stream.allows_only(&tenant.public, &[Method::POST]).await;
    stream.wants_json(&tenant.public).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_any_origin_may_call_it() {
    let app = App::start().await;
    any_page_may_call(&app, PATH).await;
    app.finish().await;
}

/// A key speaks one dialect, and helpbot documents no streaming.
#[tokio::test(flavor = "multi_thread")]
async fn a_helpbot_key_is_no_key_here() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let stream = Route::new(&app, Method::POST, PATH).with(json!({"message": "Hello?"}));
    problem(&stream.request().bearer(&tenant.helpbot).send().await, 401, "UNAUTHORIZED");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_values_is_no_object() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let route = Route::new(&app, Method::POST, PATH);
    route.takes_no_list(&tenant.public, json!(["Hello?", null, null])).await;
    app.finish().await;
}
