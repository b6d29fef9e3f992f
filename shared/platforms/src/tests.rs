//! What the tests of all platforms share.

use domain::{Platform, Timestamp};
use serde_json::{Map, Value};

use crate::{
    ChannelAccount, ChannelCredentials, ChannelSide, Inbound, InboundKind, InboundRequest,
    Unverified, receive,
};

/// A channel with everything that verification needs.
pub(crate) struct Channel {
    pub(crate) credentials: ChannelCredentials,
    pub(crate) account: ChannelAccount,
    pub(crate) now: i64,
}

impl Channel {
    pub(crate) fn new(platform: Platform, credentials: Value, account: ChannelAccount) -> Self {
        let given: Map<String, Value> = serde_json::from_value(credentials).unwrap();
        let credentials = ChannelCredentials::parse(platform, &given, "made-token").unwrap();
        Self { credentials, account, now: 1_700_000_000 }
    }

    /// What a POST with these header fields and this body comes to.
    pub(crate) fn post(
        &self,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Inbound, Unverified> {
        self.request("POST", &[], headers, body)
    }

    pub(crate) fn request(
        &self,
        method: &str,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Inbound, Unverified> {
        let owned = |all: &[(&str, &str)]| -> Vec<(String, String)> {
            all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let (query, headers) = (owned(query), owned(headers));
        let now = Timestamp::from_millis(self.now * 1_000);
        receive(
            ChannelSide {
                credentials: &self.credentials,
                account: &self.account,
                secret: "s3cret_-",
            },
            InboundRequest { method, query: &query, headers: &headers, body, now },
        )
    }
}

/// The only event's kind; none if there is no event.
pub(crate) fn kind(inbound: &Inbound) -> Option<InboundKind> {
    assert!(inbound.events.len() < 2, "{inbound:?}");
    inbound.events.first().map(|event| event.kind.clone())
}

pub(crate) fn said(text: &str) -> Option<InboundKind> {
    Some(InboundKind::Text(text.to_owned()))
}
