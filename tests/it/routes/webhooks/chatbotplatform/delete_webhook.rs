//! ours DELETE /v1/webhooks/{id}

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    chatbotplatform::platform_refused,
    same_for_all_dialects::webhook_api::{PLATFORM, only_its_own_are_found},
};

#[tokio::test(flavor = "multi_thread")]
async fn it_is_deleted_once() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let (id, _) = PLATFORM.create(&app, &ada, "http://127.0.0.1:9/", &[PLATFORM.event]).await;
    let deleted = PLATFORM.delete(&app, &ada, &id).await;
    deleted.is(200, &json!({"data": {"id": id, "deleted": true}}));
    let again = PLATFORM.delete(&app, &ada, &id).await;
    platform_refused(&again, 404, &["Webhook not found"]);
    assert!(PLATFORM.list(&app, &ada).await.is_empty());
    only_its_own_are_found(&app, &ada, &eve, Method::DELETE).await;
    app.finish().await;
}
