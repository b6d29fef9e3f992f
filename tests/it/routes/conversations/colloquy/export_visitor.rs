//! ours GET /api/v1/visitors/{visitorId}/export

use domain::Timestamp;
use lambda_http::{Adapter, LambdaEvent, lambda_runtime::Context, request::LambdaRequest};
use local::Code;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Tenant};

use crate::util::{
    botplot::{Route, keys, problem, text},
    conversations::seed,
};

async fn say(app: &App, tenant: &Tenant, body: Value) -> Value {
    app.post("/api/v1/chat").bearer(&tenant.public).json(&body).send().await.ok()
}

/// All parts of an export.
async fn export(app: &App, tenant: &Tenant, visitor: &str) -> Vec<Value> {
    let mut parts = Vec::new();
    let mut path = format!("/api/v1/visitors/{visitor}/export");
    loop {
        let part = app.get(&path).bearer(&tenant.secret).send().await.ok();
        let cursor = part["cursor"].as_str().map(str::to_owned);
        parts.push(part);
        let Some(cursor) = cursor else { return parts };
        assert!(parts.len() < 50, "an export comes to an end");
        path = format!("/api/v1/visitors/{visitor}/export?cursor={cursor}");
    }
}

fn all<'a>(parts: &'a [Value], what: &str) -> Vec<&'a Value> {
    parts.iter().flat_map(|part| part[what].as_array().expect("a list")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_all_that_the_visitor_said_was_told_and_left() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let said = say(&app, &ada, json!({"message": "xyzzy?", "visitorId": "v 7"})).await;
    let id = text(&said["conversationId"]);
    say(&app, &ada, json!({"message": "And plover?", "conversationId": id})).await;
    say(&app, &ada, json!({"message": "plugh?", "visitorId": "v 8"})).await;
    let rating = format!("/api/v1/messages/{}/rating", text(&said["messageId"]));
    app.post(&rating).bearer(&ada.public).json(&json!({"rating": -1})).send().await.ok();
    let lead = json!({
        "conversationId": id, "email": "X@example.com", "name": "Xavier", "fields": {"b": 1, "a": 2},
    });
    app.post("/api/v1/leads").bearer(&ada.public).json(&lead).send().await;
    let path = format!("/api/v1/conversations/{id}/handoff");
    let why = json!({"reason": "It is urgent."});
    app.post(&path).bearer(&ada.public).json(&why).send().await.ok();

    let parts = export(&app, &ada, "v%207").await;
    assert_eq!(keys(&parts[0]), ["conversations", "cursor", "leads", "visitorId"]);
    assert_eq!(parts[0]["visitorId"], "v 7");
    let [lead] = all(&parts, "leads")[..] else { panic!("{parts:#?}") };
    let names = ["conversationId", "createdAt", "email", "fields", "id", "name", "phone"];
    assert_eq!(keys(lead), names);
    assert_eq!((&lead["email"], &lead["name"]), (&json!("x@example.com"), &json!("Xavier")));
    assert_eq!((keys(&lead["fields"]), &lead["phone"]), (vec!["a", "b"], &Value::Null));
    let [one] = all(&parts, "conversations")[..] else { panic!("{parts:#?}") };
    assert_eq!(keys(one), ["conversation", "messages", "platformUser", "sessionId"]);
    assert_eq!((&one["conversation"]["id"], &one["sessionId"]), (&json!(id), &Value::Null));
    assert_eq!(one["conversation"]["handoffReason"], "It is urgent.");
    let messages = one["messages"].as_array().expect("messages");
    let contents: Vec<&Value> = messages.iter().map(|message| &message["content"]).collect();
    assert_eq!(
        (contents.len(), contents[0], contents[2]),
        (4, &json!("xyzzy?"), &json!("And plover?"))
    );
    assert_eq!(messages[1]["rating"], -1);
    app.finish().await;
}

/// Answers are bounded: by what is looked at, and by what they carry.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_export_comes_in_parts_without_a_gap_or_an_overlap() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    // A character that takes seven bytes in an answer: 28 KB a message.
    let long = format!("{}x", "\u{1}".repeat(3_999));
    let mut last = Value::Null;
    for turn in 0..120 {
        // Ten turns each: 12 conversations of some 280 KB.
        let conversation = if turn % 10 == 0 { Value::Null } else { last };
        let body = json!({"message": long, "visitorId": "v7", "conversationId": conversation});
        last = say(&app, &ada, body).await["conversationId"].clone();
    }
    for n in 0..120 {
        let lead = json!({"visitorId": "v7", "phone": n.to_string()});
        app.post("/api/v1/leads").bearer(&ada.public).json(&lead).send().await;
    }
    let parts = export(&app, &ada, "v7").await;
    assert!(parts.len() > 2, "{}", parts.len());
    let phones: Vec<String> =
        all(&parts, "leads").iter().map(|l| text(&l["phone"]).to_owned()).collect();
    assert_eq!(phones, (0..120).map(|n| n.to_string()).collect::<Vec<_>>());
    let of = all(&parts, "conversations");
    let mut ids: Vec<&str> = of.iter().map(|one| text(&one["conversation"]["id"])).collect();
    assert!(of.iter().all(|one| one["messages"].as_array().unwrap().len() == 20));
    assert!(ids.is_sorted());
    ids.dedup();
    assert_eq!(ids.len(), 12);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_among_many_others_is_found_part_by_part() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    say(&app, &ada, json!({"message": "xyzzy?", "visitorId": "v7"})).await;
    let others = vec![Timestamp::now(); 1_020];
    seed(&app, &ada, &others).await;
    say(&app, &ada, json!({"message": "plover?", "visitorId": "v7"})).await;
    let parts = export(&app, &ada, "v7").await;
    assert_eq!(all(&parts, "conversations").len(), 2);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_it_is_is_looked_at_first_and_a_cursor_is_one_of_ours() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    say(&app, &ada, json!({"message": "xyzzy?", "visitorId": "v7"})).await;
    let path = "/api/v1/visitors/v7/export";
    let foreign = app.get(path).bearer(&eve.secret).send().await;
    foreign.is(200, &json!({"visitorId": "v7", "leads": [], "conversations": [], "cursor": null}));
    for cursor in ["peers", "leads:1", "x"] {
        let reply = app.get(&format!("{path}?cursor={cursor}")).bearer(&ada.secret).send().await;
        assert!(problem(&reply, 400, "VALIDATION_ERROR").contains("cursor"));
    }
    let route = Route::new(&app, Method::GET, path);
    route.needs_a_secret_key(&ada).await;
    route.allows_only(&ada.secret, &[Method::GET]).await;
    app.finish().await;
}

/// A REST API passes a path on as it was sent: a name with a slash is one segment of it, encoded.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_with_a_slash_is_one_segment_of_the_gateway_s_path_too() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let name = "site/42%2F ü?";
    say(&app, &ada, json!({"message": "Hello?", "visitorId": name})).await;
    say(&app, &ada, json!({"message": "Hello?", "visitorId": "site"})).await;
    let Some(Code::Http(router)) = app.platform.function("conversations") else {
        panic!("the function")
    };
    let sample = include_str!("../../../../../events/conversations/list.json");
    let sample = sample.replace("sk_REPLACE", &ada.secret);
    let send = async |method: &str, end: &str| {
        let mut event: Value = serde_json::from_str(&sample).unwrap();
        event["httpMethod"] = json!(method);
        event["resource"] = json!(format!("/api/v1/visitors/{{visitorId}}{end}"));
        event["path"] = json!(format!("/api/v1/visitors/site%2F42%252F%20%C3%BC%3F{end}"));
        let payload: LambdaRequest = serde_json::from_value(event).expect("a v1 event");
        let event = LambdaEvent::new(payload, Context::default());
        let answer = tower::ServiceExt::oneshot(Adapter::from(router.clone()), event).await;
        let answer = serde_json::to_value(answer.expect("an answer")).unwrap();
        let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        (answer["statusCode"].clone(), body)
    };
    let (status, exported) = send("GET", "/export").await;
    assert_eq!((&status, &exported["visitorId"]), (&json!(200), &json!(name)), "{exported}");
    assert_eq!(exported["conversations"].as_array().unwrap().len(), 1, "{exported}");
    assert_eq!(send("DELETE", "").await.0, json!(202));
    app.drain().await;
    app.finish().await;
}
