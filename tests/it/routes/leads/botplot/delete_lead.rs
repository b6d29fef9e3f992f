//! botplot DELETE /api/v1/leads/{id}

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    botplot::{Route, UNKNOWN_SEGMENTS, all_unknown, text},
    leads::{PATH, leave_named},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_lead_is_gone_and_counts_no_more_however_many_delete_it() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let stays = leave_named(&app, &tenant.public, "Stays").await;
    let goes = leave_named(&app, &tenant.public, "Goes").await;
    let path = format!("{PATH}/{}", text(&goes["id"]));
    let keys = [&tenant.secret, &tenant.openbat, &tenant.secret, &tenant.secret];
    let replies = join_all(keys.map(async |key| app.delete(&path).bearer(key).send().await)).await;
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404, 404, 404]);
    let done = replies.iter().find(|reply| reply.status == 200).unwrap();
    assert_eq!(done.json(), json!({"success": true}));
    app.drain().await;
    let list = app.get(PATH).bearer(&tenant.secret).send().await.ok();
    assert_eq!(list, json!({"leads": [stays], "total": 1}));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_is_as_unknown_as_one_that_never_was_and_stays() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let foreign = leave_named(&app, &bob.public, "Bob's").await;
    let mut replies = Vec::new();
    for id in UNKNOWN_SEGMENTS.into_iter().chain([text(&foreign["id"])]) {
        replies.push(app.delete(&format!("{PATH}/{id}")).bearer(&ada.secret).send().await);
    }
    all_unknown(&replies);
    app.drain().await;
    let list = app.get(PATH).bearer(&bob.secret).send().await.ok();
    assert_eq!(list, json!({"leads": [foreign], "total": 1}));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_methods_are_allowed() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let lead = leave_named(&app, &tenant.public, "Ada").await;
    let route = Route::new(&app, Method::DELETE, format!("{PATH}/{}", text(&lead["id"])));
    route.allows_only(&tenant.secret, &[Method::DELETE]).await;
    app.finish().await;
}
