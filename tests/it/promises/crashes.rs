//! A worker that dies between any two steps loses nothing: what comes again finds what was done.
//! What each death leads to is told at its test.

use std::{collections::HashMap, time::Duration};

use aws_sdk_sqs::Client as Sqs;
use local::{Code, TestClock};
use serde_json::{Value, json};
use store::Store;
use testkit::{App, Gate, Kill, Receiver, Tenant, eventually};

use crate::util::{
    table::table_at,
    webhooks::{create, hooks},
};

/// A platform whose workers wait, a tenant with `count` webhooks at `receiver`, and one question
/// asked: a conversation begun.
async fn waiting(receiver: &Receiver, count: usize) -> (App, Tenant, Vec<String>) {
    let app = App::with(|options| options.detached = true).await;
    let tenant = app.tenant("ada").await;
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(create(&app, &tenant, &receiver.url, &["conversation.started"]).await.0);
    }
    app.ask(&tenant.public, "Hello?").await;
    (app, tenant, ids)
}

/// What the stream holds, as its consumers get it.
fn records(app: &App) -> Value {
    json!({ "Records": app.platform.changes(1_000).expect("the stream") })
}

async fn deliveries(app: &App, tenant: &Tenant, webhook: &str) -> Vec<Value> {
    let path = format!("{}/{webhook}/deliveries", hooks(tenant));
    let list = app.get(&path).bearer(&tenant.secret).send().await.ok();
    list["deliveries"].as_array().unwrap().clone()
}

async fn fan_out(app: &App, dynamodb: &str, queues: &str) -> Code {
    app.platform.function_at("event-fanout", dynamodb, queues).await.expect("the function")
}

/// Everything that arrived, by its id. What came more than once came byte for byte.
fn arrived(receiver: &Receiver) -> HashMap<String, usize> {
    let mut bodies = HashMap::new();
    let mut times = HashMap::new();
    for one in receiver.received() {
        let id = one.header("x-botplot-delivery").to_owned();
        assert_eq!(*bodies.entry(id.clone()).or_insert_with(|| one.body.clone()), one.body);
        *times.entry(id).or_default() += 1;
    }
    times
}

/// The row is there and no message is: the record comes again, finds a row that waits, and sends
/// the message. The endpoint hears of it once.
#[tokio::test(flavor = "multi_thread")]
async fn between_a_delivery_s_row_and_its_message() {
    let receiver = Receiver::start().await;
    let (mut app, tenant, ids) = waiting(&receiver, 1).await;
    let gate = Gate::start(app.platform.sqs_endpoint(), "SendMessageBatch", 0, Kill::Before).await;
    let code = fan_out(&app, app.platform.dynamodb_endpoint(), &gate.endpoint).await;
    gate.kill(&code, records(&app)).await;
    let rows = deliveries(&app, &tenant, &ids[0]).await;
    assert_eq!((rows.len(), &rows[0]["status"]), (1, &json!("pending")));

    app.platform.attach().unwrap();
    app.drain().await;
    assert_eq!(arrived(&receiver).into_values().collect::<Vec<_>>(), [1]);
    assert_eq!(deliveries(&app, &tenant, &ids[0]).await[0]["status"], "delivered");
    app.finish().await;
}

/// The message is there without a checkpoint: the record comes again and sends another one, for the
/// same attempt of the same delivery. One of the two makes it.
#[tokio::test(flavor = "multi_thread")]
async fn between_a_delivery_s_message_and_the_stream_s_checkpoint() {
    let receiver = Receiver::start().await;
    let (mut app, tenant, ids) = waiting(&receiver, 1).await;
    let gate = Gate::start(app.platform.sqs_endpoint(), "SendMessageBatch", 0, Kill::After).await;
    let code = fan_out(&app, app.platform.dynamodb_endpoint(), &gate.endpoint).await;
    gate.kill(&code, records(&app)).await;

    app.platform.attach().unwrap();
    app.drain().await;
    // Two workers may take the two messages in the same moment: then it comes twice, as the same.
    let arrived = arrived(&receiver);
    assert_eq!(arrived.len(), 1);
    assert!(arrived.into_values().all(|times| times <= 2));
    let rows = deliveries(&app, &tenant, &ids[0]).await;
    assert_eq!((rows.len(), &rows[0]["status"]), (1, &json!("delivered")));
    app.finish().await;
}

/// Some subscribers have a row and the others none: the record comes again, leaves the rows that
/// are there and puts the others. Each endpoint hears of it once.
#[tokio::test(flavor = "multi_thread")]
async fn in_the_middle_of_a_fan_out() {
    let receiver = Receiver::start().await;
    let (mut app, tenant, ids) = waiting(&receiver, 5).await;
    let gate = Gate::start(app.platform.dynamodb_endpoint(), "PutItem", 3, Kill::Before).await;
    let code = fan_out(&app, &gate.endpoint, app.platform.sqs_endpoint()).await;
    gate.kill(&code, records(&app)).await;
    // The first one is the feed's of the inbox.
    let mut rows = 0;
    for id in &ids {
        rows += deliveries(&app, &tenant, id).await.len();
    }
    assert_eq!(rows, 2);

    app.platform.attach().unwrap();
    app.drain().await;
    let arrived = arrived(&receiver);
    assert_eq!(arrived.values().collect::<Vec<_>>(), [&1; 5]);
    for id in &ids {
        assert_eq!(deliveries(&app, &tenant, id).await[0]["status"], "delivered");
    }
    app.finish().await;
}

/// A message of the delivery queue, as its worker gets it, and back on the queue at once should
/// the worker die.
async fn take(app: &App) -> (Sqs, String, String, Value) {
    let Some(Code::Worker(work)) = app.platform.function("event-fanout") else {
        panic!("the function")
    };
    work(records(app)).await.expect("it fans out");
    let sqs = app.platform.sqs().clone();
    let url = app.platform.queue_url("DeliveryQueue").expect("the queue").to_owned();
    let message = eventually("the message", async || {
        let received = sqs.receive_message().queue_url(&url).send().await.unwrap();
        received.messages.unwrap_or_default().pop()
    })
    .await;
    let receipt = message.receipt_handle.unwrap();
    let record = json!({"messageId": message.message_id, "body": message.body});
    (sqs, url, receipt, json!({ "Records": [record] }))
}

/// What Lambda does with the message of a worker that died: nothing, so it comes again.
async fn comes_again(sqs: &Sqs, url: &str, receipt: &str) {
    let shown = sqs
        .change_message_visibility()
        .queue_url(url)
        .receipt_handle(receipt)
        .visibility_timeout(0);
    shown.send().await.expect("the message is there");
}

/// The endpoint has it and the row doesn't say so: the message comes again and it is posted once
/// more, as the same delivery, so that the receiver can tell.
#[tokio::test(flavor = "multi_thread")]
async fn between_a_post_and_the_log_of_it() {
    let receiver = Receiver::start().await;
    let (mut app, tenant, ids) = waiting(&receiver, 1).await;
    let (sqs, url, receipt, event) = take(&app).await;
    let gate = Gate::start(app.platform.dynamodb_endpoint(), "UpdateItem", 0, Kill::Before).await;
    let queues = app.platform.sqs_endpoint();
    let code = app.platform.function_at("delivery-worker", &gate.endpoint, queues).await.unwrap();
    gate.kill(&code, event).await;
    assert_eq!(receiver.count(), 1);
    assert_eq!(deliveries(&app, &tenant, &ids[0]).await[0]["status"], "pending");

    comes_again(&sqs, &url, &receipt).await;
    app.platform.forget_changes().await.unwrap();
    app.platform.attach().unwrap();
    app.drain().await;
    assert_eq!(arrived(&receiver).into_values().collect::<Vec<_>>(), [2]);
    assert_eq!(deliveries(&app, &tenant, &ids[0]).await[0]["status"], "delivered");
    app.finish().await;
}

/// The row says it, and the queue doesn't know: the message comes again, finds its attempt made,
/// and nothing is posted.
#[tokio::test(flavor = "multi_thread")]
async fn between_the_log_of_a_post_and_the_acknowledgement() {
    let receiver = Receiver::start().await;
    let (mut app, tenant, ids) = waiting(&receiver, 1).await;
    let (sqs, url, receipt, event) = take(&app).await;
    let gate = Gate::start(app.platform.dynamodb_endpoint(), "UpdateItem", 0, Kill::After).await;
    let queues = app.platform.sqs_endpoint();
    let code = app.platform.function_at("delivery-worker", &gate.endpoint, queues).await.unwrap();
    gate.kill(&code, event).await;
    assert_eq!(deliveries(&app, &tenant, &ids[0]).await[0]["status"], "delivered");

    comes_again(&sqs, &url, &receipt).await;
    app.platform.attach().unwrap();
    app.drain().await;
    assert_eq!(arrived(&receiver).into_values().collect::<Vec<_>>(), [1]);
    app.finish().await;
}

/// Some keys of a workspace are on its new plan and the others on the old one: the workspace is due, and the
/// ticker puts the others on it.
#[tokio::test(flavor = "multi_thread")]
async fn in_the_middle_of_a_change_of_plan() {
    let clock = TestClock::new(1);
    let app = App::with(|options| {
        options.clock = Some(clock.clone());
        options.signup_plan = "enterprise".parse().unwrap();
    })
    .await;
    let tenant = app.tenant("ada").await;
    let workspace = tenant.workspace.parse().unwrap();
    let (store, now) = (&app.platform.app.store, app.platform.app.now());
    let keys = [&tenant.public, &tenant.secret, &tenant.conferbot, &tenant.helpbot];
    let on_pro = async || {
        let mut count = 0;
        for key in keys {
            let found = store.principal(&store::keys::sha256(key)).await.unwrap();
            count += u32::from(found.expect("the key").plan == "pro".parse().unwrap());
        }
        count
    };

    let endpoint = app.platform.dynamodb_endpoint();
    let gate = Gate::start(endpoint, "TransactWriteItems", 2, Kill::Before).await;
    let cut = Store::new(table_at(&gate.endpoint), "colloquy");
    tokio::select! {
        set = cut.set_plan(workspace, "pro".parse().unwrap(), now) => panic!("not killed: {set:?}"),
        () = eventually("the third key", async || gate.has_tripped().then_some(())) => {}
    }
    assert_eq!(store.workspace(workspace).await.unwrap().unwrap().plan, "pro".parse().unwrap());
    assert!(on_pro().await < 4, "some keys are left on the old plan");

    clock.advance(Duration::from_secs(301));
    let Some(Code::Worker(tick)) = app.platform.function("ticker") else { panic!("the function") };
    tick(json!({})).await.expect("a tick");
    assert_eq!(on_pro().await, 4);
    let far = now.plus(Duration::from_secs(86_400));
    for (kind, partition) in store::keys::due_partitions() {
        let due = store.due(&partition, far, 100).await.unwrap();
        assert!(due.iter().all(|due| due.kind != store::keys::ItemKind::Workspace), "{kind}");
    }
    app.finish().await;
}
