//! chatbotplatform GET /v1/bots/{bot_id}/channels

use reqwest::Method;
use serde_json::{Value, json};
use testkit::App;

use crate::util::{
    channels::{of, open, web},
    chatbotplatform::{ids, its_parameters_have_bounds, list, only_its_key, platform_refused},
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_those_of_the_bot_newest_first_in_pages() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let mut all = Vec::new();
    for n in 0..5 {
        all.insert(0, open(&app, &ada, web(&format!("Widget {n}"))).await);
    }
    open(&app, &eve, web("Another's")).await;
    let key = &ada.chatbotplatform;
    assert_eq!(list(&app, key, &of(&ada)).await, (all.clone(), 5));
    let page = list(&app, key, &format!("{}?page=2&per_page=2", of(&ada))).await;
    assert_eq!(page, (all[2..4].to_vec(), 5));
    platform_refused(&app.get(&of(&eve)).bearer(key).send().await, 404, &["hatbot"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_exact_matches_on_its_own_fields() {
    let app = App::with(|options| {
        options.platforms.push(("discord".to_owned(), "http://127.0.0.1:9".to_owned()));
    })
    .await;
    let ada = app.tenant("ada").await;
    let key = &ada.chatbotplatform;
    let discord = json!({"name": "Server", "type": "discord", "credentials": {"bot_token": "t"}});
    let discord = open(&app, &ada, discord).await;
    let other = open(&app, &ada, web("Widget")).await;
    let id = |row: &Value| row["id"].as_str().unwrap().to_owned();
    for name in ["id", "name", "type", "status", "created_at", "updated_at"] {
        let value = discord[name].as_str().unwrap();
        let found = ids(&app, key, &format!("{}?{name}={value}", of(&ada))).await;
        assert_eq!(found, (vec![id(&discord)], 1), "{name}");
    }
    let found = ids(&app, key, &format!("{}?type=web&status=connected", of(&ada))).await;
    assert_eq!(found, (vec![id(&other)], 1));
    assert_eq!(ids(&app, key, &format!("{}?name=server", of(&ada))).await, (vec![], 0));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_parameters_are_bounded_and_only_its_key_opens_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let wrong: [(&str, &[&str]); 4] = [
        ("type", &["fax", ""]),
        ("status", &["off"]),
        ("created_at", &["yesterday"]),
        ("webhook_url", &["x"]),
    ];
    its_parameters_have_bounds(&app, &ada.chatbotplatform, &of(&ada), &wrong).await;
    only_its_key(&app, &ada, Method::GET, &of(&ada), &json!({})).await;
    app.finish().await;
}
