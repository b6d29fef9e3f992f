//! The entries of a peer: messages that came in and replies that go out, each with what became of it.
//! Each is due from the write that makes it to the write that settles it.

use domain::{
    ChannelEntry, ChannelId, ChatbotId, ConversationId, EntryState, MessageId, PeerKey, Result,
    Timestamp, WorkspaceId, channel::DEDUPLICATED_FOR,
};
use serde::{Deserialize, Serialize};

use crate::{
    keys::{self, Key},
    table::client::{Range, Store, key_in, read},
    table::compressed,
    table::write::Write,
};

/// Entries that are read in one go.
const PENDING: u32 = 20;

#[derive(Serialize, Deserialize)]
pub(crate) struct EntryItem {
    workspace_id: WorkspaceId,
    chatbot_id: ChatbotId,
    channel_id: ChannelId,
    peer: PeerKey,
    #[serde(default, with = "compressed::text", skip_serializing_if = "String::is_empty")]
    content: String,
    pub state: EntryState,
    at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    conversation_id: Option<ConversationId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    turn_id: Option<MessageId>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pieces_sent: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    attempts: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next_attempt_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// Seconds; the table sweeps it some time after.
    expires_at: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl From<&ChannelEntry> for EntryItem {
    fn from(from: &ChannelEntry) -> Self {
        let ChannelEntry {
            workspace_id,
            chatbot_id,
            channel_id,
            peer,
            place: _,
            content,
            state,
            at,
            answered_by,
            pieces_sent,
            attempts,
            next_attempt_at,
            note,
        } = from.clone();
        Self {
            workspace_id,
            chatbot_id,
            channel_id,
            peer,
            content,
            state,
            at,
            conversation_id: answered_by.map(|(conversation, _)| conversation),
            turn_id: answered_by.map(|(_, turn)| turn),
            pieces_sent,
            attempts,
            next_attempt_at,
            note,
            expires_at: at.plus(DEDUPLICATED_FOR).seconds(),
        }
    }
}

impl EntryItem {
    /// The entry at `place`.
    pub fn at(self, place: String) -> ChannelEntry {
        let Self {
            workspace_id,
            chatbot_id,
            channel_id,
            peer,
            content,
            state,
            at,
            conversation_id,
            turn_id,
            pieces_sent,
            attempts,
            next_attempt_at,
            note,
            expires_at: _,
        } = self;
        ChannelEntry {
            workspace_id,
            chatbot_id,
            channel_id,
            peer,
            place,
            content,
            state,
            at,
            answered_by: conversation_id.zip(turn_id),
            pieces_sent,
            attempts,
            next_attempt_at,
            note,
        }
    }
}

fn key_of(entry: &ChannelEntry) -> Key {
    keys::peer_entry(entry.channel_id, &entry.peer, &entry.place)
}

impl Store {
    /// Stores an entry, which is looked at again at `due`; `false` if it was there: the same message has
    /// the same key.
    pub async fn put_entry(&self, entry: &ChannelEntry, due: Timestamp) -> Result<bool> {
        let key = key_of(entry);
        let shard = keys::due_partition_of(&key);
        let put = Write::put(key, &EntryItem::from(entry))?
            .with("due_pk", shard)
            .with("due_at", due.to_string())
            .if_absent();
        Ok(self.write(put).await?.is_done())
    }

    /// An entry as it is at this moment.
    pub async fn entry(
        &self,
        channel: ChannelId,
        peer: &PeerKey,
        place: &str,
    ) -> Result<Option<ChannelEntry>> {
        self.entry_at(&keys::peer_entry(channel, peer, place)).await
    }

    /// The entry under `key`.
    pub async fn entry_at(&self, key: &Key) -> Result<Option<ChannelEntry>> {
        let found: Option<EntryItem> = self.get(key, true).await?;
        Ok(found.map(|item| item.at(key.sk.clone())))
    }

    /// Entries of a peer with `prefix` from the place `from` on, the first of them, in order; and whether
    /// there may be more. They are a moment behind unless read `consistent`, for twice the units.
    pub async fn entries_from(
        &self,
        channel: ChannelId,
        peer: &PeerKey,
        prefix: &str,
        from: &str,
        consistent: bool,
    ) -> Result<(Vec<ChannelEntry>, bool)> {
        let range = Range {
            index: None,
            partition: keys::peer_partition(channel, peer),
            sort: Some((
                "sk BETWEEN :a AND :b",
                vec![(":a", from.to_owned()), (":b", format!("{prefix}~"))],
            )),
            backwards: false,
            limit: Some(PENDING),
            consistent,
        };
        let mut entries = Vec::new();
        for item in self.query_items(range).await? {
            let place = key_in(&item)?.sk;
            entries.push(read::<EntryItem>(item)?.at(place));
        }
        let is_full = entries.len() >= usize::try_from(PENDING).unwrap_or(usize::MAX);
        Ok((entries, is_full))
    }

    /// An entry is settled as `state`. What it said goes; the row stays, so that the same message is known
    /// when it comes again.
    pub async fn settle_entry(&self, entry: &ChannelEntry, state: EntryState) -> Result<()> {
        let mut set = "SET #state = :state, pieces_sent = :pieces".to_owned();
        if entry.note.is_some() {
            set.push_str(", note = :note");
        }
        if entry.answered_by.is_some() {
            set.push_str(", conversation_id = :conversation, turn_id = :turn");
        }
        set.push_str(" REMOVE content, next_attempt_at, due_pk, due_at");
        let mut write = Write::update(key_of(entry), set)
            .name("state", "state")
            .value("state", state)?
            .value("pieces", entry.pieces_sent)?
            .if_present();
        if let Some(note) = &entry.note {
            write = write.value("note", note)?;
        }
        if let Some((conversation, turn)) = entry.answered_by {
            write = write.value("conversation", conversation)?.value("turn", turn)?;
        }
        self.write(write).await.map(drop)
    }

    /// How far an entry has come, and when it is tried again and looked at.
    pub async fn defer_entry(&self, entry: &ChannelEntry, due: Timestamp) -> Result<()> {
        let key = key_of(entry);
        let shard = keys::due_partition_of(&key);
        let mut set = "SET pieces_sent = :pieces, attempts = :attempts, due_pk = :due_pk, \
                       due_at = :due_at"
            .to_owned();
        if entry.next_attempt_at.is_some() {
            set.push_str(", next_attempt_at = :next");
        }
        if entry.note.is_some() {
            set.push_str(", note = :note");
        }
        if entry.answered_by.is_some() {
            set.push_str(", conversation_id = :conversation, turn_id = :turn");
        }
        let mut write = Write::update(key, set)
            .name("state", "state")
            .value("pieces", entry.pieces_sent)?
            .value("attempts", entry.attempts)?
            .value("due_pk", shard)?
            .value("due_at", due.to_string())?
            .value("pending", EntryState::Pending)?
            .when("attribute_exists(pk) AND #state = :pending");
        if let Some(next) = entry.next_attempt_at {
            write = write.value("next", next)?;
        }
        if let Some(note) = &entry.note {
            write = write.value("note", note)?;
        }
        if let Some((conversation, turn)) = entry.answered_by {
            write = write.value("conversation", conversation)?.value("turn", turn)?;
        }
        self.write(write).await.map(drop)
    }
}
