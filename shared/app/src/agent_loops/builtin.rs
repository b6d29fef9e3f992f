//! The platform's own tools. A loop has none of them unless its owner names them: both only read.

use std::time::Duration;

use ai::{Grounding, Tool};
use domain::{AgentLoop, BuiltinTool, Chatbot, Result};
use knowledge::{Match, extract};
use outbound::{Client, Hop, Policy};
use serde_json::{Map, Value, json};
use url::Url;

use super::worker::LoopWorker;
use crate::{
    App,
    chat::search::{found, told},
    knowledge::indexes::Indexes,
};

/// The largest page, in bytes.
const MAX_PAGE: usize = 4 * 1024 * 1024;

/// Those that one loop has.
pub(super) struct BuiltinTools {
    app: App,
    indexes: Indexes,
    client: Client,
    chatbot: Option<Chatbot>,
    named: Vec<BuiltinTool>,
}

/// What a tool says, and whether it reports an error; or why it could not be called.
type Said = std::result::Result<(String, bool), String>;

impl BuiltinTools {
    /// Those that `agent_loop` names.
    pub async fn of(worker: &LoopWorker, agent_loop: &AgentLoop) -> Result<Self> {
        let chatbot = match agent_loop.chatbot_id {
            Some(id) => worker.app.store.chatbot(agent_loop.workspace_id, id).await?,
            None => None,
        };
        Ok(Self {
            app: worker.app.clone(),
            indexes: worker.indexes.clone(),
            client: worker.integrations.client()?,
            chatbot,
            named: agent_loop.tools.clone(),
        })
    }

    /// As the model is offered them.
    pub fn tools(&self) -> Vec<Tool> {
        self.named.iter().map(|tool| described(*tool)).collect()
    }

    /// Calls the one that goes by `name`.
    pub async fn call(
        &self,
        name: &str,
        arguments: &Map<String, Value>,
        time: Duration,
    ) -> Result<Said> {
        let text = |name: &str| {
            let text = arguments.get(name).and_then(Value::as_str).map(str::trim);
            text.filter(|text| !text.is_empty()).ok_or_else(|| format!("{name} must be a text"))
        };
        let Some(tool) = self.named.iter().find(|tool| tool.name() == name) else {
            return Ok(Err(format!("there is no tool {name}")));
        };
        match tool {
            BuiltinTool::SearchKnowledge => match text("query") {
                Ok(query) => self.search(query).await,
                Err(why) => Ok(Err(why)),
            },
            BuiltinTool::HttpGet => Ok(match text("url") {
                Ok(url) => self.get(url, time).await,
                Err(why) => Err(why),
            }),
        }
    }

    async fn search(&self, query: &str) -> Result<Said> {
        let Some(chatbot) = &self.chatbot else { return Ok(Err("the bot is gone".to_owned())) };
        let found = found(&self.app, &self.indexes, chatbot, query).await?;
        Ok(Ok((told(&found), false)))
    }

    async fn get(&self, text: &str, time: Duration) -> Said {
        let url =
            Url::parse(text).map_err(|error| format!("url must be an absolute URL: {error}"))?;
        if url.scheme() != "https" && self.client.policy() == Policy::Public {
            return Err("url must begin with https://".to_owned());
        }
        let headers = [("accept", "text/html,application/json,text/*;q=0.9")];
        let sent = tokio::time::timeout(time, self.client.hop(&url, &headers, MAX_PAGE)).await;
        match sent {
            Err(_) => Err(format!("no answer within {} seconds", time.as_secs())),
            Ok(Err(error)) => Err(error.to_string()),
            Ok(Ok(Hop::Redirected(target, _))) => {
                // Not followed: the model says where it wants to go.
                Ok((format!("redirects to {target}"), true))
            }
            Ok(Ok(Hop::Arrived(page))) => {
                let kind = page.content_type.unwrap_or_default();
                let text = String::from_utf8_lossy(&page.body);
                let text = match kind.starts_with("text/html") {
                    true => readable(&text, &page.url).unwrap_or_else(|| text.into_owned()),
                    false if is_text(&kind) => text.into_owned(),
                    false => format!("[{kind}, {} bytes]", page.body.len()),
                };
                Ok((format!("HTTP {}\n\n{text}", page.status), page.status >= 400))
            }
        }
    }

    /// Passages about `question` for the built-in answerer.
    pub async fn grounding(&self, question: &str) -> Result<Vec<Grounding>> {
        let Some(chatbot) = &self.chatbot else { return Ok(Vec::new()) };
        let found = found(&self.app, &self.indexes, chatbot, question).await?;
        if found.confidence < chatbot.threshold() {
            return Ok(Vec::new());
        }
        Ok(match found.best {
            Match::Pair(pair, citation) => {
                vec![Grounding { citation, content: pair.answer.clone(), quote: pair.answer }]
            }
            Match::Passages(passages) => passages
                .into_iter()
                .map(|p| Grounding { citation: p.citation, content: p.content, quote: p.quote })
                .collect(),
            Match::Nothing => Vec::new(),
        })
    }
}

fn is_text(kind: &str) -> bool {
    kind.is_empty() || kind.starts_with("text/") || kind.contains("json") || kind.contains("xml")
}

/// The main text of a page.
fn readable(html: &str, url: &Url) -> Option<String> {
    let document = extract::html(html, url).ok()?;
    let blocks = document.blocks.iter().map(|block| block.text.as_str());
    Some(std::iter::once(document.title.as_str()).chain(blocks).collect::<Vec<_>>().join("\n\n"))
}

fn described(tool: BuiltinTool) -> Tool {
    let (description, property, about) = match tool {
        BuiltinTool::SearchKnowledge => (
            "Searches the knowledge base and returns the passages that say most about the query.",
            "query",
            "A question or keywords",
        ),
        BuiltinTool::HttpGet => (
            "Gets a public web page or API resource and returns its text. Redirects are not followed.",
            "url",
            "An https URL",
        ),
    };
    Tool {
        name: tool.name().to_owned(),
        description: description.to_owned(),
        parameters: json!({
            "type": "object",
            "properties": {property: {"type": "string", "description": about}},
            "required": [property],
        }),
    }
}
