//! Custom domains: whether one leads here.

use std::{fmt, sync::Arc, time::Duration};

use domain::{ChatbotId, Error, HostName, Result, Timestamp};
use outbound::{Dns, DnsError};

use crate::App;

/// A look-up takes no longer than this, however many names it follows.
pub const LOOK_UP: Duration = Duration::from_secs(5);
/// Aliases that are followed, one to the next.
const MAX_ALIASES: usize = 8;

/// Custom domains: what `projects` needs beyond [`App`].
#[derive(Clone)]
pub struct Domains {
    app: App,
    dns: Arc<dyn Dns>,
    time: Duration,
    /// The host below which each chatbot has the one that its domain has to lead to; where none is set,
    /// none can be verified.
    target: Option<HostName>,
}

impl fmt::Debug for Domains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Domains").field("target", &self.target).finish_non_exhaustive()
    }
}

impl Domains {
    /// Domains over `app` that have to lead to `<chatbot>.<target>`, looked up in `dns` for at most `time`.
    pub fn new(app: App, dns: Arc<dyn Dns>, time: Duration, target: Option<&str>) -> Result<Self> {
        let target = target.map(|name| HostName::parse("CUSTOM_DOMAIN_TARGET", name));
        let target = target.transpose().map_err(Error::internal)?;
        Ok(Self { app, dns, time, target })
    }

    /// Whether a chatbot's custom domain leads here, with that domain. The outcome is kept, unless
    /// the DNS did not answer: that says nothing about the domain.
    pub async fn verify(&self, chatbot: ChatbotId) -> Result<(bool, HostName)> {
        let domain = self.app.store.branding(chatbot).await?.custom_domain;
        let domain = domain.ok_or_else(|| Error::field("custom_domain", "is not set"))?;
        let Some(target) = &self.target else { return Ok((false, domain)) };
        // A host of the chatbot's own: whoever points a name here says whose it is to be.
        let target = format!("{chatbot}.{}", target.as_str());
        let looked_up = leads_to(&*self.dns, domain.as_str(), &target);
        let verified = match tokio::time::timeout(self.time, looked_up).await {
            Ok(Ok(verified)) => verified,
            Ok(Err(error)) => {
                tracing::info!(%error, "a custom domain could not be looked up");
                return Ok((false, domain));
            }
            Err(_) => {
                tracing::info!("a custom domain could not be looked up in time");
                return Ok((false, domain));
            }
        };
        let store = &self.app.store;
        match verified {
            true => store.prove_domain(chatbot, &domain, Timestamp::now()).await?,
            false => store.unprove_domain(chatbot, &domain).await?,
        }
        Ok((verified, domain))
    }
}

/// Whether `name` is an alias of `target`, directly or over others. Name by name, since a server
/// need not follow them for us.
async fn leads_to(dns: &dyn Dns, name: &str, target: &str) -> Result<bool, DnsError> {
    let mut name = name.to_owned();
    for _ in 0..MAX_ALIASES {
        match dns.cname(&name).await? {
            Some(next) if next == target => return Ok(true),
            Some(next) => name = next,
            None => return Ok(false),
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use futures::{FutureExt, future::BoxFuture};

    use super::*;

    struct Fake(HashMap<String, String>);

    impl Dns for Fake {
        fn cname<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<String>, DnsError>> {
            async move { Ok(self.0.get(name).cloned()) }.boxed()
        }
    }

    fn chain(length: usize) -> Fake {
        let name = |n: usize| if n == length { "target".to_owned() } else { format!("n{n}") };
        Fake((0..length).map(|n| (name(n), name(n + 1))).collect())
    }

    #[tokio::test]
    async fn eight_aliases_are_followed_and_a_circle_ends() {
        for length in 1..=MAX_ALIASES {
            assert!(leads_to(&chain(length), "n0", "target").await.unwrap(), "{length}");
        }
        assert!(!leads_to(&chain(MAX_ALIASES + 1), "n0", "target").await.unwrap());
        assert!(!leads_to(&chain(1), "n0", "elsewhere").await.unwrap());
        assert!(!leads_to(&chain(1), "target", "target").await.unwrap(), "it is no alias");
        let circle = Fake([("a", "b"), ("b", "a")].map(|(a, b)| (a.into(), b.into())).into());
        assert!(!leads_to(&circle, "a", "target").await.unwrap());
    }
}
