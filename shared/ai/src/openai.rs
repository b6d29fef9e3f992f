//! OpenAI's chat completions, and the many servers that speak the same: Azure, Ollama, vLLM, LiteLLM,
//! OpenRouter, Groq. What differs between them is read tolerantly: a missing `choices`, a choice without
//! `delta`, tool calls that end with `stop`, an error inside a successful stream.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use futures::{StreamExt, stream};
use outbound::Client;
use serde_json::{Value, json};
use url::Url;

use crate::{
    AnswerError, AnswerEvent, AnswerStream, Answerer, Endpoint, Finish, Message, Request, Tool,
    ToolCall, Usage,
    calls::{self, OpenCalls},
    http::{self, Call, Wire, error_of_status, malformed, quoted},
    markers, prompt,
    sse::SseEvent,
};

/// A server that speaks OpenAI's chat completions.
#[derive(Clone)]
pub struct OpenAi {
    client: Client,
    endpoint: Arc<Endpoint>,
    learned: Arc<Learned>,
}

/// What a server's refusals have told about it.
#[derive(Default)]
struct Learned {
    /// It takes the other name of the bound on the output.
    other_bound: AtomicBool,
    /// It doesn't know `stream_options`.
    no_stream_options: AtomicBool,
    /// It doesn't know `tool_choice`.
    no_tool_choice: AtomicBool,
}

impl OpenAi {
    /// The server at `endpoint`, whose URL is the base that a team pastes.
    pub fn new(client: Client, endpoint: Endpoint) -> Self {
        Self { client, endpoint: Arc::new(endpoint), learned: Arc::default() }
    }

    pub(crate) fn call(&self, request: &Request, fence: &str) -> Call {
        let Endpoint { url, model, headers, api_key } = &*self.endpoint;
        let mut headers = headers.clone();
        if let Some(key) = api_key {
            headers.push(("authorization".to_owned(), format!("Bearer {key}")));
        }
        let mut body = json!({ "messages": messages(request, fence), "stream": true });
        if let Some(model) = model {
            body["model"] = json!(model);
        }
        if !self.learned.no_stream_options.load(Ordering::Relaxed) {
            body["stream_options"] = json!({ "include_usage": true });
        }
        let new_name = takes_max_completion_tokens(url, model.as_deref().unwrap_or_default())
            != self.learned.other_bound.load(Ordering::Relaxed);
        let bound = if new_name { "max_completion_tokens" } else { "max_tokens" };
        body[bound] = json!(request.max_output_tokens);
        self.tools(&mut body, request);
        Call { url: completions_url(url), headers, body }
    }

    fn tools(&self, body: &mut Value, request: &Request) {
        let tools = calls::declared(request);
        if tools.is_empty() {
            return;
        }
        let tool = |tool: Tool| {
            json!({ "type": "function", "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
            }})
        };
        body["tools"] = tools.into_iter().map(tool).collect();
        if calls::are_forbidden(request) && !self.learned.no_tool_choice.load(Ordering::Relaxed) {
            body["tool_choice"] = json!("none");
        }
    }

    /// Whether a refusal says what to leave out, which is remembered.
    fn learn(&self, error: &AnswerError) -> bool {
        let AnswerError::Rejected { message } = error else { return false };
        let flag = if message.contains("stream_options") {
            &self.learned.no_stream_options
        } else if message.contains("tool_choice") {
            &self.learned.no_tool_choice
        } else if message.contains("max_tokens") || message.contains("max_completion_tokens") {
            &self.learned.other_bound
        } else {
            return false;
        };
        !flag.swap(true, Ordering::Relaxed)
    }
}

impl Answerer for OpenAi {
    fn answer(&self, request: Request) -> AnswerStream {
        let (this, rules) = (self.clone(), request.chatbot.rules);
        let raw = stream::once(async move {
            let fence = prompt::fence();
            loop {
                let call = this.call(&request, &fence);
                let wire = OpenAiWire::new(this.endpoint.url.clone());
                let mut events = http::answer(this.client.clone(), call, wire);
                let first = events.next().await;
                match first {
                    Some(Err(error)) if this.learn(&error) => {}
                    first => return stream::iter(first).chain(events),
                }
            }
        });
        markers::filtered(rules, raw.flatten().boxed())
    }

    fn calls_tools(&self) -> bool {
        true
    }
}

/// Whether the bound on the output is called `max_completion_tokens` there: by OpenAI itself and by
/// reasoning models, which refuse the older name; many other servers know only that.
fn takes_max_completion_tokens(url: &Url, model: &str) -> bool {
    let model = model.rsplit('/').next().unwrap_or_default();
    let reasoning = model.starts_with("gpt-5")
        || model
            .strip_prefix('o')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    url.host_str() == Some("api.openai.com") || reasoning
}

/// `…/chat/completions` under the base that a team pasted, with its query string. `/v1` is never added:
/// Azure and gateways have other prefixes.
fn completions_url(base: &Url) -> Url {
    let mut url = base.clone();
    let path = url.path().trim_end_matches('/').to_owned();
    if !path.ends_with("/chat/completions") {
        url.set_path(&format!("{path}/chat/completions"));
    } else {
        url.set_path(&path);
    }
    url
}

fn messages(request: &Request, fence: &str) -> Vec<Value> {
    let system = prompt::system(request, fence);
    let mut messages = Vec::new();
    if !system.is_empty() {
        messages.push(json!({ "role": "system", "content": system }));
    }
    messages.extend(request.history.iter().map(message));
    if !request.message.is_empty() {
        messages.push(json!({ "role": "user", "content": request.message }));
    }
    messages
}

fn message(message: &Message) -> Value {
    match message {
        Message::User(text) => json!({ "role": "user", "content": text }),
        Message::Assistant { content, tool_calls } if tool_calls.is_empty() => {
            json!({ "role": "assistant", "content": content })
        }
        Message::Assistant { content, tool_calls } => {
            let calls: Vec<Value> = tool_calls
                .iter()
                .map(|call| {
                    let arguments = Value::Object(calls::sent_back(call)).to_string();
                    let function = json!({ "name": call.name, "arguments": arguments });
                    json!({ "id": call.id, "type": "function", "function": function })
                })
                .collect();
            let content = (!content.is_empty()).then_some(content);
            json!({ "role": "assistant", "content": content, "tool_calls": calls })
        }
        Message::ToolResult { call_id, content, is_error } => {
            let content = if *is_error { format!("Error: {content}") } else { content.clone() };
            json!({ "role": "tool", "tool_call_id": call_id, "content": content })
        }
    }
}

/// Reads chunks of a stream, or a whole answer.
pub(crate) struct OpenAiWire {
    url: Url,
    usage: Usage,
    finish: Option<Finish>,
    refused: bool,
    /// An id that is new at a known place opens another call.
    calls: OpenCalls,
    closed: Vec<ToolCall>,
}

impl OpenAiWire {
    pub(crate) fn new(url: Url) -> Self {
        Self {
            url,
            usage: Usage::default(),
            finish: None,
            refused: false,
            calls: OpenCalls::default(),
            closed: Vec::new(),
        }
    }

    fn chunk(&mut self, chunk: &Value) -> Result<Vec<AnswerEvent>, AnswerError> {
        if let Some(error) = chunk.get("error").filter(|error| !error.is_null()) {
            return Err(in_band(error));
        }
        self.count(&chunk["usage"]);
        let mut events = Vec::new();
        let Some(choice) = chunk["choices"].as_array().and_then(|choices| choices.first()) else {
            return Ok(events);
        };
        // A stream has `delta`, a whole answer `message`.
        for part in [&choice["delta"], &choice["message"]] {
            if let Some(text) = text_of(&part["content"]).filter(|text| !text.is_empty()) {
                events.push(AnswerEvent::Delta(text));
            }
            self.refused |= part["refusal"].as_str().is_some_and(|text| !text.is_empty());
            for (place, call) in (0..).zip(part["tool_calls"].as_array().into_iter().flatten()) {
                self.tool_call(place, call)?;
            }
        }
        if let Some(reason) = choice["finish_reason"].as_str() {
            self.finish = Some(match reason {
                "length" => Finish::Length,
                "content_filter" => Finish::Filtered,
                _ => Finish::Stop,
            });
        }
        Ok(events)
    }

    fn count(&mut self, usage: &Value) {
        let tokens = |name: &str| usage[name].as_u64().and_then(|n| u32::try_from(n).ok());
        if let Some(input) = tokens("prompt_tokens") {
            self.usage.input_tokens = input;
        }
        if let Some(output) = tokens("completion_tokens") {
            self.usage.output_tokens = output;
        }
    }

    fn tool_call(&mut self, place: u64, call: &Value) -> Result<(), AnswerError> {
        let place = call["index"].as_u64().unwrap_or(place);
        let id = call["id"].as_str().unwrap_or_default();
        let function = &call["function"];
        // Gateways send arguments as an object.
        let arguments = match &function["arguments"] {
            Value::Object(object) => Value::Object(object.clone()).to_string(),
            other => other.as_str().unwrap_or_default().to_owned(),
        };
        let goes_on = |open: &ToolCall| id.is_empty() || open.id == id;
        if !self.calls.get(place).is_some_and(goes_on) {
            self.closed.extend(self.calls.open(place, id, "")?.map(calls::complete));
        }
        self.calls.push(place, function["name"].as_str().unwrap_or_default(), &arguments)
    }

    /// The end, with the tool calls that are complete now. Whether there are any decides, since servers
    /// end calls with `stop` too.
    fn done(&mut self) -> Vec<AnswerEvent> {
        let calls: Vec<ToolCall> = self.closed.drain(..).chain(self.calls.close_all()).collect();
        let mut finish = self.finish.unwrap_or(Finish::Stop);
        let mut events: Vec<AnswerEvent> = (1..)
            .zip(calls)
            .map(|(number, mut call)| {
                if call.id.is_empty() {
                    call.id = format!("call_{number}");
                }
                finish = Finish::ToolCalls;
                AnswerEvent::ToolCall(call)
            })
            .collect();
        if self.refused || finish == Finish::Filtered {
            events.push(AnswerEvent::Refused);
        }
        events.push(AnswerEvent::Done { usage: self.usage, finish });
        events
    }
}

impl Wire for OpenAiWire {
    fn event(&mut self, event: SseEvent) -> Result<Vec<AnswerEvent>, AnswerError> {
        let data = event.data.trim();
        if data == "[DONE]" {
            return match self.finish.is_some() || !self.calls.is_empty() {
                true => Ok(self.done()),
                false => Err(AnswerError::BrokenOff),
            };
        }
        if data.is_empty() {
            return Ok(Vec::new());
        }
        let chunk: Value = serde_json::from_str(data)
            .map_err(|_| malformed(&format!("an event that is not JSON: {}", quoted(data))))?;
        if event.event == "error" && chunk.get("error").is_none() {
            return Err(in_band(&chunk));
        }
        self.chunk(&chunk)
    }

    /// Some servers leave `[DONE]` out; without a reason to finish the answer broke off.
    fn end(&mut self) -> Result<Vec<AnswerEvent>, AnswerError> {
        match self.finish {
            Some(_) => Ok(self.done()),
            None => Err(AnswerError::BrokenOff),
        }
    }

    fn whole(&mut self, body: &[u8]) -> Result<Vec<AnswerEvent>, AnswerError> {
        let answer: Value = serde_json::from_slice(body)
            .map_err(|_| malformed(&quoted(&String::from_utf8_lossy(body))))?;
        let mut events = self.chunk(&answer)?;
        events.extend(self.done());
        Ok(events)
    }

    fn error(&self, status: u16, body: &str) -> AnswerError {
        let json: Value = serde_json::from_str(body).unwrap_or_default();
        let error = &json["error"];
        let text = error["message"].as_str().or_else(|| error.as_str());
        let mut message = quoted(text.unwrap_or(body));
        if status == 404 && !self.url.path().contains("/v1") {
            message.push_str(" (did you mean a URL that ends in /v1?)");
        }
        // Not a rate: the account has no credit left.
        let code = error["code"].as_str().unwrap_or_default();
        if status == 429 && code == "insufficient_quota" {
            return AnswerError::Misconfigured { message: format!("HTTP 429: {message}") };
        }
        error_of_status(status, message)
    }
}

/// An error inside a successful answer. It may bring the status that it should have had.
fn in_band(error: &Value) -> AnswerError {
    let text = error["message"].as_str().or_else(|| error.as_str());
    let message = quoted(text.unwrap_or(&error.to_string()));
    let code = &error["code"];
    let status = code.as_u64().or_else(|| code.as_str()?.parse().ok());
    match status.and_then(|status| u16::try_from(status).ok()).filter(|s| (400..600).contains(s)) {
        Some(status) => error_of_status(status, message),
        None => AnswerError::Unavailable { message },
    }
}

/// A content: text, or parts with text.
fn text_of(content: &Value) -> Option<String> {
    match content {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => Some(parts.iter().filter_map(|p| p["text"].as_str()).collect()),
        _ => None,
    }
}
