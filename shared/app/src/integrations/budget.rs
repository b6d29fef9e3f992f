//! The monthly budget of tokens of a workspace. Tokens are reserved before a backend is asked and settled
//! after it answered, so that requests at the same time can't exceed the budget together. Visitors use at
//! most nine tenths of it: whoever copies a key from a page, or writes to a channel, leaves the team and its
//! agent loops what they need.

use domain::{Plan, Result, Timestamp, WorkspaceId};

use super::backends::Integrations;

/// The counter of a workspace's month.
const COUNTER: &str = "backend_tokens";

/// Tokens that were reserved for one turn.
#[derive(Debug)]
pub struct Reservation {
    workspace: WorkspaceId,
    tokens: u32,
    at: Timestamp,
}

/// Who has a model asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedBy {
    /// Someone who is not of the team: by a key that is in pages, or on a channel.
    Visitor,
    /// The team: by a secret key, a session or an agent loop.
    Team,
}

/// A turn against the budget.
#[derive(Debug)]
pub enum TokenBudget {
    /// The plan has none.
    Unlimited,
    /// There was room.
    Reserved(Reservation),
    /// There is not enough left of the month's tokens.
    Exhausted,
}

impl Integrations {
    /// Reserves up to `tokens` for a turn of `workspace`.
    pub async fn reserve(
        &self,
        workspace: WorkspaceId,
        plan: Plan,
        by: AskedBy,
        tokens: u32,
    ) -> Result<TokenBudget> {
        let Some(budget) = self.app.plans.of(plan).backend_tokens else {
            return Ok(TokenBudget::Unlimited);
        };
        let max = match by {
            AskedBy::Visitor => budget - budget / 10,
            AskedBy::Team => budget,
        };
        let at = self.app.now();
        let reserved = self.app.store.reserve(workspace, COUNTER, tokens, max, at).await?;
        Ok(match reserved {
            true => TokenBudget::Reserved(Reservation { workspace, tokens, at }),
            false => TokenBudget::Exhausted,
        })
    }

    /// Gives back what was reserved and not used. What can't be given back stays used until the month
    /// ends: a budget errs on the side of its owner.
    pub async fn settle(&self, budget: TokenBudget, used: u32) {
        let TokenBudget::Reserved(Reservation { workspace, tokens, at }) = budget else { return };
        let difference = i64::from(used) - i64::from(tokens);
        if let Err(error) = self.app.store.settle(workspace, COUNTER, difference, at).await {
            tracing::error!(%error, %workspace, "reserved tokens could not be given back");
        }
    }
}
