//! A chat turn: loaded, answered, stored. Everything that follows from it (statistics, webhooks, mail)
//! is derived from the table's stream.

use std::sync::Arc;

use ai::{Answerer, ChatbotContext, Request};
use domain::{
    Chatbot, ChatbotId, Conversation, ConversationId, ConversationStatus, Dialect, Error,
    ErrorKind, HandoffStatus, MessageId, Principal, Result, Turn, WorkspaceId,
    conversation::{ChatRequest, FIRST_MESSAGE, MOST_MESSAGES, shorten},
    dialect::CreditMetering,
};
use futures::Stream;
use store::{TurnWrite, meter::Meter};
use tokio::sync::mpsc;
use tracing::Instrument;

use super::{
    answer::{self, Outcome},
    history,
    respond::{self, Message, Response, Said},
    retrieve::{Query, retriever},
};
use crate::{App, knowledge::indexes::Indexes};

/// Passages that are looked at.
const SEARCHED: usize = 8;
/// What a refusal names that can be asked.
const TOPICS: usize = 3;
/// How often a turn whose conversation changed meanwhile is written again.
const ATTEMPTS: u32 = 4;
/// What a visitor reads while a person has taken over.
const HANDED_OFF: &str = "A person has taken over this conversation and will answer you.";
/// Events that wait for a slow client before the answer waits too.
const WAITING: usize = 64;

/// Chatting: what the `chat` function needs beyond [`App`].
#[derive(Clone)]
pub struct Chat {
    app: App,
    indexes: Indexes,
    answerer: Arc<dyn Answerer>,
}

/// What happens while a turn runs, in order. The last event is [`TurnEvent::Completed`] or
/// [`TurnEvent::Failed`].
#[derive(Debug)]
pub enum TurnEvent {
    /// The next piece of the answer.
    Delta(String),
    /// The turn is stored. Its answer is the pieces put together.
    Completed(Box<Turn>),
    /// Nothing was stored.
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
        let _ = self.0.send(TurnEvent::Delta(piece)).await;
    }

    async fn end(self, result: Result<Turn>) {
        let event = match result {
            Ok(turn) => TurnEvent::Completed(Box::new(turn)),
            Err(error) => TurnEvent::Failed(error),
        };
        let _ = self.0.send(event).await;
    }
}

/// Where the text of an answer comes from.
enum AnswerPlan {
    /// It is known beforehand.
    Fixed(Said),
    /// An answerer is asked; if it finds no answer in the passages, this is said.
    Asked { request: Request, confidence: f64, otherwise: Said },
}

impl Chat {
    /// Chatting over `app` with `answerer`.
    pub fn new(app: App, answerer: Arc<dyn Answerer>) -> Self {
        Self { app, indexes: Indexes::default(), answerer }
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
    ) -> TurnStream {
        let (deltas, events) = Deltas::channel();
        let (chat, meter) = (self.clone(), Meter::current());
        let work = async move {
            let result = chat.run(&principal, dialect, request, &deltas).await;
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
        deltas: &Deltas,
    ) -> Result<Turn> {
        let asked_at = self.app.now();
        let chatbot_id = principal.may_chat()?;
        let (chatbot, conversation, past) = tokio::try_join!(
            self.chatbot(principal.workspace_id, chatbot_id),
            self.conversation(chatbot_id, request.conversation_id),
            self.past(&request)
        )?;
        if let Some(credits) = dialect.profile().credits {
            self.take_credit(principal, credits).await?;
        }
        let plan = self.plan(&chatbot, conversation.as_ref(), &request.message, &past).await?;
        let reply = self.reply(plan, deltas).await?;
        // Made at the time of the question, and so is the id of the conversation that it opens.
        let id = MessageId::at(asked_at);
        let opened = || ConversationId::opened_by(id);
        let turn = Turn {
            id,
            question_id: MessageId::new(),
            conversation_id: conversation.as_ref().map_or_else(opened, |c| c.id),
            chatbot_id,
            workspace_id: principal.workspace_id,
            question: request.message.clone(),
            answer: reply.text,
            citations: reply.citations,
            confidence: reply.confidence,
            unanswered: reply.unanswered,
            rating: None,
            rated_at: None,
            asked_at,
            answered_at: self.app.now(),
        };
        self.store(dialect, &request, conversation, &turn).await?;
        Ok(turn)
    }

    /// The chatbot of a key. If it is gone the key is worth nothing any more.
    async fn chatbot(&self, workspace: WorkspaceId, id: ChatbotId) -> Result<Chatbot> {
        let chatbot = self.app.store.chatbot(workspace, id).await?;
        let chatbot = chatbot.ok_or_else(Error::unauthorized)?;
        if chatbot.disabled {
            return Err(Error::new(ErrorKind::Forbidden, "this chatbot is disabled"));
        }
        Ok(chatbot)
    }

    /// Takes a credit of the workspace's month.
    async fn take_credit(&self, principal: &Principal, credits: CreditMetering) -> Result<()> {
        let now = self.app.now();
        let (workspace, limit) =
            (principal.workspace_id, (credits.limit)(self.app.plans.of(principal.plan)));
        if self.app.store.take(workspace, credits.counter, limit, now).await? {
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
        let found = self.app.store.conversation(chatbot, id).await?;
        found.map(Some).ok_or_else(|| Error::not_found("conversation"))
    }

    /// The last turns, if the message may leave out what they say. Nothing of them is used unless
    /// the conversation is the chatbot's.
    async fn past(&self, request: &ChatRequest) -> Result<Vec<Turn>> {
        match request.conversation_id.filter(|_| respond::may_refer_back(&request.message)) {
            Some(id) => self.app.store.last_turns(id, respond::MAX_PAST).await,
            None => Ok(Vec::new()),
        }
    }

    /// Decides where the answer comes from.
    async fn plan(
        &self,
        chatbot: &Chatbot,
        conversation: Option<&Conversation>,
        question: &str,
        past: &[Turn],
    ) -> Result<AnswerPlan> {
        if conversation.is_some_and(|c| c.status == ConversationStatus::HandedOff) {
            let text = HANDED_OFF.to_owned();
            let said = Said { text, citations: Vec::new(), confidence: 1.0, unanswered: false };
            return Ok(AnswerPlan::Fixed(said));
        }
        let message = Message::read(chatbot, question, past);
        let retriever = retriever(&self.app, &self.indexes, chatbot).await?;
        let mut found = Vec::new();
        for text in message.searches() {
            let embedding = self.app.semantics.of_question(&text).await;
            let query = Query { text: &text, embedding: embedding.as_ref() };
            found.push(retriever.retrieve(query, SEARCHED).await?);
        }
        let topics = retriever.topics(TOPICS);
        Ok(match message.respond(chatbot, message.choose(found), &topics) {
            Response::Said(said) => AnswerPlan::Fixed(said),
            Response::Ask { passages, confidence } => {
                let history = match conversation {
                    Some(conversation) if self.answerer.reads_history() => {
                        history::load(&self.app.store, conversation.id).await?
                    }
                    _ => Vec::new(),
                };
                let request = Request {
                    chatbot: ChatbotContext { id: chatbot.id, name: chatbot.name.clone() },
                    history,
                    message: question.to_owned(),
                    grounding: answer::grounding(passages),
                    tools: Vec::new(),
                };
                let otherwise = message.refusal(confidence, &topics);
                AnswerPlan::Asked { request, confidence, otherwise }
            }
        })
    }

    /// The answer that `plan` leads to; every piece of it goes to `deltas` as it comes.
    async fn reply(&self, plan: AnswerPlan, deltas: &Deltas) -> Result<Said> {
        let said = match plan {
            AnswerPlan::Fixed(said) => said,
            AnswerPlan::Asked { request, confidence, otherwise } => {
                let citations = request.grounding.iter().map(|g| g.citation.clone()).collect();
                let events = self.answerer.answer(request);
                match answer::drive(events, deltas).await.map_err(Error::internal)? {
                    Outcome::Answered(text) => {
                        return Ok(Said { text, citations, confidence, unanswered: false });
                    }
                    Outcome::Refused => otherwise,
                }
            }
        };
        answer::drive(answer::fixed(&said.text), deltas).await.map_err(Error::internal)?;
        Ok(said)
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
            if self.app.store.put_turn(&conversation, turn, how, self.app.idle).await? {
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

fn opened(dialect: Dialect, request: &ChatRequest, turn: &Turn) -> Conversation {
    let visitor = request.visitor_id.clone();
    Conversation {
        id: turn.conversation_id,
        chatbot_id: turn.chatbot_id,
        workspace_id: turn.workspace_id,
        dialect,
        visitor_id: visitor.unwrap_or_else(|| format!("visitor_{}", turn.conversation_id)),
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
