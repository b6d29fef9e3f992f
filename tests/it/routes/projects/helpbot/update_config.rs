//! helpbot PATCH /api/v1/config

use futures::future::join_all;
use serde_json::{Value, json};
use testkit::{App, Tenant};

use crate::util::projects::{configure, defaults};

const CONFIG: &str = "/api/v1/config";

async fn get(app: &App, tenant: &Tenant) -> Value {
    app.get(CONFIG).bearer(&tenant.helpbot).send().await.ok()
}

/// Asserts that `body` is refused by a message that begins so.
async fn refuses(app: &App, tenant: &Tenant, body: &Value, begins: &str) {
    let reply = configure(app, tenant, body).await;
    assert_eq!(reply.status, 400, "{body}: {}", reply.text);
    let error = reply.json();
    let message = error["error"].as_str().unwrap();
    assert!(message.starts_with(begins), "{body}: {message}");
    assert_eq!(error, json!({"error": message}));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_changes_what_was_sent_names_it_and_answers_with_the_whole() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let body =
        json!({"greeting": " Ahoy! ", "primaryColor": "#F00", "unknown": 1, "botName": null});
    let mut config = defaults("ada's bot");
    config["primaryColor"] = json!("#F00");
    config["greeting"] = json!("Ahoy!");
    let updated = json!({"updated": ["primaryColor", "greeting"], "config": config});
    configure(&app, &tenant, &body).await.is(200, &updated);
    assert_eq!(get(&app, &tenant).await, config);

    // Every field at once.
    let mut all = defaults("Harbour");
    for (name, value) in all.as_object_mut().unwrap() {
        *value = match name.as_str() {
            "position" => json!("bottom-left"),
            "showBranding" => json!(false),
            "aiLanguage" => json!("pt-BR"),
            name if name.contains("olor") || name.ends_with("Foreground") => json!("#12345678"),
            name => json!(format!("{name} ü")),
        };
    }
    let names: Vec<&String> = all.as_object().unwrap().keys().collect();
    assert_eq!(names.len(), 23);
    let updated = json!({"updated": names, "config": all});
    configure(&app, &tenant, &all).await.is(200, &updated);
    assert_eq!(get(&app, &tenant).await, all);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_value_is_named_and_nothing_is_changed() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let colors = [
        "primaryColor",
        "primaryForeground",
        "backgroundColor",
        "foregroundColor",
        "secondaryColor",
        "secondaryForeground",
    ];
    let sentences = ["greeting", "handoffSentText", "errorText", "networkErrorText"];
    let labels = [
        "botName",
        "inputPlaceholder",
        "typingText",
        "onlineText",
        "handoffText",
        "emailPlaceholder",
        "emailSendText",
        "emailSkipText",
        "feedbackYesText",
        "feedbackNoText",
    ];
    let mut wrong: Vec<(&str, Value)> = Vec::new();
    for name in colors {
        let bad = ["", "red", "#ff", "#ffff", "#ggg", "fff", "#fff;color:red", "url(#a)"];
        wrong.extend(bad.map(|value| (name, json!(value))));
    }
    for (name, most) in sentences.map(|n| (n, 500)).into_iter().chain(labels.map(|n| (n, 100))) {
        wrong.extend([(name, json!("")), (name, json!("  ")), (name, json!("ü".repeat(most + 1)))]);
        configure(&app, &tenant, &json!({ name: "ü".repeat(most) })).await.ok();
    }
    wrong.extend(["", "top-left", "bottom"].map(|value| ("position", json!(value))));
    wrong.extend(["", "english language", "en_US"].map(|value| ("aiLanguage", json!(value))));
    let before = get(&app, &tenant).await;
    for name in before.as_object().unwrap().keys() {
        wrong.extend([(name.as_str(), json!(5)), (name, json!(["a"]))]);
    }
    wrong.push(("showBranding", json!("false")));
    for (name, value) in wrong {
        // Beside one that is right.
        let right = if name == "emailSendText" { "emailSkipText" } else { "emailSendText" };
        let body = json!({ right: "Changed", name: value });
        refuses(&app, &tenant, &body, name).await;
    }
    assert_eq!(get(&app, &tenant).await, before);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_field_it_is_400() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    for body in [json!({}), json!({"unknown": 1}), json!({"greeting": null})] {
        refuses(&app, &tenant, &body, "No valid fields to update").await;
    }
    let with_key = json!({"apiKey": tenant.helpbot});
    app.patch(CONFIG)
        .json(&with_key)
        .send()
        .await
        .is(400, &json!({"error": "No valid fields to update"}));
    for body in ["", "[]", "null", "{\"greeting\": }", "not json"] {
        let reply = app.patch(CONFIG).bearer(&tenant.helpbot).body(body).send().await;
        assert_eq!(reply.status, 400, "{body}: {}", reply.text);
        assert!(reply.json()["code"].is_null() && reply.json()["error"].is_string());
    }
    let large = json!({"greeting": "x".repeat(1024 * 1024)});
    assert_eq!(configure(&app, &tenant, &large).await.status, 413);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn to_hide_the_branding_needs_the_scale_plan() {
    let app = App::with(|options| options.signup_plan = "pro".parse().unwrap()).await;
    let tenant = app.tenant("ada").await;
    let body = json!({"greeting": "Ahoy!", "showBranding": false});
    let refused = json!({"error": "This requires the business plan or a higher one"});
    configure(&app, &tenant, &body).await.is(403, &refused);
    assert_eq!(get(&app, &tenant).await, defaults("ada's bot"));
    let shown = configure(&app, &tenant, &json!({"showBranding": true})).await.ok();
    assert_eq!(shown["updated"], json!(["showBranding"]));
    app.finish().await;

    let app = App::with(|options| options.signup_plan = "business".parse().unwrap()).await;
    let tenant = app.tenant("ada").await;
    let hidden = configure(&app, &tenant, &body).await.ok();
    assert_eq!(hidden["config"]["showBranding"], false);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_different_fields_at_once_all_apply() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let fields = ["greeting", "botName", "typingText", "onlineText", "handoffText", "errorText"];
    for round in 0..5 {
        let text = format!("round {round}");
        let bodies: Vec<Value> = fields.iter().map(|name| json!({ *name: text })).collect();
        let replies = join_all(bodies.iter().map(|body| configure(&app, &tenant, body))).await;
        for reply in replies {
            reply.ok();
        }
        let config = get(&app, &tenant).await;
        assert!(fields.iter().all(|name| config[name] == text.as_str()), "{config}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_sites_key_opens_it_wherever_it_stands_and_only_its_own() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let body = json!({"greeting": "Ahoy!"});
    let refused = json!({"error": "Invalid or missing API key"});
    app.patch(CONFIG).json(&body).send().await.is(401, &refused);
    for key in [&ada.secret, &ada.public, &ada.openbat, &ada.conferbot, &ada.chatbotplatform] {
        app.patch(CONFIG).bearer(key).json(&body).send().await.is(401, &refused);
        let in_body = json!({"greeting": "Ahoy!", "apiKey": key});
        app.patch(CONFIG).json(&in_body).send().await.is(401, &refused);
    }
    assert_eq!(get(&app, &ada).await, defaults("ada's bot"));
    let in_body = json!({"greeting": "Ahoy!", "apiKey": ada.helpbot});
    let updated = app.patch(CONFIG).json(&in_body).send().await.ok();
    assert_eq!(updated["updated"], json!(["greeting"]));
    let in_query = format!("{CONFIG}?apiKey={}", ada.helpbot);
    app.patch(&in_query).json(&json!({"greeting": "Hello!"})).send().await.ok();
    assert_eq!(get(&app, &ada).await["greeting"], "Hello!");
    assert_eq!(get(&app, &bob).await, defaults("bob's bot"));
    app.finish().await;
}
