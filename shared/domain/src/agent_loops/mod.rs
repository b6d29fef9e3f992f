//! Agent loops: jobs in words that run unattended, with tools, a schedule and a callback; and their
//! executions.

mod agent_loop;
mod execution;
pub mod schedule;
mod settings;

pub use agent_loop::{
    AgentLoop, AgentLoopFilter, AgentLoopStatus, BuiltinTool, ToolServer, ToolServerEra,
    ToolServerInput, seal_owner,
};
pub use execution::{
    AgentExecution, ExecutionEnd, ExecutionFilter, ExecutionResult, ExecutionStatus, ExecutionStep,
    ExecutionTrigger, ModelCallRecord, ToolCallRecord, cut,
};
pub use settings::{AgentLoopPatch, NewAgentLoop};

use std::time::Duration;

/// Agent loops of one workspace.
pub const MAX_AGENT_LOOPS: u32 = 200;
/// MCP servers of one loop.
pub const MAX_TOOL_SERVERS: usize = 10;
/// Names in a server's list of allowed tools.
pub const MAX_ALLOWED_TOOLS: usize = 128;
/// A server's name.
pub const SERVER_NAME: (usize, usize) = (1, 40);
/// A tool's name, as its server has it.
pub const TOOL_NAME: (usize, usize) = (1, 128);
/// What the model is told about itself.
pub const SYSTEM_PROMPT: (usize, usize) = (0, 16_000);
/// The job in words.
pub const USER_MESSAGE: (usize, usize) = (1, 16_000);
/// Everything that a loop shows, in bytes: a page of a hundred fits a response.
pub const MAX_SHOWN_BYTES: usize = 40 * 1024;
/// Names and values of all headers of a loop, in bytes: they are stored with it, sealed.
pub const MAX_HEADER_BYTES: usize = 32 * 1024;
/// Model calls with tools.
pub const MAX_ITERATIONS: (u32, u32) = (1, 50);
/// Without another value.
pub const DEFAULT_MAX_ITERATIONS: u32 = 10;
/// Seconds for one execution: a Lambda ends at 900, and what comes of it has to be written before.
pub const LOOP_TIMEOUT_SECONDS: (u32, u32) = (10, 840);
/// Without another value.
pub const DEFAULT_LOOP_TIMEOUT_SECONDS: u32 = 300;
/// Tokens of one execution, read and written together.
pub const MAX_TOKENS: (u32, u32) = (1_000, 10_000_000);
/// Without another value.
pub const DEFAULT_MAX_TOKENS: u32 = 500_000;
/// Tool calls of one model call.
pub const MAX_CALLS_PER_ITERATION: usize = 16;
/// Tool calls of one execution.
pub const MAX_TOOL_CALLS: usize = 128;
/// A tool has this long to answer.
pub const TOOL_TIMEOUT: Duration = Duration::from_secs(60);
/// Bytes of a tool's result that the model reads.
pub const MAX_TOOL_RESULT: usize = 32 * 1024;
/// Bytes of a call's arguments, and of its result, that are kept in the record.
pub const KEPT_CALL_BYTES: usize = 2 * 1024;
/// Bytes of the output that are kept.
pub const KEPT_OUTPUT_BYTES: usize = 64 * 1024;
/// Bytes of the tool calls that are kept with a result: calls are cut shorter where there are many.
pub const KEPT_CALLS_BYTES: usize = 128 * 1024;
/// Warnings that are kept.
pub const MAX_WARNINGS: usize = 50;
/// An execution is kept for this long after it was made.
pub const EXECUTION_KEPT_FOR: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// Executions that a list looks at, the newest ones.
pub const MAX_LISTED_EXECUTIONS: u32 = 1_000;
