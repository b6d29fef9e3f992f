//! conferbot POST /api/v1/external/v1/chatbots

use serde_json::{Value, json};
use testkit::{App, Reply};

use crate::util::{
    access::*,
    chatbots::{CONFERBOT, conferbot_refused, names_have_bounds},
};

async fn create(app: &App, key: &str, body: &Value) -> Reply {
    app.post(CONFERBOT).api_key(key).json(body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_201_with_the_chatbot() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    // Fields that it does not know do not matter.
    let body = json!({
        "name": "Lead Gen Bot", "description": "Captures visitor leads",
        "id": "mine", "disabled": true, "more": {"a": 1},
    });
    let made = create(&app, &ada.conferbot, &body).await;
    let body = made.json();
    let (id, created) = (&body["data"]["id"], &body["data"]["createdAt"]);
    assert!(id.as_str().unwrap().len() == 36 && is_time(created));
    made.is(
        201,
        &json!({"data": {
            "id": id,
            "name": "Lead Gen Bot",
            "description": "Captures visitor leads",
            "createdAt": created,
        }}),
    );
    let path = format!("{CONFERBOT}/{}", id.as_str().unwrap());
    let seen = app.get(&path).api_key(&ada.conferbot).send().await.ok();
    assert_eq!((&seen["data"]["status"], &seen["data"]["id"]), (&json!("active"), id));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_required_and_a_description_is_not() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    for body in [json!({}), json!({"name": null}), json!({"description": "A"})] {
        conferbot_refused(&create(&app, &ada.conferbot, &body).await, 400, &["name"]);
    }
    let send = async |name: Value| create(&app, &ada.conferbot, &json!({ "name": name })).await;
    names_have_bounds(send, conferbot_refused).await;
    for wrong in [json!(5), json!(["x"]), json!({}), json!(true)] {
        let body = json!({"name": "A", "description": wrong});
        conferbot_refused(&create(&app, &ada.conferbot, &body).await, 400, &["description"]);
    }
    let made = create(&app, &ada.conferbot, &json!({"name": "A"})).await;
    assert_eq!((made.status, &made.json()["data"]["description"]), (201, &json!("")));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_says_how_many() {
    // The lowest plan with a conferbot API: three chatbots, one of which is there.
    let app = App::with(|options| options.signup_plan = "starter".parse().unwrap()).await;
    let ada = app.tenant("ada").await;
    let body = json!({"name": "Another"});
    for _ in 0..2 {
        assert_eq!(create(&app, &ada.conferbot, &body).await.status, 201);
    }
    conferbot_refused(&create(&app, &ada.conferbot, &body).await, 403, &["plan", "3"]);
    let path = format!("{CONFERBOT}/{}", ada.chatbot);
    app.delete(&path).api_key(&ada.conferbot).send().await.ok();
    assert_eq!(create(&app, &ada.conferbot, &body).await.status, 201);
    conferbot_refused(&create(&app, &ada.conferbot, &body).await, 403, &["plan", "3"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_methods_are_allowed() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let listed = app.get(CONFERBOT).api_key(&ada.conferbot).send().await.ok();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    let send =
        async |text: String| app.post(CONFERBOT).api_key(&ada.conferbot).body(text).send().await;
    bodies_are_looked_at(send, conferbot_refused).await;
    app.finish().await;
}
