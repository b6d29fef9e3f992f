//! Which addresses may be connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Whether addresses of this machine and of private networks are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Only public addresses, only https for webhooks: every deployment.
    Public,
    /// Loopback too, and http: the local run, and only there.
    Local,
}

impl Policy {
    /// Whether a connection to `ip` is allowed. The local run opens loopback and nothing else: a
    /// metadata service stays out of reach there too.
    pub fn allows(self, ip: IpAddr) -> bool {
        is_public(ip) || (self == Self::Local && unmapped(ip).is_loopback())
    }

    /// Why `url` can't be connected to whatever its name resolves to, if so: a literal address
    /// or a name that is this machine's by definition.
    pub fn refuses(self, url: &Url) -> Option<&'static str> {
        const PRIVATE: &str = "is a loopback, private or reserved address";
        match url.host() {
            None => Some("has no host"),
            Some(Host::Ipv4(ip)) => (!self.allows(ip.into())).then_some(PRIVATE),
            Some(Host::Ipv6(ip)) => (!self.allows(ip.into())).then_some(PRIVATE),
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                let local = name == "localhost" || name.ends_with(".localhost");
                let internal = name.ends_with(".internal") || name.ends_with(".local");
                ((local && self == Self::Public) || internal).then_some(PRIVATE)
            }
        }
    }
}

fn unmapped(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(ip, IpAddr::V4),
        IpAddr::V4(_) => ip,
    }
}

/// Whether `ip` is an address of the public internet: none of the special-purpose blocks of the
/// IANA registries, nor an IPv6 form that leads to one of them.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(a == 0
        || a == 10
        || a == 127
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 169 && b == 254)
        || (a == 172 && (16..32).contains(&b))
        || (a == 192 && b == 168)
        || (a == 192 && b == 0 && (c == 0 || c == 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19))
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113))
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let s = ip.segments();
    let low = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match s {
        // IPv4-mapped, and the deprecated IPv4-compatible form.
        [0, 0, 0, 0, 0, 0xffff, h, l] => is_public_v4(low(h, l)),
        [0, 0, 0, 0, 0, 0, ..] => false,
        // NAT64, well known and local.
        [0x64, 0xff9b, 0, 0, 0, 0, h, l] => is_public_v4(low(h, l)),
        [0x64, 0xff9b, 1, ..] => false,
        // 6to4 and Teredo carry an IPv4 address of their own.
        [0x2002, h, l, ..] => is_public_v4(low(h, l)),
        [0x2001, second, ..] if second < 0x0200 => false,
        [0x2001, 0x0db8, ..] | [0x3fff, ..] => false,
        // Only 2000::/3 is global unicast.
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_addresses_are_not_public() {
        for text in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::101:101"]
        {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn every_spelling_of_a_private_address_is_refused() {
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://[::1]/",
            "http://[::ffff:7f00:1]/",
            "http://localhost/",
            "http://localhost./",
            "http://a.localhost/",
            "http://169.254.169.254/latest",
            "http://metadata.google.internal/",
            "http://printer.local/",
            "http://0/",
        ] {
            assert!(Policy::Public.refuses(&Url::parse(url).unwrap()).is_some(), "{url}");
        }
        assert!(Policy::Public.refuses(&Url::parse("https://example.com/").unwrap()).is_none());
    }

    #[test]
    fn the_local_run_opens_loopback_only() {
        for url in ["http://127.0.0.1:3000/", "http://localhost:3000/", "http://[::1]/"] {
            assert!(Policy::Local.refuses(&Url::parse(url).unwrap()).is_none(), "{url}");
        }
        for url in ["http://169.254.169.254/", "http://10.0.0.1/", "http://0.0.0.0/"] {
            assert!(Policy::Local.refuses(&Url::parse(url).unwrap()).is_some(), "{url}");
        }
    }
}
