//! Branding: changed, and the subdomain claimed.

use domain::{
    Branding, BrandingPatch, ChatbotId, Error, ErrorKind, Feature, Principal, Result, Subdomain,
};
use store::Claimed;

use crate::Core;

/// How often a claim that met another one of the same chatbot is made again.
const ATTEMPTS: u32 = 8;

impl Core {
    /// Changes what was sent of a chatbot's branding; how it is then.
    pub async fn update_branding(
        &self,
        principal: &Principal,
        chatbot: ChatbotId,
        patch: BrandingPatch,
    ) -> Result<Branding> {
        self.require(principal, Feature::WhiteLabel)?;
        match self.store.update_branding(principal.workspace_id, chatbot, patch).await? {
            true => self.store.branding(chatbot).await,
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
        for _ in 0..ATTEMPTS {
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
                Claimed::Moved => {}
            }
        }
        Err(Error::new(ErrorKind::Conflict, "the subdomain is being changed by somebody else"))
    }
}
