//! Ratings: set on a turn, and the last one on its conversation.

use domain::{ChatbotId, ConversationId, MessageId, Result, Timestamp, Turn};

use crate::{
    conversations::items::TurnItem,
    keys,
    table::client::{Range, Store, key_in},
    table::write::Write,
};

/// What became of a rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rated {
    /// It is set.
    Done,
    /// That was the rating already; nothing changed.
    Same,
    /// The chatbot has no such answer any more.
    Gone,
}

impl Store {
    /// The conversation that continues with `answer`, by an index: one given a moment ago may not be
    /// found yet. Whose it is has to be asked by who uses it.
    pub async fn conversation_continued_by(
        &self,
        answer: MessageId,
    ) -> Result<Option<ConversationId>> {
        let range = Range {
            index: Some(keys::LIST_INDEX),
            partition: keys::message_partition(answer),
            sort: None,
            backwards: false,
            limit: Some(1),
            consistent: false,
        };
        let found = self.query_items(range).await?;
        let Some(item) = found.first() else { return Ok(None) };
        let partition = key_in(item)?.pk;
        Ok(partition.split_once('#').and_then(|(_, id)| id.parse().ok()))
    }

    /// Whether `answer` was given in `conversation`.
    pub async fn has_turn(&self, conversation: ConversationId, answer: MessageId) -> Result<bool> {
        let key = keys::turn(conversation, answer);
        Ok(self.get::<TurnItem>(&key, true).await?.is_some())
    }

    /// Sets the rating of `answer` in `conversation`, both of them `chatbot`'s, and the last one
    /// of the conversation. The same rating again changes nothing, so that nothing follows.
    pub async fn rate(
        &self,
        chatbot: ChatbotId,
        conversation: ConversationId,
        answer: MessageId,
        rating: i8,
        at: Timestamp,
    ) -> Result<Rated> {
        let key = keys::turn(conversation, answer);
        let turn = Write::update(key.clone(), "SET rating = :rating, rated_at = :at")
            .value("rating", rating)?
            .value("at", at)?
            .value("chatbot", chatbot)?
            .when("chatbot_id = :chatbot AND (attribute_not_exists(rating) OR rating <> :rating)");
        let whole = Write::update(
            keys::conversation(chatbot, conversation),
            "SET overall_rating = :rating",
        )
        .value("rating", rating)?
        .if_present();
        if self.transact(vec![turn, whole]).await?.is_done() {
            return Ok(Rated::Done);
        }
        let found = self.get::<TurnItem>(&key, true).await?.map(Turn::from);
        let same = found.is_some_and(|t| t.chatbot_id == chatbot && t.rating == Some(rating));
        Ok(if same { Rated::Same } else { Rated::Gone })
    }
}
