//! botplot DELETE /api/v1/projects/{projectId}/webhooks/{webhookId}

use reqwest::Method;
use serde_json::json;
use testkit::{Answer, App, Receiver, eventually};

use crate::util::{
    botplot::{Route, UNKNOWN_SEGMENTS, all_unknown, problem},
    webhooks::{create, foreign_projects, hooks, list, stored_deliveries},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_webhook_is_gone_and_gets_nothing_more() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let (deleted, kept) = (Receiver::start().await, Receiver::start().await);
    for key in [&tenant.secret, &tenant.openbat] {
        let (id, _) = create(&app, &tenant, &deleted.url, &["message.created"]).await;
        let (other, _) = create(&app, &tenant, &kept.url, &["message.created"]).await;
        let before = deleted.received().len();
        app.ask(&tenant.public, "Hello?").await;
        app.drain().await;
        assert_eq!(deleted.received().len(), before + 2);

        let path = format!("{}/{id}", hooks(&tenant));
        app.delete(&path).bearer(key).send().await.is(200, &json!({"ok": true}));
        problem(&app.delete(&path).bearer(key).send().await, 404, "NOT_FOUND");
        let test = format!("{path}/test");
        problem(&app.post(&test).bearer(key).send().await, 404, "NOT_FOUND");
        assert!(list(&app, &tenant).await.iter().all(|webhook| webhook["id"] != id));
        let was_kept = kept.received().len();
        app.ask(&tenant.public, "Are you there?").await;
        app.drain().await;
        assert_eq!(deleted.received().len(), before + 2, "nothing more");
        assert_eq!(kept.received().len(), was_kept + 2, "the other one continues");
        let records = stored_deliveries(&app, &id).await;
        assert_eq!(records, [], "its delivery records are gone too");
        let path = format!("{}/{other}", hooks(&tenant));
        app.delete(&path).bearer(key).send().await.is(200, &json!({"ok": true}));
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_while_a_retry_waits_it_leaves_no_record_behind() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let failing = Receiver::answering(|_| Answer::Status(500)).await;
    let (id, _) = create(&app, &tenant, &failing.url, &["conversation.started"]).await;
    app.ask(&tenant.public, "Hello?").await;
    eventually("the first attempt", async || (failing.received().len() == 1).then_some(())).await;
    app.drain().await;
    let path = format!("{}/{id}", hooks(&tenant));
    app.delete(&path).bearer(&tenant.secret).send().await.is(200, &json!({"ok": true}));
    app.drain().await;

    let witness = Receiver::answering(|n| Answer::Status(if n == 0 { 500 } else { 200 })).await;
    create(&app, &tenant, &witness.url, &["conversation.started"]).await;
    app.ask(&tenant.public, "And now?").await;
    eventually("the witness's second attempt", async || {
        (witness.received().len() == 2).then_some(())
    })
    .await;
    assert_eq!(failing.received().len(), 1, "nothing more");
    let records = stored_deliveries(&app, &id).await;
    assert_eq!(records, []);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_projects_own_are_deleted() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let receiver = Receiver::start().await;
    let (own, _) = create(&app, &ada, &receiver.url, &["message.created"]).await;
    let (foreign, _) = create(&app, &bob, &receiver.url, &["message.created"]).await;
    let mut replies = Vec::new();
    for id in UNKNOWN_SEGMENTS.into_iter().chain([foreign.as_str()]) {
        let path = format!("{}/{id}", hooks(&ada));
        replies.push(app.delete(&path).bearer(&ada.secret).send().await);
    }
    all_unknown(&replies);
    let mut replies = Vec::new();
    for project in foreign_projects(&app, &ada, &bob).await {
        for id in [&own, &foreign] {
            let path = format!("/api/v1/projects/{project}/webhooks/{id}");
            replies.push(app.delete(&path).bearer(&ada.secret).send().await);
        }
    }
    all_unknown(&replies);
    assert_eq!((list(&app, &ada).await.len(), list(&app, &bob).await.len()), (1, 1));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_methods_are_allowed() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let (id, _) = create(&app, &tenant, &receiver.url, &["message.created"]).await;
    let route = Route::new(&app, Method::DELETE, format!("{}/{id}", hooks(&tenant)));
    route.allows_only(&tenant.secret, &[Method::DELETE]).await;
    assert_eq!(list(&app, &tenant).await.len(), 1);
    app.finish().await;
}
