//! Asking to see: what a question finds and leads to, without a conversation, a credit or a backend of
//! the chatbot's own.

use domain::{
    Chatbot, Citation, ConversationId, MessageId, Principal, Result, conversation::ChatRequest,
};
use knowledge::{Found, Match, SearchOutcome, Thresholds};

use super::{
    plan::{Incoming, Reply},
    respond,
    retrieve::retriever,
    searches::Searches,
    stream::{Deltas, ReplyMode, TurnConversation},
    turn::Chat,
};
use crate::integrations::{Backends, ask::Candidates};

/// Passages that are shown.
const SHOWN: usize = 8;

/// What a question leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExplainedOutcome {
    /// It is small talk.
    SmallTalk,
    /// A stored pair asks the same and answers word for word.
    Pair,
    /// It is answered from passages.
    Passages,
    /// The visitor is asked whether something near was meant.
    Near,
    /// Nothing relevant is known.
    Refused,
}

/// A passage that a question found.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainedPassage {
    /// Where it is from.
    pub citation: Citation,
    /// What it says.
    pub content: String,
    /// How well it matches, to be compared with others of the same question only.
    pub score: f64,
    /// Whether the answer was drawn from its source.
    pub is_used: bool,
}

/// What a question found, and what it leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// What a visitor would read, if no backend of the chatbot's own is asked.
    pub answer: String,
    /// What it leads to.
    pub outcome: ExplainedOutcome,
    /// What was searched.
    pub searched: Vec<String>,
    /// Words that were taken for others: as asked, and as searched.
    pub corrections: Vec<(String, String)>,
    /// From 0 to 1: how likely it is that the best one answers.
    pub confidence: f64,
    /// From which confidence on it answers.
    pub threshold: f64,
    /// From which on it offers what may have been meant.
    pub near_threshold: f64,
    /// What it offers.
    pub offers: Vec<String>,
    /// What was found, best first.
    pub passages: Vec<ExplainedPassage>,
    /// Whether backends of the chatbot's own would be asked with these passages.
    pub asks_backends: bool,
}

impl Chat {
    /// What `question` leads to, asked of the chatbot of `principal`.
    pub async fn explain(&self, principal: &Principal, question: &str) -> Result<Explanation> {
        let chatbot = principal.may_chat()?;
        let chatbot = self.app.chatbot(principal.workspace_id, chatbot).await?;
        let request = ChatRequest::new(Some(question), None, None)?;
        let retriever = retriever(&self.app, &self.indexes, &chatbot).await?;
        let languages = retriever.languages();
        let message = respond::Message::read(&chatbot, &request.message, &[], &languages);
        let searches = Searches::of(&message, &*retriever, &self.app.semantics, SHOWN).await?;
        let searched: Vec<String> = searches.all.iter().map(|(text, _)| text.clone()).collect();
        let found = searches.choose(&message);
        let (id, now) = (MessageId::at(self.app.now()), self.app.now());
        let backends = self.integrations.of(&chatbot).await?;
        let asks_backends = !Candidates::of(&backends, id).all().is_empty();
        let incoming = Incoming {
            principal,
            id: MessageId::at(now),
            chatbot: &chatbot,
            conversation: None,
            conversation_id: ConversationId::opened_by(id),
            request: &request,
            candidates: Candidates::of(&Backends::default(), id),
            history: Some(Vec::new()),
            past: Vec::new(),
        };
        let plan = self.plan(&incoming).await?.plan;
        let nowhere = TurnConversation { id: incoming.conversation_id, is_new: true };
        let (deltas, _) = Deltas::channel(nowhere);
        let mode = (ReplyMode::Whole, ReplyMode::Whole.deadline());
        let reply = self.reply(plan, &incoming, mode, &deltas).await?;
        Ok(explanation(&chatbot, found, reply, searched, asks_backends))
    }
}

fn explanation(
    chatbot: &Chatbot,
    found: Found,
    reply: Reply,
    searched: Vec<String>,
    asks_backends: bool,
) -> Explanation {
    let thresholds = Thresholds { answer: chatbot.threshold(), near: chatbot.near_threshold() };
    let decided = thresholds.outcome(found.confidence, found.offered);
    let outcome = match (decided, &found.best, reply.unanswered) {
        (SearchOutcome::Near, _, true) => ExplainedOutcome::Near,
        (_, _, true) => ExplainedOutcome::Refused,
        // Answered without a source: the engine's own words.
        (_, _, false) if reply.citations.is_empty() => ExplainedOutcome::SmallTalk,
        (_, Match::Pair(..), false) => ExplainedOutcome::Pair,
        (_, Match::Passages(_) | Match::Nothing, false) => ExplainedOutcome::Passages,
    };
    let is_used = |citation: &Citation| reply.citations.contains(citation);
    let passages = match found.best {
        Match::Pair(pair, citation) => vec![ExplainedPassage {
            content: pair.answer,
            score: found.confidence,
            is_used: is_used(&citation),
            citation,
        }],
        Match::Passages(passages) => passages
            .into_iter()
            .map(|passage| ExplainedPassage {
                content: passage.content,
                score: passage.score,
                is_used: is_used(&passage.citation),
                citation: passage.citation,
            })
            .collect(),
        Match::Nothing => Vec::new(),
    };
    Explanation {
        answer: reply.text,
        outcome,
        searched,
        corrections: found.corrections,
        confidence: found.confidence,
        threshold: thresholds.answer,
        near_threshold: thresholds.near,
        offers: found.offers.into_iter().map(|offer| offer.text).collect(),
        passages,
        asks_backends,
    }
}
