//! A subscription that names a queue of the deployer's instead of a URL, in every dialect.

use aws_sdk_sqs::types::Message;
use clap::Parser;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Tenant, eventually};

use crate::util::{
    botplot::text,
    same_for_all_dialects::webhook_api::{CONFERBOT, HELPBOT, PLATFORM},
    webhooks::{create, hooks, list},
};

const ARN: &str = "arn:aws:sqs:us-east-1:123456789012:crm";

async fn start() -> (App, Tenant) {
    let app = App::with(|options| options.event_queues = vec!["crm".to_owned()]).await;
    let tenant = app.tenant("ada").await;
    queues(&app, &tenant, "allow").await;
    (app, tenant)
}

/// Allots the queue to the workspace of `tenant`, or takes it back, as an operator does.
async fn queues(app: &App, tenant: &Tenant, change: &str) -> String {
    let env = app.platform.lambda_env();
    let words = ["admin", "--env-file", env.to_str().expect("a path"), "queues"];
    let words = words.into_iter().chain([tenant.workspace.as_str(), change, ARN]);
    let options = admin::Options::try_parse_from(words).expect("words that admin knows");
    admin::run(options).await.expect("a list")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_names_what_was_allotted_to_it_and_nothing_else() {
    let (app, ada) = start().await;
    let eve = app.tenant("eve").await;
    let body = json!({"url": ARN, "events": ["conversation.started"]});
    let refused = app.post(&hooks(&eve)).bearer(&eve.secret).json(&body).send().await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert!(refused.text.contains("allotted to this workspace"), "{}", refused.text);
    // One that was made before the queue was taken back sends nothing any more.
    let (id, _) = create(&app, &ada, ARN, &["conversation.started"]).await;
    let said = queues(&app, &ada, "withdraw").await;
    assert!(said.contains("no queue"), "{said}");
    let test = format!("{}/{id}/test", hooks(&ada));
    let tried = app.post(&test).bearer(&ada.secret).send().await;
    assert!(
        tried.text.contains("is not a queue that this workspace may send to"),
        "{}",
        tried.text
    );
    let said = queues(&app, &ada, "allow").await;
    assert!(said.contains(ARN), "{said}");
    let tried = app.post(&test).bearer(&ada.secret).send().await.ok();
    assert_eq!(tried["delivery"]["statusCode"], 200, "{tried}");
    app.finish().await;
}

async fn receive(app: &App, count: usize) -> Vec<Message> {
    let sqs = app.platform.sqs();
    let url = sqs.get_queue_url().queue_name("crm").send().await.unwrap().queue_url.unwrap();
    let mut messages = Vec::new();
    eventually("the messages", async || {
        let request = sqs.receive_message().queue_url(&url).max_number_of_messages(10);
        let received = request.message_attribute_names("All").send().await.unwrap();
        messages.extend(received.messages.unwrap_or_default());
        (messages.len() >= count).then_some(())
    })
    .await;
    assert_eq!(messages.len(), count);
    messages
}

fn attribute<'a>(message: &'a Message, name: &str) -> &'a str {
    message.message_attributes().unwrap()[name].string_value().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_message_is_the_envelope_with_event_dialect_and_id_as_attributes() {
    let (app, tenant) = start().await;
    let (id, _) = create(&app, &tenant, ARN, &["conversation.started"]).await;
    for dialect in [&CONFERBOT, &PLATFORM, &HELPBOT] {
        dialect.create(&app, &tenant, ARN, &[dialect.event]).await;
    }
    assert_eq!(list(&app, &tenant).await[0]["url"], ARN);
    app.ask(&tenant.public, "Hello?").await;
    let mut messages = receive(&app, 4).await;
    messages.sort_by_key(|message| attribute(message, "dialect").to_owned());
    let seen: Vec<_> =
        messages.iter().map(|m| [attribute(m, "dialect"), attribute(m, "event")]).collect();
    assert_eq!(
        seen,
        [
            ["botplot", "conversation.started"],
            ["chatbotplatform", "bot.message_received"],
            ["conferbot", "response.created"],
            ["helpbot", "conversation.created"],
        ]
    );
    // The same body that a URL would get, and the id that the list of deliveries has.
    let body: Value = serde_json::from_str(messages[0].body().unwrap()).unwrap();
    assert_eq!(body["event"], "conversation.started");
    assert_eq!(body["project_id"], tenant.chatbot);
    app.drain().await;
    let path = format!("{}/{id}/deliveries", hooks(&tenant));
    let rows = app.get(&path).bearer(&tenant.secret).send().await.ok()["deliveries"].clone();
    assert_eq!(rows[0]["id"], attribute(&messages[0], "id"));
    assert_eq!((&rows[0]["status"], rows.as_array().unwrap().len()), (&json!("delivered"), 1));

    // Sent again it has the same id and the same bytes.
    let replay = format!("{path}/{}/replay", text(&rows[0]["id"]));
    app.post(&replay).bearer(&tenant.secret).send().await;
    let again = receive(&app, 1).await.remove(0);
    assert_eq!(attribute(&again, "id"), attribute(&messages[0], "id"));
    assert_eq!(again.body(), messages[0].body());
    // A test goes there too.
    let test = format!("{}/{id}/test", hooks(&tenant));
    let tested = app.post(&test).bearer(&tenant.secret).json(&json!({})).send().await;
    assert_eq!(tested.status, 200, "{}", tested.text);
    assert_eq!(attribute(&receive(&app, 1).await[0], "dialect"), "botplot");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_queues_that_the_deployer_lists_are_taken_and_never_the_platform_s_own() {
    let (app, tenant) = start().await;
    for arn in [
        "arn:aws:sqs:us-east-1:123456789012:CrawlQueue",
        "arn:aws:sqs:us-east-1:123456789012:crm2",
        "arn:aws:sqs:us-east-1:123456789012:crm.fifo",
        "arn:aws:sqs:eu-west-1:123456789012:crm",
        "arn:aws:sns:us-east-1:123456789012:crm",
        "arn:aws:sqs:us-east-1:123456789012:",
        "arn:",
    ] {
        let body = json!({"url": arn, "events": ["message.created"]});
        let refused = app.post(&hooks(&tenant)).bearer(&tenant.secret).json(&body).send().await;
        assert_eq!(refused.status, 400, "{arn}: {}", refused.text);
        assert!(text(&refused.json()["error"]).starts_with("url must be"), "{}", refused.text);
        for dialect in [&CONFERBOT, &PLATFORM, &HELPBOT] {
            let body = dialect.body(&tenant, arn, &[dialect.event]);
            let refused = dialect.request(&app, &tenant, Method::POST, "").json(&body).send().await;
            assert_eq!(refused.status, dialect.invalid, "{arn}: {}", refused.text);
        }
    }
    // Nothing is listed unless the deployer does.
    let bare = App::start().await;
    let tenant = bare.tenant("bob").await;
    let body = json!({"url": ARN, "events": ["message.created"]});
    let refused = bare.post(&hooks(&tenant)).bearer(&tenant.secret).json(&body).send().await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    bare.finish().await;
    app.finish().await;
}
