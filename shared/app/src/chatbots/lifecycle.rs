//! Chatbots: made, changed, copied, deleted, their own key rotated.

use std::{collections::HashMap, time::Duration};

use domain::{
    BrandingPatch, Chatbot, ChatbotCopy, ChatbotFilter, ChatbotId, Error, ErrorKind, ListPage,
    Result, Timestamp, WorkspaceId,
    chatbot::{ChatbotPatch, NewChatbot, copy_name},
    dialect::CHATBOT_KEY,
    source::COPY_LEASE,
};
use store::{Counters, retry::Retries};

use crate::{App, access::accounts::mint};
/// Retries of a change that conflicts with another one.
const MAX_RETRIES: usize = 15;
/// The longest delay before one of them.
const MAX_DELAY: Duration = Duration::from_millis(25);

/// Chatbots of a workspace at most, whatever its plan: some lists read all of them at once.
const MAX_CHATBOTS: u32 = 500;

impl App {
    /// A workspace's chatbots, newest first.
    pub async fn chatbots(&self, workspace: WorkspaceId) -> Result<Vec<Chatbot>> {
        self.store.chatbots(workspace).await
    }

    /// A page of a workspace's chatbots that `filter` wants, newest first, with how many it wants in
    /// all. They are read whole, since a plan bounds how many there are.
    pub async fn chatbots_page(
        &self,
        workspace: WorkspaceId,
        filter: &ChatbotFilter,
        page: ListPage,
    ) -> Result<(Vec<Chatbot>, u64)> {
        let mut chatbots = self.store.chatbots(workspace).await?;
        chatbots.retain(|chatbot| filter.matches(chatbot));
        let total = chatbots.len() as u64;
        Ok((page.of(chatbots), total))
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

    /// Makes a chatbot with its own key, if the workspace's plan has room. Every chatbot has
    /// such a key; a dialect that does not show it leaves it unknown until it is rotated.
    pub async fn create_chatbot(
        &self,
        workspace: WorkspaceId,
        new: NewChatbot,
    ) -> Result<(Chatbot, String)> {
        self.make_chatbot(workspace, new, None).await
    }

    /// The same, to be filled with the knowledge of `original`, if there is one.
    async fn make_chatbot(
        &self,
        workspace: WorkspaceId,
        new: NewChatbot,
        original: Option<ChatbotId>,
    ) -> Result<(Chatbot, String)> {
        let owner = self.workspace(workspace).await?;
        let id = ChatbotId::new();
        let NewChatbot { name, description, disabled, settings } = new;
        let (secret, key, hash) =
            mint(owner.id, Some(id), CHATBOT_KEY.0, CHATBOT_KEY.1, self.now())?;
        let now = self.now();
        let chatbot = Chatbot {
            id,
            workspace_id: owner.id,
            name,
            description,
            disabled,
            settings,
            api_key_prefix: key.prefix.clone(),
            index_version: 1,
            integrations: Vec::new(),
            integrations_version: 0,
            is_web_off: false,
            created_at: now,
            updated_at: now,
        };
        let room = self.plans.of(owner.plan).chatbots.unwrap_or(MAX_CHATBOTS).min(MAX_CHATBOTS);
        let copy = original.map(|original_id| ChatbotCopy {
            workspace_id: owner.id,
            chatbot_id: id,
            original_id,
            requested_at: now,
        });
        let copy = copy.as_ref().map(|copy| (copy, now.plus(COPY_LEASE)));
        self.store.put_chatbot(&chatbot, &key, &hash, owner.plan, Some(room), copy).await?;
        Ok((chatbot, secret))
    }

    /// Changes a chatbot. Two changes at once: each is applied to what the other left.
    pub async fn update_chatbot(
        &self,
        workspace: WorkspaceId,
        id: ChatbotId,
        patch: ChatbotPatch,
    ) -> Result<Chatbot> {
        let mut retries = Retries::new(MAX_RETRIES, MAX_DELAY);
        loop {
            let mut chatbot = self.chatbot(workspace, id).await?;
            if patch.is_empty() {
                return Ok(chatbot);
            }
            let seen = chatbot.updated_at;
            // `updated_at` is what tells two states apart, so it has to move.
            let at = self.now().max(Timestamp::from_millis(seen.millis() + 1));
            patch.clone().apply(&mut chatbot, at)?;
            if self.store.update_chatbot(&chatbot, seen).await? {
                return Ok(chatbot);
            }
            if !retries.wait().await {
                let message = "the chatbot is being changed by another request";
                return Err(Error::new(ErrorKind::Conflict, message));
            }
        }
    }

    /// Deletes a chatbot for good; everything that belongs to it is purged behind the stream.
    pub async fn delete_chatbot(&self, workspace: WorkspaceId, id: ChatbotId) -> Result<()> {
        match self.store.delete_chatbot(workspace, id, self.now()).await? {
            true => Ok(()),
            false => Err(Error::not_found("chatbot")),
        }
    }

    /// Gives a chatbot a new key of its own; the old one dies in the same write.
    pub async fn rotate_key(
        &self,
        workspace: WorkspaceId,
        id: ChatbotId,
    ) -> Result<(Chatbot, String)> {
        let (secret, key, hash) =
            mint(workspace, Some(id), CHATBOT_KEY.0, CHATBOT_KEY.1, self.now())?;
        let plan = self.workspace(workspace).await?.plan;
        Ok((self.store.rotate_key(&key, &hash, plan).await?, secret))
    }

    /// Copies a chatbot with its configuration. Its knowledge follows behind the stream, source by
    /// source; one that has nothing to answer with yet is crawled for the copy on its own.
    pub async fn duplicate_chatbot(
        &self,
        workspace: WorkspaceId,
        id: ChatbotId,
    ) -> Result<Chatbot> {
        let original = self.chatbot(workspace, id).await?;
        let new = NewChatbot {
            name: copy_name(&original.name),
            description: original.description.clone(),
            disabled: false,
            settings: original.settings.clone(),
        };
        let (copy, _) = self.make_chatbot(workspace, new, Some(id)).await?;
        self.copy_looks(&original, &copy).await?;
        Ok(copy)
    }

    /// Widget and branding; a name that leads to a chatbot leads to one only, so none is copied.
    async fn copy_looks(&self, original: &Chatbot, copy: &Chatbot) -> Result<()> {
        let (widget, branding, logo) = tokio::try_join!(
            self.store.widget(original.id),
            self.store.branding(original.id),
            self.store.logo(original.id)
        )?;
        let patch = BrandingPatch {
            white_label: branding.white_label.then_some(true),
            logo: logo.map(Some),
            custom_domain: None,
        };
        if !widget.is_empty() {
            self.store.update_widget(copy.workspace_id, copy.id, &widget).await?;
        }
        if !patch.is_empty() {
            self.store.update_branding(copy.workspace_id, copy.id, patch).await?;
        }
        Ok(())
    }
}
