//! What a backend is asked.

use domain::{ChatbotId, Citation};

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
}

/// What a backend needs to know about the chatbot that it speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatbotContext {
    /// Its id.
    pub id: ChatbotId,
    /// Its name, as its owner sees it.
    pub name: String,
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
    pub parameters: serde_json::Value,
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
            chatbot: ChatbotContext { id: ChatbotId::new(), name: "Ada".to_owned() },
            history: Vec::new(),
            message: message.to_owned(),
            grounding: quotes.iter().map(grounding).collect(),
            tools: Vec::new(),
        }
    }
}
