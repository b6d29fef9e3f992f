//! What led to an answer, put together while a turn runs, and read by its owner.

use std::time::{Duration, Instant};

use domain::{
    ChatbotId, Error, MessageId, Result, TracedAttempt, TracedBackend, TracedMessage,
    TracedPassage, TracedSearch, Turn, TurnTrace, conversation::shorten,
    trace::MAX_TRACED_PASSAGES,
};
use knowledge::{Found, Match};

use crate::{App, integrations::ask::BackendAttempt};

/// Characters of an error that are kept.
const MAX_ERROR: usize = 300;

/// What is known of a trace before a question is answered.
#[derive(Debug)]
pub(super) struct TraceDraft {
    rewritten: Option<String>,
    searches: Vec<TracedSearch>,
    search: Duration,
    threshold: f64,
}

impl TraceDraft {
    /// Of searches that began at `begun`.
    pub fn new(
        begun: Instant,
        threshold: f64,
        rewritten: Option<String>,
        searches: impl Iterator<Item = TracedSearch>,
    ) -> Self {
        let searches = searches.collect();
        Self { rewritten, searches, search: begun.elapsed(), threshold }
    }

    /// The trace of `turn`, for which `attempts` were made with this prompt.
    pub fn of(
        self,
        turn: &Turn,
        prompt: Vec<TracedMessage>,
        attempts: &[BackendAttempt],
    ) -> TurnTrace {
        let attempts: Vec<TracedAttempt> = attempts.iter().map(attempt).collect();
        let backend = (!attempts.is_empty()).then(|| TracedBackend::new(prompt, attempts));
        TurnTrace {
            message_id: turn.id,
            conversation_id: turn.conversation_id,
            chatbot_id: turn.chatbot_id,
            asked_at: turn.asked_at,
            question: turn.question.clone(),
            rewritten: self.rewritten,
            searches: self.searches,
            confidence: turn.confidence,
            threshold: self.threshold,
            backend,
            answer: TurnTrace::answer_kept(&turn.answer),
            unanswered: turn.unanswered,
            search_ms: millis(self.search),
            total_ms: millis(turn.answered_at.since(turn.asked_at)),
        }
    }
}

/// What a search for `text` found.
pub(super) fn search(text: &str, found: &Found) -> TracedSearch {
    let passages = match &found.best {
        Match::Pair(pair, citation) => {
            let content = format!("{}\n{}", pair.question, pair.answer);
            vec![TracedPassage::new(citation.clone(), found.confidence, &content)]
        }
        Match::Passages(passages) => passages
            .iter()
            .take(MAX_TRACED_PASSAGES)
            .map(|found| TracedPassage::new(found.citation.clone(), found.score, &found.content))
            .collect(),
        Match::Nothing => Vec::new(),
    };
    TracedSearch {
        text: text.to_owned(),
        confidence: found.confidence,
        is_pair: matches!(found.best, Match::Pair(..)),
        found: passages,
    }
}

fn attempt(attempt: &BackendAttempt) -> TracedAttempt {
    let integration = &attempt.backend.integration;
    TracedAttempt {
        integration_id: integration.id,
        kind: integration.kind,
        model: integration.model.clone(),
        first_text_ms: attempt.first_text.map(millis),
        total_ms: millis(attempt.total),
        error: attempt.error.as_ref().map(|error| shorten(&error.to_string(), MAX_ERROR)),
    }
}

fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

impl App {
    /// What led to an answer of `chatbot`, by the answer's message.
    pub async fn trace(&self, chatbot: ChatbotId, answer: MessageId) -> Result<TurnTrace> {
        let unknown = || Error::not_found("trace");
        let conversation = self.conversation_answered_by(answer).await?.ok_or_else(unknown)?;
        let found = self.store.trace(chatbot, conversation, answer, self.now()).await?;
        found.ok_or_else(unknown)
    }
}
