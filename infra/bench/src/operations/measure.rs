//! Carrying everything out at one size.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use domain::{ConversationId, SourceId, Timestamp};
use serde_json::{Value, json};
use testkit::{
    App, Site, Tenant,
    units::{Metered, NOT_METERED, PAGE, QUESTION, Sample},
};

use super::{
    background::{Background, background},
    built,
    conversations::With,
    seed::seed,
};
use crate::{BenchError, Result};

/// Limits that a bench doesn't run into; the calls are counted all the same.
const PLANS: &str = r#"{"enterprise": {"conferbot_calls_per_minute": 1000000,
    "chatbotplatform_calls_per_minute": 1000000, "botplot_calls": 1000000}}"#;
/// Rows on a page.
pub const ROWS: u32 = 20;
/// The pages whose costs are compared, where there are as many.
const PAGES: [u32; 2] = [5, 500];

/// How often things are done.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Rounds over all operations.
    pub rounds: usize,
    /// Reads of a kind in each of them.
    pub reads: usize,
}

/// What an operation cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// `dialect METHOD path`, and after a comma what is special about it.
    pub operation: String,
    /// How often it was carried out.
    pub count: usize,
    /// Read units, write units, round trips, as half of the calls or more had them at most;
    /// none where an answer can't say.
    pub units: Option<(f64, f64, u32)>,
    /// What half of the calls took at most.
    pub p50: Duration,
    /// What 99 of 100 calls took at most.
    pub p99: Duration,
}

/// What everything cost at one size.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Conversations of the chatbot.
    pub size: u32,
    /// Every built operation, in the order of `tests/operations.csv`; then variants.
    pub rows: Vec<Row>,
    /// Pages of the lists of conversations: the list, the page, what it cost.
    pub pages: Vec<(&'static str, u32, Row)>,
    /// The work that a turn causes.
    pub background: Vec<Background>,
}

impl Measured {
    /// The row of an operation.
    pub fn row(&self, operation: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.operation == operation)
    }
}

impl Row {
    fn of(operation: &str, samples: &[Sample]) -> Option<Self> {
        let samples: Vec<&Sample> =
            samples.iter().filter(|sample| sample.operation == operation).collect();
        let middle = |all: &[f64]| quantile(all, 50);
        let metered = !NOT_METERED.contains(&operation);
        let units: Vec<(f64, f64, u32)> =
            samples.iter().filter(|_| metered).map(|sample| sample.reply.units()).collect();
        let column = |of: fn(&(f64, f64, u32)) -> f64| -> Option<f64> {
            middle(&units.iter().map(of).collect::<Vec<_>>())
        };
        let round_trips = units.iter().map(|u| u.2).collect::<Vec<_>>();
        let units = column(|u| u.0)
            .zip(column(|u| u.1))
            .zip(quantile(&round_trips, 50))
            .map(|((read, write), trips)| (read, write, trips));
        let took: Vec<Duration> = samples.iter().map(|sample| sample.took).collect();
        Some(Self {
            operation: operation.to_owned(),
            count: samples.len(),
            units,
            p50: quantile(&took, 50)?,
            p99: quantile(&took, 99)?,
        })
    }
}

/// What `percent` of `all` are at most.
fn quantile<T: PartialOrd + Copy>(all: &[T], percent: usize) -> Option<T> {
    let mut sorted = all.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied()
}

/// Measures with `size` conversations, kept in `folder` or in memory.
pub async fn measure(size: u32, effort: Effort, folder: Option<&Path>) -> Result<Measured> {
    let mut app = App::with(|options| {
        options.detached = true;
        options.plans = Some(PLANS.into());
        if let Some(folder) = folder {
            options.memory = false;
            options.data = folder.to_owned();
        }
    })
    .await;
    let known = folder.map(|folder| folder.join("tenant.json"));
    let found = known.as_ref().and_then(|file| fs::read_to_string(file).ok());
    let now = Timestamp::now();
    let tenant = match found.and_then(|text| serde_json::from_str(&text).ok()) {
        Some(found) => tenant_of(&found)?,
        None => {
            let tenant = app.tenant("ada").await;
            let begun = Instant::now();
            seed(&app.platform, with(&tenant)?, size, now).await?;
            eprintln!("  made in {} s", begun.elapsed().as_secs());
            if let Some(file) = &known {
                fs::write(file, tenant_as(&tenant).to_string()).map_err(BenchError::of)?;
            }
            tenant
        }
    };
    let (background, left) = background(&app.platform, with(&tenant)?, now).await?;
    app.platform.attach().map_err(BenchError::of)?;
    delete(&app, &tenant, &left).await?;

    let pages = pages(&app, &tenant, size, effort).await;
    let site = Site::start(&[("/opening", PAGE)]).await;
    let mut metered = Metered::new(&app, effort.reads);
    for _ in 0..effort.rounds {
        metered.carry_out(&tenant, &site).await;
        variants(&mut metered, &tenant).await;
        metered.clear(&tenant).await;
    }
    let samples = std::mem::take(&mut metered.samples);
    drop(metered);
    app.finish().await;

    let operations = built();
    let mut rows = Vec::new();
    for operation in operations.iter().map(String::as_str).chain(VARIANTS) {
        let row = Row::of(operation, &samples);
        let missing =
            || BenchError(format!("{operation} is built: carry it out in tests/kit/src/units"));
        rows.push(row.ok_or_else(missing)?);
    }
    Ok(Measured { size, rows, pages, background })
}

fn with(tenant: &Tenant) -> Result<With> {
    Ok(With {
        workspace: tenant.workspace.parse().map_err(BenchError::of)?,
        chatbot: tenant.chatbot.parse().map_err(BenchError::of)?,
        source: SourceId::new(),
    })
}

async fn delete(app: &App, tenant: &Tenant, conversations: &[ConversationId]) -> Result<()> {
    let chatbot = tenant.chatbot.parse().map_err(BenchError::of)?;
    for id in conversations {
        let app = &app.platform.app;
        app.delete_conversation(chatbot, *id).await.map_err(BenchError::of)?;
    }
    app.drain().await;
    Ok(())
}

/// What is measured besides the operations as such.
const VARIANTS: [&str; 2] =
    ["botplot POST /api/v1/chat, continued", "helpbot POST /api/v1/chat, in a session"];

async fn variants(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let [goes_on, in_session] = VARIANTS;
    let ask = |key: &str, body: Value| app.post("/api/v1/chat").bearer(key).json(&body);
    let first = metered.beside(ask(&tenant.public, json!({"message": QUESTION}))).await;
    app.drain().await;
    let next = json!({"message": QUESTION, "conversationId": first["conversationId"]});
    metered.send(goes_on, ask(&tenant.public, next)).await;
    let question = || json!({"question": QUESTION, "sessionId": "session-1"});
    for _ in 0..3 {
        metered.beside(ask(&tenant.helpbot, question())).await;
    }
    app.drain().await;
    metered.send(in_session, ask(&tenant.helpbot, question())).await;
}

/// The lists of conversations at a page near the beginning and at one far from it.
async fn pages(
    app: &App,
    tenant: &Tenant,
    size: u32,
    effort: Effort,
) -> Vec<(&'static str, u32, Row)> {
    let last = size / ROWS;
    let mut wanted = vec![1];
    wanted.extend(PAGES.map(|page| page.min(last)).into_iter().filter(|page| *page > 1));
    wanted.extend((last > 1).then_some(last));
    wanted.dedup();
    let mut found = Vec::new();
    for list in super::budget::PAGED {
        for page in &wanted {
            let mut metered = Metered::new(app, effort.rounds * effort.reads);
            metered.send(list, request(app, tenant, list, *page)).await;
            let row = Row::of(list, &metered.samples);
            found.extend(row.map(|row| (list, *page, row)));
        }
    }
    found
}

fn request(app: &App, tenant: &Tenant, list: &str, page: u32) -> testkit::TestRequest {
    let bot = &tenant.chatbot;
    let conversations = "/api/v1/conversations";
    match list.split(' ').next() {
        Some("conferbot") => app
            .get(&format!("/api/v1/external/v1/chatbots/{bot}/responses?page={page}&limit={ROWS}"))
            .api_key(&tenant.conferbot),
        Some("chatbotplatform") => app
            .get(&format!("/v1/bots/{bot}/conversations?page={page}&per_page={ROWS}"))
            .bearer(&tenant.chatbotplatform),
        Some("botplot") => app
            .get(&format!("{conversations}?limit={ROWS}&offset={}", (page - 1) * ROWS))
            .bearer(&tenant.secret),
        _ => app
            .get(&format!("{conversations}?range=all&limit={ROWS}&page={page}"))
            .bearer(&tenant.helpbot),
    }
}

fn tenant_as(tenant: &Tenant) -> Value {
    let Tenant {
        session,
        workspace,
        chatbot,
        conferbot,
        chatbotplatform,
        public,
        secret,
        helpbot,
        openbat,
    } = tenant;
    json!({
        "session": session, "workspace": workspace, "chatbot": chatbot, "conferbot": conferbot,
        "chatbotplatform": chatbotplatform, "public": public, "secret": secret,
        "helpbot": helpbot, "openbat": openbat,
    })
}

fn tenant_of(found: &Value) -> Result<Tenant> {
    let text = |name: &str| {
        let text = found[name].as_str().map(str::to_owned);
        text.ok_or_else(|| BenchError(format!("tenant.json lacks {name}")))
    };
    Ok(Tenant {
        session: text("session")?,
        workspace: text("workspace")?,
        chatbot: text("chatbot")?,
        conferbot: text("conferbot")?,
        chatbotplatform: text("chatbotplatform")?,
        public: text("public")?,
        secret: text("secret")?,
        helpbot: text("helpbot")?,
        openbat: text("openbat")?,
    })
}
