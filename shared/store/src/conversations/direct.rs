//! Direct messages, transcripts, and what a member changes of a conversation.

use std::time::Duration;

use domain::{
    ChatbotId, Conversation, ConversationId, ConversationStatus, DirectAuthor, DirectMessage,
    InboxPatch, MessageId, Result, Timestamp, TranscriptEntry, Turn, WorkspaceId,
    conversation::{MAX_MESSAGES, MAX_TEXT_BYTES},
};
use futures::{StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};

use crate::{
    conversations::items::{TURN_READS, TurnItem, active_indexes},
    keys::{self, ItemKind},
    table::client::{Item, Range, Store, key_in, read},
    table::compressed,
    table::conversions::item_conversions,
    table::write::Write,
};

#[derive(Serialize, Deserialize)]
pub(crate) struct DirectMessageItem {
    id: MessageId,
    conversation_id: ConversationId,
    chatbot_id: ChatbotId,
    workspace_id: WorkspaceId,
    author: DirectAuthor,
    #[serde(with = "compressed::text")]
    text: String,
    created_at: Timestamp,
}

item_conversions!(
    DirectMessageItem,
    DirectMessage { id, conversation_id, chatbot_id, workspace_id, author, text, created_at }
);

/// Every message of a conversation: direct messages first, then turns, since `TSAY#` < `TURN#`.
fn transcript_range(id: ConversationId) -> Range<'static> {
    Range {
        index: None,
        partition: keys::conversation_partition(id),
        sort: Some((
            "sk BETWEEN :a AND :b",
            vec![(":a", keys::DIRECT.to_owned()), (":b", format!("{}~", keys::TURN))],
        )),
        backwards: false,
        limit: None,
        consistent: true,
    }
}

fn transcript(items: Vec<Item>) -> Result<Vec<TranscriptEntry>> {
    let (mut turns, mut direct) = (Vec::new(), Vec::new());
    for item in items {
        match key_in(&item)?.kind() {
            ItemKind::Turn => turns.push(Turn::from(read::<TurnItem>(item)?)),
            ItemKind::DirectMessage => direct.push(read::<DirectMessageItem>(item)?.into()),
            _ => {}
        }
    }
    Ok(TranscriptEntry::merged(turns, direct))
}

impl Store {
    /// All that was said in a conversation, oldest first.
    pub async fn transcript(&self, id: ConversationId) -> Result<Vec<TranscriptEntry>> {
        transcript(self.query_items(transcript_range(id)).await?)
    }

    /// What was said in each of `conversations`, in their order, each oldest first. They may be a
    /// moment behind, for half of what [`Store::transcript`] costs each.
    pub async fn transcripts_of(
        &self,
        conversations: &[ConversationId],
    ) -> Result<Vec<Vec<TranscriptEntry>>> {
        let reads = conversations.iter().copied().map(|id| async move {
            let range = Range { consistent: false, ..transcript_range(id) };
            transcript(self.query_items(range).await?)
        });
        futures::stream::iter(reads).buffered(TURN_READS).try_collect().await
    }

    /// What was said in a conversation from `since` on, oldest first: messages that were begun
    /// then, up to `limit` of each kind.
    pub async fn transcript_since(
        &self,
        id: ConversationId,
        since: MessageId,
        limit: u32,
    ) -> Result<Vec<TranscriptEntry>> {
        let of = |prefix: &str| Range {
            index: None,
            partition: keys::conversation_partition(id),
            sort: Some((
                "sk BETWEEN :a AND :b",
                vec![(":a", format!("{prefix}{since}")), (":b", format!("{prefix}~"))],
            )),
            backwards: false,
            limit: Some(limit),
            consistent: true,
        };
        let (direct, turns) =
            tokio::try_join!(self.query_items(of(keys::DIRECT)), self.query_items(of(keys::TURN)))?;
        transcript(direct.into_iter().chain(turns).collect())
    }

    /// The first messages of a conversation, oldest first and without a gap: up to `limit` turns and
    /// as many direct messages.
    pub async fn first_of_transcript(
        &self,
        id: ConversationId,
        limit: u32,
    ) -> Result<Vec<TranscriptEntry>> {
        let of = |prefix| Range::prefix(keys::conversation_partition(id), prefix).limit(limit);
        let (direct, turns) =
            tokio::try_join!(self.query_items(of(keys::DIRECT)), self.query_items(of(keys::TURN)))?;
        // What comes after the end of either one may have something of the other before it.
        let full = |items: &[Item]| items.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
        let ends = [
            full(&direct).then(|| direct.last().cloned()),
            full(&turns).then(|| turns.last().cloned()),
        ];
        let ends: Vec<Item> = ends.into_iter().flatten().flatten().collect();
        let end = transcript(ends)?.first().map(TranscriptEntry::id);
        let mut first = transcript(direct.into_iter().chain(turns).collect())?;
        first.retain(|entry| end.is_none_or(|end| entry.id() <= end));
        Ok(first)
    }

    /// The last messages of a conversation, oldest first: up to `limit` turns and as many direct
    /// messages.
    pub async fn last_of_transcript(
        &self,
        id: ConversationId,
        limit: u32,
    ) -> Result<Vec<TranscriptEntry>> {
        let of = |prefix| {
            Range::prefix(keys::conversation_partition(id), prefix).backwards().limit(limit)
        };
        let (direct, turns) =
            tokio::try_join!(self.query_items(of(keys::DIRECT)), self.query_items(of(keys::TURN)))?;
        transcript(direct.into_iter().chain(turns).collect())
    }

    /// Writes a direct message and its conversation together: `conversation` is as it was read, and
    /// gets `status` and the assignee of `patch`. `false` if it is no longer in the status it was
    /// read in, or gone: read it again.
    pub async fn put_direct_message(
        &self,
        conversation: &Conversation,
        message: &DirectMessage,
        patch: &InboxPatch,
        idle: Duration,
    ) -> Result<bool> {
        let mut changed = change(conversation, patch, message.created_at, idle)?;
        changed.set.push_str(", updated_at = :now");
        let key = keys::conversation(conversation.chatbot_id, conversation.id);
        let update = changed
            .into_write(key, " ADD message_count :one, direct_messages :one, text_bytes :bytes")?
            .value("now", message.created_at)?
            .value("one", 1)?
            .value("bytes", message.text_bytes())?
            .value("was", conversation.status)?
            .value("max_messages", MAX_MESSAGES)?
            .value("max_bytes", MAX_TEXT_BYTES)?
            .when(
                "attribute_exists(pk) AND #status = :was AND message_count < :max_messages \
                 AND (attribute_not_exists(text_bytes) OR text_bytes <= :max_bytes)",
            );
        let added = Write::put(
            keys::direct_message(message.conversation_id, message.id),
            &DirectMessageItem::from(message),
        )?
        .if_absent();
        Ok(self.transact(vec![update, added]).await?.is_done())
    }

    /// Whether a direct message is stored under `id`.
    pub async fn has_direct_message(
        &self,
        conversation: ConversationId,
        id: MessageId,
    ) -> Result<bool> {
        let found: Option<DirectMessageItem> =
            self.get(&keys::direct_message(conversation, id), true).await?;
        Ok(found.is_some())
    }

    /// Changes a conversation that is as it was read; `false` if its status isn't that any more, or
    /// it is gone.
    pub async fn patch_conversation(
        &self,
        conversation: &Conversation,
        patch: &InboxPatch,
        now: Timestamp,
        idle: Duration,
    ) -> Result<bool> {
        let key = keys::conversation(conversation.chatbot_id, conversation.id);
        let write = change(conversation, patch, now, idle)?
            .into_write(key, "")?
            .value("was", conversation.status)?
            .when("attribute_exists(pk) AND #status = :was");
        Ok(self.write(write).await?.is_done())
    }
}

/// An update in parts.
struct Changed {
    set: String,
    remove: Vec<&'static str>,
    values: Vec<(&'static str, String)>,
    ended_at: Option<Timestamp>,
}

impl Changed {
    fn into_write(self, key: keys::Key, add: &str) -> Result<Write> {
        let Self { set, remove, values, ended_at } = self;
        let mut expression = format!("SET {set}");
        if !remove.is_empty() {
            expression.push_str(" REMOVE ");
            expression.push_str(&remove.join(", "));
        }
        expression.push_str(add);
        let mut write = Write::update(key, expression).name("status", "status");
        if let Some(at) = ended_at {
            write = write.value("ended", at)?;
        }
        values.into_iter().try_fold(write, |write, (name, value)| write.value(name, value))
    }
}

/// How `patch` changes `conversation`. An active conversation is due when it has been idle; one
/// that is closed by hand has ended now.
fn change(
    conversation: &Conversation,
    patch: &InboxPatch,
    now: Timestamp,
    idle: Duration,
) -> Result<Changed> {
    let status = patch.status.unwrap_or(conversation.status);
    let mut changed = Changed {
        set: "#status = :status".to_owned(),
        remove: Vec::new(),
        values: vec![("status", status.name().to_owned())],
        ended_at: None,
    };
    if status != conversation.status {
        changed.set.push_str(", list_pk = :list");
        changed.values.push(("list", keys::conversations_of(conversation.chatbot_id, status)));
        match status {
            ConversationStatus::Active => {
                changed.set.push_str(", due_pk = :due_pk, due_at = :due_at");
                let idle_from = Conversation { updated_at: now, ..conversation.clone() };
                let due = active_indexes(&idle_from, idle)
                    .into_iter()
                    .filter(|(name, _)| matches!(*name, "due_pk" | "due_at"));
                changed.values.extend(due);
            }
            _ => changed.remove.extend(["due_pk", "due_at"]),
        }
        match status {
            ConversationStatus::Closed => {
                changed.set.push_str(", ended_at = :ended");
                changed.ended_at = Some(now);
            }
            _ => changed.remove.push("ended_at"),
        }
    }
    match &patch.assignee {
        Some(Some(address)) => {
            changed.set.push_str(", assignee = :assignee");
            changed.values.push(("assignee", address.clone()));
        }
        Some(None) => changed.remove.push("assignee"),
        None => {}
    }
    Ok(changed)
}
