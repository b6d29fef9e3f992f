//! What a workspace has used of its plan.

use domain::Plan;
use serde::Serialize;
use utoipa::{ToSchema, openapi::Object};

use crate::schema;

/// `GET /api/v1/external/v1/usage`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = conferbot::UsageOut)]
pub struct UsageOut {
    #[schema(pattern = r"^\d{4}-\d{2}$", example = "2025-01")]
    month: String,
    #[schema(schema_with = plan)]
    plan: String,
    used: u64,
    /// Null where there is no limit.
    #[schema(required = true)]
    limit: Option<u32>,
    /// Null where there is no limit.
    #[schema(required = true)]
    remaining: Option<u64>,
}

impl UsageOut {
    /// What a workspace on `plan` has `used` in `month`, of `limit` calls.
    pub fn new(month: String, plan: Plan, used: u64, limit: Option<u32>) -> Self {
        let remaining = limit.map(|limit| u64::from(limit).saturating_sub(used));
        Self { month, plan: title(plan), used, limit, remaining }
    }
}

/// The reference shows a plan's name with a capital.
fn title(plan: Plan) -> String {
    let mut name = plan.name().to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}

fn plan() -> Object {
    let titles = Plan::ALL.map(title);
    schema::one_of(titles.iter().map(String::as_str))
}
