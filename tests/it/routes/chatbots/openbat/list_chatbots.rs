//! openbat GET /api/v1/chatbots

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    access::*,
    chatbots::{OPENBAT, make, make_in_conferbot},
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_the_organizations_chatbots_newest_first() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let mut expected =
        vec![app.get(&format!("{OPENBAT}/{}", ada.chatbot)).bearer(&ada.session).send().await.ok()];
    for name in ["Second", "Third"] {
        let body = json!({ "name": name });
        let made = app.post(OPENBAT).bearer(&ada.session).json(&body).send().await.ok();
        expected.insert(0, made["chatbot"].clone());
    }
    let listed = app.get(OPENBAT).bearer(&ada.session).send().await;
    listed.is(200, &json!(expected));
    for row in listed.json().as_array().unwrap() {
        let fields: Vec<&String> = row.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["id", "name", "api_key_prefix", "settings", "created_at"]);
        assert!(is_time(&row["created_at"]));
    }
    app.get(OPENBAT).cookie(&ada.session).send().await.is(200, &json!(expected));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_without_chatbots_has_an_empty_list() {
    let app = App::start().await;
    let ada =
        json!({"email": "ada@example.com", "password": "correct horse", "organization": "Ada's"});
    let signed = app.post("/api/v1/auth/signup").json(&ada).send().await;
    app.get(OPENBAT).bearer(&signed.session().unwrap()).send().await.is(200, &json!([]));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chatbot_made_through_conferbot_is_here_with_a_key_that_nobody_saw() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let body = json!({"name": "Lead Gen Bot", "description": "Captures visitor leads"});
    let id = make_in_conferbot(&app, &ada.conferbot, body).await;
    let listed = app.get(OPENBAT).bearer(&ada.session).send().await.ok();
    let row = &listed[0];
    let prefix = row["api_key_prefix"].as_str().unwrap();
    assert_eq!(
        row,
        &json!({
            "id": id, "name": "Lead Gen Bot", "api_key_prefix": prefix, "settings": {},
            "created_at": row["created_at"],
        })
    );
    assert!(is_key(prefix.strip_suffix("...").unwrap(), "ob_live_", 6), "{prefix}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_no_key_and_nobody_elses_chatbot() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let (_, key) = make(&app, &ada.session, "Second").await;
    let listed = app.get(OPENBAT).bearer(&ada.session).send().await;
    assert_eq!(listed.ok().as_array().unwrap().len(), 2);
    for text in [&key[14..], &ada.openbat[14..], &eve.chatbot] {
        assert!(!listed.text.contains(text));
    }
    let listed = app.get(OPENBAT).bearer(&eve.session).send().await.ok();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_methods_are_allowed() {
    let app = App::start().await;
    only_methods(&app, OPENBAT, &[Method::GET, Method::POST], refused).await;
    app.finish().await;
}
