//! ours GET /api/v1/messages/{id}/trace

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    App, Tenant,
    backend::{ScriptedBackend, openai_says, whole},
};

use crate::util::{
    botplot::{Route, UNKNOWN_SEGMENTS, all_unknown, is_id, is_time, keys, text},
    integrations::{integrate, openai},
};

fn path(message: &Value) -> String {
    format!("/api/v1/messages/{}/trace", text(message))
}

async fn set(app: &App, tenant: &Tenant, settings: Value) {
    let path = format!("/api/v1/chatbots/{}", tenant.chatbot);
    let body = json!({ "settings": settings });
    app.patch(&path).bearer(&tenant.session).json(&body).send().await.ok();
}

async fn knows(app: &App, tenant: &Tenant) {
    let pair = json!({"question": "When do you open?", "answer": "We open at ten."});
    app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair).send().await.ok();
}

async fn trace(app: &App, tenant: &Tenant, message: &Value) -> Value {
    app.get(&path(message)).bearer(&tenant.secret).send().await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_tells_what_was_searched_and_found_and_said() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    knows(&app, &ada).await;
    set(&app, &ada, json!({"traces": true, "confidenceThreshold": 0.6})).await;
    let asked = app.ask(&ada.public, "When do you open?").await;
    let seen = trace(&app, &ada, &asked["messageId"]).await;
    assert_eq!(
        keys(&seen),
        [
            "answer",
            "askedAt",
            "backend",
            "confidence",
            "conversationId",
            "messageId",
            "question",
            "rewritten",
            "searchMs",
            "searches",
            "threshold",
            "totalMs",
            "unanswered",
        ]
    );
    assert_eq!(seen["messageId"], asked["messageId"]);
    assert_eq!(seen["conversationId"], asked["conversationId"]);
    assert!(is_time(&seen["askedAt"]) && seen["totalMs"].is_u64() && seen["searchMs"].is_u64());
    assert_eq!(
        (&seen["question"], &seen["answer"]),
        (&json!("When do you open?"), &asked["response"])
    );
    assert_eq!((&seen["threshold"], &seen["unanswered"]), (&json!(0.6), &json!(false)));
    assert_eq!((&seen["backend"], &seen["rewritten"]), (&Value::Null, &Value::Null));
    let searches = seen["searches"].as_array().unwrap();
    assert_eq!(searches.len(), 1);
    assert_eq!(
        (&searches[0]["text"], &searches[0]["pair"]),
        (&json!("When do you open?"), &json!(true))
    );
    assert_eq!((&searches[0]["confidence"], &seen["confidence"]), (&json!(1.0), &json!(1.0)));
    let found = &searches[0]["found"][0];
    assert!(is_id(&found["sourceId"]) && found["score"].is_f64());
    assert_eq!(found["quote"], "When do you open?\nWe open at ten.");
    let refused = app.ask(&ada.public, "How do I cook pasta?").await;
    let seen = trace(&app, &ada, &refused["messageId"]).await;
    assert_eq!(seen["unanswered"], true);
    assert!(seen["confidence"].as_f64().unwrap() < 0.6);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_tells_what_a_model_was_asked_and_no_secret() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    knows(&app, &ada).await;
    set(&app, &ada, json!({"traces": true, "pairsFirst": false, "instructions": "Be brief."}))
        .await;
    let model = ScriptedBackend::start(|number, asked| {
        let is_rewrite = asked.body["max_tokens"].as_u64() < Some(200);
        match number {
            0 => whole(503, "application/json", "{}"),
            _ if is_rewrite => openai_says(&["Opening hours on weekends?"]),
            _ => openai_says(&["At ten [[1]]."]),
        }
    })
    .await;
    let mut backend = openai(&model.url);
    backend["headers"] = json!({"x-team": "header-secret"});
    let made = integrate(&app, &ada, backend).await;
    let first = app.ask(&ada.public, "When do you open?").await;
    let seen = trace(&app, &ada, &first["messageId"]).await;
    let attempts = seen["backend"]["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 2, "{seen}");
    assert!(
        attempts[0]["error"].as_str().unwrap().contains("503") && attempts[1]["error"].is_null()
    );
    assert_eq!(attempts[1]["integrationId"], made["id"]);
    assert_eq!(
        (&attempts[1]["kind"], &attempts[1]["model"]),
        (&json!("openai_compatible"), &json!("fake"))
    );
    assert!(attempts[1]["firstTextMs"].is_u64());
    let prompt = seen["backend"]["prompt"].as_array().unwrap();
    assert_eq!((&prompt[0]["role"], &prompt[1]["role"]), (&json!("system"), &json!("user")));
    let system = text(&prompt[0]["text"]);
    assert!(system.contains("Be brief.") && system.contains("We open at ten."), "{system}");
    assert_eq!(prompt[1]["text"], "When do you open?");
    assert_eq!(seen["answer"], "At ten.");
    let body = json!({"message": "And on weekends?", "conversationId": first["conversationId"]});
    let next = app.post("/api/v1/chat").bearer(&ada.public).json(&body).send().await.ok();
    let follow_up = trace(&app, &ada, &next["messageId"]).await;
    assert_eq!(follow_up["rewritten"], "Opening hours on weekends?");
    let searched: Vec<&Value> =
        follow_up["searches"].as_array().unwrap().iter().map(|search| &search["text"]).collect();
    assert_eq!(searched, ["And on weekends?", "Opening hours on weekends?"]);
    assert_eq!(follow_up["backend"]["prompt"].as_array().unwrap().len(), 4);
    for seen in [seen, follow_up] {
        let seen = seen.to_string();
        assert!(!seen.contains("sk-secret-1") && !seen.contains("header-secret"), "{seen}");
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_kept_only_where_settings_say_so_and_goes_with_its_conversation() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let before = app.ask(&ada.public, "Hello?").await;
    set(&app, &ada, json!({"traces": true})).await;
    let kept = app.ask(&ada.public, "Hello?").await;
    set(&app, &ada, json!({"traces": null})).await;
    let after = app.ask(&ada.public, "Hello?").await;
    trace(&app, &ada, &kept["messageId"]).await;
    let conversation = format!("/api/v1/conversations/{}", text(&kept["conversationId"]));
    app.delete(&conversation).bearer(&ada.secret).send().await.ok();
    app.drain().await;
    let mut replies = Vec::new();
    for asked in [before, kept, after] {
        replies.push(app.get(&path(&asked["messageId"])).bearer(&ada.secret).send().await);
    }
    all_unknown(&replies);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_chatbots_own_secret_key_reads_it() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    for tenant in [&ada, &eve] {
        set(&app, tenant, json!({"traces": true})).await;
    }
    let own = app.ask(&ada.public, "Hello?").await;
    let foreign = app.ask(&eve.public, "Hello?").await;
    let route = Route::new(&app, Method::GET, path(&own["messageId"]));
    route.needs_a_secret_key(&ada).await;
    route.allows_only(&ada.secret, &[Method::GET]).await;
    let mut replies = Vec::new();
    for id in UNKNOWN_SEGMENTS.map(Value::from).into_iter().chain([foreign["messageId"].clone()]) {
        replies.push(app.get(&path(&id)).bearer(&ada.secret).send().await);
    }
    all_unknown(&replies);
    app.finish().await;
}
