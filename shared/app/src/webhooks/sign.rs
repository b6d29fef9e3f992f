//! Signing: the headers of an attempt, made with the webhook's secrets.

use domain::{Delivery, Result, Timestamp, Webhook};

use crate::adapters::seal::Sealer;

/// Builds the headers of a delivery, signature included. Handed in, since use cases know no
/// dialect's shapes. Takes the secrets to sign with, the newest first, and the time of the attempt.
pub type Headers = fn(&Webhook, &Delivery, &[String], Timestamp) -> Vec<(String, String)>;

/// Signs attempts.
#[derive(Debug, Clone)]
pub(super) struct Signer {
    sealer: Sealer,
    headers: Headers,
}

impl Signer {
    /// A signer whose secrets `sealer` opens.
    pub fn new(sealer: Sealer, headers: Headers) -> Self {
        Self { sealer, headers }
    }

    /// The headers of an attempt at `delivery` made at `now`.
    pub fn sign(
        &self,
        webhook: &Webhook,
        delivery: &Delivery,
        now: Timestamp,
    ) -> Result<Vec<(String, String)>> {
        let secrets = secrets(&self.sealer, webhook, now)?;
        Ok((self.headers)(webhook, delivery, &secrets, now))
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
