//! What an operator does with `admin`, and what reaches the queues from outside.

use std::{collections::HashMap, fs};

use aws_sdk_dynamodb::types::AttributeValue;
use clap::Parser;
use domain::{Timestamp, WebhookId};
use serde_json::{Value, json};
use store::PurgeTarget;
use testkit::{App, Receiver, Site, Tenant, eventually};

use crate::util::table::table;

/// Runs `admin` on the platform.
async fn admin(app: &App, words: &[&str]) -> domain::Result<String> {
    let env = app.platform.lambda_env();
    let before = ["admin", "--env-file", env.to_str().expect("a path")];
    let words = before.iter().chain(words);
    admin::run(admin::Options::try_parse_from(words).expect("words that admin knows")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_sees_which_of_its_questions_are_answered() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    for (question, answer) in [
        ("Do you rent out canoes?", "Yes, for 9 euros an hour."),
        ("Is the lake deep?", "Twelve metres."),
    ] {
        let pair = json!({"question": question, "answer": answer});
        app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair).send().await.ok();
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("questions.csv");
    let questions = "question,expected\nDo you rent out canoes?,9 euros|nine euros\nIs the lake deep?,forty\n\
        Who wrote Hamlet?,\nHow do I bake bread?,flour\n";
    fs::write(&file, questions).unwrap();
    let file = file.to_str().unwrap();
    let words = ["evaluate", file, "--workspace", &tenant.workspace, "--chatbot", &tenant.chatbot];
    let said = admin(&app, &words).await.unwrap();
    let verdicts: Vec<&str> =
        said.lines().filter_map(|line| line.split(['\t', ':']).next()).collect();
    assert_eq!(verdicts[..4], ["right", "wrong", "right", "refused"], "{said}");
    assert!(said.ends_with("right: 2 of 4 (50.0 %)\nnear: 0 of 4 (0.0 %)\nrefused: 1 of 4 (25.0 %)\nwrong: 1 of 4 (25.0 %)\n"), "{said}");
    let missing =
        ["evaluate", "none.csv", "--workspace", &tenant.workspace, "--chatbot", &tenant.chatbot];
    assert!(admin(&app, &missing).await.is_err());
    app.finish().await;
}

/// Sends `body` to the queue of that setting, as an integrator would.
async fn send(app: &App, setting: &str, body: &Value) {
    let text = fs::read_to_string(app.platform.lambda_env()).expect("lambda.env");
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    let settings: HashMap<String, String> =
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let request = app.platform.sqs().send_message().queue_url(&settings[setting]);
    request.message_body(body.to_string()).send().await.expect("the queue takes it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_from_outside_begins_a_crawl_and_a_broken_one_is_put_aside_with_its_reason() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let page = "<main><h1>Boats</h1><p>The harbour has eleven boats, all of them blue.</p></main>";
    let site = Site::start(&[("/boats", page)]).await;
    let request = json!({
        "v": 1, "type": "crawl.request", "workspaceId": tenant.workspace,
        "chatbotId": tenant.chatbot, "url": format!("{}/boats", site.url), "note": "ignored",
    });
    // The second one comes while the first is under way, or is a crawl of its own: one source.
    for _ in 0..2 {
        send(&app, "CRAWL_QUEUE_URL", &request).await;
    }
    let sources = async || {
        let found = app.get("/api/v1/knowledge").bearer(&tenant.secret).send().await.ok();
        found["sources"].as_array().expect("sources").clone()
    };
    eventually("the source is ready", async || {
        sources().await.first().filter(|source| source["status"] == "ready").map(|_| ())
    })
    .await;
    app.drain().await;
    assert_eq!(sources().await.len(), 1);
    let answer = app.ask(&tenant.public, "How many boats has the harbour?").await;
    assert!(answer["response"].as_str().unwrap().contains("eleven"), "{answer}");

    let with = |field: &str, value: Value| {
        let mut broken = request.clone();
        broken[field] = value;
        broken
    };
    let unknown = json!("0197a000-0000-7000-8000-000000000001");
    for (body, reason) in [
        (with("type", json!("crawl")), "type is \"crawl\", not \"crawl.request\""),
        (with("v", json!(2)), "v must be 1"),
        (with("url", json!("ftp://example.com")), "url must begin with http:// or https://"),
        (with("syncFrequency", json!("hourly")), "syncFrequency must be"),
        (with("chatbotId", unknown.clone()), "chatbot not found"),
        (with("workspaceId", unknown), "chatbot not found"),
        (json!({"v": 1, "type": "crawl.request"}), "missing field"),
        (json!([1, 2]), "must be a JSON object"),
    ] {
        send(&app, "CRAWL_QUEUE_URL", &body).await;
        app.drain().await;
        let said = admin(&app, &["dlq", "list", "crawl"]).await.unwrap();
        assert!(said.starts_with("crawl: 1\n"), "{body}: {said}");
        assert!(said.contains(reason) && said.contains(&body.to_string()), "{reason}: {said}");
        assert_eq!(admin(&app, &["dlq", "drop", "crawl"]).await.unwrap(), "crawl: 1 dropped\n");
    }
    assert_eq!(sources().await.len(), 1, "nothing was begun");
    let all = admin(&app, &["dlq", "list"]).await.unwrap();
    assert_eq!(all, "crawl: 0\ndelivery: 0\nmail: 0\npurge: 0\nstream: 0\n");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_is_tried_again_once_that_is_mended() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    // A file where the folder should be: no letter can be written.
    fs::write(app.platform.mail_dir(), "").unwrap();
    let ask = app.post("/api/v1/chat").bearer(&tenant.helpbot).json(&json!({"question": "Hi?"}));
    let id = ask.send().await.ok()["conversationId"].clone();
    let body = json!({ "conversationId": id });
    app.post("/api/v1/handoff").bearer(&tenant.helpbot).json(&body).send().await.ok();
    app.drain().await;
    let said = admin(&app, &["dlq", "list", "mail", "--show", "0"]).await.unwrap();
    assert_eq!(said, "mail: 1\n");
    // Tried while nothing is mended it comes back, and the command ends.
    assert_eq!(admin(&app, &["dlq", "replay", "mail"]).await.unwrap(), "mail: 1 sent back\n");
    app.drain().await;
    assert_eq!(admin(&app, &["dlq", "list", "mail", "--show", "0"]).await.unwrap(), "mail: 1\n");
    fs::remove_file(app.platform.mail_dir()).unwrap();
    assert_eq!(admin(&app, &["dlq", "replay", "mail"]).await.unwrap(), "mail: 1 sent back\n");
    app.drain().await;
    assert_eq!(app.mails().len(), 1);
    assert_eq!(admin(&app, &["dlq", "replay", "mail"]).await.unwrap(), "mail: 0 sent back\n");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_cannot_be_read_is_put_aside_and_the_shard_goes_on() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    subscribe(&app, &tenant, &receiver).await;
    // A conversation that lacks everything.
    let broken = |name: &str, value: &str| (name.to_owned(), AttributeValue::S(value.to_owned()));
    let key = [broken("pk", &format!("BOT#{}", tenant.chatbot)), broken("sk", "CONV#broken")];
    let put = table(&app).put_item().table_name("colloquy").set_item(Some(key.into()));
    put.send().await.expect("the table takes it");
    app.ask(&tenant.public, "Is anybody there?").await;
    app.drain().await;
    assert_eq!(receiver.received().len(), 3, "what came behind it arrived");
    let said = admin(&app, &["dlq", "list", "stream"]).await.unwrap();
    assert!(said.starts_with("stream: 1\n") && said.contains("CONV#broken"), "{said}");
    assert!(said.contains("missing field"), "{said}");
    assert!(admin(&app, &["dlq", "replay", "stream"]).await.is_err());
    assert_eq!(admin(&app, &["dlq", "drop", "stream"]).await.unwrap(), "stream: 1 dropped\n");
    app.finish().await;
}

/// Subscribes to all that botplot tells of.
async fn subscribe(app: &App, tenant: &Tenant, receiver: &Receiver) -> WebhookId {
    let events = [
        "conversation.started",
        "conversation.ended",
        "message.created",
        "lead.captured",
        "handoff.requested",
        "rating.received",
    ];
    let path = format!("/api/v1/projects/{}/webhooks", tenant.chatbot);
    let hook = json!({"url": receiver.url, "events": events});
    let made = app.post(&path).bearer(&tenant.secret).json(&hook).send().await.ok();
    made["webhook"]["id"].as_str().unwrap().parse().unwrap()
}

/// What arrived, by delivery id, in no order.
fn arrived(receiver: &Receiver) -> Vec<(String, String)> {
    let mut all: Vec<_> = receiver
        .received()
        .iter()
        .map(|one| (one.header("x-botplot-delivery").to_owned(), one.body.clone()))
        .collect();
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_derived_again_with_the_same_ids_and_only_what_never_arrived_is_delivered() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let since = Timestamp::now().to_string();
    let webhook = subscribe(&app, &tenant, &receiver).await;
    let public = |path: &str, body: Value| app.post(path).bearer(&tenant.public).json(&body).send();
    let first = app.ask(&tenant.public, "Is anybody there?").await;
    let id = first["conversationId"].as_str().unwrap().to_owned();
    let again = json!({"message": "Hello?", "conversationId": id});
    let second = public("/api/v1/chat", again).await.ok();
    let rating = format!("/api/v1/messages/{}/rating", second["messageId"].as_str().unwrap());
    app.drain().await;
    public(&rating, json!({"rating": -1})).await.ok();
    public(&format!("/api/v1/conversations/{id}/handoff"), json!({"reason": "Help"})).await.ok();
    let lead = public("/api/v1/leads", json!({"email": "ada@example.com"})).await;
    assert_eq!(lead.status, 201);
    app.drain().await;
    let before = arrived(&receiver);
    assert_eq!(before.len(), 1 + 4 + 1 + 1 + 1, "{before:#?}");

    let replay = async |since: &str, until: Option<&str>| {
        let mut words = vec!["events", "replay", "ada@example.com", "--since", since];
        words.extend(until.iter().flat_map(|until| ["--until", until]));
        admin(&app, &words).await
    };
    let said = replay(&since, None).await.unwrap();
    assert_eq!(said, format!("{} ada's bot: 6 changes\n", tenant.chatbot));
    app.drain().await;
    assert_eq!(arrived(&receiver), before, "all of it had arrived");

    // All trace of the deliveries is lost, as if nothing had ever followed from the changes.
    while !app
        .platform
        .app
        .store
        .purge_some(&PurgeTarget::Webhook { id: webhook, listed_by: None })
        .await
        .unwrap()
    {}
    let early = replay("2026-01-01T00:00:00Z", None).await;
    assert!(early.unwrap_err().message.contains("30 days"), "what arrived then is forgotten");
    let none = replay(&since, Some(&since)).await.unwrap();
    assert!(none.ends_with(" 0 changes\n"), "{none}");
    replay(&since, None).await.unwrap();
    app.drain().await;
    let mut twice = before.clone();
    twice.extend(before.clone());
    twice.sort();
    assert_eq!(arrived(&receiver), twice, "the same ids and bytes");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_are_compared_with_what_there_is() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    app.ask(&tenant.public, "Is anybody there?").await;
    app.drain().await;
    let said = admin(&app, &["recount", "ada@example.com"]).await.unwrap();
    assert_eq!(said, format!("{} ada's bot: all counters are right\n", tenant.chatbot));
    let stranger = "0197a000-0000-7000-8000-000000000001";
    assert!(admin(&app, &["recount", &tenant.workspace, "--chatbot", stranger]).await.is_err());
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_master_key_is_replaced_in_two_steps() {
    let receiver = Receiver::start().await;
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    crate::util::webhooks::create(&app, &tenant, &receiver.url, &["conversation.started"]).await;
    let said = admin(&app, &["rotate-master-key"]).await.unwrap();
    assert!(said.starts_with("added master key 1; key 0 seals until"), "{said}");
    assert!(admin(&app, &["rotate-master-key", "--activate", "9"]).await.is_err());
    let said = admin(&app, &["rotate-master-key", "--activate", "1"]).await.unwrap();
    assert!(said.starts_with("master key 1 seals from now on"), "{said}");
    let said = admin(&app, &["rotate-master-key"]).await.unwrap();
    assert!(said.starts_with("added master key 2; key 1 seals until"), "{said}");
    // A worker that starts after that opens what the first key sealed.
    let platform = &app.platform;
    let (dynamodb, queues) = (platform.dynamodb_endpoint(), platform.sqs_endpoint());
    assert!(platform.function_at("delivery-worker", dynamodb, queues).await.is_ok());
    app.ask(&tenant.public, "Hello?").await;
    app.drain().await;
    assert_eq!(receiver.count(), 1);
    app.finish().await;
}
