//! The promises that the rest of the local platform builds on, through the real SDK.

use std::path::PathBuf;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use super::{DynamoEngine, StreamReader};

/// A folder that goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("colloquy-engine-{}-{name}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn table() -> Value {
    json!({
        "TableName": "main",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            { "AttributeName": "pk", "AttributeType": "S" },
            { "AttributeName": "due", "AttributeType": "S" },
        ],
        "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
        "GlobalSecondaryIndexes": [{
            "IndexName": "due",
            "KeySchema": [{ "AttributeName": "due", "KeyType": "HASH" }],
            "Projection": { "ProjectionType": "ALL" },
        }],
        "StreamSpecification": { "StreamViewType": "NEW_AND_OLD_IMAGES" },
    })
}

fn client(engine: &DynamoEngine) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "test"))
        .endpoint_url(&engine.endpoint)
        .build();
    Client::from_conf(config)
}

async fn put(client: &Client, id: usize) {
    let id = AttributeValue::S(format!("{id:05}"));
    client.put_item().table_name("main").item("pk", id).send().await.unwrap();
}

/// The keys of the records that are there, and the last sequence number.
fn drain(reader: &mut StreamReader, max: usize) -> (Vec<usize>, Option<String>) {
    let (mut ids, mut last) = (Vec::new(), None);
    loop {
        let records = reader.next(max).unwrap();
        if records.is_empty() {
            return (ids, last);
        }
        for record in records {
            let change = &record["dynamodb"];
            ids.push(change["Keys"]["pk"]["S"].as_str().unwrap().parse().unwrap());
            last = change["SequenceNumber"].as_str().map(str::to_owned);
        }
    }
}

#[tokio::test]
async fn records_look_as_lambda_gives_them() {
    let engine = DynamoEngine::start(None, 0).await.unwrap();
    assert!(engine.create_table_if_absent(table(), None).unwrap());
    let mut reader = engine.stream_reader("main", None).unwrap();
    assert!(reader.next(10).unwrap().is_empty());
    let client = client(&engine);
    put(&client, 1).await;
    let key = AttributeValue::S("00001".into());
    client
        .update_item()
        .table_name("main")
        .key("pk", key.clone())
        .update_expression("SET n = :n")
        .expression_attribute_values(":n", AttributeValue::N("7".into()))
        .send()
        .await
        .unwrap();
    client.delete_item().table_name("main").key("pk", key).send().await.unwrap();
    let records = reader.next(10).unwrap();
    let names: Vec<_> = records.iter().map(|r| r["eventName"].as_str().unwrap()).collect();
    assert_eq!(names, ["INSERT", "MODIFY", "REMOVE"]);
    let change = &records[1]["dynamodb"];
    assert_eq!(change["Keys"], json!({ "pk": { "S": "00001" } }));
    assert_eq!(change["OldImage"], json!({ "pk": { "S": "00001" } }));
    assert_eq!(change["NewImage"], json!({ "pk": { "S": "00001" }, "n": { "N": "7" } }));
    assert_eq!(change["StreamViewType"], "NEW_AND_OLD_IMAGES");
    assert!(change["ApproximateCreationDateTime"].as_f64().unwrap() > 1.7e9);
    assert!(change["SizeBytes"].as_u64().unwrap() > 0);
    assert_eq!(records[1]["eventSource"], "aws:dynamodb");
    assert_eq!(records[1]["eventSourceARN"].as_str(), Some(reader.arn()));
    assert_eq!(records[0]["dynamodb"].get("OldImage"), None);
    assert_eq!(records[2]["dynamodb"].get("NewImage"), None);
    assert!(!reader.shard_id().is_empty());
    engine.shutdown().await;
}

#[tokio::test]
async fn a_stream_resumes_after_a_restart_without_gap_or_repeat() {
    let folder = Folder::new("resume");
    let (mut seen, mut last) = (Vec::new(), None);
    for round in 0..3 {
        let engine = DynamoEngine::start(Some(&folder.0), 0).await.unwrap();
        assert_eq!(engine.create_table_if_absent(table(), Some("ttl")).unwrap(), round == 0);
        let client = client(&engine);
        for id in 0..7 {
            put(&client, round * 10 + id).await;
        }
        let mut reader = engine.stream_reader("main", last.clone()).unwrap();
        // The last two of each round are left for the next one.
        let records = reader.next(if round == 2 { 100 } else { 5 }).unwrap();
        for record in records {
            let change = &record["dynamodb"];
            seen.push(change["Keys"]["pk"]["S"].as_str().unwrap().parse::<usize>().unwrap());
            last = change["SequenceNumber"].as_str().map(str::to_owned);
        }
        engine.shutdown().await;
    }
    let written: Vec<usize> = (0..3).flat_map(|r| (0..7).map(move |i| r * 10 + i)).collect();
    assert_eq!(seen, written);
}

#[tokio::test]
async fn a_waiting_reader_wakes_on_a_write_and_only_then() {
    for folder in [None, Some(Folder::new("wake"))] {
        let path = folder.as_ref().map(|folder| folder.0.as_path());
        let engine = DynamoEngine::start(path, 0).await.unwrap();
        engine.create_table_if_absent(table(), None).unwrap();
        let client = client(&engine);
        let mut reader = engine.stream_reader("main", None).unwrap();
        assert!(reader.next(10).unwrap().is_empty());
        assert!(!reader.wait(Duration::from_millis(30)).await);
        // Written between the read and the wait: still seen.
        put(&client, 1).await;
        assert!(reader.wait(Duration::from_secs(10)).await);
        assert_eq!(drain(&mut reader, 10).0, [1]);
        let (woken, ()) =
            tokio::join!(reader.wait(Duration::from_secs(10)), async { put(&client, 2).await });
        assert!(woken);
        assert_eq!(drain(&mut reader, 10).0, [2]);
        engine.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trimming_under_load_loses_nothing_and_keeps_numbers_growing() {
    for folder in [None, Some(Folder::new("trim"))] {
        let path = folder.as_ref().map(|folder| folder.0.as_path());
        let engine = DynamoEngine::start(path, 0).await.unwrap();
        engine.create_table_if_absent(table(), None).unwrap();
        let client = client(&engine);
        let writer = tokio::spawn({
            let client = client.clone();
            async move {
                for id in 0..400 {
                    put(&client, id).await;
                }
            }
        });
        let mut reader = engine.stream_reader("main", None).unwrap();
        let (mut seen, mut last) = (Vec::new(), None);
        while seen.len() < 400 {
            assert!(reader.wait(Duration::from_secs(10)).await, "{} records", seen.len());
            let (ids, sequence) = drain(&mut reader, 50);
            seen.extend(ids);
            assert!(sequence >= last || sequence.is_none());
            last = sequence.or(last);
            if let Some(last) = &last {
                engine.trim_stream("main", last).await.unwrap();
            }
        }
        writer.await.unwrap();
        assert_eq!(seen, (0..400).collect::<Vec<_>>());
        let last = last.unwrap();
        let far = "199999999999999999999";
        engine.trim_stream("main", far).await.unwrap_err();
        engine.trim_stream("main", "109000000000000000000").await.unwrap();
        // The newest record stays; the next one has a higher number.
        let mut all = engine.stream_reader("main", None).unwrap();
        assert_eq!(drain(&mut all, 10), (vec![399], Some(last.clone())));
        put(&client, 400).await;
        let (ids, next) = drain(&mut reader, 10);
        assert_eq!(ids, [400]);
        assert!(next.unwrap() > last);
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn expired_items_go_with_a_remove_record() {
    let engine = DynamoEngine::start(None, 0).await.unwrap();
    engine.create_table_if_absent(table(), Some("ttl")).unwrap();
    engine.create_table_if_absent(table(), Some("ttl")).unwrap();
    let client = client(&engine);
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    for (id, ttl) in [("old", now - 60), ("new", now + 3600)] {
        client
            .put_item()
            .table_name("main")
            .item("pk", AttributeValue::S(id.into()))
            .item("ttl", AttributeValue::N(ttl.to_string()))
            .send()
            .await
            .unwrap();
    }
    assert_eq!(engine.sweep_ttl().await.unwrap(), 1);
    let records = engine.stream_reader("main", None).unwrap().next(10).unwrap();
    assert_eq!(records.len(), 3);
    assert_eq!(records[2]["eventName"], "REMOVE");
    assert_eq!(records[2]["dynamodb"]["Keys"]["pk"]["S"], "old");
    engine.shutdown().await;
}

#[tokio::test]
async fn the_data_is_private_and_has_one_owner() {
    let folder = Folder::new("private");
    let engine = DynamoEngine::start(Some(&folder.0), 0).await.unwrap();
    engine.create_table_if_absent(table(), None).unwrap();
    assert!(DynamoEngine::start(Some(&folder.0), 0).await.is_err());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder.0), 0o700);
        for file in std::fs::read_dir(&folder.0).unwrap() {
            let path = file.unwrap().path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
    let mut other = table();
    other["GlobalSecondaryIndexes"][0]["IndexName"] = "later".into();
    assert!(engine.create_table_if_absent(other, None).is_err());
    engine.shutdown().await;
    DynamoEngine::start(Some(&folder.0), 0).await.unwrap().shutdown().await;
}
