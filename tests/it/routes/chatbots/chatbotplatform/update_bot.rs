//! chatbotplatform PATCH /v1/bots/{id}

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply, Tenant};

use crate::util::{
    access::*,
    chatbotplatform::*,
    chatbots::{CONFERBOT, OPENBAT, names_have_bounds},
};

async fn update(app: &App, ada: &Tenant, body: &Value) -> Reply {
    let path = format!("{BOTS}/{}", ada.chatbot);
    app.patch(&path).bearer(&ada.chatbotplatform).json(body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_only_what_is_sent() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let settings = json!({"settings": {"onboarded": true}});
    let openbat = format!("{OPENBAT}/{}", ada.chatbot);
    app.patch(&openbat).bearer(&ada.session).json(&settings).send().await.ok();
    let path = format!("{BOTS}/{}", ada.chatbot);
    let mut last = app.get(&path).bearer(&ada.chatbotplatform).send().await.ok()["data"].clone();
    let created = last["created_at"].clone();
    for (body, name, description, status) in [
        (json!({"description": "Helps"}), "ada's bot", "Helps", "active"),
        (json!({"status": "disabled"}), "ada's bot", "Helps", "disabled"),
        (json!({"name": "New", "status": null}), "New", "Helps", "disabled"),
        (json!({"name": "B", "description": "", "status": "active"}), "B", "", "active"),
    ] {
        let changed = update(&app, &ada, &body).await;
        let updated = changed.json()["data"]["updated_at"].clone();
        assert!(is_time(&updated) && updated.as_str() > last["updated_at"].as_str());
        last = json!({
            "id": ada.chatbot, "name": name, "description": description, "status": status,
            "created_at": created, "updated_at": updated,
        });
        changed.is(200, &json!({ "data": last }));
        let seen = app.get(&path).bearer(&ada.chatbotplatform).send().await;
        seen.is(200, &json!({ "data": last }));
        let conferbot = format!("{CONFERBOT}/{}", ada.chatbot);
        let seen = app.get(&conferbot).api_key(&ada.conferbot).send().await.ok()["data"].clone();
        assert_eq!((&seen["name"], &seen["status"]), (&json!(name), &json!(status)));
    }
    // Nothing to change, and what is none of the client's business.
    for body in [json!({}), json!({"id": UNKNOWN, "created_at": "x", "disabled": true})] {
        update(&app, &ada, &body).await.is(200, &json!({ "data": last }));
    }
    let seen = app.get(&openbat).bearer(&ada.session).send().await.ok();
    assert_eq!(seen["settings"], settings["settings"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_bot_refuses_to_chat_until_it_is_active_again() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let hello = json!({"message": "Hello"});
    for (status, expected) in [("disabled", 403), ("active", 200)] {
        update(&app, &ada, &json!({ "status": status })).await.ok();
        let chat = app.post("/api/v1/chat").bearer(&ada.public).json(&hello).send().await;
        assert_eq!(chat.status, expected, "{}", chat.text);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_have_types_and_bounds_and_what_is_refused_changes_nothing() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{BOTS}/{}", ada.chatbot);
    let before = app.get(&path).bearer(&ada.chatbotplatform).send().await.ok();
    for (field, wrongs) in [
        ("status", vec![json!("closed"), json!(""), json!(1), json!([]), json!(false)]),
        ("description", vec![json!(true), json!(1), json!([]), json!("x".repeat(2_001))]),
    ] {
        for wrong in wrongs {
            let body = json!({"name": "Changed", field: wrong});
            platform_refused(&update(&app, &ada, &body).await, 422, &[field]);
        }
    }
    app.get(&path).bearer(&ada.chatbotplatform).send().await.is(200, &before);
    let send = async |name: Value| update(&app, &ada, &json!({ "name": name })).await;
    names_have_bounds(send, broke_a_rule).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_can_be_changed() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    for body in [json!({"name": "Mine", "status": "disabled"}), json!({})] {
        let send = async |id: String| {
            let path = format!("{BOTS}/{id}");
            app.patch(&path).bearer(&ada.chatbotplatform).json(&body).send().await
        };
        nobody_elses(&eve.chatbot, send, platform_refused).await;
    }
    app.ask(&eve.public, "Hello").await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_key_changes_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{BOTS}/{}", ada.chatbot);
    only_its_key(&app, &ada, Method::PATCH, &path, &json!({"name": "Changed"})).await;
    let key = &ada.chatbotplatform;
    let send = async |text: String| app.patch(&path).bearer(key).body(text).send().await;
    bodies_are_looked_at(send, platform_refused).await;
    let seen = app.get(&path).bearer(key).send().await.ok();
    assert_eq!(seen["data"]["name"], "ada's bot");
    app.finish().await;
}
