//! What the folder of each dialect answers for, and the one place that leads from a dialect to
//! its folder.

use domain::{Dialect, Error, ErrorKind};
use serde_json::Value;

use crate::{botplot, chatbotplatform, conferbot, error, events::Events, helpbot, openbat};

/// A dialect as a type, where a route's errors depend on it.
pub trait DialectErrors: Send + Sync + 'static {
    /// Which dialect.
    const DIALECT: Dialect;
}

/// The folder of one dialect.
pub(crate) trait DialectFolder: Sync {
    /// The beginnings of its paths, each up to a whole segment. Where several fit a path, the
    /// longest counts.
    fn path_prefixes(&self) -> &'static [&'static str];

    /// What the API is about, in a sentence for the OpenAPI document.
    fn about(&self) -> &'static str;

    /// Its ways to authenticate, for the OpenAPI document, by their names there.
    fn security_schemes(&self) -> Vec<(&'static str, Value)>;

    /// The status code of errors of `kind`.
    fn status(&self, kind: ErrorKind) -> u16 {
        error::usual_status(kind)
    }

    /// The body of `error`.
    fn error_body(&self, error: &Error) -> Value;

    /// The JSON schema of such a body.
    fn error_schema(&self) -> Value;

    /// How it tells events; `None` if it has no webhooks.
    fn events(&self) -> Option<&'static dyn Events>;
}

/// The folder of `dialect`.
pub(crate) fn folder(dialect: Dialect) -> &'static dyn DialectFolder {
    match dialect {
        Dialect::Conferbot => &conferbot::Conferbot,
        Dialect::ChatbotPlatform => &chatbotplatform::ChatbotPlatform,
        Dialect::Botplot => &botplot::Botplot,
        Dialect::Openbat => &openbat::Openbat,
        Dialect::Helpbot => &helpbot::Helpbot,
    }
}
