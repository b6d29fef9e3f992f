//! ours GET /api/v1/api-keys

use reqwest::Method;
use serde_json::{Value, json};
use testkit::App;

use crate::util::access::{keys_of, only_a_session, only_methods, refused};

const PATH: &str = "/api/v1/api-keys";

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_never_shown_again() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let before = app.get(PATH).bearer(&ada.session).send().await.ok();
    let known = before["data"].as_array().unwrap();
    for (dialect, kind) in [("conferbot", "workspace"), ("botplot", "secret")] {
        let chatbot = (kind == "secret").then_some(&ada.chatbot);
        let asked = json!({"dialect": dialect, "kind": kind, "chatbotId": chatbot});
        let made = app.post(PATH).bearer(&ada.session).json(&asked).send().await;
        let mut made = made.json();
        let key = made.as_object_mut().unwrap().remove("key").unwrap();
        let listed = app.get(PATH).bearer(&ada.session).send().await;
        assert!(!listed.text.contains(key.as_str().unwrap()));
        let rows = listed.ok()["data"].as_array().unwrap().clone();
        assert!(rows.contains(&made) && known.iter().all(|row| rows.contains(row)));
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_key_comes_first() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let listed = app.get(PATH).bearer(&ada.session).send().await.ok();
    let kinds: Vec<(&str, &str)> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["dialect"].as_str().unwrap(), row["kind"].as_str().unwrap()))
        .collect();
    assert_eq!(
        kinds,
        [
            ("helpbot", "site"),
            ("botplot", "secret"),
            ("botplot", "public"),
            ("chatbotplatform", "workspace"),
            ("conferbot", "workspace"),
        ]
    );
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_what_creation_showed_but_for_the_key() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let listed = app.get(PATH).bearer(&ada.session).send().await;
    for row in listed.ok()["data"].as_array().unwrap() {
        let fields: Vec<&String> = row.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["id", "prefix", "dialect", "kind", "chatbotId", "createdAt"]);
        let workspace = row["kind"] == "workspace";
        assert_eq!(row["chatbotId"], if workspace { Value::Null } else { json!(ada.chatbot) });
    }
    for key in keys_of(&ada) {
        let digits = &key[key.rfind('_').unwrap() + 1..];
        assert!(!listed.text.contains(&digits[..12]), "more than a prefix of {key}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_the_own_workspace_only() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let ids = async |session: &str| -> Vec<Value> {
        let listed = app.get(PATH).cookie(session).send().await.ok();
        listed["data"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect()
    };
    let (hers, others) = (ids(&ada.session).await, ids(&eve.session).await);
    assert_eq!((hers.len(), others.len()), (5, 5));
    assert!(hers.iter().all(|id| !others.contains(id)));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_session_opens_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    only_a_session(&app, &ada, Method::GET, PATH, &json!({})).await;
    only_methods(&app, PATH, &[Method::GET, Method::POST], refused).await;
    app.finish().await;
}
