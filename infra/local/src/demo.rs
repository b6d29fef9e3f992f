//! The demo workspace: a chatbot that has read this product's own documentation, and a key of
//! every kind. Made once, and found again after a restart.

use std::{
    fs,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
    time::{Duration, Instant},
};

use app::{
    access::accounts::{NewMember, SignupRules},
    adapters::random,
    knowledge::sources::NewUrlSource,
};
use domain::{ChatbotId, SignupMode, SourceId, SourceStatus, WorkspaceId, chatbot::NewChatbot};
use outbound::Policy;
use serde::{Deserialize, Serialize};

use crate::{LocalError, LocalPlatform, Options, Result};

/// How long the demo's first crawl may take.
const FIRST_CRAWL: Duration = Duration::from_secs(120);

/// What `credentials.json` says.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Credentials {
    /// Where the API is.
    pub base_url: String,
    /// The demo workspace.
    pub workspace_id: String,
    /// Its chatbot.
    pub chatbot_id: String,
    /// A key of every kind.
    pub keys: Keys,
    /// Its member.
    pub session: Login,
}

/// The demo's keys.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Keys {
    /// For the workspace.
    pub conferbot: String,
    /// For the workspace.
    pub chatbotplatform: String,
    /// For chatting with the chatbot.
    pub botplot_public: String,
    /// For managing the chatbot.
    pub botplot_secret: String,
    /// For the site.
    pub helpbot: String,
    /// For the chatbot.
    pub openbat: String,
}

/// The demo's member.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Login {
    /// E-mail address.
    pub email: String,
    /// Password.
    pub password: String,
}

impl Credentials {
    /// The same as assignments for a shell, for `source .local/env`. The names are those in the
    /// examples of the documentation.
    fn shell(&self) -> String {
        let Self { base_url, workspace_id: _, chatbot_id, keys, session } = self;
        let Keys { conferbot, chatbotplatform, botplot_public, botplot_secret, helpbot, openbat } =
            keys;
        let variables = [
            ("BASE", base_url),
            ("BOT", chatbot_id),
            ("PK", botplot_public),
            ("SK", botplot_secret),
            ("WK", helpbot),
            ("OB", openbat),
            ("CB", conferbot),
            ("CP", chatbotplatform),
            ("EMAIL", &session.email),
            ("PASSWORD", &session.password),
        ];
        // credentials.json may have been edited: a quote in it must not end the string.
        let quoted = |value: &str| format!("'{}'", value.replace('\'', r"'\''"));
        variables.map(|(name, value)| format!("{name}={}\n", quoted(value))).concat()
    }
}

/// Writes `text` to `file`, readable by its owner alone, all of it or nothing.
pub(crate) fn write_private(file: &Path, text: &str) -> Result<()> {
    let broken = |e: std::io::Error| LocalError(format!("{}: {e}", file.display()));
    if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty() && !f.exists()) {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(broken)?;
    }
    let draft = file.with_extension("draft");
    // A draft left behind by a crash may have other rights; a new file has ours.
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(broken(error)),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    let mut out = options.write(true).create_new(true).mode(0o600).open(&draft).map_err(broken)?;
    out.write_all(text.as_bytes()).map_err(broken)?;
    out.sync_all().map_err(broken)?;
    fs::rename(&draft, file).map_err(broken)
}

/// Finds the demo workspace of an earlier start, or makes one.
pub(crate) async fn seed(platform: &LocalPlatform, options: &Options) -> Result<Credentials> {
    let file = options.data.join("credentials.json");
    let mut credentials = match known(platform, &file).await? {
        Some(credentials) => credentials,
        None => make(platform, options).await?,
    };
    credentials.base_url.clone_from(&platform.base_url);
    let workspace: WorkspaceId = credentials.workspace_id.parse().map_err(LocalError::of)?;
    let app = &platform.app;
    let set = app.store.set_plan(workspace, options.plan, app.now()).await;
    set.map_err(LocalError::of)?;
    if let Some(model) = &options.model {
        model.connect(platform, &credentials).await?;
    }
    let text = serde_json::to_string_pretty(&credentials).map_err(LocalError::of)?;
    write_private(&file, &format!("{text}\n"))?;
    write_private(&options.data.join("env"), &credentials.shell())?;
    Ok(credentials)
}

async fn known(platform: &LocalPlatform, file: &Path) -> Result<Option<Credentials>> {
    let Ok(text) = fs::read_to_string(file) else { return Ok(None) };
    let Ok(credentials) = serde_json::from_str::<Credentials>(&text) else { return Ok(None) };
    let (Ok(workspace), Ok(chatbot)) = (
        credentials.workspace_id.parse::<WorkspaceId>(),
        credentials.chatbot_id.parse::<ChatbotId>(),
    ) else {
        return Ok(None);
    };
    let found = platform.app.store.chatbot(workspace, chatbot).await.map_err(LocalError::of)?;
    Ok(found.map(|_| credentials))
}

async fn make(platform: &LocalPlatform, options: &Options) -> Result<Credentials> {
    let app = &platform.app;
    let suffix = random::hex_digits(8).map_err(LocalError::of)?;
    let email = format!("demo-{suffix}@colloquy.example");
    let password = random::hex_digits(24).map_err(LocalError::of)?;
    let member =
        NewMember::new(Some(&email), Some(&password), Some("Demo")).map_err(LocalError::of)?;
    let rules = SignupRules { mode: SignupMode::Open, plan: options.plan, trusts_addresses: true };
    let workspace = app.sign_up(member, rules).await.map_err(LocalError::of)?.workspace.id;
    let new = NewChatbot::new(Some("Colloquy demo"), Some("Answers from this product's docs"))
        .map_err(LocalError::of)?;
    let (chatbot, openbat) = app.create_chatbot(workspace, new).await.map_err(LocalError::of)?;
    let id = chatbot.id.to_string();
    let key = async |dialect: &str, kind: &str, chatbot: Option<&str>| -> Result<String> {
        let made = app.create_api_key(workspace, Some(dialect), Some(kind), chatbot).await;
        made.map(|made| made.secret).map_err(LocalError::of)
    };
    let keys = Keys {
        conferbot: key("conferbot", "workspace", None).await?,
        chatbotplatform: key("chatbotplatform", "workspace", None).await?,
        botplot_public: key("botplot", "public", Some(&id)).await?,
        botplot_secret: key("botplot", "secret", Some(&id)).await?,
        helpbot: key("helpbot", "site", Some(&id)).await?,
        openbat,
    };
    let docs = format!("{}/docs", platform.base_url);
    let source = NewUrlSource::new(Some(&docs), None, Policy::Local).map_err(LocalError::of)?;
    let source = app.add_url(workspace, chatbot.id, source).await.map_err(LocalError::of)?.id;
    if !options.services_only {
        wait_for(platform, chatbot.id, source).await?;
    }
    Ok(Credentials {
        base_url: platform.base_url.clone(),
        workspace_id: workspace.to_string(),
        chatbot_id: id,
        keys,
        session: Login { email, password },
    })
}

async fn wait_for(platform: &LocalPlatform, chatbot: ChatbotId, source: SourceId) -> Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < FIRST_CRAWL {
        let found = platform.app.source(chatbot, source).await.map_err(LocalError::of)?;
        match found.status {
            SourceStatus::Ready => return Ok(()),
            SourceStatus::Failed => {
                let reason = found.reason.unwrap_or_default();
                return Err(LocalError(format!(
                    "the documentation could not be crawled: {reason}"
                )));
            }
            SourceStatus::Pending | SourceStatus::Processing => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
    Err(LocalError(format!("the documentation was not crawled within {FIRST_CRAWL:?}")))
}
