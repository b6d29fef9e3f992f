//! chatbotplatform DELETE /v1/bots/{id}

use reqwest::Method;
use serde_json::json;
use testkit::{App, Tenant};

use crate::util::{access::*, chatbotplatform::*, chatbots::a_deleted_chatbot_is_gone};

#[tokio::test(flavor = "multi_thread")]
async fn its_keys_die_at_once_and_everything_goes_with_it() {
    let delete = async |app: &App, ada: &Tenant, id: &str| {
        app.delete(&format!("{BOTS}/{id}")).bearer(&ada.chatbotplatform).send().await
    };
    a_deleted_chatbot_is_gone(delete).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn says_so_once() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let key = &ada.chatbotplatform;
    let conversation = app.ask(&ada.public, "Hello").await["conversationId"].clone();
    let path = format!("{BOTS}/{}", ada.chatbot);
    let deleted = app.delete(&path).bearer(key).send().await;
    deleted.is(200, &json!({"data": {"id": ada.chatbot, "deleted": true}}));
    for method in [Method::DELETE, Method::GET, Method::PATCH] {
        let again = app.request(method, &path).bearer(key).json(&json!({})).send().await;
        platform_refused(&again, 404, &["not found"]);
    }
    // What was said to it can't be read any more either, cleared away or not.
    let conversation = format!("{CONVERSATIONS}/{}", conversation.as_str().unwrap());
    for path in [format!("{path}/conversations"), conversation] {
        platform_refused(&app.get(&path).bearer(key).send().await, 404, &["not found"]);
    }
    assert_eq!(ids(&app, key, BOTS).await, (vec![], 0));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_can_be_deleted() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let send = async |id: String| {
        app.delete(&format!("{BOTS}/{id}")).bearer(&ada.chatbotplatform).send().await
    };
    nobody_elses(&eve.chatbot, send, platform_refused).await;
    app.ask(&eve.public, "Hello").await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_key_deletes_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{BOTS}/{}", ada.chatbot);
    only_its_key(&app, &ada, Method::DELETE, &path, &json!({})).await;
    app.ask(&ada.public, "Hello").await;
    app.finish().await;
}
