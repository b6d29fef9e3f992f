//! Tombstones: what is to be cleared away is a row from the write that deletes it until all of it is
//! gone, and a receipt after that. The messages that do the work are a cache of it.

use std::{collections::HashSet, time::Duration};

use domain::{
    ChatbotId, ConversationId, Result, Timestamp, VisitorErasureId, VisitorPlace, WorkspaceId,
};
use serde::{Deserialize, Serialize};

use crate::{
    erasures::target::PurgeTarget,
    keys::{self, Key},
    table::client::{Range, Store, read},
    table::write::Write,
};

/// When the ticker looks whether the message of a deletion got lost.
const LOOK: Duration = Duration::from_secs(5 * 60);
/// How long a receipt is kept.
const KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

#[derive(Serialize, Deserialize)]
struct TombstoneItem {
    target: PurgeTarget,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chatbot_id: Option<ChatbotId>,
    requested_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    completed_at: Option<Timestamp>,
    /// Its time was over: what is counted of it stays counted.
    #[serde(default, skip_serializing_if = "is_false")]
    expired: bool,
    /// How far the erasure of a visitor has come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<VisitorPlace>,
}

/// That something was deleted, and how far clearing away what belonged to it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tombstone {
    /// What is to be cleared away.
    pub target: PurgeTarget,
    /// The chatbot that it was of, if it was of one.
    pub chatbot_id: Option<ChatbotId>,
    /// When it was deleted.
    pub requested_at: Timestamp,
    /// When nothing was left of it.
    pub completed_at: Option<Timestamp>,
}

impl From<TombstoneItem> for Tombstone {
    fn from(from: TombstoneItem) -> Self {
        let TombstoneItem { target, chatbot_id, requested_at, completed_at, expired: _, place: _ } =
            from;
        Self { target, chatbot_id, requested_at, completed_at }
    }
}

/// The write that marks `target` for clearing away, beside the one that deletes it.
pub(crate) fn bury(target: PurgeTarget, chatbot_id: ChatbotId, now: Timestamp) -> Result<Write> {
    tombstone(target, Some(chatbot_id), now, now.plus(LOOK), false)
}

/// The same for a conversation whose time is over.
pub(crate) fn bury_expired(
    id: ConversationId,
    chatbot_id: ChatbotId,
    now: Timestamp,
) -> Result<Write> {
    let target = PurgeTarget::Conversation { id };
    tombstone(target, Some(chatbot_id), now, now.plus(LOOK), true)
}

/// An erasure of a visitor's data that has not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitorErasure {
    /// Which visitor.
    pub id: VisitorErasureId,
    /// When it was requested: another request for the same visitor begins at the beginning.
    pub requested_at: Timestamp,
    /// Where its next page begins.
    pub place: VisitorPlace,
}

/// The write that marks all of a workspace for clearing away. No stream record leads to it: the ticker's
/// next look does.
pub(crate) fn bury_workspace(id: WorkspaceId, now: Timestamp) -> Result<Write> {
    tombstone(PurgeTarget::Workspace { id }, None, now, now, false)
}

fn tombstone(
    target: PurgeTarget,
    chatbot_id: Option<ChatbotId>,
    now: Timestamp,
    due: Timestamp,
    expired: bool,
) -> Result<Write> {
    let key = target.tombstone();
    let item = TombstoneItem {
        target,
        chatbot_id,
        requested_at: now,
        completed_at: None,
        expired,
        place: None,
    };
    let put = Write::put(key.clone(), &item)?;
    Ok(put.with("due_pk", keys::due_partition_of(&key)).with("due_at", due.to_string()))
}

impl Store {
    /// The tombstone at `key`, as the `due` index gives it.
    pub async fn tombstone(&self, key: &Key) -> Result<Option<Tombstone>> {
        Ok(self.get::<TombstoneItem>(key, true).await?.map(Into::into))
    }

    /// What was deleted under `id`, and how far that has come.
    pub async fn tombstones(&self, id: &str) -> Result<Vec<Tombstone>> {
        let range = Range::prefix(keys::tombstones_partition(id), "");
        let items: Vec<TombstoneItem> = self.query(Range { sort: None, ..range }).await?;
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// Those of the deleted conversations `ids` whose time was over.
    pub async fn expired_among(&self, ids: &[ConversationId]) -> Result<HashSet<ConversationId>> {
        let target = |id: &ConversationId| PurgeTarget::Conversation { id: *id };
        let wanted: Vec<Key> = ids.iter().map(|id| target(id).tombstone()).collect();
        let mut expired = HashSet::new();
        for item in self.batch_get(&wanted, true).await? {
            let item: TombstoneItem = read(item)?;
            if let PurgeTarget::Conversation { id } = item.target
                && item.expired
            {
                expired.insert(id);
            }
        }
        Ok(expired)
    }

    /// Makes the tombstone at `key` due again later, unless another ticker did; whether this one did.
    pub async fn lease_tombstone(&self, key: &Key, due_at: &str, now: Timestamp) -> Result<bool> {
        let write = Write::update(key.clone(), "SET due_at = :until")
            .value("until", now.plus(LOOK).to_string())?
            .value("seen", due_at)?
            .when("attribute_exists(pk) AND due_at = :seen");
        Ok(self.write(write).await?.is_done())
    }

    /// Marks what `chatbot` has of a visitor for clearing away, from its beginning if that was requested
    /// before. No stream record leads to it: the ticker's next look does.
    pub async fn request_visitor_erasure(
        &self,
        id: VisitorErasureId,
        (workspace, chatbot): (WorkspaceId, ChatbotId),
        now: Timestamp,
    ) -> Result<()> {
        let target = PurgeTarget::Visitor { id, chatbot, workspace };
        self.write(tombstone(target, Some(chatbot), now, now, false)?).await.map(drop)
    }

    /// The erasure of a visitor's data, unless it has come to its end.
    pub async fn visitor_erasure(
        &self,
        target: &PurgeTarget,
        id: VisitorErasureId,
    ) -> Result<Option<VisitorErasure>> {
        let found = self.get::<TombstoneItem>(&target.tombstone(), true).await?;
        let open = found.filter(|item| item.completed_at.is_none());
        Ok(open.map(|TombstoneItem { requested_at, place, .. }| VisitorErasure {
            id,
            requested_at,
            place: place.unwrap_or_default(),
        }))
    }

    /// Notes how far the erasure of a visitor's data has come, unless it was requested again since. The
    /// ticker leaves it alone as long as it gets on.
    pub async fn note_visitor_place(
        &self,
        target: &PurgeTarget,
        erasure: &VisitorErasure,
        place: &VisitorPlace,
        now: Timestamp,
    ) -> Result<()> {
        let write = Write::update(target.tombstone(), "SET place = :place, due_at = :due")
            .value("place", place)?
            .value("due", now.plus(LOOK).to_string())?
            .value("requested", erasure.requested_at)?
            .when("requested_at = :requested AND attribute_not_exists(completed_at)");
        self.write(write).await.map(drop)
    }

    /// Notes that nothing is left of what a visitor's erasure is about, unless it was requested again since.
    pub async fn end_visitor_erasure(
        &self,
        target: &PurgeTarget,
        erasure: &VisitorErasure,
        now: Timestamp,
    ) -> Result<()> {
        let write = ended(target, now)?
            .value("requested", erasure.requested_at)?
            .when("requested_at = :requested AND attribute_not_exists(completed_at)");
        self.write(write).await.map(drop)
    }

    /// Notes that nothing is left of `target`.
    pub async fn end_tombstone(&self, target: &PurgeTarget, now: Timestamp) -> Result<()> {
        let write =
            ended(target, now)?.when("attribute_exists(pk) AND attribute_not_exists(completed_at)");
        self.write(write).await.map(drop)
    }
}

/// The write, without its condition, that notes that nothing is left of `target`.
fn ended(target: &PurgeTarget, now: Timestamp) -> Result<Write> {
    Write::update(
        target.tombstone(),
        "SET completed_at = :now, expires_at = :expires REMOVE due_pk, due_at, place",
    )
    .value("now", now)?
    .value("expires", now.plus(KEPT).seconds())
}
