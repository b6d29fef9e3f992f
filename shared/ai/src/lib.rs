//! Model backends: from a question, its history and the passages found to an answer, piece by piece.
//!
//! An [`Answerer`] takes a [`Request`] and returns a stream of [`AnswerEvent`]s. Every outcome is a
//! variant: text is a [`AnswerEvent::Delta`], a wish to run a tool an [`AnswerEvent::ToolCall`], "it
//! isn't in the passages" an [`AnswerEvent::Refused`]; a stream that ended as it should ends with
//! [`AnswerEvent::Done`], and one that failed with an [`AnswerError`]. Nothing is inferred from the
//! wording of an answer.
//!
//! One file per backend: [`builtin`] quotes, [`echo`] repeats, [`openai`], [`anthropic`], [`bedrock`]
//! and [`custom`] ask a server. `http` is what those share, [`sse`] reads server-sent events (`frames`
//! those of AWS), `prompt` and [`markers`]
//! are the protocol with a model: passages inside a fence, citations and refusals as markers that no
//! visitor sees. They know no table and no route; which backend is asked, and what becomes of its
//! answer, is decided in `app`.
//!
//! [`mcp`] is a client of MCP servers, and [`tools`] what their tools are to a model: names, schemas and
//! results within bounds.

mod alternating;
pub mod anthropic;
pub mod bedrock;
pub mod builtin;
mod calls;
pub mod custom;
pub mod echo;
mod error;
mod frames;
mod http;
pub mod markers;
pub mod mcp;
pub mod openai;
mod prompt;
mod redaction;
mod request;
#[cfg(test)]
mod requests;
pub mod sse;
#[cfg(test)]
mod streams;
pub mod tools;

pub use anthropic::Anthropic;
pub use bedrock::BedrockConverse;
pub use builtin::{Builtin, pieces};
pub use custom::Custom;
pub use echo::Echo;
pub use error::{AnswerError, Clock};
use futures::stream::BoxStream;
pub use openai::OpenAi;
pub use prompt::transcript;
pub use request::{
    ChatbotContext, Endpoint, Grounding, Message, MessageOrigin, Request, Rules, Tool, ToolCall,
    ToolChoice,
};

/// A backend that answers.
pub trait Answerer: Send + Sync {
    /// Begins to answer. The stream ends after its first [`AnswerEvent::Done`] or error; a stream that
    /// is dropped ends the request to the backend.
    fn answer(&self, request: Request) -> AnswerStream;

    /// Whether it makes use of [`Request::history`], which costs a read of the table.
    fn reads_history(&self) -> bool {
        true
    }

    /// Whether it makes use of [`Request::grounding`].
    fn reads_grounding(&self) -> bool {
        true
    }

    /// Whether it makes use of [`Request::tools`].
    fn calls_tools(&self) -> bool {
        false
    }
}

/// What an [`Answerer`] returns.
pub type AnswerStream = BoxStream<'static, Result<AnswerEvent, AnswerError>>;

/// What happens while a backend answers, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum AnswerEvent {
    /// The next piece of the text. Pieces put together are the whole text.
    Delta(String),
    /// The backend wants a tool to be run; its arguments are complete.
    ToolCall(ToolCall),
    /// The backend used this passage: its place in [`Request::grounding`].
    Cited(usize),
    /// The backend says that it can't answer from the passages, or refuses to. Text that came before
    /// stays.
    Refused,
    /// The answer is complete.
    Done {
        /// What it cost.
        usage: Usage,
        /// Why it ended.
        finish: Finish,
    },
}

/// Tokens of one request, as the backend counts them; zero where it doesn't say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens read: instructions, passages, history and message, cached ones among them.
    pub input_tokens: u32,
    /// Tokens written, those of hidden reasoning among them.
    pub output_tokens: u32,
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The backend had said everything.
    Stop,
    /// The bound on the answer's length was reached.
    Length,
    /// The backend waits for the results of its tool calls.
    ToolCalls,
    /// A content filter ended it.
    Filtered,
}
