//! Many people write while no worker runs, and the platform delivers some of it again and the newest
//! first. Then workers begin, are killed, and are refused by the platform.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use local::{FaultInjection, TestClock};
use testkit::App;

use super::{
    line::{PlatformLine, message},
    setup,
};
use crate::{BenchError, Result};

/// On top of a minute, a message may take so long.
const EACH: Duration = Duration::from_millis(150);
/// A worker that is killed has this number of jobs at once at most, and each may have sent an answer that is not
/// written down yet.
const JOBS: u64 = 10;

/// How much of everything there is.
#[derive(Debug, Clone, Copy)]
pub struct ChannelStorm {
    /// Messages, of all people.
    pub messages: u32,
    /// People, each with a conversation.
    pub conversations: u32,
    /// Of a thousand calls of a worker, this many are killed.
    pub deaths: u16,
    /// How many times as fast as a clock leases and waits run.
    pub time_scale: u32,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct StormResult {
    /// Messages that people wrote.
    pub messages: usize,
    /// Deliveries of them.
    pub deliveries: usize,
    /// Deliveries whose answer was lost.
    pub lost_answers: usize,
    /// Calls that the platform refused.
    pub refused: usize,
    /// Workers that were killed.
    pub killed: u64,
    /// Messages that were never answered.
    pub lost: usize,
    /// Answers that came more than once.
    pub twice: usize,
    /// Whether the platform takes a key with each answer, so that none may.
    pub takes_keys: bool,
    /// Answers before which a later one came.
    pub out_of_order: usize,
    /// Conversations that are not one turn for each message.
    pub odd_conversations: usize,
    /// Jobs that failed for good.
    pub dead: u64,
    /// From the first worker to the last answer.
    pub took: Duration,
}

impl StormResult {
    /// What must not be.
    pub fn faults(&self) -> Vec<String> {
        let may_come_twice = if self.takes_keys { 0 } else { self.killed * JOBS };
        let too_often = (self.twice as u64).saturating_sub(may_come_twice);
        let counted = [
            (self.lost as u64, "messages were not answered"),
            (too_often, "answers came twice without need"),
            (self.out_of_order as u64, "answers were out of order"),
            (self.odd_conversations as u64, "conversations are not one turn a message"),
            (self.dead, "jobs failed for good"),
        ];
        counted.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect()
    }
}

/// As a table.
pub fn table(rows: &[(String, StormResult)]) -> String {
    let mut table = "| platform | messages | deliveries | answers of ours lost | refused by the platform | workers \
                     killed | lost | out of order | answered twice | answers a second |\n\
                     |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
        .to_owned();
    for (platform, came) in rows {
        let rate = came.messages as f64 / came.took.as_secs_f64().max(0.001);
        table.push_str(&format!(
            "\n| {platform} | {} | {} | {} | {} | {} | {} | {} | {} | {rate:.0} |",
            came.messages,
            came.deliveries,
            came.lost_answers,
            came.refused,
            came.killed,
            came.lost,
            came.out_of_order,
            came.twice
        ));
    }
    table
}

/// Carries it out on `platform`.
pub async fn run(platform: &str, storm: ChannelStorm) -> Result<StormResult> {
    let line = PlatformLine::start(platform).await?;
    let mut app = App::with(|options| {
        options.platforms.push(line.host());
        options.detached = true;
        options.clock = Some(TestClock::new(storm.time_scale));
        options.faults =
            Some(FaultInjection { of_thousand: storm.deaths, within: Duration::from_millis(150) });
    })
    .await;
    let tenant = setup::tenant(&app).await?;
    line.connect(&app, &tenant).await?;
    line.disturb();
    let users = storm.conversations.min(storm.messages);
    let each = storm.messages / users;
    line.write(users, each).await;
    let messages = (users * each) as usize;
    let begun = Instant::now();
    app.platform.attach().map_err(BenchError::of)?;
    let most = Duration::from_secs(60) + EACH * storm.messages;
    while begun.elapsed() < most && distinct(&line) < messages {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let took = begun.elapsed();
    // Whatever is still on its way may come twice.
    app.platform.drain(most).await.map_err(BenchError::of)?;
    let odd_conversations = odd(&app, &tenant, users, each).await?;
    let (deliveries, lost_answers) = line.deliveries();
    let mut came = StormResult {
        messages,
        deliveries,
        lost_answers,
        refused: line.refused(),
        killed: app.platform.killed(),
        lost: 0,
        twice: 0,
        takes_keys: line.takes_keys(),
        out_of_order: 0,
        odd_conversations,
        dead: app.platform.dead_letters().await.map_err(BenchError::of)?,
        took,
    };
    count(&line, users, each, &mut came);
    app.platform.shutdown().await;
    Ok(came)
}

fn distinct(line: &PlatformLine) -> usize {
    line.read().into_values().map(|texts| texts.into_iter().collect::<HashSet<_>>().len()).sum()
}

fn count(line: &PlatformLine, users: u32, each: u32, came: &mut StormResult) {
    let mut read = line.read();
    for user in 0..users {
        let texts = read.remove(&user).unwrap_or_default();
        let mut first = Vec::new();
        for text in &texts {
            if !first.contains(text) {
                first.push(text.clone());
            }
        }
        let wanted: Vec<String> = (0..each).map(|n| message(user, n)).collect();
        came.twice += texts.len() - first.len();
        came.lost += wanted.iter().filter(|text| !first.contains(text)).count();
        let places = first.iter().map(|text| wanted.iter().position(|w| w == text));
        let places: Vec<Option<usize>> = places.collect();
        came.out_of_order += places.windows(2).filter(|two| two[0] > two[1]).count();
    }
}

/// Conversations that are missing, too many, or hold something else than a turn for each message.
async fn odd(app: &App, tenant: &testkit::Tenant, users: u32, each: u32) -> Result<usize> {
    let (mut found, mut odd, mut page) = (0, 0, 1);
    loop {
        let path = format!("/v1/bots/{}/conversations?page={page}&per_page=100", tenant.chatbot);
        let reply = app.get(&path).bearer(&tenant.chatbotplatform).send().await;
        if reply.status != 200 {
            return Err(BenchError(format!("conversations were answered {}", reply.status)));
        }
        let rows = reply.json()["data"].as_array().cloned().unwrap_or_default();
        found += rows.len();
        odd += rows.iter().filter(|row| row["message_count"] != 2 * each).count();
        if rows.len() < 100 {
            return Ok(odd + found.abs_diff(users as usize));
        }
        page += 1;
    }
}
