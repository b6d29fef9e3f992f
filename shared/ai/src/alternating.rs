//! Turns of the wires on which visitor and assistant alternate: Anthropic's and Bedrock's.

use serde_json::{Value, json};

use crate::{Message, Request, prompt};

/// The system text and the turns, which alternate and begin with the visitor's. What the chatbot said
/// first goes to the system text. `blocks` gives a message's role and content on the wire.
pub(crate) fn alternating(
    request: &Request,
    fence: &str,
    blocks: impl Fn(&Message) -> (&'static str, Vec<Value>),
) -> (String, Vec<Value>) {
    let mut system = prompt::system(request, fence);
    let mut turns: Vec<(&str, Vec<Value>)> = Vec::new();
    let message = Message::User(request.message.clone());
    let said = request.history.iter().chain((!request.message.is_empty()).then_some(&message));
    for message in said {
        let (role, blocks) = blocks(message);
        if turns.is_empty() && role == "assistant" {
            if let Message::Assistant { content, .. } = message {
                system.push_str(&format!("\nYou began the conversation with: {content}\n"));
            }
            continue;
        }
        match turns.last_mut() {
            Some((last, all)) if *last == role => all.extend(blocks),
            _ => turns.push((role, blocks)),
        }
    }
    let turns = turns.into_iter().filter(|(_, blocks)| !blocks.is_empty());
    (system, turns.map(|(role, content)| json!({ "role": role, "content": content })).collect())
}
