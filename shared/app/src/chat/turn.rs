//! A chat turn: loaded, answered, stored. Everything that follows from it (statistics, webhooks, mail)
//! is derived from the table's stream.

pub mod channel_message;

use std::sync::Arc;

use ai::{Answerer, Message};
use domain::{
    BackendResult, Chatbot, ChatbotId, Conversation, ConversationId, ConversationStatus, Dialect,
    Error, ErrorKind, KeyKind, MessageId, Principal, Result, Timestamp, Turn, TurnTrace,
    conversation::{ChatRequest, FIRST_MESSAGE, MAX_MESSAGES, shorten},
    dialect::CreditMetering,
};
use store::{TurnWrite, meter::Meter};
use tracing::Instrument;

pub use super::stream::{ReplyMode, TurnConversation, TurnEvent, TurnStream};
use super::{
    history,
    plan::{Incoming, Planned, visitor_of},
    respond, rewrite,
    stream::Deltas,
};
use crate::{
    App,
    access::usage::share_of,
    integrations::{
        Integrations,
        ask::{Candidates, Deadline},
    },
    knowledge::indexes::Indexes,
};

/// How often a turn whose conversation changed meanwhile is written again.
const ATTEMPTS: u32 = 4;

/// Chatting: what the `chat` function needs beyond [`App`].
#[derive(Clone)]
pub struct Chat {
    pub(super) app: App,
    pub(super) indexes: Indexes,
    /// Answers while a chatbot has no AI backend of its own.
    pub(super) answerer: Arc<dyn Answerer>,
    pub(super) integrations: Integrations,
}

/// What is read before a message is answered.
pub(super) struct LoadedTurn {
    chatbot: Chatbot,
    /// The conversation that the message is part of; a new one is opened where there is none.
    pub conversation: Option<Conversation>,
    history: Option<Vec<Message>>,
    past: Vec<Turn>,
}

impl Chat {
    /// Chatting over `app`: chatbots answer with their `integrations`, those without with `answerer`.
    pub fn new(app: App, answerer: Arc<dyn Answerer>, integrations: Integrations) -> Self {
        Self { app, indexes: Indexes::default(), answerer, integrations }
    }

    /// What it is over.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Begins a turn for the caller `principal`, on a task of its own: a client that goes away takes
    /// only its connection along.
    pub fn begin(
        &self,
        principal: Principal,
        dialect: Dialect,
        request: ChatRequest,
        mode: ReplyMode,
    ) -> TurnStream {
        // Made at the time of the question, and so is the id of the conversation that it opens.
        let asked_at = self.app.now();
        let id = MessageId::at(asked_at);
        let conversation = TurnConversation {
            id: request.conversation_id.unwrap_or_else(|| ConversationId::opened_by(id)),
            is_new: request.conversation_id.is_none(),
        };
        let (deltas, events) = Deltas::channel(conversation);
        let (chat, meter) = (self.clone(), Meter::current());
        let work = async move {
            let result =
                chat.run(&principal, dialect, request, mode, (id, asked_at), &deltas).await;
            deltas.end(result).await;
        };
        tokio::spawn(async move { meter.scope(work).await }.in_current_span());
        events
    }

    /// One turn. Reads are made in parallel and the write is one transaction.
    async fn run(
        &self,
        principal: &Principal,
        dialect: Dialect,
        request: ChatRequest,
        mode: ReplyMode,
        asked: (MessageId, Timestamp),
        deltas: &Deltas,
    ) -> Result<Turn> {
        let deadline = mode.deadline();
        let loaded = self.load(principal, &request).await?;
        self.answer_loaded(loaded, (principal, dialect), request, (mode, deadline), asked, deltas)
            .await
    }

    /// Everything that an answer needs of the table, read in parallel.
    pub(super) async fn load(
        &self,
        principal: &Principal,
        request: &ChatRequest,
    ) -> Result<LoadedTurn> {
        let chatbot_id = principal.may_chat()?;
        let (chatbot, conversation, mut history, mut past) = tokio::try_join!(
            self.chatbot(principal, chatbot_id),
            self.conversation(chatbot_id, request),
            self.history_ahead(chatbot_id, request),
            self.past(request)
        )?;
        let continues = conversation.as_ref().map(|conversation| conversation.id);
        if continues != request.conversation_id {
            // What was said in a conversation that is over is not part of the next one.
            (history, past) = (None, Vec::new());
        }
        Ok(LoadedTurn { chatbot, conversation, history, past })
    }

    /// Answers `request` and stores the turn.
    pub(super) async fn answer_loaded(
        &self,
        LoadedTurn { chatbot, conversation, history, past }: LoadedTurn,
        (principal, dialect): (&Principal, Dialect),
        request: ChatRequest,
        (mode, deadline): (ReplyMode, Deadline),
        (id, asked_at): (MessageId, Timestamp),
        deltas: &Deltas,
    ) -> Result<Turn> {
        // Before a credit is taken and a model is asked.
        conversation.as_ref().map_or(Ok(()), has_room)?;
        let continues = conversation.as_ref().map(|conversation| conversation.id);
        let request = ChatRequest { conversation_id: continues, ..request };
        if let Some(credits) = dialect.profile().credits {
            self.take_credit(principal, credits).await?;
        }
        let opened = || ConversationId::opened_by(id);
        let conversation_id = conversation.as_ref().map_or_else(opened, |c| c.id);
        let incoming = Incoming {
            principal,
            id,
            chatbot: &chatbot,
            conversation: conversation.as_ref(),
            conversation_id,
            request: &request,
            candidates: Candidates::of(&self.integrations.of(&chatbot).await?, id),
            history,
            past,
        };
        let Planned { plan, rewrite, trace } = self.plan(&incoming).await?;
        let reply = self.reply(plan, &incoming, (mode, deadline), deltas).await?;
        let broke_off =
            reply.backend.as_ref().is_some_and(|b| b.result == BackendResult::BrokenOff);
        let turn = Turn {
            id,
            question_id: MessageId::new(),
            conversation_id,
            chatbot_id: chatbot.id,
            workspace_id: principal.workspace_id,
            question: request.message.clone(),
            answer: reply.text,
            citations: reply.citations,
            confidence: reply.confidence,
            unanswered: reply.unanswered,
            backend: rewrite::both(reply.backend, rewrite),
            rating: None,
            rated_at: None,
            asked_at,
            answered_at: self.app.now(),
        };
        let trace = trace.map(|draft| draft.of(&turn, reply.prompt, &reply.attempts));
        self.store(dialect, &request, conversation, (&turn, trace.as_ref())).await?;
        self.integrations.note(&reply.attempts).await;
        match broke_off {
            true => Err(Error::new(ErrorKind::Internal, "the answer broke off; please try again")),
            false => Ok(turn),
        }
    }

    /// The history, read beside everything else where this process knows that the chatbot's backends
    /// read it; `None` where it doesn't.
    async fn history_ahead(
        &self,
        chatbot: ChatbotId,
        request: &ChatRequest,
    ) -> Result<Option<Vec<Message>>> {
        match self.integrations.expect_history(chatbot) {
            true => history::load(&self.app.store, chatbot, request).await.map(Some),
            false => Ok(None),
        }
    }

    /// The last turns, if the message may leave out what they say. Nothing of them is used unless
    /// the conversation is the chatbot's.
    async fn past(&self, request: &ChatRequest) -> Result<Vec<Turn>> {
        match request.conversation_id.filter(|_| respond::may_refer_back(&request.message)) {
            Some(id) => self.app.store.last_turns(id, respond::MAX_PAST).await,
            None => Ok(Vec::new()),
        }
    }

    /// The chatbot of a key. If it is gone the key is worth nothing any more.
    async fn chatbot(&self, principal: &Principal, id: ChatbotId) -> Result<Chatbot> {
        let chatbot = self.app.store.chatbot(principal.workspace_id, id).await?;
        let chatbot = chatbot.ok_or_else(Error::unauthorized)?;
        if chatbot.disabled {
            return Err(Error::new(ErrorKind::Forbidden, "this chatbot is disabled"));
        }
        let is_of_a_page = matches!(principal.kind, KeyKind::Public | KeyKind::Site);
        if chatbot.is_web_off && is_of_a_page {
            let message = "the web channel of this chatbot is disconnected";
            return Err(Error::new(ErrorKind::Forbidden, message));
        }
        Ok(chatbot)
    }

    /// Takes a credit of the workspace's month.
    async fn take_credit(&self, principal: &Principal, credits: CreditMetering) -> Result<()> {
        let now = self.app.now();
        let limit = (credits.limit)(self.app.plans.of(principal.plan));
        let (workspace, limit) =
            (principal.workspace_id, limit.map(|limit| share_of(principal, limit)));
        if self.app.store.take(workspace, credits.counter, limit, now).await? {
            return Ok(());
        }
        let seconds = now.next_month().since(now).as_secs() + 1;
        Err(Error::new(ErrorKind::QuotaExceeded, "monthly credit limit reached")
            .retry_after(u32::try_from(seconds).unwrap_or(u32::MAX)))
    }

    /// The conversation that `request` continues. A channel's peer stays the same for years: its next
    /// message opens another one where the last is over, full or deleted.
    async fn conversation(
        &self,
        chatbot: ChatbotId,
        request: &ChatRequest,
    ) -> Result<Option<Conversation>> {
        let Some(id) = request.conversation_id else { return Ok(None) };
        let found = self.app.store.conversation(chatbot, id).await?;
        if request.channel.is_some() {
            return Ok(found.filter(is_open));
        }
        found.map(Some).ok_or_else(|| Error::not_found("conversation"))
    }

    async fn store(
        &self,
        dialect: Dialect,
        request: &ChatRequest,
        mut read: Option<Conversation>,
        (turn, trace): (&Turn, Option<&TurnTrace>),
    ) -> Result<()> {
        let idle = self.app.idle;
        for _ in 0..ATTEMPTS {
            let (conversation, how) = match read {
                None => (opened(dialect, request, turn), TurnWrite::Opens),
                Some(conversation) => {
                    has_room(&conversation)?;
                    let was = conversation.status;
                    (continued(conversation, turn), TurnWrite::Continues(was))
                }
            };
            if self.app.store.put_traced_turn(&conversation, turn, how, idle, trace).await? {
                return Ok(());
            }
            // Closed, handed over or deleted since it was read.
            let found = self.app.store.conversation(turn.chatbot_id, turn.conversation_id).await?;
            read = Some(found.ok_or_else(|| Error::not_found("conversation"))?);
        }
        Err(Error::new(
            ErrorKind::Conflict,
            "the conversation was changed by another request; try again",
        ))
    }
}

/// Whether a channel's next message is part of this conversation.
fn is_open(conversation: &Conversation) -> bool {
    let goes_on = match conversation.status {
        ConversationStatus::Active | ConversationStatus::HandedOff => true,
        ConversationStatus::Closed | ConversationStatus::Archived => false,
    };
    goes_on && !conversation.is_full()
}

/// Refuses a turn of a conversation that is full.
fn has_room(conversation: &Conversation) -> Result<()> {
    if !conversation.is_full() {
        return Ok(());
    }
    let message = match conversation.message_count >= MAX_MESSAGES {
        true => format!("a conversation can have at most {MAX_MESSAGES} messages; begin another"),
        false => "the conversation has as much text as there is room for; begin another".to_owned(),
    };
    Err(Error::new(ErrorKind::Conflict, message))
}

fn opened(dialect: Dialect, request: &ChatRequest, turn: &Turn) -> Conversation {
    let (id, visitor) = (turn.conversation_id, request.visitor_id.clone());
    Conversation {
        visitor_id: visitor.unwrap_or_else(|| visitor_of(id)),
        session_id: request.session_id.clone(),
        origin: request.channel.clone(),
        message_count: 2,
        text_bytes: turn.text_bytes(),
        first_message: shorten(&turn.question, FIRST_MESSAGE),
        updated_at: turn.answered_at,
        ..Conversation::begun(id, turn.chatbot_id, turn.workspace_id, dialect, turn.asked_at)
    }
}

/// A conversation continues: one that was closed or put away is active again, one that a person has
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
