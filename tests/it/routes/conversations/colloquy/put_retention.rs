//! ours PUT /api/v1/retention

use std::{sync::Arc, time::Duration};

use local::TestClock;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Gate, Kill, Tenant};

use crate::util::{
    analytics::rate,
    botplot::{Route, problem, text},
    table::{items, tick},
};

const PATH: &str = "/api/v1/retention";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn with_clock(detached: bool) -> (App, Arc<TestClock>) {
    let clock = TestClock::new(1);
    let app = App::with(|options| {
        options.clock = Some(clock.clone());
        options.detached = detached;
    })
    .await;
    (app, clock)
}

async fn keep(app: &App, tenant: &Tenant, body: Value) -> Value {
    app.put(PATH).bearer(&tenant.secret).json(&body).send().await.ok()["retention"].clone()
}

async fn say(app: &App, tenant: &Tenant, message: &str, conversation: &Value) -> Value {
    let body = json!({"message": message, "conversationId": conversation, "visitorId": message});
    app.post("/api/v1/chat").bearer(&tenant.public).json(&body).send().await.ok()
}

async fn leave(app: &App, tenant: &Tenant, name: &str) {
    let lead = json!({"name": name, "phone": "1"});
    let left = app.post("/api/v1/leads").bearer(&tenant.public).json(&lead).send().await;
    assert_eq!(left.status, 201, "{}", left.text);
}

/// What is due is done, with its effects.
async fn settle(app: &App) {
    tick(app).await;
    app.drain().await;
}

/// What all analytics of a chatbot say.
async fn analytics(app: &App, tenant: &Tenant) -> Vec<Value> {
    let mut found = Vec::new();
    for path in ["/api/v1/analytics?period=30d", "/api/v1/analytics?period=90d"] {
        found.push(app.get(path).bearer(&tenant.secret).send().await.ok());
    }
    for path in ["/api/v1/analytics/overview?range=all", "/api/v1/analytics/activity?range=30d"] {
        found.push(app.get(path).bearer(&tenant.helpbot).send().await.ok());
    }
    let path = format!("/api/v1/external/v1/chatbots/{}/analytics?days=30", tenant.chatbot);
    found.push(app.get(&path).api_key(&tenant.conferbot).send().await.ok());
    found
}

/// Ids of the conversations that a list has, and their total.
async fn listed(app: &App, tenant: &Tenant) -> (Vec<Value>, Value) {
    let list = app.get("/api/v1/conversations").bearer(&tenant.secret).send().await.ok();
    let rows = list["conversations"].as_array().expect("a list");
    (rows.iter().map(|row| row["id"].clone()).collect(), list["total"].clone())
}

async fn leads(app: &App, tenant: &Tenant) -> (Vec<Value>, Value) {
    let list = app.get("/api/v1/leads").bearer(&tenant.secret).send().await.ok();
    let rows = list["leads"].as_array().expect("a list");
    (rows.iter().map(|row| row["name"].clone()).collect(), list["total"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_older_goes_and_stays_counted() {
    let (app, clock) = with_clock(false).await;
    let ada = app.tenant("ada").await;
    let gone = say(&app, &ada, "Is xyzzy open?", &Value::Null).await;
    say(&app, &ada, "And xyzzy on Sundays?", &gone["conversationId"]).await;
    rate(&app, &ada, &gone["messageId"], -1).await;
    let long = say(&app, &ada, "Is plugh open?", &Value::Null).await;
    leave(&app, &ada, "Xavier").await;
    clock.advance(8 * DAY);
    say(&app, &ada, "Still?", &long["conversationId"]).await;
    leave(&app, &ada, "Zoe").await;
    clock.advance(4 * DAY);
    let new = say(&app, &ada, "Hello?", &Value::Null).await;
    settle(&app).await;
    let before = analytics(&app, &ada).await;
    assert_eq!(listed(&app, &ada).await.1, 3, "nothing expires unless that is set");

    let kept = keep(&app, &ada, json!({"conversationDays": 5, "leadDays": 5})).await;
    assert_eq!(kept, json!({"conversationDays": 5, "leadDays": 5}));
    settle(&app).await;
    let both = vec![new["conversationId"].clone(), long["conversationId"].clone()];
    assert_eq!(listed(&app, &ada).await, (both, json!(2)));
    assert_eq!(leads(&app, &ada).await, (vec![json!("Zoe")], json!(1)));
    let left = items(&app).await;
    let said =
        |word: &str| left.iter().filter(|i| i.contains(word) && !i.contains("\"TOP#")).count();
    assert_eq!((said("xyzzy"), said("Xavier")), (0, 0));
    assert!(said("plugh") > 0);
    assert_eq!(analytics(&app, &ada).await, before, "analytics keep what they counted");

    // From then on once a day, without another call.
    clock.advance(2 * DAY);
    settle(&app).await;
    assert_eq!(listed(&app, &ada).await, (vec![new["conversationId"].clone()], json!(1)));
    assert_eq!(leads(&app, &ada).await.1, 0);

    // A recount knows what has expired from what is wrong.
    let (workspace, chatbot) = (ada.workspace.parse().unwrap(), ada.chatbot.parse().unwrap());
    let recount = app.platform.app.recount_with(workspace, chatbot, false, Duration::ZERO);
    assert_eq!(recount.await.unwrap().differences, []);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_its_owner_deletes_is_no_longer_counted() {
    let (app, _clock) = with_clock(false).await;
    let ada = app.tenant("ada").await;
    keep(&app, &ada, json!({"conversationDays": 5, "leadDays": null})).await;
    let said = say(&app, &ada, "Is xyzzy open?", &Value::Null).await;
    settle(&app).await;
    let path = format!("/api/v1/conversations/{}", text(&said["conversationId"]));
    app.delete(&path).bearer(&ada.secret).send().await.ok();
    app.drain().await;
    let path = "/api/v1/analytics/overview?range=all";
    let overview = app.get(path).bearer(&ada.helpbot).send().await.ok();
    assert!(overview.to_string().contains("\"totalQuestions\":0"), "{overview}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_outlives_the_worker_that_carries_it_out() {
    let (app, clock) = with_clock(true).await;
    let ada = app.tenant("ada").await;
    for _ in 0..3 {
        say(&app, &ada, "Is xyzzy open?", &Value::Null).await;
    }
    leave(&app, &ada, "Xavier").await;
    clock.advance(10 * DAY);
    keep(&app, &ada, json!({"conversationDays": 5, "leadDays": 5})).await;
    let message = json!({"v": 1, "target": {"kind": "expired", "chatbot": ada.chatbot}});
    let event = json!({"Records": [{"messageId": "m-1", "body": message.to_string()}]});
    let platform = &app.platform;
    for (operation, when) in [
        ("TransactWriteItems", Kill::Before),
        ("TransactWriteItems", Kill::After),
        ("UpdateItem", Kill::After),
        ("DeleteItem", Kill::Before),
    ] {
        let gate = Gate::start(platform.dynamodb_endpoint(), operation, 0, when).await;
        let queues = platform.sqs_endpoint();
        let code = platform.function_at("purge-worker", &gate.endpoint, queues).await.unwrap();
        gate.kill(&code, event.clone()).await;
    }
    assert!(items(&app).await.iter().any(|item| item.contains("Xavier")), "it was killed before");
    // The ticker's next look sends another message.
    clock.advance(DAY);
    tick(&app).await;
    let settings = std::fs::read_to_string(platform.lambda_env()).expect("lambda.env");
    let url = settings.lines().find_map(|line| line.strip_prefix("PURGE_QUEUE_URL="));
    let request = platform.sqs().receive_message().queue_url(url.expect("the queue"));
    let received = request.max_number_of_messages(10).send().await.expect("messages");
    let is_it = |message: &&aws_sdk_sqs::types::Message| {
        message.body().is_some_and(|body| body.contains("\"expired\""))
    };
    let message = received.messages().iter().find(is_it).expect("the message");
    let Some(local::Code::Worker(work)) = platform.function("purge-worker") else {
        panic!("the function")
    };
    let record = json!({"messageId": "m-1", "body": message.body()});
    let answer = work(json!({"Records": [record]})).await.expect("an answer");
    assert_eq!(answer["batchItemFailures"], json!([]));
    let left = items(&app).await;
    assert!(!left.iter().any(|item| item.contains("Xavier")));
    assert!(!left.iter().any(|i| i.contains("\"BOT#") && i.contains("\"CONV#0")), "{left:#?}");
    app.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn days_have_bounds_and_a_secret_key_sets_them() {
    let (app, clock) = with_clock(false).await;
    let ada = app.tenant("ada").await;
    let off = json!({"conversationDays": null, "leadDays": null});
    let get = app.get(PATH).bearer(&ada.secret).send().await.ok();
    assert_eq!(get["retention"], off);
    for field in ["conversationDays", "leadDays"] {
        for wrong in [json!(0), json!(3_651), json!(-1)] {
            let mut body = off.clone();
            body[field] = wrong;
            let reply = app.put(PATH).bearer(&ada.secret).json(&body).send().await;
            let said = problem(&reply, 400, "VALIDATION_ERROR");
            assert_eq!(said, format!("{field} must be a whole number from 1 to 3650"));
        }
    }
    let half = app.put(PATH).bearer(&ada.secret).json(&json!({"leadDays": 7})).send().await;
    assert_eq!(problem(&half, 400, "VALIDATION_ERROR"), "conversationDays is required");
    let route =
        Route::new(&app, Method::PUT, PATH).with(json!({"conversationDays": null, "leadDays": 7}));
    route.needs_a_secret_key(&ada).await;
    route.wants_json(&ada.secret).await;
    route.allows_only(&ada.secret, &[Method::GET, Method::PUT]).await;
    Route::new(&app, Method::GET, PATH).needs_a_secret_key(&ada).await;
    // A member sees and sets the same.
    let scoped = app.put(PATH).bearer(&ada.session).header("x-colloquy-scope", &ada.chatbot);
    scoped.json(&json!({"conversationDays": 7, "leadDays": null})).send().await.ok();
    let get = app.get(PATH).bearer(&ada.secret).send().await.ok();
    assert_eq!(get["retention"], json!({"conversationDays": 7, "leadDays": null}));
    // Switched off before it was carried out: nothing goes.
    say(&app, &ada, "Is xyzzy open?", &Value::Null).await;
    clock.advance(8 * DAY);
    assert_eq!(keep(&app, &ada, off.clone()).await, off);
    settle(&app).await;
    assert_eq!(listed(&app, &ada).await.1, 1);
    app.finish().await;
}
