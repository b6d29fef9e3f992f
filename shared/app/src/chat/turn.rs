//! A chat turn: found, answered, stored. Everything else (statistics, webhooks, mail) hangs on the
//! stream.

use std::sync::Arc;

use ai::{Grounding, Model, ModelError, Prompt};
use domain::{
    Chatbot, ChatbotId, Citation, Conversation, ConversationId, ConversationStatus, Dialect, Error,
    ErrorKind, HandoffStatus, MessageId, Principal, Result, Timestamp, Turn, WorkspaceId,
    chatbot::REFUSAL,
    conversation::{Ask, FIRST_MESSAGE, MOST_MESSAGES, shorten},
};
use futures::StreamExt;
use knowledge::{Found, Match, Passage, Retriever};
use store::TurnWrite;
use tokio::sync::mpsc;

use crate::{
    Core,
    access::usage::CREDITS,
    chat::nearest::Nearest,
    knowledge::indexes::{Indexes, Known, Large},
};

/// Passages that are looked at, and those of them an answer is drawn from.
const SEARCHED: usize = 8;
const GROUNDING: usize = 3;
/// A passage that scores this share of the best one adds to the answer.
const CLOSE: f64 = 0.75;
/// How often a turn whose conversation changed meanwhile is written again.
const ATTEMPTS: u32 = 4;
/// What a visitor reads while a person has taken over.
const HANDED_OFF: &str = "A person has taken over this conversation and will answer you.";

/// Chatting: what the `chat` function needs beyond [`Core`].
#[derive(Clone)]
pub struct Chat {
    core: Core,
    indexes: Indexes,
    model: Arc<dyn Model>,
}

/// What the visitor is told, before it is stored.
struct Answer {
    text: String,
    citations: Vec<Citation>,
    confidence: f64,
    unanswered: bool,
}

impl Answer {
    fn fixed(text: &str, confidence: f64, unanswered: bool) -> Self {
        Self { text: text.to_owned(), citations: Vec::new(), confidence, unanswered }
    }
}

/// Where pieces of an answer go while it is made; dropped pieces are no failure, since the client
/// may be gone.
pub type Pieces = mpsc::Sender<String>;

impl Chat {
    /// Chatting over `core` with `model`.
    pub fn new(core: Core, model: Arc<dyn Model>) -> Self {
        Self { core, indexes: Indexes::default(), model }
    }

    /// What it is over.
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// Answers `ask` for whoever calls with `principal`, and stores the turn. Reads are made in
    /// parallel and the write is one transaction.
    pub async fn ask(
        &self,
        principal: &Principal,
        dialect: Dialect,
        ask: Ask,
        pieces: Option<&Pieces>,
    ) -> Result<Turn> {
        let asked_at = Timestamp::now();
        let chatbot_id = principal.may_chat()?;
        let (chatbot, conversation) = tokio::try_join!(
            self.chatbot(principal.workspace_id, chatbot_id),
            self.conversation(chatbot_id, ask.conversation_id)
        )?;
        if dialect == Dialect::Helpbot {
            self.take_credit(principal).await?;
        }
        let answer = match conversation.as_ref().map(|c| c.status) {
            Some(ConversationStatus::HandedOff) => Answer::fixed(HANDED_OFF, 1.0, false),
            _ => self.answer(&chatbot, &ask.message, pieces).await?,
        };
        if answer.citations.is_empty()
            && let Some(pieces) = pieces
        {
            // Nothing was streamed yet: a refusal or a fixed text goes as one piece.
            let _ = pieces.send(answer.text.clone()).await;
        }
        // Made at the time of the question, and so is the id of the conversation that it opens.
        let id = MessageId::at(asked_at);
        let opened = || ConversationId::opened_by(id);
        let turn = Turn {
            id,
            question_id: MessageId::new(),
            conversation_id: conversation.as_ref().map_or_else(opened, |c| c.id),
            chatbot_id,
            workspace_id: principal.workspace_id,
            question: ask.message.clone(),
            answer: answer.text,
            citations: answer.citations,
            confidence: answer.confidence,
            unanswered: answer.unanswered,
            rating: None,
            rated_at: None,
            asked_at,
            answered_at: Timestamp::now(),
        };
        self.store(dialect, &ask, conversation, &turn).await?;
        Ok(turn)
    }

    /// The chatbot of a key. If it is gone the key is worth nothing any more.
    async fn chatbot(&self, workspace: WorkspaceId, id: ChatbotId) -> Result<Chatbot> {
        let chatbot = self.core.store.chatbot(workspace, id).await?;
        let chatbot = chatbot.ok_or_else(Error::unauthorized)?;
        if chatbot.disabled {
            return Err(Error::new(ErrorKind::Forbidden, "this chatbot is disabled"));
        }
        Ok(chatbot)
    }

    /// A helpbot question takes a credit of its workspace's month.
    async fn take_credit(&self, principal: &Principal) -> Result<()> {
        let now = Timestamp::now();
        let most = self.core.plans.of(principal.plan).helpbot_credits;
        if self.core.store.take(principal.workspace_id, CREDITS, most, now).await? {
            return Ok(());
        }
        let seconds = now.next_month().since(now).as_secs() + 1;
        Err(Error::new(ErrorKind::QuotaExceeded, "monthly credit limit reached")
            .retry_after(u32::try_from(seconds).unwrap_or(u32::MAX)))
    }

    async fn conversation(
        &self,
        chatbot: ChatbotId,
        id: Option<ConversationId>,
    ) -> Result<Option<Conversation>> {
        let Some(id) = id else { return Ok(None) };
        let found = self.core.store.conversation(chatbot, id).await?;
        found.map(Some).ok_or_else(|| Error::not_found("conversation"))
    }

    async fn answer(
        &self,
        chatbot: &Chatbot,
        question: &str,
        pieces: Option<&Pieces>,
    ) -> Result<Answer> {
        let (index, sense) = tokio::join!(
            self.indexes.current(&self.core, chatbot),
            self.core.semantics.of_question(question)
        );
        let Found { best, confidence } = match index? {
            Known::InMemory(index) => index.find_meant(question, sense.as_ref(), SEARCHED),
            Known::InTable(large) => {
                let Large { current, pairs } = &*large;
                let vector = sense.as_ref().map(|sense| sense.vector.numbers());
                let (store, pairs) = (&self.core.store, pairs.clone());
                let nearest = Nearest::to(store, chatbot.id, vector, current, pairs).await?;
                nearest.find(question, SEARCHED)
            }
        };
        match best {
            Match::Pair(pair, citation) => {
                if let Some(pieces) = pieces {
                    let _ = pieces.send(pair.answer.clone()).await;
                }
                Ok(Answer {
                    text: pair.answer,
                    citations: vec![citation],
                    confidence,
                    unanswered: false,
                })
            }
            Match::Passages(passages) if confidence >= chatbot.threshold() => {
                let grounding = grounding(passages);
                let citations = grounding.iter().map(|g| g.citation.clone()).collect();
                let prompt = Prompt { question: question.to_owned(), grounding };
                let mut reply = self.model.reply(prompt);
                let mut text = String::new();
                while let Some(piece) = reply.next().await {
                    let piece = match piece {
                        Ok(piece) => piece,
                        // What was found says nothing that could be quoted.
                        Err(ModelError::NoGrounding) => {
                            return Ok(Answer::fixed(REFUSAL, confidence, true));
                        }
                    };
                    text.push_str(&piece);
                    if let Some(pieces) = pieces {
                        let _ = pieces.send(piece).await;
                    }
                }
                Ok(Answer { text, citations, confidence, unanswered: false })
            }
            Match::Passages(_) | Match::Nothing => Ok(Answer::fixed(REFUSAL, confidence, true)),
        }
    }

    async fn store(
        &self,
        dialect: Dialect,
        ask: &Ask,
        mut read: Option<Conversation>,
        turn: &Turn,
    ) -> Result<()> {
        for _ in 0..ATTEMPTS {
            let (conversation, how) = match read {
                None => (opened(dialect, ask, turn), TurnWrite::Opens),
                Some(conversation) if conversation.message_count >= MOST_MESSAGES => {
                    let message = format!(
                        "a conversation can have at most {MOST_MESSAGES} messages; begin another"
                    );
                    return Err(Error::new(ErrorKind::Conflict, message));
                }
                Some(conversation) => {
                    let was = conversation.status;
                    (continued(conversation, turn), TurnWrite::Continues(was))
                }
            };
            if self.core.store.put_turn(&conversation, turn, how, self.core.idle).await? {
                return Ok(());
            }
            // Closed, handed over or deleted since it was read.
            read = self.conversation(turn.chatbot_id, Some(turn.conversation_id)).await?;
        }
        Err(Error::new(ErrorKind::Conflict, "the conversation is being changed by somebody else"))
    }
}

fn opened(dialect: Dialect, ask: &Ask, turn: &Turn) -> Conversation {
    let visitor = ask.visitor_id.clone();
    Conversation {
        id: turn.conversation_id,
        chatbot_id: turn.chatbot_id,
        workspace_id: turn.workspace_id,
        dialect,
        visitor_id: visitor.unwrap_or_else(|| format!("visitor_{}", turn.conversation_id)),
        session_id: ask.session_id.clone(),
        status: ConversationStatus::Active,
        handoff: HandoffStatus::None,
        handoff_at: None,
        handoff_reason: None,
        customer_email: None,
        overall_rating: None,
        message_count: 2,
        first_message: shorten(&turn.question, FIRST_MESSAGE),
        created_at: turn.asked_at,
        updated_at: turn.answered_at,
    }
}

/// A conversation goes on: one that was closed or put away is active again, one that a person has
/// taken over stays theirs.
fn continued(conversation: Conversation, turn: &Turn) -> Conversation {
    let status = match conversation.status {
        ConversationStatus::HandedOff => ConversationStatus::HandedOff,
        ConversationStatus::Active | ConversationStatus::Closed | ConversationStatus::Archived => {
            ConversationStatus::Active
        }
    };
    Conversation { status, updated_at: turn.answered_at, ..conversation }
}

/// The best passage, and those close behind it.
fn grounding(passages: Vec<Passage>) -> Vec<Grounding> {
    let best = passages.first().map_or(0.0, |passage| passage.score);
    passages
        .into_iter()
        .filter(|passage| passage.score >= CLOSE * best)
        .take(GROUNDING)
        .map(|Passage { citation, content, quote, .. }| Grounding { citation, content, quote })
        .collect()
}
