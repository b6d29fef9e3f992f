//! What a subscription receives, in the dialect it was made in.

use domain::{Delivery, Dialect, Event};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::botplot;

/// One message that an event leads to for one subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The dialect's name of the event.
    pub event: String,
    /// The exact bytes to send.
    pub body: String,
}

/// What `event` is in `dialect`: nothing, one message, or several.
pub fn render(dialect: Dialect, event: &Event) -> Vec<Rendered> {
    match dialect {
        Dialect::Botplot => botplot::webhook::render(event).into_iter().collect(),
        // Their webhooks are not built yet; no subscription can have been made in them.
        Dialect::Conferbot | Dialect::ChatbotPlatform | Dialect::Helpbot | Dialect::Openbat => {
            Vec::new()
        }
    }
}

/// The headers that go with a delivery, signed with `secret`.
pub fn headers(dialect: Dialect, delivery: &Delivery, secret: &str) -> Vec<(String, String)> {
    match dialect {
        Dialect::Botplot => botplot::webhook::headers(
            &delivery.event,
            &delivery.id.to_string(),
            &delivery.body,
            secret,
        ),
        Dialect::Conferbot | Dialect::ChatbotPlatform | Dialect::Helpbot | Dialect::Openbat => {
            Vec::new()
        }
    }
}

/// Lower-case hex of the HMAC-SHA256 of `body` under `secret`.
pub fn hmac_hex(secret: &str, body: &str) -> String {
    // HMAC takes a key of any length, so this can't fail; an empty tag would verify nowhere.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(body.as_bytes());
    hex::encode(mac.finalize().into_bytes())
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
