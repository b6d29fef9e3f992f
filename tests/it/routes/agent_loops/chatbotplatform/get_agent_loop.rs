//! chatbotplatform GET /v1/agent-loops/{id}

use reqwest::Method;
use serde_json::{Value, json};
use testkit::App;

use crate::util::{
    agent_loops::{LOOPS, NO_LOOP, make, one, report},
    chatbotplatform::{only_its_key, platform_refused},
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_one_and_nobody_else_s() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let made = make(&app, &ada, report()).await;
    let reply = app.get(&one(&made)).bearer(&ada.chatbotplatform).send().await;
    reply.is(200, &json!({ "data": made }));
    only_its_key(&app, &ada, Method::GET, &one(&made), &Value::Null).await;
    let none = format!("{LOOPS}/{NO_LOOP}");
    for (path, key) in [
        (one(&made), &eve.chatbotplatform),
        (none, &ada.chatbotplatform),
        (format!("{LOOPS}/x"), &ada.chatbotplatform),
    ] {
        platform_refused(&app.get(&path).bearer(key).send().await, 404, &["gent loop"]);
    }
    app.finish().await;
}
