//! What a subscription receives, in the dialect it was made in.

use domain::{Context, Delivery, Dialect, Event, Needs, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{botplot, chatbotplatform, conferbot, helpbot};

/// A message of no event, such as a test's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The name under which it goes.
    pub event: String,
    /// The exact bytes to send.
    pub body: String,
}

/// What `event` is called in `dialect`: nothing, one name, or several.
pub fn names(dialect: Dialect, event: &Event) -> Vec<&'static str> {
    match dialect {
        Dialect::Botplot => vec![botplot::webhook::name(event)],
        Dialect::Conferbot => conferbot::webhook::names(event),
        Dialect::ChatbotPlatform => chatbotplatform::webhook::name(event).into_iter().collect(),
        Dialect::Helpbot => helpbot::webhook::names(event),
        // It has no webhooks; its keys make botplot's.
        Dialect::Openbat => Vec::new(),
    }
}

/// What has to be read to tell of an event under `name`.
pub fn needs(dialect: Dialect, name: &str) -> Needs {
    match dialect {
        Dialect::Conferbot => conferbot::webhook::needs(name),
        Dialect::Helpbot => helpbot::webhook::needs(name),
        Dialect::Botplot | Dialect::ChatbotPlatform | Dialect::Openbat => Needs::default(),
    }
}

/// The exact bytes that tell of `event` under `name`.
pub fn body(dialect: Dialect, name: &str, event: &Event, context: &Context) -> String {
    match dialect {
        Dialect::Conferbot => conferbot::webhook::body(name, event, context),
        Dialect::ChatbotPlatform => chatbotplatform::webhook::body(name, event),
        Dialect::Helpbot => helpbot::webhook::body(name, event, context),
        Dialect::Botplot | Dialect::Openbat => botplot::webhook::body(event),
    }
}

/// The headers that go with an attempt at `at`, signed with all of `secrets`, the newest first. A
/// dialect whose header holds one signature goes on with that of the oldest, which receivers know,
/// and shows that of the newest in a header of its own.
pub fn headers(
    dialect: Dialect,
    delivery: &Delivery,
    secrets: &[String],
    at: Timestamp,
) -> Vec<(String, String)> {
    let known = secrets.last().map(String::as_str).unwrap_or_default();
    let coming = secrets.first().filter(|_| secrets.len() > 1);
    let id = delivery.id.to_string();
    let Delivery { event, body, created_at, .. } = delivery;
    let signed = |secret: &str| match dialect {
        Dialect::Botplot | Dialect::Openbat => botplot::webhook::headers(event, &id, body, secret),
        Dialect::Conferbot => conferbot::webhook::headers(event, *created_at, body, secret),
        Dialect::ChatbotPlatform => chatbotplatform::webhook::headers(&id, at, body, secrets),
        Dialect::Helpbot => helpbot::webhook::headers(event, &id, body, secret),
    };
    let mut headers = signed(known);
    if let Some(secret) = coming.filter(|_| dialect != Dialect::ChatbotPlatform) {
        let signature = |(name, _): &(String, String)| name.to_lowercase().ends_with("-signature");
        let next = signed(secret).into_iter().find(signature);
        headers.extend(next.map(|(name, value)| (format!("{name}-Next"), value)));
    }
    headers
}

/// The HMAC-SHA256 of `message` under `key`.
pub(crate) fn hmac(key: &[u8], message: &str) -> Vec<u8> {
    // HMAC takes a key of any length, so this can't fail; an empty tag would verify nowhere.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Lower-case hex of the HMAC-SHA256 of `body` under `secret`.
pub fn hmac_hex(secret: &str, body: &str) -> String {
    hex::encode(hmac(secret.as_bytes(), body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        assert_eq!(
            hmac_hex("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
