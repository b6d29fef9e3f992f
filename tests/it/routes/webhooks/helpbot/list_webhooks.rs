//! helpbot GET /api/v1/webhooks

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    same_for_all_dialects::webhook_api::{CONFERBOT, HELPBOT, PLATFORM, only_a_sites_key},
    webhooks::create as create_in_botplot,
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_the_sites_own_newest_first_with_the_end_of_their_secrets() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let url = "http://127.0.0.1:9/hook";
    let empty = HELPBOT.request(&app, &ada, Method::GET, "").send().await;
    empty.is(200, &json!({"webhooks": []}));
    let (first, one) = HELPBOT.create(&app, &ada, url, &["conversation.created"]).await;
    let (second, two) = HELPBOT.create(&app, &ada, url, &["conversation.feedback"]).await;
    HELPBOT.create(&app, &eve, url, &["conversation.created"]).await;
    create_in_botplot(&app, &ada, url, &["message.created"]).await;
    CONFERBOT.create(&app, &ada, url, &[CONFERBOT.event]).await;
    PLATFORM.create(&app, &ada, url, &[PLATFORM.event]).await;
    let rows = HELPBOT.list(&app, &ada).await;
    let row = |at: usize, id: &str, event: &str, secret: &str| {
        json!({
            "id": id, "url": url, "events": [event], "description": "Ours", "active": true,
            "secret": format!("••••{}", &secret[secret.len() - 4..]),
            "createdAt": rows[at]["createdAt"],
        })
    };
    let expected = [
        row(0, &second, "conversation.feedback", &two),
        row(1, &first, "conversation.created", &one),
    ];
    assert_eq!(rows, expected);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_sites_key_of_a_plan_that_has_webhooks_opens_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    only_a_sites_key(&app, &ada, Method::GET, HELPBOT.path, &json!({})).await;
    app.finish().await;
}
