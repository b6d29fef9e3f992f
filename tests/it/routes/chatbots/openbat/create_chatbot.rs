//! openbat POST /api/v1/chatbots

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply};

use crate::util::{
    access::*,
    chatbots::{CONFERBOT, OPENBAT, names_have_bounds},
};

async fn create(app: &App, session: &str, body: &Value) -> Reply {
    app.post(OPENBAT).bearer(session).json(body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_200_with_the_chatbot_and_its_key() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    // Fields that it does not know do not matter.
    let body = json!({"name": "My Chatbot", "id": "mine", "settings": {"a": 1}, "more": null});
    let made = create(&app, &ada.session, &body).await;
    let body = made.json();
    let (id, key) = (&body["chatbot"]["id"], body["apiKey"].as_str().unwrap());
    made.is(
        200,
        &json!({
            "ok": true,
            "chatbot": {
                "id": id,
                "name": "My Chatbot",
                "api_key_prefix": format!("{}...", &key[..14]),
                "settings": {},
                "created_at": body["chatbot"]["created_at"],
            },
            "apiKey": key,
        }),
    );
    assert_eq!(id.as_str().unwrap().len(), 36);
    assert!(is_key(key, "ob_live_", 32), "{key}");
    assert!(is_time(&body["chatbot"]["created_at"]));
    // The key is the chatbot's own, and works at once.
    let sources = app.get("/api/v1/knowledge").bearer(key).send().await;
    sources.is(200, &json!({"sources": []}));
    let path = format!("{OPENBAT}/{}", id.as_str().unwrap());
    app.get(&path).bearer(&ada.session).send().await.is(200, &body["chatbot"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_required_and_has_1_to_100_characters() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    for body in [json!({}), json!({"name": null}), json!({"Name": "A"})] {
        refused(&create(&app, &ada.session, &body).await, 400, &["name"]);
    }
    let send = async |name: Value| create(&app, &ada.session, &json!({ "name": name })).await;
    names_have_bounds(send, refused).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_looked_at_and_taken_up_to_1_mib() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let send = async |text: String| app.post(OPENBAT).bearer(&ada.session).body(text).send().await;
    bodies_are_looked_at(send, refused).await;
    let mut text = json!({"name": "A", "more": "x".repeat(1_000_000)}).to_string();
    text.push_str(&" ".repeat(1024 * 1024 - text.len()));
    send(text).await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_opens_it_from_home_only() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let body = json!({"name": "Second"});
    let route = (Method::POST, OPENBAT);
    a_cookie_writes_from_home_only(&app, &ada.session, route, &body, 200).await;
    let listed = app.get(OPENBAT).bearer(&ada.session).send().await.ok();
    assert_eq!(listed.as_array().unwrap().len(), 2, "what was refused made none");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_says_how_many() {
    let app = App::with(|options| options.signup_plan = "free".parse().unwrap()).await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let body = json!({"name": "Second"});
    refused(&create(&app, &ada.session, &body).await, 403, &["plan", "1"]);
    // A chatbot that goes makes room for another.
    let path = format!("{OPENBAT}/{}", ada.chatbot);
    app.delete(&path).bearer(&ada.session).send().await.ok();
    create(&app, &ada.session, &body).await.ok();
    refused(&create(&app, &ada.session, &body).await, 403, &["plan", "1"]);
    // Another workspace's chatbots don't count.
    let listed = app.get(OPENBAT).bearer(&eve.session).send().await.ok();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn creations_at_once_get_exactly_the_room_left() {
    let app = App::with(|options| options.signup_plan = "starter".parse().unwrap()).await;
    let ada = app.tenant("ada").await;
    let body = json!({"name": "Another"});
    // In both dialects, since it is one room.
    let replies = join_all((0..8).map(|at| {
        let (app, ada, body) = (&app, &ada, &body);
        async move {
            match at % 2 {
                0 => create(app, &ada.session, body).await,
                _ => app.post(CONFERBOT).api_key(&ada.conferbot).json(body).send().await,
            }
        }
    }))
    .await;
    let (made, others): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status < 300);
    assert_eq!(made.len(), 2, "{replies:?}");
    for other in others {
        assert_eq!(other.status, 403, "{}", other.text);
    }
    let listed = app.get(OPENBAT).bearer(&ada.session).send().await.ok();
    assert_eq!(listed.as_array().unwrap().len(), 3);
    app.finish().await;
}
