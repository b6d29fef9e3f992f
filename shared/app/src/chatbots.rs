//! Chatbots: made, changed, copied, deleted, their openbat key rotated.

use std::collections::HashMap;

use domain::{
    Chatbot, ChatbotId, Dialect, Error, ErrorKind, JobId, KeyKind, Plan, Result, SourceId,
    SourceKind, SourceStatus, Timestamp, Workspace, WorkspaceId,
    chatbot::{ChatbotPatch, NewChatbot, copy_name},
};
use store::{Counters, PurgeTarget};

use crate::{Core, access::mint};

/// How often a change that met another one is made again.
const ATTEMPTS: u32 = 5;

impl Core {
    /// A workspace's chatbots, newest first.
    pub async fn chatbots(&self, workspace: WorkspaceId) -> Result<Vec<Chatbot>> {
        self.store.chatbots(workspace).await
    }

    /// How many conversations each of `chatbots` has.
    pub async fn counters_of(&self, chatbots: &[Chatbot]) -> Result<HashMap<ChatbotId, Counters>> {
        let ids: Vec<ChatbotId> = chatbots.iter().map(|chatbot| chatbot.id).collect();
        self.store.counters_of(&ids).await
    }

    /// A chatbot of `workspace`.
    pub async fn chatbot(&self, workspace: WorkspaceId, id: ChatbotId) -> Result<Chatbot> {
        self.store.chatbot(workspace, id).await?.ok_or_else(|| Error::not_found("chatbot"))
    }

    /// A chatbot with what its counters say.
    pub async fn chatbot_with_counters(
        &self,
        workspace: WorkspaceId,
        id: ChatbotId,
    ) -> Result<(Chatbot, Counters)> {
        let (chatbot, counters) =
            tokio::try_join!(self.chatbot(workspace, id), self.store.counters(id))?;
        Ok((chatbot, counters))
    }

    /// Makes a chatbot with its openbat key, if the workspace's plan has room. Every chatbot has
    /// such a key; one made through another dialect never shows it, until it is rotated.
    pub async fn create_chatbot(
        &self,
        workspace: WorkspaceId,
        new: NewChatbot,
    ) -> Result<(Chatbot, String)> {
        let owner = self.workspace(workspace).await?;
        self.put_new_chatbot(&owner, new, ChatbotId::new(), 0).await
    }

    async fn put_new_chatbot(
        &self,
        owner: &Workspace,
        new: NewChatbot,
        id: ChatbotId,
        sources: u32,
    ) -> Result<(Chatbot, String)> {
        let NewChatbot { name, description, settings } = new;
        let (secret, key, hash) = mint(owner.id, Some(id), Dialect::Openbat, KeyKind::Secret)?;
        let now = Timestamp::now();
        let chatbot = Chatbot {
            id,
            workspace_id: owner.id,
            name,
            description,
            disabled: false,
            settings,
            api_key_prefix: key.prefix.clone(),
            index_version: 1,
            created_at: now,
            updated_at: now,
        };
        self.store.put_chatbot(&chatbot, &key, &hash, sources, self.room(owner.plan)).await?;
        Ok((chatbot, secret))
    }

    fn room(&self, plan: Plan) -> Option<u32> {
        self.plans.of(plan).chatbots
    }

    /// Changes a chatbot. Two changes at once: each is applied to what the other left.
    pub async fn update_chatbot(
        &self,
        workspace: WorkspaceId,
        id: ChatbotId,
        patch: ChatbotPatch,
    ) -> Result<Chatbot> {
        for _ in 0..ATTEMPTS {
            let mut chatbot = self.chatbot(workspace, id).await?;
            if patch.is_empty() {
                return Ok(chatbot);
            }
            let seen = chatbot.updated_at;
            // `updated_at` is what tells two states apart, so it has to move.
            let at = Timestamp::now().max(Timestamp::from_millis(seen.millis() + 1));
            patch.clone().apply(&mut chatbot, at)?;
            if self.store.update_chatbot(&chatbot, seen).await? {
                return Ok(chatbot);
            }
        }
        Err(Error::new(ErrorKind::Conflict, "the chatbot is being changed by somebody else"))
    }

    /// Deletes a chatbot for good; everything that hangs on it follows behind the stream.
    pub async fn delete_chatbot(&self, workspace: WorkspaceId, id: ChatbotId) -> Result<()> {
        match self.store.delete_chatbot(workspace, id).await? {
            true => Ok(()),
            false => Err(Error::not_found("chatbot")),
        }
    }

    /// Gives a chatbot a new openbat key; the old one dies in the same write.
    pub async fn rotate_key(
        &self,
        workspace: WorkspaceId,
        id: ChatbotId,
    ) -> Result<(Chatbot, String)> {
        let (secret, key, hash) = mint(workspace, Some(id), Dialect::Openbat, KeyKind::Secret)?;
        Ok((self.store.rotate_key(&key, &hash).await?, secret))
    }

    /// Copies a chatbot with its configuration and its knowledge. The chatbot itself is written
    /// last, so that a copy is there whole or not at all. A source that has nothing to answer
    /// with yet is crawled for the copy on its own.
    pub async fn duplicate_chatbot(
        &self,
        workspace: WorkspaceId,
        id: ChatbotId,
    ) -> Result<Chatbot> {
        let (owner, original) =
            tokio::try_join!(self.workspace(workspace), self.chatbot(workspace, id))?;
        if self.room(owner.plan).is_some_and(|room| owner.chatbots >= room) {
            let message = format!("your plan allows {} chatbots", owner.chatbots);
            return Err(Error::new(ErrorKind::PlanRequired, message));
        }
        let copy = ChatbotId::new();
        let made = self.copy_knowledge(&original, copy).await;
        let made = match made {
            Ok(copied) => {
                let new = NewChatbot {
                    name: copy_name(&original.name),
                    description: original.description.clone(),
                    settings: original.settings.clone(),
                };
                self.put_new_chatbot(&owner, new, copy, copied.sources)
                    .await
                    .map(|(chatbot, _)| (chatbot, copied))
            }
            Err(error) => Err(error),
        };
        match made {
            Ok((chatbot, copied)) => {
                for (url, sync) in copied.to_crawl {
                    self.add_url_source(&chatbot, &url, sync).await?;
                }
                Ok(chatbot)
            }
            Err(error) => {
                let target = PurgeTarget::Chatbot { id: copy };
                while !self.store.purge_some(&target).await? {}
                Err(error)
            }
        }
    }

    async fn copy_knowledge(&self, original: &Chatbot, copy: ChatbotId) -> Result<Copied> {
        let mut copied = Copied::default();
        for source in self.store.sources(original.id).await? {
            let answers = match source.kind {
                SourceKind::Qa => Some(source.job),
                SourceKind::Url => source.active_job,
            };
            let Some(job) = answers else {
                copied.to_crawl.push((source.name.clone(), source.sync));
                continue;
            };
            let Some(pointer) = self.store.index_pointer(original.id, source.id).await? else {
                continue;
            };
            let mut twin = source.clone();
            twin.id = SourceId::new();
            twin.chatbot_id = copy;
            twin.job = JobId::new();
            twin.active_job = Some(twin.job);
            twin.status = SourceStatus::Ready;
            twin.reason = None;
            self.store.copy_source(&source, job, &twin, &pointer.entry).await?;
            copied.sources += 1;
        }
        Ok(copied)
    }
}

#[derive(Default)]
struct Copied {
    sources: u32,
    to_crawl: Vec<(String, domain::SyncFrequency)>,
}
