//! Which conversations an inbox shows, and where a message of one has the text that was searched for.

use crate::{
    ChatbotId, Conversation, ConversationId, ConversationStatus, Error, Platform, Result,
    TranscriptEntry,
};

/// Characters of an excerpt before what was found.
const BEFORE: usize = 40;
/// Characters of an excerpt, without the marks of what is left out.
const EXCERPT: usize = 160;

/// A place in a list of conversations, newest first: behind the conversation that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboxCursor(pub ConversationId);

impl InboxCursor {
    /// The cursor that `text` is, if it is one.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |_| Error::field("cursor", "is not a cursor of this list");
        text.parse().map(Self).map_err(wrong)
    }
}

/// Which conversations an inbox shows. `None` is all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InboxQuery {
    /// With this chatbot.
    pub chatbot: Option<ChatbotId>,
    /// In this status.
    pub status: Option<ConversationStatus>,
    /// Held on this platform.
    pub channel: Option<Platform>,
    /// With this text in a message, the visitor's id, the address they left or the reason of the
    /// handoff. Letters match in both cases.
    pub text: Option<String>,
    /// After this one.
    pub cursor: Option<InboxCursor>,
    /// How many at most.
    pub limit: u32,
}

impl InboxQuery {
    /// Whether every conversation has to be looked at.
    pub fn looks_inside(&self) -> bool {
        self.channel.is_some() || self.text.is_some()
    }

    /// Whether `conversation` is in the status and on the platform that are wanted.
    pub fn admits(&self, conversation: &Conversation) -> bool {
        self.status.is_none_or(|status| status == conversation.status)
            && self.channel.is_none_or(|channel| channel == conversation.platform())
    }

    /// Whether the conversation's own row has the text, or none is searched for: then its messages
    /// need not be read.
    pub fn is_in_row(&self, conversation: &Conversation) -> bool {
        let Some(wanted) = self.text.as_ref().map(|text| text.to_lowercase()) else { return true };
        let given = [&conversation.customer_email, &conversation.handoff_reason];
        [&conversation.first_message, &conversation.visitor_id]
            .into_iter()
            .chain(given.into_iter().flatten())
            .any(|text| text.to_lowercase().contains(&wanted))
    }

    /// The text with some words around it, from the first message of `said` that has it.
    pub fn excerpt(&self, said: &[TranscriptEntry]) -> Option<String> {
        let wanted = self.text.as_ref()?.to_lowercase();
        said.iter().find_map(|entry| match entry {
            TranscriptEntry::Turn(turn) => {
                excerpt(&turn.question, &wanted).or_else(|| excerpt(&turn.answer, &wanted))
            }
            TranscriptEntry::Direct(message) => excerpt(&message.text, &wanted),
        })
    }
}

/// Where `text` has `wanted`, which is in lower case.
fn excerpt(text: &str, wanted: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let at = lower.find(wanted)?;
    // A few letters have a lower case of two characters: what is shown begins that much later.
    let from = lower[..at].chars().count().saturating_sub(BEFORE);
    let shown: String = text.chars().skip(from).take(EXCERPT).collect();
    let more = text.chars().count() > from + EXCERPT;
    let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let (start, end) = (if from > 0 { "…" } else { "" }, if more { "…" } else { "" });
    Some(format!("{start}{words}{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_has_what_was_found_with_words_around_it() {
        assert_eq!(
            excerpt("Do you take ELEPHANTS?", "elephant").unwrap(),
            "Do you take ELEPHANTS?"
        );
        assert_eq!(excerpt("One\n\n  two", "two").unwrap(), "One two");
        assert_eq!(excerpt("One two", "three"), None);
        let long = format!("{}the needle here{}", "hay ".repeat(50), " hay".repeat(50));
        let found = excerpt(&long, "needle").unwrap();
        assert!(found.starts_with('…') && found.ends_with('…'), "{found}");
        assert!(found.contains("the needle here"), "{found}");
        assert!(found.chars().count() <= EXCERPT + 2, "{found}");
        // The end of a text is shown without a mark, whatever its letters' cases take.
        let turkish = format!("{} needle", "İ".repeat(300));
        assert!(excerpt(&turkish, "needle").is_some_and(|found| found.starts_with('…')));
    }
}
