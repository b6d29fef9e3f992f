//! How platforms sign what they deliver.

use aws_lc_rs::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair},
};

/// HMAC-SHA256 of `parts` in sequence, as hex.
pub fn hmac_hex(secret: &str, parts: &[&[u8]]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    parts.iter().for_each(|part| context.update(part));
    hex::encode(context.sign())
}

/// A key pair of Ed25519, the same for the same seed.
pub(super) struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    pub(super) fn of(seed: [u8; 32]) -> Self {
        match Ed25519KeyPair::from_seed_unchecked(&seed) {
            Ok(pair) => Self(pair),
            Err(_) => unreachable!("every 32 bytes are a seed"),
        }
    }

    pub(super) fn public_hex(&self) -> String {
        hex::encode(self.0.public_key())
    }

    pub(super) fn sign_hex(&self, message: &[u8]) -> String {
        hex::encode(self.0.sign(message))
    }
}

/// Seconds since 1970.
pub(super) fn seconds_now() -> u64 {
    millis_now() / 1_000
}

/// Milliseconds since 1970.
pub(super) fn millis_now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map(|since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX)).unwrap_or_default()
}

/// JSON as Meta sends it: ASCII, `/` as `\/`, lower-case hex.
pub fn escaped_json(value: &serde_json::Value) -> String {
    let mut ascii = String::new();
    for c in value.to_string().chars() {
        match c {
            '/' => ascii.push_str("\\/"),
            c if c.is_ascii() => ascii.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    ascii.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    ascii
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Slack's published vector, and one of our own for Meta's form.
    #[test]
    fn signatures_are_the_platforms_own() {
        let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
                    channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&\
                    response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZ\
                    RskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        assert_eq!(
            hmac_hex("8f742231b10e8888abcd99yyyzzz85a5", &[b"v0:1531420618:", body.as_bytes()]),
            "a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
        );
        assert_eq!(escaped_json(&json!({"a": "é/😀"})), r#"{"a":"\u00e9\/\ud83d\ude00"}"#);
        let seed = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
            .unwrap();
        let key = SigningKey::of(seed.try_into().unwrap());
        assert_eq!(
            key.public_hex(),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        );
    }
}
