//! Channels. One that is deleted stays as a tombstone until its platform was told.

use std::time::Duration;

use domain::{
    Channel, ChannelId, ChannelStatus, ChatbotId, Platform, Result, Timestamp, WorkspaceId,
    channel::MAX_CHANNELS,
};
use serde::{Deserialize, Serialize};

use crate::{
    keys::{self, Key},
    table::client::{Range, Store, key_in, read},
    table::conversions::item_conversions,
    table::write::Write,
};

#[derive(Serialize, Deserialize)]
pub(crate) struct ChannelItem {
    id: ChannelId,
    workspace_id: WorkspaceId,
    chatbot_id: ChatbotId,
    name: String,
    platform: Platform,
    sealed_secrets: String,
    account: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verify_token: Option<String>,
    webhook_url: String,
    status: ChannelStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status_reason: Option<String>,
    is_off: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    disconnected_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// Since then it is a tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    /// Written beside the item by what knows when it is due.
    #[serde(default, rename = "due_at", skip_serializing, deserialize_with = "due_at")]
    next_check_at: Option<Timestamp>,
}

/// A time as the index of what is due has it.
fn due_at<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> std::result::Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    Ok(text.and_then(|text| Timestamp::parse(&text)))
}

item_conversions!(
    ChannelItem,
    Channel {
        id,
        workspace_id,
        chatbot_id,
        name,
        platform,
        sealed_secrets,
        account,
        verify_token,
        webhook_url,
        status,
        status_reason,
        is_off,
        disconnected_at,
        created_at,
        updated_at,
        next_check_at,
    } + from { deleted_at: None }
);

/// What became of a channel that was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutChannel {
    /// It is stored.
    Added,
    /// The chatbot has as many as it may have.
    Full,
    /// The chatbot is gone.
    Gone,
}

/// Where a channel of a chatbot is.
#[derive(Serialize, Deserialize)]
struct ChannelPointerItem {
    id: ChannelId,
}

impl Store {
    /// Stores a new channel if its chatbot is there and has fewer than [`MAX_CHANNELS`].
    pub async fn put_channel(&self, channel: &Channel) -> Result<PutChannel> {
        let owner = keys::chatbot(channel.workspace_id, channel.chatbot_id);
        let counted = counted(channel, 1, is_on(channel))?
            .value("max", MAX_CHANNELS)?
            .when("attribute_exists(pk) AND (attribute_not_exists(channels) OR channels < :max)");
        let pointer = keys::channel_pointer(channel.chatbot_id, channel.id);
        let writes = vec![
            counted,
            put(channel)?.if_absent(),
            Write::put(pointer, &ChannelPointerItem { id: channel.id })?.if_absent(),
        ];
        if self.transact(writes).await?.is_done() {
            return Ok(PutChannel::Added);
        }
        let there: Option<serde_json::Value> = self.get(&owner, true).await?;
        Ok(if there.is_some() { PutChannel::Full } else { PutChannel::Gone })
    }

    /// A channel, as it is at this moment if that matters (`consistent`).
    pub async fn channel(&self, id: ChannelId, consistent: bool) -> Result<Option<Channel>> {
        let found: Option<ChannelItem> = self.get(&keys::channel(id), consistent).await?;
        Ok(found.filter(|item| item.deleted_at.is_none()).map(Into::into))
    }

    /// A channel that was deleted and whose platform was not told yet.
    pub async fn deleted_channel(&self, id: ChannelId) -> Result<Option<(Channel, Timestamp)>> {
        let found: Option<ChannelItem> = self.get(&keys::channel(id), true).await?;
        Ok(found.and_then(|item| {
            let at = item.deleted_at?;
            Some((item.into(), at))
        }))
    }

    /// The channels of a chatbot, newest first.
    pub async fn channels(&self, chatbot: ChatbotId) -> Result<Vec<Channel>> {
        let ids = self.channel_ids(chatbot).await?;
        let keys: Vec<Key> = ids.into_iter().map(keys::channel).collect();
        let mut found = Vec::new();
        for item in self.batch_get(&keys, true).await? {
            let item: ChannelItem = read(item)?;
            found.extend(item.deleted_at.is_none().then(|| Channel::from(item)));
        }
        found.sort_by_key(|channel| std::cmp::Reverse(channel.id));
        Ok(found)
    }

    /// The channels of a chatbot, oldest first, those among them that are being deleted.
    pub(crate) async fn channel_ids(&self, chatbot: ChatbotId) -> Result<Vec<ChannelId>> {
        let range = Range::prefix(keys::chatbot_partition(chatbot), keys::CHANNEL_POINTER);
        let pointers: Vec<ChannelPointerItem> = self.query(range).await?;
        Ok(pointers.into_iter().map(|pointer| pointer.id).collect())
    }

    /// Writes `channel` as it is now, unless its owner changed it, it was lost or deleted since it was
    /// `seen`; whether it was written.
    pub async fn update_channel(&self, channel: &Channel, seen: &Channel) -> Result<bool> {
        let put = put(channel)?
            .name("status", "status")
            .when(
                "attribute_exists(pk) AND attribute_not_exists(deleted_at) AND \
                 updated_at = :seen AND #status = :was",
            )
            .value("seen", seen.updated_at)?
            .value("was", seen.status)?;
        let turned = is_on(channel) - is_on(seen);
        let writes = match channel.platform == Platform::Web && turned != 0 {
            true => vec![put, counted(channel, 0, turned)?.if_present()],
            false => vec![put],
        };
        Ok(self.transact(writes).await?.is_done())
    }

    /// A connected channel is lost, for `reason`; `false` if it was changed or lost before since it was
    /// `seen`. However many find that out at once, one of them writes it.
    pub async fn lose_channel(&self, seen: &Channel, reason: &str, now: Timestamp) -> Result<bool> {
        let write = Write::update(
            keys::channel(seen.id),
            "SET #status = :lost, status_reason = :reason, disconnected_at = :now REMOVE due_pk, due_at",
        )
        .name("status", "status")
        .value("lost", ChannelStatus::Disconnected)?
        .value("reason", reason)?
        .value("now", now)?
        .value("connected", ChannelStatus::Connected)?
        .value("seen", seen.updated_at)?
        .when(
            "attribute_exists(pk) AND attribute_not_exists(deleted_at) AND \
             #status = :connected AND updated_at = :seen",
        );
        Ok(self.write(write).await?.is_done())
    }

    /// A connected channel is to be checked at `next`; without effect on one that is lost or deleted by now.
    pub async fn check_channel_at(&self, id: ChannelId, next: Timestamp) -> Result<()> {
        let key = keys::channel(id);
        let write = Write::update(key.clone(), "SET due_pk = :due_pk, due_at = :due_at")
            .name("status", "status")
            .value("due_pk", keys::due_partition_of(&key))?
            .value("due_at", next.to_string())?
            .value("connected", ChannelStatus::Connected)?
            .when(
                "attribute_exists(pk) AND attribute_not_exists(deleted_at) AND #status = :connected",
            );
        self.write(write).await.map(drop)
    }

    /// Makes a tombstone of a channel, which is due until its platform was told; `false` if it was deleted
    /// or changed since it was read.
    pub async fn bury_channel(
        &self,
        channel: &Channel,
        now: Timestamp,
        due: Timestamp,
    ) -> Result<bool> {
        let pointer = keys::channel_pointer(channel.chatbot_id, channel.id);
        let fewer = counted(channel, -1, -is_on(channel))?.if_present();
        let buried = bury(channel.id, now, due)?
            .name("status", "status")
            .value("seen", channel.updated_at)?
            .value("was", channel.status)?
            .when(
                "attribute_exists(pk) AND attribute_not_exists(deleted_at) AND \
                 updated_at = :seen AND #status = :was",
            );
        let writes = vec![buried, Write::delete(pointer), fewer];
        Ok(self.transact(writes).await?.is_done())
    }

    /// Makes tombstones of the channels of a chatbot that is gone.
    pub(crate) async fn bury_channels_of(&self, chatbot: ChatbotId) -> Result<()> {
        let now = Timestamp::now();
        for id in self.channel_ids(chatbot).await? {
            // Refused where it was deleted before.
            self.write(bury(id, now, now)?).await?;
        }
        Ok(())
    }

    /// The platform was told, or never will be: the tombstone goes.
    pub async fn remove_channel(&self, id: ChannelId) -> Result<()> {
        let write = Write::delete(keys::channel(id)).when("attribute_exists(deleted_at)");
        self.write(write).await.map(drop)
    }

    /// Removes up to some hundred items of the peers of a channel; `true` once nothing is left.
    pub(crate) async fn purge_peers(&self, channel: ChannelId, batch: u32) -> Result<bool> {
        let listed = Range {
            index: Some(keys::LIST_INDEX),
            partition: keys::peers_of(channel),
            sort: None,
            backwards: false,
            limit: Some(batch),
            consistent: false,
        };
        for peer in self.query_items(listed).await? {
            let partition = key_in(&peer)?.pk;
            let range = Range {
                index: None,
                partition,
                sort: None,
                backwards: false,
                limit: Some(batch),
                consistent: true,
            };
            let items = self.query_items(range).await?;
            if items.is_empty() {
                // The index is a moment behind.
                continue;
            }
            // The peer's own item sorts last, so it leads here until all others are gone.
            let doomed = items.iter().map(key_in).collect::<Result<Vec<_>>>()?;
            self.batch_delete(&doomed).await?;
            return Ok(false);
        }
        Ok(true)
    }
}

/// How long after its owner connected or changed it a channel is checked first.
const FIRST_CHECK: Duration = Duration::from_secs(6 * 60 * 60);

/// Writes `channel` as it is. One that a platform delivers to is due for a check.
fn put(channel: &Channel) -> Result<Write> {
    let key = keys::channel(channel.id);
    let put = Write::put(key.clone(), &ChannelItem::from(channel))?;
    Ok(match channel.platform != Platform::Web && is_on(channel) == 1 {
        true => put
            .with("due_pk", keys::due_partition_of(&key))
            .with("due_at", channel.updated_at.plus(FIRST_CHECK).to_string()),
        false => put,
    })
}

/// 1 where `channel` is connected.
fn is_on(channel: &Channel) -> i64 {
    i64::from(channel.status == ChannelStatus::Connected)
}

/// Counts `by` more channels in the chatbot, and of web channels how many are connected.
fn counted(channel: &Channel, by: i64, on: i64) -> Result<Write> {
    let owner = keys::chatbot(channel.workspace_id, channel.chatbot_id);
    match channel.platform {
        Platform::Web => {
            Write::update(owner, "ADD channels :by, web_channels :by, web_channels_on :on")
                .value("by", by)?
                .value("on", on)
        }
        _ => Write::update(owner, "ADD channels :by").value("by", by),
    }
}

fn bury(id: ChannelId, now: Timestamp, due: Timestamp) -> Result<Write> {
    let key = keys::channel(id);
    Ok(Write::update(key.clone(), "SET deleted_at = :now, due_pk = :due_pk, due_at = :due_at")
        .value("now", now)?
        .value("due_pk", keys::due_partition_of(&key))?
        .value("due_at", due.to_string())?
        .when("attribute_exists(pk) AND attribute_not_exists(deleted_at)"))
}
