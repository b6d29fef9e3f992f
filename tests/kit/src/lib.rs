//! What black-box tests and benches share: a platform of their own to speak HTTP to, what it calls
//! (sites, AI backends, receivers), and the units of each operation.

mod app;
pub mod backend;
mod dns;
mod embedder;
mod forward;
mod gate;
mod heat;
mod receiver;
mod site;
pub mod units;

pub use app::{App, FormPart, Reply, Tenant, TestRequest};
pub use dns::{DnsAnswer, DnsServer};
pub use embedder::WordEmbedder;
pub use gate::{Gate, Kill};
pub use heat::{Heat, KeyUnits, MAX_READ, MAX_WRITE};
pub use receiver::{Answer, Received, Receiver};
pub use site::Site;

use std::time::{Duration, Instant};

/// Every wait of a test ends after this long.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// What clients of the platform under test are built from: no proxy, and no TLS, whose root
/// certificates take long to read.
pub fn plain_http() -> reqwest::ClientBuilder {
    reqwest::Client::builder().no_proxy().tls_certs_only([])
}

/// Waits until `look` finds something, up to the deadline.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < DEADLINE, "{what} did not happen within {DEADLINE:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
