//! chatbotplatform POST /v1/bots

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply};

use crate::util::{
    access::*,
    chatbotplatform::*,
    chatbots::{CONFERBOT, OPENBAT, names_have_bounds},
};

async fn create(app: &App, key: &str, body: &Value) -> Reply {
    app.post(BOTS).bearer(key).json(body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_201_with_the_bot_which_is_there_in_every_dialect() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    // Fields that it does not know do not matter.
    let body = json!({"name": " Support ", "description": "Helps", "id": "mine", "x": {"a": 1}});
    let made = create(&app, &ada.chatbotplatform, &body).await;
    let bot = made.json()["data"].clone();
    let (id, created) = (bot["id"].as_str().unwrap(), &bot["created_at"]);
    assert!(id.len() == 36 && is_time(created));
    made.is(
        201,
        &json!({"data": {
            "id": id, "name": "Support", "description": "Helps", "status": "active",
            "created_at": created, "updated_at": created,
        }}),
    );
    let seen = app.get(&format!("{BOTS}/{id}")).bearer(&ada.chatbotplatform).send().await;
    seen.is(200, &made.json());
    let seen = app.get(&format!("{CONFERBOT}/{id}")).api_key(&ada.conferbot).send().await.ok();
    assert_eq!((&seen["data"]["name"], &seen["data"]["createdAt"]), (&json!("Support"), created));
    let seen = app.get(&format!("{OPENBAT}/{id}")).bearer(&ada.session).send().await.ok();
    assert_eq!((&seen["name"], &seen["created_at"]), (&json!("Support"), created));
    let public = key_for(&app, &ada.session, "public", id).await;
    app.ask(&public, "Hello").await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_may_be_made_disabled() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    for (status, chat) in [(json!("disabled"), 403), (json!("active"), 200), (json!(null), 200)] {
        let made =
            create(&app, &ada.chatbotplatform, &json!({"name": "A", "status": status})).await;
        let bot = made.json()["data"].clone();
        assert_eq!((made.status, &bot["description"]), (201, &json!("")));
        let shown = if chat == 403 { "disabled" } else { "active" };
        assert_eq!(bot["status"], shown);
        let public = key_for(&app, &ada.session, "public", bot["id"].as_str().unwrap()).await;
        let hello = json!({"message": "Hello"});
        let reply = app.post("/api/v1/chat").bearer(&public).json(&hello).send().await;
        assert_eq!(reply.status, chat, "{}", reply.text);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_have_types_and_bounds() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let key = &ada.chatbotplatform;
    let missing = create(&app, key, &json!({})).await;
    missing.is(
        422,
        &json!({"error": {
            "code": "validation_error", "message": "name is required",
            "details": {"name": ["is required"]},
        }}),
    );
    for body in [json!({"name": null}), json!({"description": "A"})] {
        platform_refused(&create(&app, key, &body).await, 422, &["name"]);
    }
    let send = async |name: Value| create(&app, key, &json!({ "name": name })).await;
    names_have_bounds(send, broke_a_rule).await;
    for (field, wrongs) in [
        ("description", vec![json!(5), json!(["x"]), json!({}), json!("x".repeat(2_001))]),
        ("status", vec![json!(5), json!(true), json!(""), json!("closed"), json!("Active")]),
    ] {
        for wrong in wrongs {
            let body = json!({"name": "A", field: wrong});
            let reply = create(&app, key, &body).await;
            platform_refused(&reply, 422, &[field]);
            assert!(reply.json()["error"]["details"][field].is_array(), "{}", reply.text);
        }
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_says_how_many() {
    let app = App::with(|options| options.signup_plan = "free".parse().unwrap()).await;
    let ada = app.tenant("ada").await;
    let body = json!({"name": "Second"});
    platform_refused(&create(&app, &ada.chatbotplatform, &body).await, 403, &["plan", "1"]);
    app.delete(&format!("{BOTS}/{}", ada.chatbot)).bearer(&ada.chatbotplatform).send().await.ok();
    assert_eq!(create(&app, &ada.chatbotplatform, &body).await.status, 201);
    platform_refused(&create(&app, &ada.chatbotplatform, &body).await, 403, &["plan", "1"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_key_makes_one() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    only_its_key(&app, &ada, Method::POST, BOTS, &json!({"name": "Second"})).await;
    let key = &ada.chatbotplatform;
    assert_eq!(ids(&app, key, BOTS).await.1, 1);
    let send = async |text: String| app.post(BOTS).bearer(key).body(text).send().await;
    bodies_are_looked_at(send, platform_refused).await;
    app.finish().await;
}
