//! botplot DELETE /api/v1/conversations/{id}

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::botplot::{Route, UNKNOWN_SEGMENTS, all_unknown, problem, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_conversation_is_gone_with_its_messages_and_counts_no_more() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let mut ids = Vec::new();
    for n in 0..3 {
        let asked = app.ask(&tenant.public, &format!("Question {n}")).await;
        ids.push(text(&asked["conversationId"]).to_owned());
    }
    app.drain().await;
    for (key, id, left) in [(&tenant.secret, &ids[1], 2), (&tenant.openbat, &ids[2], 1)] {
        let path = format!("/api/v1/conversations/{id}");
        app.delete(&path).bearer(key).send().await.is(200, &json!({"success": true}));
        problem(&app.get(&path).bearer(key).send().await, 404, "NOT_FOUND");
        problem(&app.delete(&path).bearer(key).send().await, 404, "NOT_FOUND");
        app.drain().await;
        let rows = app.get("/api/v1/conversations").bearer(key).send().await.ok();
        assert_eq!(rows["total"], left);
        assert!(rows["conversations"].as_array().unwrap().iter().all(|row| row["id"] != **id));
        let turns = app.platform.app.store.turns(id.parse().unwrap()).await.unwrap();
        assert!(turns.is_empty(), "its messages are gone too");
    }
    let rows = app.get("/api/v1/conversations?status=active").bearer(&tenant.secret).send().await;
    assert_eq!(
        (&rows.ok()["total"], &rows.ok()["conversations"][0]["id"]),
        (&json!(1), &json!(ids[0]))
    );
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_deletes_at_once_one_succeeds_and_it_counts_once() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    app.ask(&tenant.public, "This one stays").await;
    let id = app.ask(&tenant.public, "This one goes").await["conversationId"].clone();
    let path = format!("/api/v1/conversations/{}", text(&id));
    let replies =
        join_all((0..6).map(async |_| app.delete(&path).bearer(&tenant.secret).send().await)).await;
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404, 404, 404, 404, 404]);
    app.drain().await;
    let rows = app.get("/api/v1/conversations").bearer(&tenant.secret).send().await.ok();
    assert_eq!(rows["total"], 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_is_as_unknown_as_one_that_never_was_and_stays() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let foreign = app.ask(&bob.public, "Hello?").await["conversationId"].clone();
    let mut replies = Vec::new();
    for id in UNKNOWN_SEGMENTS.into_iter().chain([text(&foreign)]) {
        let path = format!("/api/v1/conversations/{id}");
        replies.push(app.delete(&path).bearer(&ada.secret).send().await);
    }
    all_unknown(&replies);
    let path = format!("/api/v1/conversations/{}", text(&foreign));
    app.get(&path).bearer(&bob.secret).send().await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_methods_are_allowed() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let id = app.ask(&tenant.public, "Hello?").await["conversationId"].clone();
    let route = Route::new(&app, Method::DELETE, format!("/api/v1/conversations/{}", text(&id)));
    app.get(&route.path).bearer(&tenant.secret).send().await.ok();
    app.finish().await;
}
