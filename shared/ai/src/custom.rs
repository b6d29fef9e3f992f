//! A team's own backend: one POST with the conversation, one JSON object with the answer.

use std::sync::Arc;

use outbound::Client;
use serde_json::{Value, json};

use crate::{
    AnswerError, AnswerEvent, AnswerStream, Answerer, Endpoint, Finish, Message, Request, Usage,
    http::{self, Call, Wire, malformed, quoted},
    sse::SseEvent,
};

/// A server of a team's own. It gets the conversation and no passages, and answers `{"content": "…"}`.
#[derive(Clone)]
pub struct Custom {
    client: Client,
    endpoint: Arc<Endpoint>,
}

impl Custom {
    /// The server at `endpoint`.
    pub fn new(client: Client, endpoint: Endpoint) -> Self {
        Self { client, endpoint: Arc::new(endpoint) }
    }
}

impl Answerer for Custom {
    fn answer(&self, request: Request) -> AnswerStream {
        let Endpoint { url, model: _, headers, api_key } = &*self.endpoint;
        let mut headers = headers.clone();
        if let Some(key) = api_key {
            headers.push(("authorization".to_owned(), format!("Bearer {key}")));
        }
        let call = Call { url: url.clone(), headers, body: body(&request) };
        http::answer(self.client.clone(), call, CustomWire)
    }

    fn reads_grounding(&self) -> bool {
        false
    }
}

fn body(request: &Request) -> Value {
    let message = |role: &str, content: &str| json!({ "role": role, "content": content });
    let mut messages: Vec<Value> = request
        .history
        .iter()
        .filter_map(|said| match said {
            Message::User(content) => Some(message("user", content)),
            Message::Assistant { content, .. } => Some(message("assistant", content)),
            Message::ToolResult { .. } => None,
        })
        .collect();
    messages.push(message("user", &request.message));
    let origin = &request.origin;
    json!({
        "messages": messages,
        "conversation_id": origin.conversation_id.to_string(),
        "user": {
            "id": origin.visitor_id,
            "platform": origin.platform.name(),
            "name": origin.visitor_name,
            "username": origin.visitor_username,
        },
        "bot": { "id": request.chatbot.id.to_string(), "name": request.chatbot.name },
        "metadata": {
            "channel": origin.platform.name(),
            "chat_id": origin.chat_id,
            "message_id": origin.message_id.to_string(),
        },
    })
}

struct CustomWire;

impl Wire for CustomWire {
    fn event(&mut self, _: SseEvent) -> Result<Vec<AnswerEvent>, AnswerError> {
        Err(malformed("a custom backend answers with a JSON object, not with a stream"))
    }

    fn end(&mut self) -> Result<Vec<AnswerEvent>, AnswerError> {
        Err(AnswerError::BrokenOff)
    }

    fn whole(&mut self, body: &[u8]) -> Result<Vec<AnswerEvent>, AnswerError> {
        let text = String::from_utf8_lossy(body);
        let answer: Value = serde_json::from_str(&text).map_err(|_| malformed(&quoted(&text)))?;
        let Some(content) = answer["content"].as_str() else {
            return Err(malformed("the answer has no string \"content\""));
        };
        let done = AnswerEvent::Done { usage: Usage::default(), finish: Finish::Stop };
        Ok(vec![AnswerEvent::Delta(content.to_owned()), done])
    }
}
