//! An execution: one run of a loop, and the record of what it did.

use serde::{Deserialize, Serialize};

use super::{KEPT_CALL_BYTES, KEPT_CALLS_BYTES, KEPT_OUTPUT_BYTES, MAX_WARNINGS};
use crate::{AgentLoopId, ChatbotId, Error, ExecutionId, Result, Timestamp, WorkspaceId};

/// The state of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExecutionStatus {
    /// It waits for a worker.
    Pending,
    /// A worker has it.
    Running,
    /// The model said what there was to say.
    Completed,
    /// It ended without that.
    Failed,
    /// Its time ran out.
    Timeout,
}

impl ExecutionStatus {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Pending, Self::Running, Self::Completed, Self::Failed, Self::Timeout];

    /// The name as stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Timeout => "timeout",
        }
    }

    /// The status that `field` names.
    pub fn named(field: &str, text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|status| status.name() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            Error::field(field, format!("must be one of {names}"))
        })
    }

    /// Whether it has ended: this status never changes again.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Timeout)
    }
}

/// What began an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExecutionTrigger {
    /// A request.
    Manual,
    /// The loop's schedule.
    Schedule,
}

impl ExecutionTrigger {
    /// The name as stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Schedule => "schedule",
        }
    }
}

/// One run of a loop. What it said and called is an [`ExecutionResult`], apart from it, since that may
/// be large.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentExecution {
    /// Its id; of a scheduled one derived from the loop and the planned time.
    pub id: ExecutionId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The loop.
    pub agent_loop_id: AgentLoopId,
    /// The loop's name at that time.
    pub agent_loop_name: String,
    /// The chatbot that the loop names.
    pub chatbot_id: Option<ChatbotId>,
    /// What began it.
    pub trigger: ExecutionTrigger,
    /// The time for which the schedule planned it.
    pub planned_at: Option<Timestamp>,
    /// Its state.
    pub status: ExecutionStatus,
    /// How many workers have begun it.
    pub attempt: u32,
    /// While it is running: its worker is taken for dead after that.
    pub lease_until: Option<Timestamp>,
    /// Whether a tool was called, or was about to be: it is not begun again then.
    pub acted: bool,
    /// When its owner cancelled it.
    pub cancelled_at: Option<Timestamp>,
    /// Model calls made, without the closing one.
    pub iterations_used: u32,
    /// Tokens read and written.
    pub tokens_used: u64,
    /// The model that was asked.
    pub model: Option<String>,
    /// When a worker first began it.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// Why it failed, for its owner.
    pub error: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How an execution ended.
#[derive(Debug, Clone, PartialEq)]
pub struct ExecutionEnd {
    /// A final one.
    pub status: ExecutionStatus,
    /// See [`AgentExecution::error`].
    pub error: Option<String>,
    /// See [`AgentExecution::iterations_used`].
    pub iterations_used: u32,
    /// See [`AgentExecution::tokens_used`].
    pub tokens_used: u64,
    /// See [`AgentExecution::model`].
    pub model: Option<String>,
    /// What it said and called.
    pub result: ExecutionResult,
}

/// What an execution said and called.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ExecutionResult {
    /// The model's last text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// Its calls, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCallRecord>,
    /// What its owner should know: dropped tools, servers that were not reached, changed tools.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// A tool call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ToolCallRecord {
    /// The model call that requested it, from 1.
    pub iteration: u32,
    /// The name that the model called.
    pub name: String,
    /// The server that has it; `None` for one of the platform's own, or one that doesn't exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// Its arguments, as the model wrote them; cut.
    pub arguments: String,
    /// What the model was told; cut. `None` while it is not over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// How long it took, in milliseconds.
    #[serde(default)]
    pub ms: u64,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// One iteration: a model call and the tool calls that came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExecutionStep {
    /// Which one, from 1.
    pub number: u32,
    /// The model call.
    pub model_call: ModelCallRecord,
    /// The tool calls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCallRecord>,
}

/// A model call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelCallRecord {
    /// Whether it was the closing one, for which tools were forbidden.
    #[serde(default)]
    pub closing: bool,
    /// How long it took, in milliseconds.
    pub ms: u64,
    /// Tokens read.
    pub input_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
    /// What it said; cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The first `bytes` of `text`, at a character's end, with a mark if something is missing. Control
/// characters are left out: JSON makes six bytes of each.
pub fn cut(text: &str, bytes: usize) -> String {
    let plain = |c: &char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    if text.len() <= bytes {
        return text.chars().filter(plain).collect();
    }
    let end = text.floor_char_boundary(bytes.saturating_sub('…'.len_utf8()));
    text.get(..end).unwrap_or_default().chars().filter(plain).chain(['…']).collect()
}

impl ToolCallRecord {
    /// With arguments and result of at most `bytes` each.
    #[must_use]
    pub fn shortened(self, bytes: usize) -> Self {
        Self {
            arguments: cut(&self.arguments, bytes),
            result: self.result.map(|result| cut(&result, bytes)),
            error: self.error.map(|error| cut(&error, bytes)),
            ..self
        }
    }
}

impl ExecutionResult {
    /// As it is kept: everything cut to its bound.
    #[must_use]
    pub fn kept(self) -> Self {
        let Self { output, tool_calls, mut warnings } = self;
        let each = (KEPT_CALLS_BYTES / 2 / tool_calls.len().max(1)).min(KEPT_CALL_BYTES);
        warnings.truncate(MAX_WARNINGS);
        Self {
            output: output.map(|output| cut(&output, KEPT_OUTPUT_BYTES)),
            tool_calls: tool_calls.into_iter().map(|call| call.shortened(each)).collect(),
            warnings,
        }
    }

    /// Cut until its texts have at most `bytes` in all.
    #[must_use]
    pub fn within(self, bytes: usize) -> Self {
        let calls = self.tool_calls.len();
        let size = |call: &ToolCallRecord| {
            call.arguments.len()
                + call.result.as_ref().map_or(0, String::len)
                + call.error.as_ref().map_or(0, String::len)
        };
        let of_calls: usize = self.tool_calls.iter().map(size).sum();
        let of_output = self.output.as_ref().map_or(0, String::len);
        if of_calls + of_output <= bytes {
            return self;
        }
        let each = bytes / 2 / (3 * calls).max(1);
        Self {
            output: self.output.map(|output| cut(&output, bytes / 2)),
            tool_calls: self.tool_calls.into_iter().map(|call| call.shortened(each)).collect(),
            warnings: self.warnings,
        }
    }
}

/// Which executions of a list are wanted: those that are alike in all that is named here.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExecutionFilter {
    /// Its id, as text: a malformed id matches nothing.
    pub id: Option<String>,
    /// See [`AgentExecution::status`].
    pub status: Option<ExecutionStatus>,
    /// See [`AgentExecution::created_at`].
    pub created_at: Option<Timestamp>,
}

impl ExecutionFilter {
    /// Whether `it` is wanted.
    pub fn matches(&self, it: &AgentExecution) -> bool {
        let Self { id, status, created_at } = self;
        id.as_ref().is_none_or(|id| *id == it.id.to_string())
            && status.is_none_or(|status| status == it.status)
            && created_at.is_none_or(|at| at == it.created_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_text_fits_ends_at_a_character_and_says_so() {
        assert_eq!(cut("abc", 3), "abc");
        for (text, bytes) in [("abcdefgh", 5), ("ääääää", 7), ("🙂🙂🙂", 9), ("ab", 1)]
        {
            let cut = cut(text, bytes);
            assert!(cut.ends_with('…') && cut.len() <= bytes.max('…'.len_utf8()), "{cut}");
        }
    }

    #[test]
    fn what_is_kept_of_many_long_calls_fits_an_item() {
        let call = ToolCallRecord {
            arguments: "a".repeat(50_000),
            result: Some("ü".repeat(50_000)),
            ..ToolCallRecord::default()
        };
        let result = ExecutionResult {
            output: Some("o".repeat(500_000)),
            tool_calls: vec![call; super::super::MAX_TOOL_CALLS],
            warnings: vec![String::new(); 500],
        };
        let kept = result.kept();
        let size = serde_json::to_string(&kept).unwrap().len();
        assert!(size < 250_000 && kept.warnings.len() == MAX_WARNINGS, "{size}");
        assert!(kept.tool_calls.iter().all(|call| call.arguments.len() == 512));
        for bytes in [100_000, 10_000, 1_000] {
            let within = kept.clone().within(bytes);
            let texts: usize = within.output.as_ref().map_or(0, String::len)
                + within
                    .tool_calls
                    .iter()
                    .map(|c| c.arguments.len() + c.result.as_ref().map_or(0, String::len))
                    .sum::<usize>();
            // A mark alone is longer than nothing.
            assert!(texts <= bytes + 2 * 3 * 128, "{texts} of {bytes}");
        }
    }
}
