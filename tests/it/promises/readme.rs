//! README.md says what is there. Its tables are made here, between `<!-- generated: … -->` and
//! `<!-- end -->`; whatever it and its sisters name is looked for.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use clap::CommandFactory;
use local::{
    Options,
    template::{TEXT, Template},
};
use serde_json::{Value, json};
use tests::{App, Receiver, Reply, Request, Site, Tenant};

const MEND: &str = "README.md is behind the code; run \
    `UPDATE_README=1 cargo test -p tests --test it promises::readme`, which rewrites its tables";

/// What says how much it consumed before it is done: a stream's headers go out before its turn is
/// written.
const NOT_METERED: &[&str] = &["botplot POST /api/v1/chat/stream"];

/// Sources are copied at the same time, so that their calls overlap now more, now less.
const OVERLAPPING: &[&str] = &["conferbot POST /api/v1/external/v1/chatbots/{id}/duplicate"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text_of(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Compares the part of README.md called `name` with `rows`, or writes it.
fn generated(name: &str, rows: &[String]) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let readme = text_of("README.md");
    let begin = format!("<!-- generated: {name} -->\n");
    let (before, rest) = readme
        .split_once(&begin)
        .unwrap_or_else(|| panic!("README.md has lost its line {}", begin.trim_end()));
    let (found, after) = rest.split_once("<!-- end -->").expect("<!-- end --> after the table");
    let expected = format!("\n{}\n\n", rows.join("\n"));
    if found == expected {
        return;
    }
    assert!(
        std::env::var_os("UPDATE_README").is_some(),
        "{MEND}\n--- README.md, {name}\n{found}--- the code\n{expected}"
    );
    let mended = format!("{before}{begin}{expected}<!-- end -->{after}");
    fs::write(root().join("README.md"), mended).expect("README.md can be written");
}

/// Every documented operation, as `dialect METHOD path`.
fn documented() -> Vec<String> {
    text_of("tests/operations.csv")
        .lines()
        .skip(1)
        .map(|line| line.split(',').take(3).collect::<Vec<_>>().join(" "))
        .collect()
}

/// Those of them that are built.
fn built() -> Vec<String> {
    let unbuilt = text_of("tests/unbuilt.txt");
    let unbuilt: BTreeSet<&str> = unbuilt.lines().collect();
    documented().into_iter().filter(|operation| !unbuilt.contains(operation.as_str())).collect()
}

/// What the files under tests/it/routes say they test.
fn tested() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for group in fs::read_dir(root().join("tests/it/routes")).expect("tests/it/routes") {
        let group = group.expect("an entry").path();
        for file in fs::read_dir(&group).into_iter().flatten() {
            let text = text_of(file.expect("an entry").path());
            let operation = text.lines().next().and_then(|line| line.strip_prefix("//! "));
            if text.contains("#[tokio::test") {
                found.extend(operation.map(|operation| operation.trim_end_matches('.').to_owned()));
            }
        }
    }
    found
}

#[test]
fn the_table_of_operations_is_counted_and_not_typed() {
    let (documented, built, tested) = (documented(), built(), tested());
    let row = |name: &str, of: &dyn Fn(&str) -> bool| {
        let count = |all: &[String]| all.iter().filter(|operation| of(operation)).count();
        let tested = documented.iter().filter(|o| of(o) && tested.contains(*o)).count();
        format!("| {name} | {} | {} | {tested} |", count(&documented), count(&built))
    };
    let mut rows = vec![
        "| dialect | documented | built | tested |".to_owned(),
        "|---|--:|--:|--:|".to_owned(),
    ];
    let mut dialects: Vec<&str> =
        documented.iter().filter_map(|operation| operation.split(' ').next()).collect();
    dialects.dedup();
    for dialect in dialects {
        rows.push(row(dialect, &|operation| operation.split(' ').next() == Some(dialect)));
    }
    rows.push(row("**all**", &|_| true));
    generated("operations", &rows);
}

#[test]
fn the_entity_chart_is_that_of_the_store() {
    let keys = text_of("shared/store/src/keys.rs");
    let (_, chart) = keys.split_once("//! # Entities\n//!\n").expect("the chart in keys.rs");
    let rows: Vec<String> = chart
        .lines()
        .map_while(|line| line.strip_prefix("//! |"))
        .map(|row| format!("|{row}"))
        .collect();
    assert!(rows.len() > 10, "{rows:#?}");
    generated("entities", &rows);
}

/// Operations as they were carried out, with what each consumed.
struct Metered<'a> {
    app: &'a App,
    rows: Vec<(&'static str, Reply)>,
}

impl Metered<'_> {
    /// Carries `operation` out and, so that the next one meets no job half done, all that follows.
    async fn send(&mut self, operation: &'static str, request: Request) -> Value {
        let reply = request.send().await;
        assert!((200..300).contains(&reply.status), "{operation}: {} {}", reply.status, reply.text);
        let body = serde_json::from_str(&reply.text).unwrap_or(Value::Null);
        self.rows.push((operation, reply));
        self.app.drain().await;
        body
    }
}

const PAGE: &str = "<html><head><title>Opening</title></head><body><main><article><h1>Hours</h1>\
    <p>The Harbour Museum opens at ten in the morning and closes at six in the evening.</p>\
    <p>On Mondays the Harbour Museum stays closed.</p></article></main></body></html>";
const QUESTION: &str = "When does the Harbour Museum open?";

fn id(value: &Value) -> String {
    value.as_str().expect("an id").to_owned()
}

async fn chatbots(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let session = &tenant.session;
    let path = "/api/v1/chatbots";
    metered.send("openbat GET /api/v1/chatbots", app.get(path).bearer(session)).await;
    let new = json!({"name": "Second"});
    let made = metered
        .send("openbat POST /api/v1/chatbots", app.post(path).bearer(session).json(&new))
        .await;
    let one = format!("{path}/{}", id(&made["chatbot"]["id"]));
    metered.send("openbat GET /api/v1/chatbots/{id}", app.get(&one).bearer(session)).await;
    let change = json!({"settings": {"onboarded": true}});
    metered
        .send("openbat PATCH /api/v1/chatbots/{id}", app.patch(&one).bearer(session).json(&change))
        .await;
    let rotate = app.post(&format!("{one}/rotate-key")).bearer(session);
    metered.send("openbat POST /api/v1/chatbots/{id}/rotate-key", rotate).await;
    metered.send("openbat DELETE /api/v1/chatbots/{id}", app.delete(&one).bearer(session)).await;

    let key = &tenant.conferbot;
    let path = "/api/v1/external/v1/chatbots";
    metered.send("conferbot GET /api/v1/external/v1/chatbots", app.get(path).api_key(key)).await;
    let new = app.post(path).api_key(key).json(&json!({"name": "Third"}));
    let made = metered.send("conferbot POST /api/v1/external/v1/chatbots", new).await;
    let one = format!("{path}/{}", id(&made["data"]["id"]));
    metered
        .send("conferbot GET /api/v1/external/v1/chatbots/{id}", app.get(&one).api_key(key))
        .await;
    let change = app.put(&one).api_key(key).json(&json!({"description": "Another"}));
    metered.send("conferbot PUT /api/v1/external/v1/chatbots/{id}", change).await;
    metered
        .send("conferbot DELETE /api/v1/external/v1/chatbots/{id}", app.delete(&one).api_key(key))
        .await;
}

async fn bots(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let (key, path) = (&tenant.chatbotplatform, "/v1/bots");
    metered.send("chatbotplatform GET /v1/bots", app.get(path).bearer(key)).await;
    let new = app.post(path).bearer(key).json(&json!({"name": "Fourth"}));
    let made = metered.send("chatbotplatform POST /v1/bots", new).await;
    let one = format!("{path}/{}", id(&made["data"]["id"]));
    metered.send("chatbotplatform GET /v1/bots/{id}", app.get(&one).bearer(key)).await;
    let change = app.patch(&one).bearer(key).json(&json!({"description": "Another"}));
    metered.send("chatbotplatform PATCH /v1/bots/{id}", change).await;
    metered.send("chatbotplatform DELETE /v1/bots/{id}", app.delete(&one).bearer(key)).await;
}

/// Leaves a page and a pair behind, from which the chatbot answers.
async fn knowledge(metered: &mut Metered<'_>, tenant: &Tenant, site: &Site) {
    let app = metered.app;
    let (secret, path) = (&tenant.secret, "/api/v1/knowledge");
    let pair = json!({"question": "Do you have parking?", "answer": "Yes, behind the house."});
    let add =
        |kind: &str, body: Value| app.post(&format!("{path}/{kind}")).bearer(secret).json(&body);
    metered.send("botplot POST /api/v1/knowledge/qa", add("qa", pair.clone())).await;
    let page = json!({"url": format!("{}/opening", site.url)});
    let added = metered.send("botplot POST /api/v1/knowledge/url", add("url", page)).await;
    let one = format!("{path}/{}", id(&added["sourceId"]));
    metered.send("botplot GET /api/v1/knowledge", app.get(path).bearer(secret)).await;
    metered.send("botplot GET /api/v1/knowledge/{sourceId}", app.get(&one).bearer(secret)).await;
    let again = app.post(&format!("{one}/recrawl")).bearer(secret);
    metered.send("botplot POST /api/v1/knowledge/{sourceId}/recrawl", again).await;
    let other = json!({"question": "Is there a shop?", "answer": "Yes."});
    let other = add("qa", other).send().await.ok();
    let other = app.delete(&format!("{path}/{}", id(&other["sourceId"]))).bearer(secret);
    metered.send("botplot DELETE /api/v1/knowledge/{sourceId}", other).await;
}

async fn conversations(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let ask =
        |path: &str| app.post(path).bearer(&tenant.public).json(&json!({"message": QUESTION}));
    // Warm: what the chatbot knows is in memory from here on.
    ask("/api/v1/chat").send().await.ok();
    app.drain().await;
    let answer = metered.send("botplot POST /api/v1/chat", ask("/api/v1/chat")).await;
    assert_eq!(answer["sources"], 1, "{answer}");
    metered.send("botplot POST /api/v1/chat/stream", ask("/api/v1/chat/stream")).await;
    let site = app.post("/api/v1/chat").bearer(&tenant.helpbot);
    metered.send("helpbot POST /api/v1/chat", site.json(&json!({"question": QUESTION}))).await;
    let (secret, path) = (&tenant.secret, "/api/v1/conversations");
    metered.send("botplot GET /api/v1/conversations", app.get(path).bearer(secret)).await;
    let one = format!("{path}/{}", id(&answer["conversationId"]));
    metered.send("botplot GET /api/v1/conversations/{id}", app.get(&one).bearer(secret)).await;
    let bot = format!("/api/v1/external/v1/chatbots/{}", tenant.chatbot);
    let read = |path: String| app.get(&path).api_key(&tenant.conferbot);
    let responses = "conferbot GET /api/v1/external/v1/chatbots/{id}/responses";
    metered.send(responses, read(format!("{bot}/responses"))).await;
    let response = "conferbot GET /api/v1/external/v1/chatbots/{id}/responses/{responseId}";
    let path = format!("{bot}/responses/{}", id(&answer["conversationId"]));
    metered.send(response, read(path)).await;
    let analytics = "conferbot GET /api/v1/external/v1/chatbots/{id}/analytics";
    metered.send(analytics, read(format!("{bot}/analytics"))).await;
    let gone = app.delete(&one).bearer(secret);
    metered.send("botplot DELETE /api/v1/conversations/{id}", gone).await;
}

async fn bot_conversations(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let key = &tenant.chatbotplatform;
    let path = format!("/v1/bots/{}/conversations", tenant.chatbot);
    let listed = metered
        .send("chatbotplatform GET /v1/bots/{bot_id}/conversations", app.get(&path).bearer(key))
        .await;
    let one = format!("/v1/conversations/{}", id(&listed["data"][0]["id"]));
    metered.send("chatbotplatform GET /v1/conversations/{id}", app.get(&one).bearer(key)).await;
    let messages = app.get(&format!("{one}/messages")).bearer(key);
    metered.send("chatbotplatform GET /v1/conversations/{id}/messages", messages).await;
    let gone = app.delete(&one).bearer(key);
    metered.send("chatbotplatform DELETE /v1/conversations/{id}", gone).await;
}

async fn leads(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let (secret, path) = (&tenant.secret, "/api/v1/leads");
    let lead = json!({"name": "Ada", "email": "ada@example.com"});
    let left = app.post(path).bearer(&tenant.public).json(&lead).send().await;
    assert_eq!(left.status, 201, "{}", left.text);
    app.drain().await;
    metered.send("botplot GET /api/v1/leads", app.get(path).bearer(secret)).await;
    let one = format!("{path}/{}", id(&left.json()["lead"]["id"]));
    metered.send("botplot DELETE /api/v1/leads/{id}", app.delete(&one).bearer(secret)).await;
}

async fn webhooks(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let receiver = Receiver::start().await;
    let secret = &tenant.secret;
    let path = format!("/api/v1/projects/{}/webhooks", tenant.chatbot);
    let new = json!({"url": receiver.url, "events": ["conversation.ended"]});
    let made = metered
        .send(
            "botplot POST /api/v1/projects/{projectId}/webhooks",
            app.post(&path).bearer(secret).json(&new),
        )
        .await;
    metered
        .send("botplot GET /api/v1/projects/{projectId}/webhooks", app.get(&path).bearer(secret))
        .await;
    let one = format!("{path}/{}", id(&made["webhook"]["id"]));
    let test = app.post(&format!("{one}/test")).bearer(secret);
    metered.send("botplot POST /api/v1/projects/{projectId}/webhooks/{webhookId}/test", test).await;
    let gone = app.delete(&one).bearer(secret);
    metered.send("botplot DELETE /api/v1/projects/{projectId}/webhooks/{webhookId}", gone).await;
}

/// Carries every operation out once, on a platform of its own.
async fn measured() -> Vec<(&'static str, Reply)> {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let site = Site::start(&[("/opening", PAGE)]).await;
    let mut metered = Metered { app: &app, rows: Vec::new() };
    let usage = || app.get("/api/v1/external/v1/usage").api_key(&tenant.conferbot);
    // The first call of a minute opens it, which costs more than those that follow.
    usage().send().await.ok();
    app.get("/v1/bots").bearer(&tenant.chatbotplatform).send().await.ok();
    metered.send("conferbot GET /api/v1/external/v1/usage", usage()).await;
    chatbots(&mut metered, &tenant).await;
    bots(&mut metered, &tenant).await;
    knowledge(&mut metered, &tenant, &site).await;
    conversations(&mut metered, &tenant).await;
    bot_conversations(&mut metered, &tenant).await;
    leads(&mut metered, &tenant).await;
    webhooks(&mut metered, &tenant).await;
    let copy = format!("/api/v1/external/v1/chatbots/{}/duplicate", tenant.chatbot);
    metered
        .send(
            "conferbot POST /api/v1/external/v1/chatbots/{id}/duplicate",
            app.post(&copy).api_key(&tenant.conferbot),
        )
        .await;
    let rows = metered.rows;
    app.finish().await;
    rows
}

fn minute() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970");
    since.as_secs() / 60
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_units_is_measured() {
    let mut rows = Vec::new();
    // A new minute in between would show in one row or another; it takes seconds, so two in a
    // row are not cut.
    for _ in 0..3 {
        let begun = minute();
        rows = measured().await;
        if minute() == begun {
            break;
        }
    }
    let mut table = vec![
        "| operation | read units | write units | round trips |".to_owned(),
        "|---|--:|--:|--:|".to_owned(),
    ];
    for operation in built() {
        if NOT_METERED.contains(&operation.as_str()) {
            continue;
        }
        let found = rows.iter().find(|(metered, _)| *metered == operation);
        let (_, reply) = found.unwrap_or_else(|| {
            panic!("{operation} is built: carry it out once in {} so that it is metered", file!())
        });
        let (read, write, round_trips) = reply.units();
        let round_trips = match OVERLAPPING.contains(&operation.as_str()) {
            true => "–".to_owned(),
            false => round_trips.to_string(),
        };
        table.push(format!("| {operation} | {read} | {write} | {round_trips} |"));
    }
    generated("units", &table);
}

#[test]
fn every_setting_flag_and_parameter_is_explained() {
    let template = Template::parse(TEXT).expect("the template");
    let mut names: BTreeSet<String> = template.parameters.keys().cloned().collect();
    names.extend(template.functions.iter().flat_map(|f| f.settings.keys().cloned()));
    let flags = Options::command();
    names.extend(flags.get_arguments().filter_map(|a| a.get_long()).map(|l| format!("--{l}")));
    let readme = text_of("README.md");
    let silent: Vec<_> = names
        .iter()
        .filter(|name| !["`", " "].iter().any(|end| readme.contains(&format!("`{name}{end}"))))
        .collect();
    assert!(silent.is_empty(), "README.md has no row for {silent:?}; add one under Configuration");
}

/// A code span that begins with a folder of ours names a file or a folder.
#[test]
fn what_the_documents_name_is_there() {
    let folders = ["functions/", "shared/", "infra/", "tests/", "events/", "docs/", ".ci/"];
    for document in ["README.md", "CONTRIBUTING.md", "docs/choices.md"] {
        let text = text_of(document);
        let prose: String = text.split("```").step_by(2).collect();
        let missing: Vec<&str> = prose
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|span| folders.iter().any(|folder| span.starts_with(folder)))
            .filter(|span| !span.contains(['<', '{', '*', ' ']) && !root().join(span).exists())
            .collect();
        assert!(missing.is_empty(), "{document} names what is not there: {missing:?}");
    }
}
