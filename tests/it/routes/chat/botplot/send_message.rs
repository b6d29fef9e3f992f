//! botplot POST /api/v1/chat

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Tenant};

use crate::util::botplot::{
    Route, UNKNOWN_SEGMENTS, all_unknown, any_page_may_call, is_id, keys, problem, text,
};

const PATH: &str = "/api/v1/chat";

async fn told_parking(app: &App, tenant: &Tenant) {
    let pair = json!({"question": "Do you have parking?", "answer": "Yes, behind the house."});
    app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair).send().await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_has_exactly_the_documented_fields_with_every_key_that_may_chat() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    told_parking(&app, &tenant).await;
    for key in [&tenant.public, &tenant.secret, &tenant.openbat] {
        let body = json!({"message": "Do you have parking?", "unknown": [1, {"a": null}]});
        let reply = app.post(PATH).bearer(key).json(&body).send().await;
        let answer = reply.ok();
        assert_eq!(reply.header("content-type"), "application/json");
        assert_eq!(keys(&answer), ["conversationId", "messageId", "response", "sources"]);
        assert_eq!(answer["response"], "Yes, behind the house.");
        assert_eq!(answer["sources"], 1);
        assert!(is_id(&answer["conversationId"]) && is_id(&answer["messageId"]), "{answer}");
    }
    // With nothing relevant there is an answer all the same, drawn from nothing.
    let answer = app.ask(&tenant.public, "How do I cook pasta?").await;
    assert_eq!(keys(&answer), ["conversationId", "messageId", "response", "sources"]);
    assert_eq!(answer["sources"], 0);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_goes_on_under_its_id_and_keeps_its_visitor() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    told_parking(&app, &tenant).await;
    let ask = async |body: Value| app.post(PATH).bearer(&tenant.public).json(&body).send().await;
    let first = ask(json!({"message": "  Hello?  ", "visitorId": "visitor-7"})).await.ok();
    let id = &first["conversationId"];
    let second = json!({"message": "Do you have parking?", "conversationId": id});
    let second = ask(second).await.ok();
    assert_eq!(second["conversationId"], *id);
    assert_ne!(second["messageId"], first["messageId"]);

    let path = format!("/api/v1/conversations/{}", text(id));
    let shown = app.get(&path).bearer(&tenant.secret).send().await.ok();
    let messages = shown["conversation"]["messages"].as_array().unwrap();
    let said: Vec<_> = messages.iter().map(|m| (text(&m["role"]), m["content"].clone())).collect();
    let expected = [
        ("user", json!("Hello?")),
        ("assistant", first["response"].clone()),
        ("user", json!("Do you have parking?")),
        ("assistant", json!("Yes, behind the house.")),
    ];
    assert_eq!(said, expected);
    assert_eq!(messages[1]["id"], first["messageId"]);
    assert_eq!(messages[3]["id"], second["messageId"]);

    let rows = app.get("/api/v1/conversations").bearer(&tenant.secret).send().await.ok();
    assert_eq!(rows["conversations"].as_array().unwrap().len(), 1);
    let row = &rows["conversations"][0];
    assert_eq!(
        (&row["id"], &row["visitorId"], &row["messageCount"]),
        (id, &json!("visitor-7"), &json!(4))
    );
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn turns_at_the_same_time_are_all_kept() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let first = app.ask(&tenant.public, "Hello?").await;
    let id = text(&first["conversationId"]);
    let turns = (0..8).map(async |n| {
        let body = json!({"message": format!("Question {n}"), "conversationId": id});
        app.post(PATH).bearer(&tenant.public).json(&body).send().await.ok()
    });
    let answers = join_all(turns).await;
    let path = format!("/api/v1/conversations/{id}");
    let shown = app.get(&path).bearer(&tenant.secret).send().await.ok();
    let messages = shown["conversation"]["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 18);
    for answer in &answers {
        assert!(messages.iter().any(|message| message["id"] == answer["messageId"]));
    }
    let rows = app.get("/api/v1/conversations").bearer(&tenant.secret).send().await.ok();
    assert_eq!(rows["conversations"][0]["messageCount"], 18);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_of_somebody_else_is_as_unknown_as_one_that_never_was() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let sibling = json!({"name": "Another one"});
    let sibling = app.post("/api/v1/chatbots").bearer(&ada.session).json(&sibling).send().await;
    let sibling = sibling.ok();
    let foreign = app.ask(&bob.public, "Hello?").await["conversationId"].clone();
    let next_door = app.ask(text(&sibling["apiKey"]), "Hello?").await["conversationId"].clone();
    let deleted = app.ask(&ada.public, "Hello?").await["conversationId"].clone();
    let path = format!("/api/v1/conversations/{}", text(&deleted));
    app.delete(&path).bearer(&ada.secret).send().await.ok();
    let mut replies = Vec::new();
    let unknown = UNKNOWN_SEGMENTS.map(|id| json!(id));
    for id in unknown.into_iter().chain([foreign.clone(), next_door, deleted]) {
        let body = json!({"message": "Hello?", "conversationId": id});
        replies.push(app.post(PATH).bearer(&ada.public).json(&body).send().await);
    }
    all_unknown(&replies);
    let rows = app.get("/api/v1/conversations").bearer(&ada.secret).send().await.ok();
    assert_eq!(rows["conversations"], json!([]));
    let path = format!("/api/v1/conversations/{}", text(&foreign));
    let theirs = app.get(&path).bearer(&bob.secret).send().await.ok();
    assert_eq!(theirs["conversation"]["messages"].as_array().unwrap().len(), 2);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_chatbot_refuses_until_it_is_enabled_again() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let path = format!("/api/v1/external/v1/chatbots/{}", tenant.chatbot);
    let switch = async |disabled: bool| {
        let body = json!({ "disabled": disabled });
        app.put(&path).api_key(&tenant.conferbot).json(&body).send().await.ok()
    };
    let chat = Route::new(&app, Method::POST, PATH).with(json!({"message": "Hello?"}));
    switch(true).await;
    for key in [&tenant.public, &tenant.secret] {
        problem(&chat.request().bearer(key).send().await, 403, "FORBIDDEN");
    }
    switch(false).await;
    chat.request().bearer(&tenant.public).send().await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_a_json_object_only() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let chat = Route::new(&app, Method::POST, PATH).with(json!({"message": "Hello?"}));
    chat.allows_only(&tenant.public, &[Method::POST]).await;
    chat.wants_json(&tenant.public).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_any_origin_may_call_it() {
    let app = App::start().await;
    any_page_may_call(&app, PATH).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_out_of_bounds_are_named() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let chat = Route::new(&app, Method::POST, PATH);
    let long = "ü".repeat(4_001);
    let (message, wrong) = (json!("Hello?"), [json!(5), json!(["a"]), json!({}), json!(true)]);
    chat.refuses(&tenant.public, "message", json!({})).await;
    // The last ones show nothing: a zero-width space, a Hangul filler behind a soft hyphen.
    let unseen = [json!("\u{200b}"), json!("\u{ad}\u{3164}")];
    let empty = [json!(null), json!(""), json!(" \n "), json!(long), json!("a\u{0}b")];
    for value in empty.into_iter().chain(unseen) {
        chat.refuses(&tenant.public, "message", json!({ "message": value })).await;
    }
    for value in &wrong {
        chat.refuses(&tenant.public, "message", json!({ "message": value })).await;
        let body = json!({"message": message, "visitorId": value});
        chat.refuses(&tenant.public, "visitorId", body).await;
        let body = json!({"message": message, "conversationId": value});
        chat.refuses(&tenant.public, "conversationId", body).await;
    }
    let body = json!({"message": message, "visitorId": "v".repeat(129)});
    chat.refuses(&tenant.public, "visitorId", body).await;
    let longest = json!({"message": "ü".repeat(4_000), "visitorId": "v".repeat(128)});
    chat.with(longest).request().bearer(&tenant.public).send().await.ok();
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_values_is_no_object() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let route = Route::new(&app, Method::POST, PATH);
    route.takes_no_list(&tenant.public, json!(["Hello?", null, null])).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_is_greeted_takes_an_offer_and_leaves_out_what_was_said() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    for (question, answer) in [
        ("How do I rent a kayak?", "At the jetty, with a deposit."),
        ("When are kayaks rented on weekdays?", "From nine to six."),
        ("When are kayaks rented on weekends?", "From eight to eight."),
    ] {
        let pair = json!({"question": question, "answer": answer});
        app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair).send().await.ok();
    }
    let say = async |message: &str, id: Option<&Value>| {
        let body = json!({"message": message, "conversationId": id});
        app.post(PATH).bearer(&tenant.public).json(&body).send().await.ok()
    };
    let hello = say("Hi!", None).await;
    assert!(text(&hello["response"]).starts_with("Hello!"), "{hello}");
    let id = hello["conversationId"].clone();
    let hours = say("Hello, when are kayaks rented on weekdays?", Some(&id)).await;
    assert_eq!(hours["response"], "From nine to six.");
    let follow_up = say("and on weekends?", Some(&id)).await;
    assert_eq!(follow_up["response"], "From eight to eight.");
    let denied = say("When are kayaks not rented on weekdays?", Some(&id)).await;
    assert!(text(&denied["response"]).contains("\n1. "), "an offer: {denied}");
    assert_eq!(denied["sources"], 0);
    let offered = text(&denied["response"]);
    let first = offered.lines().find_map(|line| line.strip_prefix("1. ")).unwrap_or_default();
    let taken = say("1", Some(&id)).await;
    assert_eq!(taken["response"], say(first, None).await["response"]);
    assert_eq!(taken["sources"], 1);
    let german = say("Wie hoch ist der Mont Blanc?", None).await;
    assert!(text(&german["response"]).starts_with("Das kann ich"), "{german}");
    app.finish().await;
}

/// "How many of them?" is about what was said last, for as long as that is known.
#[tokio::test(flavor = "multi_thread")]
async fn what_follows_an_answer_is_answered_from_it_until_it_is_deleted() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let course = "It costs 45 euros for four weeks. Six puppies take part at most.";
    let mut sources = Vec::new();
    for (question, answer) in [
        ("What does the puppy course cost?", course),
        ("How many parking spaces are there?", "There are twelve, behind the house."),
    ] {
        let pair = json!({"question": question, "answer": answer});
        let added = app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair).send();
        sources.push(added.await.ok()["sourceId"].clone());
    }
    let say = async |message: &str, id: Option<&Value>| {
        let body = json!({"message": message, "conversationId": id});
        app.post(PATH).bearer(&tenant.public).json(&body).send().await.ok()
    };
    let first = say("What does the puppy course cost?", None).await;
    let id = first["conversationId"].clone();
    let follow_up = say("and how many of them take part?", Some(&id)).await;
    assert_eq!((&follow_up["response"], &follow_up["sources"]), (&json!(course), &json!(1)));
    let path = format!("/api/v1/knowledge/{}", text(&sources[0]));
    app.delete(&path).bearer(&tenant.secret).send().await.ok();
    let follow_up = say("and how many of them take part?", Some(&id)).await;
    assert!(!text(&follow_up["response"]).contains("puppies"), "{follow_up}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_read_as_clients_send_it() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    told_parking(&app, &tenant).await;
    let asked = r#"{"message": "Do you have parking?", "conversationId": "", "visitorId": " "}"#;
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(asked.as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    let post = || app.post(PATH).bearer(&tenant.public);
    let marked = post().body(format!("\u{feff}{asked}")).send().await;
    let zipped = post().header("content-encoding", "gzip").bytes(packed.clone()).send().await;
    for reply in [marked, zipped] {
        assert_eq!(reply.ok()["response"], "Yes, behind the house.");
    }
    // Half of an emoji, as JavaScript cuts it.
    let cut = post().body(r#"{"message": "Do you have parking \ud83d"}"#).send().await.ok();
    let path = format!("/api/v1/conversations/{}", text(&cut["conversationId"]));
    let shown = app.get(&path).bearer(&tenant.secret).send().await.ok();
    assert_eq!(shown["conversation"]["messages"][0]["content"], "Do you have parking \u{fffd}");
    let other = post().header("content-encoding", "br").bytes(packed).send().await;
    problem(&other, 400, "VALIDATION_ERROR");
    assert!(other.text.contains("gzip"), "{}", other.text);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_with_a_slash_too_many_leads_to_the_one_without() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    told_parking(&app, &tenant).await;
    let body = json!({"message": "Do you have parking?"});
    // The client follows the redirect, with its method, body and key.
    for path in ["/api/v1/chat/", "//api/v1/chat", "/api/v1//chat/?a=1"] {
        let reply = app.post(path).bearer(&tenant.public).json(&body).send().await;
        assert_eq!(reply.ok()["response"], "Yes, behind the house.", "{path}");
    }
    let unknown = app.post("/api/v1/chats/").header("origin", "https://shop.example").send().await;
    assert_eq!((unknown.status, unknown.header("access-control-allow-origin")), (404, "*"));
    app.finish().await;
}
