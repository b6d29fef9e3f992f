//! Where the platforms are.

use url::Url;

/// The address of each platform's API, without a path. Those of a deployment are fixed; the local run may put a
/// stand-in in their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformHosts {
    telegram: Url,
    slack: Url,
    discord: Url,
    graph: Url,
}

impl PlatformHosts {
    /// The names that [`Self::set`] takes.
    pub const NAMES: [&str; 4] = ["telegram", "slack", "discord", "graph"];

    /// The platforms' own.
    ///
    /// # Errors
    ///
    /// Never: the addresses are constants.
    pub fn public() -> Result<Self, url::ParseError> {
        Ok(Self {
            telegram: Url::parse("https://api.telegram.org")?,
            slack: Url::parse("https://slack.com")?,
            discord: Url::parse("https://discord.com")?,
            graph: Url::parse("https://graph.facebook.com")?,
        })
    }

    /// Sends to `url` what would go to the host of this name; false if there is no such name or `url` is not a base.
    #[must_use]
    pub fn set(&mut self, name: &str, url: Url) -> bool {
        let host = match name {
            "telegram" => &mut self.telegram,
            "slack" => &mut self.slack,
            "discord" => &mut self.discord,
            "graph" => &mut self.graph,
            _ => return false,
        };
        let is_base = !url.cannot_be_a_base() && matches!(url.scheme(), "http" | "https");
        if is_base {
            *host = url;
        }
        is_base
    }

    pub(crate) fn telegram(&self) -> &Url {
        &self.telegram
    }

    pub(crate) fn slack(&self) -> &Url {
        &self.slack
    }

    pub(crate) fn discord(&self) -> &Url {
        &self.discord
    }

    pub(crate) fn graph(&self) -> &Url {
        &self.graph
    }
}
