//! Whole conversations: all that was said in them, and what the visitor gave of themselves
//! in the leads that were captured there. The leads stay the only place where that is kept: a
//! conversation names its newest ones, and one that was deleted, expired or erased is not found.

use std::collections::HashMap;

use domain::{
    ChatbotId, Conversation, ConversationId, Days, Lead, LeadId, Result, TranscriptEntry,
    WorkspaceId, conversation::shorten, lead,
};
use serde_json::{Map, Value};

use crate::App;

/// Bytes that the text of a list of whole conversations takes in its answer at most.
const MAX_TEXT: usize = 5_500_000;
/// Turns read of a conversation that has more than its share of a list.
const MAX_TURNS_OF_LARGE: u32 = 20;
/// Bytes that one character takes in an answer at most.
const MAX_PER_CHARACTER: usize = 7;
/// What a conversation ends with in a list that has no room for the rest of it.
const SHORTENED: &str =
    "… (shortened: the list has no room for the rest, which is in the response itself)";

/// A conversation with all that is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct WholeConversation {
    /// The conversation itself.
    pub conversation: Conversation,
    /// All that was said in it, oldest first.
    pub said: Vec<TranscriptEntry>,
    /// What the visitor gave, by its name.
    pub answers: Map<String, Value>,
}

/// What the parts of a list may take in its answer, in bytes.
struct Room {
    /// The text of all conversations together.
    text: usize,
    /// The text of one of them, if all together have more.
    share: usize,
    /// What the visitor of one of them gave.
    answers: usize,
}

impl Room {
    /// Each conversation has an equal share of the answer, so that no one of them makes the list
    /// unreadable; what visitors gave takes half of it at most.
    fn of(page: &[Conversation]) -> Self {
        let count = page.len().max(1);
        let answers = MAX_TEXT / count / 2;
        let given = |one: &Conversation| (one.lead_ids.len() * lead::MAX_ANSWERED).min(answers);
        let text = MAX_TEXT - page.iter().map(given).sum::<usize>();
        Self { text, share: text / count, answers }
    }

    /// Those of `page` whose text is known to be more than their share, if the others need the room.
    fn large(&self, page: &[Conversation]) -> Vec<ConversationId> {
        let bytes = |one: &Conversation| usize::try_from(one.text_bytes).unwrap_or(usize::MAX);
        if page.iter().map(bytes).sum::<usize>() <= self.text {
            return Vec::new();
        }
        page.iter().filter(|one| bytes(one) > self.share).map(|one| one.id).collect()
    }
}

/// The first of `said` that fit `share` bytes of an answer, the last of them with a note that there is
/// more.
fn cut(said: Vec<TranscriptEntry>, share: usize) -> Vec<TranscriptEntry> {
    let mut left = share;
    let mut kept: Vec<TranscriptEntry> = Vec::new();
    for mut entry in said {
        let size = entry.text_bytes() as usize;
        if size > left {
            if kept.is_empty() {
                let most = share / (4 * MAX_PER_CHARACTER);
                match &mut entry {
                    TranscriptEntry::Turn(turn) => {
                        turn.question = shorten(&turn.question, most);
                        turn.answer = shorten(&turn.answer, most);
                    }
                    TranscriptEntry::Direct(message) => {
                        message.text = shorten(&message.text, most);
                    }
                }
                kept.push(entry);
            }
            break;
        }
        left -= size;
        kept.push(entry);
    }
    match kept.last_mut() {
        Some(TranscriptEntry::Turn(turn)) => turn.answer.push_str(SHORTENED),
        Some(TranscriptEntry::Direct(message)) => message.text.push_str(SHORTENED),
        None => {}
    }
    kept
}

impl App {
    /// Conversations of a chatbot of `workspace` that began within `days`, newest first and with
    /// what was said and given in them, and how many there are in all.
    pub async fn whole_conversations(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        days: Days,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<WholeConversation>, u64)> {
        let (_, page, total) = tokio::try_join!(
            self.chatbot(workspace, chatbot),
            self.store.conversations(chatbot, days, offset, limit),
            self.conversations_within(chatbot, days)
        )?;
        let room = Room::of(&page);
        let large = room.large(&page);
        let (said, leads) = tokio::try_join!(
            self.transcripts_of_list(&page, &large),
            self.leads_of_list(chatbot, &page)
        )?;
        let size = |said: &Vec<TranscriptEntry>| {
            said.iter().map(|entry| entry.text_bytes() as usize).sum()
        };
        let sizes: Vec<usize> = said.iter().map(size).collect();
        let fits = sizes.iter().sum::<usize>() <= room.text;
        let whole = page.into_iter().zip(said).zip(sizes);
        let shared = whole.map(|((conversation, said), size)| {
            let is_whole = (fits || size <= room.share) && !large.contains(&conversation.id);
            let named = conversation.lead_ids.iter().filter_map(|id| leads.get(id));
            let mut named: Vec<&Lead> = named.collect();
            named.sort_by_key(|lead| lead.id);
            WholeConversation {
                answers: lead::answers(named, room.answers),
                said: if is_whole { said } else { cut(said, room.share) },
                conversation,
            }
        });
        Ok((shared.collect(), total))
    }

    /// What was said in each of `page`; of those that are `large` the first of it only.
    async fn transcripts_of_list(
        &self,
        page: &[Conversation],
        large: &[ConversationId],
    ) -> Result<Vec<Vec<TranscriptEntry>>> {
        let small = page.iter().map(|one| one.id).filter(|id| !large.contains(id));
        let small: Vec<ConversationId> = small.collect();
        let first = large.iter().map(|id| self.store.first_of_transcript(*id, MAX_TURNS_OF_LARGE));
        let (whole, first) = tokio::try_join!(
            self.store.transcripts_of(&small),
            futures::future::try_join_all(first)
        )?;
        let (mut whole, mut first) = (whole.into_iter(), first.into_iter());
        let next = page.iter().map(|one| match large.contains(&one.id) {
            true => first.next(),
            false => whole.next(),
        });
        Ok(next.map(Option::unwrap_or_default).collect())
    }

    /// The leads that `page` names and that are there still.
    async fn leads_of_list(
        &self,
        chatbot: ChatbotId,
        page: &[Conversation],
    ) -> Result<HashMap<LeadId, Lead>> {
        let ids: Vec<LeadId> = page.iter().flat_map(|one| &one.lead_ids).copied().collect();
        let leads = self.store.leads_named(chatbot, &ids).await?;
        Ok(leads.into_iter().map(|lead| (lead.id, lead)).collect())
    }

    /// How many conversations began within `days`.
    async fn conversations_within(&self, chatbot: ChatbotId, days: Days) -> Result<u64> {
        if days == Days::ALL {
            return Ok(self.store.counters(chatbot).await?.conversations);
        }
        let counted = self.store.daily_counters(chatbot, days).await?;
        Ok(counted.iter().map(|(_, counters)| counters.conversations).sum())
    }

    /// A conversation of a chatbot that has to be one of `workspace`.
    pub async fn whole_conversation(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        id: ConversationId,
    ) -> Result<WholeConversation> {
        let whole = async {
            // That the chatbot is unknown is said first, whatever the conversation.
            Ok(self.conversation(chatbot, id).await)
        };
        let (_, whole) = tokio::try_join!(self.chatbot(workspace, chatbot), whole)?;
        let (conversation, said) = whole?;
        let leads = self.store.leads_named(chatbot, &conversation.lead_ids).await?;
        let answers = lead::answers(&leads, usize::MAX);
        Ok(WholeConversation { conversation, said, answers })
    }
}

#[cfg(test)]
mod tests {
    use domain::{Dialect, Timestamp};

    use super::*;

    fn conversation(text_bytes: u32, leads: usize) -> Conversation {
        let (chatbot, workspace) = (ChatbotId::new(), WorkspaceId::new());
        let (dialect, at) = (Dialect::ALL[0], Timestamp::now());
        Conversation {
            text_bytes,
            lead_ids: (0..leads).map(|_| LeadId::new()).collect(),
            ..Conversation::begun(ConversationId::new(), chatbot, workspace, dialect, at)
        }
    }

    #[test]
    fn what_visitors_gave_takes_room_from_what_was_said_and_half_of_it_at_most() {
        let page = |leads| [conversation(3_000_000, leads), conversation(2_450_000, 0)];
        assert!(Room::of(&page(0)).large(&page(0)).is_empty());
        assert_eq!(Room::of(&page(5)).large(&page(5)).len(), 1, "five leads need the room");
        let full: Vec<_> =
            (0..100).map(|_| conversation(55_000, lead::MAX_OF_CONVERSATION)).collect();
        let room = Room::of(&full);
        assert_eq!(room.text, MAX_TEXT / 2);
        assert!(room.answers >= lead::MAX_ANSWERED, "one lead always fits");
        assert!(room.share * 100 + room.answers * 100 <= MAX_TEXT);
    }
}
