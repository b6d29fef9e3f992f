//! What the workers need of the embedded SQS and Secrets Manager.

use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, Message,
    MessageSystemAttributeName, QueueAttributeName, SendMessageBatchRequestEntry,
};
use serde_json::json;
use tokio::time::Instant;

use super::{SqsAndSecrets, secret_name};

fn client(engine: &SqsAndSecrets, region: &'static str) -> Client {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(Credentials::new("local", "local", None, None, "test"))
        .endpoint_url(&engine.endpoint)
        .build();
    Client::from_conf(config)
}

async fn receive(client: &Client, url: &str, wait: i32) -> Vec<Message> {
    client
        .receive_message()
        .queue_url(url)
        .max_number_of_messages(10)
        .wait_time_seconds(wait)
        .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
        .send()
        .await
        .unwrap()
        .messages
        .unwrap_or_default()
}

async fn send(client: &Client, url: &str, body: &str) {
    client.send_message().queue_url(url).message_body(body).send().await.unwrap();
}

fn receives(message: &Message) -> &str {
    let attributes = message.attributes.as_ref().unwrap();
    &attributes[&MessageSystemAttributeName::ApproximateReceiveCount]
}

/// Visible, in flight, delayed.
async fn counts(client: &Client, url: &str) -> [usize; 3] {
    let answer = client
        .get_queue_attributes()
        .queue_url(url)
        .attribute_names(QueueAttributeName::All)
        .send()
        .await
        .unwrap();
    let attributes = answer.attributes.unwrap();
    [
        QueueAttributeName::ApproximateNumberOfMessages,
        QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        QueueAttributeName::ApproximateNumberOfMessagesDelayed,
    ]
    .map(|name| attributes[&name].parse().unwrap())
}

#[tokio::test]
async fn a_message_lives_through_its_visibility() {
    let engine = SqsAndSecrets::start(0).await.unwrap();
    let url = engine.create_queue("jobs", 1, None).await.unwrap();
    assert!(url.starts_with(&engine.endpoint));
    // Asking for the queue again is no error, and any region finds it.
    assert_eq!(engine.create_queue("jobs", 1, None).await.unwrap(), url);
    let client = client(&engine, "eu-central-1");
    let found = client.get_queue_url().queue_name("jobs").send().await.unwrap();
    assert_eq!(found.queue_url, Some(url.clone()));
    send(&client, &url, "{\"a\":\"é\"}").await;
    assert_eq!(counts(&client, &url).await, [1, 0, 0]);
    let first = receive(&client, &url, 0).await;
    assert_eq!(first[0].body.as_deref(), Some("{\"a\":\"é\"}"));
    assert_eq!(receives(&first[0]), "1");
    assert_eq!(counts(&client, &url).await, [0, 1, 0]);
    assert!(receive(&client, &url, 0).await.is_empty());
    // The visibility time-out of 1 s runs out during this wait.
    let started = Instant::now();
    let second = receive(&client, &url, 10).await;
    assert_eq!(receives(&second[0]), "2");
    assert!(started.elapsed() < Duration::from_secs(3));
    let handle = second[0].receipt_handle.as_deref().unwrap();
    let change = client.change_message_visibility().queue_url(&url).receipt_handle(handle);
    change.visibility_timeout(0).send().await.unwrap();
    // Visible again, and counted.
    assert_eq!(counts(&client, &url).await, [1, 0, 0]);
    let third = receive(&client, &url, 0).await;
    assert_eq!(receives(&third[0]), "3");
    for _ in 0..2 {
        let delete = client.delete_message().queue_url(&url).receipt_handle(handle);
        delete.send().await.unwrap();
    }
    assert_eq!(counts(&client, &url).await, [0, 0, 0]);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_long_poll_wakes_at_once_and_holds_up_nothing() {
    let engine = SqsAndSecrets::start(0).await.unwrap();
    let url = engine.create_queue("jobs", 30, None).await.unwrap();
    let other = engine.create_queue("other", 30, None).await.unwrap();
    let client = client(&engine, "us-east-1");
    let started = Instant::now();
    let waiting = tokio::spawn({
        let (client, url) = (client.clone(), url.clone());
        async move { receive(&client, &url, 20).await }
    });
    send(&client, &other, "elsewhere").await;
    assert_eq!(receive(&client, &other, 20).await.len(), 1);
    assert!(!waiting.is_finished());
    send(&client, &url, "here").await;
    assert_eq!(waiting.await.unwrap()[0].body.as_deref(), Some("here"));
    assert!(started.elapsed() < Duration::from_secs(5));
    // A delayed message is not there before its time.
    let send = client.send_message().queue_url(&url).message_body("later").delay_seconds(1);
    let sent = Instant::now();
    send.send().await.unwrap();
    assert_eq!(counts(&client, &url).await, [0, 1, 1]);
    assert_eq!(receive(&client, &url, 20).await[0].body.as_deref(), Some("later"));
    assert!(sent.elapsed() >= Duration::from_millis(990));
    // A receive that waits does not hold up a shutdown.
    let mut waiting = tokio::spawn(async move { receive(&client, &url, 20).await });
    let early = tokio::time::timeout(Duration::from_millis(300), &mut waiting).await;
    assert!(early.is_err(), "there is nothing to receive");
    let stopping = Instant::now();
    engine.shutdown().await;
    assert!(waiting.await.unwrap().is_empty());
    assert!(stopping.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn batches_and_their_limits() {
    let engine = SqsAndSecrets::start(0).await.unwrap();
    let url = engine.create_queue("jobs", 30, None).await.unwrap();
    let client = client(&engine, "us-east-1");
    let entries = |count: usize, body: &str| {
        let entry = |id: usize| {
            let entry = SendMessageBatchRequestEntry::builder().id(id.to_string());
            entry.message_body(body).build().unwrap()
        };
        Some((0..count).map(entry).collect::<Vec<_>>())
    };
    let batch = client.send_message_batch().queue_url(&url);
    let sent = batch.clone().set_entries(entries(10, "x")).send().await.unwrap();
    assert_eq!((sent.successful.len(), sent.failed.len()), (10, 0));
    let too_many = batch.clone().set_entries(entries(11, "x")).send().await;
    let too_many = too_many.unwrap_err().into_service_error();
    assert!(too_many.is_too_many_entries_in_batch_request());
    let too_long = batch.set_entries(entries(10, &"x".repeat(105_000))).send().await;
    assert!(too_long.unwrap_err().into_service_error().is_batch_request_too_long());
    let messages = receive(&client, &url, 0).await;
    assert_eq!(messages.len(), 10);
    let handle = |message: &Message| message.receipt_handle.clone().unwrap();
    let change = ChangeMessageVisibilityBatchRequestEntry::builder().id("0");
    let change = change.receipt_handle(handle(&messages[0])).visibility_timeout(0);
    let changes = client.change_message_visibility_batch().queue_url(&url);
    changes.entries(change.build().unwrap()).send().await.unwrap();
    let delete = |(id, message): (usize, &Message)| {
        let entry = DeleteMessageBatchRequestEntry::builder().id(id.to_string());
        entry.receipt_handle(handle(message)).build().unwrap()
    };
    let deletes = messages[1..].iter().enumerate().map(delete).collect();
    let deleted = client.delete_message_batch().queue_url(&url).set_entries(Some(deletes));
    assert_eq!(deleted.send().await.unwrap().successful.len(), 9);
    assert_eq!(counts(&client, &url).await, [1, 0, 0]);
    // The body is limited, whatever the service.
    let huge = client.send_message().queue_url(&url).message_body("x".repeat(3 << 20));
    assert!(huge.send().await.is_err());
    let large = client.send_message().queue_url(&url).message_body("\"".repeat(1 << 20));
    large.send().await.unwrap();
    engine.shutdown().await;
}

#[tokio::test]
async fn a_message_that_keeps_failing_goes_to_the_dead_letters() {
    let engine = SqsAndSecrets::start(0).await.unwrap();
    assert!(engine.create_queue("jobs", 30, Some(("jobs-dead", 2))).await.is_err());
    let dead = engine.create_queue("jobs-dead", 30, None).await.unwrap();
    let url = engine.create_queue("jobs", 30, Some(("jobs-dead", 2))).await.unwrap();
    let client = client(&engine, "us-east-1");
    send(&client, &url, "poison").await;
    for expected in ["1", "2"] {
        let messages = receive(&client, &url, 5).await;
        assert_eq!(receives(&messages[0]), expected);
        let change = client.change_message_visibility().queue_url(&url).visibility_timeout(0);
        let handle = messages[0].receipt_handle.clone();
        change.set_receipt_handle(handle).send().await.unwrap();
    }
    assert!(receive(&client, &url, 0).await.is_empty());
    assert_eq!(counts(&client, &url).await, [0, 0, 0]);
    assert_eq!(receive(&client, &dead, 5).await[0].body.as_deref(), Some("poison"));
    let gone = client.send_message().queue_url(format!("{url}x")).message_body("x").send().await;
    assert!(gone.unwrap_err().into_service_error().is_queue_does_not_exist());
    engine.shutdown().await;
}

#[tokio::test]
async fn a_secret_is_found_by_name_and_by_arn() {
    let engine = SqsAndSecrets::start(0).await.unwrap();
    let arn = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:colloquy/master-AbCdEf";
    assert_eq!(secret_name(arn), "colloquy/master");
    for value in ["one", "two"] {
        assert_eq!(engine.put_secret(arn, value).await.unwrap(), arn);
        for id in [arn, "colloquy/master"] {
            let get = json!({ "SecretId": id });
            let answer = engine.ask("secretsmanager.GetSecretValue", get).await.unwrap();
            assert_eq!(answer["SecretString"], value);
        }
    }
    let own = engine.put_secret("plain", "three").await.unwrap();
    for id in [own.as_str(), "plain"] {
        let get = json!({ "SecretId": id });
        let answer = engine.ask("secretsmanager.GetSecretValue", get).await.unwrap();
        assert_eq!(answer["SecretString"], "three");
    }
    let none = engine.ask("secretsmanager.GetSecretValue", json!({ "SecretId": "none" })).await;
    assert!(none.unwrap_err().to_string().contains("ResourceNotFoundException"));
    engine.shutdown().await;
}
