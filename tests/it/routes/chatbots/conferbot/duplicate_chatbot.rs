//! conferbot POST /api/v1/external/v1/chatbots/{id}/duplicate

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use testkit::{App, Receiver, Reply, Tenant};

use crate::util::{
    access::*,
    chatbots::{CONFERBOT, OPENBAT, conferbot_refused, make, make_in_conferbot, teach},
};

async fn duplicate(app: &App, ada: &Tenant, id: &str) -> Reply {
    app.post(&format!("{CONFERBOT}/{id}/duplicate")).api_key(&ada.conferbot).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_201_with_a_copy_of_name_description_and_settings() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let body = json!({"name": "Lead Gen Bot", "description": "Captures visitor leads"});
    let id = make_in_conferbot(&app, &ada.conferbot, body).await;
    let settings = json!({"theme": {"color": "red"}, "greeting": null, "tags": [1]});
    let path = format!("{OPENBAT}/{id}");
    let body = json!({ "settings": settings });
    app.patch(&path).bearer(&ada.session).json(&body).send().await.ok();
    let original = app.get(&path).bearer(&ada.session).send().await.ok();

    let made = duplicate(&app, &ada, &id).await;
    let body = made.json();
    let (copy, created) = (body["data"]["id"].as_str().unwrap(), &body["data"]["createdAt"]);
    assert!(copy != id && copy.len() == 36 && is_time(created));
    made.is(
        201,
        &json!({"data": {
            "id": copy,
            "name": "Lead Gen Bot (copy)",
            "description": "Captures visitor leads",
            "createdAt": created,
        }}),
    );
    let seen = app.get(&format!("{OPENBAT}/{copy}")).bearer(&ada.session).send().await.ok();
    assert_eq!(seen["settings"], settings);
    assert_ne!(seen["api_key_prefix"], original["api_key_prefix"]);
    app.get(&path).bearer(&ada.session).send().await.is(200, &original);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_too_long_for_the_suffix_is_shortened() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    for (name, kept) in [
        ("é".repeat(100), "é".repeat(93)),
        ("x".repeat(94), "x".repeat(93)),
        ("x".repeat(93), "x".repeat(93)),
    ] {
        let (id, _) = make(&app, &ada.session, &name).await;
        let made = duplicate(&app, &ada, &id).await;
        assert_eq!(
            (made.status, made.json()["data"]["name"].as_str().unwrap()),
            (201, format!("{kept} (copy)").as_str())
        );
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_webhooks_and_conversations_stay_with_the_original() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let hook = json!({"url": receiver.url, "events": ["message.created"]});
    let path = format!("/api/v1/projects/{}/webhooks", ada.chatbot);
    app.post(&path).bearer(&ada.secret).json(&hook).send().await.ok();
    app.ask(&ada.public, "Hello").await;
    app.drain().await;
    let delivered = receiver.received().len();
    assert_eq!(delivered, 2);

    let made = duplicate(&app, &ada, &ada.chatbot).await.json();
    let id = made["data"]["id"].as_str().unwrap();
    let keys = app.get("/api/v1/api-keys").bearer(&ada.session).send().await;
    assert!(keys.status == 200 && !keys.text.contains(id), "{}", keys.text);

    let secret = key_for(&app, &ada.session, "secret", id).await;
    let path = format!("/api/v1/projects/{id}/webhooks");
    app.get(&path).bearer(&secret).send().await.is(200, &json!({"webhooks": []}));
    let conversations = app.get("/api/v1/conversations").bearer(&secret).send().await;
    conversations.is(200, &json!({"conversations": [], "total": 0}));
    let seen = app.get(&format!("{CONFERBOT}/{id}")).api_key(&ada.conferbot).send().await.ok();
    assert_eq!(seen["data"]["responseCount"], 0);

    let public = key_for(&app, &ada.session, "public", id).await;
    app.ask(&public, "Hello").await;
    app.drain().await;
    assert_eq!(receiver.received().len(), delivered);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_says_how_many_even_for_copies_at_once() {
    let app = App::with(|options| {
        options.signup_plan = "starter".parse().unwrap();
        // Published, the plan has no botplot API to teach it by.
        options.plans = Some(r#"{"starter":{"botplot_calls":null}}"#.into());
    })
    .await;
    let ada = app.tenant("ada").await;
    teach(&app, &ada.secret, "Do you have parking?", "Yes.").await;
    let replies = join_all((0..6).map(|_| duplicate(&app, &ada, &ada.chatbot))).await;
    let (made, others): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 201);
    assert_eq!(made.len(), 2, "{replies:?}");
    for other in others {
        conferbot_refused(other, 403, &["plan", "3"]);
    }
    conferbot_refused(&duplicate(&app, &ada, &ada.chatbot).await, 403, &["plan", "3"]);
    let listed = app.get(CONFERBOT).api_key(&ada.conferbot).send().await.ok();
    assert_eq!(listed["data"].as_array().unwrap().len(), 3);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_ones_own() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let send = async |id: String| duplicate(&app, &ada, &id).await;
    nobody_elses(&eve.chatbot, send, conferbot_refused).await;
    let path = format!("{CONFERBOT}/{}/duplicate", ada.chatbot);
    only_methods(&app, &path, &[Method::POST], conferbot_refused).await;
    for tenant in [&ada, &eve] {
        let listed = app.get(CONFERBOT).api_key(&tenant.conferbot).send().await.ok();
        assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    }
    app.finish().await;
}
