//! One model call of a run: what is asked, within what is left of time and tokens, and what it cost.

use std::time::Instant;

use ai::{
    AnswerError, Answerer, Builtin, ChatbotContext, Message, MessageOrigin, Request, Rules,
    ToolChoice,
};
use domain::{
    AgentLoop, BackendKind, ChatbotId, ConversationId, ExecutionStatus, ExecutionStep, MessageId,
    ModelCallRecord, Plan, Result,
    agent_loops::{KEPT_CALL_BYTES, cut},
    chatbot::REFUSAL,
    conversation::Platform,
};

use super::{
    executions::CANCELLED,
    run::{Model, Run, Step, Stop, failed, millis},
    tools::Tools,
};
use crate::integrations::{
    Backend,
    agent::{AgentAnswer, collect},
    budget::{AskedBy, TokenBudget},
};

/// The largest answer of one model call, in tokens.
pub(super) const MAX_OUTPUT_TOKENS: u32 = 4_096;
/// Characters of a model's error that are kept.
const MAX_ERROR: usize = 300;
/// What the model is asked when its iterations are used up.
const CLOSING: &str = "You have reached the limit of tool calls. Answer now with what you have, and call no \
    more tools.";

/// What a call cost, in tokens: as the backend counts them, estimated where it doesn't say.
struct CallTokens {
    input: u32,
    output: u32,
}

impl Run<'_> {
    /// One model call, within what is left of time and tokens.
    pub(super) async fn ask(
        &mut self,
        model: &Model,
        tools: &Tools,
        system: &str,
        tool_choice: ToolChoice,
    ) -> Result<Step<(AgentAnswer, ModelCallRecord)>> {
        if let Err(stop) = self.may_go_on().await? {
            return Ok(Err(stop));
        }
        let request = self.request(tools, system, tool_choice);
        let begun = Instant::now();
        let asked = match model {
            Model::Integration(backend, plan) => {
                match self.ask_backend(backend, *plan, &request).await? {
                    Ok(asked) => asked,
                    Err(stop) => return Ok(Err(stop)),
                }
            }
            Model::Builtin => {
                let grounding = tools.grounding(&self.agent_loop.user_message).await?;
                let answered = collect(Builtin.answer(Request { grounding, ..request })).await;
                answered.map(|answer| {
                    let text = Some(answer.text).filter(|text| !text.is_empty());
                    let text = text.unwrap_or_else(|| REFUSAL.to_owned());
                    (AgentAnswer { text, ..answer }, CallTokens { input: 0, output: 0 })
                })
            }
        };
        let closing = tool_choice == ToolChoice::Forbidden;
        let record = ModelCallRecord { closing, ms: millis(begun.elapsed()), ..Default::default() };
        match asked {
            Ok((answer, tokens)) => Ok(Ok(self.answered(answer, &tokens, record))),
            Err(error) => self.failed(&error, record).await.map(Err),
        }
    }

    /// Asks an AI backend, on the workspace's budget of the month.
    async fn ask_backend(
        &self,
        backend: &Backend,
        plan: Plan,
        request: &Request,
    ) -> Result<Step<std::result::Result<(AgentAnswer, CallTokens), AnswerError>>> {
        let integrations = &self.worker.integrations;
        let is_free = matches!(backend.integration.kind, BackendKind::Echo | BackendKind::Builtin);
        let input = if is_free { 0 } else { estimated_input(request) };
        let reserved = if is_free { 0 } else { input.saturating_add(MAX_OUTPUT_TOKENS) };
        let workspace = self.agent_loop.workspace_id;
        let budget = integrations.reserve(workspace, plan, AskedBy::Team, reserved).await?;
        if matches!(budget, TokenBudget::Exhausted) {
            return Ok(failed("the plan's tokens of AI backends are used up for this month"));
        }
        let asked = integrations.ask_agent(backend, request, self.left()).await;
        let asked = asked.map(|answer| {
            let usage = answer.usage;
            let tokens = match usage.input_tokens > 0 || usage.output_tokens > 0 {
                true => CallTokens { input: usage.input_tokens, output: usage.output_tokens },
                false if is_free => CallTokens { input: 0, output: 0 },
                false => CallTokens { input, output: estimated(&answer.text) },
            };
            (answer, tokens)
        });
        let used = asked.as_ref().map_or(0, |(_, t)| t.input.saturating_add(t.output));
        integrations.settle(budget, used).await;
        Ok(Ok(asked))
    }

    fn answered(
        &mut self,
        answer: AgentAnswer,
        tokens: &CallTokens,
        record: ModelCallRecord,
    ) -> (AgentAnswer, ModelCallRecord) {
        self.execution.tokens_used += u64::from(tokens.input) + u64::from(tokens.output);
        if !answer.text.is_empty() {
            self.output = Some(answer.text.clone());
        }
        let text = Some(cut(&answer.text, KEPT_CALL_BYTES)).filter(|text| !text.is_empty());
        let (input_tokens, output_tokens) = (tokens.input.into(), tokens.output.into());
        (answer, ModelCallRecord { input_tokens, output_tokens, text, ..record })
    }

    /// Writes a failed call down; what it means for the run.
    async fn failed(&mut self, error: &AnswerError, record: ModelCallRecord) -> Result<Stop> {
        let why = cut(&error.to_string(), MAX_ERROR);
        let is_closing = record.closing;
        let model_call = ModelCallRecord { error: Some(why.clone()), ..record };
        let number = self.execution.iterations_used + 1;
        let step = ExecutionStep { number, model_call, tool_calls: Vec::new() };
        if !self.worker.app.store.begin_step(&self.execution, &step).await? {
            return Ok(Stop::Lost);
        }
        Ok(match error {
            AnswerError::Timeout { .. } if self.left().is_zero() => self.timed_out(),
            AnswerError::Empty if is_closing => self.without_answer(),
            _ => Stop::Ended(ExecutionStatus::Failed, format!("the AI backend failed: {why}")),
        })
    }

    /// The closing call called a tool, or said nothing.
    pub(super) fn without_answer(&self) -> Stop {
        let max = self.agent_loop.max_iterations;
        let why = format!("max_iterations ({max}) was reached without an answer");
        Stop::Ended(ExecutionStatus::Failed, why)
    }

    fn timed_out(&self) -> Stop {
        let why = format!("timeout_seconds ({}) ran out", self.agent_loop.timeout_seconds);
        Stop::Ended(ExecutionStatus::Timeout, why)
    }

    /// Whether there is time and there are tokens left, and the owner did not cancel the execution.
    async fn may_go_on(&self) -> Result<Step<()>> {
        if self.left().is_zero() {
            return Ok(Err(self.timed_out()));
        }
        let max = u64::from(self.agent_loop.max_tokens);
        if self.execution.tokens_used >= max {
            return Ok(failed(format!("max_tokens ({max}) are used up")));
        }
        let (id, execution) = (self.agent_loop.id, self.execution.id);
        let now = self.worker.app.store.execution(id, execution).await?;
        Ok(match now {
            Some(now) if now.cancelled_at.is_some() => failed(CANCELLED),
            Some(now) if now.attempt == self.execution.attempt && !now.status.is_final() => Ok(()),
            _ => Err(Stop::Lost),
        })
    }

    fn request(&self, tools: &Tools, system: &str, tool_choice: ToolChoice) -> Request {
        let message = match tool_choice {
            _ if self.history.is_empty() => self.agent_loop.user_message.clone(),
            ToolChoice::Forbidden => CLOSING.to_owned(),
            ToolChoice::Auto => String::new(),
        };
        Request {
            chatbot: ChatbotContext {
                id: self.agent_loop.chatbot_id.unwrap_or_else(|| nil_chatbot(self.agent_loop)),
                name: self.agent_loop.name.clone(),
                instructions: system.to_owned(),
                rules: Rules::Verbatim,
            },
            history: self.history.clone(),
            message,
            grounding: Vec::new(),
            tools: tools.offered().to_vec(),
            tool_choice,
            max_output_tokens: MAX_OUTPUT_TOKENS,
            origin: MessageOrigin {
                conversation_id: ConversationId::derived(&[&self.execution.id.to_string()]),
                message_id: MessageId::derived(&[
                    &self.execution.id.to_string(),
                    &self.execution.iterations_used.to_string(),
                ]),
                visitor_id: self.agent_loop.id.to_string(),
                visitor_name: None,
                visitor_username: None,
                platform: Platform::Web,
                chat_id: None,
            },
        }
    }
}

/// A team's own backend is told of a chatbot; a loop without one is told as one.
fn nil_chatbot(agent_loop: &AgentLoop) -> ChatbotId {
    ChatbotId::derived(&["agent loop", &agent_loop.id.to_string()])
}

/// About how many tokens `text` has: one for three bytes, which counts most languages too high.
fn estimated(text: &str) -> u32 {
    u32::try_from(text.len().div_ceil(3)).unwrap_or(u32::MAX)
}

/// About how many tokens a model reads of `request`.
fn estimated_input(request: &Request) -> u32 {
    let said = |message: &Message| match message {
        Message::User(text) => estimated(text),
        Message::Assistant { content, tool_calls } => tool_calls
            .iter()
            .map(|call| estimated(&call.name).saturating_add(estimated(&call.arguments)))
            .fold(estimated(content), u32::saturating_add),
        Message::ToolResult { content, .. } => estimated(content),
    };
    let tools = request.tools.iter().map(|tool| {
        let schema = estimated(&tool.parameters.to_string());
        schema.saturating_add(estimated(&tool.description))
    });
    let history = request.history.iter().map(said);
    let texts = [&request.chatbot.instructions, &request.message].map(|text| estimated(text));
    history.chain(tools).chain(texts).fold(0, u32::saturating_add)
}
