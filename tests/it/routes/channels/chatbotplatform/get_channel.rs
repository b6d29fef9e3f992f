//! chatbotplatform GET /v1/channels/{id}

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    channels::{CHANNELS, NO_CHANNEL, one, open, shown, web},
    chatbotplatform::{only_its_key, platform_refused},
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_it_to_its_own_workspace_alone() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let made = open(&app, &ada, web("Widget")).await;
    assert_eq!(shown(&app, &ada, &made).await, made);
    only_its_key(&app, &ada, Method::GET, &one(&made), &json!({})).await;
    for (key, path) in [
        (&eve.chatbotplatform, one(&made)),
        (&ada.chatbotplatform, format!("{CHANNELS}/{NO_CHANNEL}")),
        (&ada.chatbotplatform, format!("{CHANNELS}/nonsense")),
    ] {
        platform_refused(&app.get(&path).bearer(key).send().await, 404, &["hannel"]);
    }
    app.finish().await;
}
