//! Conversations as one row each, with the turn that opened them, and the indexes that list them.

use std::collections::HashMap;

use domain::{
    ChatbotId, Conversation, ConversationId, ConversationStatus, Days, Order, QuestionFilter,
    Result, Turn,
};
use serde::Deserialize;

use crate::{
    conversations::items::{ConversationItem, TurnItem},
    keys::{self, Key, Mark},
    table::client::{Range, Store, read},
};

#[derive(Deserialize)]
pub(super) struct ListedItem {
    pub list_sk: ConversationId,
}

/// The partitions of the `list` index in which the conversations are that `filter` wants.
fn partitions(chatbot: ChatbotId, filter: QuestionFilter) -> Vec<String> {
    let marked = |marks: &[(bool, Option<i8>)]| {
        let mark = |(unanswered, rating): &(bool, Option<i8>)| Mark {
            unanswered: *unanswered,
            rating: *rating,
        };
        marks.iter().map(|of| keys::marked(chatbot, mark(of))).collect()
    };
    match filter {
        QuestionFilter::All => Vec::new(),
        QuestionFilter::Unanswered => marked(&[(true, None), (true, Some(1)), (true, Some(-1))]),
        // What a person has taken over stays theirs.
        QuestionFilter::Handoff => {
            vec![keys::conversations_of(chatbot, ConversationStatus::HandedOff)]
        }
        QuestionFilter::Helpful => marked(&[(false, Some(1)), (true, Some(1))]),
        QuestionFilter::Unhelpful => marked(&[(false, Some(-1)), (true, Some(-1))]),
    }
}

impl Store {
    /// Conversations begun within `days` that `filter`, which is not for all, wants: the first
    /// `most` in `order`.
    pub async fn filtered_conversations(
        &self,
        chatbot: ChatbotId,
        filter: QuestionFilter,
        days: Days,
        order: Order,
        most: u32,
    ) -> Result<Vec<ConversationId>> {
        let reads = partitions(chatbot, filter)
            .into_iter()
            .map(|partition| self.listed(partition, days, order, most));
        let mut all = futures::future::try_join_all(reads).await?.concat();
        all.sort_unstable();
        if order == Order::Newest {
            all.reverse();
        }
        all.dedup();
        all.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        Ok(all)
    }

    /// Conversations of a session begun within `days`: the newest `most`, newest first.
    pub async fn session_conversations(
        &self,
        chatbot: ChatbotId,
        session: &str,
        days: Days,
        most: u32,
    ) -> Result<Vec<ConversationId>> {
        let partition = keys::session_conversations(chatbot, session);
        self.listed(partition, days, Order::Newest, most).await
    }

    /// The first turns of the newest `most` conversations of a session, oldest first. The newest one may
    /// be missing for a moment.
    pub async fn session_turns(
        &self,
        chatbot: ChatbotId,
        session: &str,
        most: u32,
    ) -> Result<Vec<Turn>> {
        let ids = self.session_conversations(chatbot, session, Days::default(), most).await?;
        let keys: Vec<Key> = ids.iter().map(|id| keys::turn(*id, id.opening())).collect();
        let items = self.batch_get(&keys, false).await?;
        let read = |item| read::<TurnItem>(item).map(Turn::from);
        let mut turns = items.into_iter().map(read).collect::<Result<Vec<_>>>()?;
        turns.sort_by_key(|turn| turn.id);
        Ok(turns)
    }

    async fn listed(
        &self,
        partition: String,
        days: Days,
        order: Order,
        most: u32,
    ) -> Result<Vec<ConversationId>> {
        let first = days.first.map(|at| ConversationId::lowest_at(at).to_string());
        let last = days.end().map(|at| ConversationId::highest_at(at).to_string());
        let range = Range {
            index: Some(keys::LIST_INDEX),
            partition,
            sort: Some((
                "list_sk BETWEEN :a AND :b",
                vec![
                    (":a", first.unwrap_or_else(|| "0".to_owned())),
                    (":b", last.unwrap_or_else(|| "~".to_owned())),
                ],
            )),
            backwards: order == Order::Newest,
            limit: Some(most),
            consistent: false,
        };
        let found: Vec<ListedItem> = self.query(range).await?;
        Ok(found.into_iter().map(|item| item.list_sk).collect())
    }

    /// The conversations of `ids` that are there, in their order.
    pub async fn conversations_named(
        &self,
        chatbot: ChatbotId,
        ids: &[ConversationId],
    ) -> Result<Vec<Conversation>> {
        let wanted: Vec<Key> = ids.iter().map(|id| keys::conversation(chatbot, *id)).collect();
        let mut found = HashMap::new();
        for item in self.batch_get(&wanted, true).await? {
            let conversation = Conversation::from(read::<ConversationItem>(item)?);
            found.insert(conversation.id, conversation);
        }
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// Each of `conversations` with its first turn, in their order; one that is being deleted has
    /// none any more and is left out. They may be a moment behind, for half of the units; one that
    /// is not there yet is requested again.
    pub async fn with_first_turns(
        &self,
        conversations: Vec<Conversation>,
    ) -> Result<Vec<(Conversation, Turn)>> {
        let wanted: Vec<Key> =
            conversations.iter().map(|c| keys::turn(c.id, c.id.opening())).collect();
        let mut found = HashMap::new();
        for item in self.batch_get(&wanted, false).await? {
            let turn = Turn::from(read::<TurnItem>(item)?);
            found.insert(turn.conversation_id, turn);
        }
        let mut rows = Vec::new();
        for conversation in conversations {
            let turn = match found.remove(&conversation.id) {
                Some(turn) => Some(turn),
                // Opened when ids did not lead to one another yet.
                None => self.first_turns(conversation.id, 1).await?.pop(),
            };
            rows.extend(turn.map(|turn| (conversation, turn)));
        }
        Ok(rows)
    }
}
