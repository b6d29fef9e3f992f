//! What a subscription receives, in the dialect it was made in. How each dialect tells events is
//! in the `events.rs` of its folder.

use domain::{
    Context, Delivery, Dialect, Event, EventRenderer, RenderedEvent, RequiredData, Timestamp,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::folder::folder;

/// Names and values.
pub(crate) type Headers = Vec<(String, String)>;

/// How one dialect tells events; see [`EventRenderer`].
pub(crate) trait Events {
    /// What `event` is called.
    fn names(&self, event: &Event) -> Vec<&'static str>;

    /// What has to be read to tell an event under `name`.
    fn required_data(&self, name: &str) -> RequiredData;

    /// The exact bytes that tell `event` under `name`.
    fn body(&self, name: &str, event: &Event, context: &Context) -> String;

    /// The headers of an attempt at `at`, signed with all of `secrets`, the newest first.
    fn headers(&self, delivery: &Delivery, secrets: &[String], at: Timestamp) -> Headers;
}

/// The renderer of all dialects: each does it in its folder.
#[derive(Debug, Clone, Copy)]
pub struct Renderer;

impl EventRenderer for Renderer {
    fn names(&self, dialect: Dialect, event: &Event) -> Vec<&'static str> {
        folder(dialect).events().map(|events| events.names(event)).unwrap_or_default()
    }

    fn required_data(&self, dialect: Dialect, name: &str) -> RequiredData {
        folder(dialect).events().map(|events| events.required_data(name)).unwrap_or_default()
    }

    fn render(
        &self,
        dialect: Dialect,
        name: &str,
        event: &Event,
        context: &Context,
    ) -> RenderedEvent {
        let body = folder(dialect).events().map(|events| events.body(name, event, context));
        RenderedEvent { event: name.to_owned(), body: body.unwrap_or_default() }
    }

    fn headers(
        &self,
        dialect: Dialect,
        delivery: &Delivery,
        secrets: &[String],
        at: Timestamp,
    ) -> Headers {
        let events = folder(dialect).events();
        events.map(|events| events.headers(delivery, secrets, at)).unwrap_or_default()
    }
}

/// The headers of a dialect whose signature header holds one signature: `signed` with the oldest
/// of `secrets`, which receivers know. While there are two, the signature of the newest is in a
/// header of its own, which ends in `-Next`.
pub(crate) fn with_next_signature(secrets: &[String], signed: impl Fn(&str) -> Headers) -> Headers {
    let known = secrets.last().map(String::as_str).unwrap_or_default();
    let mut headers = signed(known);
    if let Some(newest) = secrets.first().filter(|_| secrets.len() > 1) {
        let signature = |(name, _): &(String, String)| name.to_lowercase().ends_with("-signature");
        let next = signed(newest).into_iter().find(signature);
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
