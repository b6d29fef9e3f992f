//! ours DELETE /api/v1/visitors/{visitorId}

use domain::Timestamp;
use fakes::platforms::FakeTelegram;
use local::Code;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Gate, Kill, Receiver, Tenant, eventually};

use crate::util::{
    botplot::{Route, is_id, problem, text},
    channels::{conversations, echoing, texts, with_telegram},
    conversations::seed,
    table::{items, tick},
    webhooks::create,
};

/// Has a visitor say something; the conversation.
async fn say(app: &App, tenant: &Tenant, visitor: &str, message: &str) -> String {
    let body = json!({"message": message, "visitorId": visitor});
    let said = app.post("/api/v1/chat").bearer(&tenant.public).json(&body).send().await.ok();
    text(&said["conversationId"]).to_owned()
}

async fn leave(app: &App, tenant: &Tenant, lead: Value) {
    let left = app.post("/api/v1/leads").bearer(&tenant.public).json(&lead).send().await;
    assert_eq!(left.status, 201, "{}", left.text);
}

/// The receipt of a request to erase a visitor.
async fn erase(app: &App, tenant: &Tenant, visitor: &str) -> Value {
    let path = format!("/api/v1/visitors/{visitor}");
    let reply = app.delete(&path).bearer(&tenant.secret).send().await;
    assert_eq!(reply.status, 202, "{}", reply.text);
    reply.json()["erasure"].clone()
}

async fn receipt(app: &App, tenant: &Tenant, id: &Value) -> Value {
    let path = format!("/api/v1/erasures/{}", text(id));
    app.get(&path).bearer(&tenant.secret).send().await.ok()["erasure"].clone()
}

/// What the table says of `word`, but for texts of frequent questions, which have no name.
async fn saying(app: &App, word: &str) -> Vec<String> {
    let is_statistics = |item: &String| item.contains("\"TOP#");
    items(app).await.into_iter().filter(|i| i.contains(word) && !is_statistics(i)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_a_visitor_left_goes_and_nothing_of_another_s() {
    let receiver = Receiver::start().await;
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    create(&app, &ada, &receiver.url, &["message.created", "lead.captured"]).await;
    let first = say(&app, &ada, "visitor-7", "My secret is xyzzy.").await;
    say(&app, &ada, "visitor-7", "And another xyzzy.").await;
    let other = say(&app, &ada, "visitor-8", "Mine is plugh.").await;
    leave(&app, &ada, json!({"conversationId": first, "email": "xyzzy@example.com"})).await;
    leave(&app, &ada, json!({"visitorId": "visitor-7", "phone": "1", "name": "Xavier"})).await;
    leave(&app, &ada, json!({"visitorId": "visitor-8", "email": "plugh@example.com"})).await;
    leave(&app, &ada, json!({"conversationId": other, "email": "plugh2@example.com"})).await;
    app.drain().await;
    for (word, kind) in [("xyzzy", "DLV#"), ("xyzzy@", "LEAD#"), ("Xavier", "DLV#")] {
        let said = saying(&app, word).await;
        assert!(said.iter().any(|item| item.contains(kind)), "nothing says {word}: {said:#?}");
    }

    let asked = erase(&app, &ada, "visitor-7").await;
    assert!(is_id(&asked["id"]));
    assert_eq!((&asked["status"], &asked["completedAt"]), (&json!("pending"), &Value::Null));
    tick(&app).await;
    app.drain().await;
    let done = receipt(&app, &ada, &asked["id"]).await;
    assert_eq!((&done["id"], &done["status"]), (&asked["id"], &json!("complete")));
    for word in ["xyzzy", "Xavier", "visitor-7", &first] {
        let left = saying(&app, word).await;
        let is_receipt = |item: &String| item.contains("\"PURGE#") && item.contains("expires_at");
        let is_feed = |item: &String| item.contains("\"INBOX#") && item.contains("expires_at");
        assert!(left.iter().all(|i| is_receipt(i) || is_feed(i)), "{word}: {left:#?}");
    }
    let kept = saying(&app, "plugh").await;
    for kind in ["TURN#", "LEAD#", "DLV#"] {
        assert!(kept.iter().any(|item| item.contains(kind)), "{kind} of another: {kept:#?}");
    }
    // What the receipt itself keeps says nothing of the visitor.
    let leads = app.get("/api/v1/leads").bearer(&ada.secret).send().await.ok();
    assert_eq!((&leads["total"], leads["leads"].as_array().map(Vec::len)), (&json!(2), Some(2)));
    let path = "/api/v1/conversations";
    let list = app.get(path).bearer(&ada.secret).send().await.ok();
    assert_eq!((&list["total"], &list["conversations"][0]["id"]), (&json!(1), &json!(other)));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_is_known_by_a_session_too_and_is_a_new_one_afterwards() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    for _ in 0..2 {
        let body = json!({"question": "Is xyzzy open?", "sessionId": "session 9"});
        app.post("/api/v1/chat").bearer(&ada.helpbot).json(&body).send().await.ok();
    }
    app.drain().await;
    let once = erase(&app, &ada, "session%209").await;
    tick(&app).await;
    app.drain().await;
    assert_eq!(receipt(&app, &ada, &once["id"]).await["status"], "complete");
    assert!(saying(&app, "xyzzy").await.is_empty());

    // The same visitor has the same receipt, which begins again with each request.
    let body = json!({"question": "And plugh?", "sessionId": "session 9"});
    app.post("/api/v1/chat").bearer(&ada.helpbot).json(&body).send().await.ok();
    app.drain().await;
    assert!(!saying(&app, "plugh").await.is_empty(), "what is said afterwards is kept");
    let twice = erase(&app, &ada, "session%209").await;
    assert_eq!((&twice["id"], &twice["status"]), (&once["id"], &json!("pending")));
    tick(&app).await;
    app.drain().await;
    assert_eq!(receipt(&app, &ada, &once["id"]).await["status"], "complete");
    assert!(saying(&app, "plugh").await.is_empty());
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_platform_said_of_its_user_goes_with_their_conversation() {
    let (app, fake) = with_telegram(|_| {}).await;
    let (ada, _) = echoing(&app, "ada", FakeTelegram::TOKEN).await;
    for (chat, said) in [(42, "xyzzy"), (43, "plugh")] {
        fake.write(FakeTelegram::TOKEN, chat, said);
        eventually("an answer", async || (!texts(&fake, chat).is_empty()).then_some(())).await;
    }
    app.drain().await;
    let peers = |items: Vec<String>| items.iter().filter(|item| item.contains("\"PEER\"")).count();
    assert_eq!(peers(items(&app).await), 2);
    let asked = erase(&app, &ada, "42").await;
    tick(&app).await;
    app.drain().await;
    assert_eq!(receipt(&app, &ada, &asked["id"]).await["status"], "complete");
    assert_eq!(peers(items(&app).await), 1, "the other one's");
    assert!(saying(&app, "xyzzy").await.is_empty());
    let (rows, total) = conversations(&app, &ada).await;
    assert_eq!((total, &rows[0]["channel"]["chat_id"]), (1, &json!("43")));

    // Who writes again is answered, in a conversation of its own.
    fake.write(FakeTelegram::TOKEN, 42, "Hello again");
    eventually("an answer", async || (texts(&fake, 42).len() == 2).then_some(())).await;
    app.drain().await;
    assert_eq!(conversations(&app, &ada).await.1, 2);
    app.finish().await;
}

/// A worker that dies at any of its writes leaves the rest to the next one, over several pages of rows.
#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_outlives_the_worker_that_carries_it_out() {
    let app = App::with(|options| options.detached = true).await;
    let ada = app.tenant("ada").await;
    let before = say(&app, &ada, "visitor-7", "My secret is xyzzy.").await;
    let others = vec![Timestamp::now(); 510];
    seed(&app, &ada, &others).await;
    say(&app, &ada, "visitor-7", "It still is xyzzy.").await;
    leave(&app, &ada, json!({"conversationId": before, "email": "xyzzy@example.com"})).await;
    let asked = erase(&app, &ada, "visitor-7").await;

    let message = json!({"v": 1, "target": {
        "kind": "visitor", "id": asked["id"], "chatbot": ada.chatbot, "workspace": ada.workspace,
    }});
    let event = json!({"Records": [{"messageId": "m-1", "body": message.to_string()}]});
    let platform = &app.platform;
    for (operation, number, when) in [
        ("DeleteItem", 0, Kill::Before),
        ("DeleteItem", 0, Kill::After),
        ("BatchWriteItem", 0, Kill::After),
        ("TransactWriteItems", 0, Kill::Before),
        ("TransactWriteItems", 0, Kill::After),
        ("UpdateItem", 1, Kill::After),
    ] {
        let gate = Gate::start(platform.dynamodb_endpoint(), operation, number, when).await;
        let queues = platform.sqs_endpoint();
        let code = platform.function_at("purge-worker", &gate.endpoint, queues).await.unwrap();
        gate.kill(&code, event.clone()).await;
        assert_eq!(receipt(&app, &ada, &asked["id"]).await["status"], "pending", "{operation}");
    }
    let Some(Code::Worker(work)) = platform.function("purge-worker") else {
        panic!("the function")
    };
    for _ in 0..2 {
        let answer = work(event.clone()).await.expect("an answer");
        assert_eq!(answer["batchItemFailures"], json!([]));
        assert_eq!(receipt(&app, &ada, &asked["id"]).await["status"], "complete");
    }
    let left = items(&app).await;
    let named = |word: &str| left.iter().filter(|item| item.contains(word)).count();
    assert_eq!((named("xyzzy"), named("visitor-7")), (0, 0));
    assert_eq!(left.iter().filter(|item| item.contains("\"CONV#0")).count() / 510, 2, "others'");
    app.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_is_one_chatbot_s_and_a_secret_key_is_needed() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    say(&app, &ada, "visitor-7", "My secret is xyzzy.").await;
    // Who has never been there has a receipt as well: no one learns who was.
    let asked = erase(&app, &eve, "visitor-7").await;
    tick(&app).await;
    app.drain().await;
    assert_eq!(receipt(&app, &eve, &asked["id"]).await["status"], "complete");
    assert!(saying(&app, "xyzzy").await.iter().any(|item| item.contains("TURN#")));
    let path = format!("/api/v1/erasures/{}", text(&asked["id"]));
    problem(&app.get(&path).bearer(&ada.secret).send().await, 404, "NOT_FOUND");

    let path = "/api/v1/visitors/visitor-7";
    let route = Route::new(&app, Method::DELETE, path);
    route.needs_a_secret_key(&ada).await;
    route.allows_only(&ada.secret, &[Method::DELETE]).await;
    for wrong in ["%20", &"x".repeat(129)] {
        let reply =
            app.delete(&format!("/api/v1/visitors/{wrong}")).bearer(&ada.secret).send().await;
        problem(&reply, 400, "VALIDATION_ERROR");
    }
    // The owner in the place of the key.
    let scoped = app.delete(path).bearer(&ada.session).header("x-colloquy-scope", &ada.chatbot);
    assert_eq!(scoped.send().await.status, 202);
    tick(&app).await;
    app.drain().await;
    assert!(saying(&app, "xyzzy").await.is_empty());
    app.finish().await;
}
