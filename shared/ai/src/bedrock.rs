//! Amazon Bedrock's Converse, asked with a Bedrock API key. A chatbot's owner brings that key: the
//! functions' own role, which would spend the deployer's money, is never used.

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

/// A model of Bedrock.
#[derive(Clone)]
pub struct BedrockConverse {
    client: Client,
    endpoint: Arc<Endpoint>,
}

impl BedrockConverse {
    /// The region's service at `endpoint`, whose model is an id, an inference profile or an ARN.
    pub fn new(client: Client, endpoint: Endpoint) -> Self {
        Self { client, endpoint: Arc::new(endpoint) }
    }

    pub(crate) fn call(&self, request: &Request) -> Result<Call, AnswerError> {
        let Endpoint { url, model, headers, api_key } = &*self.endpoint;
        let misconfigured =
            |message: &str| AnswerError::Misconfigured { message: message.to_owned() };
        let key = api_key.as_ref().ok_or_else(|| misconfigured("it has no api_key"))?;
        let mut headers = headers.clone();
        headers.push(("authorization".to_owned(), format!("Bearer {key}")));
        let mut url = url.clone();
        // Colons and slashes of an ARN are part of one segment.
        url.path_segments_mut()
            .map_err(|()| misconfigured("the integration has no usable URL"))?
            .pop_if_empty()
            .extend(["model", model.as_deref().unwrap_or_default(), "converse-stream"]);
        Ok(Call { url: escaped_colons(url), headers, body: body(request) })
    }
}

/// A path may hold `:`, but Bedrock's own clients escape it, and their signatures depend on that.
fn escaped_colons(mut url: Url) -> Url {
    let path = url.path().replace(':', "%3A");
    url.set_path(&path);
    url
}

impl Answerer for BedrockConverse {
    fn answer(&self, request: Request) -> AnswerStream {
        let answer = match self.call(&request) {
            Ok(call) => http::answer(self.client.clone(), call, BedrockWire::default()),
            Err(error) => http::failed(error),
        };
        markers::filtered(request.chatbot.rules, answer)
    }

    fn calls_tools(&self) -> bool {
        true
    }
}

const NO_TOOLS: &str = "\nDo not call any tool now. Answer in text, with what you have.\n";

fn body(request: &Request) -> Value {
    let (mut system, messages) = alternating(request, &prompt::fence(), blocks);
    let mut body = json!({
        "messages": messages,
        "inferenceConfig": { "maxTokens": request.max_output_tokens },
    });
    let tools = calls::declared(request);
    if !tools.is_empty() && calls::are_forbidden(request) {
        // There is no choice that forbids them.
        system.push_str(NO_TOOLS);
    }
    if !system.is_empty() {
        body["system"] = json!([{ "text": system }]);
    }
    if !tools.is_empty() {
        let tools = tools.into_iter().map(|tool: Tool| {
            json!({ "toolSpec": {
                "name": tool.name,
                "description": tool.description,
                "inputSchema": { "json": tool.parameters },
            }})
        });
        body["toolConfig"] = json!({ "tools": tools.collect::<Vec<_>>() });
    }
    body
}

fn blocks(message: &Message) -> (&'static str, Vec<Value>) {
    // Text must not be blank there.
    let text = |text: &str| (!text.trim().is_empty()).then(|| json!({ "text": text }));
    match message {
        Message::User(content) => ("user", text(content).into_iter().collect()),
        Message::Assistant { content, tool_calls } => {
            let calls = tool_calls.iter().map(|call| {
                let input = calls::sent_back(call);
                json!({ "toolUse": { "toolUseId": call.id, "name": call.name, "input": input } })
            });
            ("assistant", text(content).into_iter().chain(calls).collect())
        }
        Message::ToolResult { call_id, content, is_error } => {
            let status = if *is_error { "error" } else { "success" };
            let result = json!({ "toolResult": {
                "toolUseId": call_id,
                "content": [{ "text": content }],
                "status": status,
            }});
            ("user", vec![result])
        }
    }
}

/// Reads the events of a stream, or a whole answer.
#[derive(Default)]
pub(crate) struct BedrockWire {
    usage: Usage,
    stop_reason: Option<String>,
    calls: OpenCalls,
    called: bool,
}

impl BedrockWire {
    fn count(&mut self, usage: &Value) {
        let tokens = |name: &str| usage[name].as_u64().and_then(|n| u32::try_from(n).ok());
        self.usage.input_tokens = tokens("inputTokens").unwrap_or(self.usage.input_tokens);
        self.usage.output_tokens = tokens("outputTokens").unwrap_or(self.usage.output_tokens);
    }

    fn open(&mut self, index: u64, tool: &Value) -> Result<(), AnswerError> {
        let text = |name: &str| tool[name].as_str().unwrap_or_default();
        self.calls.open(index, text("toolUseId"), text("name")).map(|_| ())
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
            "guardrail_intervened" | "content_filtered" => Finish::Filtered,
            _ => Finish::Stop,
        };
        let refused = (finish == Finish::Filtered).then_some(AnswerEvent::Refused);
        refused.into_iter().chain([AnswerEvent::Done { usage: self.usage, finish }]).collect()
    }
}

fn delta(text: &Value) -> Vec<AnswerEvent> {
    let text = text.as_str().filter(|text| !text.is_empty());
    text.map(|text| AnswerEvent::Delta(text.to_owned())).into_iter().collect()
}

impl Wire for BedrockWire {
    fn event(&mut self, event: SseEvent) -> Result<Vec<AnswerEvent>, AnswerError> {
        let data: Value = serde_json::from_str(&event.data).map_err(|_| {
            malformed(&format!("an event that is not JSON: {}", quoted(&event.data)))
        })?;
        if let Some(exception) = event.event.strip_prefix("exception:") {
            return Err(exceptional(exception, &data));
        }
        let index = data["contentBlockIndex"].as_u64().unwrap_or_default();
        Ok(match event.event.as_str() {
            "contentBlockStart" => {
                if data["start"]["toolUse"].is_object() {
                    self.open(index, &data["start"]["toolUse"])?;
                }
                Vec::new()
            }
            "contentBlockDelta" => {
                let part = &data["delta"];
                let arguments = part["toolUse"]["input"].as_str().unwrap_or_default();
                self.calls.push(index, "", arguments)?;
                // Reasoning is no visible text.
                delta(&part["text"])
            }
            "contentBlockStop" => match self.calls.close(index) {
                Some(call) => vec![self.close(call)],
                None => Vec::new(),
            },
            "messageStop" => {
                let reason = data["stopReason"].as_str().unwrap_or_default();
                self.stop_reason = Some(reason.to_owned());
                Vec::new()
            }
            // It comes after the message's end.
            "metadata" => {
                self.count(&data["usage"]);
                match self.stop_reason {
                    Some(_) => self.done(),
                    None => Vec::new(),
                }
            }
            _ => Vec::new(),
        })
    }

    fn end(&mut self) -> Result<Vec<AnswerEvent>, AnswerError> {
        match self.stop_reason {
            Some(_) => Ok(self.done()),
            None => Err(AnswerError::BrokenOff),
        }
    }

    fn whole(&mut self, body: &[u8]) -> Result<Vec<AnswerEvent>, AnswerError> {
        let answer: Value = serde_json::from_slice(body)
            .map_err(|_| malformed(&quoted(&String::from_utf8_lossy(body))))?;
        self.count(&answer["usage"]);
        self.stop_reason = answer["stopReason"].as_str().map(str::to_owned);
        let mut events = Vec::new();
        let content = &answer["output"]["message"]["content"];
        for block in content.as_array().into_iter().flatten() {
            events.extend(delta(&block["text"]));
            let tool = &block["toolUse"];
            if tool.is_object() {
                self.open(0, tool)?;
                self.calls.push(0, "", &tool["input"].to_string())?;
                if let Some(call) = self.calls.close(0) {
                    events.push(self.close(call));
                }
            }
        }
        events.extend(self.done());
        Ok(events)
    }

    fn error(&self, status: u16, body: &str) -> AnswerError {
        let json: Value = serde_json::from_str(body).unwrap_or_default();
        let text = json["message"].as_str().or_else(|| json["Message"].as_str()).unwrap_or(body);
        let mut message = quoted(text);
        if text.contains("inference profile") {
            message
                .push_str(" (use the id of an inference profile, such as us. and the model's id)");
            return AnswerError::Misconfigured { message: format!("HTTP {status}: {message}") };
        }
        match status {
            // The model failed, or is not ready.
            424 => AnswerError::Unavailable { message: format!("HTTP 424: {message}") },
            status => error_of_status(status, message),
        }
    }
}

/// An exception inside a stream whose status was 200.
fn exceptional(exception: &str, data: &Value) -> AnswerError {
    let message = quoted(data["message"].as_str().unwrap_or(exception));
    let status = match exception {
        "validationException" => 400,
        "throttlingException" => 429,
        _ => 503,
    };
    error_of_status(status, message)
}
