//! The two routes that both dialects document: what they take and answer depends on the key, which
//! speaks one dialect. These types are only there to say so.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{botplot, helpbot};

/// `POST /api/v1/chat`: botplot's body with one of its keys, helpbot's with a site's.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = botplot_or_helpbot::ChatIn)]
pub enum ChatIn {
    /// With botplot's key.
    Botplot(botplot::wire::ChatIn),
    /// With a site's key.
    Helpbot(helpbot::ChatIn),
}

/// An answer, in the dialect of the key.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = botplot_or_helpbot::ChatOut)]
pub enum ChatOut {
    /// With botplot's key.
    Botplot(botplot::wire::ChatOut),
    /// With a site's key.
    Helpbot(helpbot::ChatOut),
}

/// Conversations, in the dialect of the key.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = botplot_or_helpbot::ConversationsOut)]
pub enum ConversationsOut {
    /// With botplot's key.
    Botplot(botplot::conversations::ConversationsOut),
    /// With a site's key.
    Helpbot(helpbot::insights::ConversationsOut),
}
