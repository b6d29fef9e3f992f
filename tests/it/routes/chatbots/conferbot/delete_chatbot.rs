//! conferbot DELETE /api/v1/external/v1/chatbots/{id}

use reqwest::Method;
use serde_json::json;
use testkit::{App, Tenant};

use crate::util::{
    access::*,
    chatbots::{CONFERBOT, a_deleted_chatbot_is_gone, conferbot_refused},
};

#[tokio::test(flavor = "multi_thread")]
async fn its_keys_die_at_once_and_everything_goes_with_it() {
    let delete = async |app: &App, ada: &Tenant, id: &str| {
        app.delete(&format!("{CONFERBOT}/{id}")).api_key(&ada.conferbot).send().await
    };
    a_deleted_chatbot_is_gone(delete).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn says_so_once() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{CONFERBOT}/{}", ada.chatbot);
    let deleted = app.delete(&path).api_key(&ada.conferbot).send().await;
    deleted.is(200, &json!({"message": "Chatbot deleted"}));
    for method in [Method::DELETE, Method::GET, Method::PUT] {
        let again = app.request(method, &path).api_key(&ada.conferbot).json(&json!({}));
        conferbot_refused(&again.send().await, 404, &["not found"]);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_can_be_deleted() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let send = async |id: String| {
        app.delete(&format!("{CONFERBOT}/{id}")).api_key(&ada.conferbot).send().await
    };
    nobody_elses(&eve.chatbot, send, conferbot_refused).await;
    app.ask(&eve.public, "Hello").await;
    app.finish().await;
}
