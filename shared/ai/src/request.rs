//! What a backend is asked.

use domain::{ChatbotId, Citation, ConversationId, MessageId, conversation::Platform};
use serde_json::{Map, Value};
use url::Url;

/// One question to a backend.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The chatbot that answers.
    pub chatbot: ChatbotContext,
    /// The conversation so far, oldest first, bounded by tokens.
    pub history: Vec<Message>,
    /// What the visitor wrote now.
    pub message: String,
    /// The passages to answer from, best first.
    pub grounding: Vec<Grounding>,
    /// Tools that the backend may call.
    pub tools: Vec<Tool>,
    /// Whether it may call them.
    pub tool_choice: ToolChoice,
    /// The largest answer, in tokens.
    pub max_output_tokens: u32,
    /// Where the message comes from.
    pub origin: MessageOrigin,
}

/// Whether a backend may call the tools that it is told of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ToolChoice {
    /// It decides.
    #[default]
    Auto,
    /// Text alone is an answer. The tools are declared all the same, since a history with their calls
    /// is refused without them.
    Forbidden,
}

/// Where a message comes from: what a team's own backend is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageOrigin {
    /// The conversation, also one that this message opens.
    pub conversation_id: ConversationId,
    /// The message.
    pub message_id: MessageId,
    /// The visitor, as the client names them or as we do.
    pub visitor_id: String,
    /// The visitor's name, where the platform tells it.
    pub visitor_name: Option<String>,
    /// The visitor's user name there.
    pub visitor_username: Option<String>,
    /// The platform.
    pub platform: Platform,
    /// The chat there.
    pub chat_id: Option<String>,
}

/// Where a backend is, and what goes with every request. It holds secrets: it has no `Debug`.
pub struct Endpoint {
    /// Its address.
    pub url: Url,
    /// Which of its models.
    pub model: Option<String>,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The key that it is asked with.
    pub api_key: Option<String>,
}

/// What a backend needs to know about the chatbot that it speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatbotContext {
    /// Its id.
    pub id: ChatbotId,
    /// Its name, as its owner sees it.
    pub name: String,
    /// What its owner tells the model; may be empty.
    pub instructions: String,
    /// What it may answer from.
    pub rules: Rules,
}

/// What a model may answer from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    /// From the passages alone.
    PassagesOnly,
    /// From the passages, and from what it knows.
    PassagesFirst,
    /// [`ChatbotContext::instructions`] are all that it is told; markers have no meaning.
    Verbatim,
}

/// A message of the conversation so far.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// From the visitor.
    User(String),
    /// From the chatbot.
    Assistant {
        /// What it said; may be empty where it only called tools.
        content: String,
        /// The tools that it called.
        tool_calls: Vec<ToolCall>,
    },
    /// The result of a tool call of the last assistant message.
    ToolResult {
        /// [`ToolCall::id`] of that call.
        call_id: String,
        /// What the tool returned, as text.
        content: String,
        /// Whether the tool failed.
        is_error: bool,
    },
}

/// A passage that an answer may be drawn from. Its text is a stranger's: never an instruction.
#[derive(Debug, Clone, PartialEq)]
pub struct Grounding {
    /// Where it is from.
    pub citation: Citation,
    /// The whole passage.
    pub content: String,
    /// The sentences of it that say most about the question.
    pub quote: String,
}

/// A tool that a backend may call.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// `[a-zA-Z0-9_-]{1,64}`, which every wire takes.
    pub name: String,
    /// What it does, for the model.
    pub description: String,
    /// JSON Schema of its arguments, an object.
    pub parameters: Value,
}

/// A tool that a backend called.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall {
    /// Unique within an answer; the result names it.
    pub id: String,
    /// [`Tool::name`].
    pub name: String,
    /// The arguments as JSON text, as the model wrote them: it may be invalid. `{}` for none.
    pub arguments: String,
}

impl ToolCall {
    /// The arguments as an object. The error is a text for the model that wrote them.
    pub fn object(&self) -> Result<Map<String, Value>, String> {
        match self.arguments.trim() {
            "" => Ok(Map::new()),
            text => match serde_json::from_str(text) {
                Ok(Value::Object(object)) => Ok(object),
                Ok(Value::Null) => Ok(Map::new()),
                Ok(_) => Err("The arguments must be a JSON object.".to_owned()),
                Err(error) => Err(format!("The arguments are not valid JSON: {error}.")),
            },
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use domain::SourceId;

    use super::*;

    /// A request with a passage for each of `quotes`.
    pub(crate) fn request(message: &str, quotes: &[&str]) -> Request {
        let grounding = |quote: &&str| Grounding {
            citation: Citation { source_id: SourceId::new(), url: None, title: String::new() },
            content: (*quote).to_owned(),
            quote: (*quote).to_owned(),
        };
        Request {
            chatbot: ChatbotContext {
                id: ChatbotId::new(),
                name: "Ada".to_owned(),
                instructions: String::new(),
                rules: Rules::PassagesOnly,
            },
            history: Vec::new(),
            message: message.to_owned(),
            grounding: quotes.iter().map(grounding).collect(),
            tools: Vec::new(),
            tool_choice: ToolChoice::Auto,
            max_output_tokens: 1_000,
            origin: MessageOrigin {
                conversation_id: "0197a000-0000-7000-8000-000000000001".parse().unwrap(),
                message_id: "0197a000-0000-7000-8000-000000000002".parse().unwrap(),
                visitor_id: "visitor-1".to_owned(),
                visitor_name: None,
                visitor_username: None,
                platform: Platform::Web,
                chat_id: None,
            },
        }
    }
}
