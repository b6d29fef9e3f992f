//! Attempts at web addresses.

use domain::{
    Delivery,
    webhook::{KEPT_BODY, TIMEOUT},
};
use outbound::{Client, OutboundError, Sent};
use url::Url;

/// Posts deliveries through the guarded outbound client.
#[derive(Debug, Clone)]
pub(super) struct HttpTransport {
    client: Client,
}

impl HttpTransport {
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// Posts the body of `delivery` with `headers` to `url`.
    pub async fn send(
        &self,
        url: &str,
        delivery: &Delivery,
        headers: &[(String, String)],
    ) -> Result<Sent, OutboundError> {
        let url = Url::parse(url)
            .map_err(|_| OutboundError::Refused("the address".to_owned(), "is not a URL"))?;
        self.client.post_json(&url, headers, delivery.body.clone(), TIMEOUT, KEPT_BODY).await
    }
}
