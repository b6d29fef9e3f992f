//! Where an answer comes from, and the answer itself: a stored pair, the chatbot's AI backends, the
//! answerer of chatbots without one, or what the engine says by itself.

use std::time::Instant;

use ai::{ChatbotContext, Message, MessageOrigin, Request, Rules, ToolChoice};
use domain::{
    BackendKind, BackendReport, BackendResult, ChannelOrigin, Chatbot, Citation, Conversation,
    ConversationId, ConversationStatus, Error, MessageId, Principal, Result, TracedMessage, Turn,
    conversation::{ChatRequest, Platform},
};
use knowledge::{Found, Match, Passage};

use super::{
    answer::{self, Outcome},
    backends::BackendQuestion,
    history,
    respond::{self, Response, Said},
    retrieve::retriever,
    rewrite::Rewritten,
    searches::Searches,
    stream::{Deltas, ReplyMode},
    traces::{self, TraceDraft},
    turn::Chat,
};
use crate::integrations::{
    ask::{BackendAttempt, Candidates, Deadline},
    budget::{AskedBy, TokenBudget},
};

/// Passages that are looked at.
const SEARCHED: usize = 8;
/// What a refusal names that can be asked.
const TOPICS: usize = 3;
/// What a visitor reads while a person has taken over.
const HANDED_OFF: &str = "A person has taken over this conversation and will answer you.";

/// An answer as it is stored.
pub(super) struct Reply {
    pub text: String,
    pub citations: Vec<Citation>,
    pub confidence: f64,
    pub unanswered: bool,
    pub backend: Option<BackendReport>,
    pub attempts: Vec<BackendAttempt>,
    /// What the last backend was asked, where the chatbot's traces are kept.
    pub prompt: Vec<TracedMessage>,
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

    /// What the engine says by itself.
    fn of(said: Said) -> Self {
        Self::plain(said.text, said.citations, said.confidence, said.unanswered)
    }

    /// Without an AI backend.
    fn plain(text: String, citations: Vec<Citation>, confidence: f64, unanswered: bool) -> Self {
        let (attempts, prompt) = (Vec::new(), Vec::new());
        Self { text, citations, confidence, unanswered, backend: None, attempts, prompt }
    }
}

/// What is known about a message before it is answered.
pub(super) struct Incoming<'a> {
    pub principal: &'a Principal,
    pub id: MessageId,
    pub chatbot: &'a Chatbot,
    pub conversation: Option<&'a Conversation>,
    pub conversation_id: ConversationId,
    pub request: &'a ChatRequest,
    pub candidates: Candidates,
    pub history: Option<Vec<Message>>,
    /// The last turns, the newest last, where the message may leave out what they say.
    pub past: Vec<Turn>,
}

impl Incoming<'_> {
    /// On whose share of the month's tokens a model is asked.
    pub fn asked_by(&self) -> AskedBy {
        match self.principal.kind.is_for_pages() || self.request.channel.is_some() {
            true => AskedBy::Visitor,
            false => AskedBy::Team,
        }
    }
}

/// Where an answer comes from, and what was asked of a backend to find that out.
pub(super) struct Planned {
    pub plan: AnswerPlan,
    pub rewrite: Option<BackendReport>,
    /// What was searched and found, where the chatbot's traces are kept.
    pub trace: Option<TraceDraft>,
}

/// Where the text of an answer comes from.
pub(super) enum AnswerPlan {
    /// It is known beforehand.
    Fixed(Said),
    /// An answerer is asked; if it finds no answer in the passages, this is said.
    Asked { request: Box<Request>, confidence: f64, otherwise: Said },
    /// The chatbot's AI backends are asked; if there are no tokens for that, this is said.
    Backends { passages: Vec<Passage>, confidence: f64, history: Vec<Message>, otherwise: Said },
}

impl Chat {
    /// Decides where the answer comes from.
    pub(super) async fn plan(&self, incoming: &Incoming<'_>) -> Result<Planned> {
        let Incoming { chatbot, conversation, request, candidates, past, .. } = incoming;
        let begun = Instant::now();
        if conversation.is_some_and(|c| c.status == ConversationStatus::HandedOff) {
            let text = HANDED_OFF.to_owned();
            let said = Said { text, citations: Vec::new(), confidence: 1.0, unanswered: false };
            return Ok(Planned { plan: AnswerPlan::Fixed(said), rewrite: None, trace: None });
        }
        let reads_history = candidates.all().iter().any(|backend| backend.reads_history());
        let history = async {
            match &incoming.history {
                Some(history) => Ok(history.clone()),
                None if reads_history => history::load(&self.app.store, chatbot.id, request).await,
                None => Ok(Vec::new()),
            }
        };
        let (retriever, history) =
            tokio::join!(retriever(&self.app, &self.indexes, chatbot), history);
        let (retriever, history) = (retriever?, history?);
        let mut message =
            respond::Message::read(chatbot, &request.message, past, &retriever.languages())
                .with_known_pairs(|source, answer| retriever.has_pair(source, answer));
        let mut rewrite = None;
        if message.leaves_out() {
            let Rewritten { question, report } = self.rewritten(incoming).await?;
            message = message.with_rewritten(question);
            rewrite = report;
        }
        let searches = Searches::of(&message, &*retriever, &self.app.semantics, SEARCHED).await?;
        let trace = chatbot.traces().then(|| {
            let searched = searches.all.iter().map(|(text, found)| traces::search(text, found));
            TraceDraft::new(begun, chatbot.threshold(), message.rewritten(), searched)
        });
        let topics = retriever.topics(TOPICS);
        let found = searches.choose(&message);
        let otherwise = message.refusal(found.confidence, &topics);
        if !candidates.all().is_empty() {
            let plan = backends_plan(chatbot, found, history, otherwise);
            return Ok(Planned { plan, rewrite, trace });
        }
        let plan = match message.respond(chatbot, found, &topics) {
            Response::Said(said) => AnswerPlan::Fixed(said),
            Response::Ask { passages, confidence } => {
                let request = Box::new(self.builtin_request(incoming, passages).await?);
                AnswerPlan::Asked { request, confidence, otherwise }
            }
        };
        Ok(Planned { plan, rewrite, trace })
    }

    /// What the answerer of chatbots without AI backends is asked.
    async fn builtin_request(
        &self,
        incoming: &Incoming<'_>,
        passages: Vec<Passage>,
    ) -> Result<Request> {
        let Incoming { id, chatbot, conversation_id, request, .. } = incoming;
        let history = match self.answerer.reads_history() {
            true => history::load(&self.app.store, chatbot.id, request).await?,
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
            tool_choice: ToolChoice::Auto,
            max_output_tokens: 0,
            origin: message_origin(
                request.channel.as_ref(),
                *conversation_id,
                *id,
                request.visitor_id.clone().unwrap_or_default(),
            ),
        })
    }

    /// The answer that `plan` leads to; every piece of it goes to `deltas` as it comes.
    pub(super) async fn reply(
        &self,
        plan: AnswerPlan,
        incoming: &Incoming<'_>,
        (mode, deadline): (ReplyMode, Deadline),
        deltas: &Deltas,
    ) -> Result<Reply> {
        let plan = match plan {
            AnswerPlan::Backends { passages, confidence, history, otherwise } => {
                let found = (passages, confidence, history);
                let clocks = (mode, deadline);
                match self.backends_reply(found, otherwise, incoming, clocks, deltas).await? {
                    BackendsReply::Reply(reply) => return Ok(*reply),
                    BackendsReply::NoBudget(plan) => plan,
                }
            }
            plan => plan,
        };
        let said = match plan {
            AnswerPlan::Fixed(said) => said,
            AnswerPlan::Backends { otherwise, .. } => otherwise,
            AnswerPlan::Asked { request, confidence, otherwise } => {
                let citations = request.grounding.iter().map(|g| g.citation.clone()).collect();
                let events = self.answerer.answer(*request);
                match answer::drive(events, deltas).await.map_err(Error::internal)? {
                    Outcome::Answered(text) => {
                        return Ok(Reply::plain(text, citations, confidence, false));
                    }
                    Outcome::Refused => otherwise,
                }
            }
        };
        answer::drive(answer::fixed(&said.text), deltas).await.map_err(Error::internal)?;
        Ok(Reply::of(said))
    }

    /// The answer of the chatbot's AI backends; without tokens left in the month's budget, what to do
    /// instead.
    async fn backends_reply(
        &self,
        (passages, confidence, history): (Vec<Passage>, f64, Vec<Message>),
        otherwise: Said,
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
            origin: incoming.request.channel.as_ref(),
            message: &incoming.request.message,
            history,
            passages,
            confidence,
        };
        let candidates = &incoming.candidates;
        let tokens = question.estimated_tokens();
        let (workspace, plan) = (incoming.principal.workspace_id, incoming.principal.plan);
        let budget =
            self.integrations.reserve(workspace, plan, incoming.asked_by(), tokens).await?;
        if matches!(budget, TokenBudget::Exhausted) {
            let BackendQuestion { passages, .. } = question;
            let is_sure = confidence >= incoming.chatbot.threshold() && !passages.is_empty();
            return Ok(BackendsReply::NoBudget(match is_sure {
                true => {
                    let request = self.builtin_request(incoming, passages).await?;
                    AnswerPlan::Asked { request: Box::new(request), confidence, otherwise }
                }
                false => AnswerPlan::Fixed(otherwise),
            }));
        }
        let ask = |backend: &_| question.request(backend);
        let (asked, attempts) =
            self.integrations.ask(candidates, ask, mode.sink(deltas), deadline).await;
        let reply = question.reply(asked, attempts, deltas).await;
        self.integrations.settle(budget, reply.used_tokens(tokens)).await;
        Ok(BackendsReply::Reply(Box::new(reply)))
    }
}

/// Asks AI backends with what was found, unless a stored pair asks the same and comes first.
fn backends_plan(
    chatbot: &Chatbot,
    found: Found,
    history: Vec<Message>,
    otherwise: Said,
) -> AnswerPlan {
    let confidence = found.confidence;
    let comes_first = chatbot.pairs_first() && confidence >= chatbot.threshold();
    let passages = match found.best {
        Match::Pair(pair, citation) if comes_first => {
            let (text, citations) = (pair.answer, vec![citation]);
            return AnswerPlan::Fixed(Said { text, citations, confidence, unanswered: false });
        }
        Match::Pair(pair, citation) => {
            let content = format!("{}\n{}", pair.question, pair.answer);
            vec![Passage { citation, content, quote: pair.answer, score: 1.0 }]
        }
        Match::Passages(passages) => passages,
        Match::Nothing => Vec::new(),
    };
    AnswerPlan::Backends { passages, confidence, history, otherwise }
}

/// Where a message came from, as a backend is told.
pub(super) fn message_origin(
    channel: Option<&ChannelOrigin>,
    conversation_id: ConversationId,
    message_id: MessageId,
    visitor_id: String,
) -> MessageOrigin {
    MessageOrigin {
        conversation_id,
        message_id,
        visitor_id,
        visitor_name: channel.and_then(|channel| channel.user_name.clone()),
        visitor_username: channel.and_then(|channel| channel.username.clone()),
        platform: channel.map_or(Platform::Web, |channel| channel.platform),
        chat_id: channel.map(|channel| channel.chat_id.clone()),
    }
}

/// What a visitor is called whom the client doesn't name.
pub(super) fn visitor_of(conversation: ConversationId) -> String {
    format!("visitor_{conversation}")
}
