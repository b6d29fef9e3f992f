//! chatbotplatform GET /v1/integrations/{id}

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    chatbotplatform::{only_its_key, platform_refused},
    integrations::{INTEGRATIONS, NO_INTEGRATION, echo, integrate, one},
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_one_as_it_was_made_in_two_round_trips() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let made = integrate(&app, &ada, echo("Echo")).await;
    let get = async || app.get(&one(&made)).bearer(&ada.chatbotplatform).send().await;
    get().await.is(200, &json!({ "data": made }));
    let (read, write, round_trips) = get().await.units();
    assert!(read <= 2.0 && write <= 1.0 && round_trips == 2, "{read} {write} {round_trips}");
    only_its_key(&app, &ada, Method::GET, &one(&made), &json!({})).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_and_what_is_anothers_are_404_alike() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let made = integrate(&app, &ada, echo("Echo")).await;
    let none = format!("{INTEGRATIONS}/{NO_INTEGRATION}");
    for method in [Method::GET, Method::PATCH, Method::DELETE] {
        for path in [&one(&made), &none, &format!("{INTEGRATIONS}/x")] {
            let request = app.request(method.clone(), path).json(&json!({"weight": 2}));
            let reply = request.bearer(&eve.chatbotplatform).send().await;
            platform_refused(&reply, 404, &["ntegration not found"]);
        }
    }
    app.get(&one(&made)).bearer(&ada.chatbotplatform).send().await.ok();
    app.finish().await;
}
