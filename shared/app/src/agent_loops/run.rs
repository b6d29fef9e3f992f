//! One run: model calls with tools, until the model has said everything or a bound is reached.

use std::time::{Duration, Instant};

use ai::{Finish, Message, ToolChoice};
use domain::{
    AgentExecution, AgentLoop, ExecutionEnd, ExecutionResult, ExecutionStatus, ExecutionStep,
    IntegrationStatus, ModelCallRecord, Plan, Result, ToolCallRecord,
    agent_loops::{KEPT_CALL_BYTES, MAX_TOOL_CALLS},
};

use super::{
    calls::{Repetition, Repetitions},
    model_call::MAX_OUTPUT_TOKENS,
    tools::Tools,
    worker::LoopWorker,
};
use crate::integrations::{Backend, agent::AgentAnswer};

/// A run that has begun.
pub(super) struct Run<'a> {
    pub(super) worker: &'a LoopWorker,
    pub(super) agent_loop: &'a AgentLoop,
    pub(super) execution: AgentExecution,
    begun: Instant,
    time: Duration,
    pub(super) history: Vec<Message>,
    repetitions: Repetitions,
    pub(super) output: Option<String>,
    tool_calls: Vec<ToolCallRecord>,
    warnings: Vec<String>,
}

/// What answers.
pub(super) enum Model {
    /// An AI backend, paid by the plan's tokens.
    Integration(Box<Backend>, Plan),
    /// The built-in answerer, for a loop that names no integration.
    Builtin,
}

/// Why a run stops before the model has said everything.
pub(super) enum Stop {
    /// With this end.
    Ended(ExecutionStatus, String),
    /// The execution is no longer this worker's.
    Lost,
}

pub(super) type Step<T> = std::result::Result<T, Stop>;

pub(super) fn failed<T>(why: impl Into<String>) -> Step<T> {
    Err(Stop::Ended(ExecutionStatus::Failed, why.into()))
}

impl<'a> Run<'a> {
    pub fn new(
        worker: &'a LoopWorker,
        agent_loop: &'a AgentLoop,
        execution: AgentExecution,
    ) -> Self {
        let limit = Duration::from_secs(agent_loop.timeout_seconds.into());
        // A second attempt has what the first one left.
        let used = execution.started_at.map(|started| worker.app.now().since(started));
        Self {
            worker,
            agent_loop,
            execution,
            begun: Instant::now(),
            time: limit.saturating_sub(used.unwrap_or_default()),
            history: Vec::new(),
            repetitions: Repetitions::default(),
            output: None,
            tool_calls: Vec::new(),
            warnings: Vec::new(),
        }
    }

    pub(super) fn left(&self) -> Duration {
        self.time.saturating_sub(self.begun.elapsed())
    }

    /// Runs to the end; `None` if the execution is no longer this worker's.
    pub async fn go(&mut self) -> Result<Option<ExecutionEnd>> {
        let (status, error) = match self.steps().await? {
            Ok(()) => (ExecutionStatus::Completed, None),
            Err(Stop::Ended(status, why)) => (status, Some(why)),
            Err(Stop::Lost) => return Ok(None),
        };
        Ok(Some(ExecutionEnd {
            status,
            error,
            iterations_used: self.execution.iterations_used,
            tokens_used: self.execution.tokens_used,
            model: self.execution.model.clone(),
            result: ExecutionResult {
                output: self.output.take(),
                tool_calls: std::mem::take(&mut self.tool_calls),
                warnings: std::mem::take(&mut self.warnings),
            },
        }))
    }

    async fn steps(&mut self) -> Result<Step<()>> {
        let model = match self.model().await? {
            Ok(model) => model,
            Err(stop) => return Ok(Err(stop)),
        };
        let tools = Tools::connect(self.worker, self.agent_loop, self.left()).await?;
        self.warnings.extend(tools.warnings().iter().cloned());
        let done = self.iterate(&model, &tools).await;
        tools.close().await;
        done
    }

    async fn model(&mut self) -> Result<Step<Model>> {
        let Some(id) = self.agent_loop.integration_id else { return Ok(Ok(Model::Builtin)) };
        let found = self.worker.integrations.backend(self.agent_loop.workspace_id, id).await?;
        let Some(backend) = found else { return Ok(failed("the integration is gone")) };
        if backend.integration.status == IntegrationStatus::Disabled {
            return Ok(failed("the integration is disabled"));
        }
        self.execution.model.clone_from(&backend.integration.model);
        let workspace = self.worker.app.store.workspace(self.agent_loop.workspace_id).await?;
        let Some(workspace) = workspace else { return Ok(failed("the workspace is gone")) };
        Ok(Ok(Model::Integration(Box::new(backend), workspace.plan)))
    }

    async fn iterate(&mut self, model: &Model, tools: &Tools) -> Result<Step<()>> {
        let system = tools.system(&self.agent_loop.system_prompt);
        for number in 1..=self.agent_loop.max_iterations {
            let asked = self.ask(model, tools, &system, ToolChoice::Auto).await?;
            let (answer, call) = match asked {
                Ok(asked) => asked,
                Err(stop) => return Ok(Err(stop)),
            };
            self.execution.iterations_used = number;
            if answer.tool_calls.is_empty() {
                return self.conclude(number, answer, call).await;
            }
            if let Err(stop) = self.act(number, answer, call, tools).await? {
                return Ok(Err(stop));
            }
            if self.tool_calls.len() >= MAX_TOOL_CALLS {
                break;
            }
        }
        self.close(model, tools, &system).await
    }

    /// The model has answered without a call: the run is complete.
    async fn conclude(
        &mut self,
        number: u32,
        answer: AgentAnswer,
        model_call: ModelCallRecord,
    ) -> Result<Step<()>> {
        let step = ExecutionStep { number, model_call, tool_calls: Vec::new() };
        if !self.worker.app.store.begin_step(&self.execution, &step).await? {
            return Ok(Err(Stop::Lost));
        }
        if answer.finish == Finish::Length {
            self.warnings.push(format!("the output was cut at {MAX_OUTPUT_TOKENS} tokens"));
        }
        Ok(match answer.finish {
            Finish::Filtered => failed("the AI backend's content filter ended the answer"),
            _ if answer.text.trim().is_empty() => failed("the AI backend said nothing"),
            _ => Ok(()),
        })
    }

    /// Makes the calls of an answer and appends them with their results.
    async fn act(
        &mut self,
        number: u32,
        answer: AgentAnswer,
        model_call: ModelCallRecord,
        tools: &Tools,
    ) -> Result<Step<()>> {
        let AgentAnswer { text, tool_calls: mut calls, .. } = answer;
        for (at, call) in calls.iter_mut().enumerate() {
            // Backends repeat ids, or leave them out.
            call.id = format!("c{number}_{}", at + 1);
        }
        let about = calls.iter().map(|call| tools.record(number, call));
        let begun: Vec<_> = about.map(|record| record.shortened(KEPT_CALL_BYTES)).collect();
        if calls.iter().any(|call| self.repetitions.note(call) == Repetition::TooMany) {
            let step = ExecutionStep { number, model_call, tool_calls: begun.clone() };
            self.tool_calls.extend(begun);
            return Ok(match self.worker.app.store.begin_step(&self.execution, &step).await? {
                true => failed("the AI backend made the same tool call four times in a row"),
                false => Err(Stop::Lost),
            });
        }
        // From here on a second attempt would call tools twice.
        self.execution.acted = true;
        let mut step = ExecutionStep { number, model_call, tool_calls: begun };
        if !self.worker.app.store.begin_step(&self.execution, &step).await? {
            return Ok(Err(Stop::Lost));
        }
        let room = MAX_TOOL_CALLS.saturating_sub(self.tool_calls.len());
        let mut results = tools.call_all(number, &calls, room, || self.left()).await?;
        if self.repetitions.is_third()
            && let Some(last) = results.last_mut()
        {
            last.content.push_str(THIRD_TIME);
        }
        let records: Vec<_> =
            results.iter().map(|r| r.record.clone().shortened(KEPT_CALL_BYTES)).collect();
        step.tool_calls.clone_from(&records);
        self.tool_calls.extend(records);
        if self.history.is_empty() {
            self.history.push(Message::User(self.agent_loop.user_message.clone()));
        }
        self.history.push(Message::Assistant { content: text, tool_calls: calls.clone() });
        for (call, result) in calls.into_iter().zip(results) {
            let (content, is_error) = (result.content, result.is_error);
            self.history.push(Message::ToolResult { call_id: call.id, content, is_error });
        }
        self.worker.app.store.end_step(&self.execution, &step).await?;
        Ok(Ok(()))
    }

    /// One more model call, outside the count, that may not call tools.
    async fn close(&mut self, model: &Model, tools: &Tools, system: &str) -> Result<Step<()>> {
        let asked = self.ask(model, tools, system, ToolChoice::Forbidden).await?;
        let (answer, call) = match asked {
            Ok(asked) => asked,
            Err(stop) => return Ok(Err(stop)),
        };
        let number = self.execution.iterations_used + 1;
        let step = ExecutionStep { number, model_call: call, tool_calls: Vec::new() };
        if !self.worker.app.store.begin_step(&self.execution, &step).await? {
            return Ok(Err(Stop::Lost));
        }
        Ok(match answer.tool_calls.is_empty() && !answer.text.trim().is_empty() {
            true => Ok(()),
            false => Err(self.without_answer()),
        })
    }
}

/// What the model reads after the same call for the third time.
const THIRD_TIME: &str = "\n\n(This is the third time in a row that you made this same call with the same \
    arguments. Do something else, or answer.)";

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
