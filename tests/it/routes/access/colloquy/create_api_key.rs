//! ours POST /api/v1/api-keys

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply};

use crate::util::access::{
    a_cookie_writes_from_home_only, bodies_are_looked_at, is_key, is_time, nobody_elses,
    only_a_session, only_methods, refused,
};

const PATH: &str = "/api/v1/api-keys";

async fn create(app: &App, session: &str, body: &Value) -> Reply {
    app.post(PATH).bearer(session).json(body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_dialect_and_kind_has_its_form() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let bot = json!(ada.chatbot);
    for (dialect, kind, chatbot, head) in [
        ("conferbot", "workspace", json!(null), "cb_live_"),
        ("chatbotplatform", "workspace", json!(null), "sk_live_"),
        ("botplot", "public", bot.clone(), "pk_"),
        ("botplot", "secret", bot.clone(), "sk_"),
        ("helpbot", "site", bot.clone(), "wk_live_"),
    ] {
        let asked = json!({"dialect": dialect, "kind": kind, "chatbotId": chatbot, "more": 1});
        let made = create(&app, &ada.session, &asked).await;
        let body = made.json();
        let (key, prefix) = (body["key"].as_str().unwrap(), body["prefix"].as_str().unwrap());
        made.is(
            201,
            &json!({
                "id": body["id"], "key": key, "prefix": prefix, "dialect": dialect,
                "kind": kind, "chatbotId": chatbot, "createdAt": body["createdAt"],
            }),
        );
        assert_eq!(body["id"].as_str().unwrap().len(), 36);
        assert!(is_key(key, head, 40), "{key}");
        // Enough to tell keys apart, not enough to use one.
        let shown = prefix.trim_end_matches('.');
        assert!(key.starts_with(shown) && (head.len()..=head.len() + 8).contains(&shown.len()));
        assert!(is_time(&body["createdAt"]));
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_works_at_once_and_no_two_are_alike() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let asked = json!({"dialect": "conferbot", "kind": "workspace"});
    let mut keys = vec![ada.conferbot.clone()];
    for _ in 0..3 {
        let made = create(&app, &ada.session, &asked).await.json();
        let key = made["key"].as_str().unwrap().to_owned();
        app.get("/api/v1/external/v1/chatbots").api_key(&key).send().await.ok();
        assert!(!keys.contains(&key));
        keys.push(key);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn helpbot_has_one_kind_which_may_be_left_out() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let asked = json!({"dialect": "helpbot", "chatbotId": ada.chatbot});
    let made = create(&app, &ada.session, &asked).await;
    assert_eq!((made.status, &made.json()["kind"]), (201, &json!("site")));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dialect_kind_and_chatbot_have_to_fit_each_other() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let bot = &ada.chatbot;
    for (body, field) in [
        (json!({"kind": "workspace"}), "dialect"),
        (json!({"dialect": "esperanto", "kind": "workspace"}), "dialect"),
        (json!({"dialect": 5, "kind": "workspace"}), "dialect"),
        // These are made by openbat's own operations.
        (json!({"dialect": "openbat", "kind": "secret", "chatbotId": bot}), "dialect"),
        (json!({"dialect": "conferbot", "kind": "public", "chatbotId": bot}), "kind"),
        (json!({"dialect": "chatbotplatform", "kind": "secret", "chatbotId": bot}), "kind"),
        (json!({"dialect": "botplot", "chatbotId": bot}), "kind"),
        (json!({"dialect": "botplot", "kind": "workspace"}), "kind"),
        (json!({"dialect": "botplot", "kind": ["public"], "chatbotId": bot}), "kind"),
        (json!({"dialect": "helpbot", "kind": "secret", "chatbotId": bot}), "kind"),
        (json!({"dialect": "botplot", "kind": "public"}), "chatbotId"),
        (json!({"dialect": "botplot", "kind": "secret", "chatbotId": 5}), "chatbotId"),
        (json!({"dialect": "helpbot", "kind": "site"}), "chatbotId"),
    ] {
        refused(&create(&app, &ada.session, &body).await, 400, &[field]);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_for_a_chatbot_of_ones_own() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let before = app.get(PATH).bearer(&ada.session).send().await.ok();
    for (dialect, kind) in [("botplot", "public"), ("botplot", "secret"), ("helpbot", "site")] {
        let send = async |id: String| {
            let asked = json!({"dialect": dialect, "kind": kind, "chatbotId": id});
            create(&app, &ada.session, &asked).await
        };
        nobody_elses(&eve.chatbot, send, refused).await;
    }
    app.get(PATH).bearer(&ada.session).send().await.is(200, &before);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_session_makes_keys_and_by_cookie_only_from_home() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let body = json!({"dialect": "conferbot", "kind": "workspace"});
    only_a_session(&app, &ada, Method::POST, PATH, &body).await;
    let route = (Method::POST, PATH);
    a_cookie_writes_from_home_only(&app, &ada.session, route, &body, 201).await;
    let send = async |text: String| app.post(PATH).bearer(&ada.session).body(text).send().await;
    bodies_are_looked_at(send, refused).await;
    only_methods(&app, PATH, &[Method::GET, Method::POST], refused).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_keys_are_the_most_however_many_are_asked_for_at_once() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let create = || {
        let new = json!({"dialect": "conferbot"});
        app.post("/api/v1/api-keys").bearer(&tenant.session).json(&new).send()
    };
    // A tenant has five to begin with.
    for _ in 0..90 {
        assert_eq!(create().await.status, 201);
    }
    let replies = join_all((0..32).map(|_| create())).await;
    let (made, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|r| r.status == 201);
    assert_eq!((made.len(), refused.len()), (5, 27));
    let full = json!({"error": "A workspace can have at most 100 keys"});
    for reply in refused {
        reply.is(409, &full);
    }
    // One that is revoked makes room for one, and a chatbot that goes for all of its own.
    let one = format!("/api/v1/api-keys/{}", made[0].json()["id"].as_str().unwrap());
    assert_eq!(app.delete(&one).bearer(&tenant.session).send().await.status, 204);
    assert_eq!((create().await.status, create().await.status), (201, 409));
    let chatbot = format!("/api/v1/chatbots/{}", tenant.chatbot);
    app.delete(&chatbot).bearer(&tenant.session).send().await.ok();
    let replies = join_all((0..8).map(|_| create())).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 3);
    app.finish().await;
}
