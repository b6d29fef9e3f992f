//! chatbotplatform GET /v1/conversations/{id}/messages

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Tenant};

use crate::util::{
    access::{is_time, nobody_elses, only_methods},
    botplot::{is_id, text},
    chatbotplatform::*,
};

/// A conversation of that many turns; its id.
async fn conversation(app: &App, tenant: &Tenant, turns: usize) -> String {
    let id = app.ask(&tenant.public, "Question 0?").await["conversationId"].clone();
    for n in 1..turns {
        let body = json!({"message": format!("Question {n}?"), "conversationId": id});
        app.post("/api/v1/chat").bearer(&tenant.public).json(&body).send().await.ok();
    }
    text(&id).to_owned()
}

fn path_of(id: &str) -> String {
    format!("{CONVERSATIONS}/{id}/messages")
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_the_messages_oldest_first_as_botplot_does() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let id = conversation(&app, &ada, 3).await;
    let (rows, total) = list(&app, &ada.chatbotplatform, &path_of(&id)).await;
    let botplot = format!("/api/v1/conversations/{id}");
    let botplot = app.get(&botplot).bearer(&ada.secret).send().await.ok();
    let theirs = botplot["conversation"]["messages"].as_array().unwrap();
    assert_eq!((rows.len(), total, theirs.len()), (6, 6, 6));
    for (n, (own, theirs)) in rows.iter().zip(theirs).enumerate() {
        assert!(is_id(&own["id"]) && is_time(&own["created_at"]));
        let role = if n % 2 == 0 { "user" } else { "assistant" };
        let expected = json!({
            "id": theirs["id"], "conversation_id": id, "role": role,
            "content": theirs["content"], "created_at": theirs["createdAt"],
        });
        assert_eq!(*own, expected);
    }
    assert_eq!(rows[4]["content"], "Question 2?");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_may_begin_and_end_within_a_turn() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let id = conversation(&app, &ada, 12).await;
    let (key, path) = (&ada.chatbotplatform, path_of(&id));
    let (all, total) = ids(&app, key, &format!("{path}?per_page=100")).await;
    assert_eq!((all.len(), total), (24, 24));
    for size in [1, 3, 5, 7, 20, 24] {
        let mut seen = Vec::new();
        for page in 1..=24_usize.div_ceil(size) {
            let query = format!("{path}?page={page}&per_page={size}");
            let (rows, total) = ids(&app, key, &query).await;
            assert!(rows.len() <= size && total == 24);
            seen.extend(rows);
        }
        assert_eq!(seen, all, "pages of {size}");
    }
    assert_eq!(ids(&app, key, &path).await, (all[..20].to_vec(), 24), "20 unless asked otherwise");
    assert_eq!(ids(&app, key, &format!("{path}?page=3")).await, (vec![], 24));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_exact_matches_on_its_own_fields() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let id = conversation(&app, &ada, 3).await;
    let (key, path) = (&ada.chatbotplatform, path_of(&id));
    let (rows, _) = list(&app, key, &path).await;
    let all: Vec<String> = rows.iter().map(|row| text(&row["id"]).to_owned()).collect();
    let at = |n: usize| all[n].clone();
    for (query, expected) in [
        ("role=user".to_owned(), vec![at(0), at(2), at(4)]),
        ("role=assistant".into(), vec![at(1), at(3), at(5)]),
        ("content=Question%201%3F".into(), vec![at(2)]),
        ("content=Question%201".into(), vec![]),
        (format!("id={}", at(5)), vec![at(5)]),
        (format!("id={}&role=user", at(5)), vec![]),
        (format!("conversation_id={id}"), all.clone()),
        (format!("conversation_id={}", at(0)), vec![]),
        (
            format!("content=Question%200%3F&created_at={}", text(&rows[0]["created_at"])),
            vec![at(0)],
        ),
        ("created_at=2020-01-01T00:00:00Z".into(), vec![]),
    ] {
        let found = ids(&app, key, &format!("{path}?{query}")).await;
        assert_eq!(found, (expected.clone(), expected.len() as u64), "{query}");
    }
    let found = ids(&app, key, &format!("{path}?role=user&page=2&per_page=2")).await;
    assert_eq!(found, (vec![at(4)], 3), "a total is of what the filter wants");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_out_of_bounds_or_no_filter_is_422() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let id = conversation(&app, &ada, 1).await;
    let wrong = [
        ("role", &["bot", "", "User"][..]),
        ("created_at", &["yesterday"]),
        ("rating", &["1"]),
        ("status", &["active"]),
    ];
    its_parameters_have_bounds(&app, &ada.chatbotplatform, &path_of(&id), &wrong).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_are_told_apart_from_none() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let foreign = conversation(&app, &eve, 2).await;
    for query in ["", "?role=user"] {
        let send = async |id: String| {
            let path = format!("{}{query}", path_of(&id));
            app.get(&path).bearer(&ada.chatbotplatform).send().await
        };
        nobody_elses(&foreign, send, platform_refused).await;
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_key_opens_them() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = path_of(&conversation(&app, &ada, 1).await);
    only_its_key(&app, &ada, Method::GET, &path, &Value::Null).await;
    only_methods(&app, &path, &[Method::GET], platform_refused).await;
    app.finish().await;
}
