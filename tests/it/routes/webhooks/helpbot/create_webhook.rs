//! helpbot POST /api/v1/webhooks

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    botplot::{is_id, is_time},
    same_for_all_dialects::webhook_api::{HELPBOT, only_a_sites_key},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_webhook_shows_its_secret_this_once() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let url = "http://127.0.0.1:9/hook";
    let body = HELPBOT.body(&ada, url, &["conversation.handoff", "conversation.created"]);
    let made = HELPBOT.post(&app, &ada, &body).await;
    let row = made.json()["webhook"].clone();
    assert!(is_id(&row["id"]) && is_time(&row["createdAt"]), "{row}");
    let secret = row["secret"].as_str().unwrap();
    assert!(secret.strip_prefix("whsec_").is_some_and(|hex| hex.len() == 64), "{secret}");
    made.is(
        200,
        &json!({"webhook": {
            "id": row["id"], "url": url, "description": "Ours", "active": true, "secret": secret,
            "events": ["conversation.created", "conversation.handoff"],
            "createdAt": row["createdAt"],
        }}),
    );
    // The key may stand in query or body.
    let mut with_key = body.clone();
    with_key["apiKey"] = json!(ada.helpbot);
    let query = format!("{}?apiKey={}", HELPBOT.path, ada.helpbot);
    app.post(&query).json(&body).send().await.ok();
    app.post(HELPBOT.path).json(&with_key).send().await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bound_and_the_number_of_webhooks_hold() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    HELPBOT.refuses_what_breaks_a_bound(&app, &ada).await;
    HELPBOT.holds_its_number(&app, &bob).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_thirty_two_at_once_five_get_in() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let body = HELPBOT.body(&ada, "http://127.0.0.1:9/hook", &["conversation.created"]);
    let replies = futures::future::join_all((0..32).map(|_| HELPBOT.post(&app, &ada, &body))).await;
    let refused: Vec<_> = replies.iter().filter(|reply| reply.status != 200).collect();
    assert_eq!(refused.len(), 27);
    for reply in refused {
        reply.is(403, &json!({"error": "A site can have at most 5 webhooks"}));
    }
    assert_eq!(HELPBOT.list(&app, &ada).await.len(), 5);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_sites_key_of_a_plan_that_has_webhooks_opens_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let body = HELPBOT.body(&ada, "http://127.0.0.1:9/hook", &["conversation.created"]);
    only_a_sites_key(&app, &ada, Method::POST, HELPBOT.path, &body).await;
    app.finish().await;
}
