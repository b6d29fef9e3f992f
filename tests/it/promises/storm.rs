//! Many events, endpoints that fail, one that hangs, workers that are killed: nothing is lost, and
//! what comes twice comes under the same id.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::{StreamExt, stream};
use local::Deaths;
use serde_json::Value;
use tests::{Answer, App, Received, Receiver, eventually};

use crate::routes::webhooks::create;

/// Questions asked; each makes two events.
const QUESTIONS: usize = 100;
/// A delivery is refused so often in a row at the most, so that its schedule does not run out.
const REFUSALS: usize = 4;

fn id(one: &Received) -> String {
    one.header("x-botplot-delivery").to_owned()
}

/// Refuses one in five.
async fn flaky(seed: usize) -> Receiver {
    let refused: Mutex<HashMap<String, usize>> = Mutex::default();
    Receiver::reading(move |n, one| {
        let mut refused = refused.lock().unwrap();
        let times = refused.entry(id(one)).or_default();
        if (n + seed) % 5 == 0 && *times < REFUSALS {
            *times += 1;
            return Answer::Status(500);
        }
        *times = 0;
        Answer::Status(200)
    })
    .await
}

/// Message id and who spoke: what each event is about. Checks that what came under one id came
/// byte for byte, and counts what was accepted more than once.
fn accepted(receiver: &Receiver, duplicates: &mut usize) -> HashSet<String> {
    let mut bodies: HashMap<String, String> = HashMap::new();
    let mut seen = HashSet::new();
    let mut about = HashSet::new();
    for one in receiver.received() {
        let body = bodies.entry(id(&one)).or_insert_with(|| one.body.clone());
        assert_eq!(*body, one.body, "the same id, the same bytes");
        if one.answered == Some(200) {
            *duplicates += usize::from(!seen.insert(id(&one)));
            about.insert(one.json()["data"]["message_id"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(about.len(), seen.len(), "an event has one id");
    about
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_whoever_fails_hangs_or_dies() {
    let app = App::with(|options| {
        options.retry_pace = Some(1_000);
        options.deaths = Some(Deaths { of_thousand: 30, within: Duration::from_millis(40) });
    })
    .await;
    let tenant = app.tenant("ada").await;
    let answers = Arc::new(AtomicBool::new(false));
    let hanging = Receiver::answering({
        let answers = answers.clone();
        move |_| if answers.load(Ordering::SeqCst) { Answer::Status(200) } else { Answer::Never }
    })
    .await;
    let mut endpoints = Vec::new();
    for seed in 0..4 {
        endpoints.push(flaky(seed).await);
    }
    for url in endpoints.iter().map(|e| &e.url).chain([&hanging.url]) {
        create(&app, &tenant, url, &["message.created"]).await;
    }
    let asked: Vec<Value> = stream::iter(0..QUESTIONS)
        .map(|n| app.ask(&tenant.public, ["Hello?", "What is this?", "Why?"][n % 3]))
        .buffer_unordered(8)
        .collect()
        .await;
    let answered: HashSet<String> =
        asked.iter().map(|one| one["messageId"].as_str().unwrap().to_owned()).collect();
    let mut duplicates = 0;
    // The hanging one does not hold up the others.
    for endpoint in &endpoints {
        eventually("everything arrives", async || {
            let mut ignored = 0;
            (accepted(endpoint, &mut ignored).len() == 2 * QUESTIONS).then_some(())
        })
        .await;
        assert!(accepted(endpoint, &mut duplicates).is_superset(&answered));
        let refused = endpoint.received().iter().filter(|one| one.answered == Some(500)).count();
        assert!(refused >= 2 * QUESTIONS / 10, "it did refuse: {refused}");
    }
    answers.store(true, Ordering::SeqCst);
    eventually("everything arrives there too", async || {
        let mut ignored = 0;
        (accepted(&hanging, &mut ignored).len() == 2 * QUESTIONS).then_some(())
    })
    .await;
    accepted(&hanging, &mut duplicates);
    app.drain().await;
    let killed = usize::try_from(app.platform.killed()).unwrap();
    assert!(killed > 0, "some workers were killed");
    // A worker has ten deliveries in hand.
    assert!(duplicates <= 10 * killed, "{duplicates} duplicates of {killed} killed workers");
    assert_eq!(app.platform.dead_letters().await.unwrap(), 0, "no job was given up");
    app.platform.shutdown().await;
}
