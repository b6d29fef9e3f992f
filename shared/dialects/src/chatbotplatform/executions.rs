//! Chatbot Platform's executions of agent loops, as they are shown, posted to callbacks and told in
//! events.

use domain::{
    AgentExecution, ExecutionResult, ExecutionStatus, ExecutionStep, ModelCallRecord,
    ToolCallRecord,
};
use serde::Serialize;
use utoipa::{ToSchema, openapi::Object};

use crate::schema;

pub(super) fn execution_status() -> Object {
    schema::one_of(ExecutionStatus::ALL.map(ExecutionStatus::name))
}

fn trigger() -> Object {
    schema::one_of(["manual", "schedule"])
}

/// An execution.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::ExecutionOut)]
pub struct ExecutionOut {
    #[schema(schema_with = schema::id)]
    id: String,
    #[schema(schema_with = schema::id)]
    agent_loop_id: String,
    #[schema(schema_with = execution_status)]
    status: &'static str,
    result: ResultOut,
    metadata: ExecutionMetadataOut,
    /// Why it failed, or ran out of time.
    #[schema(required = true)]
    error: Option<String>,
}

/// What it said and called.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::ResultOut)]
struct ResultOut {
    /// The model's last text.
    #[schema(required = true)]
    output: Option<String>,
    /// Model calls, without the closing one.
    iterations_used: u32,
    /// Its tool calls, in order; there once it has ended.
    tool_calls: Vec<ToolCallOut>,
}

/// When and with what it ran.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::ExecutionMetadataOut)]
struct ExecutionMetadataOut {
    #[schema(schema_with = schema::time_or_null)]
    started_at: Option<String>,
    #[schema(schema_with = schema::time_or_null)]
    completed_at: Option<String>,
    /// From its start to its end, to the millisecond.
    #[schema(required = true)]
    duration_seconds: Option<f64>,
    #[schema(required = true)]
    model: Option<String>,
    /// Tokens read and written.
    tokens_used: u64,
    /// What began it.
    #[schema(schema_with = trigger)]
    trigger: &'static str,
    /// The time for which the schedule planned it.
    #[schema(schema_with = schema::time_or_null)]
    planned_at: Option<String>,
    #[schema(schema_with = schema::time)]
    created_at: String,
    /// When its owner cancelled it.
    #[schema(schema_with = schema::time_or_null)]
    cancelled_at: Option<String>,
    /// What its owner should know: tools that were left out, servers that were not reached, tools that
    /// changed since the last execution.
    warnings: Vec<String>,
}

/// A tool call. Arguments and result are cut where they are long.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::ToolCallOut)]
struct ToolCallOut {
    /// The model call that requested it, from 1.
    iteration: u32,
    /// The name that the model called.
    name: String,
    /// The MCP server that has it; null for a tool of the platform.
    #[schema(required = true)]
    server: Option<String>,
    /// JSON, as the model wrote it.
    arguments: String,
    /// What the model was told; null if it is not known.
    #[schema(required = true)]
    result: Option<String>,
    /// Milliseconds.
    ms: u64,
    /// Why it failed.
    #[schema(required = true)]
    error: Option<String>,
}

impl From<ToolCallRecord> for ToolCallOut {
    fn from(from: ToolCallRecord) -> Self {
        let ToolCallRecord { iteration, name, server, arguments, result, ms, error } = from;
        Self { iteration, name, server, arguments, result, ms, error }
    }
}

impl From<(AgentExecution, ExecutionResult)> for ExecutionOut {
    fn from((execution, result): (AgentExecution, ExecutionResult)) -> Self {
        let AgentExecution {
            id,
            workspace_id: _,
            agent_loop_id,
            agent_loop_name: _,
            chatbot_id: _,
            trigger,
            planned_at,
            status,
            attempt: _,
            lease_until: _,
            acted: _,
            cancelled_at,
            iterations_used,
            tokens_used,
            model,
            started_at,
            completed_at,
            error,
            created_at,
        } = execution;
        let ExecutionResult { output, tool_calls, warnings } = result;
        let took = started_at.zip(completed_at).map(|(started, ended)| ended.since(started));
        let text = |at: domain::Timestamp| at.to_string();
        Self {
            id: id.to_string(),
            agent_loop_id: agent_loop_id.to_string(),
            status: status.name(),
            result: ResultOut {
                output,
                iterations_used,
                tool_calls: tool_calls.into_iter().map(Into::into).collect(),
            },
            metadata: ExecutionMetadataOut {
                started_at: started_at.map(text),
                completed_at: completed_at.map(text),
                duration_seconds: took.map(|took| took.as_millis() as f64 / 1000.0),
                model,
                tokens_used,
                trigger: trigger.name(),
                planned_at: planned_at.map(text),
                created_at: created_at.to_string(),
                cancelled_at: cancelled_at.map(text),
                warnings,
            },
            error,
        }
    }
}

/// What is posted to a callback: the execution with the name of its loop.
#[derive(Debug, Serialize)]
pub(super) struct CallbackOut {
    #[serde(flatten)]
    execution: ExecutionOut,
    agent_loop_name: String,
}

impl CallbackOut {
    pub fn new(execution: AgentExecution, result: ExecutionResult) -> Self {
        let agent_loop_name = execution.agent_loop_name.clone();
        Self { execution: (execution, result).into(), agent_loop_name }
    }
}

/// An execution with its record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::ExecutionRecordOut)]
pub struct ExecutionRecordOut {
    #[serde(flatten)]
    execution: ExecutionOut,
    /// What it did, step by step, as far as it has come.
    steps: Vec<StepOut>,
}

/// A model call and the tool calls that came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::StepOut)]
struct StepOut {
    #[schema(minimum = 1)]
    number: u32,
    model_call: ModelCallOut,
    tool_calls: Vec<ToolCallOut>,
}

/// A model call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::ModelCallOut)]
struct ModelCallOut {
    /// Whether it was the closing one, for which tools were forbidden.
    closing: bool,
    /// Milliseconds.
    ms: u64,
    input_tokens: u64,
    output_tokens: u64,
    /// What it said; cut where it is long.
    #[schema(required = true)]
    text: Option<String>,
    /// Why it failed.
    #[schema(required = true)]
    error: Option<String>,
}

impl From<ExecutionStep> for StepOut {
    fn from(from: ExecutionStep) -> Self {
        let ExecutionStep { number, model_call, tool_calls } = from;
        let ModelCallRecord { closing, ms, input_tokens, output_tokens, text, error } = model_call;
        Self {
            number,
            model_call: ModelCallOut { closing, ms, input_tokens, output_tokens, text, error },
            tool_calls: tool_calls.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<(AgentExecution, ExecutionResult, Vec<ExecutionStep>)> for ExecutionRecordOut {
    fn from(from: (AgentExecution, ExecutionResult, Vec<ExecutionStep>)) -> Self {
        let (execution, result, steps) = from;
        Self {
            execution: (execution, result).into(),
            steps: steps.into_iter().map(Into::into).collect(),
        }
    }
}
