//! After a handoff a visitor's messages on a channel are for the person: direct messages, about which the chatbot
//! says nothing.

use std::time::Duration;

use fakes::platforms::FakeTelegram;
use local::{FaultInjection, TestClock};
use serde_json::{Value, json};
use testkit::{App, Receiver, Tenant, eventually};

use crate::util::{
    channels::{conversations, echoing, texts, with_telegram},
    inbox::{INBOX, inbox, reply},
    same_for_all_dialects::webhook_api::{CONFERBOT, HELPBOT, PLATFORM},
    webhooks,
};

const TOKEN: &str = FakeTelegram::TOKEN;
const CHAT: i64 = 42;

/// The visitor writes, the bot answers, and the visitor requests a person; the conversation's id.
async fn handed_off(app: &App, fake: &FakeTelegram, ada: &Tenant) -> String {
    fake.write(TOKEN, CHAT, "May I speak with a person?");
    eventually("an answer", async || (texts(fake, CHAT).len() == 1).then_some(())).await;
    app.drain().await;
    let (rows, _) = conversations(app, ada).await;
    let id = rows[0]["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/v1/conversations/{id}/handoff");
    app.post(&path).bearer(&ada.public).json(&json!({})).send().await.ok();
    app.drain().await;
    id
}

/// Who said what, as the inbox shows it.
async fn said(app: &App, ada: &Tenant, id: &str) -> Vec<(String, String)> {
    let shown = app.get(&format!("{INBOX}/{id}")).bearer(&ada.session).send().await.ok();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let messages = shown["messages"].as_array().expect("messages").iter();
    messages.map(|m| (text(&m["role"]), text(&m["content"]))).collect()
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(role, text)| ((*role).to_owned(), (*text).to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_a_direct_message_and_not_a_turn() {
    let (app, fake) = with_telegram(|_| {}).await;
    let (ada, _) = echoing(&app, "ada", TOKEN).await;
    let id = handed_off(&app, &fake, &ada).await;
    for text in ["Are you there?", "It is about a refund"] {
        fake.write(TOKEN, CHAT, text);
        fake.idle().await;
    }
    app.drain().await;
    let asked = "May I speak with a person?";
    let talk = [
        ("user", asked),
        ("assistant", asked),
        ("user", "Are you there?"),
        ("user", "It is about a refund"),
    ];
    assert_eq!(said(&app, &ada, &id).await, pairs(&talk));
    assert_eq!(texts(&fake, CHAT), [asked], "the bot is silent");
    // No other conversation was opened, and the inbox's list counts what was said.
    let (rows, total) = conversations(&app, &ada).await;
    assert_eq!((total, &rows[0]["message_count"]), (1, &json!(4)), "{rows:?}");
    let waiting = inbox(&app, &ada, "status=handed_off").await;
    assert_eq!(waiting["conversations"][0]["id"], json!(id), "{waiting}");
    // The person gives the conversation back, and the bot answers again.
    assert_eq!(reply(&app, &ada, &id, "Here I am").await.status, 201);
    let path = format!("{INBOX}/{id}");
    let back = app.patch(&path).bearer(&ada.session).json(&json!({"status": "active"}));
    back.send().await.ok();
    app.drain().await;
    fake.write(TOKEN, CHAT, "Thank you");
    eventually("the bot again", async || (texts(&fake, CHAT).last()? == "Thank you").then_some(()))
        .await;
    assert_eq!(texts(&fake, CHAT), [asked, "Here I am", "Thank you"]);
    app.finish().await;
}

/// The same change of the inbox as in the widget: its feed tells of each message.
#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_s_changes_tell_of_each_message() {
    let (app, fake) = with_telegram(|_| {}).await;
    let (ada, _) = echoing(&app, "ada", TOKEN).await;
    let id = handed_off(&app, &fake, &ada).await;
    let changes = async |since: &str| {
        let path = format!("/api/v1/inbox/changes{since}");
        app.get(&path).bearer(&ada.session).send().await.ok()
    };
    let begun = changes("").await;
    let cursor = begun["cursor"].as_str().expect("a cursor").to_owned();
    fake.write(TOKEN, CHAT, "Are you there?");
    fake.idle().await;
    app.drain().await;
    let told = changes(&format!("?since={cursor}")).await;
    let rows = told["conversations"].as_array().expect("conversations");
    assert!(rows.iter().any(|row| row["id"] == json!(id)), "{told}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_tell_of_it_as_of_a_visitor_s_message_alone() {
    let (app, fake) = with_telegram(|_| {}).await;
    let (ada, _) = echoing(&app, "ada", TOKEN).await;
    let id = handed_off(&app, &fake, &ada).await;
    let (botplot, platform) = (Receiver::start().await, Receiver::start().await);
    let (confer, help) = (Receiver::start().await, Receiver::start().await);
    webhooks::create(&app, &ada, &botplot.url, &["message.created"]).await;
    let events = ["response.created", "response.updated"];
    CONFERBOT.create(&app, &ada, &confer.url, &events).await;
    let events = ["conversation.created", "conversation.unanswered"];
    HELPBOT.create(&app, &ada, &help.url, &events).await;
    PLATFORM.create(&app, &ada, &platform.url, &[PLATFORM.event]).await;
    fake.write(TOKEN, CHAT, "Are you there?");
    fake.idle().await;
    app.drain().await;
    // Exactly one from each, so no answer is told of.
    let told = |receiver: &Receiver| {
        let bodies: Vec<Value> = receiver.received().iter().map(|one| one.json()).collect();
        bodies
    };
    let bodies = told(&botplot);
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let data = &bodies[0]["data"];
    assert_eq!(
        (&data["role"], &data["content"], &data["conversation_id"]),
        (&json!("user"), &json!("Are you there?"), &json!(id))
    );
    let bodies = told(&platform);
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let message = &bodies[0]["data"]["message"];
    assert_eq!(bodies[0]["type"], PLATFORM.event);
    assert_eq!((&message["role"], &message["content"]), (&json!("user"), &json!("Are you there?")));
    let bodies = told(&confer);
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(bodies[0]["event"], "response.updated");
    // helpbot has no event of a message between people.
    assert_eq!(told(&help), Vec::<Value>::new());
    app.finish().await;
}

/// A sticker and `/start` don't have the bot speak again; the person sees that something came.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_text_is_left_to_the_person_too() {
    let (app, fake) = with_telegram(|_| {}).await;
    let (ada, _) = echoing(&app, "ada", TOKEN).await;
    let id = handed_off(&app, &fake, &ada).await;
    let mut start = fake.message(CHAT, "/start");
    start["entities"] = json!([{"type": "bot_command", "offset": 0, "length": 6}]);
    fake.deliver(TOKEN, json!({"message": start}));
    let mut sticker = fake.message(CHAT, "");
    sticker.as_object_mut().unwrap().remove("text");
    sticker["sticker"] = json!({"emoji": "👍"});
    fake.deliver(TOKEN, json!({"message": sticker}));
    fake.idle().await;
    app.drain().await;
    assert_eq!(texts(&fake, CHAT).len(), 1, "the bot is silent");
    let last = said(&app, &ada, &id).await.pop();
    assert_eq!(last, Some(("user".to_owned(), "[sent something other than text]".to_owned())));
    app.finish().await;
}

/// The entries that a worker died over are found by what was stored under their ids.
#[tokio::test(flavor = "multi_thread")]
async fn workers_that_are_killed_store_it_once_and_in_order() {
    let faults = FaultInjection { of_thousand: 200, within: Duration::from_millis(150) };
    let (app, fake) = with_telegram(|options| {
        options.clock = Some(TestClock::new(20));
        options.faults = Some(faults);
    })
    .await;
    let (ada, _) = echoing(&app, "ada", TOKEN).await;
    fake.write(TOKEN, CHAT, "May I speak with a person?");
    eventually("an answer", async || (!texts(&fake, CHAT).is_empty()).then_some(())).await;
    let row = async || Some(conversations(&app, &ada).await.0.first()?["id"].as_str()?.to_owned());
    let id = eventually("the conversation", row).await;
    let path = format!("/api/v1/conversations/{id}/handoff");
    app.post(&path).bearer(&ada.public).json(&json!({})).send().await.ok();
    let wanted: Vec<String> = (0..10).map(|n| format!("Message {n}")).collect();
    for text in &wanted {
        fake.write(TOKEN, CHAT, text);
    }
    let all = async || {
        let said = said(&app, &ada, &id).await;
        (said.len() >= 2 + wanted.len()).then_some(said)
    };
    eventually("all of them", all).await;
    app.drain().await;
    let direct = said(&app, &ada, &id).await.into_iter().skip(2).map(|(_, text)| text);
    assert_eq!(direct.collect::<Vec<String>>(), wanted, "each once and in order");
    let mut read = texts(&fake, CHAT);
    read.dedup();
    assert_eq!(read, ["May I speak with a person?"], "the bot is silent");
    app.platform.shutdown().await;
}
