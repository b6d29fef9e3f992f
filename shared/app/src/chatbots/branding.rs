//! Branding: changed, and the subdomain claimed.

use std::time::Duration;

use domain::{
    Branding, BrandingPatch, ChatbotId, Error, ErrorKind, Feature, Principal, Result, Subdomain,
};
use store::{Claimed, retry::Retries};

use crate::App;

/// Retries of a claim that conflicts with another one of the same chatbot.
const MAX_RETRIES: usize = 7;
/// The longest delay before one of them.
const MAX_DELAY: Duration = Duration::from_millis(25);

impl App {
    /// Changes what was sent of a chatbot's branding; how it is then.
    pub async fn update_branding(
        &self,
        principal: &Principal,
        chatbot: ChatbotId,
        patch: BrandingPatch,
    ) -> Result<Branding> {
        self.require(principal, Feature::WhiteLabel)?;
        let before = match patch.custom_domain {
            Some(_) => self.store.branding(chatbot).await?.custom_domain,
            None => None,
        };
        match self.store.update_branding(principal.workspace_id, chatbot, patch).await? {
            true => {
                // The domain that it had is another one's to prove.
                if let Some(before) = before {
                    self.store.free_domain(chatbot, &before).await?;
                }
                self.store.branding(chatbot).await
            }
            false => Err(Error::unauthorized()),
        }
    }

    /// Gives a chatbot a subdomain that no other one has, in place of the one before.
    pub async fn claim_subdomain(
        &self,
        principal: &Principal,
        chatbot: ChatbotId,
        subdomain: Subdomain,
    ) -> Result<Subdomain> {
        self.require(principal, Feature::WhiteLabel)?;
        let workspace = principal.workspace_id;
        let mut retries = Retries::new(MAX_RETRIES, MAX_DELAY);
        loop {
            let old = self.store.branding(chatbot).await?.subdomain;
            if old.as_ref() == Some(&subdomain) {
                return Ok(subdomain);
            }
            match self.store.claim_subdomain(workspace, chatbot, old.as_ref(), &subdomain).await? {
                Claimed::Done => return Ok(subdomain),
                Claimed::Taken => {
                    return Err(Error::new(ErrorKind::Conflict, "the subdomain is taken"));
                }
                // Its key has been deleted with it.
                Claimed::NoChatbot => return Err(Error::unauthorized()),
                Claimed::Moved if retries.wait().await => {}
                Claimed::Moved => {
                    let message = "the subdomain is being changed by another request";
                    return Err(Error::new(ErrorKind::Conflict, message));
                }
            }
        }
    }
}
