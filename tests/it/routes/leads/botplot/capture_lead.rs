//! ours POST /api/v1/leads

use reqwest::Method;
use serde_json::{Map, Value, json};
use testkit::{App, Receiver};

use crate::util::{
    botplot::{
        Route, UNKNOWN, UNKNOWN_SEGMENTS, all_unknown, any_page_may_call, is_id, is_time, keys,
        problem, text,
    },
    leads::{PATH, leave},
    webhooks::{create, verify},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_is_taken_with_every_key_that_may_chat() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let body = json!({
        "name": " John Doe ", "email": "John@Example.com", "phone": "+1234567890",
        "visitorId": "visitor-1", "fields": {"company": "Example"}, "unknown": 1,
    });
    for key in [&tenant.public, &tenant.secret, &tenant.openbat] {
        let lead = leave(&app, key, body.clone()).await;
        assert_eq!(keys(&lead), ["createdAt", "email", "id", "name", "phone"]);
        assert!(is_id(&lead["id"]) && is_time(&lead["createdAt"]), "{lead}");
        let told = [&lead["name"], &lead["email"], &lead["phone"]];
        assert_eq!(told, ["John Doe", "john@example.com", "+1234567890"]);
    }
    let only_phone = leave(&app, &tenant.public, json!({"phone": "0800 1", "name": null})).await;
    assert_eq!((&only_phone["name"], &only_phone["email"]), (&Value::Null, &Value::Null));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_announced_once_and_its_fields_survive_javascript() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let (_, secret) = create(&app, &tenant, &receiver.url, &["lead.captured"]).await;
    let asked = app.ask(&tenant.public, "Hello?").await;
    // As text, so that order and spelling are those of the client.
    let body = format!(
        r#"{{"conversationId":{},"email":"ada@example.com","fields":{{"size":2.50,"10":"b","9":"a","big":9007199254740993,"in":{{"z":1.0,"0":null}}}}}}"#,
        asked["conversationId"]
    );
    let reply = app.post(PATH).bearer(&tenant.public).body(body).send().await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let alone = leave(&app, &tenant.public, json!({"phone": "1", "name": "Zoë"})).await;
    app.drain().await;

    let mut received = receiver.received();
    assert_eq!(received.len(), 2, "one delivery for each lead");
    received.iter().for_each(|one| verify(one, &secret));
    received.sort_by_key(|one| one.json()["data"]["lead_id"].to_string());
    let lead = &reply.json()["lead"];
    let first = received[0].json();
    assert_eq!(first["timestamp"], lead["createdAt"]);
    assert_eq!(first["project_id"], tenant.chatbot);
    let data = &first["data"];
    let named = ["conversation_id", "email", "fields", "lead_id", "name", "phone"];
    assert_eq!(keys(data), named);
    assert_eq!(data["conversation_id"], asked["conversationId"]);
    assert_eq!(data["lead_id"], lead["id"]);
    let fields =
        r#""fields":{"9":"a","10":"b","size":2.5,"big":9007199254740992,"in":{"0":null,"z":1}}"#;
    assert!(received[0].body.contains(fields), "{}", received[0].body);
    let expected = json!({
        "conversation_id": null, "lead_id": alone["id"], "name": "Zoë", "email": null,
        "phone": "1", "fields": {},
    });
    assert_eq!(received[1].json()["data"], expected);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_a_bound_is_named() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let route = Route::new(&app, Method::POST, PATH);
    let key = &tenant.public;
    for body in [json!({}), json!({"name": "Ada"}), json!({"email": null, "phone": null})] {
        route.refuses(key, "email or phone is required", body).await;
    }
    let with = |field: &str, value: Value| {
        let mut body = json!({"email": "ada@example.com", "phone": "1"});
        body[field] = value;
        body
    };
    let many: Map<String, Value> = (0..51).map(|n| (format!("f{n}"), json!(n))).collect();
    let deep = (0..16).fold(json!({}), |inner, _| json!({"a": inner}));
    for (field, values) in [
        ("name", vec![json!("x".repeat(201)), json!(7), json!("a\u{0}b")]),
        ("email", vec![json!("ada"), json!("a b@example.com"), json!(["a@b.c"])]),
        ("phone", vec![json!("call me"), json!("1".repeat(51)), json!(431)]),
        ("visitorId", vec![json!("x".repeat(129)), json!({})]),
        ("conversationId", vec![json!(7)]),
        ("fields", vec![json!([]), json!("x"), json!(many), json!({"a": "x".repeat(8185)}), deep]),
    ] {
        for value in values {
            route.refuses(key, field, with(field, value)).await;
        }
    }
    leave(&app, key, with("name", json!("ü".repeat(200)))).await;
    // A form sends what was left empty as an empty text.
    for field in ["name", "email", "phone", "visitorId", "conversationId"] {
        leave(&app, key, with(field, json!(" "))).await;
    }
    route.refuses(key, "email", json!({"name": "Ada", "email": "", "phone": ""})).await;
    leave(&app, key, with("fields", json!({"a": "x".repeat(8184)}))).await;
    route.wants_json(key).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_that_is_somebody_elses_or_none_is_unknown_and_nothing_is_kept() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let foreign = app.ask(&bob.public, "Hello?").await["conversationId"].clone();
    let mut replies = Vec::new();
    for id in UNKNOWN_SEGMENTS.into_iter().chain([text(&foreign)]) {
        let body = json!({"phone": "1", "conversationId": id});
        replies.push(app.post(PATH).bearer(&ada.public).json(&body).send().await);
    }
    all_unknown(&replies);
    app.drain().await;
    for tenant in [&ada, &bob] {
        let list = app.get(PATH).bearer(&tenant.secret).send().await.ok();
        assert_eq!(list, json!({"leads": [], "total": 0}));
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_leave_nothing_and_any_page_may_call() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let route = Route::new(&app, Method::POST, PATH).with(json!({"phone": "1"}));
    route.refuses_strangers(&tenant).await;
    problem(&route.request().bearer(&tenant.helpbot).send().await, 401, "UNAUTHORIZED");
    route.allows_only(&tenant.secret, &[Method::GET, Method::POST]).await;
    any_page_may_call(&app, PATH).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_its_chatbot_a_lead_is_gone() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    leave(&app, &tenant.public, json!({"phone": "1"})).await;
    let path = format!("/api/v1/chatbots/{}", tenant.chatbot);
    app.delete(&path).bearer(&tenant.session).send().await.ok();
    app.drain().await;
    let store = &app.platform.app.store;
    assert!(store.leads(tenant.chatbot.parse().unwrap(), 0, 10).await.unwrap().is_empty());
    // A key that is gone can't leave another.
    let body = json!({"phone": "1", "conversationId": UNKNOWN});
    problem(&app.post(PATH).bearer(&tenant.public).json(&body).send().await, 401, "UNAUTHORIZED");
    app.finish().await;
}
