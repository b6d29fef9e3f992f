//! Totals are the sum of their days, and both are what a look at every item finds, whatever
//! happened and however often the stream said so.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Days, Timestamp};
use serde_json::{Value, json};
use store::Counters;
use testkit::{App, Tenant};

use crate::util::{analytics::rate, botplot::text, table::table};

const OPERATIONS: u32 = 400;

/// The same numbers in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) as usize % most
    }
}

#[derive(Default)]
struct Live {
    conversations: Vec<(Value, Vec<Value>)>,
    leads: Vec<Value>,
}

async fn step(app: &App, ada: &Tenant, live: &mut Live, random: &mut Random) {
    let question = format!("Question {}?", random.below(30));
    let visitor = format!("visitor-{}", random.below(12));
    let some = random.below(live.conversations.len().max(1));
    let there = !live.conversations.is_empty();
    match random.below(20) {
        0..6 => {
            let body = json!({"message": question, "visitorId": visitor});
            let asked = app.post("/api/v1/chat").bearer(&ada.public).json(&body).send().await.ok();
            let opened = (asked["conversationId"].clone(), vec![asked["messageId"].clone()]);
            live.conversations.push(opened);
        }
        6..9 => {
            let body = json!({"question": question, "sessionId": visitor});
            let asked = app.post("/api/v1/chat").bearer(&ada.helpbot).json(&body).send().await.ok();
            live.conversations.push((asked["conversationId"].clone(), Vec::new()));
        }
        9..12 if there => {
            let (id, answers) = &mut live.conversations[some];
            let body = json!({"message": question, "conversationId": id});
            let asked = app.post("/api/v1/chat").bearer(&ada.public).json(&body).send().await.ok();
            answers.push(asked["messageId"].clone());
        }
        12..16 if there => {
            let answers = &live.conversations[some].1;
            if !answers.is_empty() {
                let answer = &answers[random.below(answers.len())];
                rate(app, ada, answer, [1, -1][random.below(2)]).await;
            }
        }
        16 if there => {
            let path =
                format!("/api/v1/conversations/{}/handoff", text(&live.conversations[some].0));
            app.post(&path).bearer(&ada.public).json(&json!({})).send().await.ok();
        }
        17 => {
            let body = json!({"email": "somebody@example.com"});
            let left = app.post("/api/v1/leads").bearer(&ada.public).json(&body).send().await;
            live.leads.push(left.json()["lead"]["id"].clone());
        }
        18 if !live.leads.is_empty() => {
            let lead = live.leads.swap_remove(0);
            app.delete(&format!("/api/v1/leads/{}", text(&lead))).bearer(&ada.secret).send().await;
        }
        19 if there => {
            let (id, _) = live.conversations.swap_remove(some);
            let path = format!("/api/v1/conversations/{}", text(&id));
            app.delete(&path).bearer(&ada.secret).send().await.ok();
        }
        _ => {}
    }
}

/// Changes a counter behind everybody's back.
async fn corrupt(app: &App, ada: &Tenant, sk: &str, counter: &str, by: i64) {
    let text = |text: String| AttributeValue::S(text);
    let sent = table(app)
        .update_item()
        .table_name("colloquy")
        .key("pk", text(format!("BOT#{}", ada.chatbot)))
        .key("sk", text(sk.to_owned()))
        .update_expression("ADD #counter :by")
        .expression_attribute_names("#counter", counter)
        .expression_attribute_values(":by", AttributeValue::N(by.to_string()))
        .send();
    sent.await.expect("the table takes it");
}

#[tokio::test(flavor = "multi_thread")]
async fn totals_days_and_a_recount_agree_after_anything_and_what_is_wrong_is_put_right() {
    let app = App::with(|options| options.deliver_twice = true).await;
    let ada = app.tenant("ada").await;
    let (mut live, mut random) = (Live::default(), Random(42));
    for _ in 0..OPERATIONS {
        step(&app, &ada, &mut live, &mut random).await;
    }
    app.drain().await;
    let use_cases = &app.platform.app;
    let (workspace, chatbot) = (ada.workspace.parse().unwrap(), ada.chatbot.parse().unwrap());
    let recount = async |repair| {
        use_cases.recount_with(workspace, chatbot, repair, Duration::ZERO).await.unwrap()
    };
    assert_eq!(recount(false).await.differences, []);

    let total = use_cases.store.counters(chatbot).await.unwrap();
    let daily = use_cases.store.daily_counters(chatbot, Days::ALL).await.unwrap();
    let mut sum: Counters = daily.iter().map(|(_, counters)| *counters).sum();
    // Days count no status but closed.
    (sum.active, sum.archived, sum.handed_off) = (total.active, total.archived, total.handed_off);
    assert_eq!(total, sum);
    assert_eq!(total.conversations, live.conversations.len() as u64);
    assert_eq!(total.leads, live.leads.len() as u64);
    assert!(total.positive > 0 && total.negative > 0 && total.handoffs > 0, "{total:?}");

    let day = Timestamp::now().day();
    corrupt(&app, &ada, "COUNT", "messages", 7).await;
    corrupt(&app, &ada, &format!("DAY#{day}"), "positive", -3).await;
    corrupt(&app, &ada, &format!("VISITORS#{day}#3"), "v96", 2).await;
    corrupt(&app, &ada, "MINUTE#2026-02-15T10:30", "at5", 1).await;
    let wrong = recount(false).await;
    let named: Vec<_> =
        wrong.differences.iter().map(|d| (d.counter.as_str(), d.kept - d.found)).collect();
    let (positive, visitors) = (format!("DAY#{day} positive"), format!("VISITORS#{day}#3 v96"));
    for expected in [
        ("COUNT messages", 7),
        (&*positive, -3),
        (&*visitors, 2),
        ("MINUTE#2026-02-15T10:30 at5", 1),
    ] {
        assert!(named.contains(&expected), "{expected:?} in {named:?}");
    }
    assert_eq!((named.len(), wrong.repaired), (4, false));
    let put_right = recount(true).await;
    assert_eq!((put_right.differences.len(), put_right.repaired), (4, true));
    assert_eq!(recount(false).await.differences, []);
    assert_eq!(use_cases.store.counters(chatbot).await.unwrap(), total);
    let stranger = app.tenant("eve").await.workspace.parse().unwrap();
    assert!(use_cases.recount(stranger, chatbot, true).await.is_err());
    app.finish().await;
}
