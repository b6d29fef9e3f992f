//! What led to an answer, for the chatbot's owner: what was searched and found, which backend was asked
//! with what, what it said, and how long that took. It holds no secret: keys and headers are no part of a
//! prompt. It is kept only while the chatbot's settings say so.

use serde::{Deserialize, Serialize};

use crate::{
    BackendKind, ChatbotId, Citation, ConversationId, IntegrationId, MessageId, Timestamp,
    conversation::shorten,
};

/// Days that a trace is kept.
pub const TRACE_DAYS: u32 = 30;
/// Passages of one search that are kept.
pub const MAX_TRACED_PASSAGES: usize = 8;
/// Characters of a passage that are kept.
const MAX_QUOTE: usize = 300;
/// Messages of a prompt that are kept, and characters of them together: a prompt has fewer, but an item
/// of the table must hold whatever comes.
const MAX_PROMPT: usize = 48;
const MAX_PROMPT_CHARACTERS: usize = 64_000;
/// Characters of an answer that are kept.
const MAX_ANSWER: usize = 16_000;
/// Requests to backends that are kept.
const MAX_ATTEMPTS: usize = 8;

/// What led to one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnTrace {
    /// The answer's message.
    pub message_id: MessageId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// The chatbot that answered.
    pub chatbot_id: ChatbotId,
    /// When the question came.
    pub asked_at: Timestamp,
    /// What the visitor wrote.
    pub question: String,
    /// The question of its own that a model made of a follow-up.
    pub rewritten: Option<String>,
    /// What was searched, in turn.
    pub searches: Vec<TracedSearch>,
    /// From 0 to 1: how sure the platform was in the end.
    pub confidence: f64,
    /// From which confidence on the chatbot answers.
    pub threshold: f64,
    /// What its AI backends were asked, if they were.
    pub backend: Option<TracedBackend>,
    /// What the visitor read.
    pub answer: String,
    /// Nothing relevant was found and the answer says so.
    pub unanswered: bool,
    /// Milliseconds of the searches, a rewrite included.
    pub search_ms: u32,
    /// Milliseconds from the question to the complete answer.
    pub total_ms: u32,
}

/// One search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TracedSearch {
    /// The text that was searched.
    pub text: String,
    /// From 0 to 1: how sure it was.
    pub confidence: f64,
    /// Whether a stored pair was the best, and not passages.
    pub is_pair: bool,
    /// What was found, best first.
    pub found: Vec<TracedPassage>,
}

/// A passage, or a stored pair, that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TracedPassage {
    /// Where it is from.
    pub citation: Citation,
    /// How well it fits, as its search scores it.
    pub score: f64,
    /// Its beginning.
    pub quote: String,
}

impl TurnTrace {
    /// The answer as it is kept.
    pub fn answer_kept(answer: &str) -> String {
        shorten(answer, MAX_ANSWER)
    }
}

impl TracedPassage {
    /// What was found, cut.
    pub fn new(citation: Citation, score: f64, content: &str) -> Self {
        Self { citation, score, quote: shorten(content, MAX_QUOTE) }
    }
}

/// What AI backends were asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TracedBackend {
    /// What the last one was asked, message by message.
    pub prompt: Vec<TracedMessage>,
    /// The requests, in order.
    pub attempts: Vec<TracedAttempt>,
}

impl TracedBackend {
    /// What was asked, within bounds: the first message, which has the rules and the passages, and the
    /// last ones.
    pub fn new(prompt: Vec<TracedMessage>, mut attempts: Vec<TracedAttempt>) -> Self {
        let left_out = prompt.len().saturating_sub(MAX_PROMPT);
        let kept = prompt.into_iter().enumerate().filter(|(at, _)| *at == 0 || *at > left_out);
        let mut left = MAX_PROMPT_CHARACTERS;
        let cut = |(_, TracedMessage { role, text }): (usize, TracedMessage)| {
            let text = shorten(&text, left);
            left = left.saturating_sub(text.chars().count());
            TracedMessage { role, text }
        };
        attempts.truncate(MAX_ATTEMPTS);
        Self { prompt: kept.map(cut).collect(), attempts }
    }
}

/// A message of a prompt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TracedMessage {
    /// `system`, `user` or `assistant`.
    pub role: String,
    /// Its text.
    pub text: String,
}

/// One request to a backend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TracedAttempt {
    /// The integration.
    pub integration_id: IntegrationId,
    /// What sort of backend it is.
    pub kind: BackendKind,
    /// Which of its models.
    pub model: Option<String>,
    /// Milliseconds to its first text.
    pub first_text_ms: Option<u32>,
    /// Milliseconds to its end.
    pub total_ms: u32,
    /// Why it failed, if it did.
    pub error: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_keeps_its_rules_and_its_end_within_bounds() {
        let message = |n: usize| TracedMessage { role: "user".to_owned(), text: n.to_string() };
        let kept = |n: usize| TracedBackend::new((0..n).map(message).collect(), Vec::new()).prompt;
        assert_eq!(kept(3).len(), 3);
        let long = kept(100);
        assert_eq!(long.len(), MAX_PROMPT);
        assert_eq!((long[0].text.as_str(), long[MAX_PROMPT - 1].text.as_str()), ("0", "99"));
        let huge = TracedMessage { role: "system".to_owned(), text: "x".repeat(100_000) };
        let kept = TracedBackend::new(vec![huge.clone(), huge], Vec::new()).prompt;
        let all: usize = kept.iter().map(|message| message.text.chars().count()).sum();
        // A text that is cut away leaves the mark of that.
        assert!(all <= MAX_PROMPT_CHARACTERS + 1, "{all}");
    }
}
