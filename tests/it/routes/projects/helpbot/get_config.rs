//! helpbot GET /api/v1/config

use serde_json::{Value, json};
use testkit::App;

use crate::util::projects::{configure, defaults, duplicate, preflight};

const CONFIG: &str = "/api/v1/config";

#[tokio::test(flavor = "multi_thread")]
async fn it_has_the_23_documented_fields_in_their_order() {
    let app = App::with(|options| options.signup_plan = "free".parse().unwrap()).await;
    let tenant = app.tenant("ada").await;
    let found = app.get(CONFIG).bearer(&tenant.helpbot).send().await;
    found.is(200, &defaults("ada's bot"));
    let names =
        |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    assert_eq!(names(&found.json()), names(&defaults("")));
    assert_eq!(names(&found.json()).len(), 23);
    // The name follows the chatbot's until it is set.
    let path = format!("/api/v1/chatbots/{}", tenant.chatbot);
    let name = json!({"name": "Harbour"});
    app.patch(&path).bearer(&tenant.session).json(&name).send().await.ok();
    app.get(CONFIG).bearer(&tenant.helpbot).send().await.is(200, &defaults("Harbour"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_may_stand_in_the_header_or_the_query_and_is_a_sites() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    configure(&app, &bob, &json!({"greeting": "Bob's"})).await.ok();
    let in_query = format!("{CONFIG}?apiKey={}", ada.helpbot);
    app.get(&in_query).send().await.is(200, &defaults("ada's bot"));
    let refused = json!({"error": "Invalid or missing API key"});
    app.get(CONFIG).send().await.is(401, &refused);
    app.get(&format!("{CONFIG}?apiKey=wk_live_0")).send().await.is(401, &refused);
    let (cut, none) = (&ada.helpbot[..ada.helpbot.len() - 1], "wk_live_0");
    let others = [
        &*ada.secret,
        &ada.public,
        &ada.openbat,
        &ada.conferbot,
        &ada.chatbotplatform,
        &ada.session,
    ];
    for key in others.into_iter().chain([cut, none]) {
        app.get(CONFIG).bearer(key).send().await.is(401, &refused);
        app.get(&format!("{CONFIG}?apiKey={key}")).send().await.is(401, &refused);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_any_site_may_read_it_and_none_may_change_it() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let (origins, methods) = preflight(&app, CONFIG, "GET").await;
    assert_eq!((origins.as_str(), methods.contains("GET")), ("*", true), "{methods}");
    let (_, methods) = preflight(&app, CONFIG, "PATCH").await;
    assert!(!methods.contains("PATCH") && !methods.contains('*'), "{methods}");
    let origin = "https://shop.example";
    let read = app.get(CONFIG).bearer(&tenant.helpbot).header("origin", origin).send().await;
    assert_eq!((read.status, read.header("access-control-allow-origin")), (200, "*"));
    let refused = app.get(CONFIG).header("origin", origin).send().await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (401, "*"));
    for method in ["POST", "PUT", "DELETE"] {
        let method = method.parse().unwrap();
        let reply = app.request(method, CONFIG).bearer(&tenant.helpbot).send().await;
        assert_eq!((reply.status, reply.json()["code"].is_null()), (405, true), "{}", reply.text);
        assert!(reply.header("allow").contains("PATCH"), "{:?}", reply.headers);
        assert!(!reply.header("x-request-id").is_empty());
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_has_what_was_set() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let set = json!({"greeting": "Ahoy!", "position": "bottom-left", "showBranding": false});
    configure(&app, &tenant, &set).await.ok();
    let copy = duplicate(&app, &tenant).await;
    let mut expected = defaults("ada's bot (copy)");
    for (name, value) in set.as_object().unwrap() {
        expected[name] = value.clone();
    }
    app.get(CONFIG).bearer(&copy.helpbot).send().await.is(200, &expected);
    // Each has its own from there on.
    configure(&app, &copy, &json!({"greeting": "Another"})).await.ok();
    let original = app.get(CONFIG).bearer(&tenant.helpbot).send().await.ok();
    assert_eq!(original["greeting"], "Ahoy!");
    app.finish().await;
}
