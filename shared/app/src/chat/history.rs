//! The conversation so far, as an answerer reads it: bounded by tokens, not by turns.

use ai::Message;
use domain::{ChatbotId, Result, Turn, conversation::ChatRequest};
use store::Store;

/// Turns that are read: the newest of them are kept as far as [`MAX_TOKENS`] allows.
const MAX_TURNS: u32 = 20;
/// Tokens of the whole history, estimated.
const MAX_TOKENS: usize = 2_000;

/// The last turns of the conversation that `request` continues or, where each question opens its own, of
/// its session; oldest first.
pub(super) async fn load(
    store: &Store,
    chatbot: ChatbotId,
    request: &ChatRequest,
) -> Result<Vec<Message>> {
    let turns = match (request.conversation_id, &request.session_id) {
        (Some(conversation), _) => store.last_turns(conversation, MAX_TURNS).await?,
        (None, Some(session)) => store.session_turns(chatbot, session, MAX_TURNS).await?,
        (None, None) => Vec::new(),
    };
    Ok(bounded(turns, MAX_TOKENS))
}

/// The newest of `turns` (oldest first) that have at most `max_tokens` together. A turn is kept whole
/// or not at all, so that no answer is without its question.
fn bounded(turns: Vec<Turn>, max_tokens: usize) -> Vec<Message> {
    let mut left = max_tokens;
    let newest = turns.iter().rev().take_while(|turn| {
        let cost = estimate_tokens(&turn.question) + estimate_tokens(&turn.answer);
        let fits = cost <= left;
        left = left.saturating_sub(cost);
        fits
    });
    let kept = newest.count();
    let first = turns.len() - kept;
    let said = turns.into_iter().skip(first).flat_map(|turn| {
        let Turn { question, answer, .. } = turn;
        [Message::User(question), Message::Assistant { content: answer, tool_calls: Vec::new() }]
    });
    said.collect()
}

/// About how many tokens `text` has; rather too many than too few. Counting exactly takes a vocabulary
/// of several megabytes, which no chat function should load.
pub(super) fn estimate_tokens(text: &str) -> usize {
    let ascii = text.bytes().filter(u8::is_ascii).count();
    let others = text.chars().filter(|c| !c.is_ascii()).count();
    ascii.div_ceil(3) + others
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::test_turn::turn;

    fn texts(messages: &[Message]) -> Vec<&str> {
        let text = |message| match message {
            &Message::User(ref text) | &Message::Assistant { content: ref text, .. } => &**text,
            Message::ToolResult { .. } => panic!("no tool was called"),
        };
        messages.iter().map(text).collect()
    }

    #[test]
    fn the_newest_turns_are_kept_whole_up_to_the_bound() {
        let turns =
            || vec![turn("first", &"a".repeat(90)), turn("second", "b"), turn("third", "c")];
        assert_eq!(texts(&bounded(turns(), 10)), ["second", "b", "third", "c"]);
        assert_eq!(texts(&bounded(turns(), 3)), ["third", "c"]);
        assert_eq!(texts(&bounded(turns(), 1)), [""; 0]);
        assert_eq!(bounded(turns(), 1_000).len(), 6);
        assert!(bounded(Vec::new(), 1_000).is_empty());
    }

    #[test]
    fn estimates_are_not_below_what_models_count() {
        // Counts of GPT-4's vocabulary.
        for (text, tokens) in
            [("tiktoken is great!", 6), ("2 + 2 = 4", 3), ("お誕生日おめでとう", 9), ("", 0)]
        {
            assert!(estimate_tokens(text) >= tokens, "{text}");
        }
    }
}
