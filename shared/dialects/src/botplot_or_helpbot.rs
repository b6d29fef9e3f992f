//! The two routes that both dialects document: what they take and answer depends on the key, which
//! speaks one dialect. These types are only there to say so.

use serde::{Deserialize, Serialize};
use utoipa::{IntoResponses, ToSchema};

use crate::{botplot, helpbot};

/// `POST /api/v1/chat`: botplot's body with one of its keys, helpbot's with a site's.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = botplot_or_helpbot::ChatIn)]
pub enum ChatIn {
    /// With botplot's key.
    Botplot(botplot::chat::ChatIn),
    /// With a site's key.
    Helpbot(helpbot::chat::ChatIn),
}

/// An answer, in the dialect of the key.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = botplot_or_helpbot::ChatOut)]
pub enum ChatOut {
    /// With botplot's key.
    Botplot(botplot::chat::ChatOut),
    /// With a site's key.
    Helpbot(helpbot::chat::ChatOut),
}

/// Conversations, in the dialect of the key.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = botplot_or_helpbot::ConversationsOut)]
pub enum ConversationsOut {
    /// With botplot's key.
    Botplot(botplot::conversations::ConversationsOut),
    /// With a site's key.
    Helpbot(helpbot::conversations::ConversationsOut),
}

/// A failure, in the dialect of the key; without one it is botplot's, which contains helpbot's.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot_or_helpbot::Error)]
pub struct ErrorOut {
    /// What was wrong.
    pub error: String,
    /// Not with a site's key.
    #[schema(value_type = String, required = false)]
    pub code: Option<String>,
}

/// The failures that may be in either dialect, but for 400: the operations name that themselves, since
/// only what they name has its schema in the document.
#[derive(Debug, IntoResponses)]
pub enum Failures {
    /// The plan lacks this, or the key may not do it.
    #[response(status = 403)]
    Forbidden(ErrorOut),
    /// Not found.
    #[response(status = 404)]
    NotFound(ErrorOut),
    /// Conflict with another write or an existing resource.
    #[response(status = 409)]
    Conflict(ErrorOut),
    /// The body is too large.
    #[response(status = 413)]
    TooLarge(ErrorOut),
    /// Too many calls in this month; `Retry-After` says how long to wait.
    #[response(status = 429)]
    TooMany(ErrorOut),
    /// Internal error.
    #[response(status = 500)]
    Internal(ErrorOut),
}
