//! Peers of a channel. A peer's item holds the lease under which its entries are worked on, so that one
//! worker at a time does that and in order.

use std::time::Duration;

use domain::{
    ChannelId, ChannelPeer, ConversationId, EntryState, MinuteCount, PeerKey, Result, Timestamp,
    channel::PEER_KEPT_FOR,
};
use serde::Deserialize;

use crate::{
    channels::entries::EntryItem,
    keys::{self, ItemKind},
    table::client::{Range, Store, key_in, read},
    table::write::Write,
};

/// How long the lease lasts under which a peer is erased.
const ERASURE_LEASE: Duration = Duration::from_secs(20);

#[derive(Default, Deserialize)]
struct PeerItem {
    #[serde(default)]
    name: String,
    #[serde(default)]
    conversation_id: Option<ConversationId>,
    #[serde(default)]
    settled_through: Option<String>,
    #[serde(default)]
    replied_through: Option<String>,
    #[serde(default)]
    text_only_on: Option<String>,
    #[serde(default)]
    sealed_reply: Option<String>,
    #[serde(default)]
    last_inbound_at: Option<Timestamp>,
    #[serde(default)]
    is_blocked: bool,
    #[serde(default)]
    written: Option<MinuteCount>,
    #[serde(default)]
    lease_until: Option<Timestamp>,
}

impl From<PeerItem> for ChannelPeer {
    fn from(from: PeerItem) -> Self {
        let PeerItem {
            name,
            conversation_id,
            settled_through,
            replied_through,
            text_only_on,
            sealed_reply,
            last_inbound_at,
            is_blocked,
            written,
            lease_until: _,
        } = from;
        Self {
            name,
            conversation_id,
            settled_through,
            replied_through,
            text_only_on,
            sealed_reply,
            last_inbound_at,
            is_blocked,
            written,
        }
    }
}

/// A peer under a lease.
#[derive(Debug, Clone, PartialEq)]
pub struct LeasedPeer {
    /// As it was when the lease was taken.
    pub peer: ChannelPeer,
    /// Whether the holder before didn't give its lease back: it died, and may have done a part.
    pub was_abandoned: bool,
}

impl Store {
    /// Takes the lease on a peer for `holder` until `until`; `None` if another has it.
    pub async fn lease_peer(
        &self,
        channel: ChannelId,
        peer: &PeerKey,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<LeasedPeer>> {
        let write = Write::update(
            keys::peer(channel, peer),
            "SET lease_until = :until, lease_holder = :holder, \
             list_pk = if_not_exists(list_pk, :list), list_sk = if_not_exists(list_sk, :peer), \
             expires_at = if_not_exists(expires_at, :expires)",
        )
        .value("until", until)?
        .value("holder", holder)?
        .value("now", now)?
        .value("list", keys::peers_of(channel))?
        .value("peer", peer)?
        .value("expires", now.plus(PEER_KEPT_FOR).seconds())?
        .when("attribute_not_exists(lease_until) OR lease_until < :now");
        let Some(old) = self.update_returning_old::<PeerItem>(write).await? else {
            return Ok(None);
        };
        let old = old.unwrap_or_default();
        let was_abandoned = old.lease_until.is_some();
        Ok(Some(LeasedPeer { peer: old.into(), was_abandoned }))
    }

    /// Keeps the lease until `until`; `false` if it was lost.
    pub async fn renew_peer_lease(
        &self,
        channel: ChannelId,
        peer: &PeerKey,
        holder: &str,
        until: Timestamp,
    ) -> Result<bool> {
        let write = Write::update(keys::peer(channel, peer), "SET lease_until = :until")
            .value("until", until)?
            .value("holder", holder)?
            .when("lease_holder = :holder AND attribute_exists(lease_until)");
        Ok(self.write(write).await?.is_done())
    }

    /// Gives the lease back and writes what is remembered of the peer; `false` if the lease was lost, and
    /// then nothing is written.
    pub async fn release_peer(
        &self,
        channel: ChannelId,
        key: &PeerKey,
        holder: &str,
        peer: &ChannelPeer,
        now: Timestamp,
    ) -> Result<bool> {
        let ChannelPeer {
            name,
            conversation_id,
            settled_through,
            replied_through,
            text_only_on,
            sealed_reply,
            last_inbound_at,
            is_blocked,
            written,
        } = peer.clone();
        let mut set = "SET #name = :name, is_blocked = :blocked, expires_at = :expires".to_owned();
        let mut remove = " REMOVE lease_until, lease_holder".to_owned();
        let mut values = Vec::new();
        for (attribute, value) in [
            ("conversation_id", conversation_id.map(|id| id.to_string())),
            ("settled_through", settled_through),
            ("replied_through", replied_through),
            ("text_only_on", text_only_on),
            ("sealed_reply", sealed_reply),
        ] {
            match value {
                Some(value) => {
                    set.push_str(&format!(", {attribute} = :{attribute}"));
                    values.push((attribute, value));
                }
                None => remove.push_str(&format!(", {attribute}")),
            }
        }
        if last_inbound_at.is_some() {
            set.push_str(", last_inbound_at = :inbound");
        }
        if written.is_some() {
            set.push_str(", written = :written");
        }
        let mut write = Write::update(keys::peer(channel, key), set + &remove)
            .name("name", "name")
            .value("name", name)?
            .value("blocked", is_blocked)?
            .value("expires", now.plus(PEER_KEPT_FOR).seconds())?
            .value("holder", holder)?
            .when("lease_holder = :holder");
        for (attribute, value) in values {
            write = write.value(attribute, value)?;
        }
        if let Some(at) = last_inbound_at {
            write = write.value("inbound", at)?;
        }
        if let Some(written) = written {
            write = write.value("written", written)?;
        }
        Ok(self.write(write).await?.is_done())
    }

    /// A peer that can't be written to until it writes again; nothing if the channel doesn't know it.
    pub async fn block_peer(&self, channel: ChannelId, peer: &PeerKey) -> Result<()> {
        let write = Write::update(keys::peer(channel, peer), "SET is_blocked = :yes")
            .value("yes", true)?
            .if_present();
        self.write(write).await.map(drop)
    }

    /// A peer is another one from now on: the conversation continues there, unless that has one already.
    pub async fn move_peer(
        &self,
        channel: ChannelId,
        to: &PeerKey,
        name: &str,
        conversation: Option<ConversationId>,
        now: Timestamp,
    ) -> Result<()> {
        let Some(conversation) = conversation else { return Ok(()) };
        let write = Write::update(
            keys::peer(channel, to),
            "SET #name = :name, conversation_id = :conversation, last_inbound_at = :now, \
             expires_at = :expires, list_pk = :list, list_sk = :peer",
        )
        .name("name", "name")
        .value("name", name)?
        .value("conversation", conversation)?
        .value("now", now)?
        .value("expires", now.plus(PEER_KEPT_FOR).seconds())?
        .value("list", keys::peers_of(channel))?
        .value("peer", to)?
        .when("attribute_not_exists(conversation_id)");
        self.write(write).await.map(drop)
    }

    /// Removes what a channel remembers of a peer, and its settled entries; `false` if a worker has the peer
    /// just now. An entry that is not settled is still to be answered and stays for that.
    pub async fn erase_peer(
        &self,
        channel: ChannelId,
        peer: &PeerKey,
        holder: &str,
        now: Timestamp,
    ) -> Result<bool> {
        let until = now.plus(ERASURE_LEASE);
        if self.lease_peer(channel, peer, holder, now, until).await?.is_none() {
            return Ok(false);
        }
        let range = Range::prefix(keys::peer_partition(channel, peer), "");
        let mut settled = Vec::new();
        for item in self.query_items(Range { sort: None, ..range }).await? {
            let key = key_in(&item)?;
            if key.kind() == ItemKind::PeerEntry
                && read::<EntryItem>(item)?.state != EntryState::Pending
            {
                settled.push(key);
            }
        }
        self.batch_delete(&settled).await?;
        let own = Write::delete(keys::peer(channel, peer))
            .value("holder", holder)?
            .when("lease_holder = :holder");
        Ok(self.write(own).await?.is_done())
    }

    /// What a channel remembers of a peer.
    pub async fn peer(&self, channel: ChannelId, peer: &PeerKey) -> Result<Option<ChannelPeer>> {
        let found: Option<PeerItem> = self.get(&keys::peer(channel, peer), true).await?;
        Ok(found.map(Into::into))
    }
}
