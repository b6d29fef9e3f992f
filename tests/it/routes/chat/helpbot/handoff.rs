//! helpbot POST /api/v1/handoff

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Receiver, Reply, Tenant};

use crate::util::{
    botplot::{UNKNOWN_SEGMENTS, any_page_may_call},
    helpbot::{SiteRoute, ask, refused},
    webhooks::create,
};

const PATH: &str = "/api/v1/handoff";

async fn hand_off(app: &App, tenant: &Tenant, body: Value) -> Reply {
    app.post(PATH).bearer(&tenant.helpbot).json(&body).send().await
}

async fn row(app: &App, tenant: &Tenant) -> Value {
    let list = app.get("/api/v1/conversations").bearer(&tenant.secret).send().await.ok();
    list["conversations"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_handed_over_once_however_often_it_is_asked_for() {
    let app = App::with(|options| {
        options.signup_plan = "free".parse().unwrap();
        // Published, the plan has no botplot API to look through.
        options.plans = Some(r#"{"free":{"botplot_calls":null}}"#.into());
    })
    .await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    create(&app, &tenant, &receiver.url, &["handoff.requested"]).await;
    let id = ask(&app, &tenant, "Do you have parking?").await;

    let body = json!({"conversationId": id, "customerEmail": " Eve@Shop.Example "});
    let success = json!({"success": true});
    let racing = join_all((0..6).map(|_| hand_off(&app, &tenant, body.clone()))).await;
    racing.iter().for_each(|reply| reply.is(200, &success));
    let again = json!({"conversationId": id, "customerEmail": "other@shop.example"});
    hand_off(&app, &tenant, again).await.is(200, &success);
    app.drain().await;

    let row = row(&app, &tenant).await;
    assert_eq!(
        (&row["status"], &row["handoffStatus"]),
        (&json!("handed_off"), &json!("requested"))
    );
    let told: Vec<Value> = receiver.received().iter().map(|r| r.json()["data"].clone()).collect();
    assert_eq!(told, [json!({"conversation_id": id, "reason": null})]);
    assert_eq!(app.mails().len(), 1);
    let chatbot = tenant.chatbot.parse().unwrap();
    let stored = id.as_str().unwrap().parse().unwrap();
    let (stored, _) = app.platform.app.conversation(chatbot, stored).await.unwrap();
    assert_eq!(stored.customer_email.as_deref(), Some("eve@shop.example"), "the first stays");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_may_stand_in_header_query_or_body_and_an_address_may_be_left_out() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let in_query = format!("{PATH}?apiKey={}", tenant.helpbot);
    for (path, key_in_body, email) in [
        (PATH, true, json!(null)),
        (in_query.as_str(), false, json!("")),
        (in_query.as_str(), false, json!("  ")),
        (PATH, true, json!("ada@example.com")),
    ] {
        let id = ask(&app, &tenant, "Hello?").await;
        let mut body = json!({"conversationId": id, "customerEmail": email});
        if key_in_body {
            body["apiKey"] = json!(tenant.helpbot);
        }
        app.post(path).json(&body).send().await.is(200, &json!({"success": true}));
    }
    app.drain().await;
    assert_eq!(app.mails().len(), 4);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_conversation_of_this_site_is_unknown_in_the_same_words() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let foreign = ask(&app, &bob, "Hello?").await;
    for id in UNKNOWN_SEGMENTS.map(Value::from).iter().chain([&foreign, &json!("")]) {
        let reply = hand_off(&app, &ada, json!({ "conversationId": id })).await;
        refused(&reply, 404, "Conversation not found");
    }
    assert_eq!(row(&app, &bob).await["handoffStatus"], "none");
    app.drain().await;
    assert_eq!(app.mails(), Vec::<Vec<u8>>::new());
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_a_form() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let id = ask(&app, &tenant, "Hello?").await;
    let route = SiteRoute::new(&app, Method::POST, PATH);
    let key = &tenant.helpbot;
    let long = format!("{}@example.com", "a".repeat(65));
    for email in ["eve", "eve@", "@example.com", "e ve@example.com", "eve@shop", &long] {
        let body = json!({"conversationId": id, "customerEmail": email});
        route.refuses(key, body, "customerEmail must be an e-mail address").await;
    }
    let injected = json!({"conversationId": id, "customerEmail": "a\r\nBcc:b@example.com"});
    route.refuses(key, injected, "customerEmail must be an e-mail address").await;
    let number = json!({"conversationId": id, "customerEmail": 7});
    route.refuses(key, number, "customerEmail: invalid type").await;
    for missing in [json!({}), json!({"conversationId": null})] {
        route.refuses(key, missing, "conversationId is required").await;
    }
    route.wants_json(key).await;
    let route = SiteRoute::new(&app, Method::POST, PATH).with(json!({ "conversationId": id }));
    route.allows_only(key, &[Method::POST]).await;
    any_page_may_call(&app, PATH).await;
    assert_eq!(row(&app, &tenant).await["status"], "active");
    app.finish().await;
}
