//! Signing: the headers of an attempt, made with the webhook's secrets.

use domain::{Delivery, EventRenderer, Result, Timestamp, Webhook};

use crate::adapters::seal::Sealer;

/// Signs attempts.
#[derive(Debug, Clone)]
pub(super) struct Signer {
    sealer: Sealer,
    renderer: &'static dyn EventRenderer,
}

impl Signer {
    /// A signer whose secrets `sealer` opens; `renderer` knows each dialect's headers.
    pub fn new(sealer: Sealer, renderer: &'static dyn EventRenderer) -> Self {
        Self { sealer, renderer }
    }

    /// The headers of an attempt at `delivery` made at `now`.
    pub fn sign(
        &self,
        webhook: &Webhook,
        delivery: &Delivery,
        now: Timestamp,
    ) -> Result<Vec<(String, String)>> {
        let secrets = secrets(&self.sealer, webhook, now)?;
        Ok(self.renderer.headers(webhook.dialect, delivery, &secrets, now))
    }
}

/// The secrets that sign for `webhook` at `now`, the newest first.
pub(super) fn secrets(sealer: &Sealer, webhook: &Webhook, now: Timestamp) -> Result<Vec<String>> {
    let retired = webhook.retired_secret.as_ref().filter(|retired| now < retired.until);
    [Some(&webhook.sealed_secret), retired.map(|retired| &retired.sealed)]
        .into_iter()
        .flatten()
        .map(|sealed| sealer.open(&webhook.id.to_string(), sealed))
        .collect()
}
