//! Branding of chatbots: the branding itself, the logo, which lies apart, and claims of subdomains.

use domain::{
    Branding, BrandingPatch, ChatbotId, HostName, Logo, LogoType, Result, Subdomain,
    SubdomainClaim, Timestamp, WorkspaceId,
};
use serde::{Deserialize, Serialize};

use crate::{
    keys, table::client::Store, table::conversions::item_conversions, table::write::Write,
};

#[derive(Default, Serialize, Deserialize)]
pub(crate) struct BrandingItem {
    #[serde(default)]
    white_label: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    logo: Option<LogoType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    custom_domain: Option<HostName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verified_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subdomain: Option<Subdomain>,
}

item_conversions!(
    BrandingItem,
    Branding { white_label, logo, custom_domain, verified_at, subdomain }
);

#[derive(Serialize, Deserialize)]
struct LogoItem {
    media_type: LogoType,
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
}

item_conversions!(LogoItem, Logo { media_type, bytes });

#[derive(Serialize, Deserialize)]
struct SubdomainItem {
    subdomain: Subdomain,
    chatbot_id: ChatbotId,
}

item_conversions!(SubdomainItem, SubdomainClaim { subdomain, chatbot_id });

#[derive(Serialize, Deserialize)]
struct DomainItem {
    chatbot_id: ChatbotId,
    verified_at: Timestamp,
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimed {
    /// The chatbot has the subdomain, and no other one any more.
    Done,
    /// Another chatbot has it.
    Taken,
    /// The chatbot got or lost another one meanwhile.
    Moved,
    /// There is no such chatbot.
    NoChatbot,
}

impl Store {
    /// A chatbot's branding; all off where nothing was ever set.
    pub async fn branding(&self, chatbot: ChatbotId) -> Result<Branding> {
        let found: Option<BrandingItem> = self.get(&keys::branding(chatbot), true).await?;
        Ok(found.unwrap_or_default().into())
    }

    /// A chatbot's logo.
    pub async fn logo(&self, chatbot: ChatbotId) -> Result<Option<Logo>> {
        let found: Option<LogoItem> = self.get(&keys::logo(chatbot), true).await?;
        Ok(found.map(Into::into))
    }

    /// Changes a chatbot's branding field by field, so that changes at once all apply; whether
    /// there is such a chatbot. A new domain is not verified.
    pub async fn update_branding(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        patch: BrandingPatch,
    ) -> Result<bool> {
        let BrandingPatch { white_label, logo, custom_domain } = patch;
        let (mut set, mut removed) = (Vec::new(), Vec::new());
        if white_label.is_some() {
            set.push("white_label = :white_label");
        }
        match &logo {
            Some(Some(_)) => set.push("logo = :logo"),
            Some(None) => removed.push("logo"),
            None => {}
        }
        match &custom_domain {
            Some(Some(_)) => set.push("custom_domain = :custom_domain"),
            Some(None) => removed.push("custom_domain"),
            None => {}
        }
        if custom_domain.is_some() {
            removed.push("verified_at");
        }
        let mut update = Write::update(keys::branding(chatbot), expression(&set, &removed));
        if let Some(on) = white_label {
            update = update.value("white_label", on)?;
        }
        if let Some(Some(logo)) = &logo {
            update = update.value("logo", logo.media_type)?;
        }
        if let Some(Some(domain)) = &custom_domain {
            update = update.value("custom_domain", domain)?;
        }
        let mut writes = vec![Write::check(keys::chatbot(workspace, chatbot)).if_present(), update];
        match logo {
            Some(Some(logo)) => {
                writes.push(Write::put(keys::logo(chatbot), &LogoItem::from(&logo))?);
            }
            Some(None) => writes.push(Write::delete(keys::logo(chatbot))),
            None => {}
        }
        Ok(self.transact(writes).await?.is_done())
    }

    /// Claims `subdomain` for a chatbot that has `old` so far, and gives that one up, in one
    /// transaction: at no time do two chatbots have one subdomain, or one two.
    pub async fn claim_subdomain(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        old: Option<&Subdomain>,
        subdomain: &Subdomain,
    ) -> Result<Claimed> {
        let claim = SubdomainClaim { subdomain: subdomain.clone(), chatbot_id: chatbot };
        let branding = Write::update(keys::branding(chatbot), "SET subdomain = :subdomain")
            .value("subdomain", subdomain)?;
        let branding = match old {
            Some(old) => branding.when("subdomain = :old").value("old", old)?,
            None => branding.when("attribute_not_exists(subdomain)"),
        };
        let mut writes = vec![
            Write::put(keys::subdomain(subdomain), &SubdomainItem::from(&claim))?
                .when("attribute_not_exists(pk) OR chatbot_id = :mine")
                .value("mine", chatbot)?,
            Write::check(keys::chatbot(workspace, chatbot)).if_present(),
            branding,
        ];
        if let Some(old) = old {
            writes.push(
                Write::delete(keys::subdomain(old))
                    .when("attribute_not_exists(pk) OR chatbot_id = :mine")
                    .value("mine", chatbot)?,
            );
        }
        let outcome = self.transact(writes).await?;
        Ok(match () {
            () if outcome.is_done() => Claimed::Done,
            () if outcome.refused(1) => Claimed::NoChatbot,
            () if outcome.refused(0) => Claimed::Taken,
            () => Claimed::Moved,
        })
    }

    /// Gives up what a chatbot that was deleted had claimed.
    pub(crate) async fn free_names(&self, chatbot: ChatbotId) -> Result<()> {
        let branding = self.branding(chatbot).await?;
        if let Some(domain) = &branding.custom_domain {
            self.free_domain(chatbot, domain).await?;
        }
        let Some(subdomain) = branding.subdomain else { return Ok(()) };
        let write = Write::delete(keys::subdomain(&subdomain))
            .when("chatbot_id = :mine")
            .value("mine", chatbot)?;
        // Refused where it was released before.
        self.write(write).await.map(drop)
    }

    /// Gives up the proof that `domain` leads to a chatbot, if it has it.
    pub async fn free_domain(&self, chatbot: ChatbotId, domain: &HostName) -> Result<()> {
        let write = Write::delete(keys::custom_domain(domain))
            .when("chatbot_id = :mine")
            .value("mine", chatbot)?;
        self.write(write).await.map(drop)
    }

    /// The chatbot that `domain` was proven for.
    pub async fn domain_owner(&self, domain: &HostName) -> Result<Option<ChatbotId>> {
        let found: Option<DomainItem> = self.get(&keys::custom_domain(domain), true).await?;
        Ok(found.map(|item| item.chatbot_id))
    }

    /// Notes that `domain` leads to a chatbot, unless it has another one by now. Of all chatbots it is
    /// proven for this one alone from now on: what the DNS says last counts.
    pub async fn prove_domain(
        &self,
        chatbot: ChatbotId,
        domain: &HostName,
        at: Timestamp,
    ) -> Result<()> {
        if let Some(before) = self.domain_owner(domain).await?.filter(|owner| *owner != chatbot) {
            self.unprove_domain(before, domain).await?;
        }
        let item = DomainItem { chatbot_id: chatbot, verified_at: at };
        let branding = Write::update(keys::branding(chatbot), "SET verified_at = :at")
            .value("at", at)?
            .when("custom_domain = :domain")
            .value("domain", domain)?;
        let writes = vec![Write::put(keys::custom_domain(domain), &item)?, branding];
        self.transact(writes).await.map(drop)
    }

    /// Notes that `domain` does not lead to a chatbot, unless it has another one by now.
    pub async fn unprove_domain(&self, chatbot: ChatbotId, domain: &HostName) -> Result<()> {
        let write = Write::update(keys::branding(chatbot), "REMOVE verified_at")
            .when("custom_domain = :domain")
            .value("domain", domain)?;
        self.write(write).await?;
        self.free_domain(chatbot, domain).await
    }
}

fn expression(set: &[&str], removed: &[&str]) -> String {
    let clause = |word: &str, parts: &[&str]| match parts {
        [] => String::new(),
        parts => format!("{word} {} ", parts.join(", ")),
    };
    format!("{}{}", clause("SET", set), clause("REMOVE", removed)).trim_end().to_owned()
}
