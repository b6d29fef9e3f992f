//! The published APIs, one folder each: wire types (`…In`, `…Patch`, `…Out`), conversions, error
//! envelopes, webhook envelopes. To add one: a folder with `wire.rs`, its arm in [`error`], and,
//! if it has webhooks, its arm in [`webhook`].

pub mod access;
pub mod botplot;
pub mod botplot_or_helpbot;
pub mod chatbotplatform;
pub mod conferbot;
pub mod deliveries;
pub mod delivery_envelopes;
pub mod error;
pub mod helpbot;
mod javascript;
mod one_of;
pub mod openapi;
pub mod openbat;
pub mod schema;
mod share;
pub mod webhook;

use domain::Dialect;

/// The dialect in whose shape a path that nobody serves is answered: that of the nearest prefix.
pub fn of_path(path: &str) -> Dialect {
    let under = |prefix: &str| {
        path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if under("/api/v1/external/v1") {
        Dialect::Conferbot
    } else if under("/api/v1/chatbots") || under("/api/v1/auth") || under("/api/v1/api-keys") {
        Dialect::Openbat
    } else if [
        "/feedback",
        "/handoff",
        "/sources",
        "/config",
        "/webhooks",
        "/analytics/overview",
        "/analytics/activity",
    ]
    .iter()
    .any(|path| under(&format!("/api/v1{path}")))
    {
        Dialect::Helpbot
    } else if under("/v1") {
        Dialect::ChatbotPlatform
    } else {
        Dialect::Botplot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_prefix() {
        for (path, dialect) in [
            ("/api/v1/external/v1/nothing", Dialect::Conferbot),
            ("/api/v1/chatbots/1/nothing", Dialect::Openbat),
            ("/api/v1/chatbotsandmore", Dialect::Botplot),
            ("/v1/nothing", Dialect::ChatbotPlatform),
            ("/v11", Dialect::Botplot),
            ("/api/v1/sources/x/y", Dialect::Helpbot),
            ("/api/v1/analytics/overview", Dialect::Helpbot),
            ("/api/v1/analytics/ratings", Dialect::Botplot),
            ("/api/v1/nothing", Dialect::Botplot),
            ("/", Dialect::Botplot),
        ] {
            assert_eq!(of_path(path), dialect, "{path}");
        }
    }
}
