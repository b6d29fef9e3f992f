//! openbat DELETE /api/v1/chatbots/{id}

use std::sync::Arc;

use axum::{Router, response::Html, routing::get};
use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use testkit::{App, Site, Tenant};
use tokio::sync::Semaphore;

use crate::util::{
    access::*,
    chatbots::{OPENBAT, a_deleted_chatbot_is_gone, make},
};

#[tokio::test(flavor = "multi_thread")]
async fn its_keys_die_at_once_and_everything_goes_with_it() {
    let delete = async |app: &App, ada: &Tenant, id: &str| {
        app.delete(&format!("{OPENBAT}/{id}")).bearer(&ada.session).send().await
    };
    a_deleted_chatbot_is_gone(delete).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_ok_once() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{OPENBAT}/{}", ada.chatbot);
    app.delete(&path).bearer(&ada.session).send().await.is(200, &json!({"ok": true}));
    refused(&app.delete(&path).bearer(&ada.session).send().await, 404, &["not found"]);
    app.get(OPENBAT).bearer(&ada.session).send().await.is(200, &json!([]));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_deletions_at_once_one_succeeds_and_room_is_made_once() {
    let app = App::with(|options| options.signup_plan = "free".parse().unwrap()).await;
    let ada = app.tenant("ada").await;
    let path = format!("{OPENBAT}/{}", ada.chatbot);
    let replies = join_all((0..4).map(|_| app.delete(&path).bearer(&ada.session).send())).await;
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404, 404, 404]);
    let body = json!({"name": "Next"});
    let mut statuses = Vec::new();
    for _ in 0..2 {
        let made = app.post(OPENBAT).bearer(&ada.session).json(&body).send().await;
        statuses.push(made.status);
    }
    assert_eq!(statuses, [200, 403]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_made_meanwhile_does_not_outlive_its_chatbot() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    for _ in 0..5 {
        let (id, _) = make(&app, &ada.session, "Doomed").await;
        let asked = json!({"dialect": "botplot", "kind": "secret", "chatbotId": id});
        let create = || app.post("/api/v1/api-keys").bearer(&ada.session).json(&asked).send();
        let delete = app.delete(&format!("{OPENBAT}/{id}")).bearer(&ada.session).send();
        let (deleted, made) = tokio::join!(delete, join_all((0..6).map(|_| create())));
        assert_eq!(deleted.status, 200, "{}", deleted.text);
        for reply in made {
            // It was made before the chatbot went, or not at all.
            assert!([201, 404].contains(&reply.status), "{}", reply.text);
            if let Some(key) = reply.json()["key"].as_str() {
                let sources = app.get("/api/v1/knowledge").bearer(key).send().await;
                assert_eq!(sources.status, 401, "{}", sources.text);
            }
        }
        let keys = app.get("/api/v1/api-keys").bearer(&ada.session).send().await;
        assert!(!keys.text.contains(&id), "{}", keys.text);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_under_way_leaves_nothing_behind() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let gate = Arc::new(Semaphore::new(0));
    let closed = gate.clone();
    let page = get(move || async move {
        drop(closed.acquire().await.unwrap());
        Html("<html><body><main><p>The museum opens at ten.</p></main></body></html>")
    });
    let site = Site::with(&[], Router::new().route("/page", page)).await;
    let url = json!({"url": format!("{}/page", site.url)});
    let crawl = app.post("/api/v1/knowledge/url").bearer(&ada.secret).json(&url);
    crawl.send().await.ok();

    app.delete(&format!("{OPENBAT}/{}", ada.chatbot)).bearer(&ada.session).send().await.ok();
    gate.add_permits(1);
    app.drain().await;
    let bot = ada.chatbot.parse().unwrap();
    assert!(app.platform.app.sources(bot).await.unwrap().is_empty());
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chats_under_way_leave_nothing_behind() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let hello = json!({"message": "Hello"});
    for _ in 0..5 {
        let (id, key) = make(&app, &ada.session, "Doomed").await;
        let chat = || app.post("/api/v1/chat").bearer(&key).json(&hello).send();
        let delete = app.delete(&format!("{OPENBAT}/{id}")).bearer(&ada.session).send();
        let (deleted, chats) = tokio::join!(delete, join_all((0..12).map(|_| chat())));
        deleted.ok();
        for chat in chats {
            assert!([200, 401, 404].contains(&chat.status), "{}", chat.text);
        }
        app.drain().await;
        let conversations = app.platform.app.conversations(id.parse().unwrap(), None, 0, 20);
        let (conversations, total) = conversations.await.unwrap();
        assert_eq!((conversations.len(), total), (0, 0));
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_can_be_deleted() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let send =
        async |id: String| app.delete(&format!("{OPENBAT}/{id}")).bearer(&ada.session).send().await;
    nobody_elses(&eve.chatbot, send, refused).await;
    app.ask(&eve.public, "Hello").await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_opens_it_from_home_only() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{OPENBAT}/{}", ada.chatbot);
    let route = (Method::DELETE, path.as_str());
    a_cookie_writes_from_home_only(&app, &ada.session, route, &json!({}), 200).await;
    app.finish().await;
}
