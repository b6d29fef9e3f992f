//! Responses to writes that a client may repeat, kept for a day under its credential and its
//! `Idempotency-Key`. What is kept is sealed by the caller of this module.

use std::time::Duration;

use domain::{Result, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    keys::{self, Key},
    table::client::Store,
    table::write::Write,
};

/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// A request that has not been answered after this long never will be: no function runs longer.
const LONGEST: Duration = Duration::from_secs(120);

/// A response as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredResponse {
    /// Status code.
    pub status: u16,
    /// Its content type.
    pub content_type: String,
    /// Its body; sealed while it is in the table.
    pub body: String,
}

/// What is found under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimOutcome {
    /// Nothing: the request is this caller's to carry out, under this token.
    New(ClaimToken),
    /// The same request, which is being carried out.
    Running,
    /// The same request, answered.
    Answered(StoredResponse),
    /// Another request.
    Another,
}

/// Tells a claim from one that took its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimToken {
    key: Key,
    began: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct IdempotencyItem {
    /// Hash of the request.
    request: String,
    began: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<StoredResponse>,
    /// Seconds; the table sweeps it some time after.
    expires_at: i64,
}

impl Store {
    /// Claims the key `name` of the caller `caller` (both hashes) for `request`.
    pub async fn claim(
        &self,
        caller: &str,
        name: &str,
        request: &str,
        now: Timestamp,
    ) -> Result<ClaimOutcome> {
        let key = keys::idempotency(caller, name);
        let item = IdempotencyItem {
            request: request.to_owned(),
            began: now,
            answer: None,
            expires_at: now.plus(KEPT).seconds(),
        };
        let abandoned = Timestamp::from_millis(
            now.millis() - i64::try_from(LONGEST.as_millis()).unwrap_or(i64::MAX),
        );
        let put = Write::put(key.clone(), &item)?
            .when(
                "attribute_not_exists(pk) OR expires_at < :now \
                 OR (attribute_not_exists(answer) AND began < :abandoned)",
            )
            .value("now", now.seconds())?
            .value("abandoned", abandoned)?;
        if self.write(put).await?.is_done() {
            return Ok(ClaimOutcome::New(ClaimToken { key, began: now }));
        }
        Ok(match self.get::<IdempotencyItem>(&key, true).await? {
            Some(there) if there.request != request => ClaimOutcome::Another,
            Some(IdempotencyItem { answer: Some(answer), .. }) => ClaimOutcome::Answered(answer),
            // One that was released a moment ago is free for the next attempt.
            _ => ClaimOutcome::Running,
        })
    }

    /// Keeps the response to what was claimed.
    pub async fn store_response(&self, claim: &ClaimToken, answer: &StoredResponse) -> Result<()> {
        let write = Write::update(claim.key.clone(), "SET answer = :answer")
            .value("answer", answer)?
            .value("began", claim.began)?
            .when("began = :began");
        self.write(write).await.map(drop)
    }

    /// Releases a claim: what failed may be tried again.
    pub async fn release_claim(&self, claim: &ClaimToken) -> Result<()> {
        let write = Write::update(claim.key.clone(), "SET expires_at = :past")
            .value("past", 0)?
            .value("began", claim.began)?
            .when("began = :began");
        self.write(write).await.map(drop)
    }
}
