//! What is due is done in time, however much of another kind is due beside it; and a delivery is
//! due from the write that makes it, whatever becomes of its message.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Conversation, ConversationId, ConversationStatus, Delivery, DeliveryId, DeliveryStatus,
    Dialect, EventId, Scope, Timestamp, Turn,
};
use futures::{StreamExt, stream};
use local::{Code, TestClock};
use serde_json::json;
use store::TurnWrite;
use testkit::{App, Receiver, Tenant, eventually};

use crate::util::{
    table::table,
    webhooks::{create, hooks},
};

/// More idle conversations than the table closes in a moment.
const CONVERSATIONS: usize = 2_000;

/// A conversation that began and ended at `at`.
async fn converse(app: &App, tenant: &Tenant, at: Timestamp) {
    let id = ConversationId::new();
    let (chatbot_id, workspace_id) =
        (tenant.chatbot.parse().unwrap(), tenant.workspace.parse().unwrap());
    let conversation = Conversation {
        visitor_id: "v".to_owned(),
        message_count: 2,
        text_bytes: 12,
        first_message: "Hello?".to_owned(),
        ..Conversation::begun(id, chatbot_id, workspace_id, Dialect::Botplot, at)
    };
    let turn = Turn {
        id: id.opening(),
        question_id: domain::MessageId::new(),
        conversation_id: id,
        chatbot_id,
        workspace_id,
        question: "Hello?".to_owned(),
        answer: "Hello.".to_owned(),
        citations: Vec::new(),
        confidence: 1.0,
        unanswered: false,
        backend: None,
        rating: None,
        rated_at: None,
        asked_at: at,
        answered_at: at,
    };
    let (store, idle) = (&app.platform.app.store, Duration::from_secs(60));
    assert!(store.put_turn(&conversation, &turn, TurnWrite::Opens, idle).await.unwrap());
}

/// A delivery that waits, and is due at `look`.
async fn deliver(app: &App, tenant: &Tenant, webhook: &str, look: Timestamp) -> Delivery {
    let delivery = Delivery {
        id: DeliveryId::derived_at(look, &["fair"]),
        webhook_id: webhook.parse().unwrap(),
        scope: Scope::Chatbot(tenant.chatbot.parse().unwrap()),
        event_id: EventId::new(),
        event: "conversation.started".to_owned(),
        body: "{}".to_owned(),
        status: DeliveryStatus::Pending,
        attempts: Vec::new(),
        replayed_at: None,
        replayed_after: 0,
        next_attempt_at: None,
        created_at: look,
    };
    app.platform.app.store.put_delivery(&delivery, look).await.unwrap();
    delivery
}

/// When the `due` index brings the delivery up, if it does.
async fn due_at(app: &App, delivery: &Delivery) -> Option<String> {
    let text = |text: String| AttributeValue::S(text);
    let read = table(app).get_item().table_name("colloquy").consistent_read(true);
    let sort = format!("DLV#{}#{}", delivery.created_at, delivery.id);
    let read = read.key("pk", text(format!("HOOK#{}", delivery.webhook_id))).key("sk", text(sort));
    let item = read.send().await.unwrap().item.expect("the delivery");
    Some(item.get("due_at")?.as_s().unwrap().clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_idle_conversations_delay_no_retry() {
    let receiver = Receiver::start().await;
    let app = App::with(|options| options.detached = true).await;
    let tenant = app.tenant("ada").await;
    let (webhook, _) = create(&app, &tenant, &receiver.url, &["conversation.started"]).await;
    let now = app.platform.app.now();
    let ago = |seconds: i64| Timestamp::from_millis(now.millis() - seconds * 1_000);
    let conversations = (0..CONVERSATIONS).map(|_| converse(&app, &tenant, ago(3_600)));
    stream::iter(conversations).buffer_unordered(16).collect::<Vec<()>>().await;
    // The youngest of all that is due.
    let delivery = deliver(&app, &tenant, &webhook, ago(1)).await;

    let Some(Code::Worker(work)) = app.platform.function("ticker").cloned() else {
        panic!("the function")
    };
    let tick = tokio::spawn(async move { work(json!({})).await.expect("a tick") });
    let seen = ago(1).to_string();
    eventually("the delivery is taken on", async || {
        (due_at(&app, &delivery).await.as_ref() != Some(&seen)).then_some(())
    })
    .await;
    // What is taken on by age alone comes after nearly all of them.
    let half = u32::try_from(CONVERSATIONS / 2).unwrap();
    let (active, _) = app
        .platform
        .app
        .conversations(delivery_chatbot(&tenant), Some(ConversationStatus::Active), 0, half)
        .await
        .unwrap();
    assert_eq!(active.len(), CONVERSATIONS / 2, "the retry waited for conversations to be closed");
    tick.await.unwrap();
    app.platform.shutdown().await;
}

fn delivery_chatbot(tenant: &Tenant) -> domain::ChatbotId {
    tenant.chatbot.parse().unwrap()
}

/// The row of a delivery is written, and the message never gets to its worker, whatever ate it.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_delivery_whose_message_is_lost_is_found_by_the_ticker() {
    let receiver = Receiver::start().await;
    let clock = TestClock::new(1);
    let app = App::with(|options| options.clock = Some(clock.clone())).await;
    let tenant = app.tenant("ada").await;
    let (webhook, _) = create(&app, &tenant, &receiver.url, &["conversation.started"]).await;
    let now = app.platform.app.now();
    let delivery = deliver(&app, &tenant, &webhook, now.plus(Duration::from_secs(300))).await;
    assert_eq!(receiver.received().len(), 0);
    clock.advance(Duration::from_secs(301));
    let Some(Code::Worker(work)) = app.platform.function("ticker") else { panic!("the function") };
    work(json!({})).await.expect("a tick");
    app.drain().await;
    let path = format!("{}/{webhook}/deliveries", hooks(&tenant));
    let listed = app.get(&path).bearer(&tenant.secret).send().await.ok();
    assert_eq!(listed["deliveries"][0]["status"], "delivered", "{listed}");
    assert_eq!(due_at(&app, &delivery).await, None, "what is settled is due no more");
    assert_eq!(receiver.received().len(), 1);
    app.finish().await;
}

/// What fan-out writes is due by itself: nothing but the row says so.
#[tokio::test(flavor = "multi_thread")]
async fn what_fan_out_writes_is_due_from_its_first_write() {
    let receiver = Receiver::start().await;
    let app = App::with(|options| options.detached = true).await;
    let tenant = app.tenant("ada").await;
    create(&app, &tenant, &receiver.url, &["conversation.started"]).await;
    app.ask(&tenant.public, "Hello?").await;
    let Some(Code::Worker(work)) = app.platform.function("event-fanout") else {
        panic!("the function")
    };
    let records = json!({ "Records": app.platform.changes(1_000).expect("the stream") });
    work(records).await.expect("a batch");
    let (store, far) = (&app.platform.app.store, Timestamp::now().plus(Duration::from_secs(3_600)));
    let mut due = Vec::new();
    for (kind, partition) in store::keys::due_partitions() {
        let found = store.due(&partition, far, 100).await.unwrap();
        due.extend(found.into_iter().map(|due| (kind, due.kind)));
    }
    due.sort_by_key(|(kind, _)| *kind);
    let expected = [
        ("conversation", store::keys::ItemKind::Conversation),
        ("delivery", store::keys::ItemKind::Delivery),
    ];
    assert_eq!(due, expected);
    app.platform.shutdown().await;
}
