//! Writes that a client may repeat: the same `Idempotency-Key` and the same request return the
//! first response for a day.

use domain::{Error, ErrorKind, Result};
use store::{ClaimOutcome, keys::sha256};
pub use store::{ClaimToken, StoredResponse};

use crate::{App, adapters::seal::Sealer};

/// The longest key that is taken.
const MAX_KEY: usize = 255;
/// The largest body that is kept: an item has 400 KB, and sealing adds a third.
const MAX_BODY: usize = 256 * 1024;

/// A request that is carried out once. Its response may hold a secret that is shown once, so it is
/// kept sealed under the caller's own secret: the table alone can't open it.
pub struct IdempotentRequest {
    caller: String,
    name: String,
    request: String,
    sealer: Sealer,
}

/// What is to be done with a request.
#[derive(Debug)]
pub enum Claim {
    /// Carry it out, then store its response.
    Execute(ClaimToken),
    /// Answer with the stored response.
    Replay(StoredResponse),
}

impl IdempotentRequest {
    /// The request (`method`, `target` with its query, `body`) that a caller who shows `secret`
    /// makes under `key`.
    pub fn new(secret: &str, key: &str, method: &str, target: &str, body: &[u8]) -> Result<Self> {
        let printable = key.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if key.is_empty() || key.len() > MAX_KEY || !printable {
            let message = format!("must have 1 to {MAX_KEY} printable ASCII characters");
            return Err(Error::field("Idempotency-Key", message));
        }
        let body = String::from_utf8_lossy(body);
        Ok(Self {
            caller: sha256(secret),
            name: sha256(key),
            request: sha256(&format!("{method}\n{target}\n{body}")),
            sealer: Sealer::new(&sha256(&format!("idempotency\n{secret}\n{key}")))?,
        })
    }
}

impl App {
    /// Claims a request for execution, unless it was claimed before.
    pub async fn claim_request(&self, request: &IdempotentRequest) -> Result<Claim> {
        let IdempotentRequest { caller, name, request, sealer } = request;
        match self.store.claim(caller, name, request, self.now()).await? {
            ClaimOutcome::New(claim) => Ok(Claim::Execute(claim)),
            ClaimOutcome::Answered(response) => {
                let body = sealer.open(request, &response.body)?;
                Ok(Claim::Replay(StoredResponse { body, ..response }))
            }
            ClaimOutcome::Running => Err(Error::new(
                ErrorKind::Conflict,
                "a request with this Idempotency-Key is being carried out",
            )
            .retry_after(1)),
            ClaimOutcome::Another => Err(Error::new(
                ErrorKind::KeyReused,
                "this Idempotency-Key was used for another request",
            )),
        }
    }

    /// Ends a claimed request: the response of a success is stored, anything else may be retried.
    pub async fn complete_request(
        &self,
        request: &IdempotentRequest,
        claim: &ClaimToken,
        response: &StoredResponse,
    ) -> Result<()> {
        let StoredResponse { status, content_type, body } = response;
        if !(200..300).contains(status) || body.len() > MAX_BODY {
            return self.store.release_claim(claim).await;
        }
        let body = request.sealer.seal(&request.request, body)?;
        let sealed = StoredResponse { status: *status, content_type: content_type.clone(), body };
        self.store.store_response(claim, &sealed).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_printable() {
        let request = |key: &str| IdempotentRequest::new("sk_1", key, "POST", "/", b"{}");
        assert!(request("a").is_ok() && request(&"k".repeat(255)).is_ok());
        for key in ["", "\n", "é", &"k".repeat(256)] {
            assert_eq!(request(key).err().map(|e| e.kind), Some(ErrorKind::Validation), "{key:?}");
        }
    }

    #[test]
    fn callers_and_requests_are_told_apart() {
        let once = |secret: &str, target: &str, body: &[u8]| {
            let once = IdempotentRequest::new(secret, "k", "POST", target, body).unwrap();
            (once.caller, once.request)
        };
        let first = once("sk_1", "/a", b"{}");
        assert_eq!(first, once("sk_1", "/a", b"{}"));
        assert_ne!(first.0, once("sk_2", "/a", b"{}").0);
        assert_ne!(first.1, once("sk_1", "/b", b"{}").1);
        assert_ne!(first.1, once("sk_1", "/a", b"{ }").1);
    }
}
