//! chatbotplatform DELETE /v1/integrations/{id}

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    chatbotplatform::{list, only_its_key, platform_refused},
    integrations::{echo, integrate, of, one},
};

#[tokio::test(flavor = "multi_thread")]
async fn it_is_gone_and_makes_room_for_another() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let key = &ada.chatbotplatform;
    let (first, second) =
        (integrate(&app, &ada, echo("One")).await, integrate(&app, &ada, echo("Two")).await);
    only_its_key(&app, &ada, Method::DELETE, &one(&first), &json!({})).await;
    let gone = app.delete(&one(&first)).bearer(key).send().await;
    gone.is(200, &json!({"data": {"id": first["id"], "deleted": true}}));
    platform_refused(&app.get(&one(&first)).bearer(key).send().await, 404, &[]);
    platform_refused(&app.delete(&one(&first)).bearer(key).send().await, 404, &[]);
    assert_eq!(list(&app, key, &of(&ada)).await, (vec![second], 1));
    for n in 0..19 {
        integrate(&app, &ada, echo(&format!("Echo {n}"))).await;
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_with_its_bot() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let key = &ada.chatbotplatform;
    let made = integrate(&app, &ada, echo("Echo")).await;
    app.delete(&format!("/v1/bots/{}", ada.chatbot)).bearer(key).send().await.ok();
    app.drain().await;
    platform_refused(&app.get(&one(&made)).bearer(key).send().await, 404, &[]);
    app.finish().await;
}
