//! Chatbots and the keys that are made with them.

use std::collections::{HashMap, HashSet};

use domain::{
    ApiKey, Chatbot, ChatbotCopy, ChatbotId, Error, ErrorKind, IntegrationId, Plan, Result,
    Timestamp, WorkspaceId,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    api_keys::ApiKeyItem,
    erasures::target::PurgeTarget,
    erasures::tombstones::bury,
    keys::{self, Key},
    knowledge::copies::requested,
    table::client::{Range, Store, read},
    table::write::Write,
};

#[derive(Serialize, Deserialize)]
pub(crate) struct ChatbotItem {
    pub id: ChatbotId,
    pub workspace_id: WorkspaceId,
    name: String,
    description: String,
    disabled: bool,
    /// JSON text: a number that DynamoDB could not hold is no concern of this crate.
    settings: String,
    api_key_prefix: String,
    /// Of its own key, to find its item by.
    pub api_key_hash: String,
    index_version: u64,
    /// How many sources there are; guards the bound.
    #[serde(default)]
    sources: u32,
    /// A set of strings, which updates alone write.
    #[serde(default, skip_serializing)]
    integration_ids: Vec<IntegrationId>,
    #[serde(default)]
    integrations_version: u64,
    /// How many web channels there are, and how many of them are connected; updates alone write them.
    #[serde(default, skip_serializing)]
    web_channels: i64,
    #[serde(default, skip_serializing)]
    web_channels_on: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl ChatbotItem {
    fn new(from: &Chatbot, api_key_hash: &str) -> Self {
        let Chatbot {
            id,
            workspace_id,
            name,
            description,
            disabled,
            settings,
            api_key_prefix,
            index_version,
            integrations: _,
            integrations_version,
            is_web_off: _,
            created_at,
            updated_at,
        } = from.clone();
        Self {
            id,
            workspace_id,
            name,
            description,
            disabled,
            settings: Value::Object(settings).to_string(),
            api_key_prefix,
            api_key_hash: api_key_hash.to_owned(),
            index_version,
            sources: 0,
            integration_ids: Vec::new(),
            integrations_version,
            web_channels: 0,
            web_channels_on: 0,
            created_at,
            updated_at,
        }
    }
}

impl TryFrom<ChatbotItem> for Chatbot {
    type Error = Error;

    fn try_from(from: ChatbotItem) -> Result<Self> {
        let ChatbotItem {
            id,
            workspace_id,
            name,
            description,
            disabled,
            settings,
            api_key_prefix,
            api_key_hash: _,
            index_version,
            sources: _,
            integration_ids,
            integrations_version,
            web_channels,
            web_channels_on,
            created_at,
            updated_at,
        } = from;
        let settings: Map<String, Value> =
            serde_json::from_str(&settings).map_err(Error::internal)?;
        Ok(Self {
            id,
            workspace_id,
            name,
            description,
            disabled,
            settings,
            api_key_prefix,
            index_version,
            integrations: integration_ids,
            integrations_version,
            is_web_off: web_channels > 0 && web_channels_on <= 0,
            created_at,
            updated_at,
        })
    }
}

impl Store {
    /// Makes a chatbot with its own key, if the workspace has fewer than `most` and is still on
    /// `plan`; with it the request to fill it, if it is a copy, which is due at the time given.
    pub async fn put_chatbot(
        &self,
        chatbot: &Chatbot,
        key: &ApiKey,
        hash: &str,
        plan: Plan,
        most: Option<u32>,
        copy: Option<(&ChatbotCopy, Timestamp)>,
    ) -> Result<()> {
        let room = Write::update(keys::workspace(chatbot.workspace_id), "ADD chatbots :one")
            .value("one", 1)?
            .name("plan", "plan")
            .value("plan", plan)?;
        let room = match most {
            Some(most) => room.when("#plan = :plan AND chatbots < :most").value("most", most)?,
            None => room.when("#plan = :plan"),
        };
        let mut writes = vec![
            room,
            Write::put(
                keys::chatbot(chatbot.workspace_id, chatbot.id),
                &ChatbotItem::new(chatbot, hash),
            )?
            .if_absent(),
            Write::put(keys::api_key(hash), &ApiKeyItem::by_secret(key, plan))?.if_absent(),
        ];
        if let Some((copy, due_at)) = copy {
            writes.push(requested(copy, due_at)?);
        }
        let outcome = self.transact(writes).await?;
        if outcome.refused(0) {
            let now = self.workspace(chatbot.workspace_id).await?;
            if now.is_some_and(|workspace| workspace.plan != plan) {
                return Err(Error::new(
                    ErrorKind::Conflict,
                    "the plan was just changed; try again",
                ));
            }
            return Err(Error::new(
                ErrorKind::PlanRequired,
                format!(
                    "your plan allows {} chatbot{}",
                    most.unwrap_or_default(),
                    if most == Some(1) { "" } else { "s" }
                ),
            ));
        }
        if outcome.is_done() { Ok(()) } else { Err(Error::internal("a new id was taken")) }
    }

    /// A chatbot of `workspace`.
    pub async fn chatbot(&self, workspace: WorkspaceId, id: ChatbotId) -> Result<Option<Chatbot>> {
        let found: Option<ChatbotItem> = self.get(&keys::chatbot(workspace, id), true).await?;
        found.map(TryInto::try_into).transpose()
    }

    /// A workspace's chatbots, newest first.
    pub async fn chatbots(&self, workspace: WorkspaceId) -> Result<Vec<Chatbot>> {
        let partition = keys::workspace_partition(workspace);
        let items: Vec<ChatbotItem> =
            self.query(Range::prefix(partition, keys::CHATBOT).backwards()).await?;
        items.into_iter().map(TryInto::try_into).collect()
    }

    /// The hashes of the keys that were made with a workspace's chatbots.
    pub(crate) async fn chatbot_key_hashes(&self, workspace: WorkspaceId) -> Result<Vec<String>> {
        let partition = keys::workspace_partition(workspace);
        let items: Vec<ChatbotItem> = self.query(Range::prefix(partition, keys::CHATBOT)).await?;
        Ok(items.into_iter().map(|item| item.api_key_hash).collect())
    }

    /// The names of those of `ids` that are there.
    pub async fn chatbot_names(
        &self,
        workspace: WorkspaceId,
        ids: &[ChatbotId],
    ) -> Result<HashMap<ChatbotId, String>> {
        let ids: HashSet<ChatbotId> = ids.iter().copied().collect();
        let keys: Vec<Key> = ids.into_iter().map(|id| keys::chatbot(workspace, id)).collect();
        let items = self.batch_get(&keys, true).await?;
        items.into_iter().map(|item| read(item).map(|c: ChatbotItem| (c.id, c.name))).collect()
    }

    /// Writes what a patch may change, if no other request did since `seen`; whether that was so.
    pub async fn update_chatbot(&self, chatbot: &Chatbot, seen: Timestamp) -> Result<bool> {
        let settings = Value::Object(chatbot.settings.clone()).to_string();
        let write = Write::update(
            keys::chatbot(chatbot.workspace_id, chatbot.id),
            "SET #name = :name, description = :description, disabled = :disabled, \
             settings = :settings, updated_at = :at",
        )
        .name("name", "name")
        .value("name", &chatbot.name)?
        .value("description", &chatbot.description)?
        .value("disabled", chatbot.disabled)?
        .value("settings", settings)?
        .value("at", chatbot.updated_at)?
        .when("attribute_exists(pk) AND updated_at = :seen")
        .value("seen", seen)?;
        Ok(self.write(write).await?.is_done())
    }

    /// Gives a chatbot a new key of its own; the old one is gone in the same write. Two rotations at
    /// once: one wins, the other starts over.
    pub async fn rotate_key(&self, key: &ApiKey, hash: &str, plan: Plan) -> Result<Chatbot> {
        let workspace = key.workspace_id;
        let id = key.chatbot_id.ok_or_else(|| Error::internal("a key of its own has a chatbot"))?;
        for _ in 0..5 {
            let found: Option<ChatbotItem> = self.get(&keys::chatbot(workspace, id), true).await?;
            let old = found.ok_or_else(|| Error::not_found("chatbot"))?;
            let writes = vec![
                Write::update(
                    keys::chatbot(workspace, id),
                    "SET api_key_prefix = :prefix, api_key_hash = :hash",
                )
                .value("prefix", &key.prefix)?
                .value("hash", hash)?
                .when("api_key_hash = :old")
                .value("old", &old.api_key_hash)?,
                Write::delete(keys::api_key(&old.api_key_hash)),
                Write::put(keys::api_key(hash), &ApiKeyItem::by_secret(key, plan))?.if_absent(),
                Self::still_on(workspace, plan)?,
            ];
            if self.transact(writes).await?.is_done() {
                return Ok(Chatbot { api_key_prefix: key.prefix.clone(), ..old.try_into()? });
            }
        }
        Err(Error::new(ErrorKind::Conflict, "another request is rotating the key"))
    }

    /// Deletes a chatbot; whether there was one. Its listed keys die right after it, when no new
    /// one can be made any more; should that be cut short, clearing away behind the stream does it.
    pub async fn delete_chatbot(
        &self,
        workspace: WorkspaceId,
        id: ChatbotId,
        now: Timestamp,
    ) -> Result<bool> {
        let key = keys::chatbot(workspace, id);
        let Some(item) = self.get::<ChatbotItem>(&key, true).await? else { return Ok(false) };
        let mut writes = vec![
            Write::delete(key).when("api_key_hash = :hash").value("hash", &item.api_key_hash)?,
            Write::delete(keys::api_key(&item.api_key_hash)),
            bury(PurgeTarget::Chatbot { id, workspace }, id, now)?,
        ];
        let uncounted = writes.clone();
        writes.push(
            Write::update(keys::workspace(workspace), "ADD chatbots :less")
                .value("less", -1)?
                .if_present(),
        );
        let mut outcome = self.transact(writes).await?;
        if outcome.refused(3) {
            // Of a workspace that was closed, where nothing is counted any more.
            outcome = self.transact(uncounted).await?;
        }
        match outcome.is_done() {
            true => {
                self.delete_api_keys_of(workspace, id, now).await?;
                Ok(true)
            }
            // Rotated or deleted in between; if it is still there, the caller tries again.
            false => match self.get::<ChatbotItem>(&keys::chatbot(workspace, id), true).await? {
                Some(_) => Err(Error::new(ErrorKind::Conflict, "the chatbot was just changed")),
                None => Ok(false),
            },
        }
    }
}
