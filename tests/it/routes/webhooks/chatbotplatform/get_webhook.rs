//! ours GET /v1/webhooks/{id}

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    chatbotplatform::list,
    same_for_all_dialects::webhook_api::{PLATFORM, only_its_own_are_found},
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_one_as_it_is_listed() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let (id, _) = PLATFORM.create(&app, &ada, "http://127.0.0.1:9/", &[PLATFORM.event]).await;
    let (rows, _) = list(&app, &ada.chatbotplatform, PLATFORM.path).await;
    let seen = PLATFORM.request(&app, &ada, Method::GET, &format!("/{id}")).send().await;
    seen.is(200, &json!({"data": rows[0]}));
    only_its_own_are_found(&app, &ada, &eve, Method::GET).await;
    app.finish().await;
}
