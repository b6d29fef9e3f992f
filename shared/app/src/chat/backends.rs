//! An answer of a chatbot's own AI backends: what they are asked, and what becomes of what they say.

use std::{collections::HashSet, time::Duration};

use ai::{
    ChatbotContext, Finish, Grounding, Message, MessageOrigin, Request, Rules, ToolChoice, Usage,
};
use domain::{
    AnswerFrom, BackendKind, BackendReport, BackendResult, Chatbot, Citation, ConversationId,
    MessageId, TracedMessage,
    chatbot::REFUSAL,
    conversation::{Platform, shorten},
};
use knowledge::{
    Passage,
    text::{self, Stems},
};

use super::{
    answer,
    history::estimate_tokens,
    plan::Reply,
    rewrite,
    stream::{Deltas, ReplyMode},
};
use crate::integrations::{
    Backend,
    ask::{AskOutcome, BackendAttempt, Deadline},
    drive::{AnswerOutcome, DeltaSink},
};

/// What a visitor reads when no backend answers.
const UNAVAILABLE: &str = "I can't answer right now. Please try again in a moment.";
/// Passages that a model reads, and their characters together.
const MODEL_PASSAGES: usize = 6;
const MODEL_CHARACTERS: usize = 12_000;
/// About how many tokens the rules take.
const RULES_TOKENS: usize = 400;
/// The largest answer, in tokens.
const MAX_OUTPUT_TOKENS: u32 = 1_024;
/// An answer without markers cites the passages that hold at least this share of its content words.
const CITED_OVERLAP: f64 = 0.4;
/// Characters of an error that is kept with a turn.
const MAX_ERROR: usize = 300;

/// A question for a chatbot's backends.
pub(super) struct BackendQuestion<'a> {
    pub chatbot: &'a Chatbot,
    pub conversation_id: ConversationId,
    pub message_id: MessageId,
    pub visitor_id: &'a str,
    pub message: &'a str,
    pub history: Vec<Message>,
    /// What was found, best first.
    pub passages: Vec<Passage>,
    pub confidence: f64,
}

impl BackendQuestion<'_> {
    /// What `backend` is asked.
    pub(super) fn request(&self, backend: &Backend) -> Request {
        let chatbot = self.chatbot;
        let rules = match chatbot.answer_from() {
            AnswerFrom::Knowledge => Rules::PassagesOnly,
            AnswerFrom::Anything => Rules::PassagesFirst,
        };
        let history = match backend.reads_history() {
            true => self.history.clone(),
            false => Vec::new(),
        };
        Request {
            chatbot: ChatbotContext {
                id: chatbot.id,
                name: chatbot.name.clone(),
                instructions: chatbot.instructions().to_owned(),
                rules,
            },
            history,
            message: self.message.to_owned(),
            grounding: self.grounding(backend),
            tools: Vec::new(),
            tool_choice: ToolChoice::Auto,
            max_output_tokens: MAX_OUTPUT_TOKENS,
            origin: MessageOrigin {
                conversation_id: self.conversation_id,
                message_id: self.message_id,
                visitor_id: self.visitor_id.to_owned(),
                visitor_name: None,
                visitor_username: None,
                platform: Platform::Web,
                chat_id: None,
            },
        }
    }

    /// About how many tokens an answer takes at most: what a model reads and the longest answer.
    pub(super) fn estimated_tokens(&self) -> u32 {
        let said = |message: &Message| match message {
            Message::User(text) | Message::Assistant { content: text, .. } => estimate_tokens(text),
            Message::ToolResult { content, .. } => estimate_tokens(content),
        };
        let history: usize = self.history.iter().map(said).sum();
        let passages: usize = self
            .passages
            .iter()
            .take(MODEL_PASSAGES)
            .map(|passage| estimate_tokens(&passage.content))
            .sum();
        let rules = RULES_TOKENS + estimate_tokens(self.chatbot.instructions());
        let input = rules + history + passages + estimate_tokens(self.message);
        MAX_OUTPUT_TOKENS.saturating_add(u32::try_from(input).unwrap_or(u32::MAX))
    }

    /// The passages for `backend`. A model judges itself whether they answer; what only quotes gets none
    /// that the chatbot isn't sure of.
    fn grounding(&self, backend: &Backend) -> Vec<Grounding> {
        let is_sure = self.confidence >= self.chatbot.threshold();
        match backend.integration.kind {
            _ if !backend.reads_grounding() => Vec::new(),
            BackendKind::Builtin if !is_sure => Vec::new(),
            BackendKind::Builtin => answer::grounding(self.passages.clone()),
            _ => {
                let mut left = MODEL_CHARACTERS;
                let fits = |passage: &&Passage| {
                    let characters = passage.content.chars().count();
                    let fits = characters <= left;
                    left = left.saturating_sub(characters);
                    fits
                };
                let passages = self.passages.iter().take(MODEL_PASSAGES).take_while(fits);
                passages.cloned().map(answer::grounded).collect()
            }
        }
    }

    /// The reply after the candidates were asked.
    pub(super) async fn reply(
        &self,
        asked: AskOutcome,
        attempts: Vec<BackendAttempt>,
        deltas: &Deltas,
    ) -> Reply {
        let confidence = self.confidence;
        let say = async |text: &str| {
            deltas.send(text.to_owned()).await;
            text.to_owned()
        };
        let (text, citations, unanswered, result, usage) = match asked {
            AskOutcome::Answered(AnswerOutcome { text, refused, cited, finish, usage }) => {
                let result = match finish {
                    Finish::Filtered => BackendResult::Filtered,
                    _ if refused => BackendResult::Refused,
                    Finish::Length => BackendResult::Truncated,
                    Finish::Stop | Finish::ToolCalls => BackendResult::Answered,
                };
                match (refused, text.is_empty()) {
                    (true, true) => (say(REFUSAL).await, Vec::new(), true, result, usage),
                    (true, false) => (text, Vec::new(), true, result, usage),
                    (false, _) => {
                        let grounding = self.answered_from(&attempts);
                        let citations = citations(&grounding, &cited, &text, &attempts);
                        let text = match result {
                            BackendResult::Truncated => text + &say("…").await,
                            _ => text,
                        };
                        (text, citations, false, result, usage)
                    }
                }
            }
            AskOutcome::BrokenOff(text) => {
                (text, Vec::new(), false, BackendResult::BrokenOff, Usage::default())
            }
            AskOutcome::Failed => {
                let text = say(UNAVAILABLE).await;
                (text, Vec::new(), false, BackendResult::Failed, Usage::default())
            }
        };
        let backend = attempts.last().map(|last| report(last, attempts.len(), result, usage));
        let prompt = self.prompt(&attempts);
        Reply { text, citations, confidence, unanswered, backend, attempts, prompt }
    }

    /// What the last backend was asked, where that is kept: a model everything, another one the
    /// conversation.
    fn prompt(&self, attempts: &[BackendAttempt]) -> Vec<TracedMessage> {
        let Some(last) = attempts.last().filter(|_| self.chatbot.traces()) else {
            return Vec::new();
        };
        let said = ai::transcript(&self.request(&last.backend)).into_iter();
        said.filter(|(role, _)| *role != "system" || rewrite::is_model(&last.backend))
            .map(|(role, text)| TracedMessage { role: role.to_owned(), text })
            .collect()
    }

    fn answered_from(&self, attempts: &[BackendAttempt]) -> Vec<Grounding> {
        attempts.last().map(|last| self.grounding(&last.backend)).unwrap_or_default()
    }
}

/// The sources of an answer: those that it named; what quotes names all it was given; for the others
/// those whose words it shares.
fn citations(
    grounding: &[Grounding],
    cited: &[usize],
    answer: &str,
    attempts: &[BackendAttempt],
) -> Vec<Citation> {
    let quotes =
        attempts.last().is_some_and(|a| a.backend.integration.kind == BackendKind::Builtin);
    let used: Vec<&Grounding> = match cited.is_empty() {
        _ if quotes => grounding.iter().collect(),
        false => cited.iter().filter_map(|place| grounding.get(*place)).collect(),
        true => {
            // Both by the answer's language: in another one they would share no words anyway.
            let stems = Stems::of(text::detect(answer));
            let said: HashSet<String> = stems.content_terms(answer).into_iter().collect();
            let shares = |g: &&Grounding| overlap(&stems, &said, &g.content) >= CITED_OVERLAP;
            grounding.iter().filter(shares).collect()
        }
    };
    let mut citations: Vec<Citation> = Vec::new();
    for grounding in used {
        if !citations.contains(&grounding.citation) {
            citations.push(grounding.citation.clone());
        }
    }
    citations
}

/// The share of the terms `said` that are in `passage`.
fn overlap(stems: &Stems, said: &HashSet<String>, passage: &str) -> f64 {
    let there: HashSet<String> = stems.terms(passage).collect();
    let shared = said.iter().filter(|word| there.contains(*word)).count();
    shared as f64 / said.len().max(1) as f64
}

fn report(
    last: &BackendAttempt,
    attempts: usize,
    result: BackendResult,
    usage: Usage,
) -> BackendReport {
    let integration = &last.backend.integration;
    let millis = |time: Duration| u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
    BackendReport {
        integration_id: integration.id,
        kind: integration.kind,
        model: integration.model.clone(),
        result,
        error: last.error.as_ref().map(|error| shorten(&error.to_string(), MAX_ERROR)),
        input_tokens: usage.input_tokens,
        output_tokens: usage.output_tokens,
        first_text_ms: last.first_text.map(millis),
        total_ms: millis(last.total),
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
    }
}

impl ReplyMode {
    /// The time that a turn has for its backends. A buffered route has to answer before API Gateway's
    /// 29 seconds are over, a streamed one before its function's minute is.
    pub(super) fn deadline(self) -> Deadline {
        Deadline::after(Duration::from_secs(match self {
            Self::Whole => 25,
            Self::Streamed => 54,
        }))
    }

    /// Where pieces go while a backend is asked.
    pub(super) fn sink(self, deltas: &Deltas) -> Option<&dyn DeltaSink> {
        match self {
            Self::Whole => None,
            Self::Streamed => Some(deltas),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::SourceId;

    use super::*;

    fn grounding(content: &str) -> Grounding {
        let citation =
            Citation { source_id: SourceId::new(), url: None, title: content.to_owned() };
        Grounding { citation, content: content.to_owned(), quote: String::new() }
    }

    fn titles(cited: &[usize], answer: &str) -> Vec<String> {
        let all = [
            grounding("Our shop opens at ten in the morning and closes at six."),
            grounding("Parking is free behind the building."),
        ];
        citations(&all, cited, answer, &[]).into_iter().map(|citation| citation.title).collect()
    }

    #[test]
    fn an_answer_cites_what_it_named_or_what_its_words_are_from() {
        let hours = "Our shop opens at ten in the morning and closes at six.";
        let parking = "Parking is free behind the building.";
        assert_eq!(titles(&[1], "Whatever."), [parking]);
        assert_eq!(titles(&[1, 0, 1, 7], "Whatever."), [parking, hours]);
        assert_eq!(titles(&[], "The shop opens at ten."), [hours]);
        assert_eq!(titles(&[], "You are welcome!"), [""; 0]);
    }
}
