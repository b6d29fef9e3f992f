//! All functions' routes as one OpenAPI document. They are put together here, since functions know
//! nothing of each other; `docs` serves what a test keeps up to date.

use serde_json::Value;

use crate::{LocalError, Result};

/// The document that `docs` serves.
pub fn openapi() -> Result<Value> {
    let mut merged = access::openapi();
    for part in [
        agent_loops::openapi(),
        analytics::openapi(),
        chat::openapi(),
        chatbots::openapi(),
        conversations::openapi(),
        integrations::openapi(),
        knowledge_api::openapi(),
        leads::openapi(),
        projects::openapi(),
        webhooks::openapi(),
    ] {
        merged.merge(part);
    }
    Ok(dialects::openapi::complete(serde_json::to_value(merged).map_err(LocalError::of)?))
}
