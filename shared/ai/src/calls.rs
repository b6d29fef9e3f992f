//! Tool calls while a stream writes them: their arguments come in fragments, within bounds.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{
    AnswerError, Message, Request, Tool, ToolCall,
    http::{MAX_TEXT, malformed},
};

/// Tool calls of one answer.
pub(crate) const MAX_TOOL_CALLS: usize = 64;

/// The tool calls of an answer that are not complete, by their place in it.
#[derive(Default)]
pub(crate) struct OpenCalls {
    open: BTreeMap<u64, ToolCall>,
    /// Bytes of all arguments so far, those of complete calls too.
    size: usize,
    /// Calls so far.
    number: usize,
}

impl OpenCalls {
    /// A call begins at `place`; returns the one that was open there.
    pub(crate) fn open(
        &mut self,
        place: u64,
        id: &str,
        name: &str,
    ) -> Result<Option<ToolCall>, AnswerError> {
        self.number += 1;
        if self.number > MAX_TOOL_CALLS {
            return Err(malformed(&format!("more than {MAX_TOOL_CALLS} tool calls in one answer")));
        }
        let call = ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: String::new() };
        Ok(self.open.insert(place, call))
    }

    /// The call at `place`, if one is open there.
    pub(crate) fn get(&self, place: u64) -> Option<&ToolCall> {
        self.open.get(&place)
    }

    /// More of the name and of the arguments of the call at `place`; of no meaning if none is open there.
    pub(crate) fn push(
        &mut self,
        place: u64,
        name: &str,
        arguments: &str,
    ) -> Result<(), AnswerError> {
        let Some(call) = self.open.get_mut(&place) else { return Ok(()) };
        self.size += name.len() + arguments.len();
        if self.size > MAX_TEXT {
            return Err(malformed("the arguments of its tool calls are larger than 128 KiB"));
        }
        call.name.push_str(name);
        call.arguments.push_str(arguments);
        Ok(())
    }

    /// The call at `place`, complete.
    pub(crate) fn close(&mut self, place: u64) -> Option<ToolCall> {
        self.open.remove(&place).map(complete)
    }

    /// All that are open, complete, in order.
    pub(crate) fn close_all(&mut self) -> impl Iterator<Item = ToolCall> {
        std::mem::take(&mut self.open).into_values().map(complete)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}

/// No arguments at all are an empty object.
pub(crate) fn complete(mut call: ToolCall) -> ToolCall {
    if call.arguments.trim().is_empty() {
        "{}".clone_into(&mut call.arguments);
    }
    call
}

/// The arguments of a call as a wire takes them back, which is an object whatever the model wrote: the
/// call's result has told it what was wrong.
pub(crate) fn sent_back(call: &ToolCall) -> Map<String, Value> {
    call.object().unwrap_or_default()
}

/// The tools that a request declares. A history with tool calls is refused by Anthropic and Bedrock
/// without them, so the names that were called are declared instead.
pub(crate) fn declared(request: &Request) -> Vec<Tool> {
    if !request.tools.is_empty() {
        return request.tools.clone();
    }
    let mut tools: Vec<Tool> = Vec::new();
    for message in &request.history {
        let Message::Assistant { tool_calls, .. } = message else { continue };
        for call in tool_calls {
            if !tools.iter().any(|tool| tool.name == call.name) {
                tools.push(Tool {
                    name: call.name.clone(),
                    description: String::new(),
                    parameters: serde_json::json!({ "type": "object", "properties": {} }),
                });
            }
        }
    }
    tools
}

/// Whether a request declares tools that may not be called.
pub(crate) fn are_forbidden(request: &Request) -> bool {
    request.tools.is_empty() || request.tool_choice == crate::ToolChoice::Forbidden
}
