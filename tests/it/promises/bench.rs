//! The bench's own code on a small past: every built operation within its budget, or with a reason
//! not to be; pages far down about as dear as those near.

use bench::operations::{
    Effort,
    budget::{PAGED, broken, farther},
    built, measure,
};
use bench::{
    channels::{acknowledgment, storm},
    crawl, crowd, loops, streaming,
};

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_keeps_to_its_budget_in_a_chatbot_with_a_past() {
    // Of three reads one at most is the first of its minute, which costs more.
    let effort = Effort { rounds: 1, reads: 3 };
    let measured = measure(300, effort, None).await.expect("it is measured");
    assert_eq!(broken(&measured), Vec::<String>::new());
    assert!(measured.rows.len() > built().len());
    for list in PAGED {
        let more = farther(&measured, list).expect("pages far down");
        assert!((0.3..=3.0).contains(&more), "{list}: {more}");
    }
    let stats = measured.background.iter().filter(|b| b.worker == "stats-worker");
    let writes: Vec<f64> = stats.map(|b| b.write).collect();
    assert!(writes[1] * 2.0 < writes[0], "a batch is cheaper than its turns: {writes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_of_a_large_site_reads_every_page_once() {
    let text = crawl::run(crawl::Options { pages: 80 }).await.expect("it is measured");
    assert!(text.contains("Read 80, failed 0, left out 0, requested 80 times."), "{text}");
    let memory = text.lines().skip_while(|line| !line.contains("resident MB")).skip(2);
    assert_eq!(memory.count(), 11, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn streamed_answers_are_measured_beside_a_bare_proxy() {
    let options = streaming::Options { answers: 10, at_once: 4, pieces: 2_000, out: None };
    let text = streaming::run(options).await.expect("it is measured");
    let rows: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("| bare") || line.starts_with("| streamed"))
        .collect();
    assert_eq!(rows.len(), 4, "{text}");
    for line in ["With 1 at once a turn adds", "With 4 at once", "An answer of 2000 pieces"] {
        assert!(text.contains(line), "{line}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_small_crowd_nothing_is_lost_and_nothing_starves() {
    let options = crowd::Options {
        chatbots: 12,
        minutes: 0.1,
        share: 0.5,
        rate: Some(5.0),
        calibrate: 1,
        hot: 1,
        out: None,
    };
    let came = crowd::crowd(&options).await.expect("it is measured");
    assert_eq!(came.faults(), Vec::<String>::new(), "{came:?}");
    assert!(came.turns >= 20 && came.deliveries == 2 * came.turns, "{came:?}");
    let table = came.table();
    for row in ["| 12 | – | 5.0 |", "| its webhook arrives after |", "| what is due |"] {
        assert!(table.contains(row), "{row} is not in {table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_turns_with_one_chatbot_are_within_what_a_key_takes() {
    let hot = crowd::hot::run(1).await.expect("it is measured");
    assert_eq!(hot.faults(), Vec::<String>::new(), "{hot:?}");
    assert!(hot.table().contains("| `BOT#…` |"), "{}", hot.table());
}

/// A storm of thirty messages on one platform: none is lost, none out of order, none said twice without need.
async fn a_storm_on(platform: &str) {
    let storm = storm::ChannelStorm { messages: 30, conversations: 6, deaths: 50, time_scale: 4 };
    let came = storm::run(platform, storm).await.expect("it is measured");
    assert_eq!(came.faults(), Vec::<String>::new(), "{came:?}");
    assert!(came.refused > 0 && came.deliveries > came.messages, "{came:?}");
    assert_eq!(came.lost_answers == 0, platform == "discord", "{came:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_on_telegram() {
    a_storm_on("telegram").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_on_slack() {
    a_storm_on("slack").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_on_discord() {
    a_storm_on("discord").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_on_whatsapp() {
    a_storm_on("whatsapp").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_on_messenger() {
    a_storm_on("messenger").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledgments_are_measured_beside_a_bare_route() {
    let text = acknowledgment::run(4).await.expect("it is measured").table();
    for row in ["| bare route that writes one row | 4 | 40 |", "| acknowledgment | 4 | 40 |"] {
        assert!(text.contains(row), "{row}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn loops_that_are_due_at_once_are_measured() {
    let options = loops::Options { loops: 12, model_ms: 50, out: None };
    let text = loops::run(options).await.expect("it is measured");
    assert!(text.contains("| 12 | one tenant's | 50 ms | 12 |"), "{text}");
    assert!(text.contains("| 1 | another's | echo | 1 |"), "{text}");
}
