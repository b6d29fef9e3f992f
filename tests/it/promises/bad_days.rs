//! What an outage of the platform's own parts leads to: what fails for good holds up nothing behind
//! it, and after more than a day without event-fanout one command tells all tenants' events.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use clap::Parser;
use local::{Code, TestClock};
use serde_json::{Value, json};
use store::keys::{ItemKind, Key};
use testkit::{App, Gate, Kill, Receiver, Tenant};

use crate::util::{stream::begun, table::table, webhooks::create};

const FIRST: &str = "0197a000-0000-7000-8000-00000000000a";
const SECOND: &str = "0197a000-0000-7000-8000-00000000000b";

/// A webhook in the table that this version can't read, as after a roll-back.
async fn spoil_webhook(app: &App, tenant: &Tenant, webhook: &str) {
    let text = |text: String| AttributeValue::S(text);
    let write = table(app).update_item().table_name("colloquy");
    let write = write.key("pk", text(format!("HOOKS#{}", tenant.chatbot)));
    let write = write.key("sk", text(format!("HOOK#{webhook}")));
    let write = write.update_expression("SET #status = :status");
    let write = write.expression_attribute_names("#status", "status");
    let unknown = text("of-a-later-version".to_owned());
    write.expression_attribute_values(":status", unknown).send().await.expect("the webhook");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_always_fails_is_put_aside_and_one_that_failed_for_a_while_is_not() {
    let receiver = Receiver::start().await;
    let clock = TestClock::new(1);
    let app = App::with(|options| {
        options.detached = true;
        options.clock = Some(clock.clone());
    })
    .await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let (webhook, _) = create(&app, &ada, &receiver.url, &["conversation.started"]).await;
    create(&app, &eve, &receiver.url, &["conversation.started"]).await;
    spoil_webhook(&app, &ada, &webhook).await;
    let at = app.platform.app.now().millis() + 1;
    let mut event = begun(&ada, at, &[(1, FIRST)]);
    let behind = begun(&eve, at, &[(2, SECOND)])["Records"][0].clone();
    event["Records"].as_array_mut().unwrap().push(behind);
    let Some(Code::Worker(work)) = app.platform.function("event-fanout") else {
        panic!("the function")
    };
    let fails = async || work(event.clone()).await.expect("an answer")["batchItemFailures"].clone();
    // For a quarter of an hour it may be an outage.
    let first = json!([{"itemIdentifier": format!("{:021}", 1)}]);
    for _ in 0..12 {
        assert_eq!(fails().await, first);
    }
    clock.advance(Duration::from_secs(15 * 60));
    assert_eq!(fails().await, json!([]), "those behind it get through");
    let settings = std::fs::read_to_string(app.platform.lambda_env()).expect("lambda.env");
    let url = settings.lines().find_map(|line| line.strip_prefix("STREAM_FAILURES_URL="));
    let request = app.platform.sqs().receive_message().queue_url(url.expect("the queue"));
    let received = request.message_attribute_names("All").send().await.expect("messages");
    let message = &received.messages()[0];
    let body: Value = serde_json::from_str(message.body().unwrap()).unwrap();
    assert_eq!(body["sequence"], format!("{:021}", 1));
    assert_eq!(body["keys"]["sk"]["S"], format!("CONV#{FIRST}"));
    assert!(message.message_attributes().unwrap().contains_key("reason"));
    app.platform.shutdown().await;
}

/// The table is away for an hour: every record fails, and none is taken for one that always will.
#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_the_table_puts_nothing_aside() {
    let clock = TestClock::new(1);
    let app = App::with(|options| {
        options.detached = true;
        options.clock = Some(clock.clone());
    })
    .await;
    let ada = app.tenant("ada").await;
    let gate = Gate::start(app.platform.dynamodb_endpoint(), "Query", 0, Kill::Before).await;
    let away = gate.endpoint.clone();
    drop(gate);
    let code = app.platform.function_at("event-fanout", &away, app.platform.sqs_endpoint()).await;
    let Ok(Code::Worker(work)) = code else { return app.platform.shutdown().await };
    let event = begun(&ada, app.platform.app.now().millis() + 1, &[(1, FIRST)]);
    for _ in 0..2 {
        let answer = work(event.clone()).await.expect("an answer");
        assert_eq!(answer["batchItemFailures"].as_array().map(Vec::len), Some(1));
        clock.advance(Duration::from_secs(30 * 60));
    }
    assert_eq!(app.platform.dead_letters().await.expect("the queues"), 0);
    app.platform.shutdown().await;
}

/// What the operator's command line says to `words`.
async fn admin(app: &App, words: &[&str]) -> String {
    let env = app.platform.lambda_env();
    let first = ["admin", "--env-file", env.to_str().expect("a path")];
    let words = first.iter().chain(words);
    admin::run(admin::Options::try_parse_from(words).expect("words")).await.unwrap()
}

/// A drill: fan-out handles some changes and then none. Its high-water mark is the time from which the
/// operator replays, and every event arrives, those before the outage once.
#[tokio::test(flavor = "multi_thread")]
async fn the_high_water_mark_says_since_when_events_are_missing() {
    let receiver = Receiver::start().await;
    let mut app = App::with(|options| options.detached = true).await;
    let ada = app.tenant("ada").await;
    create(&app, &ada, &receiver.url, &["conversation.started"]).await;
    app.ask(&ada.public, "Hello?").await;
    let Some(Code::Worker(work)) = app.platform.function("event-fanout").cloned() else {
        panic!("the function")
    };
    let records = app.platform.changes(1_000).expect("the stream");
    let written = records.last().unwrap()["dynamodb"]["ApproximateCreationDateTime"].clone();
    let event = json!({"Records": records, "shardId": "shard-1", "state": {}});
    assert_eq!(work(event).await.unwrap()["batchItemFailures"], json!([]));
    // Its day without fan-out begins.
    app.ask(&ada.public, "Hello again?").await;
    app.platform.forget_changes().await.expect("an empty stream");
    app.platform.attach().expect("workers");
    app.drain().await;
    assert_eq!(receiver.received().len(), 1);

    let marks = admin(&app, &["events", "high-water"]).await;
    let mark = marks.lines().find(|line| line.ends_with(" shard-1")).expect("the shard");
    let since = mark.split(' ').next().unwrap();
    let millis = domain::Timestamp::parse(since).expect("a time").millis();
    assert_eq!(millis / 1_000, written.as_f64().unwrap() as i64);
    let said = admin(&app, &["events", "replay", "--all", "--since", since]).await;
    assert!(said.ends_with("1 workspaces\n"), "{said}");
    app.drain().await;
    assert_eq!(receiver.received().len(), 2, "the missing one, and none a second time");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_dead_fan_out_one_command_tells_every_tenant_s_events() {
    let receiver = Receiver::start().await;
    let mut app = App::with(|options| options.detached = true).await;
    let tenants = [app.tenant("ada").await, app.tenant("eve").await, app.tenant("joe").await];
    let since = app.platform.app.now();
    for tenant in &tenants {
        create(&app, tenant, &receiver.url, &["conversation.started"]).await;
        app.ask(&tenant.public, "Hello?").await;
    }
    // The stream has forgotten them by the time that anyone looks.
    app.platform.forget_changes().await.expect("an empty stream");
    app.platform.attach().expect("workers");
    app.drain().await;
    assert_eq!(receiver.received().len(), 0);
    let env = app.platform.lambda_env();
    let words = ["admin", "--env-file", env.to_str().expect("a path"), "events", "replay", "--all"];
    let since = since.to_string();
    let words = words.into_iter().chain(["--since", since.as_str()]);
    let said = admin::run(admin::Options::try_parse_from(words).expect("words")).await.unwrap();
    assert!(said.ends_with("3 workspaces\n"), "{said}");
    app.drain().await;
    assert_eq!(receiver.received().len(), 3);
    app.finish().await;
}

/// What the mappings of the template let through, as Lambda reads it: for pk and sk, any prefix.
fn passes(filter: &Value, key: &Key) -> bool {
    let any = |name: &str, value: &str| {
        let prefixes = filter["dynamodb"]["Keys"][name]["S"].as_array().expect("prefixes");
        prefixes.iter().any(|one| value.starts_with(one["prefix"].as_str().expect("a prefix")))
    };
    any("pk", &key.pk) && any("sk", &key.sk)
}

#[test]
fn every_kind_of_item_that_leads_to_something_gets_through_the_filters() {
    let template = include_str!("../../../template.yaml");
    let filters: Vec<Value> = template
        .split("- Pattern: >-")
        .skip(1)
        .map(|rest| {
            let lines =
                rest.lines().skip(1).take_while(|line| line.starts_with("                    "));
            serde_json::from_str(&lines.collect::<String>()).expect("JSON")
        })
        .collect();
    assert_eq!(filters.len(), 2, "fan-out and statistics");
    let mut quiet = 0;
    for line in include_str!("../../../shared/store/src/keys.snapshot").lines() {
        let (_, key) = line.split_once(": ").expect("a name");
        let (pk, sk) = key.split_once(" / ").expect("a key");
        let key = Key { pk: pk.to_owned(), sk: sk.to_owned() };
        match key.kind() {
            // These are due; their stream records lead to nothing.
            ItemKind::Other | ItemKind::Tombstone | ItemKind::Retention | ItemKind::Workspace => {
                quiet += usize::from(filters.iter().all(|f| !passes(f, &key)))
            }
            kind => {
                assert!(filters.iter().all(|f| passes(f, &key)), "{kind:?} is filtered out: {line}")
            }
        }
    }
    assert!(quiet > 20, "only {quiet} kinds of items wake no function");
}
