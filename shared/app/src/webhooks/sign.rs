//! Signing: the headers of an attempt, made with the webhook's secrets.

use domain::{
    Delivery, EventRenderer, LoopCallback, Result, SealedHeader, Timestamp, Webhook,
    agent_loops::seal_owner,
};

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
        if let Some(callback) = &webhook.callback {
            return self.of_callback(callback, webhook, delivery, now);
        }
        let secrets = secrets(&self.sealer, webhook, now)?;
        Ok(self.renderer.headers(webhook.dialect, delivery, &secrets, now))
    }
}

impl Signer {
    /// A callback has the headers that its owner gave it, and a stable id; it signs nothing.
    fn of_callback(
        &self,
        callback: &LoopCallback,
        webhook: &Webhook,
        delivery: &Delivery,
        now: Timestamp,
    ) -> Result<Vec<(String, String)>> {
        let owner = seal_owner(callback.agent_loop_id, &webhook.url);
        let mut headers = vec![
            ("webhook-id".to_owned(), delivery.id.to_string()),
            ("webhook-timestamp".to_owned(), now.seconds().to_string()),
        ];
        for SealedHeader { name, sealed } in &callback.headers {
            headers.retain(|(taken, _)| taken != name);
            headers.push((name.clone(), self.sealer.open(&owner, sealed)?));
        }
        Ok(headers)
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
