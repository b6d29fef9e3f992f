//! Channels from a platform's delivery to the answer on it, told by Telegram: order, deduplication, failures.

use std::time::Duration;

use domain::{Timestamp, channel::MESSAGES_A_MINUTE};
use fakes::platforms::FakeTelegram;
use local::{FaultInjection, TestClock};
use serde_json::{Value, json};
use testkit::{App, Receiver, eventually};

use crate::util::{
    channels::{echoing, shown, texts, with_telegram},
    chatbotplatform::list,
    same_for_all_dialects::webhook_api::PLATFORM,
};

const TOKEN: &str = FakeTelegram::TOKEN;

/// Waits for `count` texts in a chat, and that no more come.
async fn answers(app: &App, fake: &FakeTelegram, chat: i64, count: usize) -> Vec<String> {
    eventually("answers", async || (texts(fake, chat).len() >= count).then_some(())).await;
    fake.idle().await;
    app.drain().await;
    let all = texts(fake, chat);
    assert_eq!(all.len(), count, "{all:?}");
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_answered_and_its_conversation_is_one_like_all_others() {
    let (app, fake) = with_telegram(|_| {}).await;
    let receiver = Receiver::start().await;
    let (ada, channel) = echoing(&app, "ada", TOKEN).await;
    PLATFORM.create(&app, &ada, &receiver.url, &["bot.message_received"]).await;
    fake.write(TOKEN, 42, "Do you have parking?");
    assert_eq!(answers(&app, &fake, 42, 1).await, ["Do you have parking?"]);
    let key = &ada.chatbotplatform;
    let (rows, total) = list(&app, key, &format!("/v1/bots/{}/conversations", ada.chatbot)).await;
    assert_eq!(total, 1, "{rows:?}");
    let row = &rows[0];
    let user =
        json!({"id": "42", "name": "User 42", "username": "user_42", "platform": "telegram"});
    assert_eq!(row["user"], user);
    assert_eq!(row["channel"], json!({"type": "telegram", "id": channel["id"], "chat_id": "42"}));
    assert_eq!(row["message_count"], 2);
    let filter = format!("/v1/bots/{}/conversations?platform=telegram", ada.chatbot);
    assert_eq!(list(&app, key, &filter).await.1, 1);
    let other = app.get("/api/v1/conversations").bearer(&ada.secret).send().await.ok();
    assert!(other.to_string().contains(row["id"].as_str().unwrap()), "{other}");
    let told = receiver.received();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].json()["data"]["message"]["content"], "Do you have parking?");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quick_messages_are_answered_in_one_conversation_in_order_and_none_is_lost() {
    let (app, fake) = with_telegram(|_| {}).await;
    let (ada, _) = echoing(&app, "ada", TOKEN).await;
    let mut expected = Vec::new();
    for n in 0..6 {
        let text = format!("Message number {n}");
        fake.write(TOKEN, 42, &text);
        expected.push(text);
    }
    fake.write(TOKEN, 43, "Another person");
    assert_eq!(answers(&app, &fake, 42, 6).await, expected);
    assert_eq!(answers(&app, &fake, 43, 1).await, ["Another person"]);
    let path = format!("/v1/bots/{}/conversations", ada.chatbot);
    let (rows, total) = list(&app, &ada.chatbotplatform, &path).await;
    let mut counts: Vec<_> =
        rows.iter().map(|row| row["message_count"].as_u64().unwrap()).collect();
    counts.sort_unstable();
    assert_eq!((total, counts), (2, vec![2, 12]));
    app.finish().await;
}

/// Whoever writes faster than a person can use up neither the month nor the time of the workers.
#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_floods_a_chat_is_answered_so_often_a_minute_and_the_others_always() {
    let (app, fake) = with_telegram(|_| {}).await;
    echoing(&app, "ada", TOKEN).await;
    let most = MESSAGES_A_MINUTE as usize;
    // Which minute a message counts in is its arrival's: a try has to lie in one.
    for chat in 100..105 {
        let begun = Timestamp::now().minute();
        for n in 0..=most {
            fake.write(TOKEN, chat, &format!("Message number {n}"));
        }
        fake.idle().await;
        if Timestamp::now().minute() != begun {
            continue;
        }
        let said = answers(&app, &fake, chat, most).await;
        assert!(!said.contains(&format!("Message number {most}")), "{said:?}");
        fake.write(TOKEN, 43, "Another person");
        assert_eq!(answers(&app, &fake, 43, 1).await, ["Another person"]);
        return app.finish().await;
    }
    panic!("no try lay within one minute");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_is_answered_once_however_often_it_comes() {
    let (app, fake) = with_telegram(|options| options.deliver_twice = true).await;
    echoing(&app, "ada", TOKEN).await;
    fake.lose_answers(2);
    let id = fake.write(TOKEN, 42, "Only once");
    fake.idle().await;
    for _ in 0..3 {
        assert_eq!(fake.repeat(TOKEN, id).await, Some(200));
    }
    assert_eq!(answers(&app, &fake, 42, 1).await, ["Only once"]);
    assert_eq!(fake.repeat(TOKEN, id).await, Some(200));
    assert_eq!(answers(&app, &fake, 42, 1).await.len(), 1);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_opens_is_greeted_and_what_is_no_text_is_answered_once_a_day() {
    let (app, fake) = with_telegram(|_| {}).await;
    let (ada, _) = echoing(&app, "ada", TOKEN).await;
    let widget = json!({"greeting": "Ahoy!"});
    app.patch("/api/v1/config").bearer(&ada.helpbot).json(&widget).send().await.ok();
    let mut start = fake.message(42, "/start");
    start["entities"] = json!([{"type": "bot_command", "offset": 0, "length": 6}]);
    fake.deliver(TOKEN, json!({"message": start}));
    assert_eq!(answers(&app, &fake, 42, 1).await, ["Ahoy!"]);
    for _ in 0..2 {
        let mut sticker = fake.message(42, "");
        sticker.as_object_mut().unwrap().remove("text");
        sticker["sticker"] = json!({"emoji": "👍"});
        fake.deliver(TOKEN, json!({"message": sticker}));
    }
    let said = answers(&app, &fake, 42, 2).await;
    assert!(said[1].contains("text"), "{said:?}");
    let path = format!("/v1/bots/{}/conversations", ada.chatbot);
    assert_eq!(list(&app, &ada.chatbotplatform, &path).await.1, 0, "neither is a question");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_answered_where_it_addresses_the_bot() {
    let (app, fake) = with_telegram(|_| {}).await;
    echoing(&app, "ada", TOKEN).await;
    let group = |text: &str| {
        let mut message = fake.message(42, text);
        message["chat"] = json!({"id": -100, "type": "group", "title": "Team"});
        message
    };
    fake.deliver(TOKEN, json!({"message": group("Lunch?")}));
    let name = format!("@{}", FakeTelegram::username(TOKEN));
    let mut addressed = group(&format!("{name} what is new"));
    addressed["entities"] = json!([{"type": "mention", "offset": 0, "length": name.len()}]);
    fake.deliver(TOKEN, json!({"message": addressed}));
    assert_eq!(answers(&app, &fake, -100, 1).await, ["what is new"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_asks_to_wait_or_fails_gets_the_answer_later_and_in_order() {
    let clock = TestClock::new(20);
    let (app, fake) = with_telegram(|options| options.clock = Some(clock)).await;
    let (ada, channel) = echoing(&app, "ada", TOKEN).await;
    let wait = "Too Many Requests: retry after 40";
    fake.fail("sendMessage", 429, wait, json!({"retry_after": 40}));
    fake.fail("sendMessage", 500, "Internal Server Error: restart", Value::Null);
    fake.fail("sendMessage", 502, "Bad Gateway", Value::Null);
    fake.write(TOKEN, 42, "First");
    fake.write(TOKEN, 42, "Second");
    assert_eq!(answers(&app, &fake, 42, 2).await, ["First", "Second"]);
    assert_eq!(shown(&app, &ada, &channel).await["status"], "connected");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_blocks_the_bot_is_its_own_failure() {
    let (app, fake) = with_telegram(|_| {}).await;
    let (ada, channel) = echoing(&app, "ada", TOKEN).await;
    let why = "Forbidden: bot was blocked by the user";
    fake.fail("sendMessage", 403, why, Value::Null);
    fake.write(TOKEN, 42, "Gone");
    fake.idle().await;
    app.drain().await;
    fake.write(TOKEN, 43, "Here");
    assert_eq!(answers(&app, &fake, 43, 1).await, ["Here"]);
    assert!(texts(&fake, 42).is_empty());
    assert_eq!(shown(&app, &ada, &channel).await["status"], "connected");
    fake.write(TOKEN, 42, "Back");
    assert_eq!(answers(&app, &fake, 42, 1).await, ["Back"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_disconnects_once_and_says_so_once() {
    let (app, fake) = with_telegram(|_| {}).await;
    let receiver = Receiver::start().await;
    let (ada, channel) = echoing(&app, "ada", TOKEN).await;
    PLATFORM.create(&app, &ada, &receiver.url, &["channel.disconnected"]).await;
    fake.revoke(TOKEN);
    for user in 40..45 {
        fake.write(TOKEN, user, "Anybody there?");
    }
    fake.idle().await;
    app.drain().await;
    let lost = shown(&app, &ada, &channel).await;
    assert_eq!(lost["status"], "disconnected");
    assert!(lost["status_reason"].is_string(), "{lost}");
    let told = receiver.received();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].json()["data"]["channel"]["id"], channel["id"]);
    assert!(fake.sent().is_empty());
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_are_killed_lose_nothing_and_answer_in_order() {
    let faults = FaultInjection { of_thousand: 200, within: Duration::from_millis(150) };
    let (app, fake) = with_telegram(|options| {
        options.clock = Some(TestClock::new(20));
        options.faults = Some(faults);
    })
    .await;
    let (ada, _) = echoing(&app, "ada", TOKEN).await;
    for n in 0..5 {
        for user in 1..=4 {
            fake.write(TOKEN, user, &format!("{user}: {n}"));
        }
    }
    for user in 1..=4 {
        let last = format!("{user}: 4");
        eventually("the last answer", async || texts(&fake, user).contains(&last).then_some(()))
            .await;
        let mut said = texts(&fake, user);
        // What was sent when its worker died is sent again: Telegram has no key against that.
        said.dedup();
        let expected: Vec<String> = (0..5).map(|n| format!("{user}: {n}")).collect();
        assert_eq!(said, expected);
    }
    app.drain().await;
    let path = format!("/v1/bots/{}/conversations", ada.chatbot);
    let (rows, total) = list(&app, &ada.chatbotplatform, &path).await;
    assert_eq!(total, 4);
    assert!(
        rows.iter().all(|row| row["message_count"] == 10),
        "each turn is stored once: {rows:?}"
    );
    app.platform.shutdown().await;
}
