//! What is secret of a channel, sealed in its item.

use std::{collections::BTreeMap, fmt};

use domain::{Channel, ChannelId, Error, Platform, Result};
use platforms::{ChannelAccount, ChannelCredentials};
use serde::{Deserialize, Serialize};

use crate::adapters::{random, seal::Sealer};

/// Hex digits of what we make ourselves.
const TOKEN_DIGITS: usize = 48;

/// Credentials, and what the platform shows us as a proof. `Debug` shows neither.
#[derive(Clone)]
pub(super) struct ChannelSecrets {
    pub credentials: ChannelCredentials,
    /// The channel's webhook secret.
    pub secret: String,
}

impl fmt::Debug for ChannelSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChannelSecrets")
    }
}

#[derive(Serialize, Deserialize)]
struct StoredSecrets {
    credentials: BTreeMap<String, String>,
    secret: String,
}

/// A fresh random token.
pub(super) fn token() -> Result<String> {
    random::hex_digits(TOKEN_DIGITS)
}

impl ChannelSecrets {
    /// Sealed for the channel `id`.
    pub fn seal(&self, sealer: &Sealer, id: ChannelId) -> Result<String> {
        let stored =
            StoredSecrets { credentials: self.credentials.to_map(), secret: self.secret.clone() };
        let text = serde_json::to_string(&stored).map_err(Error::internal)?;
        sealer.seal(&id.to_string(), &text)
    }

    /// Those of `channel`.
    pub fn open(sealer: &Sealer, channel: &Channel) -> Result<Self> {
        let text = sealer.open(&channel.id.to_string(), &channel.sealed_secrets)?;
        let stored: StoredSecrets = serde_json::from_str(&text).map_err(Error::internal)?;
        let credentials = ChannelCredentials::stored(channel.platform, stored.credentials);
        Ok(Self { credentials, secret: stored.secret })
    }
}

/// What the platform said of the channel's account.
pub(super) fn account(channel: &Channel) -> Result<ChannelAccount> {
    serde_json::from_str(&channel.account).map_err(Error::internal)
}

/// The same, to be stored.
pub(super) fn stored_account(account: &ChannelAccount) -> Result<String> {
    serde_json::to_string(account).map_err(Error::internal)
}

/// Whether `platform` is one that messages come from.
pub(super) fn is_messaging(platform: Platform) -> bool {
    platform != Platform::Web
}
