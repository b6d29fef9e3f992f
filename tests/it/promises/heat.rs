//! One chatbot that everybody talks to: a partition key takes 1,000 write and 3,000 read units a second,
//! and what a second of a hundred turns asks of each key is below that, with statistics and webhooks.

use axum::{body::Body, http::Request};
use local::Code;
use serde_json::json;
use testkit::{App, Heat, MAX_READ, MAX_WRITE, Receiver};
use tower::ServiceExt;

use crate::util::{chatbots::teach, webhooks::create};

const TURNS: usize = 100;

#[tokio::test(flavor = "multi_thread")]
async fn a_chatbot_of_a_hundred_turns_a_second_heats_no_key() {
    let receiver = Receiver::start().await;
    let app = App::with(|options| options.detached = true).await;
    let ada = app.tenant("ada").await;
    teach(&app, &ada.secret, "Do you have parking?", "Yes, behind the house.").await;
    create(&app, &ada, &receiver.url, &["conversation.started", "message.created"]).await;
    app.platform.forget_changes().await.expect("an empty stream");
    let heat = Heat::start(app.platform.dynamodb_endpoint()).await;
    let queues = app.platform.sqs_endpoint();
    let function = async |name: &str| {
        app.platform.function_at(name, &heat.endpoint, queues).await.expect("the function")
    };
    let Code::Http(chat) = function("chat").await else { panic!("chat answers requests") };
    for n in 0..TURNS {
        let body = json!({"message": "Do you have parking?", "visitorId": format!("v{n}")});
        let request = Request::post("/api/v1/chat")
            .header("authorization", format!("Bearer {}", ada.public))
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        let answer = chat.clone().oneshot(request).await.expect("an answer");
        assert_eq!(answer.status(), 200);
    }
    // The windows of both mappings hand over at least a second's records at once.
    let records = app.platform.changes(10_000).expect("the stream");
    for worker in ["stats-worker", "event-fanout"] {
        let Code::Worker(work) = function(worker).await else { panic!("{worker} is a worker") };
        for batch in records.chunks(100) {
            let event = json!({"Records": batch, "shardId": "shard-1", "state": {}});
            let answer = work(event).await.expect("an answer");
            assert_eq!(answer["batchItemFailures"], json!([]));
        }
    }
    let keys = heat.keys();
    assert!(keys.len() > TURNS, "each conversation has a key of its own");
    let hottest: Vec<_> = keys.iter().take(3).collect();
    for (key, units) in &keys {
        assert!(units.write <= MAX_WRITE, "{key} takes {} write units: {hottest:?}", units.write);
        assert!(units.read <= MAX_READ, "{key} takes {} read units", units.read);
    }
    println!("hottest: {hottest:?}");
    app.platform.shutdown().await;
}
