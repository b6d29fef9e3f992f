//! Receipts of deletions.

use domain::Timestamp;
use serde::Serialize;
use utoipa::{ToSchema, openapi::Object};

use crate::schema;

/// `GET /api/v1/erasures/{id}`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = colloquy::ErasureOut)]
pub struct ErasureOut {
    erasure: ErasureDetailOut,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = colloquy::ErasureDetailOut)]
struct ErasureDetailOut {
    #[schema(schema_with = schema::id)]
    id: String,
    #[schema(schema_with = status)]
    status: &'static str,
    #[schema(schema_with = schema::time)]
    requested_at: String,
    /// When nothing was left of it.
    #[schema(schema_with = schema::time_or_null, required = true)]
    completed_at: Option<String>,
    /// What may hold parts of it for a while, and for how many days from the deletion on.
    kept: [KeptOut; 2],
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = colloquy::KeptOut)]
struct KeptOut {
    what: &'static str,
    days: u32,
}

const PENDING: &str = "pending";
const COMPLETE: &str = "complete";

fn status() -> Object {
    schema::one_of([PENDING, COMPLETE])
}

impl ErasureOut {
    /// Of what had `id`.
    pub fn new(id: String, requested: Timestamp, completed: Option<Timestamp>) -> Self {
        Self {
            erasure: ErasureDetailOut {
                id,
                status: if completed.is_some() { COMPLETE } else { PENDING },
                requested_at: requested.to_string(),
                completed_at: completed.map(|at| at.to_string()),
                kept: [
                    KeptOut { what: "backups of the table (point-in-time recovery)", days: 35 },
                    KeptOut { what: "deliveries that were still owed to an endpoint", days: 30 },
                ],
            },
        }
    }
}
