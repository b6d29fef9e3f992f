//! ours DELETE /api/v1/account

use reqwest::Method;
use serde_json::json;
use testkit::{App, Receiver, Site, Tenant, eventually};

use crate::util::{
    access::{invite, join, keys_of, only_a_session, only_methods, refused},
    agent_loops::{echoing, make, report, run},
    same_for_all_dialects::webhook_api::{CONFERBOT, PLATFORM},
    table::{items, table, tick},
    webhooks::create,
};

const PATH: &str = "/api/v1/account";
const PASSWORD: &str = "correct horse";

/// Fills a workspace with something of everything; ids that items may name.
async fn live_in(app: &App, tenant: &Tenant, site: &Site, receiver: &Receiver) -> Vec<String> {
    let Tenant { session, public, secret, chatbotplatform: platform, .. } = tenant;
    join(app, session, "grace@example.com", "agent").await;
    invite(app, session, "joan@example.com", "viewer").await;
    create(app, tenant, &receiver.url, &["message.created"]).await;
    for dialect in [&CONFERBOT, &PLATFORM] {
        dialect.create(app, tenant, &receiver.url, &[dialect.event]).await;
    }
    echoing(app, tenant).await;
    let mut nightly = report();
    nightly["callback_url"] = json!(receiver.url);
    let nightly = make(app, tenant, nightly).await;
    run(app, tenant, &nightly).await;
    let pair = json!({"question": "Are you open?", "answer": "Always."});
    app.post("/api/v1/knowledge/qa").bearer(secret).json(&pair).send().await.ok();
    let url = json!({"url": format!("{}/boats", site.url)});
    let source = app.post("/api/v1/knowledge/url").bearer(secret).json(&url).send().await.ok();
    let source = source["sourceId"].as_str().unwrap().to_owned();
    eventually("the source is read", async || {
        let path = format!("/api/v1/knowledge/{source}");
        let found = app.get(&path).bearer(secret).send().await.ok();
        (found["source"]["status"] == "ready").then_some(())
    })
    .await;
    let asked = app.ask(public, "How many boats are there?").await;
    let lead = json!({"email": "visitor@example.com"});
    app.post("/api/v1/leads").bearer(public).json(&lead).send().await;
    let second = json!({"name": "A second one"});
    let second = app.post("/v1/bots").bearer(platform).json(&second).send().await.json();
    app.drain().await;
    let text = |value: &serde_json::Value| value.as_str().expect("an id").to_owned();
    vec![
        tenant.workspace.clone(),
        tenant.chatbot.clone(),
        source,
        text(&asked["conversationId"]),
        text(&second["data"]["id"]),
        text(&nightly["id"]),
        "ada@example.com".to_owned(),
        "grace@example.com".to_owned(),
        "visitor@example.com".to_owned(),
        "eleven boats".to_owned(),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_item_of_the_workspace_goes_and_no_other() {
    let page = "<main><h1>Boats</h1><p>The harbour has eleven boats, all of them blue.</p></main>";
    let site = Site::start(&[("/boats", page)]).await;
    let receiver = Receiver::start().await;
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    app.ask(&eve.public, "Is anybody there?").await;
    app.drain().await;
    let named = |items: &[String], id: &str| items.iter().filter(|item| item.contains(id)).count();
    let eves = named(&items(&app).await, &eve.workspace);
    let ids = live_in(&app, &ada, &site, &receiver).await;
    let before = items(&app).await;
    for id in &ids {
        assert!(named(&before, id) > 0, "nothing names {id}: the test looks for nothing");
    }

    let body = json!({"password": PASSWORD});
    let closed = app.delete(PATH).bearer(&ada.session).json(&body).send().await;
    assert_eq!((closed.status, &closed.json()["erasure"]["id"]), (202, &json!(ada.workspace)));
    assert_eq!(closed.json()["erasure"]["status"], "pending");
    tick(&app).await;
    app.drain().await;
    let receipt = format!("/api/v1/auth/closures/{}", ada.workspace);
    assert_eq!(app.get(&receipt).send().await.ok()["erasure"]["status"], "complete");

    // What is left says when something was deleted, or is a hash of a code, and ends by itself.
    let ends = |item: &&String| {
        let kept = ["\"PURGE#", "\"CODE#", "\"MAIL#"];
        !(item.contains("expires_at") && kept.iter().any(|head| item.contains(head)))
    };
    let after = items(&app).await;
    for id in &ids {
        let left: Vec<_> = after.iter().filter(|item| item.contains(id)).filter(ends).collect();
        assert!(left.is_empty(), "{id}: {left:#?}");
    }
    assert_eq!(named(&after, &eve.workspace), eves);
    app.ask(&eve.public, "Still there?").await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_key_and_session_is_refused_at_once() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let grace = join(&app, &ada.session, "grace@example.com", "editor").await;
    let body = json!({"password": PASSWORD});
    let closed = app.delete(PATH).bearer(&ada.session).json(&body).send().await;
    assert_eq!(closed.status, 202, "{}", closed.text);
    for session in [&ada.session, &grace] {
        refused(&app.get("/api/v1/auth/session").bearer(session).send().await, 401, &[]);
    }
    let asked = json!({"message": "Hello?", "question": "Hello?"});
    for key in keys_of(&ada) {
        for path in ["/v1/bots", "/api/v1/external/v1/chatbots", "/api/v1/knowledge"] {
            let request = app.get(path).bearer(key).header("x-api-key", key);
            assert_eq!(request.send().await.status, 401, "{path}");
        }
        let chat = app.post("/api/v1/chat").bearer(key).json(&asked).send().await;
        assert_eq!(chat.status, 401, "{}", chat.text);
    }
    let login = json!({"email": "ada@example.com", "password": PASSWORD});
    refused(&app.post("/api/v1/auth/login").json(&login).send().await, 401, &[]);
    // The address is free again, and what was there is not found by it.
    let again = app.tenant("ada").await;
    assert_ne!(again.workspace, ada.workspace);
    tick(&app).await;
    app.drain().await;
    app.ask(&again.public, "Hello?").await;
    app.finish().await;
}

/// What clears the rest away is a row: a worker that dies on the way loses nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_closing_that_was_cut_short_is_carried_on() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let workspace = ada.workspace.parse().unwrap();
    // As far as the first write alone.
    app.platform.app.store.close_workspace(workspace, app.platform.app.now()).await.unwrap();
    let scoped = app.get("/v1/bots").bearer(&ada.session).header("x-colloquy-scope", "workspace");
    assert_eq!(scoped.send().await.status, 404, "a session opens nothing without its workspace");
    let key = json!({"dialect": "conferbot"});
    let made = app.post("/api/v1/api-keys").bearer(&ada.session).json(&key).send().await;
    assert_eq!(made.status, 404, "{}", made.text);
    tick(&app).await;
    app.drain().await;
    refused(&app.get("/api/v1/auth/session").bearer(&ada.session).send().await, 401, &[]);
    let bots = app.get("/v1/bots").bearer(&ada.chatbotplatform).send().await;
    assert_eq!(bots.status, 401, "{}", bots.text);
    let found = table(&app).get_item().table_name("colloquy");
    let text = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
    let found = found.key("pk", text("USER#ada@example.com")).key("sk", text("USER"));
    assert!(found.send().await.unwrap().item.is_none());
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_owner_does_that_with_the_password() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let body = json!({"password": PASSWORD});
    only_a_session(&app, &ada, Method::DELETE, PATH, &body).await;
    only_methods(&app, PATH, &[Method::DELETE], refused).await;
    let editor = join(&app, &ada.session, "grace@example.com", "editor").await;
    refused(&app.delete(PATH).bearer(&editor).json(&body).send().await, 403, &["owner"]);
    let close = async |body| app.delete(PATH).bearer(&ada.session).json(&body).send().await;
    refused(&close(json!({})).await, 400, &["password"]);
    refused(&close(json!({"password": "guessed"})).await, 403, &["password is wrong"]);
    app.get("/api/v1/auth/session").bearer(&ada.session).send().await.ok();
    app.finish().await;
}
