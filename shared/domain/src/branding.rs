//! A chatbot's branding: white label, logo, and the names it is found under.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{ChatbotId, Error, Result, Timestamp, bounds};

/// The largest logo, in bytes as decoded.
pub const LOGO_BYTES: usize = 100 * 1024;

/// Subdomains that are not given away: a visitor would take them for the deployment's own.
const RESERVED: [&str; 33] = [
    "account",
    "admin",
    "api",
    "app",
    "assets",
    "auth",
    "billing",
    "blog",
    "cdn",
    "chat",
    "console",
    "dashboard",
    "dev",
    "docs",
    "email",
    "ftp",
    "help",
    "imap",
    "internal",
    "login",
    "mail",
    "ns1",
    "ns2",
    "pop",
    "root",
    "security",
    "smtp",
    "staging",
    "static",
    "status",
    "support",
    "webmail",
    "www",
];

/// Branding as it is. What was never set is off or absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Branding {
    /// Whether the platform's own branding is taken away.
    pub white_label: bool,
    /// What kind of logo there is, if any; the logo itself lies apart.
    pub logo: Option<LogoType>,
    /// Where a customer wants it found; nothing is known of its owner until it is verified.
    pub custom_domain: Option<HostName>,
    /// When the custom domain was last found to lead here, unless it has ceased to.
    pub verified_at: Option<Timestamp>,
    /// The name below the deployment's own; no other chatbot has it.
    pub subdomain: Option<Subdomain>,
}

/// A change; what is `None` stays. The inner `None` takes away what was there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BrandingPatch {
    /// Switch the platform's own branding off or on.
    pub white_label: Option<bool>,
    /// A new logo, or none any more.
    pub logo: Option<Option<Logo>>,
    /// A new domain, or none any more.
    pub custom_domain: Option<Option<HostName>>,
}

impl BrandingPatch {
    /// Nothing to change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a logo may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogoType {
    /// `image/png`
    Png,
    /// `image/jpeg`
    Jpeg,
    /// `image/svg+xml`
    Svg,
}

/// A logo whose bytes were found to be what its type says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// What it is.
    pub media_type: LogoType,
    /// At most [`LOGO_BYTES`].
    pub bytes: Vec<u8>,
}

/// A whole name of a host in lower case, such as `chat.example.com`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HostName(String);

impl HostName {
    /// Checks its form: two labels at least, each of 1 to 63 letters, digits and hyphens, the last
    /// no number, so that it is no address; 253 characters in all.
    pub fn parse(field: &str, text: &str) -> Result<Self> {
        let refused = |message: &str| Err(Error::field(field, message));
        let name = text.trim().to_ascii_lowercase();
        if name.len() > 253 {
            return refused("must have at most 253 characters");
        }
        let labels: Vec<&str> = name.split('.').collect();
        if !labels.iter().all(|label| is_label(label)) {
            return refused(
                "must be a host name such as chat.example.com: labels of 1 to 63 letters, digits \
                 and hyphens, separated by dots",
            );
        }
        let Some((last, [_, ..])) = labels.split_last() else {
            return refused("must have at least one dot, as in chat.example.com");
        };
        if last.bytes().all(|b| b.is_ascii_digit()) || last.len() < 2 {
            return refused("must end in a top-level domain, and be no IP address");
        }
        if ["internal", "local", "localhost"].contains(last) {
            return refused("must be a name of the public DNS");
        }
        Ok(Self(name))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name below the deployment's own domain, such as `my-client-site`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subdomain(String);

impl Subdomain {
    /// Checks its form: 3 to 30 lower-case letters, digits and hyphens, none of these at an end,
    /// and not one of a short list.
    pub fn parse(field: &str, text: &str) -> Result<Self> {
        let refused = |message: &str| Err(Error::field(field, message));
        if !(3..=30).contains(&text.chars().count()) {
            return refused("must have 3 to 30 characters");
        }
        if !text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            return refused("must have lower-case letters, digits and hyphens only");
        }
        // `xn--` announces a name in another script.
        if !is_label(text) || text.starts_with("xn--") {
            return refused("must not begin or end with a hyphen, nor begin with xn--");
        }
        if RESERVED.contains(&text) {
            return refused("is reserved");
        }
        Ok(Self(text.to_owned()))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Who has a subdomain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubdomainClaim {
    /// The name.
    pub subdomain: Subdomain,
    /// The chatbot that is found under it.
    pub chatbot_id: ChatbotId,
}

impl FromStr for LogoType {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "image/png" => Ok(Self::Png),
            // The second is no registered name, but is met.
            "image/jpeg" | "image/jpg" => Ok(Self::Jpeg),
            "image/svg+xml" => Ok(Self::Svg),
            _ => Err(Error::field("custom_logo", "must be a PNG, JPEG or SVG image")),
        }
    }
}

/// The subdomain of a request, which has to be there.
pub fn subdomain(value: Option<&str>) -> Result<Subdomain> {
    Subdomain::parse("subdomain", bounds::required("subdomain", value)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names() {
        let parse = |text: &str| HostName::parse("custom_domain", text);
        for good in ["chat.example.com", "a.co", "xn--bcher-kva.example", "1.2.3.example"] {
            assert_eq!(parse(good).unwrap().as_str(), good);
        }
        assert_eq!(parse(" Chat.Example.COM ").unwrap().as_str(), "chat.example.com");
        let label = "a".repeat(63);
        let longest = format!("{label}.{label}.{label}.{}.com", "a".repeat(57));
        assert_eq!(longest.len(), 253);
        assert!(parse(&longest).is_ok());
        for bad in [
            "",
            "com",
            "localhost",
            "a.localhost",
            "printer.local",
            "metadata.google.internal",
            "chat.example.com.",
            ".example.com",
            "chat..com",
            "-chat.example.com",
            "chat-.example.com",
            "chat_1.example.com",
            "bücher.example",
            "*.example.com",
            "chat.example.com:443",
            "https://chat.example.com",
            "chat.example.com/x",
            "chat example.com",
            "127.0.0.1",
            "1.2.3.4",
            "[::1]",
            "chat.example.c",
            &format!("{}.com", "a".repeat(64)),
            &format!("a{longest}"),
        ] {
            let error = parse(bad).unwrap_err();
            assert!(error.message.starts_with("custom_domain must"), "{bad}: {error}");
        }
    }

    #[test]
    fn subdomains() {
        for good in ["abc", "my-client-site", "my--site", "a1b", "123", &"a".repeat(30)] {
            assert_eq!(subdomain(Some(good)).unwrap().as_str(), good);
        }
        let bad = ["", "ab", "-abc", "abc-", "a.b", "Abc", "a b", "a_b", "äbc", "www", "xn--abc"];
        for bad in bad.into_iter().chain([&*"a".repeat(31), " abc "]) {
            assert!(subdomain(Some(bad)).unwrap_err().message.starts_with("subdomain "), "{bad}");
        }
        assert!(RESERVED.iter().all(|name| name.len() >= 3), "shorter ones are refused anyway");
        assert_eq!(subdomain(None).unwrap_err().message, "subdomain is required");
    }
}
