//! ours POST /api/v1/knowledge/unanswered/{groupId}/answer

use std::time::Duration;

use domain::{Timestamp, unanswered::AnsweredGroup};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply, Tenant};

use crate::util::{
    botplot::{Route, UNKNOWN, UNKNOWN_SEGMENTS, all_unknown, is_id, keys, problem, text},
    knowledge::{said, unanswered},
};

const QUESTION: &str = "Do you ship to Norway?";
const ANSWER: &str = "Yes, within five working days.";

fn path(group: &str) -> String {
    format!("/api/v1/knowledge/unanswered/{group}/answer")
}

async fn answer(app: &App, tenant: &Tenant, group: &str, body: &Value) -> Reply {
    app.post(&path(group)).bearer(&tenant.secret).json(body).send().await
}

/// Asks something that has no answer; its group.
async fn asked(app: &App, tenant: &Tenant) -> String {
    app.ask(&tenant.public, QUESTION).await;
    app.drain().await;
    text(&unanswered(app, tenant, "").await.0[0]["id"]).to_owned()
}

async fn sources(app: &App, tenant: &Tenant) -> Vec<Value> {
    let list = app.get("/api/v1/knowledge").bearer(&tenant.secret).send().await.ok();
    list["sources"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_call_makes_a_pair_that_answers_and_ends_the_group() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let group = asked(&app, &ada).await;
    assert_eq!(said(&app, &ada, QUESTION).await, "");
    let made = answer(&app, &ada, &group, &json!({"answer": ANSWER})).await.ok();
    assert_eq!((keys(&made), &made["status"]), (vec!["sourceId", "status"], &json!("ready")));
    assert!(is_id(&made["sourceId"]), "{made}");
    assert_eq!(said(&app, &ada, "do you ship to norway").await, ANSWER);
    app.drain().await;
    assert_eq!(unanswered(&app, &ada, "").await, (vec![], 0));
    let all = sources(&app, &ada).await;
    assert_eq!(
        (all.len(), &all[0]["id"], &all[0]["name"]),
        (1, &made["sourceId"], &json!(QUESTION))
    );
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pair_may_have_a_question_of_its_own() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let group = asked(&app, &ada).await;
    let question = "Which countries do you ship to?";
    let body = json!({"answer": ANSWER, "question": question});
    answer(&app, &ada, &group, &body).await.ok();
    assert_eq!(said(&app, &ada, question).await, ANSWER);
    assert_eq!(sources(&app, &ada).await[0]["name"], question);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_answer_again_is_the_same_pair_and_another_is_refused() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let group = asked(&app, &ada).await;
    let body = json!({"answer": ANSWER});
    let many = join_all((0..8).map(async |_| answer(&app, &ada, &group, &body).await.ok())).await;
    let first = &many[0]["sourceId"];
    assert!(many.iter().all(|one| one["sourceId"] == *first), "{many:?}");
    let named = json!({"answer": ANSWER, "question": QUESTION});
    assert_eq!(answer(&app, &ada, &group, &named).await.ok()["sourceId"], *first);
    for other in [json!({"answer": "No."}), json!({"answer": ANSWER, "question": "Norway?"})] {
        let refused = answer(&app, &ada, &group, &other).await;
        problem(&refused, 409, "CONFLICT");
    }
    assert_eq!(sources(&app, &ada).await.len(), 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_the_pair_takes_the_answer_back() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let group = asked(&app, &ada).await;
    let made = answer(&app, &ada, &group, &json!({"answer": ANSWER})).await.ok();
    let source = format!("/api/v1/knowledge/{}", text(&made["sourceId"]));
    app.delete(&source).bearer(&ada.secret).send().await.ok();
    assert_eq!(unanswered(&app, &ada, "").await.0[0]["id"], group.as_str());
    answer(&app, &ada, &group, &json!({"answer": "No."})).await.ok();
    assert_eq!(said(&app, &ada, QUESTION).await, "No.");
    assert_eq!(unanswered(&app, &ada, "").await, (vec![], 0));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_on_a_later_day_is_listed_again_and_may_be_answered_otherwise() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let group = asked(&app, &ada).await;
    let made = answer(&app, &ada, &group, &json!({"answer": ANSWER})).await.ok();
    // As if it had been answered two days ago.
    let early = async || {
        let (store, chatbot) = (&app.platform.app.store, ada.chatbot.parse().unwrap());
        let seen = store.learned_group(chatbot, group.parse().unwrap()).await.unwrap().unwrap();
        let days = Duration::from_secs(2 * 24 * 60 * 60).as_millis();
        let at = Timestamp::from_millis(seen.at.millis() - i64::try_from(days).unwrap());
        assert!(
            store.move_answered_group(chatbot, &AnsweredGroup { at, ..seen }, &seen).await.unwrap()
        );
        assert!(!store.move_answered_group(chatbot, &seen, &seen).await.unwrap(), "it was moved");
    };
    early().await;
    assert_eq!(unanswered(&app, &ada, "").await.1, 1);
    // The same pair covers what was asked meanwhile; another takes its place in the group.
    let again = answer(&app, &ada, &group, &json!({"answer": ANSWER})).await.ok();
    assert_eq!(again["sourceId"], made["sourceId"]);
    assert_eq!(unanswered(&app, &ada, "").await.1, 0);
    early().await;
    let other = answer(&app, &ada, &group, &json!({"answer": "To Oslo alone."})).await.ok();
    assert_ne!(other["sourceId"], made["sourceId"]);
    assert_eq!(unanswered(&app, &ada, "").await.1, 0);
    assert_eq!(sources(&app, &ada).await.len(), 2);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_is_not_there_and_somebody_else_s_are_unknown() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let foreign = asked(&app, &bob).await;
    app.ask(&ada.public, QUESTION).await;
    app.drain().await;
    let mut replies = Vec::new();
    for id in UNKNOWN_SEGMENTS.into_iter().chain([UNKNOWN, &foreign]) {
        replies.push(answer(&app, &ada, id, &json!({"answer": ANSWER})).await);
    }
    all_unknown(&replies);
    assert_eq!(sources(&app, &ada).await, Vec::<Value>::new());
    assert_eq!(unanswered(&app, &bob, "").await.1, 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_out_of_bounds_are_named_and_only_a_secret_key_opens_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let group = asked(&app, &ada).await;
    let route = Route::new(&app, Method::POST, path(&group));
    let (question, long) = ("ü".repeat(1_001), "ü".repeat(10_001));
    for value in [json!(null), json!(""), json!(" "), json!(long), json!(5), json!({})] {
        route.refuses(&ada.secret, "answer", json!({ "answer": value })).await;
    }
    route.refuses(&ada.secret, "answer", json!({"question": "Really?"})).await;
    for value in [json!(""), json!(" "), json!(question), json!(5), json!(["a"])] {
        route.refuses(&ada.secret, "question", json!({"answer": "Yes.", "question": value})).await;
    }
    let route = route.with(json!({"answer": ANSWER}));
    route.needs_a_secret_key(&ada).await;
    route.wants_json(&ada.secret).await;
    route.allows_only(&ada.secret, &[Method::POST]).await;
    assert_eq!(sources(&app, &ada).await, Vec::<Value>::new());
    app.finish().await;
}
