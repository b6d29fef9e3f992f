//! The rate of calls with keys that are in pages. Such a key is public by design, so its calls are
//! limited by where they come from.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::Extensions;
use domain::{Principal, Result};
use lambda_http::request::RequestContext;

use crate::Ctx;

/// Where a request came from, as the local run's front notes it at the request; in Lambda the
/// gateway says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// Refuses a call of `principal` whose address has made too many with keys of this chatbot that are
/// in its pages. Other keys have no such limit.
pub(crate) async fn check_rate(
    ctx: &Ctx,
    extensions: &Extensions,
    principal: &Principal,
) -> Result<()> {
    let Some(rate) = ctx.visitor_rate.filter(|_| principal.kind.is_for_pages()) else {
        return Ok(());
    };
    // Whoever hides where they are shares the rate of all who do.
    let address = client_address(extensions).unwrap_or_default();
    let chatbot = principal.chatbot_id.map(|id| id.to_string()).unwrap_or_default();
    ctx.app.take_rate(rate, &format!("{chatbot} {address}")).await
}

/// Where a request came from; of an IPv6 address the network, since one visitor has all of it.
pub fn client_address(extensions: &Extensions) -> Option<String> {
    let by_gateway = || match extensions.get::<RequestContext>()? {
        RequestContext::ApiGatewayV1(context) => {
            context.identity.source_ip.as_deref()?.parse().ok()
        }
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_deref()?.parse().ok(),
        _ => None,
    };
    let noted = extensions.get::<ClientAddress>().map(|address| address.0);
    Some(match noted.or_else(by_gateway)? {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => network(address),
    })
}

fn network(address: Ipv6Addr) -> String {
    match address.to_ipv4_mapped() {
        Some(mapped) => mapped.to_string(),
        None => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_visitor_has_a_whole_network_of_ipv6_addresses() {
        let of = |address: &str| {
            let mut extensions = Extensions::new();
            extensions.insert(ClientAddress(address.parse().unwrap()));
            client_address(&extensions).unwrap()
        };
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("2001:db8:1:2::7"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::7"), of("2001:db8:1:3::7"));
        assert_eq!(client_address(&Extensions::new()), None);
    }
}
