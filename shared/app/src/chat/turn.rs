//! A chat turn: loaded, answered, stored. Everything that follows from it (statistics, webhooks, mail)
//! is derived from the table's stream.

use std::sync::Arc;

use ai::{Answerer, ChatbotContext, Message, Origin, Request, Rules};
use domain::{
    BackendKind, BackendReport, BackendResult, Chatbot, ChatbotId, Citation, Conversation, ConversationId,
    ConversationStatus, Dialect, Error, ErrorKind, HandoffStatus, MessageId, Principal, Result,
    Timestamp, Turn, WorkspaceId,
    chatbot::REFUSAL,
    conversation::{ChatRequest, FIRST_MESSAGE, MOST_MESSAGES, Platform, shorten},
    dialect::CreditMetering,
};
use futures::{FutureExt, Stream, future::BoxFuture};
use knowledge::{Found, Match, Passage};
use store::{TurnWrite, meter::Meter};
use tokio::sync::mpsc;
use tracing::Instrument;

use super::{
    answer::{self, Outcome},
    backends::BackendQuestion,
    history,
    retrieve::{Query, retriever},
};
use crate::{
    Core,
    integrations::{
        Integrations,
        ask::{BackendAttempt, Candidates, Deadline},
        budget::Budget,
        drive::DeltaSink,
    },
    knowledge::indexes::Indexes,
};

/// Passages that are looked at.
const SEARCHED: usize = 8;
/// How often a turn whose conversation changed meanwhile is written again.
const ATTEMPTS: u32 = 4;
/// What a visitor reads while a person has taken over.
const HANDED_OFF: &str = "A person has taken over this conversation and will answer you.";
/// Events that wait for a slow client before the answer waits too.
const WAITING: usize = 64;

/// Chatting: what the `chat` function needs beyond [`Core`].
#[derive(Clone)]
pub struct Chat {
    core: Core,
    indexes: Indexes,
    /// Answers while a chatbot has no AI backend of its own.
    answerer: Arc<dyn Answerer>,
    integrations: Integrations,
}

/// How a turn's answer reaches the visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyMode {
    /// As a whole: until it is complete the visitor has read nothing.
    Whole,
    /// Piece by piece.
    Streamed,
}

/// What happens while a turn runs, in order. The last event is [`TurnEvent::Completed`] or
/// [`TurnEvent::Failed`].
#[derive(Debug)]
pub enum TurnEvent {
    /// The next piece of the answer.
    Delta(String),
    /// The turn is stored. Its answer is the pieces put together.
    Completed(Box<Turn>),
    /// There is no complete answer. Nothing was stored, but for an answer that broke off.
    Failed(Error),
}

/// The events of a turn that runs on a task of its own. The turn is stored even if this is dropped.
pub struct TurnStream(mpsc::Receiver<TurnEvent>);

impl TurnStream {
    /// The next event; a turn whose task ended without a last event has failed.
    pub async fn next(&mut self) -> TurnEvent {
        let ended = || TurnEvent::Failed(Error::internal("a turn ended without an outcome"));
        self.0.recv().await.unwrap_or_else(ended)
    }

    /// Waits for the end of the turn.
    pub async fn collect(mut self) -> Result<Turn> {
        loop {
            match self.next().await {
                TurnEvent::Delta(_) => {}
                TurnEvent::Completed(turn) => return Ok(*turn),
                TurnEvent::Failed(error) => return Err(error),
            }
        }
    }

    /// All events as a stream that ends after the last one.
    pub fn into_stream(self) -> impl Stream<Item = TurnEvent> {
        futures::stream::unfold(Some(self), |events| async move {
            let mut events = events?;
            let event = events.next().await;
            let more = matches!(event, TurnEvent::Delta(_)).then_some(events);
            Some((event, more))
        })
    }

    #[cfg(test)]
    pub(super) async fn deltas(mut self) -> Vec<String> {
        let mut all = Vec::new();
        while let Some(TurnEvent::Delta(text)) = self.0.recv().await {
            all.push(text);
        }
        all
    }
}

/// Where the pieces of an answer go. One that can't be sent is dropped: the client may be gone.
pub(super) struct Deltas(mpsc::Sender<TurnEvent>);

impl Deltas {
    pub(super) fn channel() -> (Self, TurnStream) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), TurnStream(receiver))
    }

    pub(super) async fn send(&self, piece: String) {
        DeltaSink::send(self, piece).await;
    }

    async fn end(self, result: Result<Turn>) {
        let event = match result {
            Ok(turn) => TurnEvent::Completed(Box::new(turn)),
            Err(error) => TurnEvent::Failed(error),
        };
        let _ = self.0.send(event).await;
    }
}

impl DeltaSink for Deltas {
    fn send(&self, piece: String) -> BoxFuture<'_, ()> {
        self.0.send(TurnEvent::Delta(piece)).map(drop).boxed()
    }
}

/// An answer as it is stored.
pub(super) struct Reply {
    pub text: String,
    pub citations: Vec<Citation>,
    pub confidence: f64,
    pub unanswered: bool,
    pub backend: Option<BackendReport>,
    pub attempts: Vec<BackendAttempt>,
}

/// What came of asking AI backends.
enum BackendsReply {
    Reply(Box<Reply>),
    /// None was asked: the month's tokens are used up.
    NoBudget(AnswerPlan),
}

impl Reply {
    /// The tokens that its backends used: as they count them, `reserved` where they don't say.
    fn used_tokens(&self, reserved: u32) -> u32 {
        match &self.backend {
            Some(backend) if backend.result == BackendResult::Failed => 0,
            Some(backend) if backend.input_tokens > 0 || backend.output_tokens > 0 => {
                backend.input_tokens.saturating_add(backend.output_tokens)
            }
            Some(backend) if matches!(backend.kind, BackendKind::Echo | BackendKind::Builtin) => 0,
            Some(_) => reserved,
            None => 0,
        }
    }

    /// Without an AI backend.
    fn plain(text: String, citations: Vec<Citation>, confidence: f64, unanswered: bool) -> Self {
        Self { text, citations, confidence, unanswered, backend: None, attempts: Vec::new() }
    }
}

/// What is known about a message before it is answered.
struct Incoming<'a> {
    principal: &'a Principal,
    id: MessageId,
    chatbot: &'a Chatbot,
    conversation: Option<&'a Conversation>,
    conversation_id: ConversationId,
    request: &'a ChatRequest,
    candidates: Candidates,
    history: Option<Vec<Message>>,
}

/// Where the text of an answer comes from.
enum AnswerPlan {
    /// It is known beforehand.
    Fixed { text: String, citations: Vec<Citation>, confidence: f64 },
    /// An answerer is asked.
    Asked { request: Request, confidence: f64 },
    /// The chatbot's AI backends are asked.
    Backends { passages: Vec<Passage>, confidence: f64, history: Vec<Message> },
    /// Nothing relevant was found.
    Nothing { confidence: f64 },
}

impl Chat {
    /// Chatting over `core`: chatbots answer with their `integrations`, those without with `answerer`.
    pub fn new(core: Core, answerer: Arc<dyn Answerer>, integrations: Integrations) -> Self {
        Self { core, indexes: Indexes::default(), answerer, integrations }
    }

    /// What it is over.
    pub fn core(&self) -> &Core {
        &self.core
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
        let (deltas, events) = Deltas::channel();
        let (chat, meter) = (self.clone(), Meter::current());
        let work = async move {
            let result = chat.run(&principal, dialect, request, mode, &deltas).await;
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
        deltas: &Deltas,
    ) -> Result<Turn> {
        let (asked_at, deadline) = (Timestamp::now(), mode.deadline());
        let chatbot_id = principal.may_chat()?;
        let (chatbot, conversation, history) = tokio::try_join!(
            self.chatbot(principal.workspace_id, chatbot_id),
            self.conversation(chatbot_id, request.conversation_id),
            self.history_ahead(chatbot_id, &request)
        )?;
        if let Some(credits) = dialect.profile().credits {
            self.take_credit(principal, credits).await?;
        }
        // Made at the time of the question, and so is the id of the conversation that it opens.
        let id = MessageId::at(asked_at);
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
        };
        let plan = self.plan(&incoming).await?;
        let reply = self.reply(plan, &incoming, (mode, deadline), deltas).await?;
        let broke_off =
            reply.backend.as_ref().is_some_and(|b| b.result == BackendResult::BrokenOff);
        let turn = Turn {
            id,
            question_id: MessageId::new(),
            conversation_id,
            chatbot_id,
            workspace_id: principal.workspace_id,
            question: request.message.clone(),
            answer: reply.text,
            citations: reply.citations,
            confidence: reply.confidence,
            unanswered: reply.unanswered,
            backend: reply.backend,
            rating: None,
            rated_at: None,
            asked_at,
            answered_at: Timestamp::now(),
        };
        self.store(dialect, &request, conversation, &turn).await?;
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
            true => history::load(&self.core.store, chatbot, request).await.map(Some),
            false => Ok(None),
        }
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

    /// Takes a credit of the workspace's month.
    async fn take_credit(&self, principal: &Principal, credits: CreditMetering) -> Result<()> {
        let now = Timestamp::now();
        let (workspace, limit) =
            (principal.workspace_id, (credits.limit)(self.core.plans.of(principal.plan)));
        if self.core.store.take(workspace, credits.counter, limit, now).await? {
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

    /// Decides where the answer comes from.
    async fn plan(&self, incoming: &Incoming<'_>) -> Result<AnswerPlan> {
        let Incoming { chatbot, conversation, request, candidates, .. } = incoming;
        if conversation.is_some_and(|c| c.status == ConversationStatus::HandedOff) {
            let text = HANDED_OFF.to_owned();
            return Ok(AnswerPlan::Fixed { text, citations: Vec::new(), confidence: 1.0 });
        }
        let reads_history = candidates.all().iter().any(|backend| backend.reads_history());
        let history = async {
            match &incoming.history {
                Some(history) => Ok(history.clone()),
                None if reads_history => history::load(&self.core.store, chatbot.id, request).await,
                None => Ok(Vec::new()),
            }
        };
        let (retriever, sense, history) = tokio::join!(
            retriever(&self.core, &self.indexes, chatbot),
            self.core.semantics.of_question(&request.message),
            history
        );
        let query = Query { text: &request.message, sense: sense.as_ref() };
        let Found { best, confidence } = retriever?.retrieve(query, SEARCHED).await?;
        let has_backends = !candidates.all().is_empty();
        Ok(match best {
            Match::Pair(pair, citation) if !has_backends || chatbot.pairs_first() => {
                AnswerPlan::Fixed { text: pair.answer, citations: vec![citation], confidence }
            }
            Match::Pair(pair, citation) => {
                let content = format!("{}\n{}", pair.question, pair.answer);
                let passage = Passage { citation, content, quote: pair.answer, score: 1.0 };
                let (passages, history) = (vec![passage], history?);
                AnswerPlan::Backends { passages, confidence, history }
            }
            Match::Passages(passages) if has_backends => {
                AnswerPlan::Backends { passages, confidence, history: history? }
            }
            Match::Nothing if has_backends => {
                AnswerPlan::Backends { passages: Vec::new(), confidence, history: history? }
            }
            Match::Passages(passages) if confidence >= chatbot.threshold() => {
                let request = self.builtin_request(incoming, passages).await?;
                AnswerPlan::Asked { request, confidence }
            }
            Match::Passages(_) | Match::Nothing => AnswerPlan::Nothing { confidence },
        })
    }

    /// What the answerer of chatbots without AI backends is asked.
    async fn builtin_request(
        &self,
        incoming: &Incoming<'_>,
        passages: Vec<Passage>,
    ) -> Result<Request> {
        let Incoming { id, chatbot, conversation_id, request, .. } = incoming;
        let history = match self.answerer.reads_history() {
            true => history::load(&self.core.store, chatbot.id, request).await?,
            false => Vec::new(),
        };
        Ok(Request {
            chatbot: ChatbotContext {
                id: chatbot.id,
                name: chatbot.name.clone(),
                instructions: String::new(),
                rules: Rules::PassagesOnly,
            },
            history,
            message: request.message.clone(),
            grounding: answer::grounding(passages),
            tools: Vec::new(),
            max_output_tokens: 0,
            origin: Origin {
                conversation_id: *conversation_id,
                message_id: *id,
                visitor_id: request.visitor_id.clone().unwrap_or_default(),
                visitor_name: None,
                visitor_username: None,
                platform: Platform::Web,
                chat_id: None,
            },
        })
    }

    /// The answer that `plan` leads to; every piece of it goes to `deltas` as it comes.
    async fn reply(
        &self,
        plan: AnswerPlan,
        incoming: &Incoming<'_>,
        (mode, deadline): (ReplyMode, Deadline),
        deltas: &Deltas,
    ) -> Result<Reply> {
        let plan = match plan {
            AnswerPlan::Backends { passages, confidence, history } => {
                let found = (passages, confidence, history);
                match self.backends_reply(found, incoming, (mode, deadline), deltas).await? {
                    BackendsReply::Reply(reply) => return Ok(*reply),
                    BackendsReply::NoBudget(plan) => plan,
                }
            }
            plan => plan,
        };
        let (events, citations, confidence) = match plan {
            AnswerPlan::Fixed { text, citations, confidence } => {
                (answer::fixed(text), citations, confidence)
            }
            AnswerPlan::Asked { request, confidence } => {
                let citations = request.grounding.iter().map(|g| g.citation.clone()).collect();
                (self.answerer.answer(request), citations, confidence)
            }
            AnswerPlan::Backends { confidence, .. } | AnswerPlan::Nothing { confidence } => {
                return Ok(refusal(confidence, deltas).await);
            }
        };
        match answer::drive(events, deltas).await.map_err(Error::internal)? {
            Outcome::Answered(text) => Ok(Reply::plain(text, citations, confidence, false)),
            Outcome::Refused => Ok(refusal(confidence, deltas).await),
        }
    }

    /// The answer of the chatbot's AI backends; without tokens left in the month's budget, what to do
    /// instead.
    async fn backends_reply(
        &self,
        (passages, confidence, history): (Vec<Passage>, f64, Vec<Message>),
        incoming: &Incoming<'_>,
        (mode, deadline): (ReplyMode, Deadline),
        deltas: &Deltas,
    ) -> Result<BackendsReply> {
        let visitor = incoming.conversation.map(|c| c.visitor_id.clone());
        let visitor = visitor.or_else(|| incoming.request.visitor_id.clone());
        let visitor = visitor.unwrap_or_else(|| visitor_of(incoming.conversation_id));
        let question = BackendQuestion {
            chatbot: incoming.chatbot,
            conversation_id: incoming.conversation_id,
            message_id: incoming.id,
            visitor_id: &visitor,
            message: &incoming.request.message,
            history,
            passages,
            confidence,
        };
        let (candidates, principal) = (&incoming.candidates, incoming.principal);
        let tokens = question.estimated_tokens();
        let budget =
            self.integrations.reserve(principal.workspace_id, principal.plan, tokens).await?;
        if matches!(budget, Budget::Exhausted) {
            let BackendQuestion { passages, .. } = question;
            let is_sure = confidence >= incoming.chatbot.threshold() && !passages.is_empty();
            return Ok(BackendsReply::NoBudget(match is_sure {
                true => {
                    let request = self.builtin_request(incoming, passages).await?;
                    AnswerPlan::Asked { request, confidence }
                }
                false => AnswerPlan::Nothing { confidence },
            }));
        }
        let ask = |backend: &_| question.request(backend);
        let (asked, attempts) =
            self.integrations.ask(candidates, ask, mode.sink(deltas), deadline).await;
        let reply = question.reply(asked, attempts, deltas).await;
        self.integrations.settle(budget, reply.used_tokens(tokens)).await;
        Ok(BackendsReply::Reply(Box::new(reply)))
    }

    async fn store(
        &self,
        dialect: Dialect,
        request: &ChatRequest,
        mut read: Option<Conversation>,
        turn: &Turn,
    ) -> Result<()> {
        for _ in 0..ATTEMPTS {
            let (conversation, how) = match read {
                None => (opened(dialect, request, turn), TurnWrite::Opens),
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
        Err(Error::new(
            ErrorKind::Conflict,
            "the conversation was changed by another request; try again",
        ))
    }
}

/// The chatbot says that it doesn't know.
async fn refusal(confidence: f64, deltas: &Deltas) -> Reply {
    deltas.send(REFUSAL.to_owned()).await;
    Reply::plain(REFUSAL.to_owned(), Vec::new(), confidence, true)
}

/// What a visitor is called whom the client doesn't name.
fn visitor_of(conversation: ConversationId) -> String {
    format!("visitor_{conversation}")
}

fn opened(dialect: Dialect, request: &ChatRequest, turn: &Turn) -> Conversation {
    let visitor = request.visitor_id.clone();
    Conversation {
        id: turn.conversation_id,
        chatbot_id: turn.chatbot_id,
        workspace_id: turn.workspace_id,
        dialect,
        visitor_id: visitor.unwrap_or_else(|| visitor_of(turn.conversation_id)),
        session_id: request.session_id.clone(),
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
