//! What a platform says of the account that credentials belong to.

use serde::{Deserialize, Serialize};

/// An account as its platform describes it: stored with the channel, and needed to verify and to tell our own
/// messages from others'. Nothing in it is secret. All fields are empty before the first successful connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChannelAccount {
    /// Telegram: the bot's id. Slack: the bot's user id. Discord: the application's id. WhatsApp: the phone number's
    /// id. Messenger: the page's id.
    pub id: String,
    /// What people call it: a bot's name, a page's name, a verified business name.
    pub name: String,
    /// Telegram: the bot's user name, without `@`. WhatsApp: the phone number as displayed.
    pub username: String,
    /// Slack: the workspace's id.
    pub team_id: String,
    /// Slack: the bot's id, which marks its messages.
    pub bot_id: String,
    /// Discord: the application's Ed25519 public key, as hex.
    pub verify_key: String,
}
