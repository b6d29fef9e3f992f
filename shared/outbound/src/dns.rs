//! Looking names up in the DNS, by the machine's own resolver configuration.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures::{FutureExt, future::BoxFuture};
use hickory_resolver::{
    ResolverBuilder, TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig},
    net::{NetError, runtime::TokioRuntimeProvider},
    proto::rr::{Name, RData, RecordType},
};

/// The DNS.
pub trait Dns: Send + Sync {
    /// What `name` is an alias of, without dot at the end; `None` if it is none, or not there.
    fn cname<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<String>, DnsError>>;
}

/// No answer could be had: no one answered in time, or it said that it failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the DNS did not answer: {0}")]
pub struct DnsError(String);

/// The DNS as servers answer for it. Nothing is kept: whoever asks again has just changed it. A
/// machine that is not set up for it may run all the rest, so that is told when it is asked.
#[derive(Clone)]
pub struct Resolver(Result<Arc<TokioResolver>, DnsError>);

impl Resolver {
    /// The servers that this machine is set up with; each question is asked twice at most.
    pub fn of_system(time: Duration) -> Self {
        Self(built(TokioResolver::builder_tokio(), time).map_err(failed))
    }

    /// One server, over UDP.
    pub fn of_server(server: SocketAddr, time: Duration) -> Self {
        let mut connection = ConnectionConfig::udp();
        connection.port = server.port();
        let server = NameServerConfig::new(server.ip(), true, vec![connection]);
        let config = ResolverConfig::from_name_servers(vec![server]);
        let provider = TokioRuntimeProvider::default();
        let builder = TokioResolver::builder_with_config(config, provider);
        Self(built(Ok(builder), time).map_err(failed))
    }
}

fn built(
    builder: Result<ResolverBuilder<TokioRuntimeProvider>, NetError>,
    time: Duration,
) -> Result<Arc<TokioResolver>, NetError> {
    let mut builder = builder?;
    let options = builder.options_mut();
    options.timeout = time / 2;
    options.attempts = 1;
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
    Ok(Arc::new(builder.build()?))
}

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Resolver")
    }
}

impl Dns for Resolver {
    fn cname<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<String>, DnsError>> {
        async move {
            let mut name = Name::from_ascii(name).map_err(|e| DnsError(e.to_string()))?;
            // Whole: nothing of the machine's own search list is put behind it.
            name.set_fqdn(true);
            let resolver = self.0.as_ref().map_err(Clone::clone)?;
            let found = match resolver.lookup(name.clone(), RecordType::CNAME).await {
                Ok(found) => found,
                Err(error) if error.is_no_records_found() => return Ok(None),
                Err(error) => return Err(failed(error)),
            };
            let target = found.answers().iter().find_map(|record| match &record.data {
                RData::CNAME(target) if record.name == name => Some(target.to_ascii()),
                _ => None,
            });
            Ok(target.map(|target| target.trim_end_matches('.').to_ascii_lowercase()))
        }
        .boxed()
    }
}

fn failed(error: NetError) -> DnsError {
    DnsError(error.to_string())
}
