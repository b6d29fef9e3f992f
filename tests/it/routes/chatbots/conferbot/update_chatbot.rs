//! conferbot PUT /api/v1/external/v1/chatbots/{id}

use serde_json::{Value, json};
use testkit::{App, Reply, Tenant};

use crate::util::{
    access::*,
    chatbots::{CONFERBOT, conferbot_refused, names_have_bounds},
};

async fn update(app: &App, ada: &Tenant, body: &Value) -> Reply {
    let path = format!("{CONFERBOT}/{}", ada.chatbot);
    app.put(&path).api_key(&ada.conferbot).json(body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_only_what_is_sent() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{CONFERBOT}/{}", ada.chatbot);
    let mut last = app.get(&path).api_key(&ada.conferbot).send().await.ok()["data"].clone();
    let created = last["createdAt"].clone();
    for (body, name, description, disabled) in [
        (json!({"description": "Captures leads"}), "ada's bot", "Captures leads", false),
        (json!({"name": "Updated Bot Name"}), "Updated Bot Name", "Captures leads", false),
        (json!({"disabled": true}), "Updated Bot Name", "Captures leads", true),
        (json!({"name": "B", "description": "", "disabled": false}), "B", "", false),
    ] {
        let changed = update(&app, &ada, &body).await;
        let updated = changed.json()["data"]["updatedAt"].clone();
        assert!(is_time(&updated) && updated.as_str() > last["updatedAt"].as_str());
        changed.is(
            200,
            &json!({"data": {
                "id": ada.chatbot, "name": name, "description": description,
                "disabled": disabled, "updatedAt": updated,
            }}),
        );
        let status = if disabled { "disabled" } else { "active" };
        let expected = json!({
            "id": ada.chatbot, "name": name, "status": status, "description": description,
            "responseCount": 0, "createdAt": created, "updatedAt": updated,
        });
        let seen = app.get(&path).api_key(&ada.conferbot).send().await;
        seen.is(200, &json!({ "data": expected }));
        last = expected;
    }
    // Nothing to change, and what is none of the client's business.
    for body in [json!({}), json!({"id": UNKNOWN, "status": "disabled", "createdAt": "x"})] {
        let changed = update(&app, &ada, &body).await.ok();
        assert_eq!(changed["data"]["disabled"], false);
        assert_eq!(changed["data"]["name"], "B");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_chatbot_refuses_to_chat_until_it_is_enabled_again() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let hello = json!({"message": "Hello"});
    for (disabled, status) in [(true, 403), (false, 200)] {
        update(&app, &ada, &json!({ "disabled": disabled })).await.ok();
        for path in ["/api/v1/chat", "/api/v1/chat/stream"] {
            let chat = app.post(path).bearer(&ada.public).json(&hello).send().await;
            assert_eq!(chat.status, status, "{path}: {}", chat.text);
        }
    }
    let listed = app.get(CONFERBOT).api_key(&ada.conferbot).send().await.ok();
    assert_eq!(listed["data"][0]["status"], "active");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_have_types_and_bounds_and_what_is_refused_changes_nothing() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{CONFERBOT}/{}", ada.chatbot);
    let before = app.get(&path).api_key(&ada.conferbot).send().await.ok();
    for (field, wrongs) in [
        ("disabled", [json!("true"), json!(1), json!([])]),
        ("description", [json!(true), json!(1), json!([])]),
    ] {
        for wrong in wrongs {
            let body = json!({"name": "Changed", field: wrong});
            conferbot_refused(&update(&app, &ada, &body).await, 400, &[field]);
        }
    }
    app.get(&path).api_key(&ada.conferbot).send().await.is(200, &before);
    let send = async |name: Value| update(&app, &ada, &json!({ "name": name })).await;
    names_have_bounds(send, conferbot_refused).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_both_dialects_at_once_loses_neither() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("/api/v1/chatbots/{}", ada.chatbot);
    let settings = json!({"settings": {"onboarded": true}});
    let description = json!({"description": "New"});
    let (conferbot, openbat) = tokio::join!(
        update(&app, &ada, &description),
        app.patch(&path).bearer(&ada.session).json(&settings).send(),
    );
    assert_eq!((conferbot.status, openbat.status), (200, 200));
    let seen = app.get(&path).bearer(&ada.session).send().await.ok();
    assert_eq!(seen["settings"], json!({"onboarded": true}));
    let path = format!("{CONFERBOT}/{}", ada.chatbot);
    let seen = app.get(&path).api_key(&ada.conferbot).send().await.ok();
    assert_eq!(seen["data"]["description"], "New");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_can_be_changed() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    for body in [json!({"name": "Mine", "disabled": true}), json!({})] {
        let send = async |id: String| {
            let path = format!("{CONFERBOT}/{id}");
            app.put(&path).api_key(&ada.conferbot).json(&body).send().await
        };
        nobody_elses(&eve.chatbot, send, conferbot_refused).await;
    }
    app.ask(&eve.public, "Hello").await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_methods_are_allowed() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{CONFERBOT}/{}", ada.chatbot);
    let send = async |text: String| app.put(&path).api_key(&ada.conferbot).body(text).send().await;
    bodies_are_looked_at(send, conferbot_refused).await;
    let seen = app.get(&path).api_key(&ada.conferbot).send().await.ok();
    assert_eq!(seen["data"]["name"], "ada's bot");
    app.finish().await;
}
