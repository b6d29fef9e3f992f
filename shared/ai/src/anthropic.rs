//! Anthropic's messages.

use std::sync::Arc;

use outbound::Client;
use serde_json::{Value, json};
use url::Url;

use crate::{
    AnswerError, AnswerEvent, AnswerStream, Answerer, Endpoint, Finish, Message, Request, Tool,
    ToolCall, Usage,
    alternating::alternating,
    calls::{self, OpenCalls},
    http::{self, Call, Wire, error_of_status, malformed, quoted},
    markers, prompt,
    sse::SseEvent,
};

/// The version of the wire.
const VERSION: &str = "2023-06-01";

/// A server that speaks Anthropic's messages.
#[derive(Clone)]
pub struct Anthropic {
    client: Client,
    endpoint: Arc<Endpoint>,
}

impl Anthropic {
    /// The server at `endpoint`.
    pub fn new(client: Client, endpoint: Endpoint) -> Self {
        Self { client, endpoint: Arc::new(endpoint) }
    }

    pub(crate) fn call(&self, request: &Request) -> Call {
        let Endpoint { url, model, headers, api_key } = &*self.endpoint;
        let mut headers = headers.clone();
        headers.push(("anthropic-version".to_owned(), VERSION.to_owned()));
        if let Some(key) = api_key {
            headers.push(("x-api-key".to_owned(), key.clone()));
        }
        let (system, messages) = alternating(request, &prompt::fence(), blocks);
        let mut body = json!({
            "model": model.as_deref().unwrap_or_default(),
            "max_tokens": request.max_output_tokens,
            "messages": messages,
            "stream": true,
        });
        if !system.is_empty() {
            body["system"] = json!(system);
        }
        let tools = calls::declared(request);
        if !tools.is_empty() {
            if calls::are_forbidden(request) {
                body["tool_choice"] = json!({ "type": "none" });
            }
            let tool = |tool: Tool| {
                json!({
                    "name": tool.name,
                    "description": tool.description,
                    "input_schema": tool.parameters,
                })
            };
            body["tools"] = tools.into_iter().map(tool).collect();
        }
        Call { url: messages_url(url), headers, body }
    }
}

impl Answerer for Anthropic {
    fn answer(&self, request: Request) -> AnswerStream {
        let call = self.call(&request);
        let answer = http::answer(self.client.clone(), call, AnthropicWire::default());
        markers::filtered(request.chatbot.rules, answer)
    }

    fn calls_tools(&self) -> bool {
        true
    }
}

/// `…/v1/messages` under the base that a team pasted.
fn messages_url(base: &Url) -> Url {
    let mut url = base.clone();
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&match path {
        path if path.ends_with("/v1/messages") => path,
        path if path.ends_with("/v1") => format!("{path}/messages"),
        path => format!("{path}/v1/messages"),
    });
    url
}

/// Text must not be empty there.
fn text(text: &str) -> Option<Value> {
    (!text.trim().is_empty()).then(|| json!({ "type": "text", "text": text }))
}

fn blocks(message: &Message) -> (&'static str, Vec<Value>) {
    match message {
        Message::User(content) => ("user", text(content).into_iter().collect()),
        Message::Assistant { content, tool_calls } => {
            let calls = tool_calls.iter().map(|call| {
                let input = calls::sent_back(call);
                json!({ "type": "tool_use", "id": call.id, "name": call.name, "input": input })
            });
            ("assistant", text(content).into_iter().chain(calls).collect())
        }
        Message::ToolResult { call_id, content, is_error } => {
            let result = json!({
                "type": "tool_result",
                "tool_use_id": call_id,
                "content": content,
                "is_error": is_error,
            });
            ("user", vec![result])
        }
    }
}

/// Reads the events of a stream, or a whole answer.
#[derive(Default)]
pub(crate) struct AnthropicWire {
    usage: Usage,
    stop_reason: Option<String>,
    /// The tool calls whose blocks are open, by their index.
    calls: OpenCalls,
    called: bool,
}

impl AnthropicWire {
    fn count(&mut self, usage: &Value) {
        let tokens = |name: &str| usage[name].as_u64().and_then(|n| u32::try_from(n).ok());
        if let Some(input) = tokens("input_tokens") {
            let cached = ["cache_creation_input_tokens", "cache_read_input_tokens"];
            let cached = cached.iter().filter_map(|name| tokens(name));
            self.usage.input_tokens = cached.fold(input, u32::saturating_add);
        }
        if let Some(output) = tokens("output_tokens") {
            self.usage.output_tokens = output;
        }
    }

    fn close(&mut self, call: ToolCall) -> AnswerEvent {
        self.called = true;
        AnswerEvent::ToolCall(call)
    }

    fn done(&mut self) -> Vec<AnswerEvent> {
        let reason = self.stop_reason.take().unwrap_or_default();
        let finish = match reason.as_str() {
            _ if self.called => Finish::ToolCalls,
            "max_tokens" | "model_context_window_exceeded" => Finish::Length,
            "refusal" => Finish::Filtered,
            _ => Finish::Stop,
        };
        let refused = (finish == Finish::Filtered).then_some(AnswerEvent::Refused);
        refused.into_iter().chain([AnswerEvent::Done { usage: self.usage, finish }]).collect()
    }

    fn read(&mut self, kind: &str, data: &Value) -> Result<Vec<AnswerEvent>, AnswerError> {
        let index = data["index"].as_u64().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(match kind {
            "message_start" => {
                self.count(&data["message"]["usage"]);
                Vec::new()
            }
            "content_block_start" => {
                let block = &data["content_block"];
                if block["type"] == "tool_use" {
                    self.calls.open(index, &text(&block["id"]), &text(&block["name"]))?;
                }
                delta(text(&block["text"]))
            }
            "content_block_delta" => {
                let part = &data["delta"];
                let arguments = part["partial_json"].as_str().unwrap_or_default();
                self.calls.push(index, "", arguments)?;
                // Thinking and signatures are no visible text.
                match part["type"].as_str() {
                    Some("text_delta") => delta(text(&part["text"])),
                    _ => Vec::new(),
                }
            }
            "content_block_stop" => match self.calls.close(index) {
                Some(call) => vec![self.close(call)],
                None => Vec::new(),
            },
            "message_delta" => {
                // Cumulative: it replaces.
                self.count(&data["usage"]);
                if let Some(reason) = data["delta"]["stop_reason"].as_str() {
                    self.stop_reason = Some(reason.to_owned());
                }
                Vec::new()
            }
            "message_stop" => self.done(),
            "error" => return Err(in_band(&data["error"])),
            // `ping`, and what later versions add.
            _ => Vec::new(),
        })
    }
}

fn delta(text: String) -> Vec<AnswerEvent> {
    (!text.is_empty()).then_some(AnswerEvent::Delta(text)).into_iter().collect()
}

impl Wire for AnthropicWire {
    fn event(&mut self, event: SseEvent) -> Result<Vec<AnswerEvent>, AnswerError> {
        let data = event.data.trim();
        if data.is_empty() || data == "[DONE]" {
            return Ok(Vec::new());
        }
        let value: Value = serde_json::from_str(data)
            .map_err(|_| malformed(&format!("an event that is not JSON: {}", quoted(data))))?;
        // Some proxies leave `event:` out, some send a bare error.
        let kind = value["type"].as_str().unwrap_or(&event.event).to_owned();
        match value.get("error").filter(|error| !error.is_null()) {
            Some(error) => Err(in_band(error)),
            None => self.read(&kind, &value),
        }
    }

    fn end(&mut self) -> Result<Vec<AnswerEvent>, AnswerError> {
        Err(AnswerError::BrokenOff)
    }

    fn whole(&mut self, body: &[u8]) -> Result<Vec<AnswerEvent>, AnswerError> {
        let answer: Value = serde_json::from_slice(body)
            .map_err(|_| malformed(&quoted(&String::from_utf8_lossy(body))))?;
        if let Some(error) = answer.get("error").filter(|error| !error.is_null()) {
            return Err(in_band(error));
        }
        self.count(&answer["usage"]);
        self.stop_reason = answer["stop_reason"].as_str().map(str::to_owned);
        let mut events = Vec::new();
        for block in answer["content"].as_array().into_iter().flatten() {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            match block["type"].as_str() {
                Some("text") => events.extend(delta(text(&block["text"]))),
                Some("tool_use") => {
                    let arguments = block["input"].to_string();
                    let (id, name) = (text(&block["id"]), text(&block["name"]));
                    events.push(self.close(ToolCall { id, name, arguments }));
                }
                _ => {}
            }
        }
        events.extend(self.done());
        Ok(events)
    }

    fn error(&self, status: u16, body: &str) -> AnswerError {
        let json: Value = serde_json::from_str(body).unwrap_or_default();
        let message = json["error"]["message"].as_str().unwrap_or(body);
        error_of_status(status, quoted(message))
    }
}

/// An error inside a stream whose status was 200, by its type.
fn in_band(error: &Value) -> AnswerError {
    let message = quoted(error["message"].as_str().unwrap_or(&error.to_string()));
    let status = match error["type"].as_str().unwrap_or_default() {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "request_too_large" => 413,
        "rate_limit_error" => 429,
        "overloaded_error" => 529,
        _ => 500,
    };
    error_of_status(status, message)
}
