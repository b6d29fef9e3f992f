//! helpbot DELETE /api/v1/webhooks

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    botplot::UNKNOWN_SEGMENTS,
    same_for_all_dialects::webhook_api::{HELPBOT, only_a_sites_key},
    webhooks::create as create_in_botplot,
};

#[tokio::test(flavor = "multi_thread")]
async fn it_is_deleted_once_by_the_id_in_the_query() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let url = "http://127.0.0.1:9/hook";
    let (own, _) = HELPBOT.create(&app, &ada, url, &["conversation.created"]).await;
    let (foreign, _) = HELPBOT.create(&app, &eve, url, &["conversation.created"]).await;
    let (botplot, _) = create_in_botplot(&app, &ada, url, &["message.created"]).await;
    let unknown = json!({"error": "Webhook not found"});
    for id in UNKNOWN_SEGMENTS.into_iter().chain([&*foreign, &botplot]) {
        HELPBOT.delete(&app, &ada, id).await.is(404, &unknown);
    }
    for rest in ["", "?id=", "?ID=1"] {
        let reply = HELPBOT.request(&app, &ada, Method::DELETE, rest).send().await;
        reply.is(400, &json!({"error": "id is required"}));
    }
    HELPBOT.delete(&app, &ada, &own).await.is(200, &json!({"deleted": true}));
    HELPBOT.delete(&app, &ada, &own).await.is(404, &unknown);
    assert!(HELPBOT.list(&app, &ada).await.is_empty());
    assert_eq!(HELPBOT.list(&app, &eve).await.len(), 1);
    let path = format!("{}?id={own}", HELPBOT.path);
    only_a_sites_key(&app, &ada, Method::DELETE, &path, &json!({})).await;
    app.finish().await;
}
