//! The token that an answer carries for its visitor.

use app::{access::conversation_tokens::ConversationTokens, chat::turn::TurnConversation};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use colloquy_http::CONVERSATION_TOKEN;
use domain::{ChatbotId, Result};

/// The header with the token of `conversation`: on the answer that opens it, and for who shows it. A
/// conversation's id is no secret, so whoever continues one by its id alone gets no token.
pub async fn header(
    tokens: &ConversationTokens,
    chatbot: ChatbotId,
    conversation: TurnConversation,
    request: &HeaderMap,
) -> Option<[(HeaderName, HeaderValue); 1]> {
    match made(tokens, chatbot, conversation, request).await {
        Ok(token) => {
            let value = HeaderValue::from_str(&token?).ok()?;
            Some([(CONVERSATION_TOKEN, value)])
        }
        Err(error) => {
            // The visitor has an answer all the same.
            tracing::error!(%error, "a conversation's token could not be made");
            None
        }
    }
}

async fn made(
    tokens: &ConversationTokens,
    chatbot: ChatbotId,
    conversation: TurnConversation,
    request: &HeaderMap,
) -> Result<Option<String>> {
    let TurnConversation { id, is_new } = conversation;
    let token = tokens.token(chatbot, id).await?;
    let shown = request.get(&CONVERSATION_TOKEN).and_then(|value| value.to_str().ok());
    let known = match is_new {
        true => true,
        false => tokens.open(shown, id).await.is_ok_and(|of| of == chatbot),
    };
    Ok(known.then_some(token))
}
